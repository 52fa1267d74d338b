"""How people say how a programme shall be shown: words of a sheet's cell -> a wish, and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

from catalog.cell import Cell
from catalog.characters import shown
from catalog.reading import Unclear
from catalog.subtitle_name import is_subtitle
from catalog.wishes import NONE, Wishes
from catalog.words import _

MOST_TRACKS = 32
_MOST_NAME = 200

# For each wish: our word for it, then what people write; the first Chinese word is ours too.
_WORDS: dict[str, dict[str, str]] = {
    "fields": {
        "progressive": "逐行 逐行扫描",
        "top": "上场先 上场优先 tff",
        "bottom": "下场先 下场优先 bff",
        "film": "电影 胶片",
    },
    "shape": {
        "letterbox": "完整 完整画面 加黑边",
        "centre-cut": "居中裁切 居中裁剪 center-cut",
    },
    "borders": {"keep": "保留 不裁", "crop": "裁去 裁掉 裁切"},
    "pace": {
        "speed-up": "加速 speedup",
        "blend": "混合 帧混合",
        "plain": "照原样 原样",
    },
    "denoise": {"none": "不 不降 不要 no", "gentle": "轻 轻度", "strong": "重 重度"},
    "loudness": {"keep": "不调 不 no", "level": "调 调整 yes"},
    "side": {"left": "左 左声道", "right": "右 右声道", "both": "双 双声道 左右"},
    "damage": {"accept": "接受 accepted yes"},
}
_NO_SUBTITLES = ("不要", "不", "无", "none", "no")

WISHES = tuple(field.name for field in fields(Wishes))


def wished(wishes: Wishes) -> dict[str, str | int]:
    """What somebody wished for, by name, ready for JSON; what is left open is not there."""
    return {name: value for name in WISHES if (value := getattr(wishes, name))}


def wish_word(name: str, value: str | int, chinese: bool) -> str:
    """A wish for the screen, in the words that a sheet takes."""
    if name == "subtitles" and value == "none":
        return _NO_SUBTITLES[0] if chinese else "none"
    known = _WORDS.get(name, {}).get(str(value))
    return known.split()[0] if known and chinese else str(value)


def readers() -> dict[str, Callable[[Cell], Any]]:
    """For each column of wishes the reader of its cells; they raise Unclear."""
    found: dict[str, Callable[[Cell], Any]] = {name: partial(_word, name) for name in _WORDS}
    return found | {"sound": read_sound, "subtitles": read_subtitles}


def read_sound(cell: Cell) -> int:
    """Which sound of a file, from 1."""
    number = _number(cell.text)
    if not number:
        wrong = _("{value} is no number of a sound").format(value=shown(cell.text))
        mend = _("write 1 for the first one, up to {most}; xiaxiang programme lists them")
        raise Unclear(wrong, mend.format(most=MOST_TRACKS))
    return number


def read_subtitles(cell: Cell) -> str:
    """`none`, the number of a track from 1, or the name of a subtitle file without its folder."""
    text = cell.text.strip()
    if _folded(text) in _NO_SUBTITLES:
        return "none"
    if number := _number(text):
        return str(number)
    name = text.replace("\\", "/").rsplit("/", 1)[-1]
    if is_subtitle(name) and len(name) <= _MOST_NAME and name.isprintable():
        return name
    wrong = _("{value} are no subtitles").format(value=shown(cell.text))
    raise Unclear(
        wrong, _("write 不要 (none), the number of a track, or the name of an .srt, .ass or .vtt")
    )


def _word(name: str, cell: Cell) -> str:
    known = _WORDS[name]
    said = _folded(cell.text)
    for value, words in known.items():
        if said in (value, *map(_folded, words.split())):
            return value
    wrong = _("{value} is not known here").format(value=shown(cell.text))
    choice = " / ".join(f"{words.split()[0]} {value}" for value, words in known.items())
    raise Unclear(wrong, _("write one of: {words}").format(words=choice))


def _number(text: str) -> int:
    """A track's number; 0 where it is none."""
    found = re.fullmatch(r"(?:第)?([0-9]{1,2})(?:条|轨)?", _folded(text))
    number = int(found[1]) if found else 0
    return number if number <= MOST_TRACKS else 0


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip().replace("_", "-")


def of(found: dict[str, Any]) -> Wishes:
    """The wishes among what was read of a row; takes them out of it."""
    return Wishes(**{name: found.pop(name) for name in WISHES if name in found}) if found else NONE
