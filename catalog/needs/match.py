"""Which programmes answer a request, the best first, and why; decides on values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from catalog.programme import Programme
from catalog.vocabulary import season_months, subject_matches, term, terms
from catalog.words import _

Ground = Literal["subject", "near-subject", "area", "keyword", "title", "season", "dialect", "off"]

# What each ground is worth. Words a villager used weigh as much as the officer's subject.
_WORTH: dict[Ground, float] = {
    "subject": 6, "near-subject": 2, "area": 1, "keyword": 3, "title": 1.5, "season": 1,
    "dialect": 4, "off": -2,
}  # fmt: skip
_MOST_TITLE = 4  # pairs of characters that count
_LEAST = 2.0  # below this nobody would see why it is suggested
_STANDARD = ("", "普通话", "汉语")
_LOCAL = re.compile("本地话|方言|土话|听不懂|家乡话")
# Pairs of characters that stand in every request and in many titles.
_EMPTY = frozenset(
    {
        *("我们", "想要", "要看", "看看", "没有", "有没", "一场", "几张", "几只", "多要", "片子"),
        *("光盘", "视频", "节目", "技术", "知识", "怎么", "什么", "户多", "的片", "的光", "放映"),
        *("想看", "想放"),
    }
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `dialect` is spoken where it was asked."""

    text: str
    subject: tuple[str, ...] = ()
    season: str = ""
    dialect: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A programme that may answer a request, its worth, and the grounds with what was found."""

    programme: Programme
    worth: float
    grounds: tuple[tuple[Ground, str], ...]

    @property
    def told(self) -> tuple[str, ...]:
        """The grounds in the language of the screen."""
        return tuple(_told(ground).format(what=what) for ground, what in self.grounds)


def match(wish: Wish, programmes: Iterable[Programme], most: int = 10) -> tuple[Match, ...]:
    """The programmes that may answer a wish, the best first.

    Grounds: the subject asked for or one below it; one beside it; the same area; a keyword of the
    programme in the words of the wish; pairs of characters that the title shares with them; a
    season that fits (one that does not takes away); local speech where it is wanted.
    """
    found = []
    for programme in programmes:
        grounds = tuple(_grounds(wish, programme))
        worth = sum(_WORTH[ground] * _times(ground, what) for ground, what in grounds)
        if worth >= _LEAST and any(g not in ("season", "off", "area") for g, _what in grounds):
            found.append(Match(programme, worth, grounds))
    return tuple(sorted(found, key=lambda one: (-one.worth, one.programme.id))[:most])


def _times(ground: Ground, what: str) -> int:
    """Each word counts; of the title not more than a few."""
    if ground not in ("keyword", "title"):
        return 1
    count = len(what.split())
    return min(count, _MOST_TITLE) if ground == "title" else count


def _grounds(wish: Wish, programme: Programme) -> Iterator[tuple[Ground, str]]:
    yield from _by_subject(wish, programme)
    said = _plain(wish.text)
    if words := [word for word in programme.keywords if len(word) > 1 and _plain(word) in said]:
        yield "keyword", " ".join(dict.fromkeys(words))
    if pairs := sorted((_pairs(said) & _pairs(_plain(programme.title))) - _EMPTY):
        yield "title", " ".join(pairs)
    months = season_months(wish.season) if wish.season else ()
    if months and programme.months:
        fits = not set(months).isdisjoint(programme.months)
        yield ("season" if fits else "off"), wish.season
    wanted = wish.dialect not in _STANDARD or _LOCAL.search(wish.text)
    if wanted and programme.dialect not in _STANDARD:
        yield "dialect", programme.dialect


def _by_subject(wish: Wish, programme: Programme) -> Iterator[tuple[Ground, str]]:
    """The nearest ground that the subjects asked for give."""
    for code in wish.subject:
        if subject_matches(programme, code):
            yield "subject", code
            return
    for code in wish.subject:
        known = term("subject", code)
        beside = {one.code for one in terms("subject") if known and one.broader == known.broader}
        shared = beside & set(programme.subject) if known and known.broader else set()
        if shared:
            yield ("near-subject" if "." in code else "area"), min(shared)
            return


def _pairs(text: str) -> set[str]:
    """Chinese characters two by two: the nearest to words without a dictionary."""
    runs = re.findall("[\u4e00-\u9fff]+", text)
    return {run[at : at + 2] for run in runs for at in range(len(run) - 1)}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _told(ground: Ground) -> str:
    told: dict[Ground, str] = {
        "subject": _("subject {what}"),
        "near-subject": _("a subject beside it: {what}"),
        "area": _("the same area: {what}"),
        "keyword": _("keyword {what}"),
        "title": _("words of the title: {what}"),
        "season": _("good in this season"),
        "dialect": _("spoken in {what}"),
        "off": _("not for this season"),
    }
    return told[ground]
