"""What has gone wrong in real reports, looked for in the records and lines of this one.

Nothing is stopped by it: each doubt says what to look at before the paper goes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

import sqlalchemy as sa

from catalog.database import Connection
from catalog.report.figures import Figures
from catalog.report.grounds import Record
from catalog.report.lines import ReportLine
from catalog.report.names import title_of
from catalog.tables import deliveries, productions, screenings, sites
from catalog.words import _

MANY = 100  # smaller numbers may well be the same two years running
MOST = 50  # doubts of one kind that are listed

# 灵武市, but not 全县, 县城, 集市.
_PLACE = re.compile(
    r"[一-鿿]{1,4}(?<![全我本各该邻在到])(?:县(?![城级里内直乡])|(?<![集城都门上超夜早])市(?![场民区]))"
)
_BEFORE = "在到往去来"  # words before a place that are not of its name
_POINTS = re.compile(r"(\d+)\s*个?(村级服务点|村级站点|乡镇服务点|社区服务点)")
_NO_DATE = re.compile(r"年[^年月日，,。]{1,4}日[^年月日，,。]{0,4}日|年[^年月日，,。]{1,4}日")


@dataclass(frozen=True, slots=True, order=True)
class Doubt:
    """Something to look at: of which `kind`, what it says, and the events concerned."""

    kind: str
    told: str
    serials: tuple[int, ...] = ()


def year_before(day: date) -> date:
    """The same day a year earlier; of 29 February the 28th."""
    last = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
    return last.replace(year=day.year - 1)


def doubts(
    connection: Connection, found: Figures, before: Figures, written: Iterable[ReportLine]
) -> tuple[Doubt, ...]:
    """All that is doubtful about a report; `before` are the figures of a year earlier."""
    lines = tuple(written)
    kinds = (
        same_as_before(found, before),
        missing_amounts(found, lines),
        broken_dates(connection, found),
        broken_dates_said(lines),
        other_counties(connection, found),
        other_counties_said(connection, found, lines),
        points_said(connection, found, lines),
        unbalanced(connection, found),
        crowds(connection, found),
        wrong_places(found),
    )
    return tuple(chain.from_iterable(tuple(sorted(set(kind)))[:MOST] for kind in kinds))


def same_as_before(found: Figures, before: Figures) -> Iterator[Doubt]:
    """Totals that are to the last digit those of a year earlier."""
    for name, value in found.values.items():
        if value >= MANY and value == before.values[name]:
            told = _("{figure}: {value}, exactly as in the same days a year before")
            yield Doubt("same-as-last-year", told.format(figure=title_of(name), value=value))


def missing_amounts(found: Figures, written: Iterable[ReportLine]) -> Iterator[Doubt]:
    """Lines that cannot be written, runs without copies, screenings without people."""
    for line in written:
        if line.lacking:
            told = _("line {line} is left out: nothing is recorded for {figure}")
            called = [title_of(name) if name in found.values else name for name in line.lacking]
            yield Doubt("missing-amount", told.format(line=line.id, figure="、".join(called)))
    named = ("disc_copies_made", "leaflet_copies", *_ATTENDANCE)
    for record in (r for name in named for r in found[name].records if r.amount <= 0):
        told = _("{paper} ({day}) has no amount").format(paper=record.paper, day=record.on)
        yield Doubt("missing-amount", told, record.serials)


_ATTENDANCE = ("lecture_attendance", "community_attendance", "school_attendance")


def broken_dates(connection: Connection, found: Figures) -> Iterator[Doubt]:
    """Days that are none, so that their records are in no period; signatures before the issue."""
    named: tuple[tuple[sa.Column[str], sa.Column[str], sa.Column[int], sa.Column[int]], ...] = (
        _day_of(deliveries, "receipt", "issued_on"),
        _day_of(productions, "id", "made_on"),
        (screenings.c.id, screenings.c.held_on, screenings.c.event, sites.c.county),
    )
    for paper, day, event, county in named:
        question = sa.select(paper, day, event).where(day.not_like("____-__-__"))
        if day.table is screenings:
            question = question.outerjoin_from(
                screenings, sites, sites.c.number == screenings.c.site
            )
        for number, said, serial in connection.execute(
            question.where(_ours(found, county)).limit(MOST)
        ):
            told = _("{paper}: {day} is no date; it is counted nowhere")
            yield Doubt("broken-date", told.format(paper=number, day=said or "—"), (serial,))
    for record in _all(found):
        if wrong := _impossible(record):
            yield Doubt("broken-date", wrong, record.serials)


def _day_of(
    table: sa.Table, paper: str, day: str
) -> tuple[sa.Column[str], sa.Column[str], sa.Column[int], sa.Column[int]]:
    return table.c[paper], table.c[day], table.c.event, table.c.county


def _ours(found: Figures, county: sa.Column[int]) -> sa.ColumnElement[bool]:
    return county == found.county if found.several else sa.true()


def _impossible(record: Record) -> str:
    try:
        date.fromisoformat(record.on)
    except ValueError:
        return _("{paper}: there is no day {day}").format(paper=record.paper, day=record.on)
    if record.signed_on and record.signed_on < record.on:
        told = _("{paper} was signed on {signed}, before it was issued on {day}")
        return told.format(paper=record.paper, signed=record.signed_on, day=record.on)
    return ""


def broken_dates_said(written: Iterable[ReportLine]) -> Iterator[Doubt]:
    """Dates in the wording that lack their month or have a day twice: 二○一○年十一日八日."""
    for line in written:
        for said in _NO_DATE.finditer(line.text):
            told = _("line {line}: {said} is no whole date").format(line=line.id, said=said[0])
            yield Doubt("broken-date", told)


def other_counties(connection: Connection, found: Figures) -> Iterator[Doubt]:
    """Places that were served and whose region code is another county's."""
    s = sites.c
    if not found.code:
        return
    question = sa.select(s.id, s.name, s.code).where(
        s.code != "", s.code.not_like(f"{found.code[:6]}%"), _ours(found, s.county)
    )
    strange = {row.id: row for row in connection.execute(question)}
    for record in _all(found):
        if row := strange.get(record.site):
            told = _("{paper}: {site} has the code {code} of another county")
            said = told.format(paper=record.paper, site=row.name, code=row.code)
            yield Doubt("other-county", said, record.serials)


