"""Read the directories of a data disc: a second understanding of ISO 9660, with limits.

The disc may be anybody's. Every length is bounded before it is read, every folder is read once;
what is wrong becomes a fault in words, never an exception.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from catalog.words import _
from pipeline.bundle.iso_names import DEEPEST
from pipeline.bundle.iso_size import SECTOR
from pipeline.manifest import name_fault

MOST_THINGS: Final = 60_000  # files and folders of one name space
MOST_RECORDS: Final = 32 << 20  # bytes of all folders of one name space
MOST_FAULTS: Final = 20
MOST_TABLE: Final = 4 << 20
_MOST_CONTINUED: Final = 8
_FIRST, _MOST_DESCRIPTORS = 16, 32
_FOLDER_BIT, _MORE_EXTENTS_BIT = 2, 128
_UCS_2: Final = (b"%/@", b"%/C", b"%/E")

Read = Callable[[int, int], bytes]
"""Bytes from a place in the image, so many; fewer where it ends."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a file's bytes lie."""

    sector: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a disc by their path in each name space; one that the disc does not have is
    None. `sectors` is the length of the image by its own word.
    """

    volume: str = ""
    sectors: int = 0
    iso: Mapping[str, Extent] | None = None
    joliet: Mapping[str, Extent] | None = None
    rock_ridge: Mapping[str, Extent] | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Record:
    name: str
    other: str  # by Rock Ridge, "" where it says none
    extent: Extent
    is_folder: bool


@dataclass(slots=True)
class _Walk:
    """What is being found in one name space."""

    read: Read
    encoding: str
    folders: dict[str, int] = field(default_factory=dict)  # path with / behind it: sector
    files: dict[str, Extent] = field(default_factory=dict)
    others: dict[str, Extent] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    named: bool = False  # some record had a Rock Ridge name
    bytes: int = 0  # of folders, so far

    def fault(self, wrong: str, path: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f"{_shown(path) or '/'}: {wrong}")


def read_tree(read: Read) -> Tree:
    """Walk all name spaces of an image. Raises nothing but what `read` raises."""
    bare, joliet = _descriptors(read)
    if bare is None:
        return Tree(faults=(_("this is no data disc: it has no ISO 9660 volume"),))
    first = _walked(read, bare, "ascii")
    second = _walked(read, joliet, "utf-16-be") if joliet else None
    faults = [*first.faults, *(second.faults if second else ())]
    label = (
        joliet[40:72].decode("utf-16-be", "replace") if joliet else bare[40:72].decode("latin-1")
    )
    return Tree(
        _shown(label.rstrip(" \0")),
        struct.unpack_from("<L", bare, 80)[0],
        first.files,
        second.files if second else None,
        first.others if first.named else None,
        tuple(faults[:MOST_FAULTS]),
    )


def _descriptors(read: Read) -> tuple[bytes | None, bytes | None]:
    bare = joliet = None
    for sector in range(_FIRST, _FIRST + _MOST_DESCRIPTORS):
        data = read(sector * SECTOR, SECTOR)
        if len(data) < SECTOR or data[1:6] != b"CD001" or data[0] == 255:
            break
        if data[0] == 1 and bare is None:
            bare = data
        if data[0] == 2 and joliet is None and data[88:91] in _UCS_2:
            joliet = data
    return bare, joliet


def _walked(read: Read, descriptor: bytes, encoding: str) -> _Walk:
    walk = _Walk(read, encoding)
    size = struct.unpack_from("<H", descriptor, 128)[0]
    sector, length = struct.unpack_from("<L4xL", descriptor, 158)
    if size != SECTOR:
        walk.fault(_("its blocks are not 2048 bytes long"), "")
        return walk
    seen: set[int] = set()
    waiting = [("", "", Extent(sector, length), 1)]
    things = 0
    while waiting:
        path, other, extent, depth = waiting.pop()
        if extent.sector in seen or depth > DEEPEST:
            walk.fault(_("the folder leads round in a circle, or too deep"), path)
            continue
        seen.add(extent.sector)
        walk.folders[path] = extent.sector
        for record in _records(walk, extent, path):
            things += 1
            if things > MOST_THINGS:
                wrong = _("more than {count} files; the rest was not looked at")
                walk.fault(wrong.format(count=MOST_THINGS), path)
                return walk
            inner = path + record.name, other + (record.other or record.name)
            if record.is_folder:
                waiting.append((f"{inner[0]}/", f"{inner[1]}/", record.extent, depth + 1))
            else:
                _keep(walk, *inner, record.extent)
    for order, place in (("<", 140), (">", 148)):
        _check_table(walk, descriptor, order, place)
    return walk


def _check_table(walk: _Walk, descriptor: bytes, order: str, place: int) -> None:
    """Windows finds folders by a table of them all, written once in each order of bytes."""
    length, sector = (
        struct.unpack_from(f"{o}L", descriptor, p)[0] for o, p in (("<", 132), (order, place))
    )
    found = dict(_table(walk, sector, min(length, MOST_TABLE), order))
    if wrong := sorted(found.items() ^ walk.folders.items()):
        walk.fault(_("the table of folders leads elsewhere"), wrong[0][0])


def _table(walk: _Walk, sector: int, length: int, order: str) -> Iterator[tuple[str, int]]:
    """Path and sector of each folder in a path table, as far as it can be followed."""
    data = walk.read(sector * SECTOR, length)
    paths: list[str] = []
    at = 0
    while at + 8 < len(data) and data[at]:
        folder, above = struct.unpack_from(f"{order}LH", data, at + 2)
        name = data[at + 8 : at + 8 + data[at]]
        if not paths:
            paths.append("")
        elif 0 < above <= len(paths) and paths[above - 1].count("/") < DEEPEST:
            paths.append(f"{paths[above - 1]}{name.decode(walk.encoding, 'replace')}/")
        else:
            return
        yield paths[-1], folder
        at += 8 + data[at] + data[at] % 2


def _keep(walk: _Walk, path: str, other: str, extent: Extent) -> None:
    if path in walk.files or other in walk.others:
        walk.fault(_("two files have this name"), path)
    walk.files[path] = walk.others[other] = extent


def _records(walk: _Walk, extent: Extent, path: str) -> Iterator[_Record]:
    """The records of one folder, without itself and the one above."""
    walk.bytes += extent.bytes
    if walk.bytes > MOST_RECORDS:
        walk.fault(_("the folder is impossibly long"), path)
        return
    data = walk.read(extent.sector * SECTOR, extent.bytes)
    if len(data) < extent.bytes:
        walk.fault(_("the folder lies beyond the end of the image"), path)
    at = 0
    while at < len(data):
        length = data[at]
        if not length:  # the rest of the sector is empty
            at = (at // SECTOR + 1) * SECTOR
            continue
        record = data[at : at + length]
        ident = record[33 : 33 + record[32]] if len(record) > 33 else b""
        if length < 34 or len(record) < length or not ident or len(ident) < record[32]:
            walk.fault(_("a record of this folder is broken"), path)
            return
        if ident not in (b"\0", b"\1"):
            yield _record(walk, record, ident, path)
        at += length


def _record(walk: _Walk, record: bytes, ident: bytes, path: str) -> _Record:
    sector, size = struct.unpack_from("<L4xL", record, 2)
    turned = struct.unpack_from(">4xL4xL", record, 2)
    name = _usable(walk, ident.decode(walk.encoding, "replace"), path)
    if (sector, size) != turned:
        walk.fault(_("its place or length is written in two ways that differ"), path + name)
    if record[25] & _MORE_EXTENTS_BIT:
        walk.fault(_("the file lies in several pieces"), path + name)
    is_folder = bool(record[25] & _FOLDER_BIT)
    if not is_folder:
        name = name.removesuffix(";1").removesuffix(".") if walk.encoding == "ascii" else name
    return _Record(name, _other(walk, record, path + name), Extent(sector, size), is_folder)


def _other(walk: _Walk, record: bytes, path: str) -> str:
    """The name by Rock Ridge."""
    start = 33 + record[32]
    area, name = record[start + start % 2 :], b""
    for _turn in range(_MOST_CONTINUED):
        more = None
        for kind, data in _entries(area):
            if kind == b"NM" and data[:1] and not data[0] & 6:
                name += data[1:]
            elif kind == b"SL":
                walk.fault(_("this is a link; it was not followed"), path)
            elif kind == b"CE" and len(data) == 24:
                more = struct.unpack("<L4xL4xL4x", data)
        if more is None:
            break
        sector, offset, length = more
        area = walk.read(sector * SECTOR + offset % SECTOR, min(length, SECTOR))
    if not name:
        return ""
    walk.named = True
    return _usable(walk, name.decode("utf-8", "replace"), path.rpartition("/")[0] + "/")


def _usable(walk: _Walk, name: str, path: str) -> str:
    """The name, or what of it can be shown: it may order the screen about, or lead elsewhere."""
    if "/" not in name and not name_fault(name):
        return name
    kept = _shown(name.replace("/", "_").replace("\\", "_")).strip(".") or "_"
    walk.fault(_("the name may not be used"), path + kept)
    return kept


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "_" for c in text)


def _entries(area: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 4 <= len(area) and area[at + 2] >= 4 and area[at : at + 2] != b"ST":
        yield area[at : at + 2], area[at + 4 : at + area[at + 2]]
        at += area[at + 2]
