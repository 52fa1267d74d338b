"""The picture that is made: its size, its pixels, its pace; the norms a Video CD knows.

Facts: vcd20.md 6.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from catalog.analysis import Matrix
from recipes.targets import Standard


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture: pixels, their shape, pictures a second; `gop` is how many pictures are coded as a
    group, and so where a part may be cut. `matrix` is how its colours are told. What is `bordered`
    has the shape of a television, else that of what is shown.
    """

    width: int
    height: int
    sar: Fraction
    rate: Fraction
    gop: int
    matrix: Matrix = "bt601"
    bordered: bool = True


RASTERS: Mapping[Standard, Raster] = {
    "pal": Raster(352, 288, Fraction(12, 11), Fraction(25), 18),
    "ntsc": Raster(352, 240, Fraction(10, 11), Fraction(30_000, 1001), 18),
}
