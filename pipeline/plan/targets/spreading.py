"""Which programme goes on which data disc. Pure.

What a disc needs beside its files, names, check sums and the page, is counted with each programme,
always a little too much: so nothing has to be tried, and no disc is found too small in the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.bundle.bundle import Offer, Watchable
from pipeline.bundle.iso_size import CAPACITY, MOST_BYTES, SECTOR
from pipeline.bundle.page.length import captions_told, offer_bytes
from pipeline.manifest import MOST_FILES
from pipeline.plan.left_out import LeftOut
from pipeline.plan.packing import Load, Room, load_of, pack
from pipeline.plan.pc_file import PcFile
from pipeline.plan.targets.files import Filed, Stock, laid
from recipes.targets import DataDisc, Size

_MOST_EPISODES = MOST_FILES // 4  # on one disc: each has three files at most
_AROUND = 1 << 20  # bytes of a disc without programmes: descriptors, empty tail, page, folders
_FOLDER = 8 << 10  # of one folder in both name spaces
_NAMED = 448  # of a file's records and its line of check sums, beside its path
_LARGER = 4  # times as large as it will be is what a film counts with, at the most
_PATHS = 6  # a path or its last name stands so often, each letter in three bytes


@dataclass(frozen=True, slots=True)
class Spread:
    """Programmes by disc, of those over several discs the episodes that lie there, and those
    that no disc of this size holds.
    """

    discs: tuple[tuple[Filed, ...], ...]
    too_large: tuple[LeftOut, ...]


def spread(medium: DataDisc, order: str, programmes: Sequence[Filed], stock: Stock) -> Spread:
    """Programmes on as many discs as they need; `order` is that of the recipe. What is not made yet
    and may be too large for a disc gets one of its own, until it is made.
    """
    room = _room(medium.size)
    runs: list[list[_Load]] = []
    too_large: list[LeftOut] = []
    offers = laid(programmes, stock, below="").offers
    for at, (one, offer) in enumerate(zip(programmes, offers, strict=True)):
        loads = [*_loads(one, offer, stock, room, at)]
        if _largest(one, stock) <= MOST_BYTES and all(map(room.holds, loads)):
            runs.append(loads)
        elif _may_fit(one, stock, room):
            runs.append([_at_most(load, room) for load in loads])
        else:
            too_large.append(_too_large(one, stock))
    packed = _in_order(runs, room)
    if order == "best-fit":
        # Packing begins each programme of several discs on one of its own.
        packed = min(pack(runs, room), packed, key=len)
    return Spread(tuple(map(_joined, packed)), tuple(too_large))


def page_bound(disc: Sequence[Filed], offers: Sequence[Offer], stock: Stock) -> int:
    """The most bytes of a disc's page beyond those of an empty one."""
    told = (captions_told(stock.known(f).bytes) for one in disc for f in _captions(one))
    return sum(map(offer_bytes, offers)) + sum(told)


_Load = Load[tuple[Filed, int]]


def _room(size: Size) -> Room:
    return Room((CAPACITY[size] - _AROUND) // SECTOR, _MOST_EPISODES)


def _captions(one: Filed) -> Iterator[PcFile]:
    return (each.captions for each in one.episodes if each.captions)


def _largest(one: Filed, stock: Stock) -> int:
    return max((stock.known(file).bytes for file in one.files()), default=0)


def _may_fit(one: Filed, stock: Stock, room: Room) -> bool:
    """Whether files that are not made yet may turn out small enough: only then it is seen."""
    unmade = False
    for each in one.episodes:
        files = [stock.known(file) for file in each.files]
        likely = [file.bytes if file.sha256 else file.bytes // _LARGER for file in files]
        if max(likely) > MOST_BYTES or sum(likely) > room.sectors * SECTOR:
            return False
        unmade |= not all(file.sha256 for file in files)
    return unmade


def _at_most(load: _Load, room: Room) -> _Load:
    return replace(load, sectors=min(load.sectors, room.sectors))


def _too_large(one: Filed, stock: Stock) -> LeftOut:
    size = f"{_largest(one, stock) / 1e9:.2f}"
    return LeftOut(one.programme.id, one.programme.title, "too-large", (("gigabytes", size),))


# -- how much room a programme takes --------------------------------------------------------------


def _loads(one: Filed, offer: Offer, stock: Stock, room: Room, at: int) -> Iterator[_Load]:
    """A programme as one load; where no disc holds it as many as it needs, cut between episodes."""
    whole = load_of([(one, n) for n in range(len(one.episodes))], _sectors(one, offer, stock), at)
    if room.holds(whole) or len(one.episodes) == 1:
        yield whole
        return
    group: list[int] = []
    total = 0
    for number, (file, told) in enumerate(zip(one.episodes, offer.episodes, strict=True)):
        alone = replace(one, episodes=(file,)), replace(offer, episodes=(told,))
        size = _sectors(*alone, stock)
        if group and not room.holds(
            load_of([(one, n) for n in (*group, number)], total + size, at)
        ):
            yield load_of([(one, each) for each in group], total, at)
            group, total = [], 0
        group.append(number)
        total += size
    yield load_of([(one, each) for each in group], total, at)


def _sectors(one: Filed, offer: Offer, stock: Stock) -> int:
    """What some episodes of a programme need, with all that is said of them."""
    files = sum(-(-stock.known(file).bytes // SECTOR) for file in one.files())
    paths = (p for each in offer.episodes for p in _paths(each))
    named = sum(_NAMED + _PATHS * 3 * len(path) for path in paths)
    beside = page_bound([one], [offer], stock) + named + _FOLDER
    return files + -(-beside // SECTOR)


def _paths(episode: Watchable) -> Iterator[str]:
    return filter(None, (episode.video, episode.poster, episode.captions))


# -- what goes where ------------------------------------------------------------------------------


def _in_order(runs: Sequence[Sequence[_Load]], room: Room) -> list[tuple[_Load, ...]]:
    """Loads in the recipe's order: a new disc begins where the next does not fit."""
    discs: list[list[_Load]] = []
    sectors = episodes = 0
    for run in runs:
        for place, load in enumerate(run):
            sectors, episodes = sectors + load.sectors, episodes + len(load.tracks)
            if place or not discs or sectors > room.sectors or episodes > room.tracks:
                discs.append([])
                sectors, episodes = load.sectors, len(load.tracks)
            discs[-1].append(load)
    return [tuple(disc) for disc in discs]


def _joined(loads: Sequence[_Load]) -> tuple[Filed, ...]:
    """The programmes of one disc in the recipe's order, each with those of its episodes that lie
    there.
    """
    tracks = [track for load in sorted(loads, key=lambda load: load.at) for track in load.tracks]
    found = []
    for _id, group in groupby(tracks, key=lambda track: track[0].programme.id):
        same = [*group]
        one, first = same[0]
        episodes = tuple(one.episodes[number] for _one, number in same)
        found.append(replace(one, episodes=episodes, first=one.first + first))
    return tuple(found)
