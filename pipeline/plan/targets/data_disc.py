"""The data disc target: programmes as files spread over ISO images. Pure; nothing is run.

How large a file is shows only when it is made. Until all are, a plan counts with the most that they
can be and has no images (`final` is false); made once more from what was made, it has them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.bundle.bundle import Offer, Piece
from pipeline.bundle.iso_names import named
from pipeline.bundle.iso_size import CAPACITY, MOST_BYTES, SECTOR, image_bytes
from pipeline.bundle.layout import PAGE
from pipeline.bundle.page.page import disc_page
from pipeline.plan.left_out import LeftOut
from pipeline.plan.packing import Load, Room, load_of, pack
from pipeline.plan.steps import IsoFile, WriteIso, key
from pipeline.plan.targets.files import Filed, Laid, Stock, laid
from pipeline.plan.targets.video_cd import d_characters
from pipeline.plan.treatment import Reason
from recipes.recipe import Recipe
from recipes.targets import DataDisc

# Raised whenever the writer gives other bytes for the same files.
WRITER = "iso 1"
_MOST_FILES = 100_000  # on one disc
_PAGE = 320 << 10  # bytes of a page without programmes; each of these needs some more
_PAGE_OFFER = 4 << 10


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One programme on a disc: its name, length, bytes of all its files, and the reasons for what
    is done to its picture and sound.
    """

    programme: str
    name: str
    seconds: float
    bytes: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedIso:
    """One data disc: what is on it, its bytes used and free, the paths that had to be shortened
    for some system, and the step that writes it ("" until all its files are made).
    """

    number: int
    name: str
    volume_id: str
    files: tuple[PlannedFile, ...]
    pieces: tuple[Piece, ...]
    offers: tuple[Offer, ...]
    shortened: tuple[str, ...]
    bytes: int
    free: int
    write: str = ""

    @property
    def seconds(self) -> float:
        """Of programme."""
        return sum(file.seconds for file in self.files)

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of what is on it, each once."""
        return tuple(dict.fromkeys(file.programme for file in self.files))

    @property
    def listed(self) -> tuple[tuple[str, float], ...]:
        """What stands on its insert: name and seconds of each programme."""
        return tuple((file.name, file.seconds) for file in self.files)

    @property
    def image_bytes(self) -> int:
        """Of its image."""
        return self.bytes


def data_discs(
    recipe: Recipe,
    medium: DataDisc,
    programmes: Sequence[Filed],
    stock: Stock,
    centre: str,
) -> tuple[tuple[PlannedIso, ...], tuple[WriteIso, ...], tuple[LeftOut, ...]]:
    """The discs, the steps that write them (none until every file is made), and the programmes
    one of whose files no disc of this size holds.
    """
    most = min(CAPACITY[medium.size] - _most_around(1, 0), MOST_BYTES)
    too_large = [one for one in programmes if _largest(one, stock) > most]
    left_out = tuple(_too_large(one, stock) for one in too_large)
    fitting = [one for one in programmes if one not in too_large]
    spread = _spread(recipe, medium, fitting, stock)
    discs, writes = [], []
    for number, group in enumerate(spread, start=1):
        volume = _Volume(recipe, medium, number, len(spread), centre)
        disc, write = _disc(volume, group, stock)
        discs.append(disc)
        writes += [write] if write else []
    final = len(writes) == len(discs)
    return tuple(discs), tuple(writes) if final else (), left_out


def _largest(one: Filed, stock: Stock) -> int:
    return max((stock.known(file).bytes for file in one.files()), default=0)


def _too_large(one: Filed, stock: Stock) -> LeftOut:
    size = f"{_largest(one, stock) / 1e9:.2f}"
    return LeftOut(one.programme.id, one.programme.title, "too-large", (("gigabytes", size),))


# -- what goes on which disc ----------------------------------------------------------------------


def _spread(
    recipe: Recipe, medium: DataDisc, programmes: Sequence[Filed], stock: Stock
) -> list[list[Filed]]:
    """Programmes by disc. Room for the names and the page is set aside for the fullest disc, and
    grows until it is enough.
    """
    most_episodes = sum(len(one.episodes) for one in programmes)
    around = _most_around(1, 1)
    while True:
        room = Room((CAPACITY[medium.size] - around) // SECTOR, _MOST_FILES)
        runs = [list(_loads(one, stock, room, at)) for at, one in enumerate(programmes)]
        packed = pack(runs, room) if recipe.order == "best-fit" else _in_order(runs, room)
        discs = [_joined(loads) for loads in packed]
        needed = max((_around(disc, stock) for disc in discs), default=0)
        if needed <= around:
            return discs
        around = min(max(needed, around * 5 // 4), _most_around(most_episodes, len(programmes)))


def _loads(one: Filed, stock: Stock, room: Room, at: int) -> Iterator[Load[tuple[Filed, int]]]:
    """A programme as one load; where no disc holds it as many as it needs, cut between episodes."""
    alone = [replace(one, episodes=(each,)) for each in one.episodes]
    sizes = [sum(-(-stock.known(f).bytes // SECTOR) for f in each.files()) for each in alone]
    group: list[int] = []
    for number, size in enumerate(sizes):
        if group and sum(sizes[each] for each in group) + size > room.sectors:
            yield load_of([(one, each) for each in group], sum(sizes[e] for e in group), at)
            group = []
        group.append(number)
    yield load_of([(one, each) for each in group], sum(sizes[each] for each in group), at)


def _in_order(
    runs: Sequence[Sequence[Load[tuple[Filed, int]]]], room: Room
) -> list[tuple[Load[tuple[Filed, int]], ...]]:
    """Loads in the recipe's order: a new disc begins where the next does not fit."""
    discs: list[list[Load[tuple[Filed, int]]]] = []
    for run in runs:
        for place, load in enumerate(run):
            if place or not discs or not room.holds(*discs[-1], load):
                discs.append([])
            discs[-1].append(load)
    return [tuple(disc) for disc in discs]


