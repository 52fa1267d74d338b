"""How much work a file for computers is: processor seconds, estimated before it is made."""

from __future__ import annotations

from typing import Final

from pipeline.plan.effort import decoding_effort, sound_effort
from pipeline.plan.pc_fitness import ForPc
from pipeline.plan.raster import Raster

POSTER_EFFORT: Final = 0.3
_CODE: Final = {"fast": 0.012, "best": 0.03}
"""Processor seconds that coding a million pixels takes; measured with tests/bench/pc_files.py."""
_STANDING: Final = 0.2  # of it, where nothing moves
_COPY: Final = 4e-9
"""Processor seconds that a byte takes that is copied, checked and hashed."""


def encoded_effort(piece: ForPc, shape: Raster) -> float:
    """Of picture and sound made anew."""
    seen, seconds = piece.treatment.picture, piece.treatment.seconds
    pixels = shape.width * shape.height / 1e6 * float(shape.rate) * seconds
    coding = pixels * _CODE[piece.medium.quality]
    if seen is None:
        return sound_effort(seconds) + coding * _STANDING
    decoding = decoding_effort((seen.width, seen.height), seen.rate, seconds)
    heard = sound_effort(seconds) if piece.treatment.voices else 0.0
    return heard + decoding + coding * (_STANDING if seen.still else 1.0)


def copied_effort(piece: ForPc, *, sound: bool = False) -> float:
    """Of streams copied as they are; with `sound`, that one is made anew."""
    made = sound_effort(piece.treatment.seconds) if sound else 0.0
    return max(0.05, piece.source.bytes * _COPY) + made
