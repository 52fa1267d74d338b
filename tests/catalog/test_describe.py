"""What is known put together: people's words before the file's own, the file's before its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from catalog.describe import changes, describe, merge, missing
from catalog.programme import Episode, Programme, Rights, Source
from catalog.sheet import Entry

Make = Callable[..., Source]


def said(**fields: object) -> Entry:
    return Entry("s.csv", 2, replace(Programme("", ""), **fields))  # type: ignore[arg-type]


def test_the_order_of_trust(source: Make) -> None:
    """Sheet, then sidecar, then tags, then name; each fills what the one before left empty."""
    tags = (
        ("title", "标签里的题名"),
        ("ARTIST", "标签作者"),
        ("date", "2012-08"),
        ("album", "标签丛书"),
    )
    file = source("文件名 第2集.mpg", language="chi", tags=tags)
    sheet = said(title="表里的题名", rights=Rights("province"))
    sidecar = said(title="旁注题名", type="lecture", rights=Rights("national", date(2030, 1, 1)))
    known = describe(file, sheet, sidecar)

    assert known.programme == Programme(
        "",
        "表里的题名",
        type="lecture",
        language="zh",
        creator="标签作者",
        date="2012-08",
        series="标签丛书",
        rights=Rights("province", date(2030, 1, 1)),
    )
    assert known.episode == 2
    assert describe(file).programme.title == "标签里的题名"


def test_a_title_tag_that_is_none_gives_way_to_the_name(source: Make) -> None:
    """Track names, addresses and mojibake in tags."""
    assert describe(source("鱼病.mpg", tags=(("title", "Untitled 1"),))).programme.title == "鱼病"
    assert (
        describe(source("a.mpg", tags=(("title", "ÓãÀà²¡º¦·ÀÖÎ"),))).programme.title
        == "鱼类病害防治"
    )
    assert describe(source("鱼病.mpg", tags=(("title", "x" * 900),))).programme.title == "鱼病"


def test_a_row_tells_the_numbers_of_its_files(source: Make) -> None:
    """The place among the row's files, from the row's episode on; 上下 only where nobody tells."""
    row = Entry("s", 2, Programme("", "x"), ("b.mpg", "a.mpg"), 3)

    assert describe(source("a.mpg"), row).episode == 4
    assert (describe(source("x 下.mpg")).episode, describe(source("x 下.mpg")).part) == (3, "下")
    assert describe(source("x 下.mpg"), Entry("s", 2, Programme("", "x"), (), 7)).part == ""


def test_rights_never_widen_by_being_left_out() -> None:
    """An unknown scope leaves the known one, and an end of rights stays until another is told."""
    old = Programme("P1", "x", rights=Rights("province", date(2016, 12, 31)))

    assert merge(Programme("", ""), old).rights == old.rights
    assert merge(Programme("", "", rights=Rights("national")), old).rights.until == date(
        2016, 12, 31
    )
    assert (
        merge(Programme("", "", rights=Rights("national", date.max)), old).rights.until == date.max
    )


def test_what_is_still_to_be_told() -> None:
    """An empty programme lacks all; class numbers do for a subject."""
    full = Programme(
        "P1",
        "鱼病",
        (Episode(1, "a"),),
        class_numbers=("S942",),
        type="lecture",
        language="zh",
        rights=Rights("county"),
    )

    assert missing(Programme("P1", "00012")) == (
        "title",
        "subject",
        "type",
        "language",
        "rights_scope",
        "file",
    )
    assert missing(full) == ()


def test_changes_are_plain_values() -> None:
    """Before and after, field by field, as JSON knows them."""
    old = Programme("P1", "x", subject=("AGR",))
    new = replace(
        old,
        subject=("LIV",),
        rights=Rights("county", date(2030, 1, 1)),
        episodes=(Episode(1, "a"),),
    )

    assert changes(old, new) == {
        "subject": [["AGR"], ["LIV"]],
        "rights_scope": ["unknown", "county"],
        "rights_until": ["", "2030-01-01"],
        "episodes": [[], [[1, "a"]]],
    }
    assert changes(old, old) == {}
