"""Playback control of a disc: where its four files lie, and all checks of what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.words import _
from pipeline.videocd.check.control import Holdings, Judge, check_list, check_shape
from pipeline.videocd.check.extended import check_extended
from pipeline.videocd.check.faults import Faults
from pipeline.videocd.check.info import INFO, Info
from pipeline.videocd.check.lists import MOST_BYTES, SELECT_X, STEP, Lists, read_lists
from pipeline.videocd.check.lot import SIZE, check_lot, read_lot
from pipeline.videocd.check.reach import check_reach
from pipeline.videocd.check.report import Finding, differs
from pipeline.videocd.check.tree import Entry, Tree
from pipeline.videocd.check.volume import BLOCK

LOT, PSD = 152, 184
LOT_SECTORS = 32
_EXTENDED, _FROM_LIST_2 = 0x80, 0x20
PATHS = ("VCD/LOT.VCD", "VCD/PSD.VCD", "EXT/LOT_X.VCD", "EXT/PSD_X.VCD")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file of playback control lies: first LSN, sectors, file number of its sub-headers."""

    begin: int
    sectors: int
    number: int


def control_places(tree: Tree, info: Info) -> list[Place]:
    """All that is kept for playback control on a disc, sizes never beyond what a link can reach."""
    if not info.list_bytes:
        return []
    size = list_bytes(tree, info)
    places = [Place(LOT, LOT_SECTORS, 0), Place(PSD, -(-size // BLOCK), 0)]
    for path in PATHS[2:]:
        entry = tree.named(path)
        if entry and entry.extent > PSD and not entry.is_directory:
            places.append(Place(entry.extent, min(entry.sectors, MOST_BYTES // BLOCK), 1))
    return places


def list_bytes(tree: Tree, info: Info) -> int:
    """Bytes of PSD.VCD: what INFO.VCD says, or the directory where INFO.VCD says the impossible."""
    entry = tree.named(PATHS[1])
    said = [info.list_bytes, *([entry.size] if entry else [])]
    good = [size for size in said if 0 < size <= MOST_BYTES and size % STEP == 0]
    return good[0] if good else min(info.list_bytes, MOST_BYTES)


def check_playback(
    cooked: Mapping[int, bytes], tree: Tree, info: Info, holdings: Holdings
) -> list[Finding]:
    """Everything about playback lists; nothing for a disc without."""
    if not info.list_bytes:
        return _without(tree, holdings)
    faults = Faults()
    table = _bytes(cooked, LOT, SIZE)
    read, size = _best(cooked, tree, info, sorted(read_lot(table).values()))
    found = _sizes(tree, info, size) + _counts(info, read)
    check_shape(faults, read, PSD)
    check_lot(faults, table, LOT, read.lists)
    _each(Judge(faults, PSD, holdings), read)
    # On a disc that follows another, the player may begin with the second list.
    roots = {1, 2} if info.volume > 1 and info.flags & _FROM_LIST_2 else {1}
    check_reach(faults, read, PSD, holdings, roots)
    found += _check_extended(faults, cooked, tree, info, (read, holdings))
    return found + faults.told()


def _without(tree: Tree, holdings: Holdings) -> list[Finding]:
    found = []
    for path in PATHS:
        entry = tree.named(path)
        if entry:
            wrong = _("{path} is there, but INFO.VCD says that the disc has no lists")
            found.append(Finding("warning", "info.psd", wrong.format(path=path), INFO))
    if holdings.units:
        wrong = _("stills or clips without any list that shows them")
        found.append(Finding("warning", "psd.unplayed_segment", wrong, INFO))
    return found


def _bytes(cooked: Mapping[int, bytes], begin: int, size: int) -> bytes:
    """The first bytes of a file; sectors that are no data sectors count as zeros."""
    sectors = -(-min(size, MOST_BYTES) // BLOCK)
    data = b"".join(cooked.get(begin + i, bytes(BLOCK)) for i in range(sectors))
    return data[:size]


def _best(
    cooked: Mapping[int, bytes], tree: Tree, info: Info, hints: list[int]
) -> tuple[Lists, int]:
    """The lists, and the size of PSD.VCD: INFO.VCD's, or the directory's where that fits better."""
    entry = tree.named(PATHS[1])
    sizes = {info.list_bytes, *([entry.size] if entry else [])}
    for size in sorted(sizes, reverse=True):
        read = read_lists(_bytes(cooked, PSD, size), hints)
        if read.end == size and not read.faults:
            return read, size
    return read_lists(_bytes(cooked, PSD, info.list_bytes), hints), info.list_bytes


def _sizes(tree: Tree, info: Info, size: int) -> list[Finding]:
    """The four files in the directory, and the size that INFO.VCD states."""
    found = []
    if info.list_bytes != size or size > MOST_BYTES or size % STEP:
        name = _("the size of PSD.VCD in INFO.VCD")
        found.append(differs("error", "info.psd", name, (size, info.list_bytes), INFO))
    for path, begin, wanted in ((PATHS[0], LOT, SIZE), (PATHS[1], PSD, size)):
        entry = tree.named(path)
        if entry is None:
            wrong = _("{path} is not in the directory").format(path=path)
            found.append(Finding("error", "record.missing", wrong, begin))
        elif (entry.extent, entry.size) != (begin, wanted):
            name = _("place and size of {path}").format(path=path)
            both = f"{begin}, {wanted}", f"{entry.extent}, {entry.size}"
            found.append(differs("error", "record.extent", name, both, entry.at))
    return found


def _counts(info: Info, read: Lists) -> list[Finding]:
    found = []
    highest = max((each.lid for each in read.lists), default=0)
    if info.lists != highest:
        name = _("the number of lists")
        found.append(differs("error", "info.lists", name, (highest, info.lists), INFO))
    if not read.faults and -(-read.end // STEP) * STEP < info.list_bytes <= MOST_BYTES:
        name = _("the size of PSD.VCD in INFO.VCD")
        found.append(differs("warning", "info.psd", name, (read.end, info.list_bytes), INFO))
    return found


def _each(judge: Judge, read: Lists) -> None:
    begins = {each.at: each for each in read.lists}
    judge.end = max(begins, default=0)
    for each in read.lists:
        check_list(judge, each, begins)


def _check_extended(
    faults: Faults,
    cooked: Mapping[int, bytes],
    tree: Tree,
    info: Info,
    disc: tuple[Lists, Holdings],
) -> list[Finding]:
    """LOT_X.VCD and PSD_X.VCD, and whether INFO.VCD tells of them rightly."""
    plain, holdings = disc
    lot, psd = (tree.named(path) for path in PATHS[2:])
    if (psd is not None) != bool(info.flags & _EXTENDED):
        name = _("the mark of extended lists")
        both = (int(psd is not None), int(bool(info.flags & _EXTENDED)))
        return [differs("warning", "info.extended", name, both, INFO)]
    if psd is None:
        return []
    if lot is None:
        wrong = _("{path} is not in the directory").format(path=PATHS[2])
        return [Finding("error", "record.missing", wrong, psd.extent)]
    found = _extended_sizes(lot, psd)
    table = _bytes(cooked, lot.extent, SIZE)
    data = _bytes(cooked, psd.extent, psd.size)
    extended = read_lists(data, sorted(read_lot(table).values()))
    check_shape(faults, extended, psd.extent)
    check_lot(faults, table, lot.extent, extended.lists)
    _each(Judge(faults, psd.extent, holdings, SELECT_X), extended)
    check_extended(faults, plain, extended, PSD)
    if extended.end != len(data) and not extended.faults:
        name = _("place and size of {path}").format(path=PATHS[3])
        found.append(differs("error", "record.size", name, (extended.end, psd.size), psd.at))
    return found


def _extended_sizes(lot: Entry, psd: Entry) -> list[Finding]:
    found = []
    name = _("place and size of {path}")
    if lot.size != SIZE:
        both = (SIZE, lot.size)
        words = name.format(path=PATHS[2])
        found.append(differs("error", "record.size", words, both, lot.at))
    if not 0 < psd.size <= MOST_BYTES or psd.size % STEP:
        words = name.format(path=PATHS[3])
        limits = (f"<= {MOST_BYTES}", psd.size)
        found.append(differs("error", "record.size", words, limits, psd.at))
    return found
