"""How pictures are woven, told by fields that comb: a bar moves over a textured ground."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.analysis.fields import Kind, is_film, kind, order, thinned

HEIGHT, WIDTH = 288, 352
GROUND = np.random.default_rng(4).integers(60, 90, (HEIGHT, WIDTH), dtype=np.uint8)


def at(instant: float, speed: float = 4.0) -> np.ndarray:
    """The picture at an instant, counted in fields."""
    picture = GROUND.copy()
    left = int(20 + instant * speed) % 300
    picture[60:220, left : left + 30] = 220
    return picture


def woven(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """A picture of two fields."""
    picture = top.copy()
    picture[1::2] = bottom[1::2]
    return picture


def kinds(pictures: list[np.ndarray]) -> list[Kind]:
    return [kind(thinned(a), thinned(b)) for a, b in pairwise(pictures)]


def telecined(first: int) -> list[np.ndarray]:
    """Film in 3:2 pulldown; `first` 0: top field first, 1: bottom field first."""
    fields = [at(5.0 * n / 2) for n in range(24) for _ in range(2 + n % 2)]
    pairs = list(zip(fields[::2], fields[1::2], strict=False))
    return [woven(*(pair if first == 0 else pair[::-1])) for pair in pairs]


def test_whole_pictures_are_progressive() -> None:
    """Every picture is of one instant."""
    assert set(kinds([at(2 * n) for n in range(20)])) == {"P"}


@pytest.mark.parametrize(("first", "expected"), [("top", "T"), ("bottom", "B")])
def test_the_order_of_woven_fields_is_seen(first: str, expected: Kind) -> None:
    """Two instants in each picture: which field is the earlier one shows in the next picture."""
    pairs = [(at(2 * n), at(2 * n + 1)) for n in range(20)]
    seen = kinds([woven(*(p if first == "top" else p[::-1])) for p in pairs])

    assert set(seen) <= {expected, "-"}
    assert seen.count(expected) > 15
    assert order([seen]) == first


@pytest.mark.parametrize("first", [0, 1])
def test_film_is_known_by_its_cadence(first: int) -> None:
    """Two of five pictures are put together of fields of two: 3:2 pulldown, in either order."""
    seen = kinds(telecined(first))

    assert is_film(seen)
    assert order([seen]) == "film"


def test_woven_pictures_have_no_cadence() -> None:
    """What is woven all through is no film."""
    assert not is_film(list("T" * 40))
    assert not is_film(list("PTTTP" * 1))
    assert order([list("T" * 40), list("PTttP" * 8)]) == "film"
    assert order([list("T" * 40), list("T" * 40), list("PTttP" * 8)]) == "top"


def test_what_stands_still_has_no_vote() -> None:
    """A slide says nothing, and neither does noise on it."""
    noise = np.random.default_rng(1)
    still = [
        np.clip(at(0) + noise.normal(0, 4, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
        for _ in range(6)
    ]

    assert set(kinds(still)) == {"-"}
    assert order([kinds(still)]) == "progressive"


def test_a_few_combed_pictures_weave_no_programme() -> None:
    """Cross-faded or torn pictures among many whole ones change nothing."""
    assert order([list("P" * 30 + "TTB")]) == "progressive"
    assert order([list("TB" * 20)]) == "progressive"
    assert order([]) == "progressive"
