"""Drives at hand while entries are written: their identities, editions, checks, and what lies on
them. Fetched for a batch, changed in memory by the handlers, written back together.

It lies beside the trays of sites and drives (catalog/circulation/desk.py) and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from catalog.circulation.desk import Row, Tray
from catalog.circulation.entries import Checked, Confirmed, Drive, Enrolled, Entry, Refreshed
from catalog.database import Connection
from catalog.register.shelf import ids_of
from catalog.tables import checks, drive_contents, enrolments, refreshes

_PIECE = 500
_ABOUT = Drive | Enrolled | Refreshed | Confirmed | Checked


class Rack:
    """Rows by the event that wrote them; `lying`: the programmes on each drive that is at hand,
    with their areas; `counted`: under which county, township and areas each drive counts now.
    """

    def __init__(self) -> None:
        self.enrolments = Tray(enrolments, "event")
        self.refreshes = Tray(refreshes, "event")
        self.checks = Tray(checks, "event")
        self.lying: dict[str, dict[str, str]] = {}
        self.counted: dict[str, tuple[int, int, frozenset[str]]] = {}
        self.bearers: dict[str, str] = {}  # the drive that bears a token, or bore it
        self._lay: dict[str, dict[str, str]] = {}

    def fetch(
        self, connection: Connection, entries: Iterable[Entry], at_sites: Tray, at_drives: Tray
    ) -> None:
        """Have at hand all that the entries about drives among these need."""
        about = [entry for entry in entries if isinstance(entry, _ABOUT)]
        if not about:
            return
        named = [e.site for e in about if isinstance(e, Enrolled | Refreshed)]
        at_sites.fetch(connection, [one for one in named if one])
        self.fetch_drives(connection, [entry.drive for entry in about], at_sites, at_drives)
        tokens = [entry.token for entry in about if isinstance(entry, Enrolled)]
        for piece in _pieces([one for one in dict.fromkeys(tokens) if one]):
            question = enrolments.select().where(enrolments.c.token.in_(piece))
            self.bearers |= {row.token: row.drive for row in connection.execute(question)}

    def fetch_drives(
        self, connection: Connection, named: Iterable[str], at_sites: Tray, at_drives: Tray
    ) -> None:
        """Have drives at hand with all that was written of them, and the sites that have them."""
        wanted = [one for one in dict.fromkeys(named) if one not in self.lying]
        at_drives.fetch(connection, wanted)
        rows = [row for one in wanted if (row := at_drives.get(one))]
        holders = ids_of(connection, {row[n] for row in rows for n in ("home", "holder")} - {0})
        at_sites.fetch(connection, holders.values())
        self.lying |= {one: {} for one in wanted}
        for piece in _pieces([row["id"] for row in rows]):
            for tray in (self.enrolments, self.refreshes):
                column = tray.table.c.drive
                found = connection.scalars(sa.select(tray.table.c.event).where(column.in_(piece)))
                tray.fetch(connection, found.all())
            question = drive_contents.select().where(drive_contents.c.drive.in_(piece))
            for drive, programme, area in connection.execute(question):
                self.lying[drive][programme] = area
        places = {row["number"]: row for row in at_sites.rows.values() if row}
        for row in rows:
            self._lay[row["id"]] = dict(self.lying[row["id"]])
            self.count(row, places.get(row["holder"]))

    def count(self, row: Row, holder: Row | None) -> None:
        """Note where and under which areas a drive counts from now on."""
        areas = frozenset(filter(None, self.lying[row["id"]].values()))
        place = (holder["county"], holder["township"]) if holder else (0, 0)
        self.counted[row["id"]] = (*place, areas if holder else frozenset())

    def away(self, at_drives: Tray) -> Iterator[str]:
        """The programmes that may come to lie on the drives at hand again, of editions before."""
        for row in self.refreshes.rows.values():
            if row:
                lies = self.lying.get(row["drive"], {})
                yield from (one for one in row["programmes"].split(";") if one and one not in lies)

    def last(self, tray: Tray, drive: str) -> Row | None:
        """The newest row about a drive that counts still."""
        found = (row for row in tray.rows.values() if row and row["drive"] == drive)
        return max(found, key=lambda row: int(row["event"]), default=None)

    def write(self, connection: Connection) -> None:
        """What is new, changed or gone goes into the books."""
        for tray in (self.enrolments, self.refreshes, self.checks):
            tray.write(connection)
        other = [one for one, lies in self.lying.items() if lies != self._lay.get(one, {})]
        gone = [one for one in other if self._lay.get(one)]
        for piece in _pieces(gone):
            connection.execute(sa.delete(drive_contents).where(drive_contents.c.drive.in_(piece)))
        rows = [
            {"drive": one, "programme": programme, "subject": area}
            for one in other
            for programme, area in self.lying[one].items()
        ]
        if rows:
            connection.execute(drive_contents.insert(), rows)


def _pieces(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]
