"""The bench measures true books: what it builds quickly is what posting writes slowly."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from catalog import ledger, records
from catalog.circulation.posting import post
from catalog.database import metadata, open_books
from tests.bench.books.build import build
from tests.bench.books.counted import same_counted
from tests.bench.books.entries import BEFORE, at, county, days, programmes
from tests.bench.books.story import Scale, Story

SMALL = Scale(
    counties=2, townships=3, villages=8, visits=5, productions=20, programmes=60, each=8, years=2
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small counties, built."""
    path = tmp_path_factory.mktemp("built") / "built.db"
    build(path, Story(SMALL))
    return path


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same story, posted day by day."""
    path, story = tmp_path_factory.mktemp("posted") / "posted.db", Story(SMALL)
    books = open_books(path, create=True)
    with books.transaction() as connection:
        for programme in programmes(story):
            records.put_programme(connection, programme)
        for number in range(SMALL.counties):
            post(connection, BEFORE, county(SMALL, number))
        for day, entries in days(story):
            post(connection, at(day), entries)
    books.close()
    return path


def rows(path: Path, asked: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute(asked).fetchall(), key=repr)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_the_builder_writes_what_posting_writes(table: str, built: Path, posted: Path) -> None:
    """Every row of every table, the chain of events among them."""
    asked = f"SELECT * FROM {table}"
    ours, real = (rows(path, asked) for path in (built, posted))

    assert ours == real


def test_the_builders_chain_and_summaries_hold(built: Path) -> None:
    """The check of the ledger finds nothing, counting again neither; and there is something."""
    books = open_books(built)
    with books.reading() as connection:
        breaks, last = ledger.check(connection), ledger.last(connection)
    bars = list(same_counted(books, SMALL))
    books.close()

    assert breaks == ()
    assert last is not None and last.serial > 200
    assert [bar.found for bar in bars] == [0, 0]


def test_the_builder_makes_every_index(built: Path, posted: Path) -> None:
    """They were taken away for speed and are all back."""
    asked = (
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2"
    )
    ours, real = (rows(path, asked) for path in (built, posted))

    assert ours == real
