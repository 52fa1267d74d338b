"""Requests and screenings at hand while entries are written: fetched once, written back together.

It lies beside the trays of sites (catalog/circulation/desk.py) and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from catalog import database
from catalog.circulation.desk import Tray
from catalog.circulation.entries import Answered, Entry, Requested, Screened
from catalog.database import Connection
from catalog.tables import counters, requests, screenings

_NUMBER = re.compile(r"([A-Z]{2})-(\d{4})-(\d{1,7})")
_KINDS = ("XQ", "BF")  # 需求 and 播放


class Slips:
    """Requests and screenings by their id, the programmes they name, the numbers of papers."""

    def __init__(self) -> None:
        self.requests = Tray(requests, "id")
        self.screenings = Tray(screenings, "id")
        self.programmes = Tray(database.programmes, "id")
        self._last: dict[tuple[str, int], int] = {}
        self._stood: dict[tuple[str, int], int] = {}

    def fetch(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Have at hand all that the entries about needs among these want."""
        about = [e for e in entries if isinstance(e, Requested | Answered | Screened)]
        if not about:
            return
        asked = [e for e in about if isinstance(e, Requested | Answered)]
        shown = [e for e in about if isinstance(e, Screened)]
        answers = [e.programme for e in about if isinstance(e, Answered)]
        self.requests.fetch(connection, [e.request for e in asked if e.request])
        self.screenings.fetch(connection, [e.screening for e in shown if e.screening])
        wanted = [*answers, *(one for e in shown for one in e.programmes)]
        self.programmes.fetch(connection, [one for one in wanted if one])
        question = sa.select(counters).where(counters.c.kind.in_(_KINDS))
        self._stood = {(row.kind, row.year): row.last for row in connection.execute(question)}
        self._last = dict(self._stood)

    def fetch_by_event(self, connection: Connection, serials: Iterable[int]) -> None:
        """Have at hand the requests and screenings that these events wrote or answered."""
        wanted = list(serials)
        for tray, columns in (
            (self.requests, (requests.c.event, requests.c.answer_event)),
            (self.screenings, (screenings.c.event,)),
        ):
            where = sa.or_(*(column.in_(wanted) for column in columns))
            ids = connection.scalars(sa.select(tray.table.c.id).where(where)).all()
            tray.fetch(connection, ids)

    def number(self, kind: str, year: int) -> str:
        """The next number of a paper: XQ-2026-001."""
        last = self._last[(kind, year)] = self._last.get((kind, year), 0) + 1
        return f"{kind}-{year}-{last:03}"

    def taken(self, kind: str, id: str) -> None:
        """A number that was given from outside; those given here go on behind it."""
        found = _NUMBER.fullmatch(id)
        if found and found[1] == kind:
            key = (kind, int(found[2]))
            self._last[key] = max(self._last.get(key, 0), int(found[3]))

    def write(self, connection: Connection) -> None:
        """What is new or changed goes into the books."""
        self.requests.write(connection)
        self.screenings.write(connection)
        for (kind, year), last in self._last.items():
            key = sa.and_(counters.c.kind == kind, counters.c.year == year)
            row: dict[str, Any] = {"kind": kind, "year": year, "last": last}
            if (kind, year) not in self._stood:
                connection.execute(counters.insert(), row)
            elif self._stood[(kind, year)] != last:
                connection.execute(sa.update(counters).where(key).values(last=last))
