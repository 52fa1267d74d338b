"""Rows of the books at hand while entries are written: fetched once, written back together.

A desk lasts for one transaction. Rows are plain dictionaries by column name; a table's rows are
known by one key: its primary key, or the id that people use. Nothing here decides anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from catalog.database import Connection, values_of

Row = dict[str, Any]
_PIECE = 500  # values in one question: every SQLite takes these


class Tray:
    """The rows of one table at hand, by the column `key`; `primary` names its primary key."""

    def __init__(self, table: sa.Table, key: str) -> None:
        self.table, self.key = table, key
        self.primary = [column.name for column in table.primary_key]
        self.rows: dict[Any, Row | None] = {}
        self._found: dict[Any, Row] = {}  # as it stood in the books

    def fetch(self, connection: Connection, wanted: Iterable[Any]) -> None:
        """Have these rows at hand, and know which are not there."""
        missing = [one for one in dict.fromkeys(wanted) if one not in self.rows]
        for piece in _pieces(missing):
            self.rows.update(dict.fromkeys(piece))
            question = self.table.select().where(self.table.c[self.key].in_(piece))
            for found in connection.execute(question):
                row = values_of(found)
                self.rows[row[self.key]] = row
                self._found[row[self.key]] = dict(row)

    def get(self, one: Any) -> Row | None:
        """A row that was fetched or put here; change it in place."""
        return self.rows.get(one)

    def put(self, row: Row) -> Row:
        """A row that is new."""
        self.rows[row[self.key]] = row
        return row

    def drop(self, one: Any) -> None:
        """A row that is no more."""
        self.rows[one] = None

    def write(self, connection: Connection) -> None:
        """What is new, changed or gone goes into the books."""
        new = [row for one, row in self.rows.items() if row is not None and one not in self._found]
        gone = [found for one, found in self._found.items() if self.rows[one] is None]
        if gone:
            connection.execute(sa.delete(self.table).where(self._this()), list(map(self._at, gone)))
        # Only what differs is set: what stays costs its indexes nothing.
        for names, rows in self._changed().items():
            said = [{name: row[name] for name in names} | self._at(row) for row in rows]
            connection.execute(sa.update(self.table).where(self._this()), said)
        if new:
            connection.execute(self.table.insert(), new)

    def _changed(self) -> dict[tuple[str, ...], list[Row]]:
        changed: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for one, found in self._found.items():
            row = self.rows[one]
            if row is not None and row != found:
                changed[tuple(name for name in row if row[name] != found[name])].append(row)
        return changed

    def _this(self) -> sa.ColumnElement[bool]:
        columns = (self.table.c[name] for name in self.primary)
        return sa.and_(*(column == sa.bindparam(f"old_{column.name}") for column in columns))

    def _at(self, row: Row) -> Row:
        return {f"old_{name}": row[name] for name in self.primary}


def _pieces(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]


class Sums:
    """Sums that are only added to: what is to be added to which row of a summary. A row whose sums
    all come to nothing is none.
    """

    def __init__(self, table: sa.Table) -> None:
        self.table = table
        self.primary = [column.name for column in table.primary_key]
        self._added: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, key: tuple[Any, ...], **amounts: int) -> None:
        """Add to the row of this key; it begins with zeros."""
        row = self._added[key]
        for name, amount in amounts.items():
            row[name] += amount

    def write(self, connection: Connection) -> None:
        """Add it all in one statement a set of columns."""
        names = sorted({name for amounts in self._added.values() for name in amounts})
        rows = [
            dict(zip(self.primary, key, strict=True)) | {name: amounts[name] for name in names}
            for key, amounts in self._added.items()
            if any(amounts.values())
        ]
        if not rows:
            return
        connection.execute(_adding(connection, self.table, rows[0].keys()), rows)
        less = [row for row in rows if min(row[name] for name in names) < 0]
        if less:
            sums = [column for column in self.table.columns if column.name not in self.primary]
            at = [self.table.c[name] == sa.bindparam(f"old_{name}") for name in self.primary]
            gone = sa.delete(self.table).where(*at, *(column == 0 for column in sums))
            keys = [{f"old_{name}": row[name] for name in self.primary} for row in less]
            connection.execute(gone, keys)


def _adding(connection: Connection, table: sa.Table, names: Iterable[str]) -> Any:
    """INSERT that adds to what is there: SQLite and PostgreSQL say it alike."""
    postgres = connection.dialect.name == "postgresql"
    statement: Any = postgresql.insert(table) if postgres else sqlite.insert(table)
    primary = [column.name for column in table.primary_key]
    sums: Mapping[str, Any] = {
        name: table.c[name] + statement.excluded[name] for name in names if name not in primary
    }
    return statement.on_conflict_do_update(index_elements=primary, set_=sums)
