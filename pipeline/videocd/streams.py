"""A picture stream as the encoder left it: where its pictures begin and what kind they are.

Files are read in pieces, never whole; nothing is decoded. Words and fields are those of
ISO 11172-2.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from io import FileIO
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.sectors import Block

Offsets = NDArray[np.int64]

PICTURE: Final = b"\0\0\1\0"
SEQUENCE: Final = b"\0\0\1\xb3"
GROUP: Final = b"\0\0\1\xb8"
SEQUENCE_END: Final = b"\0\0\1\xb7"
_EXTENSION: Final = b"\0\0\1\xb5"

HEADERS: Final = 2048
"""Bytes that an I picture with the headers before it may take up to its first slice, so that
they fit one pack."""
PICTURE_HEADER: Final = 8
"""Bytes of a picture header without extra information, as every I picture has it."""
LARGEST: Final = 450_000 * 2296
"""Bytes of a stream at most; a disc of 99 minutes has fewer."""
_MOST_PICTURES: Final = 99 * 60 * 30
_PIECE: Final = 1 << 19
_MOST_IN_PIECE: Final = _PIECE // 128

I_PICTURE, B_PICTURE = 1, 3

RATES: Final = {
    1: Fraction(24000, 1001),
    2: Fraction(24),
    3: Fraction(25),
    4: Fraction(30000, 1001),
    5: Fraction(30),
    6: Fraction(50),
    7: Fraction(60000, 1001),
    8: Fraction(60),
}
"""Pictures a second by the code in the sequence header."""


@dataclass(frozen=True, slots=True)
class SequenceHeader:
    """What a sequence header says; codes as they stand there, rates in bits a second."""

    width: int
    height: int
    aspect_code: int
    rate_code: int
    bit_rate: int
    vbv_bytes: int
    constrained: bool

    @property
    def rate(self) -> Fraction:
        """Pictures a second; 0 for a code that does not exist."""
        return RATES.get(self.rate_code, Fraction(0))

    @property
    def pal(self) -> bool:
        """Whether a disc's PAL flag is set for this picture, as vcdimager decides it."""
        return self.height in (288, 576)


@dataclass(frozen=True, slots=True, eq=False)
class Video:
    """A picture stream, one array entry a picture in coded order.

    `starts`: first byte of the picture with the sequence and group headers before it;
    `codes`: its picture start code; `kinds`: 1 I, 2 P, 3 B; `shown`: its place in display order;
    `ended`: the stream closes with a sequence end code.
    """

    path: Path
    bytes: int
    header: SequenceHeader
    starts: Offsets
    codes: Offsets
    kinds: Block
    shown: Offsets
    ended: bool


def sequence_header(data: bytes) -> SequenceHeader:
    """The fields of a sequence header; `data` begins with its start code, 12 bytes are read."""
    bits = int.from_bytes(data[4:12], "big")
    return SequenceHeader(
        width=bits >> 52,
        height=bits >> 40 & 0xFFF,
        aspect_code=bits >> 36 & 0xF,
        rate_code=bits >> 32 & 0xF,
        bit_rate=(bits >> 14 & 0x3FFFF) * 400,
        vbv_bytes=(bits >> 3 & 0x3FF) * 2048,
        constrained=bool(bits >> 2 & 1),
    )


