"""Small judgements on pictures: noise, stillness, cuts, errors, words of subtitles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.analysis.cuts import Cuts
from pipeline.analysis.damage import MAX_SPANS, Errors
from pipeline.analysis.noise import Noise
from pipeline.analysis.still import Still
from pipeline.analysis.titles import words_of

CHANCE = np.random.default_rng(11)
SCENE = np.kron(CHANCE.uniform(60, 190, (36, 44)), np.ones((8, 8)))


def noisy(sigma: float, scene: np.ndarray = SCENE) -> np.ndarray:
    return np.clip(np.rint(scene + CHANCE.normal(0, sigma, scene.shape)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [1.0, 3.0, 8.0])
def test_noise_is_measured_where_nothing_moves(sigma: float) -> None:
    """A third of the picture moves; the rest stands still under noise."""
    noise = Noise()
    for start in range(5):
        moved = [SCENE.copy() for _ in range(3)]
        for n, one in enumerate(moved):
            one[:96] = np.roll(SCENE[:96], 9 * n + start, axis=1)
        noise.take(*(noisy(sigma, one) for one in moved))

    assert noise.noise() == pytest.approx(sigma, rel=0.1)


def test_stills_and_moving_pictures_have_no_noise() -> None:
    """Equal pictures are clean; of a camera that moves over everything nothing can be told."""
    still, pan = Noise(), Noise()
    for n in range(5):
        still.take(*[SCENE.astype(np.uint8)] * 3)
        pan.take(*(np.roll(SCENE, 3 * n + 3 * k, axis=1).astype(np.uint8) for k in range(3)))

    assert still.noise() == 0
    assert pan.noise() == 0


def thumb(value: int) -> np.ndarray:
    return np.full((36, 64), value, dtype=np.uint8)


def test_a_picture_that_stands_is_told_from_when_to_when() -> None:
    """Twelve seconds stand, eight are too few, a slow fade is no standing picture."""
    still = Still()
    for n in range(12):
        still.take(float(n), thumb(100))
    for n in range(12, 20):
        still.take(float(n), thumb(140))
    for n in range(20, 60):
        still.take(float(n), thumb(n))
    still.end(60.0)

    assert still.spans == [[0.0, 12.0]]


def test_cuts_lie_apart_and_changes_of_scene_come_first() -> None:
    """Ten minutes, a scene of 16 s, key pictures each 2 s: one cut a window, at scenes."""
    cuts = Cuts(600)
    for n in range(600 * 5):
        scene = n // 80
        cuts.take(n / 5, thumb(40 + scene * 37 % 170), n, n % 10 == 0)
    found = cuts.candidates()

    assert 11 <= len(found) <= 14
    assert all(b.time - a.time >= 20 for a, b in pairwise(found))
    assert all(one.time % 16 == 0 for one in found)
    assert found[0].digests == [int(found[0].time * 5) + k for k in range(3)]


def test_without_scenes_there_are_seams_all_the_same() -> None:
    """A lecture with one camera may be divided at any key picture."""
    cuts = Cuts(200)
    for n in range(200 * 5):
        cuts.take(n / 5, thumb(90), n, n % 50 == 0)

    assert len(cuts.candidates()) >= 4
    assert all(one.time % 10 == 0 for one in cuts.candidates())


def test_near_errors_melt_and_their_number_is_bounded() -> None:
    """Errors within two seconds are one stretch; a million of them give two hundred."""
    few, many = Errors(), Errors()
    for begin in (10.0, 10.5, 12.0, 40.0):
        few.take(begin, begin + 0.04)
    for n in range(100_000):
        many.take(n * 3.0, n * 3.0 + 0.04)

    assert few.stretches(60.0) == [
        {"begin": 10.0, "end": 12.04, "errors": 3},
        {"begin": 40.0, "end": 40.04, "errors": 1},
    ]
    assert len(many.stretches(1e6)) == MAX_SPANS
    assert sum(s["errors"] for s in many.stretches(1e6)) == 100_000


def test_the_words_of_a_subtitle_are_read_without_its_marks() -> None:
    """SubRip, ASS and MP4 each wrap their words in another way."""
    assert words_of("<i>你好</i>".encode(), "subrip").strip() == "你好"
    assert words_of("0,0,Default,,0,0,0,,{\\b1}你,好\\N吗".encode(), "ass").split() == [
        "你,好",
        "吗",
    ]
    assert words_of(b"\x00\x06" + "你好".encode() + b"styl", "mov_text") == "你好"
    assert words_of(b"\xff\xfe\x00", "subrip") == "\x00"
