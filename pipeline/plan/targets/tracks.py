"""The steps that give one part of a programme its streams. Pure; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalog.programme import Programme, Source
from pipeline.plan.chunks import Stretch, chunks, seek
from pipeline.plan.effort import picture_effort, sound_effort
from pipeline.plan.encode import (
    AUDIO,
    VIDEO,
    Coding,
    Files,
    sound_arguments,
    track_arguments,
    video_arguments,
)
from pipeline.plan.fit import Part, part_name
from pipeline.plan.raster import RASTERS
from pipeline.plan.steps import (
    Captions,
    Card,
    Encode,
    FromSource,
    FromStep,
    Input,
    Join,
    Step,
    Track,
    key,
)
from pipeline.plan.treatment import Treatment

# A card is drawn at the size a television shows, then scaled like any other picture.
_CARD = {"pal": (768, 576), "ntsc": (640, 480)}


@dataclass(frozen=True, slots=True)
class Workshop:
    """What of this place and run decides bytes: ffmpeg's version line, the face, and the name of
    the centre that stands on the menus.
    """

    ffmpeg: str
    font: str
    centre: str = ""


@dataclass(frozen=True, slots=True)
class Showpiece:
    """One part of an episode on its way to a track: what it is, and what is done to it."""

    programme: Programme
    part: Part
    source: Source
    treatment: Treatment
    coding: Coding

    @property
    def name(self) -> str:
        """What the track is called: the title, the episode where there are several, the part."""
        named = self.programme.title
        if len(self.programme.episodes) > 1:
            named += f" 第{self.part.episode}集"
        return f"{named} {part_name(self.part)}".strip()

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.part.start, self.part.pictures)

    def seconds(self, pictures: int) -> float:
        """How long so many pictures last."""
        return float(pictures / RASTERS[self.coding.standard].rate)


@dataclass(frozen=True, slots=True)
class TrackSteps:
    """The steps of one track, inputs before users, and its streams."""

    steps: tuple[Step, ...]
    track: Track


def track_steps(piece: Showpiece, workshop: Workshop) -> TrackSteps:
    """The steps of a part. What is short, or cannot be divided, is encoded in one go; what is long
    in chunks that are joined, its sound as a whole beside them.
    """
    before, inputs, files = _inputs(piece, workshop)
    treatment, coding = piece.treatment, piece.coding
    rate = RASTERS[coding.standard].rate
    pieces = chunks(piece.stretch, treatment.cuts, treatment.speed, rate)
    encode = _Encoding(piece, inputs, workshop)
    if len(pieces) == 1 and not (piece.part.start and treatment.cuts):
        arguments = track_arguments(files, treatment, piece.stretch, coding)
        step = encode.step(arguments, piece.stretch, (VIDEO, AUDIO))
        track = Track(FromStep(key(step), VIDEO), FromStep(key(step), AUDIO))
        return TrackSteps((*before, step), track)
    seen = [
        encode.step(video_arguments(files, treatment, each, coding), each, (VIDEO,))
        for each in pieces
    ]
    heard = encode.step(
        sound_arguments(files, treatment, piece.stretch, coding), piece.stretch, (AUDIO,)
    )
    joined = _joined(piece, pieces, seen)
    made = joined or seen[0]
    track = Track(FromStep(key(made), VIDEO), FromStep(key(heard), AUDIO))
    return TrackSteps((*before, *seen, heard, *([joined] if joined else [])), track)


@dataclass(frozen=True, slots=True)
class _Encoding:
    """What all encodings of one part share."""

    piece: Showpiece
    inputs: tuple[Input, ...]
    workshop: Workshop

    def step(
        self, arguments: tuple[str, ...], stretch: Stretch, outputs: tuple[str, ...]
    ) -> Encode:
        return Encode(
            label=self.piece.name,
            seconds=self.piece.seconds(stretch.pictures),
            arguments=arguments,
            inputs=self.inputs,
            outputs=outputs,
            tool=self.workshop.ffmpeg,
            effort=self._effort(stretch, outputs),
        )

    def _effort(self, stretch: Stretch, outputs: tuple[str, ...]) -> float:
        """Processor seconds of one encoding, with what it decodes before its first picture."""
        seconds = self.piece.seconds(stretch.pictures)
        heard = sound_effort(seconds) if AUDIO in outputs else 0.0
        if VIDEO not in outputs:
            return heard
        seen, coding = self.piece.treatment.picture, self.piece.coding
        size, rate = ((seen.width, seen.height), seen.rate) if seen else (_CARD["pal"], Fraction(1))
        return heard + picture_effort(size, rate, seconds, coding.quality, self._unused(stretch))

    def _unused(self, stretch: Stretch) -> float:
        treatment = self.piece.treatment
        rate = RASTERS[self.piece.coding.standard].rate
        begin = seek(stretch.start, treatment.cuts, treatment.speed, rate)
        return max(0.0, float(stretch.start / rate * treatment.speed) - begin)


def _joined(piece: Showpiece, pieces: Sequence[Stretch], seen: Sequence[Encode]) -> Join | None:
    if len(seen) == 1:
        return None
    return Join(
        label=piece.name,
        seconds=piece.seconds(piece.part.pictures),
        inputs=tuple(FromStep(key(step), VIDEO) for step in seen),
        pictures=tuple(each.pictures for each in pieces),
        standard=piece.coding.standard,
        name=VIDEO,
    )


def _inputs(
    piece: Showpiece, workshop: Workshop
) -> tuple[tuple[Step, ...], tuple[Input, ...], Files]:
    """What the encoding reads: the file, and the card or the captions that are made first."""
    source = FromSource(piece.source.sha256, suffix(piece.source.name))
    file = f"in/0{source.suffix}"
    if piece.treatment.picture is None:
        card = _card(piece, workshop)
        return (card,), (source, FromStep(key(card), card.name)), Files(file, card="in/1.png")
    if piece.treatment.captions is not None:
        captions = _captions(piece, source, workshop)
        named = FromStep(key(captions), captions.name)
        return (captions,), (source, named), Files(file, captions="in/1.ass")
    return (), (source,), Files(file)


def _card(piece: Showpiece, workshop: Workshop) -> Card:
    width, height = _CARD[piece.coding.standard]
    line = piece.programme.creator or piece.programme.series
    return Card(piece.name, width, height, piece.name, line, workshop.font)


def _captions(piece: Showpiece, source: FromSource, workshop: Workshop) -> Captions:
    wanted = piece.treatment.captions
    assert wanted is not None  # noqa: S101 - the caller asked
    beside = FromSource(wanted.sha256, suffix(wanted.name))
    return Captions(
        label=piece.name,
        inputs=(beside,) if wanted.sha256 else (source,),
        stream=wanted.stream,
        standard=piece.coding.standard,
        speed=str(piece.treatment.speed),
        font=workshop.font,
        tool=workshop.ffmpeg,
    )


def suffix(name: str) -> str:
    """The ending of a file's name where it is plain letters and digits: demuxers look at it."""
    found = re.search(r"\.[A-Za-z0-9]{1,5}$", name)
    return found.group().lower() if found else ""
