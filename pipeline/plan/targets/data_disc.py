"""The data disc target: programmes as files spread over ISO images. Pure; nothing is run.

How large a file is shows only when it is made. Until all are, a plan counts with the most that they
can be and has no images (`final` is false); made once more from what was made, it has them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.bundle.bundle import Offer, Piece
from pipeline.bundle.iso_names import named
from pipeline.bundle.iso_size import CAPACITY, image_bytes, iso_writer
from pipeline.bundle.layout import PAGE
from pipeline.bundle.page.length import PAGE_BYTES
from pipeline.bundle.page.page import disc_page, without_captions
from pipeline.plan.left_out import LeftOut
from pipeline.plan.steps import IsoFile, WriteIso, key
from pipeline.plan.targets.files import Filed, Laid, Stock, laid, renamed
from pipeline.plan.targets.spreading import page_bound, spread
from pipeline.plan.targets.video_cd import d_characters
from pipeline.plan.treatment import Reason
from recipes.recipe import Recipe
from recipes.targets import DataDisc


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One programme on a disc: its name (with its episodes where others lie elsewhere), length,
    bytes of all its files, and the reasons for what is done to its picture and sound.
    """

    programme: str
    name: str
    seconds: float
    bytes: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedIso:
    """One data disc: what is on it, its bytes used and free, the paths that had to be shortened
    for some system, those of captions that its page does not show (known once all files are made),
    and the step that writes it ("" until then).
    """

    number: int
    name: str
    volume_id: str
    files: tuple[PlannedFile, ...]
    pieces: tuple[Piece, ...]
    offers: tuple[Offer, ...]
    shortened: tuple[str, ...]
    mute: tuple[str, ...]
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
    found = spread(medium, recipe.order, programmes, stock)
    discs, writes = [], []
    for number, group in enumerate(found.discs, start=1):
        volume = _Volume(recipe, medium, number, len(found.discs), centre)
        disc, write = _disc(volume, group, stock)
        discs.append(disc)
        writes += [write] if write else []
    final = len(writes) == len(discs)
    return tuple(discs), tuple(writes) if final else (), found.too_large


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
    arranged = laid(programmes, stock, below="")
    # One name in all name spaces: the page's links and the list of sums hold only one.
    names = named([piece.path for piece in arranged.pieces])
    placed = renamed(arranged, {one.path: one.joliet for one in names})
    listed = [IsoFile(p.path, p.bytes, p.sha256, p.origin) for p in placed.pieces]
    captions = stock.captions(placed.pieces) if placed.whole else {}
    page = _page(volume, placed, captions) if placed.whole else None
    listed.append(page or _page_at_most(programmes, placed, stock))
    # What may be more than a disc holds is left out if it is, once it is made.
    size = image_bytes(listed)
    if page is None:
        size = min(size, CAPACITY[volume.medium.size])
    write = None
    if page:
        seconds = sum(one.seconds for one in programmes)
        write = WriteIso(volume.name, seconds, volume.name, volume.volume_id,
                         tuple(listed), size, iso_writer())  # fmt: skip
    files = tuple(
        PlannedFile(
            one.programme.id,
            _named(one),
            one.seconds,
            sum(stock.known(file).bytes for file in one.files()),
            tuple(dict.fromkeys(reason for each in one.episodes for reason in each.reasons)),
        )
        for one in programmes
    )
    free = CAPACITY[volume.medium.size] - size
    disc = PlannedIso(
        volume.number, volume.name, volume.volume_id, files, placed.pieces, placed.offers,
        tuple(one.path for one in names if one.shortened),
        without_captions(placed.offers, captions), size, free, key(write) if write else "",
    )  # fmt: skip
    return disc, write


def _named(one: Filed) -> str:
    """The title; of a programme over several discs with the episodes that are on this one."""
    numbers = [each.number for each in one.numbered]
    if len(numbers) == len(one.programme.episodes):
        return one.programme.title
    last = f"—{numbers[-1]}" if len(numbers) > 1 else ""
    return f"{one.programme.title} 第{numbers[0]}{last}集"


def _page_at_most(programmes: Sequence[Filed], placed: Laid, stock: Stock) -> IsoFile:
    return IsoFile(PAGE, PAGE_BYTES + page_bound(programmes, placed.offers, stock), "")


def _page(volume: _Volume, placed: Laid, captions: Mapping[str, bytes]) -> IsoFile:
    page = disc_page(volume.title, volume.centre, placed.offers, captions=captions)
    return IsoFile(PAGE, len(page), hashlib.sha256(page).hexdigest(), None, page.decode())