def _joined(loads: Sequence[Load[tuple[Filed, int]]]) -> list[Filed]:
    """The programmes of one disc, each with those of its episodes that lie there."""
    tracks = [track for load in loads for track in load.tracks]
    found = []
    for _id, group in groupby(tracks, key=lambda track: track[0].programme.id):
        same = list(group)
        one, first = same[0]
        episodes = tuple(one.episodes[number] for _one, number in same)
        found.append(replace(one, episodes=episodes, first=one.first + first))
    return found


def _around(disc: Sequence[Filed], stock: Stock) -> int:
    """Bytes of a disc beside its files: names, page, list of check sums."""
    pieces = laid(disc, stock, below="").pieces
    whole = image_bytes([*pieces, _page_bound(disc, stock)])
    return whole - sum(-(-piece.bytes // SECTOR) * SECTOR for piece in pieces)


def _page_bound(disc: Sequence[Filed], stock: Stock) -> IsoFile:
    """The page as long as it can be: subtitles stand in it once more."""
    captions = [e.captions for one in disc for e in one.episodes if e.captions]
    told = sum(stock.known(file).bytes for file in captions)
    return IsoFile(PAGE, _PAGE + _PAGE_OFFER * sum(len(o.episodes) for o in disc) + 2 * told, "")


def _most_around(episodes: int, programmes: int) -> int:
    return (_PAGE + (episodes + programmes) * (64 << 10)) + (1 << 20)


# -- one disc -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Volume:
    """Which disc of how many."""

    recipe: Recipe
    medium: DataDisc
    number: int
    count: int
    centre: str

    @property
    def name(self) -> str:
        return f"disc-{self.number:02d}"

    @property
    def volume_id(self) -> str:
        ending = f"_{self.number:02d}" if self.count > 1 else ""
        return d_characters(self.recipe.id, 32 - len(ending)) + ending

    @property
    def title(self) -> str:
        if self.count == 1:
            return self.recipe.title
        return f"{self.recipe.title} 第{self.number}张/共{self.count}张"


def _disc(
    volume: _Volume,
    programmes: Sequence[Filed],
    stock: Stock,
) -> tuple[PlannedIso, WriteIso | None]:
    placed = laid(programmes, stock, below="")
    listed = [IsoFile(p.path, p.bytes, p.sha256, p.origin) for p in placed.pieces]
    page = _page(volume, placed, stock) if placed.whole else None
    listed.append(page or _page_bound(programmes, stock))
    size = image_bytes(listed)
    names = [one.path for one in named([file.path for file in listed]) if one.shortened]
    write = None
    if page:
        seconds = sum(one.seconds for one in programmes)
        write = WriteIso(volume.name, seconds, volume.name, volume.volume_id,
                         tuple(listed), size, WRITER)  # fmt: skip
    files = tuple(
        PlannedFile(
            one.programme.id,
            one.programme.title,
            one.seconds,
            sum(stock.known(file).bytes for file in one.files()),
            tuple(dict.fromkeys(reason for each in one.episodes for reason in each.reasons)),
        )
        for one in programmes
    )
    free = CAPACITY[volume.medium.size] - size
    disc = PlannedIso(
        volume.number, volume.name, volume.volume_id, files, placed.pieces, placed.offers,
        tuple(names), size, free, key(write) if write else "",
    )  # fmt: skip
    return disc, write


def _page(volume: _Volume, placed: Laid, stock: Stock) -> IsoFile:
    captions = stock.captions(placed.pieces)
    page = disc_page(volume.title, volume.centre, placed.offers, captions=captions)
    return IsoFile(PAGE, len(page), hashlib.sha256(page).hexdigest(), None, page.decode())
