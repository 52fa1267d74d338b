"""The television norms a Video CD knows: the picture, its pixels, its pace (vcd20.md 6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from recipes.targets import Standard


@dataclass(frozen=True, slots=True)
class Raster:
    """The picture of a television norm: pixels, their shape, pictures a second; `gop` is how many
    pictures are coded as a group, and so where a part may be cut.
    """

    width: int
    height: int
    sar: Fraction
    rate: Fraction
    gop: int


RASTERS: Mapping[Standard, Raster] = {
    "pal": Raster(352, 288, Fraction(12, 11), Fraction(25), 18),
    "ntsc": Raster(352, 240, Fraction(10, 11), Fraction(30_000, 1001), 18),
}
