"""A subtitle file's bytes -> its cues, whichever of the known forms it has."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog.characters import read_bytes
from catalog.problem import Problem, Refusal, refusal
from catalog.words import _
from pipeline.captions.charset import text_of
from pipeline.captions.cue import MOST_BYTES, MOST_CUES, MOST_LETTERS, Cue, TooLong
from pipeline.captions.script import script
from pipeline.captions.timed import srt, vtt

SUFFIXES = (".srt", ".vtt", ".ass", ".ssa")
_SCRIPT = re.compile(
    r"^(?:\[script info\]|\[events\]|dialogue: *(?:marked=)?\d)", re.IGNORECASE | re.MULTILINE
)
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NOT_CHINESE = re.compile("[\u3041-\u30fa\uac00-\ud7a3]")  # kana and hangul


@dataclass(frozen=True, slots=True)
class Survey:
    """How many lines (cues) a subtitle file has, and whether they are Chinese."""

    lines: int
    chinese: bool


def read(data: bytes, file: str) -> tuple[Cue, ...]:
    """The cues of a subtitle file, in order of time; at least one. `file` names it for people.

    Raises Refusal where it is no subtitle file, has none, or breaks a limit.
    """
    text = text_of(data, file)
    head = text.lstrip()[:6].upper()
    form = vtt if head == "WEBVTT" else script if _SCRIPT.search(text) else srt
    try:
        found = tuple(itertools.islice(form(text), MOST_CUES + 1))
    except TooLong as error:
        wrong = _("this subtitle has more than {most} characters").format(most=MOST_LETTERS)
        mend = _("divide it, or name another subtitle file")
        raise Refusal([Problem(file, error.args[0], "", wrong, mend)]) from error
    if not found:
        raise refusal(
            file,
            _("no subtitle with a time is found in it"),
            _("name an SRT, WebVTT or ASS file that a player shows"),
        )
    if len(found) > MOST_CUES:
        wrong = _("it has more than {most} subtitles").format(most=MOST_CUES)
        raise refusal(file, wrong, _("divide it into several files"))
    return tuple(sorted(found, key=lambda one: (one.begin, one.line)))


def pictures_refused() -> str:
    """What people are told of subtitles that are pictures."""
    return _(
        "its subtitles are pictures (PGS, VobSub), which are not burnt in: "
        "put an SRT or ASS file of the same name beside it"
    )


def chinese(texts: Iterable[str]) -> bool:
    """Whether subtitles are Chinese: at least half of those with letters hold Chinese characters
    (a line of another language may stand below), and few of them kana or hangul.
    """
    said = [text for text in texts if any(letter.isalpha() for letter in text)]
    other = sum(bool(_NOT_CHINESE.search(text)) for text in said)
    han = sum(bool(_HAN.search(text)) for text in said)
    return bool(said) and 2 * han >= len(said) and 5 * other <= han


def survey(path: Path) -> Survey:
    """What a subtitle file beside a programme holds. Raises Refusal where it cannot be used,
    Failure where the disk refuses to read.
    """
    data, problems = read_bytes(path, MOST_BYTES)
    if problems:
        raise Refusal(problems)
    cues = read(data, str(path))
    return Survey(len(cues), chinese(cue.text for cue in cues))
