"""Numbers as work reports write them: always down, and never more than two leading digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.report.rounding import how_many, punctuated, rounded, tens


@pytest.mark.parametrize(
    ("value", "suffix", "written"),
    [
        (0, "多", "0"), (6, "多", "6"), (16, "余", "16"), (99, "余", "99"), (100, "余", "100"),
        (101, "余", "100余"), (246, "余", "240余"), (300, "多", "300"), (2050, "多", "2000多"),
        (2700, "余", "2700"), (4068, "多", "4000多"), (14230, "余", "14000余"),
        (12999, "多", "12000多"), (999_999, "余", "990000余"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_as_in_the_house(value: int, suffix: str, written: str) -> None:
    """The examples of real reports, and their neighbours."""
    assert rounded(value, suffix) == written  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (9, "9"), (10, "10"), (11, "10余"), (20, "20"), (97, "90余"), (246, "240余")],
)
def test_tens_are_written_where_a_line_asks_for_them(value: int, written: str) -> None:
    """10余场, but 10场 where it is ten."""
    assert tens(value) == written


@given(st.integers(0, 10**9))
def test_no_number_is_claimed_that_was_not_reached(value: int) -> None:
    """What is written is at most the number, off by less than a tenth, and says so."""
    written = rounded(value, "余")
    said = int(written.removesuffix("余"))

    assert said <= value < said * 1.1 + 1
    assert written.endswith("余") == (said < value)


def test_small_numbers_are_spoken_and_marks_are_full_width() -> None:
    """两个, 十个, 11个; commas and brackets of formal papers."""
    assert [how_many(n) for n in (1, 2, 3, 10, 11)] == ["一", "两", "三", "十", "11"]
    assert punctuated("16场(次),好", "fullwidth") == "16场（次），好"
    assert punctuated("16场(次),好", "ascii") == "16场(次),好"
