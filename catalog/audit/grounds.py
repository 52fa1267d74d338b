"""From a number back to its records: what grounds mean as questions to the tables."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog import tables
from catalog.audit.answer import Grounds, Where
from catalog.circulation.numbers import count, read_numbers
from catalog.database import Connection, Row, events, programmes
from catalog.ledger import Event

TABLES: dict[str, sa.Table] = {
    table.name: table
    for table in (
        tables.sites, tables.drives, tables.productions, tables.deliveries, tables.movements,
        tables.requests, tables.screenings, tables.checks, programmes,
    )
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "": operator.eq, "!": operator.ne, ">=": operator.ge, "<=": operator.le, "<": operator.lt,
    ">": operator.gt,
}  # fmt: skip
_PIECE = 500


@dataclass(frozen=True, slots=True)
class Behind:
    """One event behind a number, and how much of the number it makes."""

    event: Event
    amount: int


def measured(connection: Connection, grounds: Grounds) -> int:
    """The number that these grounds give, counted now."""
    return sum(amount for _serial, amount in _amounts(connection, grounds))


def behind(connection: Connection, grounds: Grounds) -> tuple[Behind, ...]:
    """The events behind a number, in the order of the ledger, with the share of each."""
    shares: dict[int, int] = {}
    for serial, amount in _amounts(connection, grounds):
        shares[serial] = shares.get(serial, 0) + amount
    found = {event.serial: event for event in _events(connection, shares)}
    return tuple(Behind(found[one], shares[one]) for one in sorted(found))


def events_behind(connection: Connection, grounds: Grounds) -> tuple[Event, ...]:
    """The events behind a number, in the order of the ledger."""
    return tuple(one.event for one in behind(connection, grounds))


def _amounts(connection: Connection, grounds: Grounds) -> Iterator[tuple[int, int]]:
    table = TABLES[grounds.table]
    event = table.c[grounds.event]
    if grounds.amount == "receipts":
        one: Any = sa.select(sa.func.min(event), sa.literal(1)).group_by(table.c.receipt)
    elif grounds.amount == "rows":
        one = sa.select(event, sa.literal(1))
    else:
        one = sa.select(event, table.c[grounds.amount])
    for serial, amount in connection.execute(one.where(*conditions(table, grounds.where))):
        # Some columns hold the numbers of the copies, 1-7,9, and mean how many these are.
        yield serial, count(read_numbers(amount)) if isinstance(amount, str) else amount
    for taken in grounds.less:
        for serial, amount in _amounts(connection, taken):
            yield serial, -amount
    for beside in grounds.more:
        yield from _amounts(connection, beside)


def conditions(table: sa.Table, where: Where) -> Iterator[sa.ColumnElement[bool]]:
    """What `where` says, as conditions on a table."""
    for name, value in where:
        if name.startswith("delivery."):
            asked = ((name.removeprefix("delivery."), value),)
            inner = sa.select(tables.deliveries.c.number)
            inner = inner.where(*conditions(tables.deliveries, asked))
            yield table.c.delivery.in_(inner)
        elif (table.name, name) in _ROUNDABOUT:
            yield _ROUNDABOUT[table.name, name](value)
        else:
            yield _plain(table, name, value)


def _plain(table: sa.Table, name: str, value: Any) -> sa.ColumnElement[bool]:
    column = table.c[name.rstrip("<>=!")]
    if isinstance(value, tuple):
        return column.in_(value)
    compare = _COMPARE[name[len(column.name) :]]
    return compare(column, value)  # type: ignore[no-any-return]


def _with_content(column: str) -> Callable[[Any], sa.ColumnElement[bool]]:
    inner = sa.select(tables.contents.c.production)
    return lambda value: tables.deliveries.c.production.in_(
        inner.where(tables.contents.c[column] == value)
    )


def _in_township(value: Any) -> sa.ColumnElement[bool]:
    of_site = tables.deliveries.c.site
    inner = of_site.in_(sa.select(tables.sites.c.number).where(tables.sites.c.township == value))
    return inner if value else sa.or_(inner, of_site == 0)


def _drive_with(column: str) -> Callable[[Any], sa.ColumnElement[bool]]:
    inner = sa.select(tables.drive_contents.c.drive)
    return lambda value: tables.drives.c.id.in_(
        inner.where(tables.drive_contents.c[column] == value)
    )


def _drive_in(column: str) -> Callable[[Any], sa.ColumnElement[bool]]:
    inner = sa.select(tables.sites.c.number)
    return lambda value: tables.drives.c.holder.in_(inner.where(tables.sites.c[column] == value))


# What is asked of a row by way of another table.
_ROUNDABOUT: dict[tuple[str, str], Callable[[Any], sa.ColumnElement[bool]]] = {
    ("delivery", "programme"): _with_content("programme"),
    ("delivery", "subject"): _with_content("subject"),
    ("delivery", "township"): _in_township,
    ("drive", "programme"): _drive_with("programme"),
    ("drive", "subject"): _drive_with("subject"),
    ("drive", "township"): _drive_in("township"),
    ("drive", "county"): _drive_in("county"),
    ("screening", "township"): lambda value: tables.screenings.c.site.in_(
        sa.select(tables.sites.c.number).where(tables.sites.c.township == value)
    ),
    ("screening", "county"): lambda value: tables.screenings.c.site.in_(
        sa.select(tables.sites.c.number).where(tables.sites.c.county == value)
    ),
    ("request", "county"): lambda value: tables.requests.c.site.in_(
        sa.select(tables.sites.c.number).where(tables.sites.c.county == value)
    ),
}


def _events(connection: Connection, serials: Iterable[int]) -> Iterator[Event]:
    wanted = sorted({one for one in serials if one})
    for start in range(0, len(wanted), _PIECE):
        piece = wanted[start : start + _PIECE]
        for row in connection.execute(events.select().where(events.c.serial.in_(piece))):
            yield event_of(row)


def event_of(row: Row[Any]) -> Event:
    """An event as the ledger's table holds it."""
    when, about, told = datetime.fromisoformat(row.at), json.loads(row.subjects), row.details
    return Event(
        row.serial, when, row.kind, tuple(about), json.loads(told), row.previous, row.digest
    )


# -- grounds that several questions share ----------------------------------------------------------


def copies_sent(*where: Any) -> Grounds:
    """Copies that were delivered."""
    return Grounds("delivery", tuple(where), "copies")


def copies_held(*where: Any) -> Grounds:
    """Copies that were delivered and neither came back nor were lost."""
    gone = tuple((f"delivery.{name}", value) for name, value in where)
    less = Grounds("movement", (("kind", ("returned", "lost")), *gone), "copies")
    return Grounds("delivery", tuple(where), "copies", less=(less,))
