"""How many pictures a second a source has, and whether they come evenly: from time stamps alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

STANDARD = tuple(
    Fraction(*rate)
    for rate in (
        *((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1)),
        *((50, 1), (60000, 1001), (60, 1), (15, 1), (12, 1)),
    )
)
_NEAR = 0.001  # of the rate: as far as 24 is from 23.976
_EVEN = 0.95  # of the intervals are as long as the others
_UNEVEN = 0.2  # of an interval: more is another length
_GAP_SECONDS, _GAP_PICTURES = 0.5, 4.0
MAX_RATE = 1000


@dataclass(frozen=True, slots=True)
class Pace:
    """`gaps` are (begin, end) seconds where pictures of an otherwise even source are missing."""

    rate: Fraction
    steady: bool
    gaps: tuple[tuple[float, float], ...] = ()


def pace(times: Sequence[float], said: Fraction = Fraction(0), tick: float = 0.0) -> Pace:
    """The pace of pictures shown at `times` (seconds, rising). `said` is the container's claim,
    believed where the times cannot tell (one picture, or none has a time) and where it lies within
    their error; `tick` is how finely the container writes times down.
    """
    stamps = np.asarray(times, dtype=np.float64)
    if len(stamps) < 3 or stamps[-1] <= stamps[0]:
        return Pace(_rational(float(said)) if said else Fraction(0), True)
    # Two intervals at a time: pictures repeated by a mark (soft 3:2 pulldown) stand for 2 and 3
    # fields in turn, and are even all the same.
    pairs = (stamps[2:] - stamps[:-2]) / 2
    usual = float(np.median(pairs))
    if usual <= 0:
        return Pace(_mean(stamps), False)
    even = np.abs(pairs - usual) <= max(_UNEVEN * usual, tick)
    if float(even.mean()) < _EVEN:
        return Pace(_mean(stamps), False)
    rate = 1.0 / float(pairs[even].mean())
    # The ends may be off by a tick each, and so is the mean over all.
    error = max(_NEAR / 2, 2 * tick / float(stamps[-1] - stamps[0]))
    if said and abs(float(said) / rate - 1) <= error:
        rate = float(said)
    return Pace(_rational(rate), True, _gaps(stamps, usual))


def _mean(stamps: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Fraction:
    return _rational((len(stamps) - 1) / float(stamps[-1] - stamps[0]))


def _rational(rate: float) -> Fraction:
    """The standard rate that is meant, else the nearest simple fraction."""
    rate = min(max(rate, 0.0), MAX_RATE)
    nearest = min(STANDARD, key=lambda one: abs(float(one) - rate))
    if abs(float(nearest) - rate) <= _NEAR * float(nearest):
        return nearest
    return Fraction(rate).limit_denominator(1001)


def _gaps(
    stamps: np.ndarray[tuple[int], np.dtype[np.float64]], usual: float
) -> tuple[tuple[float, float], ...]:
    steps = np.diff(stamps)
    wide = np.flatnonzero((steps > _GAP_SECONDS) & (steps > (_GAP_PICTURES + 1) * usual))
    return tuple((float(stamps[i]) + usual, float(stamps[i + 1])) for i in wide[:10_000])
