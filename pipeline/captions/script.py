"""ASS and SSA -> cues: the words and whether they stand at the top; all art is left away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.captions.cue import Cue, cue
from pipeline.captions.timed import milliseconds

_TIME = re.compile(r"\s*(-?)(\d{1,4}):(\d{1,3}):(\d{1,3})(?:[.:,](\d{1,9}))?\s*$")
_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect")
_MOST_FIELDS = 40
_MOST_STYLES = 5_000
_PIECES = re.compile(r"\{([^}]*)\}|((?:[^{\\]|\\.|\\$)+)", re.DOTALL)
_ALIGNED = re.compile(r"\\an([1-9])|\\a(\d{1,2})(?!\d)")
_PLACED = re.compile(r"\\(?:pos|move)\(\s*-?[\d.]{1,12}\s*,\s*(-?\d{1,6})")
_DRAWN = re.compile(r"\\p(\d{1,3})(?!\d)")
_HEIGHT = re.compile(r"playresy\s*:\s*(\d{1,6})", re.IGNORECASE)
_LEGACY_TOP = {5, 6, 7}  # SSA counts 1 to 3 at the bottom, then 5 to 7 at the top


def script(text: str) -> Iterator[Cue]:
    """The cues of an ASS or SSA file, in the file's order.

    Raises TooLong for a cue that is too long.
    """
    section, order = "", list(_FIELDS)
    styles: list[str] = ["name"]
    tops: dict[str, bool] = {}
    height = 288
    for number, line in enumerate(text.split("\n"), 1):
        word, _colon, rest = line.strip().partition(":")
        word = word.lower()
        if word.startswith("["):
            section = word
        elif match := _HEIGHT.match(line):
            height = int(match[1]) or height
        elif word == "format":
            names = [name.strip().lower() for name in rest.split(",")[:_MOST_FIELDS]]
            if "style" in section:
                styles = names
            elif names[-1:] == ["text"]:
                order = names[:-1]
        elif word == "style" and len(tops) < _MOST_STYLES:
            told = dict(zip(styles, (v.strip() for v in rest.split(",")), strict=False))
            tops[told.get("name", "")] = _style_at_top(told, "+" in section)
        elif word == "dialogue" and (one := _event(rest, order, (tops, height), number)):
            yield one


def _style_at_top(style: Mapping[str, str], counted_by_keypad: bool) -> bool:
    alignment = style.get("alignment", "")
    if not alignment.isdecimal() or len(alignment) > 2:
        return False
    return int(alignment) in ({7, 8, 9} if counted_by_keypad else _LEGACY_TOP)


def _event(
    rest: str, order: list[str], where: tuple[dict[str, bool], int], line: int
) -> Cue | None:
    values = rest.split(",", len(order))
    if len(values) <= len(order):
        return None
    told = dict(zip(order, values, strict=False))
    begin, end = _TIME.match(told.get("start", "")), _TIME.match(told.get("end", ""))
    # Karaoke programs write every syllable's fireworks as lines of their own, marked so.
    if not begin or not end or told.get("effect", "").strip().lower() == "fx":
        return None
    tops, height = where
    words, overrides = _told_apart(values[-1])
    top = _at_top(overrides, tops.get(told.get("style", "").strip().lstrip("*"), False), height)
    return cue((milliseconds(*begin.groups()), milliseconds(*end.groups())), words, top, line)


def _told_apart(text: str) -> tuple[str, str]:
    """The words of an event and its overrides; drawings are no words."""
    words, overrides, drawing = [], [], False
    closed = text.rfind("}") + 1  # a brace that stays open is a letter
    for match in _PIECES.finditer(text[:closed]):
        if match[2] is None:
            overrides.append(match[1])
            for drawn in _DRAWN.finditer(match[1]):
                drawing = int(drawn[1]) > 0
        elif not drawing:
            words.append(match[2])
    if not drawing:
        words.append(text[closed:])
    said = "".join(words).replace(r"\N", "\n").replace(r"\n", " ").replace(r"\h", " ")
    return said.replace(r"\{", "{").replace(r"\}", "}"), "".join(overrides)


def _at_top(overrides: str, styled: bool, height: int) -> bool:
    placed = _PLACED.search(overrides)
    if placed:
        return int(placed[1]) * 2 < height
    aligned = _ALIGNED.search(overrides)
    if not aligned:
        return styled
    return aligned[1] in ("7", "8", "9") if aligned[1] else int(aligned[2]) in _LEGACY_TOP
