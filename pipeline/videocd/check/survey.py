"""One walk over all sectors of an image: everything that the checks ask for, as columns.

The survey judges nothing. It holds about 100 bytes a sector, however hostile the image.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.videocd.bounds import COOKED, RAW, SECOND
from pipeline.videocd.check.packs import Packets, Packs, SystemHeader, read_packs
from pipeline.videocd.check.scan import Frames, FrameScan, PictureScan, Starts
from pipeline.videocd.sectors import DATA, ECC, EDC1, EDC2, EOF, FORM_2, ecc, form1_edc, form2_edc

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]

LONGEST = 450_000 - 150  # sectors: addresses end at 99:59:74
COOKED_LIMIT = 4096  # form 1 sectors whose data are kept (8 MiB)
ECC_LIMIT = 20_000  # form 1 sectors whose parity is recomputed; a Video CD has some hundred
PICTURES = (0xE0, 0xE1, 0xE2)
SYSTEMS_LIMIT = 4096  # two for each film, still or clip that a disc can hold
PACKETS_LIMIT = 700_000  # a pack of a Video CD has one packet of picture or sound
WHOLE, WRONG, ABSENT, UNCHECKED = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Survey:
    """What one reading of an image gave, a row a sector unless said otherwise.

    `heads` are bytes 0-23 of each sector; `edc` and `ecc` hold WHOLE, WRONG, ABSENT (the field is
    zero) or UNCHECKED; `blank` tells that all user bytes are zero; `cooked` maps the LSN of the
    first form 1 sectors to their 2048 bytes. `pictures`, `normal`, `hires` and `frames` number the
    bytes of all E0, E1, E2 and C0 packets of the disc through, in the order of `packets`; `cut`
    tells that there were more packets than any disc has, and that the rest was not read.
    """

    heads: Bytes
    edc: Bytes
    ecc: Bytes
    blank: NDArray[np.bool_]
    cooked: dict[int, bytes]
    packs: Packs
    packets: Packets
    systems: tuple[SystemHeader, ...]
    pictures: Starts
    normal: Starts
    hires: Starts
    frames: Frames
    cut: bool

    @property
    def sectors(self) -> int:
        return len(self.heads)


@dataclass(slots=True)
class _Walker:
    """Columns that grow block by block."""

    heads: Bytes
    edc: Bytes
    ecc: Bytes
    blank: NDArray[np.bool_]
    cooked: dict[int, bytes] = field(default_factory=dict)
    packs: list[Packs] = field(default_factory=list)
    packets: list[Packets] = field(default_factory=list)
    systems: list[SystemHeader] = field(default_factory=list)
    pictures: dict[int, PictureScan] = field(
        default_factory=lambda: {stream: PictureScan() for stream in PICTURES}
    )
    frames: FrameScan = field(default_factory=FrameScan)
    parity_checked: int = 0
    last_sound: int = 0
    packet_count: int = 0


def survey(blocks: Iterable[Bytes], sectors: int) -> Survey:
    """Walk over blocks of raw sectors, the first being LSN 0; `sectors` bounds how many come."""
    most = min(sectors, LONGEST)
    walker = _Walker(
        np.zeros((most, DATA), np.uint8),
        np.zeros(most, np.uint8),
        np.full(most, UNCHECKED, np.uint8),
        np.zeros(most, np.bool_),
    )
    at = 0
    for block in blocks:
        taken = block[: most - at]
        if len(taken):
            _take(walker, taken, at)
        at += len(taken)
    return _finish(walker, at)


def _take(walker: _Walker, block: Bytes, at: int) -> None:
    """Note everything about the sectors of one block, whose first LSN is `at`."""
    rows = slice(at, at + len(block))
    walker.heads[rows] = block[:, :DATA]
    is_form_2 = block[:, 18] & FORM_2 != 0
    form_2, form_1 = np.flatnonzero(is_form_2), np.flatnonzero(~is_form_2)
    if len(form_1):
        _take_form_1(walker, block, form_1, at)
    if not len(form_2):
        return
    raw = block if len(form_2) == len(block) else block[form_2]
    walker.edc[at + form_2] = _state(raw[:, EDC2:], form2_edc(raw))
    words = block[:, DATA : DATA + 4].copy().view("<u4").ravel()
    silent = form_2[words[form_2] == 0]
    walker.blank[at + silent] = ~block[silent, DATA:EDC2].any(axis=1)
    packs = form_2[words[form_2] == 0xBA010000]
    if len(packs):
        _take_packs(walker, block, packs, at)


def _take_form_1(walker: _Walker, block: Bytes, rows: Whole, at: int) -> None:
    raw = block[rows]
    walker.edc[at + rows] = _state(raw[:, EDC1:ECC], form1_edc(raw))
    walker.blank[at + rows] = ~raw[:, DATA:EDC1].any(axis=1)
    room = min(len(rows), ECC_LIMIT - walker.parity_checked)
    if room > 0:
        wrong = (raw[:room, ECC:] != ecc(raw[:room])).any(axis=1)
        walker.ecc[at + rows[:room]] = np.where(wrong, WRONG, WHOLE)
        walker.parity_checked += room
    for row, sector in zip(raw, (at + rows).tolist(), strict=True):
        if len(walker.cooked) >= COOKED_LIMIT:
            break
        walker.cooked[sector] = row[DATA : DATA + COOKED].tobytes()


def _state(stored: Bytes, right: Bytes) -> Bytes:
    there = np.ascontiguousarray(stored).view("<u4").ravel()
    wanted = np.ascontiguousarray(right).view("<u4").ravel()
    return np.select([there == wanted, there == 0], [WHOLE, ABSENT], WRONG).astype(np.uint8)


def _take_packs(walker: _Walker, block: Bytes, rows: Whole, at: int) -> None:
    if walker.packet_count > PACKETS_LIMIT:
        return
    packs, packets, systems = read_packs(block, rows, at)
    walker.packet_count += len(packets.sector)
    walker.packs.append(packs)
    walker.packets.append(packets)
    walker.systems.extend(systems[: SYSTEMS_LIMIT - len(walker.systems)])
    flat = block.reshape(-1).data
    begin = (packets.sector - at) * RAW + DATA + packets.start
    for stream, scan in walker.pictures.items():
        pictures = packets.stream == stream
        if pictures.any():
            scan.feed(_gather(flat, begin[pictures], packets.length[pictures]))
    sound = packets.stream == 0xC0
    if sound.any():
        _take_sound(walker, block, at, packets, sound)


def _gather(flat: memoryview, begin: Whole, length: Whole) -> list[memoryview]:
    ends = (begin + length).tolist()
    return [flat[a:b] for a, b in zip(begin.tolist(), ends, strict=True)]


def _take_sound(
    walker: _Walker, block: Bytes, at: int, packets: Packets, sound: NDArray[np.bool_]
) -> None:
    """Feed the sound, beginning anew where tracks change, which is after a second without any, and
    where clips change, which is after a sector that ends a file.
    """
    flat = block.reshape(-1).data
    begin = (packets.sector - at) * RAW + DATA + packets.start
    sectors = packets.sector[sound]
    before = np.concatenate(([walker.last_sound], sectors[:-1]))
    ends = walker.last_sound + np.flatnonzero(
        walker.heads[walker.last_sound : sectors[-1], 18] & EOF
    )
    closed = np.searchsorted(ends, before) != np.searchsorted(ends, sectors)
    pauses = np.flatnonzero((sectors - before >= SECOND) | closed)
    numbers = np.flatnonzero(sound)
    for count, piece in enumerate(np.split(numbers, pauses)):
        if count:
            walker.frames.begin()
        walker.frames.feed(_gather(flat, begin[piece], packets.length[piece]))
    walker.last_sound = int(sectors[-1])


def _finish(walker: _Walker, read: int) -> Survey:
    moving, normal, hires = (walker.pictures[stream].result() for stream in PICTURES)
    return Survey(
        walker.heads[:read],
        walker.edc[:read],
        walker.ecc[:read],
        walker.blank[:read],
        walker.cooked,
        _joined(Packs, walker.packs),
        _joined(Packets, walker.packets),
        tuple(walker.systems),
        moving,
        normal,
        hires,
        walker.frames.result(),
        walker.packet_count > PACKETS_LIMIT,
    )


Columns = TypeVar("Columns", Packs, Packets)


def _joined(kind: type[Columns], parts: list[Columns]) -> Columns:
    """One table of many; a column keeps its type."""
    none = np.zeros(0, np.int64)
    columns = [[getattr(part, each.name) for part in parts] or [none] for each in fields(kind)]
    return kind(*map(np.concatenate, columns))
