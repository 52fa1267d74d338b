"""The year of a county: holidays, solar terms, seasons, days without delivery, fairs.

Days of the moon and the sun are data (lunar_days.csv, Beijing time); what a county makes of them is
data too (calendar.csv, and a file of the same form in a workspace). It knows no clock.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast, get_args

from catalog.characters import shown
from catalog.problem import Problem, Refusal, refusal
from catalog.table import read_table
from catalog.words import _, speaking

Kind = Literal["holiday", "blackout", "window", "season", "fair"]
_COLUMNS = ("kind", "name_zh", "name_en", "from", "to", "places")
_TITLES = dict(
    zip(("类别", "名称", "英文名称", "开始", "结束", "地点"), _COLUMNS, strict=True)
)  # what a county writes above the columns
_KINDS = {
    "放假": "holiday",
    "停送": "blackout",
    "更新期": "window",
    "农时": "season",
    "展会": "fair",
}
_FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_YEARLY = re.compile(r"(\d{2})-(\d{2})")
_ANCHOR = re.compile(r"([\u4e00-\u9fff]{2})(?:([+-])(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Span:
    """Days with a meaning, the last one included; `places` are ids of sites, none: everywhere."""

    kind: Kind
    zh: str
    en: str
    begin: date
    end: date
    places: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name in the language of the screen."""
        return self.zh if speaking() == "zh" or not self.en else self.en

    def holds(self, day: date, places: Sequence[str] = ()) -> bool:
        """Whether a day lies in it, at one of these places."""
        there = not self.places or not set(self.places).isdisjoint(places)
        return self.begin <= day <= self.end and there


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of calendar.csv: days named by solar terms, feasts or dates, yearly or once."""

    kind: Kind
    zh: str
    en: str
    begin: str
    end: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The spans of some years, by their first day."""

    spans: tuple[Span, ...]

    def at(self, day: date, kind: Kind, places: Sequence[str] = ()) -> Span | None:
        """The span of a kind that a day lies in; of several the one that ends last."""
        found = [s for s in self.spans if s.kind == kind and s.holds(day, places)]
        return max(found, key=lambda s: s.end, default=None)

    def barred(self, day: date, places: Sequence[str] = ()) -> Span | None:
        """Why nothing is delivered on a day, if so."""
        return self.at(day, "blackout", places) or self.at(day, "holiday", places)

    def open_from(self, day: date, places: Sequence[str] = ()) -> date:
        """The first day, from `day` on, on which something is delivered."""
        while span := self.barred(day, places):
            day = span.end + timedelta(days=1)
        return day


def calendar(on: date, own: Iterable[Rule] = ()) -> Calendar:
    """The calendar around a day: its year, the one before and the one after.

    A county's `own` rules take the place of the shipped ones of their kind and name. Raises Refusal
    for a year that lunar_days.csv does not know.
    """
    own = tuple(own)
    years = sorted(_days())
    if not years[0] < on.year < years[-1]:
        mend = _("choose a day between {first} and {last}")
        told = mend.format(first=years[0] + 1, last=years[-1] - 1)
        raise refusal(on.isoformat(), _("the calendar does not know this year"), told)
    around = range(on.year - 1, on.year + 2)
    rules = {(rule.kind, rule.zh): rule for rule in _shipped()}
    mine = {(rule.kind, rule.zh) for rule in own}
    kept = [rule for key, rule in rules.items() if key not in mine]
    spans = (_span(rule, year) for rule in (*kept, *own) for year in around)
    known = {span for span in spans if span}
    return Calendar(tuple(sorted(known, key=lambda s: (s.begin, s.end, s.kind, s.zh))))


