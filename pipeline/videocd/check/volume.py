"""The volume descriptors of track 1 (ISO 9660 with XA), field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.words import _
from pipeline.videocd.check.report import Field, Finding, check_fields, differs, shown

PVD, TERMINATOR = 16, 17
BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Volume:
    """What the rest of the check needs from the primary volume descriptor.

    `size` is in sectors, `table_bytes` the length of a path table, `little` and `big` the LSNs of
    the two path tables, `root` the 34 bytes of the root directory's record.
    """

    name: str
    size: int
    table_bytes: int
    little: int
    big: int
    root: bytes


def read_volume(cooked: Mapping[int, bytes]) -> Volume | None:
    """The volume descriptor at LSN 16, None where there is none."""
    data = cooked.get(PVD, b"")
    if data[1:6] != b"CD001":
        return None
    return Volume(
        data[40:72].rstrip(b" \0").decode("ascii", "replace"),
        int.from_bytes(data[80:84], "little"),
        int.from_bytes(data[132:136], "little"),
        int.from_bytes(data[140:144], "little"),
        int.from_bytes(data[148:152], "big"),
        data[156:190],
    )


def check_volume(cooked: Mapping[int, bytes], track_1: int) -> list[Finding]:
    """Findings about LSN 16 and 17; `track_1` is the length of track 1 in sectors."""
    data = cooked.get(PVD)
    if data is None or data[1:6] != b"CD001":
        wrong = _("there is no volume descriptor: this is no readable Video CD")
        return [Finding("error", "pvd.id", wrong, PVD, expected="CD001", found=shown(data or b""))]
    found = check_fields(data, PVD, _fixed())
    found += _both_endian(data)
    found += _texts(data)
    size = int.from_bytes(data[80:84], "little")
    if size != track_1:
        name = _("the size of the volume (that of track 1)")
        found.append(differs("warning", "pvd.size", name, (track_1, size), PVD))
    return found + check_fields(cooked.get(TERMINATOR, b""), TERMINATOR, _terminator())


def _fixed() -> list[Field]:
    one, block = b"\x01\0\0\x01", b"\0\x08\x08\0"
    return [
        Field("pvd.type", _("the type of the volume descriptor"), 0, b"\x01"),
        Field("pvd.version", _("the version of the volume descriptor"), 6, b"\x01\0"),
        Field("pvd.system_id", _("the system id"), 8, b"CD-RTOS CD-BRIDGE".ljust(32), "warning"),
        Field("pvd.reserved", _("a reserved field"), 72, bytes(8), "note"),
        Field("pvd.reserved", _("a reserved field"), 88, bytes(32), "note"),
        Field("pvd.set_size", _("the number of volumes in the set"), 120, one, "warning"),
        Field("pvd.sequence", _("the number of this volume in the set"), 124, one, "warning"),
        Field("pvd.block", _("the size of a block"), 128, block),
        Field("pvd.optional_l", _("the second path table"), 144, bytes(4), "note"),
        Field("pvd.optional_m", _("the second path table"), 152, bytes(4), "note"),
        Field("pvd.structure", _("the version of the file structure"), 881, b"\x01"),
        Field("pvd.reserved", _("a reserved field"), 882, b"\0", "note"),
        Field("pvd.application_use", _("the free part"), 883, bytes(141), "note"),
        Field("pvd.xa", _("the mark of a CD-XA disc"), 1024, b"CD-XA001"),
        Field("pvd.xa_flags", _("the field after the mark of CD-XA"), 1032, bytes(10), "note"),
    ]


def _terminator() -> list[Field]:
    name = _("the end of the volume descriptors")
    return [
        Field("terminator.id", name, 0, b"\xffCD001\x01"),
        Field("terminator.zeros", name, 7, bytes(BLOCK - 7), "note"),
    ]


def _both_endian(data: bytes) -> list[Finding]:
    """Numbers that are written twice, low byte first and high byte first."""
    found = []
    places = ((80, 4, "pvd.size"), (132, 4, "pvd.table_bytes"))
    for at, width, field in places:
        low, high = data[at : at + width], data[at + width : at + 2 * width]
        if low != high[::-1]:
            name = _("the second copy of a number (high byte first)")
            found.append(differs("error", field, name, (low[::-1], high), PVD))
    return found


def _texts(data: bytes) -> list[Finding]:
    found = []
    name = data[40:72].rstrip(b" ")
    if not re.fullmatch(rb"[A-Z0-9_]+", name):
        wrong = _("the volume id may have capital letters, digits and _ only")
        found.append(Finding("warning", "pvd.volume_id", wrong, PVD, found=shown(name)))
    for field, at, size in (
        ("pvd.volume_set_id", 190, 128),
        ("pvd.publisher", 318, 128),
        ("pvd.preparer", 446, 128),
        ("pvd.application", 574, 128),
        ("pvd.files", 702, 111),
    ):
        if not all(32 <= byte < 127 for byte in data[at : at + size]):
            wrong = _("a text of the volume descriptor has other bytes than letters")
            there = shown(data[at : at + size])
            found.append(Finding("note", field, wrong, PVD, found=there))
    for field, at in (("created", 813), ("modified", 830), ("expires", 847), ("effective", 864)):
        if not re.fullmatch(rb"\d{16}[\x00-\x34\xd0-\xff]", data[at : at + 17], re.DOTALL):
            wrong = _("a date of the volume descriptor is none")
            there = shown(data[at : at + 17])
            found.append(Finding("warning", "pvd." + field, wrong, PVD, found=there))
    return found
