"""Packs and packets of raw sectors, read as columns; says nothing about right or wrong.

A Video CD pack fills the 2324 data bytes of one form 2 sector. Nothing in it is trusted: a chain
that leaves its pack, or never ends, is cut and marked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.videocd.bounds import RAW
from pipeline.videocd.sectors import DATA
from pipeline.videocd.sectors import PAYLOAD as PACK

Bytes = NDArray[np.uint8]
Bits = NDArray[np.uint16]
Whole = NDArray[np.int64]


PACKETS_A_PACK = 6  # a sound pack has one to three; the rest is somebody's joke

# What a pack holds, as bits.
VIDEO, AUDIO, SECOND_AUDIO, PADDING, SYSTEM, PRIVATE, END = 1, 2, 4, 8, 16, 32, 64
NORMAL, HIRES = 128, 256  # which picture: a still of normal or of high resolution; else moving
# What is wrong with a pack, as bits.
BAD_CLOCK, BAD_HEADER, OVERRUN, JUNK, UNKNOWN = 1, 2, 4, 8, 16

_WINDOW = np.arange(34)  # 6 bytes of packet start, 16 of stuffing at most, 12 of fields
_STAMPS = np.arange(10)
_END = np.frombuffer(b"\0\0\1\xb9", np.uint8)


def _holds() -> Bits:
    table = np.zeros(256, np.uint16)
    table[0xE0], table[0xC0], table[[0xC1, 0xC2]] = VIDEO, AUDIO, SECOND_AUDIO
    table[[0xE1, 0xE2]] = VIDEO | NORMAL, VIDEO | HIRES
    table[0xBE], table[0xBB], table[0xBD] = PADDING, SYSTEM, PRIVATE
    return table


HOLDS = _holds()


@dataclass(frozen=True, slots=True)
class Packs:
    """One row a pack: LSN, clock (90 kHz), rate field (50 bytes/s), bits of content and of faults,
    and where its last packet ends.
    """

    sector: Whole
    clock: Whole
    rate: Whole
    holds: Bits
    faults: Bytes
    end: Whole


@dataclass(frozen=True, slots=True)
class Packets:
    """One row a packet of picture, sound or private data, in the order of the disc.

    `start` counts from the first byte of the pack to the payload; `buffer` is the raw 16 bit STD
    field (0 = none), `pts` and `dts` are 90 kHz stamps (-1 = none).
    """

    sector: Whole
    stream: Bytes
    start: Whole
    length: Whole
    buffer: Whole
    pts: Whole
    dts: Whole


@dataclass(frozen=True, slots=True)
class SystemHeader:
    """A system header as it stands after its start code."""

    sector: int
    body: bytes


Read = tuple[Packs, Packets, tuple[SystemHeader, ...]]


def read_packs(block: Bytes, rows: Whole, first: int) -> Read:
    """Packs in the given rows of a block of raw sectors whose first LSN is `first`."""
    flat = block.reshape(-1)
    base = rows * RAW + DATA
    head = flat[base[:, None] + np.arange(12)].astype(np.int64)
    marked = (head[:, 4] & 0xF1 == 0x21) & (head[:, 6] & head[:, 8] & head[:, 11] & 1 == 1)
    marked &= head[:, 9] & 0x80 == 0x80
    faults = np.where(marked, 0, BAD_CLOCK).astype(np.uint8)
    rate = (head[:, 9] & 0x7F) << 15 | head[:, 10] << 7 | head[:, 11] >> 1
    walk = _Walk(flat, base, rows + first, faults)
    walk.all()
    packs = Packs(rows + first, _stamp(head[:, 4:9]), rate, walk.holds, faults, walk.at)
    return packs, walk.packets(), tuple(walk.systems)


def _stamp(five: Whole) -> Whole:
    """The 33 bit number in five bytes of clock or time stamp."""
    high = (five[:, 0] >> 1 & 7) << 30 | five[:, 1] << 22 | five[:, 2] >> 1 << 15
    return high | five[:, 3] << 7 | five[:, 4] >> 1


class _Walk:
    """The chains of packets of many packs, walked side by side."""

    def __init__(self, flat: Bytes, base: Whole, sectors: Whole, faults: Bytes) -> None:
        self.flat, self.base, self.sectors, self.faults = flat, base, sectors, faults
        self.at = np.full(len(base), 12, np.int64)
        self.holds = np.zeros(len(base), np.uint16)
        self.found: list[tuple[Whole, ...]] = []
        self.systems: list[SystemHeader] = []

    def all(self) -> None:
        going = np.arange(len(self.base))
        for _round in range(PACKETS_A_PACK):
            going = self.step(going[self.at[going] <= PACK - 4])
            if not len(going):
                break
        self.check_tails()

    def step(self, going: Whole) -> Whole:
        """Take one packet from each pack in `going`; those that may have another."""
        index = (self.base + self.at)[going][:, None] + _WINDOW
        window = self.flat.take(index, mode="clip").astype(np.int64)
        starts = (window[:, 0] == 0) & (window[:, 1] == 0) & (window[:, 2] == 1)
        ended = starts & (window[:, 3] == 0xB9)
        self.holds[going[ended]] |= END
        self.at[going[ended]] += 4
        is_packet = starts & (window[:, 3] >= 0xBB)
        going, window = going[is_packet], window[is_packet]
        begin = self.at[going]
        end = begin + 6 + (window[:, 4] << 8 | window[:, 5])
        over = end > PACK
        self.faults[going[over]] |= OVERRUN
        self.at[going] = np.minimum(end, PACK)
        self.note(going, window, begin)
        still: Whole = going[~over]
        return still

    def note(self, going: Whole, window: Whole, begin: Whole) -> None:
        stream = window[:, 3]
        held = HOLDS[stream]
        self.faults[going[held == 0]] |= UNKNOWN
        self.holds[going] |= held
        for row in np.flatnonzero(held == SYSTEM):
            self.system(int(going[row]), window[row])
        media = np.flatnonzero(held & (VIDEO | AUDIO | SECOND_AUDIO | PRIVATE))
        if len(media):
            self.media(going[media], window[media], begin[media])

    def system(self, pack: int, window: Whole) -> None:
        """A system header: a pack also counts as holding every stream that it lists."""
        length = min(int(window[4] << 8 | window[5]), len(window) - 6)
        body = window[4 : 6 + length].astype(np.uint8).tobytes()
        for stream in body[8::3]:
            self.holds[pack] |= HOLDS[stream] & (VIDEO | AUDIO | SECOND_AUDIO | NORMAL | HIRES)
        if len(self.systems) < 16:
            self.systems.append(SystemHeader(int(self.sectors[pack]), body))

    def media(self, going: Whole, window: Whole, begin: Whole) -> None:
        rows = np.arange(len(going))
        # At most 16 stuffing bytes; a 17th is then no known field and counts as a fault.
        field = 6 + np.argmin(window[:, 6:23] == 0xFF, axis=1)
        byte = window[rows, field]
        has_buffer = byte >> 6 == 1
        buffer = np.where(has_buffer, byte << 8 | window[rows, field + 1], 0)
        field += 2 * has_buffer
        kind = window[rows, field] >> 4
        stamps = np.take_along_axis(window, np.minimum(field[:, None] + _STAMPS, 33), axis=1)
        pts = np.where((kind == 2) | (kind == 3), _stamp(stamps[:, :5]), -1)
        dts = np.where(kind == 3, _stamp(stamps[:, 5:]), -1)
        known = (kind == 2) | (kind == 3) | (window[rows, field] == 0x0F)
        field += np.select([kind == 2, kind == 3], [5, 10], 1)
        length = self.at[going] - begin - field
        self.faults[going[~known | (length < 0)]] |= BAD_HEADER
        sector = self.sectors[going]
        columns = (sector, window[:, 3], begin + field, length, buffer, pts, dts)
        good = known & (length >= 0)
        self.found.append(tuple(column[good] for column in columns))

    def check_tails(self) -> None:
        """After the last packet of a pack only zeros may follow, and the end code of the stream."""
        for end in np.unique(self.at[self.at < PACK]):
            rows = np.flatnonzero(self.at == end)
            tail = self.flat.take(self.base[rows][:, None] + np.arange(end, PACK))
            ended = (
                (tail[:, -4:] == _END).all(axis=1) if end <= PACK - 4 else np.zeros(len(rows), bool)
            )
            self.holds[rows[ended]] |= END
            tail[ended, -4:] = 0
            self.faults[rows[tail.any(axis=1)]] |= JUNK

    def packets(self) -> Packets:
        empty = tuple(np.zeros(0, np.int64) for _column in range(7))
        columns = [np.concatenate(each) for each in zip(empty, *self.found, strict=True)]
        order = np.argsort(columns[0] * PACK + columns[2], kind="stable")
        sector, stream, start, length, buffer, pts, dts = (column[order] for column in columns)
        return Packets(sector, stream.astype(np.uint8), start, length, buffer, pts, dts)
