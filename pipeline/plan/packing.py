"""Filling discs best: loads of known size into as few equal discs as we can find.

Nothing here knows what a programme is, and nothing is left to chance: the same loads give the
same discs. Searching stops after a fixed number of steps, never after a time.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

# A search looks at this many loads on the emptiest discs, for this many steps (some 20 ms).
_WINDOW = 24
_STEPS = 10_000
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Load(Generic[T]):
    """What goes on one disc together; `at` is its place in the recipe."""

    tracks: tuple[T, ...]
    sectors: int
    at: int


def load_of(tracks: Sequence[T], sectors: int, at: int) -> Load[T]:
    """A load of some tracks that need `sectors` together."""
    return Load(tuple(tracks), sectors, at)


@dataclass(frozen=True, slots=True)
class Room:
    """What one disc holds: sectors for tracks, and tracks."""

    sectors: int
    tracks: int

    def holds(self, *loads: Load[T]) -> bool:
        """Whether one disc is enough for all of them."""
        return (
            sum(load.sectors for load in loads) <= self.sectors
            and sum(len(load.tracks) for load in loads) <= self.tracks
        )


@dataclass(slots=True)
class _Disc(Generic[T]):
    """A disc being filled. The first `fixed` loads stay: they continue the disc before."""

    loads: list[Load[T]]
    free: int
    left: int
    fixed: int = 0

    def takes(self, load: Load[T]) -> bool:
        return load.sectors <= self.free and len(load.tracks) <= self.left

    def add(self, load: Load[T]) -> None:
        self.loads.append(load)
        self.free -= load.sectors
        self.left -= len(load.tracks)


Discs = list[_Disc[T]]


def pack(runs: Sequence[Sequence[Load[T]]], room: Room) -> list[tuple[Load[T], ...]]:
    """Runs on discs. A run of several loads takes as many discs, next to each other, of which only
    the last takes other loads; runs of one load go where they fill a disc best.

    Never more discs than first-fit in the recipe's order needs; discs stand in the order of the
    first load on them.
    """
    long = [run for run in runs if len(run) > 1]
    loads = [run[0] for run in runs if len(run) == 1]
    discs = _best_fit(sorted(loads, key=lambda load: -load.sectors), _begun(long, room), room)
    if len(discs) > max(len(long), _least(discs, room)):
        discs = min(discs, _first_fit(loads, _begun(long, room), room), key=len)
        discs = _polished(discs, room)
    return _ordered(long, discs)


def _ordered(long: Sequence[Sequence[Load[T]]], discs: Discs[T]) -> list[tuple[Load[T], ...]]:
    """Long runs first disc to last, all in the order of the recipe. The discs begun by long runs
    come first in `discs`, in the order of `long`.
    """
    rows: list[tuple[int, list[tuple[Load[T], ...]]]] = []
    for run, disc in zip(long, discs, strict=False):
        rows.append((run[0].at, [*((load,) for load in run[:-1]), tuple(disc.loads)]))
    for disc in discs[len(long) :]:
        rows.append((min(load.at for load in disc.loads), [tuple(disc.loads)]))
    return [disc for _at, row in sorted(rows, key=lambda row: row[0]) for disc in row]


def _new(room: Room, *loads: Load[T], fixed: int = 0) -> _Disc[T]:
    disc: _Disc[T] = _Disc([], room.sectors, room.tracks, fixed)
    for load in loads:
        disc.add(load)
    return disc


def _begun(long: Sequence[Sequence[Load[T]]], room: Room) -> Discs[T]:
    return [_new(room, run[-1], fixed=1) for run in long]


def _least(discs: Discs[T], room: Room) -> int:
    """Fewer discs than this cannot hold these loads."""
    sectors = sum(load.sectors for disc in discs for load in disc.loads)
    tracks = sum(len(load.tracks) for disc in discs for load in disc.loads)
    return max(-(-sectors // room.sectors), -(-tracks // room.tracks))


def _best_fit(loads: Sequence[Load[T]], discs: Discs[T], room: Room) -> Discs[T]:
    """Each load into the disc that has least room left for it, or a new one."""
    frees = sorted((disc.free, number) for number, disc in enumerate(discs))
    for load in loads:
        place = bisect_left(frees, (load.sectors, -1))
        while place < len(frees) and not discs[frees[place][1]].takes(load):
            place += 1
        if place < len(frees):
            number = frees.pop(place)[1]
        else:
            number = len(discs)
            discs.append(_new(room))
        discs[number].add(load)
        if discs[number].left:
            insort(frees, (discs[number].free, number))
    return discs


def _first_fit(loads: Sequence[Load[T]], discs: Discs[T], room: Room) -> Discs[T]:
    """Each load into the first disc that takes it, or a new one. Blocks of discs remember the most
    room in them, so that full discs are passed over together.
    """
    most = [
        max(disc.free for disc in discs[start : start + _BLOCK])
        for start in range(0, len(discs), _BLOCK)
    ]
    for load in loads:
        blocks = (b for b, free in enumerate(most) if free >= load.sectors)
        found = (n for b in blocks for n in _block(b, discs) if discs[n].takes(load))
        number = next(found, len(discs))
        if number == len(discs):
            discs.append(_new(room))
        discs[number].add(load)
        block = number // _BLOCK
        most[block : block + 1] = [max(discs[n].free for n in _block(block, discs))]
    return discs


def _block(block: int, discs: Discs[T]) -> range:
    return range(block * _BLOCK, min((block + 1) * _BLOCK, len(discs)))


def _polished(discs: Discs[T], room: Room) -> Discs[T]:
    """As long as it succeeds: the loads of the emptiest discs on one disc fewer."""
    while (fewer := _one_fewer(discs, room)) is not None:
        discs = fewer
    return discs


def _one_fewer(discs: Discs[T], room: Room) -> Discs[T] | None:
    chosen = _emptiest(discs)
    given_up = next((n for n in chosen if not discs[n].fixed), None)
    if given_up is None:
        return None
    kept = [n for n in chosen if n != given_up]
    moved = [load for n in chosen for load in discs[n].loads[discs[n].fixed :]]
    moved.sort(key=lambda load: (-load.sectors, load.at))
    fresh = {n: _new(room, *discs[n].loads[: discs[n].fixed], fixed=discs[n].fixed) for n in kept}
    places = _search(moved, list(fresh.values()))
    if places is None:
        return None
    for load, place in zip(moved, places, strict=True):
        fresh[kept[place]].add(load)
    return [fresh.get(n, disc) for n, disc in enumerate(discs) if n != given_up]


def _emptiest(discs: Discs[T]) -> list[int]:
    """The emptiest discs with few enough loads to search them all."""
    chosen, loads = [], 0
    for number in sorted(range(len(discs)), key=lambda n: (-discs[n].free, n)):
        loads += len(discs[number].loads) - discs[number].fixed
        if loads > _WINDOW:
            break
        chosen.append(number)
    return chosen


def _search(loads: Sequence[Load[T]], discs: Discs[T]) -> list[int] | None:
    """Where each load goes so that all fit, or None where no way was found in `_STEPS` steps."""
    free, left = [disc.free for disc in discs], [disc.left for disc in discs]
    rest = [sum(load.sectors for load in loads[n:]) for n in range(len(loads) + 1)]
    smallest = loads[-1].sectors if loads else 0
    places: list[int] = []
    steps = 0

    def settle(number: int) -> bool:
        nonlocal steps
        steps += 1
        if number == len(loads):
            return True
        # Room too small for the smallest load is room for none.
        if steps > _STEPS or sum(f for f in free if f >= smallest) < rest[number]:
            return False
        load, tried = loads[number], set()
        for place in sorted(range(len(free)), key=free.__getitem__):
            like = (free[place], left[place])
            if like in tried or like[0] < load.sectors or like[1] < len(load.tracks):
                continue
            tried.add(like)
            free[place], left[place] = like[0] - load.sectors, like[1] - len(load.tracks)
            places.append(place)
            if settle(number + 1):
                return True
            free[place], left[place] = like
            places.pop()
        return False

    return places if settle(0) else None
