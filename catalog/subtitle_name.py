"""Which video a subtitle file belongs to, told by their names alone; reads no disk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TypeVar

T = TypeVar("T")

ENDINGS = (".srt", ".ass", ".ssa", ".vtt")
# What stands between a video's name and the ending: a code such as zh, chs or zh-CN, words that
# subtitle groups write, several of them joined. Three in a row are as much as anybody writes.
_WORD = (
    r"(?:[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}|big5|gb|utf-?8|chinese|english|forced|default"
    r"|[简繁][体中英]?|中[文字英]?|英文?|双语|中文?字幕|字幕)"
)
_SUFFIX = re.compile(rf"{_WORD}(?:[&+_,]{_WORD})*")
_MOST_SUFFIXES = 3


def is_subtitle(name: str) -> bool:
    """A file of subtitles, by its ending: SRT, ASS, SSA or VTT."""
    return PurePath(name).suffix.lower() in ENDINGS


def by_name(videos: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    """Videos (file name, and anything) under what a subtitle file of theirs may be called."""
    found: dict[str, tuple[T, ...]] = {}
    for name, video in videos:
        # Some players want the video's whole name before the ending: 羊病.mp4.srt.
        for key in (_plain(PurePath(name).stem), _plain(name)):
            found[key] = (*found.get(key, ()), video)
    return found


def belonging(subtitle: str, videos: Mapping[str, tuple[T, ...]]) -> tuple[T, ...]:
    """The videos (see by_name) a subtitle file belongs to: those of its own name, else those whose
    name stands in it before a language (羊病.zh.srt, 羊病.chs&eng.srt); the longest name wins.
    Letter case and ways to write the same letter do not count.
    """
    cuts = _cuts(_plain(PurePath(subtitle).stem))
    return next((videos[cut] for cut in cuts if cut in videos), ())


def _cuts(name: str) -> list[str]:
    found = [name]
    for _time in range(_MOST_SUFFIXES):
        rest, dot, suffix = found[-1].rpartition(".")
        if not (dot and rest and _SUFFIX.fullmatch(suffix.replace("_", "-"))):
            break
        found.append(rest)
    return found


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
