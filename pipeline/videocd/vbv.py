"""The decoder's picture buffer along a stream: how full it is when each picture is taken out, and
which pictures must stand still where a stream asks for more than there can be.

Pure. Bits arrive at the rate at which a Video CD brings them, wait while the buffer is full, and a
picture's bits leave all at once. Sums are in whole numbers: bits times the rate's numerator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from pipeline.videocd.bounds import CLOCK
from pipeline.videocd.streams import B_PICTURE

VBV_BITS: Final = 327_680
BIT_RATE: Final = 1_150_000
"""Bits a second that a picture stream states."""
DELIVERY: Final = 1_151_929
"""Bits of picture a second that a disc brings beside the sound (reference 6.1)."""
FIRST_LEVEL: Final = VBV_BITS * 3 // 4
"""Bits that are there when the first picture is taken: a player waits for them."""
_FAR: Final = 150
"""Pictures before a lack of bits that may be made to stand still for it."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """A buffer of `bits` at the beginning, filled at `delivery` bits a second, emptied `rate`
    times a second.
    """

    rate: Fraction
    bits: int = FIRST_LEVEL
    delivery: int = DELIVERY

    @property
    def scale(self) -> int:
        """What bits are multiplied with, so that all sums are whole."""
        return self.rate.numerator

    @property
    def gain(self) -> int:
        """Bits, scaled, that arrive from one picture to the next."""
        return self.delivery * self.rate.denominator

    def levels(self, sizes: Sequence[int]) -> list[int]:
        """Bits in the buffer just before each picture of so many bits is taken, rounded down;
        where there are too few, the level is below the picture's size and goes on from below 0.
        """
        level, full, found = self.bits * self.scale, VBV_BITS * self.scale, []
        for size in sizes:
            found.append(level // self.scale)
            level = min(full, level - size * self.scale + self.gain)
        return found


def delay(level: int) -> int:
    """The field vbv_delay of a picture that finds so many bits: ticks in which they arrive."""
    return min(0xFFFE, max(0, level) * CLOCK // BIT_RATE)


def held(
    sizes: Sequence[int], kinds: Sequence[int], still: int, buffer: Buffer
) -> tuple[frozenset[int], int]:
    """Which pictures, by number in coded order, must become standing ones of `still` bits so that
    the buffer never runs dry, and the first that lacks bits all the same, or -1.

    Only B pictures can: no other picture is made from them. The last before the lack are taken,
    because what is saved earlier may find the buffer full.
    """
    sizes, chosen, at = list(sizes), set[int](), 0
    levels = [buffer.bits * buffer.scale] * len(sizes)
    while at < len(sizes):
        left = levels[at] - sizes[at] * buffer.scale
        if left >= 0:
            at += 1
            if at < len(sizes):
                levels[at] = min(VBV_BITS * buffer.scale, left + buffer.gain)
            continue
        found = _last(sizes, kinds, still, (at, -left // buffer.scale + 1))
        if not found:
            return frozenset(chosen), at
        for number in found:
            sizes[number] = still
        chosen |= found
        at = min(found)  # all before it is as it was
    return frozenset(chosen), -1


def _last(sizes: Sequence[int], kinds: Sequence[int], still: int, dry: tuple[int, int]) -> set[int]:
    """The last B pictures up to number `dry[0]` that save `dry[1]` bits together."""
    number, lack = dry
    found: set[int] = set()
    for one in range(number, max(-1, number - _FAR), -1):
        if kinds[one] == B_PICTURE and sizes[one] > still:
            found.add(one)
            lack -= sizes[one] - still
            if lack <= 0:
                return found
    # What little can be saved still helps unless nothing can.
    return found


def standing(header: bytes, rows: int) -> bytes:
    """A B picture that shows the one before it again; `header` is the picture's own header, up to
    its first slice, `rows` the macroblock rows of 22 (352 wide).
    """
    # Quantiser 1, no extra information; then the first and the last macroblock of the row, forward,
    # without motion and without a pattern (0010 1 1); those between are skipped, which repeats it.
    body = "00001010010110000010010001011"
    body += "0" * (-len(body) % 8)
    data = int(body, 2).to_bytes(len(body) // 8, "big")
    return header + b"".join(b"\0\0\1" + bytes((row,)) + data for row in range(1, rows + 1))
