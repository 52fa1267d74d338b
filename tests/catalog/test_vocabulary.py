"""The code lists: looked up, suggested, and subjects held against programmes."""

from __future__ import annotations

import pytest

from catalog.class_number import is_class_number
from catalog.programme import Programme
from catalog.vocabulary import (
    Scheme,
    is_subject,
    lookup,
    months_between,
    narrower,
    season_months,
    subject_matches,
    suggestions,
    term,
    terms,
)


def test_the_table_is_whole() -> None:
    """Every broader code exists, every class has the shape of one, codes are unique."""
    subjects = terms("subject")
    codes = [known.code for known in subjects]

    assert len(codes) == len(set(codes)) == 65
    assert {known.broader for known in subjects} <= {*codes, ""}
    assert [c for known in subjects for c in known.classes if not is_class_number(c)] == []


@pytest.mark.parametrize(
    ("scheme", "word", "code"),
    [
        ("subject", "agr.greenhouse", "AGR.GREENHOUSE"),
        ("subject", "温棚（设施）栽培", "AGR.GREENHOUSE"),
        ("subject", "地方戏", "ART.LOCAL"),
        ("subject", "Field Crops", "AGR.CROP"),
        ("subject", "x", None),
        ("rights_scope", "本省", "province"),
        ("resource_type", "讲座", "lecture"),
        ("audience", " 妇女", "women"),
        ("language", "chi", "zh"),
        ("language", "普通话", "zh"),
        ("season", "冬季", "winter"),
    ],
)
def test_words_and_codes_are_found(scheme: Scheme, word: str, code: str | None) -> None:
    """A code in any case, Chinese with either brackets or without what is in them, English."""
    found = lookup(scheme, word)

    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("scheme", "word", "code"),
    [
        ("subject", "AGR.GRENHOUSE", "AGR.GREENHOUSE"),
        ("subject", "蔬菜种植", "AGR.VEG"),
        ("subject", "温鹏", "AGR.GREENHOUSE"),
        ("rights_scope", "全国范围", "national"),
    ],
)
def test_the_nearest_word_is_suggested_first(scheme: Scheme, word: str, code: str) -> None:
    """A slip of the pen, a word too many, a wrong character."""
    assert suggestions(scheme, word)[0].code == code


def test_seasons_have_the_months_of_the_table() -> None:
    """As the notes of the table say; all year is no months."""
    seasons = {known.code: season_months(known.code) for known in terms("season")}

    assert seasons == {
        "spring": (2, 3, 4),
        "summer": (5, 6, 7),
        "autumn": (8, 9, 10),
        "winter": (1, 11, 12),
        "all": (),
    }
    assert months_between(11, 3) == (1, 2, 3, 11, 12)


@pytest.mark.parametrize(
    ("subject", "classes", "wanted", "is_one"),
    [
        (("AGR.GREENHOUSE",), (), "AGR.GREENHOUSE", True),
        (("AGR.GREENHOUSE",), (), "AGR", True),
        (("AGR",), (), "AGR.GREENHOUSE", False),
        (("LIV.SHEEP",), ("S62",), "AGR.GREENHOUSE", False),  # its own codes go before its classes
        ((), ("S626.5",), "AGR.GREENHOUSE", True),
        ((), ("S52",), "AGR.WHEAT", False),
        ((), ("X956",), "SCI", True),  # a class of what is below SCI
        (("ART.LOCAL",), (), "J8", True),  # no class numbers: those of its subject
        (("ART.LOCAL",), ("J617.5",), "J8", False),
        (("LIV.CATTLE",), ("S823.9+2",), "S8", True),
        ((), (), "AGR", False),
    ],
)
def test_programmes_are_held_against_subjects(
    subject: tuple[str, ...], classes: tuple[str, ...], wanted: str, is_one: bool
) -> None:
    """By code with what is below it, by class prefix, and each by way of the other."""
    programme = Programme("P1", "x", subject=subject, class_numbers=classes)

    assert subject_matches(programme, wanted) is is_one


def test_what_can_be_wanted() -> None:
    """Codes, words and class prefixes; nothing else."""
    assert [is_subject(w) for w in ("AGR", "蔬菜", "S8", "S823.9+2", "xyz", "")] == [True] * 4 + [
        False
    ] * 2
    assert {"LIV", "LIV.PIG"} <= narrower("AGR")
    assert term("subject", "agr") is None