def other_counties_said(
    connection: Connection, found: Figures, written: Iterable[ReportLine]
) -> Iterator[Doubt]:
    """Counties and cities in the wording that the register does not know."""
    lines = [line for line in written if _PLACE.search(line.text)]
    if not lines:
        return
    names = connection.execute(sa.select(sites.c.name).where(_ours(found, sites.c.county)))
    known = "\n".join((found.unit, *(row.name for row in names)))
    for line in lines:
        for said in _PLACE.findall(line.text):
            if not any(said[start:] in known for start in range(len(said) - 1)):
                told = _("line {line}: {place} is not a place of this register")
                yield Doubt("other-county", told.format(line=line.id, place=said.lstrip(_BEFORE)))


def points_said(
    connection: Connection, found: Figures, written: Iterable[ReportLine]
) -> Iterator[Doubt]:
    """Numbers of service points in the wording that are not those of the register."""
    s = sites.c
    levels = {"村级": ("village", "community"), "乡镇": ("township",), "社区": ("community",)}
    for line in written:
        for count, what in _POINTS.findall(line.text):
            question = sa.select(sa.func.count()).where(
                s.level.in_(levels[what[:2]]), s.closed_on == "", _ours(found, s.county)
            )
            there = connection.execute(question).scalar_one()
            if there != int(count):
                told = _("line {line}: {count} {what}; the register knows {there}")
                said = told.format(line=line.id, count=count, what=what, there=there)
                yield Doubt("count", said)


def unbalanced(connection: Connection, found: Figures) -> Iterator[Doubt]:
    """Runs whose copies do not add up: made = issued + in stock + scrapped."""
    p = productions.c
    question = sa.select(p.id, p.made, p.issued, p.in_stock, p.scrapped, p.event).where(
        p.made != p.issued + p.in_stock + p.scrapped, _ours(found, p.county)
    )
    for row in connection.execute(question.limit(MOST)):
        told = _("{paper}: {made} made, but {issued} issued, {stock} in stock, {scrapped} scrapped")
        said = told.format(
            paper=row.id, made=row.made, issued=row.issued, stock=row.in_stock,
            scrapped=row.scrapped,
        )  # fmt: skip
        yield Doubt("count", said, (row.event,))


def crowds(connection: Connection, found: Figures) -> Iterator[Doubt]:
    """Screenings with more people than live there."""
    s, c = sites.c, screenings.c
    question = (
        sa.select(c.id, c.attendance, c.event, s.name, s.population)
        .join_from(screenings, sites, s.number == c.site)
        .where(c.held_on.between(found.begin.isoformat(), found.end.isoformat()))
        .where(s.population > 0, c.attendance > s.population, _ours(found, s.county))
    )
    for row in connection.execute(question.limit(MOST)):
        told = _("{paper}: {people} people in {site}, where {population} live")
        said = told.format(
            paper=row.id, people=row.attendance, site=row.name, population=row.population
        )
        yield Doubt("count", said, (row.event,))


def wrong_places(found: Figures) -> Iterator[Doubt]:
    """Community shows at what is no community, and school shows at what is no venue."""
    for name, level in (("community_shows", "community"), ("school_shows", "venue")):
        for record in found[name].records:
            if record.level != level:
                told = _("{paper} ({figure}) was held at {site}, which the register has as {level}")
                said = told.format(
                    paper=record.paper, figure=title_of(name), site=record.name or "—",
                    level=record.level or "—",
                )  # fmt: skip
                yield Doubt("count", said, record.serials)


def _all(found: Figures) -> Iterator[Record]:
    """The records whose days lie in the period, each paper once or a few times."""
    for name in ("disc_copies_made", "disc_copies_issued", "leaflet_copies", *_ATTENDANCE):
        yield from found[name].records
