"""Titles as names of files: what every file system takes, and still the title."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.bundle.names import LONGEST, plain, safe_name


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("秦腔《三滴血》", "秦腔《三滴血》"),
        ('a<b>c:d"e/f\\g|h?i*j', "a＜b＞c：d＂e／f＼g｜h？i＊j"),
        ("增收50%的$1办法", "增收50％的＄1办法"),
        ("第一行\n第二行\t末", "第一行 第二行 末"),
        ("左\u202e右\u200b零\ufeff宽", "左右零宽"),
        ("文件\ud800名\uffff", "文件名"),
        ("e\u0301te\u0301", "été"),
        ("  . .三滴血 . . ", "三滴血"),
        ("三滴血\u3000全本", "三滴血 全本"),
        ("con", "_con"),
        ("NUL.全集", "_NUL.全集"),
        ("lpt9 ", "_lpt9"),
        ("COM¹", "_COM¹"),
        ("console", "console"),
        ("CONIN$", "_CONIN＄"),
        ("...", "未命名"),
        ("", "未命名"),
        ("第1.5集", "第1.5集"),
    ],
)
def test_a_title_becomes_a_name_that_stays_readable(title: str, name: str) -> None:
    """What no file system takes is replaced or dropped; all else stays as people wrote it."""
    assert safe_name(title) == name


def test_a_long_title_is_cut_at_a_whole_character() -> None:
    """80 Chinese characters; a rare one of two units or a letter with its mark is never halved."""
    assert safe_name("秦" * 200) == "秦" * LONGEST
    assert safe_name("秦" * 79 + "𠀀腔") == "秦" * 79
    assert safe_name("abc" + "q\u0323\u0307", 5) == "abc"
    assert safe_name("ab cd", 3) == "ab"


@given(st.text(max_size=400), st.integers(3, 120))
@example("\u0338<", 10)
@example("=\u200d\u0338", 10)
@example("CON" + "\u0301" * 3, 4)
@settings(max_examples=500, derandomize=True, deadline=None)
def test_any_text_gives_a_name_that_all_take(title: str, longest: int) -> None:
    """No forbidden or unseen character, no device, no end that Windows drops, short enough."""
    name = safe_name(title, longest)

    assert 0 < units(name) <= longest
    assert len(name.encode()) <= 240
    assert not set(name) & set('<>:"/\\|?*%$\n\r\t')
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name)
    assert unicodedata.is_normalized("NFC", name)
    assert name == name.strip(" .")
    assert name.split(".")[0].rstrip().upper() not in ("CON", "PRN", "AUX", "NUL", "COM1", "LPT1")
    assert safe_name(name, longest) == name


@given(st.text(max_size=100))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_plain_text_is_one_line(text: str) -> None:
    """A value for a tag file is one line in UTF-8, and stays as it is the second time."""
    line = plain(text)

    assert line.splitlines() in ([], [line])
    assert line.encode().decode() == line
    assert plain(line) == line
