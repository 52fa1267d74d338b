"""Where a player may begin inside a track: the chapters of the sheet, or every five minutes.

Decided in seconds; the Video CD writer moves each to the nearest true access point.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from catalog.programme import Programme
from pipeline.plan.fit import Part

EVERY = 300.0  # seconds between entry points of a programme whose sheet names none
_LONG = 600.0  # a programme shorter than this needs none
_END = 60.0  # nobody jumps into the last minute
_APART = 2.0  # seconds; access points lie about half a second apart
_A_TRACK, _A_DISC = 98, 500  # vcd20.md 7: further entries a track, entries a disc


def chapters(programme: Programme, part: Part, seconds: float, rate: Fraction) -> tuple[float, ...]:
    """The entry points of one track beyond its beginning, in seconds from that beginning.

    A sheet's chapters are those of a programme's first episode; where the track holds a part of
    it, those inside the part count.
    """
    start = float(part.start / rate)
    if programme.chapters and part.episode == programme.episodes[0].number:
        inside = [at - start for at, _name in programme.chapters]
        found = [at for at in inside if _APART <= at <= seconds - _APART]
    elif seconds >= _LONG:
        found = [EVERY * n for n in range(1, int(seconds // EVERY) + 1)]
        found = [at for at in found if at <= seconds - _END]
    else:
        found = []
    return tuple(_spaced(found)[:_A_TRACK])


def _spaced(times: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for at in times:
        if not kept or at - kept[-1] >= _APART:
            kept.append(round(at, 3))
    return kept


def within_a_disc(tracks: Sequence[tuple[float, ...]]) -> tuple[tuple[float, ...], ...]:
    """The entry points of a disc's tracks, thinned evenly where they are more than a disc holds."""
    room = _A_DISC - len(tracks)  # each track's beginning is an entry too
    total = sum(map(len, tracks))
    if total <= room:
        return tuple(tracks)
    return tuple(_thinned(times, len(times) * room // total) for times in tracks)


def _thinned(times: tuple[float, ...], count: int) -> tuple[float, ...]:
    return tuple(times[n * len(times) // count] for n in range(count))
