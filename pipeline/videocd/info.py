"""INFO.VCD and ENTRIES.VCD: what a player reads first, as values -> bytes of one sector each."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.videocd.bounds import COOKED
from pipeline.videocd.sectors import address, bcd

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
class Flags:
    """What INFO.VCD tells of the disc as a whole. `restriction` is 0 (for all) to 3; the next
    volume begins at list 2 or at track 3 where it is said so, else at list 1 and at track 2.
    """

    karaoke: bool = False
    restriction: int = 0
    special: bool = False
    captions: bool = False
    next_list_2: bool = False
    next_track_3: bool = False

    @property
    def bits(self) -> int:
        """The flags as INFO.VCD has them, but for the mark of areas."""
        return (
            self.karaoke
            | self.restriction << 1
            | self.special << 3
            | self.captions << 4
            | self.next_list_2 << 5
            | self.next_track_3 << 6
        )


NO_FLAGS: Final = Flags()
_HAS_AREAS: Final = 0x80


@dataclass(frozen=True, slots=True)
class Info:
    """`pal` holds one truth for each MPEG track, in order; `psd_bytes` and `lists` are 0 without
    playback control; `contents` has a byte for each segment unit from LSN `segments` on.
    """

    album_id: str
    volume_count: int
    volume_number: int
    pal: tuple[bool, ...]
    flags: Flags = NO_FLAGS
    psd_bytes: int = 0
    lists: int = 0
    segments: int = 0
    contents: bytes = b""


def info_bytes(info: Info) -> bytes:
    """INFO.VCD; what belongs to lists and segments is zero on a disc without them."""
    pal = sum(pal << number for number, pal in enumerate(info.pal)).to_bytes(13, "little")
    numbers = struct.pack(">HH", info.volume_count, info.volume_number)
    album = info.album_id.encode("ascii").ljust(16)
    flags = info.flags.bits | (_HAS_AREAS if info.lists else 0)
    control = struct.pack(">BI", flags, info.psd_bytes)
    control += address(info.segments) if info.contents else bytes(3)
    control += struct.pack(">BHH", 8 if info.lists else 0, info.lists, len(info.contents))
    head = b"VIDEO_CD" + _VERSION_2 + album + numbers + pal + control
    return (head + info.contents).ljust(COOKED, b"\0")


def entries_bytes(entries: Sequence[Entry]) -> bytes:
    """ENTRIES.VCD: the entries in the order given, which is that of the disc."""
    rows = b"".join(bytes((bcd(entry.track),)) + address(entry.lsn) for entry in entries)
    head = b"ENTRYVCD" + _VERSION_2 + struct.pack(">H", len(entries))
    return (head + rows).ljust(COOKED, b"\0")