def picture_starts(data: Block, spare: NDArray[np.bool_] | None = None) -> Offsets:
    """Where 00 00 01 00 begins in contiguous bytes, in rising order.

    Looks at two bytes at a time: the 01 of a picture's code shares an aligned pair either with
    the 00 after it or with the 00 before it. `spare` is room to work in, (2, len(data) // 2), for
    callers that come often: fresh memory costs several times more than the search.
    """
    even = len(data) & ~15
    pairs = data[:even].view("<u2")
    hits, others = np.empty((2, len(pairs)), np.bool_) if spare is None else spare[:, : len(pairs)]
    np.equal(pairs, 0x0001, out=hits)
    np.equal(pairs, 0x0100, out=others)
    np.logical_or(hits, others, out=hits)
    eights = np.flatnonzero(hits.view(np.uint64) != 0)
    rows, columns = np.nonzero(hits.reshape(-1, 8)[eights])
    pair = eights[rows] * 8 + columns
    starts = pair * 2 - np.where(pairs[pair] == 0x0100, 1, 2)
    starts = starts[(starts >= 0) & (starts < len(data) - 3)]
    for offset, byte in enumerate(PICTURE):
        starts = starts[data[starts + offset] == byte]
    tail = data[max(even - 2, 0) :].tobytes()
    late = [at + max(even - 2, 0) for at in range(len(tail)) if tail.startswith(PICTURE, at)]
    return np.concatenate((starts, np.array(late, np.int64)))


def read_video(path: Path) -> Video:
    """Index an MPEG-1 video stream; Failure with the offset where it is none, or is broken."""
    with opened(path) as file:
        size = size_within(file, path)
        head = _head(file, path)
        file.seek(max(0, size - 64))
        ended = file.read(64).rstrip(b"\0").endswith(SEQUENCE_END)
        starts, codes, kinds, references, groups = _pictures(file, path, size, head[4:8])
    _check_kinds(path, kinds, codes)
    shown = _display_order(references, groups)
    _check_order(path, shown, codes)
    return Video(path, size, sequence_header(head), starts, codes, kinds, shown, ended)


@contextmanager
def opened(path: Path) -> Iterator[FileIO]:
    """A stream's file for reading; what the disk refuses becomes a Failure that names it."""
    try:
        with path.open("rb", buffering=0) as file:
            yield file
    except OSError as error:
        raise Failure(
            _("reading the stream {file}").format(file=path),
            _("the disk refuses: {reason}").format(reason=error.strerror),
            _("bring the file back to this place, and start again"),
        ) from error


def size_within(file: FileIO, path: Path) -> int:
    """Bytes of an open stream; Failure where no disc could hold them."""
    size = os.fstat(file.fileno()).st_size
    if size > LARGEST:
        broken(path, LARGEST, _("the stream is longer than any disc"))
    return size


def broken(path: Path, offset: int, what: str) -> NoReturn:
    """Raise the Failure of a stream that is wrong at an offset."""
    raise Failure(
        _("reading the stream {file}").format(file=path),
        _("byte {offset}: {what}").format(offset=offset, what=what),
        _("make this stream again from its source"),
    )


def _head(file: FileIO, path: Path) -> bytes:
    """The first bytes of the stream, which are a sequence header."""
    head = file.read(4096)
    if not head.startswith(SEQUENCE) or len(head) < 12:
        broken(path, 0, _("no sequence header of MPEG-1 video"))
    # Both quantiser matrices may follow, 64 bytes each; MPEG-2 then has its extension.
    after = head.find(b"\0\0\1", 12)
    if head.startswith(_EXTENSION, after):
        broken(path, after, _("this is MPEG-2 video; a Video CD takes MPEG-1"))
    return head


_Part = tuple[Offsets, Offsets, Block, Offsets, NDArray[np.bool_]]


