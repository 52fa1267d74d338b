"""The ISO 9660 tree of track 1 with its CD-XA records: folders and files as values -> sectors.

It is written the way GNU VCDImager writes it (README.md, *The tree*), which knows no Joliet and
no Rock Ridge; reading one back is the checker's work.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import COOKED
from pipeline.videocd.sectors import EOF, EOR, IS_DATA

DESCRIPTOR: Final = 16
"""LSN of the primary volume descriptor; the terminator and the tree follow it."""
LIMIT: Final = 75
"""First LSN that the tree may not reach: there the karaoke area begins."""

FORM_1_FILE: Final = 0x0D55
FORM_2_FILE: Final = 0x1555
_FOLDER: Final = 0x8D55


@dataclass(frozen=True, slots=True)
class File:
    """A file that lies elsewhere on the disc: `extent` is its first LSN, `size` the bytes its
    record claims (form 2 files: sectors times 2048).
    """

    name: str
    extent: int
    size: int
    attributes: int = FORM_1_FILE
    file_number: int = 0


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; the root has an empty name. Members may come in any order."""

    name: str
    members: tuple[File | Folder, ...] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """What the volume descriptor says in words; one date for the volume and all records (UTC)."""

    volume_id: str
    publisher: str
    preparer: str
    application: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Cooked:
    """The user bytes of one form 1 sector, and its submode."""

    submode: int
    data: bytes


@dataclass(frozen=True, slots=True)
class _Placed:
    """A folder with the LSN and the number of its sectors."""

    folder: Folder
    lsn: int
    sectors: int
    children: tuple[_Placed, ...]

    @property
    def after(self) -> int:
        """The LSN after the whole subtree."""
        return self.children[-1].after if self.children else self.lsn + self.sectors


def folders(kept: tuple[str, ...], files: Mapping[str, File]) -> Folder:
    """The root with its files by path (`VCD/INFO.VCD`), and folders to be `kept` even if empty."""
    return Folder("", _members(tuple((*name.split("/"), "") for name in kept), {
        tuple(path.split("/")): file for path, file in files.items()
    }))  # fmt: skip


def _members(
    kept: tuple[tuple[str, ...], ...], files: Mapping[tuple[str, ...], File]
) -> tuple[File | Folder, ...]:
    members: list[File | Folder] = [file for path, file in files.items() if len(path) == 1]
    names = dict.fromkeys(path[0] for path in (*kept, *files) if len(path) > 1)
    for name in names:
        inside = {path[1:]: file for path, file in files.items() if path[0] == name and path[1:]}
        deeper = tuple(path[1:] for path in kept if path[0] == name and len(path) > 2)
        members.append(Folder(name, _members(deeper, inside)))
    return tuple(members)


def tree_sectors(root: Folder, labels: Labels, space: int) -> tuple[Cooked, ...]:
    """All sectors from LSN 16 on: descriptor, terminator, folders depth first, both path tables.

    `space` is the number of sectors of track 1. Failure where folders do not fit below LSN 75.
    """
    top, table = _fitted(root)
    data = b"".join(_folder_bytes(placed, up, labels.created) for placed, up in _walk(top))
    last = len(data) - COOKED
    ends = IS_DATA | EOF | EOR
    return (
        Cooked(IS_DATA | EOR, _descriptor(top, labels, space, len(table))),
        Cooked(ends, _sector(b"\xffCD001\x01")),
        *(
            Cooked(ends if at == last else IS_DATA, data[at : at + COOKED])
            for at in range(0, len(data), COOKED)
        ),
        Cooked(ends, _sector(table)),
        Cooked(ends, _sector(_path_table(top, ">"))),
    )


def check_room(root: Folder) -> None:
    """Failure where the folders do not fit below LSN 75."""
    _fitted(root)


def _fitted(root: Folder) -> tuple[_Placed, bytes]:
    """The folders in their places, and the path table (low byte first)."""
    top = _place(root, DESCRIPTOR + 2)
    table = _path_table(top, "<")
    if top.after + 2 > LIMIT or len(table) > COOKED:
        raise Failure(
            _("laying out the folders of the disc"),
            _("they need {count} sectors, {room} are there").format(
                count=top.after - DESCRIPTOR - 2, room=LIMIT - DESCRIPTOR - 4
            ),
            _("put fewer files or folders on the disc"),
        )
    return top, table


def _place(folder: Folder, lsn: int) -> _Placed:
    count = _count(folder)
    after, children = lsn + count, []
    for member in _sorted(folder):
        if isinstance(member, Folder):
            children.append(_place(member, after))
            after = children[-1].after
    return _Placed(folder, lsn, count, tuple(children))


