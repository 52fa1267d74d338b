"""INFO.VCD and ENTRIES.VCD for themselves; lists and segments have modules of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.words import _
from pipeline.videocd.bounds import SECOND
from pipeline.videocd.check.report import Field, Finding, Severity, check_fields, differs, shown
from pipeline.videocd.sectors import PREGAP

INFO, ENTRIES = 150, 151
SIZE = 2048
MOST_ENTRIES, MOST_UNITS = 500, 1980
_NEXT_VOLUME = 0x60  # the bits that tell where a player goes on with the next disc


@dataclass(frozen=True, slots=True)
class Info:
    """What INFO.VCD says; `segments` is the LSN of the stills and clips, `units` their number,
    `contents` a byte for each of them, `list_bytes` the size of PSD.VCD (0 = no playback control),
    `volume` of `volumes` the place in the album.
    """

    there: bool
    segments: int
    units: int
    list_bytes: int
    lists: int
    multiplier: int
    flags: int
    pal: frozenset[int]
    contents: bytes
    volume: int
    volumes: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry point: CD track and LSN; -1 where the digits are none."""

    track: int
    lsn: int


def decimal(byte: int) -> int:
    """A byte of two decimal digits; -1 where it holds others."""
    return byte // 16 * 10 + byte % 16 if byte % 16 < 10 and byte < 0xA0 else -1


def _lsn(three: bytes) -> int:
    minute, second, frame = map(decimal, three.ljust(3, b"\xff"))
    if min(minute, second, frame) < 0 or second > 59 or frame >= SECOND:
        return -1
    return (minute * 60 + second) * SECOND + frame - PREGAP


