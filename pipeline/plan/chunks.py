"""Where one long programme is divided so that all cores can encode it, and how each piece is read.

Pure. Boundaries follow from the programme's own cuts alone, counted from its beginning: another
programme on the disc, or another place where a disc ends, leaves the other pieces as they are, and
so their keys.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which pictures of an episode, counted at the raster's rate from its beginning."""

    start: int
    pictures: int


CHUNK: Final = 150
"""Seconds that a chunk is meant to have: short enough that no core stands idle for long at the
end, long enough that what is decoded twice (PREROLL, and back to a key picture) hardly counts."""
LEAST: Final = 60
"""Seconds that a chunk has at least."""
UNDIVIDED: Final = 240
"""Seconds of a part that is not worth dividing."""
PREROLL: Final = 2.0
"""Seconds of the source that are read before a cut, for the filters that look back. The analysis
proves that reading from the cut itself gives the right pictures from there on; reading from
earlier passes the same key picture, so that they come out right again."""

OCCUPANCY: Final = 131_072
"""Bits that the encoder of a chunk finds in the buffer (`-rc_init_occupancy`): about what the one
before leaves there, so that the join is smooth (encoding.md)."""

_SAME = 0.01  # of a picture: time stamps are rounded


def picture_at(cut: float, speed: Fraction, rate: Fraction) -> int:
    """The first picture of the output that shows nothing from before `cut` (source seconds).

    It never comes too early: a time stamp between two pictures of the grid counts for the later.
    """
    return max(0, ceil(cut * float(rate / speed) - _SAME))


def chunks(
    part: Stretch, cuts: Sequence[float], speed: Fraction, rate: Fraction
) -> tuple[Stretch, ...]:
    """A part in pieces of about CHUNK seconds that begin at `cuts` (source seconds, proven by the
    analysis); the part alone where it is short or has no cut that serves. `rate` is the raster's,
    `speed` how much faster than the source it plays.
    """
    if part.pictures < UNDIVIDED * rate:
        return (part,)
    least, behind = LEAST * rate, part.start + part.pictures
    inside = (
        at
        for at in _boundaries(sorted({picture_at(cut, speed, rate) for cut in cuts}), rate)
        if part.start + least <= at <= behind - least
    )
    edges = (part.start, *inside, behind)
    return tuple(Stretch(begin, end - begin) for begin, end in pairwise(edges))


def _boundaries(cuts: Sequence[int], rate: Fraction) -> list[int]:
    """Of all cuts of a programme the nearest to each multiple of CHUNK, far enough apart."""
    nearest: dict[int, int] = {}
    every = float(CHUNK * rate)
    for cut in cuts:
        number = round(cut / every)
        aim = number * every
        if number and abs(cut - aim) < abs(nearest.get(number, 0) - aim):
            nearest[number] = cut
    kept: list[int] = []
    for at in nearest.values():
        if at - (kept[-1] if kept else 0) >= LEAST * rate:
            kept.append(at)
    return kept


def seek(start: int, cuts: Sequence[float], speed: Fraction, rate: Fraction) -> float:
    """The second of the source to begin reading at, so that picture `start` and all after it come
    out as if the file had been read from its beginning; 0.0 is the beginning.

    PREROLL before the last cut that lies at `start` or before it.
    """
    rising = sorted(cuts)
    before = bisect_right(rising, start, key=lambda cut: picture_at(cut, speed, rate))
    return max(0.0, round(rising[before - 1] - PREROLL, 3)) if before else 0.0


def input_options(seconds: float) -> dict[str, str | None]:
    """The options of ffmpeg's input that begin reading at such a second and keep the file's own
    clock, so that the same filters give the same grid of pictures; none for the beginning.
    """
    if not seconds:
        return {}
    return {"ss": f"{seconds:.3f}", "copyts": None, "start_at_zero": None}
