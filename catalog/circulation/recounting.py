"""The sums kept of deliveries, counted again; and all rows made again from the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from catalog import ledger, tables
from catalog.circulation.entries import Corrected, Entry, entry_of
from catalog.circulation.hand import Hand
from catalog.circulation.illegal import Illegal
from catalog.circulation.numbers import count, read_numbers
from catalog.circulation.posting import handle
from catalog.database import Connection
from catalog.drives.recounting import counted_drives, covered_by_drives
from catalog.problem import refusal
from catalog.register.settling import settle
from catalog.tables import (
    contents,
    coverage,
    deliveries,
    drives,
    movements,
    productions,
    site_states,
    sites,
)
from catalog.words import _

_AT_ONCE = 2_000  # events of one moment that are written again together
_MADE_AGAIN = (
    tables.sites, tables.site_facts, tables.site_turns, tables.equipment, tables.drives,
    tables.productions, tables.contents, tables.deliveries, tables.movements, tables.requests,
    tables.screenings, tables.corrections, tables.site_states, tables.coverage, tables.counters,
    tables.enrolments, tables.refreshes, tables.checks, tables.drive_contents,
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """A sum that is kept and what counting gives, in the row `key` of a table."""

    table: str
    key: tuple[int | str, ...]
    column: str
    kept: int | str
    counted: int | str


Counted = dict[tuple[int | str, ...], dict[str, int | str]]


def recount(connection: Connection) -> tuple[Difference, ...]:
    """Count everything again from deliveries and movements; gives what is kept otherwise."""
    kept = {
        "production": (productions, ("number",), _runs(connection)),
        "delivery": (deliveries, ("number",), _lines(connection)),
        "site_state": (site_states, ("site",), _states(connection)),
        "coverage": (coverage, ("county", "township", "subject"), _coverage(connection)),
        "drive": (drives, ("id",), counted_drives(connection)),
    }
    found: list[Difference] = []
    for name, (table, key, counted) in kept.items():
        found += _differences(name, _rows(connection, table, key, counted), counted)
    return tuple(sorted(found))


def rebuild(connection: Connection, today: date) -> int:
    """Empty all tables of register and circulation and write them again from the ledger; gives
    how many events were used. What programmes are about is taken from the catalogue as it is now.
    """
    for table in _MADE_AGAIN:
        connection.execute(sa.delete(table))
    used = 0
    batch: list[tuple[int, datetime, Entry]] = []
    for event in ledger.read(connection):
        entry = entry_of(event.kind, event.details)
        if entry is None:
            continue
        used += 1
        if batch and (_alone(batch, entry) or batch[0][1] != event.at or len(batch) >= _AT_ONCE):
            _again(connection, batch)
            batch = []
        batch.append((event.serial, event.at, entry))
    if batch:
        _again(connection, batch)
    settle(connection, today)
    return used


def _alone(batch: list[tuple[int, datetime, Entry]], entry: Entry) -> bool:
    return isinstance(entry, Corrected) or isinstance(batch[0][2], Corrected)


def _again(connection: Connection, batch: list[tuple[int, datetime, Entry]]) -> None:
    hand = Hand(batch[0][1])
    entries = [entry for _serial, _at, entry in batch]
    hand.fetch(connection, entries)
    # A programme may have been joined into another since: the run holds it nevertheless.
    hand.area_of = {one: area or "" for one, area in hand.area_of.items()}
    for serial, _at, entry in batch:
        try:
            handle(hand, connection, entry, serial)
        except Illegal as illegal:
            name = _("event {serial}").format(serial=serial)
            raise refusal(name, illegal.wrong, _("run: xiaxiang audit chain")) from illegal
    hand.write(connection)


def _rows(
    connection: Connection, table: sa.Table, key: tuple[str, ...], counted: Counted
) -> Iterator[tuple[tuple[int | str, ...], dict[str, Any]]]:
    """The rows as they are kept, those columns that are counted."""
    names = list(next(iter(counted.values()), {}))
    columns = [table.c[name] for name in (*key, *names)]
    for row in connection.execute(sa.select(*columns)):
        values = tuple(row)
        yield values[: len(key)], dict(zip(names, values[len(key) :], strict=True))


def _differences(
    name: str, rows: Iterator[tuple[tuple[int | str, ...], dict[str, Any]]], counted: Counted
) -> Iterator[Difference]:
    left = dict(counted)
    for key, kept in rows:
        due = left.pop(key, {})
        for column, value in kept.items():
            if value != due.get(column, 0):
                yield Difference(name, key, column, value, due.get(column, 0))
    for key, due in left.items():
        for column, value in due.items():
            if value:
                yield Difference(name, key, column, 0, value)


def _sum(column: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(column), 0)


def _runs(connection: Connection) -> Counted:
    """Each run as deliveries and movements have it."""
    left, signed = deliveries.c.copies - deliveries.c.returned, deliveries.c.signed_on != ""
    line = sa.select(
        deliveries.c.production, _sum(deliveries.c.copies), _sum(deliveries.c.returned),
        _sum(deliveries.c.lost), _sum(sa.case((signed, left), else_=0)),
    ).group_by(deliveries.c.production)  # fmt: skip
    handed = {row[0]: tuple(map(int, row[1:])) for row in connection.execute(line)}
    gone = _gone(connection)
    counted: Counted = {}
    wanted = sa.select(productions.c.number, productions.c.made)
    for number, made in connection.execute(wanted):
        copies, returned, lost, signed_for = handed.get(number, (0, 0, 0, 0))
        restocked, scrapped, of_back = gone.get(number, (0, 0, 0))
        issued = copies - restocked - of_back
        counted[(number,)] = {
            "issued": issued, "in_stock": made - issued - scrapped, "scrapped": scrapped,
            "signed": signed_for, "unsigned": copies - returned - signed_for,
            "returned": returned - restocked - of_back, "lost": lost,
        }  # fmt: skip
    return counted


def _gone(connection: Connection) -> dict[int, tuple[int, int, int]]:
    """Copies restocked, scrapped, and scrapped after they had returned, by run."""
    found: dict[int, tuple[int, int, int]] = {}
    question = movements.select().where(movements.c.kind.in_(("restocked", "scrapped")))
    for row in connection.execute(question):
        more = (0, row.copies, count(read_numbers(row.from_back)))
        if row.kind == "restocked":
            more = (row.copies, 0, 0)
        before = found.get(row.production, (0, 0, 0))
        found[row.production] = (before[0] + more[0], before[1] + more[1], before[2] + more[2])
    return found


def _lines(connection: Connection) -> Counted:
    """What came back and was lost of each line of a receipt, of those where anything did."""
    question = sa.select(
        movements.c.delivery,
        _sum(sa.case((movements.c.kind == "returned", movements.c.copies), else_=0)),
        _sum(sa.case((movements.c.kind == "lost", movements.c.copies), else_=0)),
    ).where(movements.c.delivery != 0)
    counted: Counted = {(0,): {"returned": 0, "lost": 0}}
    for row in connection.execute(question.group_by(movements.c.delivery)):
        counted[(row[0],)] = {"returned": int(row[1]), "lost": int(row[2])}
    return counted


def _states(connection: Connection) -> Counted:
    day = deliveries.c.issued_on
    question = sa.select(
        deliveries.c.site, sa.func.count(), _sum(deliveries.c.copies), sa.func.min(day),
        sa.func.max(day),
    ).where(deliveries.c.site != 0)  # fmt: skip
    names = ("deliveries", "copies", "first_on", "last_on")
    counted: Counted = {(0,): dict.fromkeys(names, 0)}
    for site, *told in connection.execute(question.group_by(deliveries.c.site)):
        counted[(site,)] = dict(zip(names, (told[0], int(told[1]), *told[2:]), strict=True))
    return counted


def _coverage(connection: Connection) -> Counted:
    about = sa.select(contents.c.production, contents.c.subject).distinct().subquery()
    township = sa.func.coalesce(sites.c.township, 0)
    key = (deliveries.c.county, township, about.c.subject)
    joined = deliveries.join(about, about.c.production == deliveries.c.production).outerjoin(
        sites, sites.c.number == deliveries.c.site
    )
    question = sa.select(*key, sa.func.count(), _sum(deliveries.c.copies)).select_from(joined)
    counted: Counted = {(0, 0, ""): {"deliveries": 0, "copies": 0, "drives": 0}}
    for row in connection.execute(question.where(about.c.subject != "").group_by(*key)):
        counted[tuple(row[:3])] = {"deliveries": row[3], "copies": int(row[4]), "drives": 0}
    for place, count_of in covered_by_drives(connection).items():
        counted.setdefault(place, {"deliveries": 0, "copies": 0})["drives"] = count_of
    return counted
