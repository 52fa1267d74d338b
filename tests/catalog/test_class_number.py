"""Class numbers: text, ordered digit by digit, one under another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.class_number import is_class_number, sort_key, tidy, under, with_dot

NUMBERS = st.from_regex(r"[SRJ][1-9]{1,2}([1-9](\.[1-9]{1,3})?)?(\+[1-9])?", fullmatch=True)


def test_the_order_of_the_shelf() -> None:
    """Letter, then digit by digit; signs come between the bare number and its next digit."""
    shelf = ["D922.32", "J617.5", "S", "S5", "S512", "S512.1", "S512.1-3", "S512.1(2)", "S512.1+1"]
    shelf += ["S512.11", "S52", "S6", "S823.9+2", "T4", "TP36"]

    assert sorted(set(shelf), key=sort_key) == shelf


@settings(max_examples=100, derandomize=True, deadline=None)
@given(NUMBERS, NUMBERS)
def test_what_lies_under_a_class_stands_beside_it(one: str, other: str) -> None:
    """No number that is not under a class stands between the class and what is under it."""
    if under(other, one):
        assert sort_key(one) <= sort_key(other)
    if under(other, one) and one != other:
        assert not under(one, other)


@pytest.mark.parametrize(
    ("number", "prefix", "lies"),
    [
        ("S823.9+2", "S8", True),
        ("S85", "S8", True),
        ("S52", "S512", False),
        ("S512", "S52", False),
        ("S512.1+1", "S512.1", True),
        ("S5121", "S512.1", True),
        ("TP36", "T", True),
        ("S8", "S8", True),
        ("S8", "S85", False),
        ("ｓ８２３", "s8", True),
        ("S8", "", False),
    ],
)
def test_one_number_lies_under_another(number: str, prefix: str, lies: bool) -> None:
    """A prefix of the digits, whatever dots, width and letter case."""
    assert under(number, prefix) is lies


@pytest.mark.parametrize(
    "number",
    [
        "S",
        "S5",
        "S62",
        "S512.1",
        "S512.1+1",
        "S823.9+2",
        "TP36",
        "TS976.34",
        "D922.32",
        "K892.26",
        "J617.5",
        "S-01",
        "I207.37(2)",
        "TP311.131.1",
    ],
)
def test_shapes_that_are_class_numbers(number: str) -> None:
    """Main class, digits with a dot after the third, auxiliary signs."""
    assert is_class_number(number)


@pytest.mark.parametrize(
    "text", ["", "823.9", "5.12E+02", "L12", "S5121", "S51.2", "S512.", "AGR", "S 小麦", "SS5"]
)
def test_shapes_that_are_none(text: str) -> None:
    """Bare numbers, letters that are no class, a dot at the wrong place, words."""
    assert not is_class_number(text)


def test_a_forgotten_dot_is_put_in() -> None:
    """The dot belongs after the third digit."""
    assert [with_dot(t) for t in ("S5121", "TP31112", "S512.1", "x")] == [
        "S512.1",
        "TP311.12",
        "",
        "",
    ]
    assert tidy(" ｓ823．9＋2 ") == "S823.9+2"
