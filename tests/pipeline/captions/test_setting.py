"""Captions fit the safe area and break where a reader would pause."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captions.setting import LARGE, ROOM, SMALL, lay, pages, settings
from pipeline.captions.timeline import Shown


def wide(text: str) -> float:
    """Chinese letters are square, the others about half as wide."""
    return sum(1.0 if ord(letter) > 0x2000 else 0.55 for letter in text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("亦或是一个利用学校学习的机会", ["亦或是一个利用学校学习的机会"]),
        (
            "我们一直坚信每个人都应该有机会获得高等教育",
            ["我们一直坚信每个人都", "应该有机会获得高等教育"],
        ),
        (
            "今年的苹果，收成比去年好多了，大家都很高兴。",
            ["今年的苹果，收成比去年好多了，", "大家都很高兴。"],
        ),
        (
            "“这就是我们的家，”他说，“我哪儿也不去。”",
            ["“这就是我们的家，”", "他说，“我哪儿也不去。”"],
        ),
        ("- 你好吗？\n- 我很好", ["- 你好吗？", "- 我很好"]),
        ("打开 http://www.nongye.cn/ 下载第3期", ["打开 http://www.nongye.cn/", "下载第3期"]),
    ],
)
def test_breaks_where_a_reader_would(text: str, lines: list[str]) -> None:
    """After marks, at spaces, never inside everyday words, in lines of even length."""
    assert list(lay(text, wide)[1]) == lines


def test_letters_are_large_unless_the_text_is_long() -> None:
    """Two large lines, else two smaller, else three."""
    assert lay("字" * 30, wide)[0] == LARGE
    assert (lay("字" * 32, wide)[0], len(lay("字" * 32, wide)[1])) == (SMALL, 2)
    assert (lay("字" * 48, wide)[0], len(lay("字" * 48, wide)[1])) == (SMALL, 3)


def test_many_short_lines_flow_together() -> None:
    """Four lines that would cover the picture become one where they are short."""
    assert lay("你好\n再见\n又见\n不见", wide) == (LARGE, ("你好 再见 又见 不见",))


def test_what_is_too_long_is_shown_in_pages() -> None:
    """Nothing is lost: pages of three lines follow one another, each its share of the time."""
    text = "这是一条很长很长的字幕，" * 8 + "字" * 160
    shown = settings([Shown(0, 10_000, text)], wide)

    assert shown[0].begin == 0
    assert shown[-1].end == 10_000
    assert all(a.end == b.begin for a, b in itertools.pairwise(shown))
    assert all(len(page.lines) <= 3 for page in shown)
    assert "".join(line for page in shown for line in page.lines) == text
    assert all(page.lines[-1].endswith("，") for page in shown[:4])


letters = st.text(
    st.sampled_from("我们的苹果，。！《》（）—…“”abcXYZ 01.,-'&\n☆") | st.characters(codec="utf-8"),
    min_size=1,
    max_size=120,
)


@given(letters)
def test_any_text_is_kept_and_fits(text: str) -> None:
    """No letter is lost or added but spaces, and no line is wider than its room."""
    text = "\n".join(line.strip() for line in text.split("\n") if line.strip()) or "字"
    size, lines = lay(text, wide)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(wide(line) * size <= ROOM + 1e-6 for line in lines)


@given(st.text(st.sampled_from("我们种苹果好吃，。！》）"), min_size=20, max_size=60))
def test_no_line_begins_with_a_closing_mark(text: str) -> None:
    """As printers have always done, as long as there are letters before the mark."""
    if text[0] in "，。！》）" or any(
        sum(c in "，。！》）" for c in text[i : i + 9]) > 4 for i in range(60)
    ):
        return

    assert all(line[0] not in "，。！》）" for line in lay(text, wide)[1])


def test_two_languages_are_kept_apart() -> None:
    """They never share a line, and where both do not fit the Chinese stays."""
    short = "你好，朋友\nHello, my friend"
    long = "你说这件事情到底应该怎么办才好呢？\n" + "What shall we do about this? " * 3

    assert pages(short, wide) == [(LARGE, ("你好，朋友", "Hello, my friend"))]
    assert pages(long, wide) == [(LARGE, ("你说这件事情到底", "应该怎么办才好呢？"))]
