"""How much work a step is: processor seconds, estimated before it is done. Decides no byte.

Measured with tests/bench/long.py and reference encoding.md; another machine is faster or slower
throughout, which pipeline/remaining.py finds out while it works.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final, assert_never

from pipeline.plan.coding import Quality
from pipeline.plan.steps import (
    Captions,
    Card,
    Encode,
    EncodeStill,
    Join,
    MenuPicture,
    Step,
    WebVtt,
    WriteIso,
    WriteVideoCd,
)

_DECODE: Final = 0.004
"""Processor seconds that decoding and scaling a million pixels takes."""
_CODE: Final[Mapping[Quality, float]] = {"fast": 0.03, "best": 0.11}
"""Processor seconds that coding a second of raster pictures takes."""
_SOUND: Final = 0.012
"""Processor seconds that a second of sound takes."""
_WRITE: Final = 0.001
"""Of writing a disc and reading it back, a second of programme."""
_ISO: Final = 4e-9
"""Of writing a data disc and reading it back, a byte."""
_JOIN: Final = 0.0005
_UNKNOWN: Final = 0.15
"""Of encoding a second of which nothing more is known."""


def picture_effort(
    size: tuple[int, int],
    rate: Fraction,
    seconds: float,
    quality: Quality,
    unused: float = 0.0,
) -> float:
    """Processor seconds for `seconds` of a picture of `size` that comes at `rate`; `unused`
    seconds are decoded before them because nothing shorter leads there.
    """
    return decoding_effort(size, rate, seconds + unused) + seconds * _CODE[quality]


def decoding_effort(size: tuple[int, int], rate: Fraction, seconds: float) -> float:
    """Processor seconds for reading `seconds` of such a picture and making it small."""
    return size[0] * size[1] / 1e6 * float(rate or 25) * seconds * _DECODE


def sound_effort(seconds: float) -> float:
    """Processor seconds for so much sound."""
    return seconds * _SOUND


def effort(step: Step) -> float:
    """Processor seconds that a step takes, about; never 0."""
    match step:
        case Encode():
            return step.effort or max(0.01, step.seconds * _UNKNOWN)
        case Join():
            return max(0.01, step.seconds * _JOIN)
        case WriteVideoCd():
            return max(0.01, step.seconds * _WRITE)
        case WriteIso():
            return max(0.01, step.bytes * _ISO)
        case Card() | MenuPicture() | EncodeStill() | Captions() | WebVtt():
            return 0.2
        case _:
            assert_never(step)


def kind(step: Step) -> str:
    """Steps that are estimated alike: of the same work, and the same effort a second."""
    name = type(step).__name__
    return (
        f"{name} {effort(step) / max(step.seconds, 0.01):.2g}" if isinstance(step, Encode) else name
    )


def in_turn(steps: Iterable[Step]) -> list[Step]:
    """Steps in the order to begin them: those that are hardly any work first (cards, discs whose
    tracks are there), then one of each kind, so that the speed of each shows soon, then the
    dearest, so that no core is left alone with a long one at the end.
    """
    dearest = sorted(steps, key=effort, reverse=True)
    small = [step for step in dearest if not isinstance(step, Encode)]
    coded = [step for step in dearest if isinstance(step, Encode)]
    first = {kind(step): step for step in reversed(coded)}
    leading = sorted(first.values(), key=effort, reverse=True)
    chosen = {id(step) for step in leading}
    return [*small, *leading, *(step for step in coded if id(step) not in chosen)]
