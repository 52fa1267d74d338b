"""Points in a stream: where players may begin (access points) and where they are to pause.

A pack is an access point, as vcdimager has it, when its headers bear a presentation time and its
picture data hold, whole and in this order, a sequence, a group and an I picture header.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final, NoReturn, assert_never

import numpy as np

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import CLOCK
from pipeline.videocd.mux import Multiplex
from pipeline.videocd.muxed import PackStream
from pipeline.videocd.sectors import PAYLOAD, Block
from pipeline.videocd.streams import (
    GROUP,
    I_PICTURE,
    PICTURE,
    PICTURE_HEADER,
    SEQUENCE,
    Offsets,
    broken,
    fill,
    opened,
)

_PIECE: Final = 512
_FIRST_PACKET: Final = 12
_PICTURE_STREAM: Final = 0xE0
_STAMPED: Final = {0xBD, *range(0xC0, 0xC3), *range(0xE0, 0xE3)}


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a pack: its stream, its presentation time (-1: none), and its data."""

    stream: int
    stamp: int
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """`stamps` has the presentation time of each pack, -1 where there is none; `access` the
    numbers of the packs that are access points, rising.
    """

    path: Path
    stamps: Offsets
    access: Offsets

    @property
    def origin(self) -> int:
        """The earliest time in the stream, from which wishes count."""
        stamped = self.stamps[self.stamps >= 0]
        return int(stamped.min()) if len(stamped) else 0


def points(stream: Multiplex | PackStream) -> Points:
    """The points of a track; a stream multiplexed by others is read for them once more."""
    match stream:
        case Multiplex():
            return Points(stream.sight.path, stream.stamps, _own_access(stream))
        case PackStream(path):
            return pack_points(path, stream.packs)
        case _:
            assert_never(stream)


def entry_packs(found: Points, wishes: Sequence[float]) -> tuple[int, ...]:
    """For each wish, in seconds from the first stamp on and in rising order, the number of the
    access point's pack nearest to it; of two that are as near, the earlier one.
    """
    if wishes and not len(found.access):
        _refuse(found, _("there is no access point in this stream"), _("encode it again"))
    times = (found.stamps[found.access] - found.origin) / CLOCK
    for wish in wishes:
        _check(found, wish)
    return tuple(int(found.access[np.argmin(np.abs(times - wish))]) for wish in sorted(wishes))


def pause_packs(found: Points, wishes: Sequence[float]) -> tuple[int, ...]:
    """For each wished pause, in seconds, the first pack whose stamp is at it or after it."""
    times = np.where(found.stamps < 0, -1, (found.stamps - found.origin) / CLOCK)
    packs = []
    for wish in sorted(wishes):
        _check(found, wish)
        late = np.flatnonzero(times >= wish)
        if not len(late):
            _refuse(
                found,
                _("a pause at {seconds} s lies beyond the end").format(seconds=f"{wish:g}"),
                _("choose an earlier time"),
            )
        packs.append(int(late[0]))
    return tuple(packs)


def _check(found: Points, wish: float) -> None:
    if not isfinite(wish) or wish < 0:
        _refuse(
            found,
            _("{seconds} s is no time in a stream").format(seconds=wish),
            _("write 0 or more"),
        )


def _refuse(found: Points, happened: str, mend: str) -> NoReturn:
    raise Failure(_("laying out the stream {file}").format(file=found.path), happened, mend)


def _own_access(stream: Multiplex) -> Offsets:
    """Our multiplex keeps the headers of I pictures in one pack: all of them that have both a
    sequence and a group header are access points.
    """
    found = []
    with opened(stream.sight.path) as file:
        for slot, start, code in stream.intra.tolist():
            if start < code:
                file.seek(start)
                head = file.read(code - start)
                if head.startswith(SEQUENCE) and GROUP in head:
                    found.append(slot)
    return np.array(found, np.int64)


def pack_points(path: Path, count: int) -> Points:
    """The points of a multiplexed stream of `count` packs."""
    stamps, access, last = np.full(count, -1), [], -1
    for number, pack in enumerate(read_blocks(path, count)):
        for row, data in enumerate(pack):
            at = number * _PIECE + row
            for packet in packets(data.tobytes()):
                stamps[at] = packet.stamp if packet.stamp >= 0 else stamps[at]
                if packet.stream != _PICTURE_STREAM or stamps[at] < last:
                    continue
                if stamps[at] >= 0 and _begins_there(packet.data):
                    access.append(at)
                    last = int(stamps[at])
    return Points(path, stamps, np.array(access, np.int64))


def read_blocks(path: Path, count: int) -> Iterator[Block]:
    """The packs of a stream, 512 at a time; each block is good until the next is asked for."""
    block = np.zeros((_PIECE, PAYLOAD), np.uint8)
    with opened(path) as file:
        for done in range(0, count, _PIECE):
            window = block[: count - done]
            file.seek(done * PAYLOAD, os.SEEK_SET)
            if fill(file, window.data.cast("B")) != window.nbytes:
                broken(path, done * PAYLOAD, _("the file has become shorter"))
            yield window


def packets(pack: bytes) -> Iterator[Packet]:
    """The packets of picture, sound and subtitles in a pack of MPEG-1, in order."""
    at = _FIRST_PACKET
    while pack[at : at + 3] == b"\0\0\1" and pack[at + 3] > 0xBA:
        stop = at + 6 + int.from_bytes(pack[at + 4 : at + 6], "big")
        if pack[at + 3] in _STAMPED:
            yield _packet(pack[at + 3], pack[at + 6 : stop])
        at = stop


def _packet(stream: int, body: bytes) -> Packet:
    at = len(body) - len(body.lstrip(b"\xff"))
    if body[at : at + 1] and body[at] >> 6 == 1:
        at += 2
    tag = body[at] >> 4 if at < len(body) else 0
    size = {2: 5, 3: 10}.get(tag, 1)
    return Packet(stream, _stamp(body[at : at + 5]) if size > 1 else -1, body[at + size :])


def _stamp(field: bytes) -> int:
    """A time of 33 bits between its marker bits."""
    bits = int.from_bytes(field, "big")
    return (bits >> 33 & 7) << 30 | (bits >> 17 & 0x7FFF) << 15 | bits >> 1 & 0x7FFF


def _begins_there(data: bytes) -> bool:
    """Whether the last sequence, group and I picture header stand in this order."""
    picture = data.rfind(PICTURE, 0, len(data) - (PICTURE_HEADER - len(PICTURE)))
    while picture >= 0 and data[picture + 5] >> 3 & 7 != I_PICTURE:
        picture = data.rfind(PICTURE, 0, picture)
    return 0 <= data.rfind(SEQUENCE) < data.rfind(GROUP) < picture
