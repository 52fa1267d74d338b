"""From an episode to what a data disc or drive holds of it: an MP4, a poster, subtitles. Pure.

What plays on computers already stays the very file of the library; what is only wrapped otherwise
is copied stream by stream; only what must be is encoded. Nothing here is run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from catalog.programme import Source
from pipeline.plan.encode import Files
from pipeline.plan.pc_bytes import POSTER_BYTES, captions_bytes, video_bytes
from pipeline.plan.pc_coding import Looks
from pipeline.plan.pc_decision import Decision, Way, at_own_pace, decision_of
from pipeline.plan.pc_effort import POSTER_EFFORT, copied_effort, encoded_effort
from pipeline.plan.pc_encode import (
    POSTER,
    VIDEO,
    card_poster_arguments,
    copied_arguments,
    encoded_arguments,
    poster_arguments,
    sound_made_arguments,
)
from pipeline.plan.pc_fitness import ForPc, overstated
from pipeline.plan.pc_raster import card_size, poster_size
from pipeline.plan.raster import Raster
from pipeline.plan.steps import (
    Captions,
    Card,
    Encode,
    FromSource,
    FromStep,
    Input,
    Step,
    WebVtt,
    key,
)
from pipeline.plan.targets.tracks import Workshop, suffix
from pipeline.plan.treatment import Reason

_LEAST_SECONDS = 0.04  # that a step has, whatever its file claims


@dataclass(frozen=True, slots=True)
class PcFile:
    """One file for a medium, as `bundle.Piece` wants it: where its bytes lie; `bytes` is exact
    where `sha256` is told, else the most that they can be.
    """

    origin: Input
    bytes: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PcSteps:
    """What becomes of one episode: the steps, inputs before users (none for a video that stays
    untouched, but for its poster), its files, its length, and every decision with its reason.
    """

    way: Way
    steps: tuple[Step, ...]
    video: PcFile
    poster: PcFile
    captions: PcFile | None
    seconds: float
    reasons: tuple[Reason, ...]

    @property
    def files(self) -> tuple[PcFile, ...]:
        """The video, the poster, the subtitles where there are any."""
        beside = (self.captions,) if self.captions else ()
        return (self.video, self.poster, *beside)


def pc_steps(piece: ForPc, workshop: Workshop) -> PcSteps:
    """The steps and files of one episode."""
    piece = at_own_pace(piece)
    decision = decision_of(piece)
    before, video_steps, origin = _video(piece, decision, workshop)
    untouched = decision.way == "untouched"
    most = video_bytes(piece, decision)
    video = PcFile(origin, most, piece.source.sha256 if untouched else "")
    poster = _poster(piece, decision, origin, before, workshop)
    vtt = _beside(piece, workshop)
    return PcSteps(
        way=decision.way,
        steps=(*before, *video_steps, poster, *([vtt] if vtt else [])),
        video=video,
        poster=PcFile(FromStep(key(poster), POSTER), POSTER_BYTES),
        captions=PcFile(FromStep(key(vtt), vtt.name), captions_bytes(piece)) if vtt else None,
        seconds=piece.treatment.seconds,
        reasons=decision.reasons,
    )


def most_bytes(piece: ForPc) -> int:
    """The most bytes that all files of one episode take; of an untouched video its own."""
    piece = at_own_pace(piece)
    decision = decision_of(piece)
    beside = captions_bytes(piece) if _is_beside(piece) else 0
    return video_bytes(piece, decision) + POSTER_BYTES + beside


# -- steps ----------------------------------------------------------------------------------------


def _video(
    piece: ForPc, decision: Decision, workshop: Workshop
) -> tuple[tuple[Step, ...], tuple[Step, ...], Input]:
    """The steps before the video's, its own, and where its bytes will lie."""
    source = _source(piece.source)
    file = f"in/0{source.suffix}"
    match decision.way:
        case "untouched":
            return (), (), source
        case "remuxed":
            arguments = copied_arguments(file, _streams(piece), relevel=overstated(piece))
            step = _Bench(piece, workshop).step(arguments, (source,), copied_effort(piece))
            return (), (step,), FromStep(key(step), VIDEO)
        case "sound-made":
            arguments = sound_made_arguments(file, piece.treatment, relevel=overstated(piece))
            effort = copied_effort(piece, sound=True)
            step = _Bench(piece, workshop).step(arguments, (source,), effort)
            return (), (step,), FromStep(key(step), VIDEO)
        case "encoded":
            return _encoded(piece, decision, source, workshop)


