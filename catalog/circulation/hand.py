"""All rows that a batch of entries touches, at hand while it is written.

Fetched in a few questions, changed in memory by the handlers, written back together; decides
nothing itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog.circulation.desk import Row, Sums, Tray
from catalog.circulation.entries import (
    Copied,
    Delivered,
    Entry,
    Lost,
    Refreshed,
    Requested,
    Restocked,
    Returned,
    Scrapped,
    Screened,
    Signed,
)
from catalog.circulation.papers import Papers
from catalog.database import Connection, events, programmes
from catalog.drives.rack import Rack
from catalog.needs.slips import Slips
from catalog.register.history import CHINA
from catalog.register.shelf import Shelf
from catalog.tables import (
    contents,
    corrections,
    coverage,
    deliveries,
    drives,
    movements,
    productions,
    site_states,
    sites,
)

_PIECE = 500
_COVERED = re.compile(r'"([^".]+)')  # the first area in a programme's list of subjects


class Hand:
    """What handlers work with: trays by id, and what is kept beside them."""

    def __init__(self, at: datetime) -> None:
        self.today = at.astimezone(CHINA).date()
        self.sites = Tray(sites, "id")
        self.drives = Tray(drives, "id")
        self.productions = Tray(productions, "id")
        self.deliveries = Tray(deliveries, "number")
        self.movements = Tray(movements, "event")
        self.states = Tray(site_states, "site")
        self.corrections = Tray(corrections, "of")
        self.events = Tray(events, "serial")
        self.covered = Sums(coverage)
        self.shelf, self.slips, self.papers = Shelf(), Slips(), Papers()
        self.rack = Rack()
        self.receipts: dict[str, list[int]] = defaultdict(list)  # numbers of their lines
        self.areas: dict[int, tuple[str, ...]] = {}  # what a production is about
        self.area_of: dict[str, str | None] = {}  # programmes: None where there is none
        self.contents: list[Row] = []
        self._last = {"production": 0, "delivery": 0}

    def fetch(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Have at hand what these entries touch."""
        self.shelf.fetch(connection, entries, self.sites, self.drives)
        self.slips.fetch(connection, entries)
        self.rack.fetch(connection, entries, self.sites, self.drives)
        self.papers.fetch(connection, entries)
        self._sites(connection, entries)
        self._receipts(connection, [e.receipt for e in entries if isinstance(e, _ON_RECEIPTS)])
        self._productions(connection, entries)
        named = [one for e in entries if isinstance(e, Copied | Refreshed) for one in e.programmes]
        self._areas(connection, [*named, *self.rack.away(self.drives)])
        if any(isinstance(one, Copied) for one in entries):
            self._last["production"] = _highest(connection, productions.c.number)
        if any(isinstance(one, Delivered) for one in entries):
            self._last["delivery"] = _highest(connection, deliveries.c.number)

    def next(self, table: str) -> int:
        """The number of a new production or delivery."""
        self._last[table] += 1
        return self._last[table]

    def lines(self, receipt: str) -> list[Row]:
        """The lines of a receipt; none where there is no such receipt."""
        rows = (self.deliveries.get(number) for number in self.receipts.get(receipt, ()))
        return [row for row in rows if row is not None]

    def production(self, number: int) -> Row:
        """A production that is at hand, by its number."""
        return self._by_number[number]

    def put_production(self, row: Row) -> None:
        """A production that is new."""
        self.productions.put(row)
        self._by_number[row["number"]] = row

    def put_line(self, row: Row) -> None:
        """A line of a receipt that is new."""
        self.deliveries.put(row)
        self.receipts[row["receipt"]].append(row["number"])

    def count(self, line: Row, township: int, sign: int) -> None:
        """A line goes into the sums of the areas it is about, or out of them."""
        for area in self.areas.get(line["production"], ()):
            key = (line["county"], township, area)
            self.covered.add(key, deliveries=sign, copies=sign * line["copies"])

    def fetch_drives(self, connection: Connection, named: Sequence[str]) -> None:
        """Have drives at hand with all that was written of them."""
        self.rack.fetch_drives(connection, named, self.sites, self.drives)
        self._areas(connection, self.rack.away(self.drives))

    def write(self, connection: Connection) -> None:
        """Everything that changed goes into the books."""
        for tray in (
            self.sites, self.drives, self.productions, self.deliveries, self.movements,
            self.states, self.corrections,
        ):  # fmt: skip
            tray.write(connection)
        self.shelf.write(connection)
        self.slips.write(connection)
        self.rack.write(connection)
        self.papers.write(connection)
        self.covered.write(connection)
        if self.contents:
            connection.execute(contents.insert(), self.contents)

    def _sites(self, connection: Connection, entries: Sequence[Entry]) -> None:
        named = [e.site for e in entries if isinstance(e, Delivered | Requested | Screened)]
        named += [e.county for e in entries if isinstance(e, Copied)]
        self.sites.fetch(connection, [one for one in named if one])
        given = {e.site for e in entries if isinstance(e, Delivered)}
        rows = [row for one in given if (row := self.sites.get(one))]
        self.states.fetch(connection, sorted(row["number"] for row in rows))

    def _receipts(self, connection: Connection, named: Iterable[str]) -> None:
        wanted = [one for one in dict.fromkeys(named) if one]
        found: list[int] = []
        for piece in _pieces(wanted):
            question = sa.select(deliveries.c.number).where(deliveries.c.receipt.in_(piece))
            found += connection.scalars(question)
        self.fetch_lines(connection, found)

    def fetch_lines(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Have lines of receipts at hand, by their numbers, with the receipts they stand on."""
        self.deliveries.fetch(connection, numbers)
        for number in sorted(numbers):
            row = self.deliveries.get(number)
            if row is not None and number not in self.receipts[row["receipt"]]:
                self.receipts[row["receipt"]].append(number)

    def _productions(self, connection: Connection, entries: Sequence[Entry]) -> None:
        lines = [line for e in entries if isinstance(e, Delivered) for line in e.lines]
        named = [line.production for line in lines]
        named += [e.production for e in entries if isinstance(e, _OF_PRODUCTIONS)]
        self.productions.fetch(connection, [one for one in named if one])
        rows = (row for row in self.deliveries.rows.values() if row)
        self.fetch_productions(connection, {row["production"] for row in rows})

    def fetch_productions(self, connection: Connection, numbers: Iterable[int]) -> None:
        """Have productions at hand by their numbers too, and what all at hand are about."""
        there = {row["number"] for row in self.productions.rows.values() if row}
        ids: list[str] = []
        for piece in _pieces(sorted(set(numbers) - there)):
            ids += connection.scalars(
                sa.select(productions.c.id).where(productions.c.number.in_(piece))
            )
        self.productions.fetch(connection, ids)
        self._by_number = {row["number"]: row for row in self.productions.rows.values() if row}
        about: dict[int, list[str]] = {number: [] for number in sorted(self._by_number)}
        pair = sa.select(contents.c.production, contents.c.subject).distinct()
        for few in _pieces(list(about)):
            for row in connection.execute(pair.where(contents.c.production.in_(few))):
                about[row.production] += [row.subject] if row.subject else []
        self.areas |= {number: tuple(sorted(found)) for number, found in about.items()}

    def _areas(self, connection: Connection, wanted: Iterable[str]) -> None:
        for piece in _pieces(list(dict.fromkeys(wanted))):
            self.area_of |= dict.fromkeys(piece)
            question = sa.select(programmes.c.id, programmes.c.subject)
            for row in connection.execute(question.where(programmes.c.id.in_(piece))):
                found = _COVERED.search(row.subject)
                self.area_of[row.id] = found[1] if found else ""


_ON_RECEIPTS = Delivered | Signed | Returned | Lost
_OF_PRODUCTIONS = Copied | Returned | Lost | Restocked | Scrapped


def _highest(connection: Connection, column: sa.Column[int]) -> int:
    return int(connection.scalar(sa.select(sa.func.max(column))) or 0)


def _pieces(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]
