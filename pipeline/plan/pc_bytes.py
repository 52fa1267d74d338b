"""How many bytes the files of an episode can take at most, before they are made. Pure."""

from __future__ import annotations

from math import ceil
from typing import Final

from pipeline.plan.pc_coding import AUDIO_KBIT, BUFFER_SECONDS
from pipeline.plan.pc_decision import Decision
from pipeline.plan.pc_fitness import ForPc

POSTER_BYTES: Final = 400_000
_HEAD: Final = 65_536
_OF_A_SAMPLE: Final = 32  # bytes that an MP4 writes of each picture and piece of sound
_SOUND_SAMPLES: Final = 50  # pieces of sound a second, at 48 kHz
_SPARE: Final = 1.03  # what the coders may miss their bounds by
_OF_A_LINE: Final = 600  # bytes of one subtitle and its times
_TO_UTF8: Final = 4  # times as long, with its times, as any other form


def video_bytes(piece: ForPc, decision: Decision) -> int:
    """Of the video; exact where it stays untouched."""
    if decision.way == "untouched":
        return piece.source.bytes
    seconds = piece.treatment.seconds
    sound = ceil(seconds * AUDIO_KBIT * 125 * _SPARE) if piece.treatment.voices else 0
    if decision.way == "encoded":
        shape = decision.shape
        bits = decision.most * 1000 * _SPARE * (seconds + BUFFER_SECONDS)
        return ceil(bits / 8) + sound + _tables(seconds * float(shape.rate), seconds)
    pictures = piece.seen.pictures if piece.seen else seconds * 60
    copied = piece.source.bytes + _tables(pictures, seconds)
    return copied + (sound if decision.way == "sound-made" else 0)


def _tables(pictures: float, seconds: float) -> int:
    return _HEAD + ceil(_OF_A_SAMPLE * (pictures + _SOUND_SAMPLES * seconds))


def captions_bytes(piece: ForPc) -> int:
    """Of the subtitles beside it."""
    wanted = piece.treatment.captions
    if wanted is None:
        return 0
    if wanted.sha256:
        files = (one for one in piece.source.sidecars if one.sha256 == wanted.sha256)
        return _HEAD + _TO_UTF8 * sum(one.bytes for one in files)
    tracks = piece.analysis.subtitles if piece.analysis else ()
    lines = sum(one.lines for one in tracks if one.index == wanted.stream)
    return _HEAD + _OF_A_LINE * lines
