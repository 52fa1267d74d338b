"""Pictures and sound frames in gathered payload: where each begins, and its header bytes.

Fed piece by piece as the disc is read; nothing is kept but positions and headers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Pieces = Sequence[bytes | memoryview]

PICTURE, SEQUENCE, EXTENSION, SEQUENCE_END, GROUP = 0x00, 0xB3, 0xB5, 0xB7, 0xB8
LIMIT = 600_000  # start codes or frames; the longest disc holds about 230,000
_START = re.compile(rb"\x00\x00\x01[\x00\xb3\xb5\xb7\xb8]")
_BODY = 8  # bytes of header that we look at, after the start code

_RATES = (
    (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
SAMPLE_RATES = (44100, 48000, 32000)


@dataclass(frozen=True, slots=True)
class Starts:
    """Start codes of a picture stream: position in the stream, code, and the 8 bytes after it."""

    at: Whole
    code: Whole
    body: NDArray[np.uint64]
    cut: bool


@dataclass(frozen=True, slots=True)
class Frames:
    """Sound frames: position in the stream, 24 header bits after the first byte, and where each
    stretch of bytes begins that belongs to no frame.
    """

    at: Whole
    head: Whole
    lost: Whole
    cut: bool


@dataclass(slots=True)
class PictureScan:
    """Finds the start codes of one picture stream given in pieces."""

    carry: bytes = b""
    done: int = 0  # stream position of the first byte of carry
    at: list[int] = field(default_factory=list)
    code: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)

    def feed(self, pieces: Pieces) -> None:
        """Go on with the next bytes of the stream, given in pieces to be copied only once."""
        whole = b"".join((self.carry, *pieces))
        kept = max(len(whole) - 3 - _BODY, 0)
        self.look(whole, kept)
        self.carry, self.done = whole[kept:], self.done + kept

    def look(self, whole: bytes, until: int) -> None:
        """Note the start codes that begin before `until`; `whole` goes on for their headers."""
        if len(self.at) >= LIMIT:
            return
        for match in _START.finditer(whole, 0, until + 3):
            place = match.start()
            self.at.append(self.done + place)
            self.code.append(whole[place + 3])
            self.body.append(int.from_bytes(whole[place + 4 : place + 4 + _BODY].ljust(8, b"\0")))
            if len(self.at) >= LIMIT:
                break

    def result(self) -> Starts:
        """All that was found, the last bytes included."""
        self.look(self.carry + b"\xff" * 12, len(self.carry))
        at, code = (np.array(each, np.int64) for each in (self.at, self.code))
        return Starts(at, code, np.array(self.body, np.uint64), len(self.at) >= LIMIT)


def frame_bytes(head: int) -> int:
    """Length of a sound frame by the 24 bits after its first FF; 0 where this is no frame."""
    if head >> 19 != 0b11111 or head >> 17 & 3 == 0:
        return 0
    layer = 4 - (head >> 17 & 3)
    index, sampling, padding = head >> 12 & 15, head >> 10 & 3, head >> 9 & 1
    if index in (0, 15) or sampling == 3:
        return 0
    bits, rate = _RATES[layer - 1][index] * 1000, SAMPLE_RATES[sampling]
    return (12 * bits // rate + padding) * 4 if layer == 1 else 144 * bits // rate + padding


_SIZES = {head: size for head in range(0xF000, 0x10000) if (size := frame_bytes(head << 8))}


@dataclass(slots=True)
class FrameScan:
    """Follows the chain of frames of one sound stream given in pieces."""

    carry: bytes = b""
    done: int = 0
    next: int = 0  # stream position where the next frame should begin
    at: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    following: bool = True
    misses: int = 0

    def begin(self) -> None:
        """A new track: its first byte begins a frame, whatever the last one left over."""
        self.done += len(self.carry)
        self.carry, self.next, self.following = b"", self.done, True

    def feed(self, pieces: Pieces) -> None:
        """Go on with the next bytes of the stream, given in pieces to be copied only once."""
        whole, done = b"".join((self.carry, *pieces)), self.done
        place, last = self.next - done, len(whole) - 4
        while place <= last and len(self.at) + self.misses < LIMIT:
            size = _SIZES.get(whole[place + 1] << 8 | whole[place + 2], 0)
            if size and whole[place] == 0xFF:
                self.at.append(done + place)
                self.head.append(int.from_bytes(whole[place + 1 : place + 4]))
                place += size
                self.following = True
            else:
                place = self.search(whole, place)
        if len(self.at) + self.misses >= LIMIT:
            place = max(place, len(whole))
        kept = min(place, len(whole))
        self.next, self.done, self.carry = done + place, done + kept, whole[kept:]

    def search(self, whole: bytes, place: int) -> int:
        """The next place after `place` where a frame may begin."""
        if self.following:
            self.lost.append(self.done + place)
        self.following = False
        self.misses += 1
        found = whole.find(b"\xff", place + 1)
        return found if found >= 0 else len(whole)

    def result(self) -> Frames:
        """All that was found."""
        at, head, lost = (np.array(each, np.int64) for each in (self.at, self.head, self.lost))
        return Frames(at, head, lost, len(self.at) + self.misses >= LIMIT)
