"""Which programme goes on which disc: sums only, nothing is opened and nothing is encoded.

What belongs together (a series, the episodes of a programme) stays on one disc where one disc is
enough. What is longer than a disc begins on a fresh one and is cut between episodes; an episode
that is longer than a disc by itself is cut in time into equal parts. Where it is cut depends only
on the programme and the disc, so that a recipe with one programme more encodes one programme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Literal

from catalog.programme import Programme
from pipeline.plan.packing import Load, Room, load_of, pack
from pipeline.plan.raster import RASTERS
from recipes.recipe import Order
from recipes.targets import Standard

# vcd20.md, 2.1, 2.2 and 7: 150 sectors pregap, 30 before and 45 behind the packs of each track;
# 150 behind the last track; blanks differ by some hundred sectors, so 150 are kept free.
TRACK_SECTORS = 225
POST_GAP = 150
KEPT_FREE = 150
FRONT = 300
SECTORS: Mapping[int, int] = {74: 333_000, 80: 360_000}
TRACKS = 98

# How many seconds a programme (by its id) makes of a file (by its sha256): films play faster.
Seconds = Callable[[str, str], float]

_PART_NAMES: Mapping[int, str] = {2: "上下", 3: "上中下"}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one episode on one disc: `pictures` of them from picture `start`, counted at
    the target's rate. `number` of `of` says which of the programme's discs this is.
    """

    programme: str
    episode: int
    sha256: str
    start: int
    pictures: int
    number: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class DiscFit:
    """One disc: its tracks in playing order, the sectors of its whole image, those still free."""

    parts: tuple[Part, ...]
    sectors: int
    free: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one disc holds. `sectors` may be filled; `front` of them are track 1 (menu included);
    `packs` says how many sectors a number of pictures needs at most, and must not fall;
    `rate` is in pictures a second; `gop` is how many pictures are encoded as a group.
    """

    sectors: int
    rate: Fraction
    gop: int
    packs: Callable[[int], int]
    front: int = FRONT

    @property
    def room(self) -> int:
        """Sectors left for tracks."""
        return self.sectors - self.front - POST_GAP

    def track(self, pictures: int) -> int:
        """Sectors of one track with its gap and margins."""
        return TRACK_SECTORS + self.packs(pictures)

    def longest(self) -> int:
        """Groups of pictures that one track alone can hold on a disc."""
        low, high = 0, self.room
        while low < high:
            middle = (low + high + 1) // 2
            if self.track(middle * self.gop) <= self.room:
                low = middle
            else:
                high = middle - 1
        if not low:
            raise ValueError(f"a disc of {self.sectors} sectors holds no group of pictures")
        return low


def disc_capacity(
    standard: Standard, minutes: Literal[74, 80], packs: Callable[[int], int], front: int = FRONT
) -> Capacity:
    """A Video CD of 74 or 80 minutes, 150 sectors kept free; `packs` as in `Capacity`.

    `front` should be the same for every disc of a recipe (the largest its menu may need): where a
    long programme is cut follows from it.
    """
    kept = SECTORS[minutes] - KEPT_FREE
    raster = RASTERS[standard]
    return Capacity(kept, raster.rate, raster.gop, packs, front)


def pictures_of(seconds: float, rate: Fraction) -> int:
    """Pictures that `seconds` need at `rate`, at least one.

    Seconds come as binary fractions; a thousandth of a picture is their error, not a picture.
    """
    # In whole numbers, because fractions take ten times as long and catalogues are long.
    above, below = seconds.as_integer_ratio()
    thousandths = 1000 * above * rate.numerator - below * rate.denominator
    return max(1, -(-thousandths // (1000 * below * rate.denominator)))


def part_name(part: Part) -> str:
    """What is written behind the title: 上, 下 of two discs, 上, 中, 下 of three, `n/m` of more;
    empty where the programme is whole on its disc.
    """
    if part.of == 1:
        return ""
    names = _PART_NAMES.get(part.of)
    return names[part.number - 1] if names else f"{part.number}/{part.of}"


def fit(
    programmes: Sequence[Programme],
    seconds: Seconds,
    capacity: Capacity,
    order: Order = "fixed",
) -> tuple[DiscFit, ...]:
    """Spread programmes, in the recipe's order, over as many discs as they need.

    `fixed` keeps that order: a new disc begins where the next programme does not fit, and a
    series stays together where it stands together. `best-fit` fills the discs best: a series
    stays together wherever its programmes stand; discs, and what is on each, keep the recipe's
    order. `seconds` must know every episode (select.py sees to that); each programme comes once.
    """
    tracks = [list(_tracks(at, p, seconds, capacity)) for at, p in enumerate(programmes)]
    together = _neighbours(programmes) if order == "fixed" else _series(programmes)
    cut = _Cut(capacity, Room(capacity.room, TRACKS), capacity.longest())
    runs = [_spread([tracks[at] for at in group if tracks[at]], cut) for group in together]
    runs = [run for run in runs if run]
    discs = _in_turn(runs, cut.room) if order == "fixed" else pack(runs, cut.room)
    return _told(discs, capacity)


@dataclass(frozen=True, slots=True)
class _Track:
    """A part on its way: the programme's place in the recipe and the sectors it takes."""

    at: int
    part: Part
    sectors: int


