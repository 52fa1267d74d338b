"""INFO.VCD and ENTRIES.VCD: what a player reads first, as values -> bytes of one sector each."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.videocd.sectors import COOKED, address, bcd

TRACKS: Final = 98
"""MPEG tracks of a disc at most: a CD has 99, the first holds the files."""
ENTRIES: Final = 500
"""Entry points of a disc at most."""
_VERSION_2: Final = b"\x02\x00"


@dataclass(frozen=True, slots=True)
class Entry:
    """A place where a player may begin: the CD track (2..99) and the LSN."""

    track: int
    lsn: int


@dataclass(frozen=True, slots=True)
class Info:
    """`pal` holds one truth for each MPEG track, in order."""

    album_id: str
    volume_count: int
    volume_number: int
    pal: tuple[bool, ...]


def info_bytes(info: Info) -> bytes:
    """INFO.VCD of a disc without playback control: its lists and segments are all zero."""
    flags = sum(pal << number for number, pal in enumerate(info.pal)).to_bytes(13, "little")
    numbers = struct.pack(">HH", info.volume_count, info.volume_number)
    album = info.album_id.encode("ascii").ljust(16)
    return (b"VIDEO_CD" + _VERSION_2 + album + numbers + flags).ljust(COOKED, b"\0")


def entries_bytes(entries: Sequence[Entry]) -> bytes:
    """ENTRIES.VCD: the entries in the order given, which is that of the disc."""
    rows = b"".join(bytes((bcd(entry.track),)) + address(entry.lsn) for entry in entries)
    head = b"ENTRYVCD" + _VERSION_2 + struct.pack(">H", len(entries))
    return (head + rows).ljust(COOKED, b"\0")