def read_rules(path: Path) -> tuple[Rule, ...]:
    """A county's own rows, CSV or XLSX with the columns of calendar.csv, in Chinese or English;
    or a Refusal with every mistake on its line.
    """
    table = read_table(path)
    problems = list(table.problems)
    columns = [_TITLES.get(head.strip(), head.strip().lower()) for head in table.header]
    for head, column in zip(table.header, columns, strict=True):
        if column not in _COLUMNS:
            mend = _("write: {words}").format(words=", ".join(_TITLES))
            wrong = _("no column of this name is known")
            problems.append(Problem(table.file, table.header_row, shown(head), wrong, mend))
    rules: list[Rule] = []
    for row in table.rows if not problems else ():
        said = dict(zip(columns, (cell.text for cell in row.cells), strict=True))
        rule, wrongs = _rule(said)
        problems += [Problem(table.file, row.number, *wrong) for wrong in wrongs]
        rules.append(rule)
    if problems:
        raise Refusal(problems)
    return tuple(rules)


def terms_of(year: int) -> dict[str, date]:
    """The feasts and solar terms of a year by their Chinese names; empty for an unknown year."""
    return _days().get(year, {})


def _rule(said: dict[str, str]) -> tuple[Rule, list[tuple[str, str, str]]]:
    kind = _KINDS.get(said.get("kind", ""), said.get("kind", ""))
    begin = said.get("from", "")
    end = said.get("to", "") or begin
    wrongs = []
    if kind not in get_args(Kind):
        mend = _("write one of: {words}").format(words=", ".join(_KINDS))
        wrongs.append(("kind", _("{value} is not known here").format(value=shown(kind)), mend))
    if not said.get("name_zh"):
        wrongs.append(("name_zh", _("is empty"), _("write how it is called")))
    for key, value in (("from", begin), ("to", end)):
        if not _understood(value):
            wrong = _("{value} is no day of the calendar").format(value=shown(value))
            mend = _("write it like 2012-12-03, 10-01, 芒种 or 春节+6")
            wrongs.append((key, wrong, mend))
    once = [bool(_FULL.fullmatch(value)) for value in (begin, end)]
    if not wrongs and (once[0] != once[1] or (once[0] and begin > end)):
        wrong = _("{end} is not a day after {begin}").format(end=shown(end), begin=shown(begin))
        wrongs.append(("to", wrong, _("write both days alike, the first one first")))
    places = tuple(one.strip() for one in re.split("[;；]", said.get("places", "")) if one.strip())
    name = said.get("name_zh", "")
    return Rule(cast(Kind, kind), name, said.get("name_en", ""), begin, end, places), wrongs


def _understood(value: str) -> bool:
    year = 2012  # has a 29 February
    try:
        return _day(value, year) is not None
    except ValueError:
        return False


def _span(rule: Rule, year: int) -> Span | None:
    """A rule in a year, over the year's end if need be; None where it does not apply."""
    try:
        begin, end = _day(rule.begin, year), _day(rule.end, year)
        if begin and end and end < begin:
            end = _day(rule.end, year + 1)
    except ValueError:  # 29 February in a year without
        return None
    if begin is None or end is None or end < begin:
        return None
    return Span(rule.kind, rule.zh, rule.en, begin, end, rule.places)


def _day(value: str, year: int) -> date | None:
    """The day that is meant by `2012-12-03`, `10-01` or `春节+6`; None where none is."""
    if found := _FULL.fullmatch(value):
        return date(*map(int, found.groups()))
    if found := _YEARLY.fullmatch(value):
        return date(year, int(found[1]), int(found[2]))
    found = _ANCHOR.fullmatch(value)
    known = terms_of(year).get(found[1]) if found else None
    if known is None or found is None:
        return None
    return known + timedelta(days=int(f"{found[2] or ''}{found[3] or 0}"))


@cache
def _shipped() -> tuple[Rule, ...]:
    return tuple(_rule(row)[0] for row in _rows("calendar.csv"))


@cache
def _days() -> dict[int, dict[str, date]]:
    return {
        int(row["year"]): {
            name: date.fromisoformat(f"{row['year']}-{day}")
            for name, day in row.items()
            if name != "year"
        }
        for row in _rows("lunar_days.csv")
    }


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader((files("catalog") / name).read_text("utf-8").splitlines())
