"""Every word on the screen is there in Chinese, with the same places to fill in."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from catalog import words

ROOT = Path(__file__).parents[2]


def said_in(room: str) -> set[str]:
    """All texts that the code of a room passes to `_`, and the descriptions a schema shows."""
    texts = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "_" and node.args and isinstance(node.args[0], ast.Constant):
                texts.add(str(node.args[0].value))
            if node.func.id == "Field":
                texts |= {
                    str(word.value.value)
                    for word in node.keywords
                    if word.arg == "description" and isinstance(word.value, ast.Constant)
                }
    return texts


def places(text: str) -> set[str]:
    return {
        field or ""
        for _lit, field, _spec, _conv in string.Formatter().parse(text)
        if field is not None
    }


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    books = {}
    for room in words.ROOMS:
        books |= words.read_po((ROOT / room / "zh.po").read_text("utf-8"))
    return books


@pytest.mark.parametrize("room", words.ROOMS)
def test_every_text_is_there_in_chinese(room: str, chinese: dict[str, str]) -> None:
    """No text of the code is missing from the PO files."""
    assert sorted(said_in(room) - set(chinese)) == []


def test_both_languages_fill_in_the_same(chinese: dict[str, str]) -> None:
    """A translation has exactly the places of its original."""
    wrong = [e for e, z in chinese.items() if e and "%" not in e and places(e) != places(z)]

    assert wrong == []


def test_a_po_file_is_read_with_its_continuation_lines() -> None:
    """Strings over several lines and escapes are read as gettext reads them."""
    text = 'msgid ""\nmsgstr ""\n"Language: zh\\n"\n\n#: a\nmsgid "a "\n"b"\nmsgstr "甲\\n"\n"乙"\n'

    assert words.read_po(text) == {"a b": "甲\n乙"}


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GB18030", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "C"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    """Chinese where the locale is Chinese, English elsewhere."""
    assert words.language_of(environment) == language
