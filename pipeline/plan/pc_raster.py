"""The picture of a file for computers: its size, its rate, the bits it may take. Pure.

Level 3.1 of H.264 is the bound (ISO 14496-10, table A-1): 720p at 30, 576p at 50. A picture keeps
its shape, is never made larger, and its pixels become square.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Final

from pipeline.plan.raster import Raster
from pipeline.plan.treatment import PictureTreatment

_FRAME_BLOCKS: Final = 3_600
_BLOCKS_A_SECOND: Final = 108_000
_KEPT_BLOCKS: Final = 18_000
_LEAST, _MOST = Fraction(24_000, 1001), Fraction(30)
_COUNTED: Final = Fraction(1, 1000)  # how far a counted rate may be from the one that is meant
_USUAL = (Fraction(24_000, 1001), Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(30))
_CARD_RATE: Final = Fraction(25)
_LEAST_SIDE: Final = 16
_GROUP_SECONDS: Final = 2
POSTER: Final = 640
_LARGE: Final = 576  # lines, from which on players take colours for BT.709

# Kilobits a second at most, by lines at 16:9: about twice what such pictures take on average, so
# that only the hardest moments feel it.
_LEAST_CAP: Final = 300
# How many times the bits of its source, on average, a picture may take at its hardest.
_USUAL_TIMES: Final = 3
_THRIFTY: Final = {"av1": 5, "hevc": 4, "vp9": 4}
CARD_CAP: Final = 200  # kilobits a second of a card, which stands all the time
_CAPS: Final = ((240, 600), (360, 1000), (480, 1600), (576, 2200), (720, 3000))


def _blocks(width: int, height: int) -> int:
    return ceil(width / 16) * ceil(height / 16)


def within_level(width: int, height: int, rate: Fraction) -> bool:
    """Whether so many pictures a second of this size are within level 3.1."""
    blocks = _blocks(width, height)
    return blocks <= _FRAME_BLOCKS and blocks * rate <= _BLOCKS_A_SECOND * (1 + _COUNTED)


def within_memory(width: int, height: int, pictures: int) -> bool:
    """Whether a decoder of level 3.1 can keep so many pictures of this size."""
    return 0 < pictures * _blocks(width, height) <= _KEPT_BLOCKS


def _even(length: Fraction) -> int:
    return max(_LEAST_SIDE, 2 * round(length / 2))


def card_size(lines: int) -> tuple[int, int]:
    """Width and height of a 16:9 picture of so many lines."""
    return 2 * int(lines * 8 / 9), lines


def size(seen: PictureTreatment, lines: int) -> tuple[int, int]:
    """Width and height, both even, of the picture in square pixels: at most `lines` high, and at
    most as wide as 16:9 is at that height.
    """
    box = seen.crop
    width, height = (box.width, box.height) if box else (seen.width, seen.height)
    shown = width * seen.sar
    wide, _high = card_size(lines)
    part = min(Fraction(1), lines / Fraction(height), wide / shown)
    return min(wide, _even(shown * part)), min(lines, _even(height * part))


def rate(own: Fraction, average: Fraction, width: int, height: int) -> Fraction:
    """Constant pictures a second for a source that has `own` (0 where uneven or unknown, then
    about `average`): its own where they fit, halved where they are too many, several times its own
    where they are too few.
    """
    if not own:
        return next((one for one in _USUAL if average <= one * (1 + _COUNTED)), _USUAL[-1])
    if _MOST * (1 + _COUNTED) < own <= 60 and within_level(width, height, own):
        return own
    while own > _MOST * (1 + _COUNTED):
        own /= 2
    times = ceil(_LEAST * (1 - _COUNTED) / own)
    fits = own * times <= _MOST * (1 + _COUNTED)
    return own * times if fits else Fraction(25)


@lru_cache(maxsize=1024)  # thousands of files share a few
def raster(seen: PictureTreatment | None, average: Fraction, lines: int) -> Raster:
    """The raster of a file for computers; of a card where there is no picture."""
    if seen is None:
        width, height = card_size(lines)
        pace = _CARD_RATE
    else:
        width, height = size(seen, lines)
        pace = rate(seen.shown_rate, average, width, height)
    return Raster(
        width,
        height,
        Fraction(1),
        pace,
        int(_GROUP_SECONDS * pace),
        matrix="bt709" if height > _LARGE else "bt601",
        bordered=False,
    )


def poster_size(aspect: Fraction) -> tuple[int, int]:
    """Width and height, both even, of a poster; upright pictures are as high as others are wide."""
    if aspect >= 1:
        return POSTER, _even(POSTER / aspect)
    return _even(POSTER * aspect), POSTER


def cap(shape: Raster, source_bits: int = 0, codec: str = "") -> int:
    """Kilobits a second that the picture may take at most: by its size, and, where it is known,
    by what the source took for it, whose faults are not worth more.
    """
    times = _THRIFTY.get(codec, _USUAL_TIMES)
    own = max(_LEAST_CAP, source_bits * times // 1000) if source_bits else _CAPS[-1][1] * 2
    return min(own, _cap(shape))


def _cap(shape: Raster) -> int:
    lines = max(shape.height, ceil(shape.width * 9 / 16))
    most = next((kbit for high, kbit in _CAPS if lines <= high), _CAPS[-1][1])
    return most * 3 // 2 if shape.rate > _MOST * (1 + _COUNTED) else most
