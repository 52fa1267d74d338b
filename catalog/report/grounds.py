"""The records behind the figures of a report, each with the serials of its events.

A figure is the sum of the amounts of its records, so that the number and its proof cannot part.
Days are ISO texts and compare as such.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from catalog.circulation.numbers import count, read_numbers
from catalog.database import Connection, programmes
from catalog.tables import deliveries, movements, productions, screenings, sites

DISCS = ("disc", "data-disc")
LEAFLETS = ("leaflet",)


@dataclass(frozen=True, slots=True)
class Record:
    """One record behind a figure. `paper` is its number (receipt, production, screening), `what`
    the title or the kind of screening, `key` what is counted once where kinds are counted,
    `amount` what it adds to the figure, `serials` the events that wrote it.
    """

    paper: str
    on: str
    what: str
    amount: int
    key: str = ""
    site: str = ""
    name: str = ""
    level: str = ""
    signed_by: str = ""
    signed_on: str = ""
    serials: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report is about, both included, and the number of the county (0: all)."""

    begin: str
    end: str
    county: int = 0

    def within(self, day: sa.Column[str], county: sa.Column[int]) -> sa.ColumnElement[bool]:
        """A row's day lies in the period, and the row belongs to the county."""
        return sa.and_(day.between(self.begin, self.end), self.of_county(county))

    def of_county(self, county: sa.Column[int]) -> sa.ColumnElement[bool]:
        """A row belongs to the county."""
        return county == self.county if self.county else sa.true()


def once(records: Iterable[Record]) -> tuple[Record, ...]:
    """The same records, each key counted with its first record."""
    seen: set[str] = set()
    counted = []
    for record in records:
        counted.append(replace(record, amount=int(record.key not in seen)))
        seen.add(record.key)
    return tuple(counted)


def made(connection: Connection, period: Period, kinds: Sequence[str]) -> tuple[Record, ...]:
    """Runs made in the period, by their copies."""
    p = productions.c
    question = (
        sa.select(p.id, p.made_on, p.title, p.made, p.event)
        .where(period.within(p.made_on, p.county), p.kind.in_(kinds))
        .order_by(p.made_on, p.id)
    )
    return tuple(
        Record(row.id, row.made_on, row.title, row.made, row.title, serials=(row.event,))
        for row in connection.execute(question)
    )


def issued(connection: Connection, period: Period, kinds: Sequence[str]) -> tuple[Record, ...]:
    """Lines of receipts of the period, by their copies; what had come back by its end is not
    counted. A signature of a later day is not yet one.
    """
    d, p, s = deliveries.c, productions.c, sites.c
    back = _moved(period.end, "returned", movements.c.delivery)
    question = (
        sa.select(
            d.receipt, d.issued_on, d.copies, d.recipient, d.signed_by, d.signed_on,
            d.event, d.signed_event, p.title, s.id, s.name, s.level,
            sa.func.coalesce(back.c.copies, 0).label("back"), back.c.last,
        )
        .join_from(deliveries, productions, p.number == d.production)
        .outerjoin(sites, s.number == d.site)
        .outerjoin(back, back.c.of == d.number)
        .where(period.within(d.issued_on, d.county), p.kind.in_(kinds))
        .order_by(d.issued_on, d.receipt, d.number)
    )  # fmt: skip
    return tuple(_issue(row, period.end) for row in connection.execute(question))


def _issue(row: Any, end: str) -> Record:
    signed = bool(row.signed_on) and row.signed_on <= end
    serials = (row.event, row.signed_event if signed else 0, row.last or 0)
    return Record(
        row.receipt, row.issued_on, row.title, row.copies - row.back, row.title,
        row.id or "", row.name or row.recipient, row.level or "",
        row.signed_by if signed else "", row.signed_on if signed else "",
        tuple(serial for serial in serials if serial),
    )  # fmt: skip


