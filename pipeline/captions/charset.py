"""Bytes of a subtitle file -> text: as sheets are read, and UTF-16 without its mark, and Big5."""

from __future__ import annotations

import codecs
import re

from catalog import characters
from catalog.problem import Problem, Refusal, refusal
from catalog.words import _
from pipeline.captions.cue import MOST_BYTES

# Controls that old programs leave (a NUL, an end-of-file mark); no letter of UTF-8, GB18030 or
# Big5 has such a byte.
_STRAY = bytes(sorted({*range(32), 127} - {*b"\t\n\r\x0b\x0c"}))
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LOOKED_AT = 1 << 16


def text_of(data: bytes, file: str) -> str:
    """The text of a subtitle file; `file` is its name for people.

    Raises Refusal where it is too large, is no text, or is damaged.
    """
    if len(data) > MOST_BYTES:
        wrong = _("larger than {limit} KiB").format(limit=MOST_BYTES // 1024)
        raise refusal(file, wrong, _("this is no subtitle file: name another one"))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, problems = _utf16(data, file)
    elif mark := _unmarked_utf16(data):
        text, problems = _utf16(mark + data, file)
    else:
        text, problems = _bytewise(data.translate(None, _STRAY), file)
    if problems:
        raise Refusal(problems)
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _utf16(data: bytes, file: str) -> tuple[str, list[Problem]]:
    big = data.startswith(codecs.BOM_UTF16_BE)
    try:
        text = data[2 : len(data) & ~1].decode("utf-16-be" if big else "utf-16-le")
    except UnicodeDecodeError:
        return characters.decode(data, file)  # which tells the line
    return _CONTROLS.sub("", text), []


def _unmarked_utf16(data: bytes) -> bytes:
    """The mark that UTF-16 lacks, told by the zeros in the digits and arrows of the times."""
    head = data[:_LOOKED_AT]
    if head.count(0) * 10 < len(head):
        return b""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if min(even, odd) * 4 > max(even, odd):
        return b""
    return codecs.BOM_UTF16_BE if even > odd else codecs.BOM_UTF16_LE


def _bytewise(data: bytes, file: str) -> tuple[str, list[Problem]]:
    text, problems = characters.decode(data, file)
    if data.isascii() or _is_utf8(data):
        return text, problems
    if _common(data, "big5hkscs") > _common(data, "gb18030"):
        return _CONTROLS.sub("", data.decode("big5hkscs", "strict")), []
    return text, problems


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# Where each character set keeps the characters that texts are made of: GB2312's first level and
# marks; Big5's marks and its frequent characters.
_USUAL = {
    "gb18030": re.compile(rb"[\xa1\xa3\xb0-\xd7][\xa1-\xfe]"),
    "big5hkscs": re.compile(rb"[\xa1\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
}
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\x7e\x80-\xfe]")


def _common(data: bytes, charset: str) -> float:
    """The share of a text's two-byte characters that are usual ones; -1 where it cannot be read."""
    try:
        data.decode(charset)
    except UnicodeDecodeError:
        return -1.0
    pairs = _PAIR.findall(data)
    usual = _USUAL[charset]
    return sum(bool(usual.fullmatch(pair)) for pair in pairs) / max(1, len(pairs))
