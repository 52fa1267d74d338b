"""What the sequence parameters of H.264 say beside profile and level (ISO 14496-10, 7.3.2.1)."""

from __future__ import annotations

import contextlib

_SEQUENCE = 7  # the kind of unit
_FINE = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}  # profiles that say more
_MOST = 16  # pictures that any stream may keep
_LONGEST = 4_096  # bytes of parameters that anyone writes


class _Bits:
    """Bits one after the other; IndexError at the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> int:
        value = 0
        for _ in range(count):
            byte = self._data[self._at >> 3]
            value = value << 1 | byte >> (7 - (self._at & 7)) & 1
            self._at += 1
        return value

    def unsigned(self) -> int:
        """Exp-Golomb code ue(v)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise IndexError
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """Exp-Golomb code se(v)."""
        code = self.unsigned()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def kept_pictures(extradata: bytes) -> int:
    """How many pictures a decoder must keep to decode others by them (max_num_ref_frames); 0 where
    that cannot be read. `extradata` is what a container keeps: avcC, or units after start codes.
    """
    unit = _sequence_unit(extradata[:_LONGEST])
    with contextlib.suppress(IndexError):
        kept = _kept(unit)
        return kept if kept <= _MOST else 0
    return 0


def _sequence_unit(data: bytes) -> bytes:
    """The first unit of sequence parameters, without the bytes that keep start codes out of it."""
    if data[:1] == b"\x01":
        length = int.from_bytes(data[6:8], "big")
        unit = data[8 : 8 + length]
    else:
        units = data.split(b"\0\0\1")
        unit = next((one for one in units[1:] if one and one[0] & 31 == _SEQUENCE), b"")
    return unit.replace(b"\0\0\3", b"\0\0") if unit and unit[0] & 31 == _SEQUENCE else b""


def _kept(unit: bytes) -> int:
    bits = _Bits(unit[1:])
    profile = bits.take(8)
    bits.take(16)
    bits.unsigned()  # its number
    if profile in _FINE:
        _pass_fine(bits)
    bits.unsigned()
    match bits.unsigned():  # how the order of pictures is told
        case 0:
            bits.unsigned()
        case 1:
            bits.take(1)
            bits.signed()
            bits.signed()
            for _ in range(min(bits.unsigned(), 255)):
                bits.signed()
    return bits.unsigned()


def _pass_fine(bits: _Bits) -> None:
    chroma = bits.unsigned()
    if chroma == 3:
        bits.take(1)
    bits.unsigned()
    bits.unsigned()
    bits.take(1)
    if bits.take(1):
        for number in range(12 if chroma == 3 else 8):
            if bits.take(1):
                _pass_scaling(bits, 16 if number < 6 else 64)


def _pass_scaling(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last