def _sorted(folder: Folder) -> list[File | Folder]:
    return sorted(folder.members, key=lambda member: member.name)


def _walk(placed: _Placed, parent: _Placed | None = None) -> Iterator[tuple[_Placed, _Placed]]:
    """Every folder with the one above it, depth first; the root stands above itself."""
    yield placed, parent or placed
    for child in placed.children:
        yield from _walk(child, placed)


def _both(size: int, value: int) -> bytes:
    """A number of `size` bytes twice, little endian and big endian."""
    return value.to_bytes(size, "little") + value.to_bytes(size, "big")


def _sector(data: bytes) -> bytes:
    return data.ljust(COOKED, b"\0")


def _record(name: bytes, entry: File, created: datetime) -> bytes:
    """A directory record with its XA part; `name` is as recorded, with version or as 00 and 01."""
    when = (
        created.year - 1900,
        created.month,
        created.day,
        created.hour,
        created.minute,
        created.second,
        0,
    )
    is_folder = entry.attributes & _FOLDER == _FOLDER
    fixed = (
        _both(4, entry.extent)
        + _both(4, entry.size)
        + bytes((*when, 2 if is_folder else 0, 0, 0))
        + _both(2, 1)
        + bytes((len(name),))
        + name
        + bytes(1 - len(name) % 2)
    )
    xa = struct.pack(">HHH2sB5x", 0, 0, entry.attributes, b"XA", entry.file_number)
    return bytes((2 + len(fixed) + len(xa), 0)) + fixed + xa


def _as_file(placed: _Placed, name: str = "") -> File:
    return File(name, placed.lsn, placed.sectors * COOKED, _FOLDER)


def _folder_bytes(placed: _Placed, parent: _Placed, created: datetime) -> bytes:
    """The sectors of one folder; records do not cross their borders."""
    entries = {b"\0": _as_file(placed), b"\1": _as_file(parent)}
    children = {child.folder.name: child for child in placed.children}
    for member in _sorted(placed.folder):
        if isinstance(member, Folder):
            entries[member.name.encode("ascii")] = _as_file(children[member.name])
        else:
            entries[member.name.encode("ascii") + b";1"] = member
    records = [_record(name, entry, created) for name, entry in entries.items()]
    return b"".join(map(_sector, _packed(records)))


def _packed(records: list[bytes]) -> list[bytes]:
    sectors = [b""]
    for record in records:
        if len(sectors[-1]) + len(record) > COOKED:
            sectors.append(b"")
        sectors[-1] += record
    return sectors


def _count(folder: Folder) -> int:
    """Sectors that a folder's records fill; 47 bytes of a record are not its name."""
    names = [1, 1]
    for member in _sorted(folder):
        names.append(len(member.name) + (0 if isinstance(member, Folder) else 2))
    return len(_packed([bytes(47 + name + 1 - name % 2) for name in names]))


def _path_table(top: _Placed, order: str) -> bytes:
    """Breadth first, numbers little ("<") or big (">") endian; the root is its own parent 1."""
    rows, level = [], [(top, 1)]
    while level:
        below = []
        for placed, parent in level:
            name = placed.folder.name.encode("ascii") or b"\0"
            rows.append(
                struct.pack(order + "BBIH", len(name), 0, placed.lsn, parent)
                + name
                + bytes(len(name) % 2)
            )
            below += [(child, len(rows)) for child in placed.children]
        level = below
    return b"".join(rows)


def _descriptor(top: _Placed, labels: Labels, space: int, path_table: int) -> bytes:
    stamp = labels.created.strftime("%Y%m%d%H%M%S00").encode() + b"\0"
    never = b"0" * 16 + b"\0"
    root = _record(b"\0", _as_file(top), labels.created)[:34]
    return b"".join(
        (
            b"\x01CD001\x01\0",
            _text("CD-RTOS CD-BRIDGE", 32),
            _text(labels.volume_id, 32),
            bytes(8) + _both(4, space) + bytes(32),
            _both(2, 1) + _both(2, 1) + _both(2, COOKED) + _both(4, path_table),
            struct.pack("<II", top.after, 0) + struct.pack(">II", top.after + 1, 0),
            b"\x22" + root[1:],
            _text("", 128),
            _text(labels.publisher, 128),
            _text(labels.preparer, 128),
            _text(labels.application, 128),
            _text("", 3 * 37),
            stamp + stamp + never + never,
            b"\x01".ljust(143, b"\0"),
            b"CD-XA001".ljust(1024, b"\0"),
        )
    )


def _text(text: str, size: int) -> bytes:
    return text.encode("ascii").ljust(size)
