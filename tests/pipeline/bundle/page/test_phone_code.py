"""Digits read out by phone: what they say, and that a slip of the tongue is noticed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.circulation.entries import Requested, Screened
from catalog.problem import Refusal
from pipeline.bundle.page.phone_code import areas, check_digits, read_phone_code

TODAY = date(2026, 11, 23)
PROGRAMMES = tuple(f"HX-P{n:04d}" for n in range(1, 41))


def read(digits: str, number: int = 3) -> Requested | Screened:
    return read_phone_code(digits, PROGRAMMES, number, site="HX-T02", today=TODAY)


def whole(digits: str) -> str:
    return digits + check_digits(digits)


def test_reads_a_wish_for_a_subject_and_for_a_programme() -> None:
    """The area's place in the table and the programme's number on the page say what is wanted."""
    place = [code for code, _name in areas()].index("ART") + 1
    area = read(whole(f"1031120{place:02d}"))
    like = read(whole("20311200040"))

    assert area == Requested("", date(2026, 11, 20), "HX-T02", "戏曲艺术", "", "ART")
    assert like == Requested("", date(2026, 11, 20), "HX-T02", "想看这样的节目（HX-P0040）")


def test_reads_a_screening_however_it_is_grouped() -> None:
    """Kind, people and programmes; blanks and dashes are only for the eye."""
    digits = whole("3031121500085200020040")
    said = "-".join(digits[n : n + 4] for n in range(0, len(digits), 4))

    assert read(f" {said} ") == Screened(
        "", "village_show", "HX-T02", date(2026, 11, 21), ("HX-P0002", "HX-P0040"), 85, "drive"
    )


def test_a_day_that_has_not_come_was_last_year() -> None:
    """The code has no year: it is the last such day; 29 February is looked for in leap years."""
    assert read(whole("20312310001")).on == date(2025, 12, 31)
    assert read(whole("20302290001")).on == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("2031120004000", "a digit is wrong or missing"),
        ("", "a digit is wrong or missing"),
        ("二零三一一二零零零四零", "a digit is wrong or missing"),
        ("1" * 5000, "a digit is wrong or missing"),
        (whole("20411200040"), "belongs to edition 04"),
        (whole("20311200041"), "no programme number 41"),
        (whole("20311200000"), "no programme number 0"),
        (whole("20313400001"), '1340 is no day'),
        (whole("103112099"), "no subject number 99"),
        (whole("90311200001"), "no code of a drive's page"),
        (whole("3031121900085" + "1" + "0001"), "no code of a drive's page"),
        (whole("3031121500085" + "2" + "0001"), "no code of a drive's page"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be(digits: str, said: str) -> None:
    """A wrong code is refused with what is wrong with it."""
    with pytest.raises(Refusal) as refusal:
        read(digits)

    assert said in str(refusal.value)


@given(st.text("0123456789", min_size=9, max_size=30), st.data())
def test_one_wrong_digit_and_two_changed_ones_are_noticed(digits: str, data: st.DataObject) -> None:
    """No single wrong digit and no swap of neighbours leaves the check digits right."""
    code = whole(digits)
    at = data.draw(st.integers(0, len(code) - 2))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != code[at]]))
    wrong = code[:at] + other + code[at + 1 :]
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]

    assert check_digits(wrong[:-2]) != wrong[-2:]
    assert swapped == code or check_digits(swapped[:-2]) != swapped[-2:]
