"""Round things stay round: every shape of picture on both rasters, by arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.plan.picture import shape
from pipeline.plan.raster import RASTERS
from pipeline.plan.treatment import Fit
from recipes.targets import Standard

SIZES = [(1280, 720), (640, 480), (500, 500), (1920, 817), (720, 1280)]
SARS = ["1", "64/45", "16/15", "427/426"]


def upright(size: tuple[int, int], sar: str, turn: int) -> tuple[int, int, Fraction]:
    """Size and sample aspect as a picture has them after its turn."""
    width, height = size if turn % 180 == 0 else size[::-1]
    return width, height, Fraction(sar) if turn % 180 == 0 else 1 / Fraction(sar)


@pytest.mark.parametrize("fit", ["letterbox", "centre-cut"])
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sar", SARS)
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_circle_stays_a_circle(
    fit: Fit, standard: Standard, size: tuple[int, int], sar: str, turn: int
) -> None:
    """All 160 combinations, whole and cut, keep their proportions within 0.5 %; sizes are even."""
    raster = RASTERS[standard]
    width, height, pixel = upright(size, sar, turn)
    shown = shape(width, height, pixel, raster, fit)
    aspect = Fraction(width, height) * pixel

    assert abs(shown[0] * raster.sar / shown[1] / aspect - 1) < Fraction(1, 200)
    assert shown[0] % 2 == shown[1] % 2 == 0


@given(
    some.integers(16, 8192),
    some.integers(16, 8192),
    some.fractions(Fraction(1, 3), 3, max_denominator=500),
    some.sampled_from(["pal", "ntsc"]),
)
def test_a_whole_picture_is_inside_and_a_cut_one_covers(
    width: int, height: int, sar: Fraction, standard: Standard
) -> None:
    """Nothing of a letterboxed picture is lost; a cut one leaves no border, but for strips."""
    raster = RASTERS[standard]
    inside = shape(width, height, sar, raster, "letterbox")
    cut = shape(width, height, sar, raster, "centre-cut")
    aspect = Fraction(width, height) * sar / Fraction(4, 3)

    assert inside[0] <= raster.width and inside[1] <= raster.height
    assert min(inside) >= 2
    if Fraction(1, 4) <= aspect <= 4:
        assert cut[0] >= raster.width and cut[1] >= raster.height
    assert cut[0] <= 5 * raster.width and cut[1] <= 5 * raster.height


def test_four_to_three_fills_the_screen() -> None:
    """A 4:3 picture has no borders in either norm, also when it is stored as 720x576."""
    square = Fraction(1)

    assert shape(640, 480, square, RASTERS["pal"], "letterbox") == (352, 288)
    assert shape(720, 576, Fraction(16, 15), RASTERS["pal"], "letterbox") == (352, 288)
    assert shape(640, 480, square, RASTERS["ntsc"], "letterbox") == (352, 240)
    assert shape(640, 480, square, RASTERS["pal"], "centre-cut") == (352, 288)
