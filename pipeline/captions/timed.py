"""SRT and WebVTT -> cues: tolerant of what people's tools leave out, obeying nothing in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.captions.cue import Cue, cue

_TIME = r"(-?)(?:(\d{1,4}):)?(\d{1,3}):(\d{1,3})(?:[,.](\d{1,9}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-{{1,3}}>\s*{_TIME}(.*)", re.DOTALL)
_LONGEST_TIMES = 500  # letters of a line that may give times, with its settings
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>|<\d[\d:.]{4,15}>|</>")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_READING = re.compile(r"<rt>[^<]{0,200}(?:</rt>)?", re.IGNORECASE)  # small letters over others
_OVERRIDE = re.compile(r"\{[^{}\n]{0,300}\}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_TOP = re.compile(r"\\an[789]|\\a(?:5|6|7)(?!\d)")
_LINE_SETTING = re.compile(r"\bline:(-?\d{1,6})(?:\.\d{0,9})?(%?)")


def milliseconds(sign: str, hours: str, minutes: str, seconds: str, fraction: str) -> int:
    """A time out of its parts as text; any but the minutes and seconds may be empty or None."""
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    time = whole * 1000 + int(f"{fraction or 0:<03}"[:3])
    return -time if sign else time


def srt(text: str) -> Iterator[Cue]:
    """The cues of an SRT file. Times part them, as blank lines and numbers are often wrong.

    Raises TooLong for a cue that is too long.
    """
    lines = text.split("\n")
    found = [(n, match) for n, line in enumerate(lines) if (match := _times(line))]
    behind = [*(n for n, _match in found), len(lines)][1:]
    for (n, match), end in zip(found, behind, strict=True):
        body = lines[n + 1 : end]
        if end < len(lines):
            body = _without_number(body)
        if one := _cue(match, "\n".join(body), n + 1):
            yield one


def _without_number(body: list[str]) -> list[str]:
    """The lines of a cue without the number of the next one."""
    last = len(body)
    while last and not body[last - 1].strip():
        last -= 1
    if not last or not body[last - 1].strip().isdecimal():
        return body
    # A number right under the text with a blank line behind it is the text's own ("100").
    own = last >= 2 and body[last - 2].strip() and last < len(body)
    return body if own else body[: last - 1]


def vtt(text: str) -> Iterator[Cue]:
    """The cues of a WebVTT file; its notes, styles and regions are passed over.

    Raises TooLong for a cue that is too long.
    """
    lines = [*text.split("\n"), ""]
    number = 0
    while number < len(lines):
        match = _times(lines[number])
        number += 1
        if not match:
            continue
        begin = number
        while lines[number].strip() and "-->" not in lines[number]:
            number += 1
        if one := _cue(match, "\n".join(lines[begin:number]), begin):
            yield one


def _times(line: str) -> re.Match[str] | None:
    return _TIMES.match(line) if "->" in line and len(line) <= _LONGEST_TIMES else None


def _cue(match: re.Match[str], body: str, line: int) -> Cue | None:
    parts = match.groups()
    times = (milliseconds(*parts[0:5]), milliseconds(*parts[5:10]))
    top = bool(_TOP.search(body[:300])) or _at_top(parts[10])
    return cue(times, plain(body), top, line)


def _at_top(settings: str) -> bool:
    """Whether the settings of a WebVTT cue put it into the upper half: `line:1`, `line:10%`."""
    found = _LINE_SETTING.search(settings)
    if not found:
        return False
    return 0 <= int(found[1]) < (50 if found[2] else 7)


def plain(text: str) -> str:
    """Text without tags and overrides, its entities told."""
    text = _READING.sub("", _BREAK.sub("\n", text))
    text = _OVERRIDE.sub(lambda one: "" if "\\" in one[0] else one[0], _TAG.sub("", text))
    text = text.replace(r"\N", "\n").replace(r"\h", " ")
    return _ENTITY.sub(lambda one: html.unescape(one[0]), text)
