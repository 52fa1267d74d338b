"""Bytes to text: which encoding, and which rows cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.characters import decode, read_bytes
from catalog.problem import Failure
from catalog.vocabulary import terms

WORDS = [term.zh for term in terms("subject") if len(term.zh) > 1]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.sampled_from(ENCODINGS))
def test_chinese_words_are_read_in_every_encoding(words: list[str], encoding: str) -> None:
    """Even a short list of words is told apart: UTF-8, GB18030, UTF-16 with its mark."""
    text = "title\n" + "\n".join(words)

    assert decode(text.encode(encoding), "f") == (text, [])


@pytest.mark.parametrize("word", ["影片", "片", "é", "café", "Ж", "naïve ½", "联通", "𠮷野"])
def test_both_kinds_of_short_words(word: str) -> None:
    """影片 in GB18030 is also valid UTF-8; lone letters with accents stay what they are."""
    assert decode(word.encode(), "f") == (word, [])
    if len(word) == 2:
        assert decode(word.encode("gb18030"), "f") == (word, [])


def test_a_damaged_row_of_utf8_is_named() -> None:
    """Where most rows are good UTF-8 the file is not taken for GB18030."""
    data = "题名\n鱼病\n".encode() + b"\xe9\xb1\n" + "羊病\n".encode()
    text, problems = decode(data, "f.csv")

    assert text == ""
    assert [(p.line, p.wrong) for p in problems] == [(3, "the characters cannot be read")]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a\nb\0c", 2),
        (b"a\n\xff\xff\xff\xff", 2),
        (b"\xff\xfea\0\n\0\x00\xd8", 2),
        (b"a\n\nb\x01", 3),
    ],
)
def test_what_is_no_text_is_refused_with_its_row(data: bytes, line: int) -> None:
    """NUL bytes, bytes of no encoding, half characters of UTF-16, control characters."""
    text, problems = decode(data, "f")

    assert (text, [p.line for p in problems]) == ("", [line])


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_text_or_told(data: bytes) -> None:
    """Every file gives text without control characters, or a problem."""
    text, problems = decode(data, "f")

    assert not (text and problems)
    assert text or problems or not data.strip(b"\xef\xbb\xbf\xff\xfe")
    assert not {"\0", "\x1b"} & set(text)


def test_a_disk_that_fails_is_a_failure(tmp_path: Path) -> None:
    """An error of the disk names the file and is not the person's mistake."""
    with pytest.raises(Failure, match="proc"):
        read_bytes(Path("/proc/self/mem"), 10)