def _pictures(file: FileIO, path: Path, size: int, said: bytes) -> _Part:
    """Starts, codes, kinds, temporal references and group beginnings, read piece by piece."""
    buffer, parts = bytearray(HEADERS + _PIECE + PICTURE_HEADER), []
    spare = np.empty((2, len(buffer) // 2), np.bool_)
    for at in range(0, size, _PIECE):
        origin = max(0, at - HEADERS)
        file.seek(origin)
        filled = fill(file, memoryview(buffer)[: at + _PIECE + PICTURE_HEADER - origin])
        window = np.frombuffer(buffer, np.uint8, filled)
        codes = picture_starts(window, spare)
        parts.append(_piece(path, said, buffer, codes, (origin, at - origin, filled)))
    starts, codes, kinds, references, groups = map(np.concatenate, zip(*parts, strict=True))
    return starts, codes, kinds, references, groups


def _piece(
    path: Path, said: bytes, buffer: bytearray, codes: Offsets, span: tuple[int, int, int]
) -> _Part:
    """The pictures whose code begins in the fresh part of a buffer. `span`: where in the file
    the buffer was read, where in it the fresh part begins, and its bytes; before the fresh part
    lie the bytes that headers may reach back to.

    `said` is what the first sequence header says of size and rate; all must say the same.
    """
    origin, fresh, filled = span
    window = np.frombuffer(buffer, np.uint8, filled)
    old = int(np.searchsorted(codes, fresh))
    codes = codes[: np.searchsorted(codes, fresh + _PIECE)]
    if len(codes) > _MOST_IN_PIECE:
        broken(path, int(codes[0]) + origin, _("more pictures here than any encoder makes"))
    if len(codes) and codes[-1] + PICTURE_HEADER > filled:
        broken(path, int(codes[-1]) + origin, _("the stream ends within a picture header"))
    second, third = window[codes + 4].astype(np.int64), window[codes + 5]
    kinds = (third >> 3 & 7).astype(np.uint8)
    starts, groups = codes.copy(), np.zeros(len(codes), np.bool_)
    for i in np.flatnonzero(kinds[old:] == I_PICTURE) + old:
        since = int(codes[i - 1]) if i else 0
        starts[i], groups[i], said_here = _reach_back(buffer, since, int(codes[i]))
        if said_here not in (b"", said):
            broken(path, int(starts[i]) + origin, _("the picture size or rate changes here"))
    part = starts + origin, codes + origin, kinds, second << 2 | third >> 6, groups
    return tuple(values[old:] for values in part)  # type: ignore[return-value]


def fill(file: FileIO, view: memoryview) -> int:
    """Read until the view is full or the file ends; the bytes read."""
    filled = 0
    while filled < len(view) and (got := file.readinto(view[filled:])):
        filled += got
    return filled


def _reach_back(buffer: bytearray, since: int, code: int) -> tuple[int, bool, bytes]:
    """Where the headers before an I picture begin, whether a group begins there, and what its
    sequence header, if any, says of size and rate.
    """
    low = max(0, since, code - HEADERS)
    group = buffer.rfind(GROUP, low, code)
    sequence = buffer.rfind(SEQUENCE, low, code)
    said = bytes(buffer[sequence + 4 : sequence + 8]) if sequence >= 0 else b""
    found = [at for at in (sequence, group) if at >= 0]
    return min(found, default=code), group >= 0, said


def _check_kinds(path: Path, kinds: Block, codes: Offsets) -> None:
    if not len(codes):
        broken(path, 0, _("there is no picture in this stream"))
    if len(codes) > _MOST_PICTURES:
        broken(path, int(codes[-1]), _("more pictures than 99 minutes have"))
    wrong = np.flatnonzero((kinds < I_PICTURE) | (kinds > B_PICTURE))
    if len(wrong):
        what = _("a picture of type {type}; only I, P and B exist").format(type=kinds[wrong[0]])
        broken(path, int(codes[wrong[0]]), what)


def _display_order(references: Offsets, groups: NDArray[np.bool_]) -> Offsets:
    """Temporal references count from the beginning of each group of pictures."""
    index = np.arange(len(references))
    base = np.maximum.accumulate(np.where(groups, index, 0))
    return base + references


def _check_order(path: Path, shown: Offsets, codes: Offsets) -> None:
    """Every place in display order is taken once, and no picture is shown before it is there."""
    index = np.arange(len(shown))
    times = np.bincount(shown, minlength=len(shown))
    wrong = np.flatnonzero((shown >= len(shown)) | (times[shown] > 1) | (shown + 1 < index))
    if len(wrong):
        what = _("temporal reference out of order at picture {number}").format(number=wrong[0] + 1)
        broken(path, int(codes[wrong[0]]), what)
