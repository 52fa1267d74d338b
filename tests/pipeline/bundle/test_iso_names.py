"""Chinese paths become names that each name space of a data disc can hold, and stay apart."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bundle.iso_names import DEEPEST, JOLIET_UNITS, IsoName, named

LONG = "大型秦腔历史剧" * 12  # 84 characters


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_keeps_a_chinese_path_as_it_is() -> None:
    """A usual title has its own name for Windows and for Linux; very old players see a number."""
    found = named(["戏曲/秦腔三滴血.mp4"])

    assert found == (
        IsoName(
            "戏曲/秦腔三滴血.mp4",
            "001/001.MP4",
            "戏曲/秦腔三滴血.mp4",
            "戏曲/秦腔三滴血.mp4",
            False,
        ),
    )


def test_a_film_its_poster_and_its_subtitles_keep_one_stem() -> None:
    """What belongs together has one name in every space, also where the title is cut."""
    paths = [f"戏曲/{LONG}{turn}.{end}" for turn in "甲乙" for end in ("mp4", "jpg", "vtt")]
    found = named(paths)

    for space in ("iso", "joliet", "rock_ridge"):
        stems = [getattr(one, space).rpartition(".")[0] for one in found]
        assert stems[:3] == stems[:1] * 3
        assert stems[3:] == stems[3:4] * 3
        assert stems[0] != stems[3]


def test_the_second_poster_belongs_to_the_second_film_though_the_first_has_none() -> None:
    """A number goes with the title, not with how many files of a kind there are."""
    found = named([f"{LONG}甲.mp4", f"{LONG}乙.mp4", f"{LONG}乙.jpg"])

    assert found[1].joliet.removesuffix(".mp4") == found[2].joliet.removesuffix(".jpg")


def test_two_long_titles_with_one_beginning_are_told_apart_before_the_ending() -> None:
    """Joliet holds 64 characters in all, its number and its ending with them."""
    first, second = named([f"{LONG}上.mp4", f"{LONG}下.mp4"])

    assert first.joliet == LONG[:60] + ".mp4"
    assert second.joliet == LONG[:56] + " (2).mp4"
    assert first.shortened
    assert second.shortened


def test_a_name_of_64_characters_is_whole() -> None:
    """The full length of the format, for Windows and Linux alike."""
    name = LONG[:60] + ".mp4"
    (found,) = named([name])

    assert units(name) == JOLIET_UNITS
    assert found == IsoName(name, "001.MP4", name, name, False)


def test_names_that_differ_only_in_case_are_told_apart() -> None:
    """Windows does not tell them apart."""
    found = named(["a/Film.mp4", "a/film.mp4", "a/FILM.MP4"])

    assert [one.joliet for one in found] == ["a/Film.mp4", "a/film (2).mp4", "a/FILM (3).MP4"]
    assert [one.iso for one in found] == ["A/FILM.MP4", "A/001.MP4", "A/002.MP4"]


def test_names_that_differ_only_in_normal_form_are_told_apart() -> None:
    """One of them would hide the other."""
    name = "café.mp4"
    found = named([unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)])

    assert [one.joliet for one in found] == ["café.mp4", "café (2).mp4"]


def test_a_folder_and_a_file_of_one_name_are_told_apart() -> None:
    """They lie side by side."""
    found = named(["戏曲", "戏曲/甲.mp4"])

    assert [one.joliet for one in found] == ["戏曲", "戏曲 (2)/甲.mp4"]


def test_a_folder_named_like_a_file_with_its_ending_is_told_apart() -> None:
    """Only a file has an ending, yet both show one."""
    found = named(["甲.mp4", "甲.MP4/乙.mp4"])

    assert [one.joliet for one in found] == ["甲.mp4", "甲.MP4 (2)/乙.mp4"]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("问：答?*.mp4", "问：答？＊.mp4"),
        ("a;b.mp4", "a；b.mp4"),
        ("题名. .mp4", "题名. .mp4"),
        ("末尾. ", "末尾"),
        ("\u202e倒\u200b着.mp4", "倒着.mp4"),
        ("...", "_"),
        ("𠮷野家.mp4", "〓野家.mp4"),
    ],
)
def test_letters_that_a_system_refuses_are_replaced(given_name: str, kept: str) -> None:
    """By their full width, or not at all where they only lead astray."""
    (found,) = named([given_name])

    assert (found.joliet, found.rock_ridge) == (kept, kept)
    assert found.shortened == (given_name != kept)


def test_cuts_before_a_letter_never_between_it_and_its_mark() -> None:
    """A combining mark goes with its letter."""
    (found,) = named(["x" * 59 + "e\u0302\u0323\u0331y.mp4"])

    assert found.joliet == "x" * 59 + ".mp4"


def test_deep_paths_stay_within_what_old_windows_opens() -> None:
    """Each part gives way where the whole would be longer than 240."""
    deep = "/".join([LONG] * (DEEPEST - 1) + [f"{LONG}.mp4"])
    (found,) = named([deep])

    assert units(found.joliet) <= 240
    assert found.joliet.count("/") == DEEPEST - 1


def test_bare_names_number_titles_in_the_order_of_the_disc() -> None:
    """Players that know nothing better play in the order of the plan; plain names stay."""
    found = named(["z/丙.mp4", "z/甲.mp4", "z/乙.jpg", "z/readme.txt", "SHA256SUMS", "001/x.mp4"])

    assert [one.iso for one in found] == [
        "Z/001.MP4",
        "Z/002.MP4",
        "Z/003.JPG",
        "Z/README.TXT",
        "SHA256SUMS",
        "001/X.MP4",
    ]


@pytest.mark.parametrize("path", ["", "/a", "a/../b", "a//b", "a\\b", "a/" * DEEPEST + "b", "a\0b"])
def test_refuses_what_is_no_path_of_a_disc(path: str) -> None:
    """Paths come from our own plan: another one is our mistake."""
    with pytest.raises(ValueError, match="not a path of a data disc"):
        named([path])


def test_refuses_a_path_given_twice() -> None:
    """One of the two files would be lost."""
    with pytest.raises(ValueError, match="not a path of a data disc"):
        named(["a", "a"])


PART = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="/\\"),
    min_size=1,
    max_size=90,
).filter(lambda part: part not in (".", "..") and part[1:2] != ":")
PATHS = st.lists(st.lists(PART, min_size=1, max_size=4).map("/".join), max_size=8, unique=True)


@settings(max_examples=150, deadline=None)
@given(PATHS, st.sampled_from(["", "长" * 70]))
def test_any_paths_get_names_that_hold_and_differ(paths: list[str], start: str) -> None:
    """Within every limit, each its own in every space, the same again for the same paths."""
    paths = [f"{start}{path}" for path in paths if len(path) < 900]
    found = named(paths)

    assert named(paths) == found
    for space in ("iso", "joliet", "rock_ridge"):
        names = [getattr(one, space) for one in found]
        assert len({name.casefold() for name in names}) == len(names)
        assert [name.count("/") for name in names] == [path.count("/") for path in paths]
    for one in found:
        assert all(0 < units(part) <= JOLIET_UNITS for part in one.joliet.split("/"))
        assert one.rock_ridge == one.joliet
        assert all(
            re.fullmatch(r"[A-Z0-9_]{1,21}(\.[A-Z0-9]{1,8})?", p) for p in one.iso.split("/")
        )
        assert not set('*:;?\\<>"|\0') & set(one.joliet + one.rock_ridge)
        assert all(part == part.rstrip(". ") for part in one.joliet.split("/"))
