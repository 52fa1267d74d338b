"""Black borders: believed only where they stand through a whole programme."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from catalog.analysis import Box
from pipeline.analysis.borders import Borders, upright

CHANCE = np.random.default_rng(7)


def picture(top: int, bottom: int, left: int = 0, right: int = 0, noise: float = 2.0) -> np.ndarray:
    """A busy picture of 720 x 576 inside black borders."""
    whole = np.full((576, 720), 16.0)
    whole[top : 576 - bottom, left : 720 - right] = CHANCE.uniform(
        60, 200, (576 - top - bottom, 720 - left - right)
    )
    whole += CHANCE.normal(0, noise, whole.shape)
    return np.clip(whole, 0, 255).astype(np.uint8)


def found(*pictures: np.ndarray) -> Box | None:
    borders = Borders()
    for one in pictures:
        borders.take(one, full_range=False)
    return borders.box()


def test_a_letterbox_is_found_through_noise() -> None:
    """Bars of 86 lines above and below, on a noisy tape."""
    assert found(*[picture(86, 86, noise=4.0)] * 5) == Box(0, 86, 720, 404)


def test_a_subtitle_in_a_bar_keeps_the_bar() -> None:
    """Words in the lower bar, in one picture of many."""
    worded = picture(86, 86)
    worded[520:540, 340:380:2] = 230

    assert found(*[picture(86, 86)] * 9, worded) == Box(0, 86, 720, 490)


def test_dark_scenes_and_fades_crop_nothing() -> None:
    """A black picture says nothing; a scene lit in the middle is no border beside a full one."""
    dark = np.full((576, 720), 17, dtype=np.uint8)

    assert found(dark, dark, dark) is None
    assert found(*[picture(150, 150)] * 5, dark, picture(0, 0)) is None


def test_the_dark_side_of_a_stage_is_no_border() -> None:
    """What is lit moves about: its outermost place is reached only once."""
    walking = [picture(0, 0, left=left, right=40) for left in range(60, 400, 20)]

    assert found(*walking) == Box(0, 0, 680, 576)


def test_a_crop_that_leaves_little_is_not_believed() -> None:
    """A small picture in the middle of much black, or borders too thin to matter."""
    assert found(*[picture(200, 200, 200, 200)] * 5) is None
    assert found(*[picture(8, 6)] * 5) is None
    assert found(picture(86, 86)) is None


def test_a_change_of_size_leaves_the_picture_alone() -> None:
    """Two sizes in one file have no borders in common."""
    assert found(picture(86, 86), picture(86, 86), np.full((288, 352), 90, np.uint8)) is None


@pytest.mark.parametrize("rotation", [0, 90, 180, 270, -90])
def test_a_turn_takes_the_box_along(rotation: int) -> None:
    """The box in the upright picture holds the same pixels as the one in the picture as stored."""
    stored = np.arange(48).reshape(6, 8)
    box = Box(2, 1, 5, 3)
    turned = np.rot90(stored, rotation // 90)
    there = upright(box, 8, 6, rotation)
    cut = turned[there.top : there.top + there.height, there.left : there.left + there.width]

    assert np.array_equal(cut, np.rot90(stored[1:4, 2:7], rotation // 90))
    assert all(a <= b for a, b in pairwise((0, there.left, there.left + there.width, 8)))
