"""Streams that are multiplexed already (.mpg): whole packs of 2324 bytes, taken as they are.

What kind of sector a pack becomes is decided as GNU VCDImager decides it (README.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final, NoReturn

import numpy as np

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.packs import (
    AUDIO,
    IDLE,
    PROGRAM_END,
    SECOND_SOUND,
    SUBTITLE,
    VIDEO,
)
from pipeline.videocd.sectors import PAYLOAD, Block
from pipeline.videocd.streams import (
    SEQUENCE,
    Offsets,
    SequenceHeader,
    fill,
    opened,
    sequence_header,
    size_within,
)

UNKNOWN: Final = 255
"""The class of what is no pack."""

_PIECE: Final = 512
_MOST_PACKETS: Final = 64

STILL: Final = 32
HIGH_STILL: Final = 64
"""Bits of packs with a normal and a high resolution still, or declaring one."""

# Stream ids, as bits of one number for each pack.
_IDS: Final = np.zeros(256, np.uint8)
_IDS[0xE0:0xE3] = 1, 1 | STILL, 1 | HIGH_STILL
_IDS[0xC0] = 2
_IDS[0xC1:0xC3] = 4
_IDS[0xBD] = 8
_IDS[[0xBB, 0xBE]] = 16
_CLASS_OF: Final = np.full(32, UNKNOWN, np.uint8)
for _bit, _class in ((16, IDLE), (8, SUBTITLE), (4, SECOND_SOUND), (2, AUDIO), (1, VIDEO)):
    _CLASS_OF[(np.arange(32) & _bit) != 0] = _class


@dataclass(frozen=True, slots=True, eq=False)
class PackStream:
    """A multiplexed stream: the class of each pack, and the header of its picture."""

    path: Path
    header: SequenceHeader
    classes: Block

    @property
    def packs(self) -> int:
        """Sectors the stream takes."""
        return len(self.classes)


def read_packs(path: Path) -> PackStream:
    """Index a multiplexed stream; Failure with the offset where it is not whole MPEG-1 packs of
    2324 bytes with picture and sound. A program end code after the last pack is left out.
    """
    header, parts = None, []
    with opened(path) as file:
        count = _count(file, path)
        block = np.zeros((_PIECE, PAYLOAD), np.uint8)
        for done in range(0, count, _PIECE):
            window = block[: count - done]
            file.seek(done * PAYLOAD)
            fill(file, window.data.cast("B"))
            classes = classify(window)
            wrong = np.flatnonzero(classes == UNKNOWN)
            if len(wrong):
                offset = (done + int(wrong[0])) * PAYLOAD
                _broken(path, offset, _("no MPEG-1 pack of 2324 bytes begins here"))
            header = header or _header(window[classes == VIDEO])
            parts.append(classes)
    every = np.concatenate(parts) if parts else np.zeros(0, np.uint8)
    if header is None:
        _broken(path, 0, _("there is no picture in this stream"))
    if not np.any(every == AUDIO):
        _broken(path, 0, _("there is no sound in this stream"))
    return PackStream(path, header, every)


def count_packs(path: Path) -> int:
    """Whole packs in a file, a program end code behind the last left out; Failure else."""
    with opened(path) as file:
        return _count(file, path)


def _count(file: FileIO, path: Path) -> int:
    size = size_within(file, path)
    count, rest = divmod(size, PAYLOAD)
    file.seek(count * PAYLOAD)
    if rest and file.read(PAYLOAD) != PROGRAM_END:
        _broken(path, count * PAYLOAD, _("the last pack is shorter than 2324 bytes"))
    return count


def _broken(path: Path, offset: int, what: str) -> NoReturn:
    raise Failure(
        _("reading the stream {file}").format(file=path),
        _("byte {offset}: {what}").format(offset=offset, what=what),
        _("make it again as a Video CD stream with packs of 2324 bytes"),
    )


def _header(packs: Block) -> SequenceHeader | None:
    """The first sequence header that stands whole in a pack."""
    data = packs.tobytes()
    at = data.find(SEQUENCE)
    while at >= 0 and at % PAYLOAD > PAYLOAD - 12:
        at = data.find(SEQUENCE, at + 1)
    return sequence_header(data[at : at + 12]) if at >= 0 else None


def classify(packs: Block) -> Block:
    """The class of each row of 2324 bytes; 255 where a row is no pack of a Video CD."""
    return classify_streams(packs)[0]


def classify_streams(packs: Block) -> tuple[Block, Block]:
    """The class of each row as `classify` has it, and the bits of the streams found in it."""
    begins = _code_at(packs, np.arange(len(packs)), np.zeros(len(packs), np.int64)) == 0xBA
    mpeg1 = begins & (packs[:, 4] >> 4 == 2)
    found = np.zeros(len(packs), np.uint8)
    found[mpeg1] = _ids(packs[mpeg1])
    classes = _CLASS_OF[found & (len(_CLASS_OF) - 1)]
    rest = np.flatnonzero(~begins)
    classes[rest[~packs[rest].any(axis=1)]] = IDLE
    return classes, found


def _code_at(packs: Block, rows: Offsets, at: Offsets) -> Offsets:
    """The last byte of the start code at a place of each of these rows, -1 where none is there."""
    at = np.minimum(at, PAYLOAD - 4)
    prefix = (packs[rows, at] == 0) & (packs[rows, at + 1] == 0) & (packs[rows, at + 2] == 1)
    return np.where(prefix, packs[rows, at + 3].astype(np.int64), -1)


def _ids(packs: Block) -> Block:
    """Walk the packets of each pack and of its system header: the stream ids, as bits."""
    found = np.zeros(len(packs), np.uint8)
    rows, at = np.arange(len(packs)), np.full(len(packs), 12)
    for _packet in range(_MOST_PACKETS):
        code = _code_at(packs, rows, at)
        on = (code >= 0xBB) & (at <= PAYLOAD - 6)
        # A second pack within the 2324 bytes: the stream has other packs than a Video CD.
        found[rows[(code == 0xBA) & (at <= PAYLOAD - 4)]] = 0
        rows, at, code = rows[on], at[on], code[on]
        if not len(rows):
            break
        found[rows] |= _IDS[code]
        for row, place in zip(rows[code == 0xBB], at[code == 0xBB], strict=True):
            found[row] |= _declared(packs[row, place:].tobytes())
        at = at + 6 + packs[rows, at + 4].astype(np.int64) * 256 + packs[rows, at + 5]
    return found


def _declared(system: bytes) -> int:
    """The streams that a system header lists, as bits; `system` begins with its start code."""
    stop = min(6 + int.from_bytes(system[4:6], "big"), len(system))
    listed = [system[at] for at in range(12, stop, 3) if system[at] & 0x80]
    return int(np.bitwise_or.reduce(_IDS[listed])) if listed else 0
