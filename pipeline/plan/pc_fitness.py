"""What keeps a source from being played by computers as it is: codes that pc_words.py tells. Pure.

A file that was not looked through is known by its header alone, which says too little: it is
encoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from catalog.analysis import Analysis, PictureAnalysis, SoundAnalysis
from catalog.programme import AudioStream, Programme, Source, VideoStream
from pipeline.plan.pc_raster import within_level, within_memory
from pipeline.plan.treatment import PictureTreatment, Treatment
from recipes.targets import ForComputers

_PROFILES: Final = ("Baseline", "Constrained Baseline", "Main", "High")
_LEVEL: Final = 31
_BIT_RATE: Final = 17_500_000  # a second, of High at level 3.1
_MODEST: Final = 6_000_000  # a second on average, whose peaks are surely within that
_LOST: Final = 0.01  # of the programme
_TIMED: Final = ("mov", "matroska", "flv", "mpegts")
"""Containers whose packets can be copied: each has a time stamp to be trusted."""
_SAMPLES: Final = 48_000


@dataclass(frozen=True, slots=True)
class ForPc:
    """One episode, `number` of its programme, on its way to a file for computers. `treatment` is
    that of plan/decide.py, asked for with the rate 0: as the source has it.
    """

    programme: Programme
    number: int
    source: Source
    analysis: Analysis | None
    treatment: Treatment
    medium: ForComputers

    @property
    def name(self) -> str:
        """The title, and the episode where there are several."""
        several = len(self.programme.episodes) > 1
        return f"{self.programme.title} 第{self.number}集" if several else self.programme.title

    @property
    def seen(self) -> PictureAnalysis | None:
        return self.analysis.picture if self.analysis else None


def picture_faults(piece: ForPc) -> tuple[str, ...]:
    """Why the picture must be encoded; empty where it can stay as it is."""
    video, treated = piece.source.video, piece.treatment.picture
    if video is None or treated is None:
        return ("card",)
    return tuple(dict.fromkeys((*_coded(piece, video), *_changed(piece, video, treated))))


def _coded(piece: ForPc, video: VideoStream) -> Iterator[str]:
    seen = piece.seen
    if video.codec != "h264":
        yield "codec"
        return
    if seen is None:
        yield "unseen"
        return
    if (seen.bits, seen.chroma) != (8, "420"):
        yield "depth"
    elif seen.profile not in _PROFILES:
        yield "profile"
    fits = within_level(video.width, video.height, seen.rate)
    if not (0 < seen.level <= _LEVEL or overstated(piece)) or not fits or seen.bit_rate > _BIT_RATE:
        yield "level"
    if not set(_TIMED) & set(piece.source.container.split(",")):
        yield "clock"


def overstated(piece: ForPc) -> bool:
    """Whether H.264 claims a higher level than it needs, as coders do that are told so: then
    another number in its parameters is all that players want.
    """
    video, seen = piece.source.video, piece.seen
    if video is None or seen is None or video.codec != "h264" or seen.level <= _LEVEL:
        return False
    modest = 0 < seen.bit_rate <= _MODEST
    return modest and within_memory(video.width, video.height, seen.kept)


def _changed(piece: ForPc, video: VideoStream, treated: PictureTreatment) -> Iterator[str]:
    if treated.fields != "progressive":
        yield "fields"
    if treated.dynamic_range != "sdr":
        yield "hdr"
    if video.rotation % 360:
        yield "turned"
    if video.height > piece.medium.height:
        yield "tall"
    found = piece.analysis
    if found and (found.damage or found.lost >= _LOST):
        yield "damaged"
    if any(one.wished and one.what in ("crop", "denoise") for one in piece.treatment.reasons):
        yield "wished"
    if piece.treatment.captions and piece.medium.captions == "burnt-in":
        yield "burnt-in"


def sound_faults(piece: ForPc) -> tuple[str, ...]:
    """Why the sound must be made anew; empty where it can stay as it is, or there is none."""
    return tuple(dict.fromkeys(_sound_faults(piece)))


def _sound_faults(piece: ForPc) -> Iterator[str]:
    voices = piece.treatment.voices
    if not voices:
        return
    streams = {voice.stream for voice in voices}
    if len(streams) > 1:
        yield "two-voices"
    elif len(voices) == 1 and voices[0].take in ("left", "right"):
        yield "one-side"
    levels = ("louder", "softer", "squeeze")
    if any(one.wished and one.what in levels for one in piece.treatment.reasons):
        yield "wished"
    heard = {one.index: one for one in (piece.analysis.sounds if piece.analysis else ())}
    for stream in piece.source.streams:
        if isinstance(stream, AudioStream) and stream.index in streams:
            yield from _sound_coded(stream, heard.get(stream.index))


def _sound_coded(stream: AudioStream, found: SoundAnalysis | None) -> Iterator[str]:
    if stream.codec != "aac" or found is None or found.profile != "LC":
        yield "sound-codec"
    if stream.channels > 2:
        yield "surround"
    if stream.sample_rate > _SAMPLES:
        yield "sound-codec"


def file_faults(piece: ForPc) -> tuple[str, ...]:
    """Why picture and sound, as they are, must go into another file."""
    source, found = piece.source, piece.analysis
    if not _is_mp4(source):
        return ("container",)
    faults = ["overstated"] if overstated(piece) else []
    if not (found and found.faststart):
        faults.append("faststart")
    sounds = [one for one in source.streams if isinstance(one, AudioStream)]
    # One that cannot be heard does no harm where it is the only one.
    if len(sounds) > 1 or len(source.streams) > 1 + len(sounds) or _strange(sounds, piece):
        faults.append("tracks")
    return tuple(faults)


def _is_mp4(source: Source) -> bool:
    brand = dict(source.tags).get("major_brand", "").strip()
    return "mp4" in source.container.split(",") and brand != "qt" and not brand.startswith("3g")


def _strange(sounds: list[AudioStream], piece: ForPc) -> bool:
    """Whether a sound that nobody chose is one that players may stumble over."""
    if piece.treatment.voices or not sounds:
        return False
    heard = {one.index: one for one in (piece.analysis.sounds if piece.analysis else ())}
    return any(_sound_coded(sounds[0], heard.get(sounds[0].index)))