def _encoded(
    piece: ForPc, decision: Decision, source: FromSource, workshop: Workshop
) -> tuple[tuple[Step, ...], tuple[Step, ...], Input]:
    files, treatment = Files(f"in/0{source.suffix}"), piece.treatment
    before: tuple[Step, ...] = ()
    read: tuple[Input, ...] = (source,)
    if treatment.picture is None:
        card = _card(piece, workshop)
        before, read = (card,), (source, FromStep(key(card), card.name))
        files = replace(files, card="in/1.png")
    elif treatment.captions and piece.medium.captions == "burnt-in":
        captions = _burnt(piece, decision.shape, workshop)
        before, read = (captions,), (source, FromStep(key(captions), captions.name))
        files = replace(files, captions="in/1.ass")
    looks = Looks(piece.medium.quality, decision.most)
    arguments = encoded_arguments(files, treatment, decision.shape, looks)
    effort = encoded_effort(piece, decision.shape)
    step = _Bench(piece, workshop).step(arguments, read, effort)
    return before, (step,), FromStep(key(step), VIDEO)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all programs that are run for one episode share."""

    piece: ForPc
    workshop: Workshop

    def step(
        self,
        arguments: tuple[str, ...],
        inputs: tuple[Input, ...],
        effort: float,
        output: str = VIDEO,
    ) -> Encode:
        return Encode(
            label=self.piece.name,
            seconds=max(_LEAST_SECONDS, self.piece.treatment.seconds),
            arguments=arguments,
            inputs=inputs,
            outputs=(output,),
            tool=self.workshop.ffmpeg,
            effort=effort,
        )


def _poster(
    piece: ForPc,
    decision: Decision,
    video: Input,
    before: tuple[Step, ...],
    workshop: Workshop,
) -> Encode:
    """One good picture of the finished video, or of its card."""
    size = poster_size(_shown(piece, decision))
    if before and isinstance(before[0], Card):
        card = FromStep(key(before[0]), before[0].name)
        arguments = card_poster_arguments("in/0.png", size)
        return _Bench(piece, workshop).step(arguments, (card,), POSTER_EFFORT, POSTER)
    begin, length = _looked_at(piece.treatment.seconds)
    suffix = video.suffix if isinstance(video, FromSource) else ".mp4"
    arguments = poster_arguments(f"in/0{suffix}", begin, length, size)
    return _Bench(piece, workshop).step(arguments, (video,), POSTER_EFFORT, POSTER)


def _looked_at(seconds: float) -> tuple[float, float]:
    """Where the poster is looked for: behind the titles, in the first minutes."""
    begin = min(60.0, seconds * 0.1)
    return begin, max(1.0, min(120.0, seconds * 0.8))


def _shown(piece: ForPc, decision: Decision) -> Fraction:
    """How many times as wide as high the video is shown."""
    seen = piece.treatment.picture
    if decision.way == "encoded" or seen is None:
        return Fraction(decision.shape.width, decision.shape.height)
    return seen.width * seen.sar / seen.height


def _is_beside(piece: ForPc) -> bool:
    return piece.treatment.captions is not None and piece.medium.captions == "beside"


def _beside(piece: ForPc, workshop: Workshop) -> WebVtt | None:
    """The step for subtitles that lie beside the video."""
    if not _is_beside(piece):
        return None
    inputs, stream = _subtitles(piece)
    return WebVtt(label=piece.name, inputs=inputs, stream=stream, tool=workshop.ffmpeg)


def _burnt(piece: ForPc, shape: Raster, workshop: Workshop) -> Captions:
    inputs, stream = _subtitles(piece)
    # Letters go by the height; where the picture is narrow, by what fits its width.
    lines = max(288, 384 * shape.height // shape.width)
    return Captions(
        label=piece.name,
        inputs=inputs,
        stream=stream,
        standard="pal",
        speed="1",
        font=workshop.font,
        tool=workshop.ffmpeg,
        lines=lines,
    )


def _subtitles(piece: ForPc) -> tuple[tuple[Input, ...], int]:
    """The file that subtitles are read from, and the stream in it; -1 for the file itself."""
    wanted = piece.treatment.captions
    if wanted is None:
        raise ValueError("no subtitles")
    if wanted.sha256:
        return (FromSource(wanted.sha256, suffix(wanted.name)),), wanted.stream
    return (_source(piece.source),), wanted.stream


def _card(piece: ForPc, workshop: Workshop) -> Card:
    width, height = card_size(piece.medium.height)
    line = piece.programme.creator or piece.programme.series
    return Card(piece.name, width, height, piece.name, line, workshop.font)


def _streams(piece: ForPc) -> tuple[int, ...]:
    """The picture and the sound that was chosen."""
    seen, voices = piece.treatment.picture, piece.treatment.voices
    return (*([seen.stream] if seen else []), *([voices[0].stream] if voices else []))


def _source(source: Source) -> FromSource:
    return FromSource(source.sha256, suffix(source.name))
