"""Receipts without a signature, corrections, and numbers that are missing in a year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Grounds, Row, Table, page
from catalog.audit.asked import Asked, county_of, days_between
from catalog.audit.grounds import copies_sent, event_of
from catalog.audit.told import day_of, told
from catalog.circulation.numbers import together, without, written
from catalog.database import Connection, events
from catalog.ledger import Event
from catalog.tables import corrections as corrected
from catalog.tables import deliveries, productions, sites
from catalog.words import _

_NUMBERED = re.compile(r"(.*?)(\d{1,9})")
_UNSIGNED = (
    "number", "receipt", "recipient", "copies", "returned", "issued_on", "mode", "note",
)  # fmt: skip
# Said as it stands, not as a value: only so SQLite sees that the small index will do.
_NOT_SIGNED = deliveries.c.signed_on == sa.literal_column("''")


def unsigned(connection: Connection, asked: Asked) -> Table:
    """Receipts that did not come back signed, oldest first, and for how many days."""
    county = county_of(connection, asked)
    question = (
        sa.select(
            *(deliveries.c[name] for name in _UNSIGNED), productions.c.id.label("run"), sites.c.id,
            sites.c.name, sites.c.phone,
        )
        .join(productions, productions.c.number == deliveries.c.production)
        .join(sites, sites.c.number == deliveries.c.site, isouter=True)
        .where(_NOT_SIGNED, deliveries.c.copies > deliveries.c.returned)
        .order_by(deliveries.c.issued_on, deliveries.c.number)
    )  # fmt: skip
    if county:
        question = question.where(deliveries.c.county == county)
    if asked.since:
        question = question.where(deliveries.c.issued_on >= asked.first)
    begin = _after(asked.after)
    if begin:
        key = sa.tuple_(deliveries.c.issued_on, deliveries.c.number)
        question = question.where(key > sa.tuple_(*map(sa.literal, begin)))
    if asked.limit:
        question = question.limit(asked.limit + 1)
    found = list(connection.execute(question))
    shown = found[: asked.limit] if asked.limit else found
    following = f"{shown[-1].issued_on}-{shown[-1].number}" if len(found) > len(shown) else ""
    waited = {day: days_between(day, asked.today) for day in {row.issued_on for row in shown}}
    return Table(
        "unsigned", _("Deliveries whose receipt is not signed"),
        ("receipt", "site", "name", "production", "copies", "issued_on", "days", "mode", "note",
         "phone"),
        tuple(_open(row, waited[row.issued_on]) for row in shown), next=following,
    )  # fmt: skip


def _after(text: str) -> tuple[str, int] | None:
    day, _dash, number = text.rpartition("-")
    return (day, int(number)) if day and number.isdigit() else None


def _open(row: Any, days: int | str) -> Row:
    sent = copies_sent(("number", row.number))
    if row.returned:
        back = (("kind", "returned"), ("delivery", row.number))
        sent = replace(sent, less=(Grounds("movement", back, "copies"),))
    return (
        row.receipt, row.id or "", row.name or row.recipient, row.run,
        Cell(row.copies - row.returned, sent), row.issued_on,
        days, row.mode, row.note, row.phone or "",
    )  # fmt: skip


def corrections(connection: Connection, asked: Asked) -> Table:
    """Counter-entries of the period: which entry counts no more, and why."""
    pairs = {row.event: row.of for row in connection.execute(corrected.select())}
    about = {one.serial: one for one in _events(connection, [*pairs, *pairs.values()])}
    rows = tuple(
        (serial, day_of(one), of, told(about[of]) if of in about else "", _reason(one))
        for serial, of in sorted(pairs.items())
        if (one := about.get(serial)) and asked.first <= day_of(one) <= asked.today
    )
    part, following = page(rows, asked.limit, asked.after)
    columns = ("event", "on", "of", "what", "reason")
    return Table("corrections", _("Corrections"), columns, part, (), following)


def _reason(event: Event) -> str:
    return str(event.details.get("reason", ""))


def _events(connection: Connection, serials: list[int]) -> Iterator[Event]:
    for start in range(0, len(serials), 500):
        some = events.c.serial.in_(serials[start : start + 500])
        yield from map(event_of, connection.execute(events.select().where(some)))


def gaps(connection: Connection, asked: Asked) -> Table:
    """Receipt and accession numbers that are missing in the years of the period."""
    county = county_of(connection, asked)
    rows: list[Row] = []
    for year in range(int(asked.first[:4]), int(asked.today[:4]) + 1):
        for what, table, found in (
            (_("receipts"), "delivery", _receipts(connection, county, year)),
            (_("accession numbers"), "production", _accessions(connection, county, year)),
        ):
            rows += _missing(what, table, year, county, found)
    part, following = page(rows, asked.limit, asked.after)
    return Table(
        "gaps", _("Numbers that are missing"),
        ("year", "what", "begins_with", "first", "last", "found", "missing"),
        part, (_("numbers run from 1 by year; a corrected entry leaves its number empty"),),
        following,
    )  # fmt: skip


def _receipts(connection: Connection, county: int, year: int) -> Iterable[str]:
    question = sa.select(deliveries.c.receipt).distinct().where(*_in_year(year, county))
    return connection.execute(question).scalars()


def _in_year(year: int, county: int) -> Iterator[sa.ColumnElement[bool]]:
    yield deliveries.c.issued_on >= f"{year}-01-01"
    yield deliveries.c.issued_on <= f"{year}-12-31"
    if county:
        yield deliveries.c.county == county


def _accessions(connection: Connection, county: int, year: int) -> Iterable[str]:
    made = sa.and_(
        productions.c.made_on >= f"{year}-01-01", productions.c.made_on <= f"{year}-12-31"
    )
    question = sa.select(productions.c.id).where(made)
    if county:
        question = question.where(productions.c.county == county)
    return connection.execute(question).scalars()


def _missing(
    what: str, table: str, year: int, county: int, numbers: Iterable[str]
) -> Iterator[Row]:
    """A line for each series with a gap: all that stands before the last figures is its name."""
    series: dict[str, set[int]] = defaultdict(set)
    for text in numbers:
        if found := _NUMBERED.fullmatch(text):
            series[found[1]].add(int(found[2]))
    column, amount = ("receipt", "receipts") if table == "delivery" else ("id", "rows")
    day = "issued_on" if table == "delivery" else "made_on"
    for name, there in sorted(series.items()):
        last = max(there)
        absent = without(((1, last),), together((one, one) for one in there if one))
        where = [(f"{column}>=", name + "0"), (f"{column}<=", name + "9" * 10)]
        where += [(f"{day}>=", f"{year}-01-01"), (f"{day}<=", f"{year}-12-31")]
        if county:
            where.append(("county", county))  # type: ignore[arg-type]
        if absent:
            seen = Cell(len(there), Grounds(table, tuple(where), amount))
            yield year, what, name, min(there), last, seen, written(absent)
