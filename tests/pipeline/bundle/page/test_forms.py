"""The forms in a real Chromium: what a person fills in arrives in the books' values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.circulation.entries import Requested, Screened
from pipeline.bundle.bundle import Bundle, Offer, Watchable
from pipeline.bundle.feedback import Feedback, read_feedback
from pipeline.bundle.page.page import NAME, page
from pipeline.bundle.page.phone_code import read_phone_code

Made = tuple[Callable[..., Offer], Callable[..., Bundle], Callable[..., Watchable]]
HOSTILE = "</script><b>黄瓜</b> \"'\\ 😀 发黄"


@pytest.fixture
def opened(tab: Any, made: Made, tmp_path: Path) -> Any:
    """The page of a drive with forty programmes, its notes empty."""
    offer, bundle, _watchable = made
    where = tmp_path / NAME
    where.write_bytes(page(bundle(*(offer(n, f"节目{n}") for n in range(1, 41)))))
    tab.open(where)
    tab.does("localStorage.clear()")
    tab.open(where)
    return tab


def read(path: Path) -> tuple[Requested | Screened, ...]:
    found = read_feedback(path.read_bytes(), path.name, site="HX-T02", today=date.today())
    assert isinstance(found, Feedback), found
    assert (found.drive, found.site, found.edition) == ("HXD-T02", "HX-T02", "drive-2026-11")
    return found.entries


def code(tab: Any) -> Requested | Screened:
    """What the code that stands on the screen says at the other end of the phone."""
    programmes = [f"HX-P{n:04d}" for n in range(1, 41)]
    said = tab.texts(".box .code")[0]
    return read_phone_code(said, programmes, 3, site="HX-T02", today=date.today())


def test_a_request_in_own_words_becomes_a_file(opened: Any) -> None:
    """Whatever somebody writes comes back letter by letter; it is shown large to be read out."""
    opened.click("#tab-request")
    opened.type("#view-request textarea", HOSTILE)
    opened.click("#view-request .choice button", "农业科技")
    opened.type("#view-request .field:nth-of-type(4) input", "王某")
    opened.click("#view-request .go", "保存")
    saved = opened.saved()

    assert saved.name.startswith("需求-") and len(saved.name) == len("需求-20261123-1530.json")
    today = date.today()
    assert read(saved) == (Requested("", today, "HX-T02", HOSTILE, "王某", "AGR"),)
    assert HOSTILE in opened.texts(".box .aloud")[0]
    assert saved.name in opened.texts(".box ol")[0]
    assert "_delivery" in opened.texts(".box ol")[0]
    assert opened.does("document.querySelectorAll('.box b, .kept b').length") == 0


def test_a_wish_from_the_list_has_a_code_to_read_out(opened: Any) -> None:
    """For a subject or a programme alone, digits say all."""
    opened.click("#tab-request")
    opened.click("#view-request .choice button", "戏曲艺术")
    opened.click("#view-request .go", "保存")
    opened.wait("!!document.querySelector('.box .code')")
    assert code(opened) == Requested("", date.today(), "HX-T02", "戏曲艺术", "", "ART")

    opened.type("#view-request .picker input", "jm17")
    opened.click("#view-request .find", "17号")
    opened.click("#view-request .go", "保存")
    opened.wait("document.querySelectorAll('.kept > .one').length === 2")
    wanted = code(opened)
    assert isinstance(wanted, Requested)
    assert wanted.text == "想看这样的节目（HX-P0017）"


def test_a_screening_becomes_a_file_and_a_code(opened: Any) -> None:
    """Programmes by search, people in wide digits, kind by a button: file and code say the same."""
    opened.click("#tab-screening")
    for typed, number in (("节目8", 8), ("40", 40)):
        opened.type("#view-screening .picker input", typed)
        opened.click("#view-screening .find", f"{number}号")
    opened.type("#view-screening .field:nth-of-type(2) input", "８５人")
    opened.click("#view-screening .choice button", "村组放映")
    opened.type("#view-screening .field:nth-of-type(5) input", "陈某")
    opened.click("#view-screening .go", "保存")
    saved = opened.saved()
    told = Screened(
        "", "village_show", "HX-T02", date.today(), ("HX-P0008", "HX-P0040"), 85, "drive", "陈某"
    )

    assert saved.name.startswith("播放-")
    assert read(saved) == (told,)
    assert code(opened) == Screened(*(told.screening, told.what, told.site, told.on),
                                    told.programmes, told.attendance, told.medium)  # fmt: skip


def test_says_what_is_missing_before_it_saves(opened: Any) -> None:
    """Nothing is saved of a form that says nothing; each field says what it wants."""
    opened.click("#tab-screening")
    opened.click("#view-screening .go", "保存")
    assert opened.texts("#view-screening .wrong") == [
        "请选至少一个节目", "请写人数，比如 85", "请选一个",
    ]  # fmt: skip
    opened.click("#tab-request")
    opened.click("#view-request .go", "保存")
    assert opened.texts("#view-request .wrong") == ["请写一句想看什么，或者选一类"]
    assert list(opened.downloads.iterdir()) == []


def test_notes_are_kept_and_saved_together(opened: Any) -> None:
    """What was noted is there after the page is opened again, and all of it goes into one file."""
    opened.click("#tab-request")
    opened.type("#view-request textarea", "第一条")
    opened.click("#view-request .go", "保存")
    opened.saved().unlink()
    opened.open(opened.page)
    opened.click("#tab-request")
    opened.wait("!!document.querySelector('#view-request .kept .one')")
    opened.type("#view-request textarea", "第二条")
    opened.click("#view-request .go", "保存")

    texts = [one.text for one in read(opened.saved()) if isinstance(one, Requested)]
    assert texts == ["第一条", "第二条"]
    opened.click(".kept > .one button", "删掉")
    assert "第一条" in opened.texts(".kept > .one")[0]


def test_a_browser_that_keeps_nothing_still_saves(opened: Any) -> None:
    """Old browsers refuse storage to pages from a file; hostile storage is no better than none."""
    opened.does("localStorage.setItem('xiaxiang HXD-T02 3', '[1, null, {\"entry\": \"request\"}]')")
    opened.open(opened.page)
    opened.does("Storage.prototype.setItem = function () { throw new Error('no'); }")
    opened.click("#tab-request")
    opened.type("#view-request textarea", "要秦腔")
    opened.click("#view-request .go", "保存")

    assert [one.text for one in read(opened.saved()) if isinstance(one, Requested)] == ["要秦腔"]


def test_a_browser_that_saves_no_files_has_the_phone(opened: Any) -> None:
    """Where no file can be made, what to say by phone is all that is told."""
    opened.does("window.Blob = undefined")
    opened.click("#tab-request")
    opened.type("#view-request textarea", "要秦腔")
    opened.click("#view-request .go", "保存")

    assert "存不了文件，请打电话" in opened.texts(".box")[0]
    assert "要秦腔" in opened.texts(".box .aloud")[0]


def test_a_computer_whose_clock_has_stopped_asks_for_the_day(
    tab: Any, made: Made, tmp_path: Path
) -> None:
    """A clock before the day of the edition is not believed: the day is chosen by hand."""
    offer, bundle, _watchable = made
    where = tmp_path / NAME
    where.write_bytes(page(bundle(offer(1, "甲"), on=date(2090, 3, 1))))
    tab.open(where, "#request")
    tab.type("#view-request textarea", "要秦腔")
    tab.click("#view-request .go", "保存")

    assert tab.texts("#view-request .wrong") == ["请选好年、月、日"]
    assert "这台电脑的日期不对，请您自己选" in tab.texts("#view-request .hint")
