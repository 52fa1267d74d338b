"""Where a player may begin inside a track: the chapters of the sheet, or every five minutes.

Decided in seconds; the Video CD writer moves each to the nearest true access point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalog.programme import Programme
from pipeline.plan.fit import Part

EVERY = 300.0  # seconds between entry points of a programme whose sheet names none
_LONG = 600.0  # a programme shorter than this needs none
_END = 60.0  # nobody jumps into the last minute
_APART = 2.0  # seconds; access points lie about half a second apart
_A_TRACK, _A_DISC = 98, 500  # vcd20.md 7: further entries a track, entries a disc


@dataclass(frozen=True, slots=True)
class Chapter:
    """An entry point: seconds from the track's beginning, and its name where the sheet has one."""

    seconds: float
    name: str = ""


def chapters(
    programme: Programme, part: Part, seconds: float, rate: Fraction
) -> tuple[Chapter, ...]:
    """The entry points of one track beyond its beginning.

    A sheet's chapters are those of a programme's first episode; where the track holds a part of
    it, those inside the part count.
    """
    start = float(part.start / rate)
    if programme.chapters and part.episode == programme.episodes[0].number:
        named = [Chapter(at - start, name) for at, name in programme.chapters]
        found = [one for one in named if _APART <= one.seconds <= seconds - _APART]
    elif seconds >= _LONG:
        regular = [Chapter(EVERY * n) for n in range(1, int(seconds // EVERY) + 1)]
        found = [one for one in regular if one.seconds <= seconds - _END]
    else:
        found = []
    return tuple(_spaced(found)[:_A_TRACK])


def _spaced(found: Sequence[Chapter]) -> list[Chapter]:
    kept: list[Chapter] = []
    for one in found:
        if not kept or one.seconds - kept[-1].seconds >= _APART:
            kept.append(Chapter(round(one.seconds, 3), one.name))
    return kept


def within_a_disc(tracks: Sequence[tuple[Chapter, ...]]) -> tuple[tuple[Chapter, ...], ...]:
    """The entry points of a disc's tracks, thinned evenly where they are more than a disc holds."""
    room = _A_DISC - len(tracks)  # each track's beginning is an entry too
    total = sum(map(len, tracks))
    if total <= room:
        return tuple(tracks)
    return tuple(_thinned(found, len(found) * room // total) for found in tracks)


def _thinned(found: tuple[Chapter, ...], count: int) -> tuple[Chapter, ...]:
    return tuple(found[n * len(found) // count] for n in range(count))