@dataclass(frozen=True, slots=True)
class _Cut:
    """What decides where to cut: the disc, and the groups of pictures one track on it can have."""

    capacity: Capacity
    room: Room
    longest: int


def _tracks(
    at: int, programme: Programme, seconds: Seconds, capacity: Capacity
) -> Iterator[_Track]:
    for episode in sorted(programme.episodes, key=lambda e: e.number):
        pictures = pictures_of(seconds(programme.id, episode.sha256), capacity.rate)
        part = Part(programme.id, episode.number, episode.sha256, 0, pictures)
        yield _Track(at, part, capacity.track(pictures))


def _neighbours(programmes: Sequence[Programme]) -> list[list[int]]:
    keys = groupby(range(len(programmes)), key=lambda at: programmes[at].series or at)
    return [list(group) for _key, group in keys]


def _series(programmes: Sequence[Programme]) -> list[list[int]]:
    groups: dict[str | int, list[int]] = {}
    for at, programme in enumerate(programmes):
        groups.setdefault(programme.series or at, []).append(at)
    return list(groups.values())


def _load(tracks: Sequence[_Track]) -> Load[_Track]:
    return load_of(tracks, sum(track.sectors for track in tracks), tracks[0].at)


def _spread(programmes: Sequence[Sequence[_Track]], cut: _Cut) -> list[Load[_Track]]:
    """The discs of what belongs together: one load where one disc is enough, else several, of
    which each but the last has its disc to itself.
    """
    room = cut.room
    everything = [track for programme in programmes for track in programme]
    if not everything or room.holds(_load(everything)):
        return [_load(everything)] if everything else []
    discs: list[list[_Track]] = []
    for unit, fresh in _units(programmes, cut):
        if discs and not fresh and room.holds(_load(discs[-1] + unit)):
            discs[-1] += unit
        else:
            discs.append(unit)
    return [_load(tracks) for tracks in discs]


def _units(
    programmes: Sequence[Sequence[_Track]], cut: _Cut
) -> Iterator[tuple[list[_Track], bool]]:
    """What is not cut any further, and whether it must begin a disc: a programme where one disc
    holds it, else its episodes, else their parts in time.
    """
    for programme in programmes:
        if cut.room.holds(_load(programme)):
            yield list(programme), False
            continue
        for place, track in enumerate(programme):
            pieces = [track] if track.sectors <= cut.room.sectors else _pieces(track, cut)
            for piece in pieces:
                yield [piece], place == 0 or len(pieces) > 1


def _pieces(track: _Track, cut: _Cut) -> list[_Track]:
    """An episode longer than a disc, in equal parts of whole groups of pictures."""
    capacity = cut.capacity
    groups = -(-track.part.pictures // capacity.gop)
    count = -(-groups // cut.longest)
    pieces, start = [], 0
    for number in range(count):
        # The first parts take one group more where the groups do not divide evenly.
        wanted = (groups // count + (number < groups % count)) * capacity.gop
        pictures = min(wanted, track.part.pictures - start)
        part = replace(track.part, start=start, pictures=pictures)
        pieces.append(replace(track, part=part, sectors=capacity.track(pictures)))
        start += pictures
    return pieces


def _in_turn(runs: Sequence[Sequence[Load[_Track]]], room: Room) -> list[tuple[Load[_Track], ...]]:
    discs: list[list[Load[_Track]]] = []
    for run in runs:
        if discs and len(run) == 1 and room.holds(*discs[-1], run[0]):
            discs[-1].append(run[0])
        else:
            discs += [[load] for load in run]
    return [tuple(disc) for disc in discs]


def _told(discs: Sequence[Sequence[Load[_Track]]], capacity: Capacity) -> tuple[DiscFit, ...]:
    """The discs with each part told which of its programme's discs it is on."""
    tracks = [sorted((t for load in disc for t in load.tracks), key=_place) for disc in discs]
    lies: dict[int, list[int]] = {}
    for number, disc in enumerate(tracks):
        for at in dict.fromkeys(track.at for track in disc):
            lies.setdefault(at, []).append(number)
    fits = []
    for number, disc in enumerate(tracks):
        parts = tuple(_numbered(track.part, lies[track.at], number) for track in disc)
        used = capacity.front + POST_GAP + sum(track.sectors for track in disc)
        fits.append(DiscFit(parts, used, capacity.sectors - used))
    return tuple(fits)


def _numbered(part: Part, discs: Sequence[int], disc: int) -> Part:
    if len(discs) == 1:
        return part
    return replace(part, number=discs.index(disc) + 1, of=len(discs))


def _place(track: _Track) -> tuple[int, int, int]:
    return track.at, track.part.episode, track.part.start
