"""The books of a story, in SQLite: built once for each scale, with the rows posting would leave.

What is small goes through the house's own functions: programmes, and the sites of one county,
which are then written down again for all others. What is large goes in by `executemany` without
sync, its indexes made at the end.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from catalog import ledger, records, tables
from catalog.circulation.entries import details_of
from catalog.circulation.posting import post
from catalog.database import NEWEST, open_books
from catalog.ledger import canonical
from tests.bench.books import rows
from tests.bench.books.entries import BEFORE, county, programmes
from tests.bench.books.story import Numbers, Scale, Story

Row = tuple[Any, ...]
_DECIDES = ("story", "entries", "rows", "build")  # other words of these make another database
_STAMP = BEFORE.isoformat(timespec="microseconds")


def books_of(scale: Scale) -> Path:
    """The database of this scale, built where it is not there yet: `xiaxiang-books-DIGEST.db`."""
    here = Path(__file__).parent
    said = "".join((here / f"{name}.py").read_text() for name in _DECIDES)
    ours = hashlib.sha256((said + NEWEST).encode()).hexdigest()[:6]
    path = Path(tempfile.gettempdir()) / f"xiaxiang-books-{scale.digest}-{ours}.db"
    if not path.exists():
        half = path.with_suffix(".half")
        for rest in (half, *path.parent.glob(f"{half.name}-*")):
            rest.unlink(missing_ok=True)
        began = time.monotonic()
        build(half, Story(scale))
        half.rename(path)
        spent, size = time.monotonic() - began, path.stat().st_size / 1e9
        print(f"built {path.name} in {spent:.0f} s, {size:.2f} GB", file=sys.stderr)
    return path


def build(path: Path, story: Story) -> None:
    """Make the books of a story where nothing is yet."""
    _small(path, story)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    later = _without_indexes(connection)
    townships = _sites(connection, story.scale)
    serial, digest = connection.execute(
        "SELECT serial, digest FROM event ORDER BY serial DESC LIMIT 1"
    ).fetchone()
    _large(connection, story, serial, digest, townships)
    for statement in later:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _small(path: Path, story: Story) -> None:
    """Programmes, and the first county by posting."""
    books = open_books(path, create=True)
    with books.transaction() as connection:
        for programme in programmes(story):
            records.put_programme(connection, programme)
        post(connection, BEFORE, county(story.scale))
        assert not ledger.check(connection)
    books.close()


def _without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Takes the indexes of the large tables away; the statements that make them again."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _sql in found:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _name, sql in found]


def _put(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], lines: Iterable[Row]
) -> None:
    places = ",".join("?" * len(columns))
    told = f"INSERT INTO {table} ({','.join(columns)}) VALUES ({places})"
    connection.executemany(told, lines)


# -- sites: all counties look like the first ------------------------------------------------------


def _sites(connection: sqlite3.Connection, scale: Scale) -> Numbers:
    """Sites, facts, equipment and events of all further counties; the township of every site."""
    tail = connection.execute("SELECT digest FROM event ORDER BY serial DESC LIMIT 1").fetchone()
    link = rows.Chain(scale.sites, tail[0])
    told = chain.from_iterable(_registered(scale, number) for number in range(1, scale.counties))
    _put(connection, "event", _EVENT, link.rows(told))
    for table in (tables.sites, tables.site_facts, tables.equipment):
        _again(connection, table.name, [column.name for column in table.columns], scale)
    held = connection.execute("SELECT township FROM site ORDER BY number")
    return np.array([number for (number,) in held])


_EVENT = [column.name for column in ledger.events.columns]
_SHIFTED = {"number", "parent", "county", "township", "site", "event"}


def _registered(scale: Scale, number: int) -> Iterator[rows.Told]:
    for entry in county(scale, number):
        about, said = canonical(list(entry.subjects)), canonical(details_of(entry))
        yield _STAMP, entry.kind, about, said


def _again(connection: sqlite3.Connection, table: str, columns: list[str], scale: Scale) -> None:
    first = connection.execute(f"SELECT {','.join(columns)} FROM {table}").fetchall()

    def shifted() -> Iterator[Row]:
        for number in range(1, scale.counties):
            code, name, by = f"{100_000 + number}", f"C{number:04d}", number * scale.sites
            for row in first:
                yield tuple(
                    (value + by if value and column in _SHIFTED else value)
                    if not isinstance(value, str)
                    else value.replace("C0000", name).replace("100000", code)
                    for column, value in zip(columns, row, strict=True)
                )

    _put(connection, table, columns, shifted())


# -- what happened --------------------------------------------------------------------------------


def _large(
    connection: sqlite3.Connection, story: Story, serial: int, digest: str, townships: Numbers
) -> None:
    link = rows.Chain(serial, digest)
    _put(connection, "event", _EVENT, link.rows(rows.events(story)))
    _put(connection, "production", rows.PRODUCTION, rows.productions(story, serial))
    _put(connection, "content", ("production", "programme", "subject"), rows.contents(story))
    _put(connection, "delivery", rows.DELIVERY, rows.deliveries(story, serial))
    state = ("site", "deliveries", "copies", "first_on", "last_on")
    _put(connection, "site_state", state, rows.site_states(story))
    summed = ("county", "township", "subject", "deliveries", "copies")
    _put(connection, "coverage", summed, rows.coverage(story, townships))
    _put(connection, "counter", ("kind", "year", "last"), rows.counters(story))
