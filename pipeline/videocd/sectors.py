"""Raw CD sectors of 2352 bytes in mode 2: made, and recomputed to check them; never on disk.

Sectors travel as a *block*: a C-contiguous numpy array of bytes, one row a sector. The functions
that `seal` write into the block they are given; all others leave it alone. Field names and sizes
follow ECMA-130 and the CD-XA rules (README.md of this room).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from fastcrc.crc32 import cd_rom_edc
from numpy.typing import NDArray

from pipeline.videocd.bounds import COOKED, RAW, SECOND

PAYLOAD: Final = 2324
"""User bytes of a form 2 sector, which is also one MPEG pack of a Video CD."""
DATA: Final = 24
"""Where the user bytes begin in either form."""
EDC1: Final = DATA + COOKED
EDC2: Final = DATA + PAYLOAD
ECC: Final = EDC1 + 4
"""Where the 172 bytes of P and the 104 of Q begin in a form 1 sector."""
PREGAP: Final = 150
"""Sectors between the address 00:00:00 and LSN 0, the first sector of an image."""
MODE: Final = 2
SYNC: Final = b"\0" + b"\xff" * 10 + b"\0"

# Bits of the submode byte (CD-XA).
EOF, REAL_TIME, FORM_2, TRIGGER, IS_DATA, IS_AUDIO, IS_VIDEO, EOR = (
    0x80,
    0x40,
    0x20,
    0x10,
    0x08,
    0x04,
    0x02,
    0x01,
)

Block = NDArray[np.uint8]

_BCD: Final = np.array([n // 10 * 16 + n % 10 for n in range(100)], np.uint8)


def blank(count: int) -> Block:
    """A block of `count` sectors, all zero."""
    return np.zeros((count, RAW), np.uint8)


def bcd(number: int) -> int:
    """0..99 as one byte of two decimal digits."""
    return number // 10 * 16 + number % 10


def address(lsn: int) -> bytes:
    """Minute, second and frame of a sector in BCD, as sector headers and ENTRIES.VCD have it."""
    return addresses(lsn, 1).tobytes()


def addresses(first: int, count: int) -> Block:
    """(count, 3) BCD addresses of the sectors from LSN `first`; at most minute 99 exists."""
    lba = np.arange(first + PREGAP, first + PREGAP + count)
    return _BCD[np.stack((lba // (60 * SECOND), lba // SECOND % 60, lba % SECOND), axis=1)]


def write_headers(block: Block, first: int, subheaders: Block | bytes) -> None:
    """Give the sectors from LSN `first` their sync, address, mode and both copies of the
    sub-header; `subheaders` is (count, 4), or four bytes for all alike.
    """
    if isinstance(subheaders, bytes):
        subheaders = np.frombuffer(subheaders, np.uint8)
    block[:, :12] = np.frombuffer(SYNC, np.uint8)
    block[:, 12:15] = addresses(first, len(block))
    block[:, 15] = MODE
    block[:, 16:20] = subheaders
    block[:, 20:24] = subheaders


def form1_edc(block: Block) -> Block:
    """(count, 4): the EDC that these sectors should have as form 1, in the order it is stored."""
    return _edc(block[:, 16:EDC1])


def form2_edc(block: Block) -> Block:
    """(count, 4): the EDC that these sectors should have as form 2, in the order it is stored."""
    return _edc(block[:, 16:EDC2])


def _edc(covered: Block) -> Block:
    sums = np.fromiter(map(cd_rom_edc, covered), "<u4", len(covered))
    return sums.view(np.uint8).reshape(-1, 4)


def ecc(block: Block) -> Block:
    """(count, 276): P and Q that these sectors should have as form 1, from their bytes up to the
    EDC. The address counts as zero, so moving a sector leaves its parity as it is.
    """
    words = np.zeros((len(block), (ECC + 276 - 12) // 2, 2), np.uint8)
    flat = words.reshape(len(block), -1)
    flat[:, 4 : ECC - 12] = block[:, 16:ECC]
    p = words[:, :1032].reshape(-1, 24, 43, 2)
    words[:, 1032:1118] = _parity(p).reshape(-1, 86, 2)
    q = words[:, _Q]
    words[:, 1118:] = _parity(q).reshape(-1, 52, 2)
    return flat[:, ECC - 12 :]


def seal_form2(block: Block) -> None:
    """Write the EDC into form 2 sectors whose headers and data are in place."""
    block[:, EDC2:] = form2_edc(block)


def seal_form1(block: Block) -> None:
    """Write EDC and ECC into form 1 sectors whose headers and data are in place."""
    block[:, EDC1:ECC] = form1_edc(block)
    block[:, ECC:] = ecc(block)


# The field GF(2^8) with polynomial x^8+x^4+x^3+x^2+1: doubling, and division by 3.
_DOUBLE: Final = np.array([n << 1 ^ (0x11D if n & 0x80 else 0) for n in range(256)], np.uint8)
_THIRD: Final = np.argsort(_DOUBLE ^ np.arange(256, dtype=np.uint8)).astype(np.uint8)

# Word i of Q code word j: the diagonals that run through data and P parity together.
_Q: Final = (44 * np.arange(43)[:, None] + 43 * np.arange(26)) % 1118


def _parity(words: Block) -> Block:
    """(count, length, ...) data symbols of the code words -> (count, 2, ...) parity symbols that
    make both the sum and the sum weighted by falling powers of 2 vanish.
    """
    total = np.bitwise_xor.reduce(words, axis=1)
    weighted = np.zeros_like(total)
    for i in range(words.shape[1]):
        weighted = _DOUBLE[weighted] ^ words[:, i]
    first = _THIRD[_DOUBLE[_DOUBLE[weighted]] ^ total]
    return np.stack((first, first ^ total), axis=1)