def read_info(cooked: Mapping[int, bytes]) -> Info:
    """What is at LSN 150, all zero where nothing is."""
    data = cooked.get(INFO, b"").ljust(SIZE, b"\0")
    pal = frozenset(n + 2 for n in range(98) if data[30 + n // 8] >> n % 8 & 1)
    units = int.from_bytes(data[54:56])
    return Info(
        data[:8] == b"VIDEO_CD",
        max(_lsn(data[48:51]), 0),
        min(units, MOST_UNITS),
        int.from_bytes(data[44:48]),
        int.from_bytes(data[52:54]),
        data[51],
        data[43],
        pal,
        data[56 : 56 + min(units, MOST_UNITS)],
        int.from_bytes(data[28:30]),
        int.from_bytes(data[26:28]),
    )


def read_entries(cooked: Mapping[int, bytes]) -> tuple[Entry, ...]:
    """The entry points at LSN 151 in their order."""
    data = cooked.get(ENTRIES, b"").ljust(SIZE, b"\0")
    count = min(int.from_bytes(data[10:12]), MOST_ENTRIES)
    rows = (data[12 + 4 * i : 16 + 4 * i] for i in range(count))
    return tuple(Entry(decimal(row[0]), _lsn(row[1:])) for row in rows)


def check_info(cooked: Mapping[int, bytes], tracks: int) -> list[Finding]:
    """INFO.VCD for itself; `tracks` is the number of MPEG tracks."""
    data = cooked.get(INFO)
    if data is None or data[:8] not in (b"VIDEO_CD", b"SUPERVCD", b"HQ-VCD  "):
        wrong = _("INFO.VCD is not where players look for it: no player knows this as a Video CD")
        there = shown((data or b"")[:8])
        return [Finding("error", "info.id", wrong, INFO, expected="VIDEO_CD", found=there)]
    if data[:8] != b"VIDEO_CD":
        wrong = _("this is a Super Video CD, which is not checked here")
        return [Finding("error", "info.id", wrong, INFO, found=shown(data[:8]))]
    version = data[8:10]
    found = []
    if version != b"\2\0":
        old = version in (b"\1\0", b"\1\1")
        name = _("the version of the Video CD")
        severity: Severity = "warning" if old else "error"
        found.append(differs(severity, "info.version", name, (b"\2\0", version), INFO))
    return found + _check_album(data) + _check_lists(data) + _check_rest(data, tracks)


def _check_album(data: bytes) -> list[Finding]:
    found = []
    if not re.fullmatch(rb"[A-Z0-9_]* *", data[10:26]):
        wrong = _("the album id may have capital letters, digits and _ only, then blanks")
        found.append(Finding("warning", "info.album_id", wrong, INFO, found=shown(data[10:26])))
    count, number = int.from_bytes(data[26:28]), int.from_bytes(data[28:30])
    if not 1 <= number <= count:
        name = _("the number of this volume in the album")
        found.append(differs("warning", "info.volume", name, (f"1..{count}", number), INFO))
    if data[43] & _NEXT_VOLUME and number >= count:
        wrong = _("it is told how to go on with the next disc, but this is the last one")
        there = f"{data[43] & _NEXT_VOLUME:02X}"
        found.append(Finding("warning", "info.next_volume", wrong, INFO, 0, "", "00", there))
    return found


def _check_lists(data: bytes) -> list[Finding]:
    """Playback lists and segments: only that the fields fit each other."""
    info = read_info({INFO: data})
    found = []
    if not info.list_bytes:
        for field, name, value in (
            ("info.multiplier", _("the offset multiplier of a disc without lists"), data[51]),
            ("info.lists", _("the number of lists of a disc without lists"), info.lists),
            ("info.extended", _("the mark of extended lists without lists"), info.flags & 0x80),
        ):
            if value:
                found.append(differs("note", field, name, (0, value), INFO))
    elif info.multiplier != 8:
        name = _("the offset multiplier")
        found.append(differs("error", "info.multiplier", name, (8, info.multiplier), INFO))
    units = int.from_bytes(data[54:56])
    if units > MOST_UNITS:
        name = _("the number of segments")
        found.append(differs("error", "info.units", name, (f"<= {MOST_UNITS}", units), INFO))
    elif not units and data[48:51] != bytes(3):
        name = _("the place of the segments on a disc without any")
        found.append(differs("note", "info.segments", name, (bytes(3), data[48:51]), INFO))
    return found


def _check_rest(data: bytes, tracks: int) -> list[Finding]:
    units = min(int.from_bytes(data[54:56]), MOST_UNITS)
    reserved = _("reserved bytes of INFO.VCD")
    contents = _("the kinds of segments beyond the last")
    fields = [
        Field("info.contents", contents, 56 + units, bytes(MOST_UNITS - units), "note"),
        Field("info.times", reserved, 2036, bytes(12), "note"),
    ]
    found = check_fields(data, INFO, fields)
    beyond = sorted(number - 1 for number in read_info({INFO: data}).pal if number > tracks + 1)
    if beyond:
        name = _("the PAL marks of tracks that do not exist")
        found.append(differs("note", "info.pal", name, ("-", beyond), INFO))
    return found


def check_entries(cooked: Mapping[int, bytes], starts: Mapping[int, int]) -> list[Finding]:
    """ENTRIES.VCD: its form, and that each track is entered first at its first sector.

    `starts` maps CD tracks to their first sectors. Whether the further entries begin a picture is
    for those who read the streams.
    """
    data = cooked.get(ENTRIES)
    if data is None or data[:8] not in (b"ENTRYVCD", b"ENTRYSVD"):
        wrong = _("ENTRIES.VCD is not where players look for it")
        there = shown((data or b"")[:8])
        return [Finding("error", "entries.id", wrong, ENTRIES, expected="ENTRYVCD", found=there)]
    found = []
    if data[8:10] != b"\2\0":
        severity: Severity = "warning" if data[8:10] in (b"\1\0", b"\1\1") else "error"
        name = _("the version of ENTRIES.VCD")
        found.append(differs(severity, "entries.version", name, (b"\2\0", data[8:10]), ENTRIES))
    count = int.from_bytes(data[10:12])
    entries = read_entries(cooked)
    if not 1 <= count <= MOST_ENTRIES:
        name = _("the number of entries")
        found.append(differs("error", "entries.count", name, ("1..500", count), ENTRIES))
    if any(data[12 + 4 * len(entries) :]):
        wrong = _("something follows the last entry: the number of entries may be wrong")
        found.append(Finding("warning", "entries.tail", wrong, ENTRIES, found=str(count)))
    return found + _check_order(entries, starts)


def _check_order(entries: tuple[Entry, ...], starts: Mapping[int, int]) -> list[Finding]:
    found = []
    seen: dict[int, int] = {}
    before = Entry(0, 0)
    for number, entry in enumerate(entries):
        words = _("entry {number}").format(number=number + 1)
        if entry.track not in starts or entry.lsn < 0:
            name = _("the track or address of {entry}").format(entry=words)
            both = (_("a track of this disc"), f"{entry.track}, {entry.lsn}")
            found.append(differs("error", "entries.track", name, both, ENTRIES))
            continue
        if entry.track not in seen and entry.lsn != starts[entry.track]:
            name = _("{entry}, the first of its track,").format(entry=words)
            both = (str(starts[entry.track]), str(entry.lsn))
            found.append(differs("error", "entries.address", name, both, ENTRIES))
        if (entry.track, entry.lsn) == (before.track, before.lsn):
            wrong = _("two entries lead to the same place")
            found.append(Finding("warning", "entries.twice", wrong, ENTRIES, found=words))
        if (entry.track, entry.lsn) < (before.track, before.lsn):
            wrong = _("the entries are not in the order of the disc")
            found.append(Finding("error", "entries.order", wrong, ENTRIES, found=words))
        seen[entry.track] = entry.lsn
        before = entry
    for missing in sorted(set(starts) - set(seen)):
        wrong = _("a track has no entry")
        found.append(Finding("error", "entries.missing", wrong, ENTRIES, missing))
    return found
