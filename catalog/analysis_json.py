"""An analysis as JSON and back: how the books keep it and how the child that looks hands it over.

Strict about types and ranges, since both may come from a program that a stranger's file has led
astray; keys that nobody knows are passed over, so that an older program can read a newer book.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from typing import Any, get_args

from catalog.analysis import (
    Analysis,
    Box,
    Channels,
    Damage,
    DynamicRange,
    FieldOrder,
    Matrix,
    PictureAnalysis,
    SoundAnalysis,
    Span,
    Subtitles,
)

MAX_MANY = 100_000  # entries of one list
MAX_TEXT = 1_000  # characters


def to_json(analysis: Analysis) -> str:
    """The analysis as one line of JSON; equal analyses give equal lines."""
    return json.dumps(plain(analysis), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Analysis:
    """The analysis that `to_json` wrote. Raises ValueError where the text says anything else."""
    return analysis(json.loads(text))


def plain(said: Analysis) -> dict[str, Any]:
    """The analysis as dicts, lists, numbers and text; spans are pairs, a rate is "25/1"."""
    found = asdict(said)
    if said.picture and found["picture"]:
        rate = said.picture.rate
        found["picture"]["rate"] = f"{rate.numerator}/{rate.denominator}"
        found["picture"]["frozen"] = [[s.begin, s.end] for s in said.picture.frozen]
    for sound, one in zip(found["sounds"], said.sounds, strict=True):
        sound["silence"] = [[s.begin, s.end] for s in one.silence]
    return found


def analysis(said: Any) -> Analysis:
    """The analysis that `plain` said. Raises ValueError, naming the key, for anything else."""
    whole = _Said(said, "")
    picture = whole.said.get("picture")
    return Analysis(
        sha256=whole.text("sha256"),
        analyser=whole.text("analyser"),
        seconds=whole.number("seconds", least=0),
        promised=whole.number("promised", 0.0, least=0),
        picture=None if picture is None else _picture(_Said(picture, "picture.")),
        sounds=tuple(_sound(_Said(s, "sounds.")) for s in whole.many("sounds")),
        subtitles=tuple(_subtitles(_Said(s, "subtitles.")) for s in whole.many("subtitles")),
        damage=tuple(_damage(_Said(s, "damage.")) for s in whole.many("damage")),
        faststart=whole.flag("faststart", False),
    )


class _Said:
    """A mapping, each of whose values is asked for by name and kind."""

    def __init__(self, said: Any, place: str) -> None:
        if not isinstance(said, dict):
            raise ValueError(f"{place or 'analysis'}: {said!r:.80} is no mapping")
        self.said, self.place = said, place

    def _take(self, key: str, fits: Callable[[Any], bool], otherwise: Any) -> Any:
        value = self.said.get(key, otherwise)
        if value is None or not fits(value):
            raise ValueError(f"{self.place}{key}: {value!r:.80} is not what an analysis says")
        return value

    def text(self, key: str, otherwise: str | None = None) -> str:
        fits = lambda v: isinstance(v, str) and len(v) <= MAX_TEXT  # noqa: E731
        return str(self._take(key, fits, otherwise))

    def word(self, key: str, words: Any, otherwise: str | None = None) -> Any:
        return self._take(key, lambda v: isinstance(v, str) and v in get_args(words), otherwise)

    def number(self, key: str, otherwise: float | None = None, least: float = -math.inf) -> float:
        return float(self._take(key, lambda v: _is_number(v) and v >= least, otherwise))

    def whole(self, key: str, otherwise: int | None = None) -> int:
        return int(self._take(key, lambda v: type(v) is int and v >= 0, otherwise))

    def flag(self, key: str, otherwise: bool) -> bool:
        return bool(self._take(key, lambda v: isinstance(v, bool), otherwise))

    def many(self, key: str) -> list[Any]:
        fits = lambda v: isinstance(v, list | tuple) and len(v) <= MAX_MANY  # noqa: E731
        return list(self._take(key, fits, []))

    def spans(self, key: str) -> tuple[Span, ...]:
        pairs = self.many(key)
        if not all(
            isinstance(p, list | tuple) and len(p) == 2 and all(map(_is_number, p)) for p in pairs
        ):
            raise ValueError(f"{self.place}{key}: not all are pairs of seconds")
        return tuple(Span(float(begin), float(end)) for begin, end in pairs)

    def rate(self, key: str) -> Fraction:
        try:
            rate = Fraction(self.text(key))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"{self.place}{key}: {self.said[key]!r:.80} is no rate") from error
        if rate < 0:
            raise ValueError(f"{self.place}{key}: {rate} is below nothing")
        return rate


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _picture(said: _Said) -> PictureAnalysis:
    box = said.said.get("active")
    cuts = said.many("cuts")
    if not all(map(_is_number, cuts)):
        raise ValueError("picture.cuts: not all are seconds")
    return PictureAnalysis(
        index=said.whole("index"),
        pictures=said.whole("pictures"),
        rate=said.rate("rate"),
        steady=said.flag("steady", True),
        order=said.word("order", FieldOrder, "progressive"),
        marked=said.flag("marked", True),
        active=None if box is None else _box(_Said(box, "picture.active.")),
        dynamic_range=said.word("dynamic_range", DynamicRange, "sdr"),
        matrix=said.word("matrix", Matrix, "bt601"),
        full_range=said.flag("full_range", False),
        noise=said.number("noise", 0.0, least=0),
        frozen=said.spans("frozen"),
        still=said.number("still", 0.0, least=0),
        cuts=tuple(map(float, cuts)),
        profile=said.text("profile", ""),
        level=said.whole("level", 0),
        bits=said.whole("bits", 0),
        chroma=said.text("chroma", ""),
        bit_rate=said.whole("bit_rate", 0),
        kept=said.whole("kept", 0),
    )


def _box(said: _Said) -> Box:
    return Box(said.whole("left"), said.whole("top"), said.whole("width"), said.whole("height"))


def _sound(said: _Said) -> SoundAnalysis:
    return SoundAnalysis(
        index=said.whole("index"),
        channels=said.word("channels", Channels),
        loudness=said.number("loudness", -70.0),
        loudness_range=said.number("loudness_range", 0.0, least=0),
        peak=said.number("peak", -70.0),
        gain=said.number("gain", 0.0),
        squeeze=said.flag("squeeze", False),
        silence=said.spans("silence"),
        profile=said.text("profile", ""),
    )


def _subtitles(said: _Said) -> Subtitles:
    return Subtitles(
        index=said.whole("index"),
        codec=said.text("codec"),
        text=said.flag("text", False),
        chinese=said.flag("chinese", False),
        lines=said.whole("lines"),
        language=said.text("language", ""),
        title=said.text("title", ""),
    )


def _damage(said: _Said) -> Damage:
    return Damage(said.number("begin"), said.number("end"), said.whole("errors"))
