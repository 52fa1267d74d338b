"""Directories and path tables of track 1, read with limits and judged record by record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from catalog.words import _
from pipeline.videocd.check.report import Finding, differs, shown
from pipeline.videocd.check.volume import BLOCK, PVD, Volume

MOST_RECORDS = 20_000
MOST_BLOCKS = 256  # of one directory; ITEM files fill about 100
DEEPEST = 8
_NAME = re.compile(r"[A-Z0-9_]{1,8}")
_FILE = re.compile(r"[A-Z0-9_]{1,8}\.[A-Z0-9_]{0,3};1")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or directory as its record has it: `path` without version, `attributes` and `number`
    from the XA part (-1 where there is none), `at` the LSN of the record.
    """

    path: str
    extent: int
    size: int
    is_directory: bool
    attributes: int
    number: int
    at: int

    @property
    def sectors(self) -> int:
        return -(-self.size // BLOCK)


@dataclass(slots=True)
class _Reading:
    """A tree being read: what is known so far."""

    cooked: Mapping[int, bytes]
    sectors: int
    entries: list[Entry] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    complete: bool = True

    def say(self, name: str, wrong: str, at: int, expected: str = "", there: str = "") -> None:
        self.found.append(Finding("error", name, wrong, at, 0, "", expected, there))

    def lost(self, name: str, wrong: str, at: int, there: str = "") -> None:
        """Something that cuts the reading short."""
        self.complete = False
        self.say(name, wrong, at, "", there)


@dataclass(frozen=True, slots=True)
class Tree:
    """All entries in the order of the disc, the root (path "") first; `complete` tells that the
    whole tree could be walked.
    """

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    complete: bool

    def named(self, path: str) -> Entry | None:
        """The entry with this path."""
        return next((entry for entry in self.entries if entry.path == path), None)


def read_tree(cooked: Mapping[int, bytes], volume: Volume, sectors: int) -> Tree:
    """Walk all directories; `sectors` is the length of the image."""
    reading = _Reading(cooked, sectors)
    if record := _record(volume.root.ljust(34, b"\0"), 0, "", PVD):
        _check_root(reading, volume.root, record.extent)
        reading.entries.append(record)
        _directory(reading, record, record)
    return Tree(tuple(reading.entries), tuple(reading.found), reading.complete)


def _record(block: bytes, at: int, parent: str, sector: int) -> Entry | None:
    """The record at a place of a directory block; None where it is cut off."""
    length = block[at]
    record = block[at : at + length]
    if length < 34 or len(record) < length or 33 + record[32] > length:
        return None
    name = record[33 : 33 + record[32]].decode("latin-1")
    path = {"\0": parent, "\1": parent + "/.."}.get(name, f"{parent}/{name}".lstrip("/"))
    xa = record[33 + record[32] + (1 - record[32] % 2) :]
    extent, size = (int.from_bytes(record[i : i + 4], "little") for i in (2, 10))
    has_xa = len(xa) >= 14 and xa[6:8] == b"XA"
    attributes, number = (int.from_bytes(xa[4:6]), xa[8]) if has_xa else (-1, -1)
    is_directory = bool(record[25] & 2)
    return Entry(path.removesuffix(";1"), extent, size, is_directory, attributes, number, sector)


def _check_root(reading: _Reading, root: bytes, extent: int) -> None:
    """The volume descriptor repeats the root's own record, without the XA part."""
    own = reading.cooked.get(extent, b"")[1:34]
    if root[:1] != b"\x22" or root[1:34] != own:
        words = _("the record of the root directory")
        values = (b"\x22" + own, root)
        reading.found.append(differs("error", "pvd.root", words, values, PVD))


def _directory(reading: _Reading, entry: Entry, parent: Entry) -> None:
    """Read one directory and, depth first, those in it."""
    if entry.extent in reading.seen or entry.path.count("/") >= DEEPEST:
        wrong = _("directories run in a circle or too deep")
        return reading.lost("directory.loop", wrong, entry.at, entry.path)
    reading.seen.add(entry.extent)
    if entry.sectors > MOST_BLOCKS or not entry.size or entry.size % BLOCK:
        wrong = _("the size of a directory is impossible")
        reading.lost("directory.size", wrong, entry.at, str(entry.size))
    children = [
        child
        for place in range(min(entry.sectors, MOST_BLOCKS))
        for child in _block(reading, entry, parent, entry.extent + place)
    ]
    _check_order(reading, entry, children)
    for child in children:
        reading.entries.append(child)
        if child.is_directory and len(reading.entries) < MOST_RECORDS:
            _directory(reading, child, entry)
    return None


def _block(reading: _Reading, entry: Entry, parent: Entry, sector: int) -> Iterator[Entry]:
    """The named entries in one sector of a directory."""
    block = reading.cooked.get(sector)
    if block is None:
        wrong = _("a directory lies where no data sector is")
        return reading.lost("directory.extent", wrong, entry.at, str(sector))
    at = 0
    while at < BLOCK and block[at]:
        record = _record(block, at, entry.path, sector)
        if record is None or len(reading.entries) >= MOST_RECORDS:
            wrong = _("a directory record is broken or there are too many")
            return reading.lost("record.length", wrong, sector, str(block[at]))
        raw = block[at : at + block[at]]
        reading.found += _check_record(raw, record, sector)
        if raw[32:34] in (b"\x01\0", b"\x01\x01"):
            _check_dots(reading, record, entry if raw[33] == 0 else parent, sector)
        else:
            _check_entry(reading, record, raw)
            yield record
        at += block[at]
    if any(block[at:]):
        reading.say("directory.tail", _("something follows the last record"), sector)
    return None


def _check_record(raw: bytes, entry: Entry, sector: int) -> list[Finding]:
    """The fields that every record has alike."""
    found = []
    shape = 33 + raw[32] + (1 - raw[32] % 2) + 14
    folder = entry.is_directory
    checks = (
        ("record.length", _("the length of a record"), shape.to_bytes(), raw[:1]),
        ("record.attribute_length", _("the extended attribute length"), b"\0", raw[1:2]),
        ("record.extent", _("the second copy of a place"), raw[2:6][::-1], raw[6:10]),
        ("record.size", _("the second copy of a size"), raw[10:14][::-1], raw[14:18]),
        ("record.flags", _("the flags"), b"\2" if folder else b"\0", raw[25:26]),
        ("record.interleave", _("unit and gap"), b"\0\0", raw[26:28]),
        ("record.volume", _("the number of the volume"), b"\1\0\0\1", raw[28:32]),
    )
    for name, words, expected, there in checks:
        if expected != there:
            place = f"{words} ({entry.path or '/'})"
            found.append(differs("error", name, place, (expected, there), sector))
    return found + _check_xa(raw, entry, sector) + _check_date(raw, entry, sector)


def _check_date(raw: bytes, entry: Entry, sector: int) -> list[Finding]:
    _year, month, day, hour, minute, second, _zone = raw[18:25]
    if 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60:
        return []
    wrong = _("the date of {path} is none").format(path=entry.path or "/")
    return [Finding("warning", "record.date", wrong, sector, found=shown(raw[18:25]))]


def _check_xa(raw: bytes, entry: Entry, sector: int) -> list[Finding]:
    """The XA part: owner 0, attributes and file number by the kind of file."""
    path = entry.path or "/"
    if entry.attributes < 0:
        wrong = _("{path} has no XA part").format(path=path)
        return [Finding("error", "record.xa", wrong, sector)]
    found = []
    xa = raw[33 + raw[32] + (1 - raw[32] % 2) :][:14]
    if any(xa[:4]) or any(xa[9:]):
        words = _("owner or reserved bytes of the XA part of {path}").format(path=path)
        values = (bytes(9), xa[:4] + xa[9:])
        found.append(differs("note", "record.xa_reserved", words, values, sector))
    attributes, number = _expected_xa(entry)
    if attributes is not None and attributes != entry.attributes:
        words = _("XA attributes of {path}").format(path=path)
        both = (f"{attributes:04X}", f"{entry.attributes:04X}")
        found.append(differs("warning", "record.xa_attributes", words, both, sector))
    if number is not None and number != entry.number:
        words = _("XA file number of {path}").format(path=path)
        numbers = (number, entry.number)
        found.append(differs("warning", "record.xa_number", words, numbers, sector))
    return found


def _expected_xa(entry: Entry) -> tuple[int | None, int | None]:
    """XA attributes and file number a Video CD wants, None where anything goes."""
    folder, _slash, name = entry.path.rpartition("/")
    if entry.is_directory:
        return 0x8D55, 0
    if match := re.fullmatch(r"(?:AVSEQ|MUSIC)(\d\d)\.DAT", name):
        return 0x1555, int(match[1])
    if folder in ("VCD", "EXT") and name.endswith(".VCD"):
        return 0x0D55, int(folder == "EXT")
    return (0x1555, 1) if folder == "SEGMENT" else (None, None)


def _check_dots(reading: _Reading, record: Entry, meant: Entry, sector: int) -> None:
    if (record.extent, record.size) != (meant.extent, meant.size):
        wrong = _("'.' or '..' does not lead to its directory ({path})")
        expected, there = f"{meant.extent}+{meant.size}", f"{record.extent}+{record.size}"
        wrong = wrong.format(path=meant.path or "/")
        reading.say("record.dots", wrong, sector, expected, there)


def _check_entry(reading: _Reading, entry: Entry, raw: bytes) -> None:
    """Name and place of a named entry."""
    name = raw[33 : 33 + raw[32]].decode("latin-1")
    if not (_NAME if entry.is_directory else _FILE).fullmatch(name):
        wrong = _("a name that players may not read")
        there = name.encode("ascii", "replace").decode()
        reading.found.append(Finding("warning", "record.name", wrong, entry.at, found=there))
    if entry.extent + entry.sectors > reading.sectors or entry.extent < 18:
        wrong = _("{path} lies outside of the image").format(path=entry.path)
        reading.say("record.outside", wrong, entry.at, "", f"{entry.extent}+{entry.sectors}")


def _check_order(reading: _Reading, entry: Entry, children: list[Entry]) -> None:
    names = [child.path for child in children]
    if names != sorted(names):
        wrong = _("the names in {path} are not in order").format(path=entry.path or "/")
        reading.found.append(Finding("warning", "directory.order", wrong, entry.extent))
    if len(names) != len(set(names)):
        wrong = _("a name occurs twice in {path}").format(path=entry.path or "/")
        reading.say("directory.twice", wrong, entry.extent)