def _moved(end: str, kind: str, by: sa.Column[int], *also: sa.ColumnElement[bool]) -> sa.Subquery:
    """How many copies were returned or restocked until a day, by delivery or production."""
    m = movements.c
    return (
        sa.select(
            by.label("of"),
            sa.func.sum(m.copies).label("copies"),
            sa.func.max(m.event).label("last"),
        )
        .where(m.kind == kind, m.on_day <= end)
        .group_by(by)
        .subquery()
    )


def in_stock(connection: Connection, period: Period, kinds: Sequence[str]) -> tuple[Record, ...]:
    """What lay in stock at the end of the period, run by run."""
    p, d = productions.c, deliveries.c
    out = (
        sa.select(d.production.label("of"), sa.func.sum(d.copies).label("copies"))
        .where(d.issued_on <= period.end)
        .group_by(d.production)
        .subquery()
    )
    again = _moved(period.end, "restocked", movements.c.production)
    gone = _scrapped_from_stock(connection, period.end)
    left = p.made - sa.func.coalesce(out.c.copies, 0) + sa.func.coalesce(again.c.copies, 0)
    question = (
        sa.select(p.number, p.id, p.made_on, p.title, p.event, left.label("left"))
        .outerjoin_from(productions, out, out.c.of == p.number)
        .outerjoin(again, again.c.of == p.number)
        .where(p.made_on <= period.end, p.kind.in_(kinds), period.of_county(p.county))
        .order_by(p.made_on, p.id)
    )
    return tuple(
        Record(
            row.id, row.made_on, row.title, row.left - gone.get(row.number, 0), row.id,
            serials=(row.event,),
        )
        for row in connection.execute(question)
    )  # fmt: skip


def _scrapped_from_stock(connection: Connection, end: str) -> dict[int, int]:
    """Copies of each run that were scrapped out of the stock; returned ones lay beside it."""
    m = movements.c
    question = sa.select(m.production, m.copies, m.from_back).where(
        m.kind == "scrapped", m.on_day <= end
    )
    gone: dict[int, int] = {}
    for row in connection.execute(question):
        of_stock = row.copies - count(read_numbers(row.from_back))
        gone[row.production] = gone.get(row.production, 0) + of_stock
    return gone


def shown(connection: Connection, period: Period, kind: str = "") -> tuple[Record, ...]:
    """Screenings of the period, by their attendance; of one kind, or of all."""
    c, s = screenings.c, sites.c
    question = (
        sa.select(c.id, c.held_on, c.kind, c.attendance, c.recorded_by, c.event,
                  s.id.label("site"), s.name, s.level)
        .join_from(screenings, sites, s.number == c.site, isouter=True)
        .where(period.within(c.held_on, s.county))
        .order_by(c.held_on, c.id)
    )  # fmt: skip
    if kind:
        question = question.where(c.kind == kind)
    return tuple(
        Record(
            row.id, row.held_on, row.kind, row.attendance, row.id, row.site or "", row.name or "",
            row.level or "", row.recorded_by, serials=(row.event,),
        )
        for row in connection.execute(question)
    )  # fmt: skip


def of_subjects(connection: Connection, period: Period, areas: Collection[str]) -> set[str]:
    """Ids of the period's screenings that showed a programme of one of these subject areas."""
    p, c = programmes.c, screenings.c
    wanted = {
        row.id
        for row in connection.execute(sa.select(p.id, p.subject))
        if any(code.partition(".")[0] in areas for code in listed(row.subject))
    }
    question = sa.select(c.id, c.programmes).where(c.held_on.between(period.begin, period.end))
    found = connection.execute(question)
    return {row.id for row in found if wanted.intersection(listed(row.programmes))}


def listed(text: str) -> list[str]:
    """Codes or ids of a column that holds several, as JSON or parted by blanks and the like."""
    if text.startswith("["):
        return [str(each) for each in json.loads(text)]
    return [each for each in re.split(r"[\s;,，；、|]+", text) if each]
