"""Which file system a folder lies on: its kind, its own serial, and whether it may be written to.

Nothing is written, no program is started, and no right is needed that a librarian has not: the
system is asked in several ways, and what it does not tell stays empty.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from catalog.words import _

MOUNTS = Path("/proc/self/mountinfo")
BY_UUID = Path("/dev/disk/by-uuid")
UDEV = Path("/run/udev/data")
BLKID = Path("/run/blkid/blkid.tab")
_MOST_TEXT = 4 << 20  # bytes of any of these lists
_HEAD = 4096  # bytes at the beginning of a file system that hold its serial

# As the register writes them; other kinds are told as the system calls them.
KINDS = {
    "vfat": "FAT32", "msdos": "FAT32", "exfat": "exFAT", "ntfs": "NTFS", "ntfs3": "NTFS",
    "ext4": "ext4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Volume:
    """`serial` as blkid shows it, `kind` as the register writes it, `source` the block device; each
    "" where the system does not tell. `through` is the driver where that is another word (fuseblk).
    """

    serial: str = ""
    kind: str = ""
    source: str = ""
    through: str = ""
    read_only: bool = False

    def __str__(self) -> str:
        kind = self.kind or _("unknown file system")
        said = f"{kind} {self.serial}".strip()
        return _("{volume}, read only").format(volume=said) if self.read_only else said


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the system's list of mounts."""

    point: str
    kind: str
    source: str


def volume(path: Path) -> Volume:
    """What the system tells of the file system under `path`; nothing is raised."""
    try:
        read_only = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return Volume()
    mount = mount_of(path)
    if mount is None:
        return Volume(read_only=read_only)
    device = mount.source if mount.source.startswith("/dev/") else ""
    serial, told = _serial(device) if device else ("", "")
    plain = told if mount.kind in ("fuse", "fuseblk") or not mount.kind else mount.kind
    kind = KINDS.get(plain, plain or mount.kind)
    return Volume(serial, kind, device, mount.kind, read_only)


def mount_of(path: Path) -> Mount | None:
    """The mount that `path` lies on, None where the system keeps no such list."""
    try:
        number = path.stat().st_dev
        lines = _text(MOUNTS).splitlines()
        place = os.path.realpath(path)
    except OSError:
        return None
    device = f"{os.major(number)}:{os.minor(number)}"
    best: Mount | None = None
    for line in lines:
        head, _dash, tail = line.partition(" - ")
        fields, told = head.split(" "), tail.split(" ")
        if len(fields) < 5 or len(told) < 2 or fields[2] != device:
            continue
        point = _unescaped(fields[4])
        within = place == point or place.startswith(point.rstrip("/") + "/")
        if within and (best is None or len(point) >= len(best.point)):
            best = Mount(point, told[0], _unescaped(told[1]))
    return best


def _serial(device: str) -> tuple[str, str]:
    """Serial and kind of the file system on a block device, from the first that tells."""
    try:
        number = os.stat(device).st_rdev  # noqa: PTH116 - a name of the system's, not of ours
    except OSError:
        return "", ""
    serial, kind = _head(device)
    for more in (_udev(number), _blkid(device), (_linked(device), "")):
        serial, kind = serial or more[0], kind or more[1]
    return serial, kind


def _linked(device: str) -> str:
    real = os.path.realpath(device)
    with contextlib.suppress(OSError):
        for name in os.listdir(BY_UUID):  # noqa: PTH208 - only names are wanted
            if os.path.realpath(BY_UUID / name) == real:
                return re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), name)
    return ""


def _udev(number: int) -> tuple[str, str]:
    told: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in _text(UDEV / f"b{os.major(number)}:{os.minor(number)}").splitlines():
            key, _is, value = line.removeprefix("E:").partition("=")
            told[key] = value
    return told.get("ID_FS_UUID", ""), told.get("ID_FS_TYPE", "")


def _blkid(device: str) -> tuple[str, str]:
    real = os.path.realpath(device)
    with contextlib.suppress(OSError):
        for line in _text(BLKID).splitlines():
            if line.endswith(f">{real}</device>"):
                told = dict(re.findall(r'(\w+)="([^"]*)"', line))
                return told.get("UUID", ""), told.get("TYPE", "")
    return "", ""


def _head(device: str) -> tuple[str, str]:
    """Serial and kind from the file system's own first bytes, where they may be read."""
    try:
        descriptor = os.open(device, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return "", ""
    try:
        return told_by_head(os.pread(descriptor, _HEAD, 0))
    except OSError:
        return "", ""
    finally:
        os.close(descriptor)


def told_by_head(head: bytes) -> tuple[str, str]:
    """Serial and kind of the file systems a drive may have; ("", "") for any other bytes."""
    if head[3:11] == b"EXFAT   ":
        return _short(head[100:104]), "exfat"
    if head[3:11] == b"NTFS    ":
        return head[72:80][::-1].hex().upper(), "ntfs"
    if head[82:87] == b"FAT32":
        return _short(head[67:71]), "vfat"
    if head[54:58] == b"FAT1":
        return _short(head[39:43]), "vfat"
    if head[1080:1082] == b"\x53\xef":
        raw = head[1128:1144].hex()
        # Extents, which ext2 and ext3 do not have, tell an ext4.
        kind = "ext4" if len(head) > 1124 and head[1120] & 0x40 else "ext2"
        return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:])), kind
    return "", ""


def _short(raw: bytes) -> str:
    text = raw[::-1].hex().upper()
    return f"{text[:4]}-{text[4:]}"


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MOST_TEXT).decode("utf-8", "surrogateescape")


def _unescaped(field: str) -> str:
    """Blanks and the like stand as octal numbers in the list of mounts."""
    raw = re.sub(
        rb"\\([0-7]{3})",
        lambda code: bytes([int(code[1], 8) & 255]),
        field.encode("utf-8", "surrogateescape"),
    )
    return raw.decode("utf-8", "surrogateescape")
