"""The books opened, refused, migrated; one writer at a time, whole or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from catalog import database, tables
from catalog.database import Books, open_books
from catalog.problem import Failure, Refusal

MIGRATIONS = Path(database.__file__).parent / "migrations"


def test_the_migrations_make_the_tables_of_the_code(books: Books) -> None:
    """Alembic finds no difference, and the newest migration is the one the code names."""
    with books.reading() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), tables.metadata)

    assert difference == []
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [database.NEWEST]


@pytest.mark.sqlite
def test_books_are_safe(books: Books) -> None:
    """Write-ahead log, foreign keys, full sync."""
    with books.reading() as connection:
        asked = [
            connection.exec_driver_sql(f"PRAGMA {word}").scalar()
            for word in ("journal_mode", "foreign_keys", "synchronous")
        ]

    assert asked == ["wal", 1, 2]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (None, "there are no books here"),
        (b"hello" * 100, "not a database"),
        (b"", "the books are not set up yet"),
    ],
)
def test_what_is_no_books_is_refused(tmp_path: Path, content: bytes | None, wrong: str) -> None:
    """No file, some other file, a file that was never finished; none of them is made or changed."""
    path = tmp_path / "x.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refusal, match=wrong):
        open_books(path)

    assert (path.read_bytes() if path.exists() else None) == content


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    """A database with other tables is left alone, even when books are to be made."""
    with sqlite3.connect(tmp_path / "x.db") as other:
        other.execute("CREATE TABLE stranger (a)")
    other.close()

    with pytest.raises(Refusal, match="but not the books of xiaxiang"):
        open_books(tmp_path / "x.db", create=True)


def test_books_of_a_newer_program_are_refused(address: Path | str, books: Books) -> None:
    """They might hold what this program would lose."""
    with books.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refusal, match=r"newer version \(9999; this program knows"):
        open_books(address)


def test_an_unfinished_making_is_finished(tmp_path: Path) -> None:
    """An empty file, as a killed init may leave it, becomes books."""
    (tmp_path / "x.db").write_bytes(b"")
    open_books(tmp_path / "x.db", create=True).close()
    again = open_books(tmp_path / "x.db")
    with again.reading() as connection:
        names = set(sa.inspect(connection).get_table_names())
    again.close()

    assert names == {"alembic_version", *database.metadata.tables}


def test_a_second_writer_is_told_to_wait(
    address: Path | str, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one writes another can read, but not write."""
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    other = open_books(address)
    with books.transaction():
        with other.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM source").scalar() == 0
        with pytest.raises(Failure, match="another program is writing"), other.transaction():
            pass
    other.close()


def test_a_transaction_is_kept_whole_or_not_at_all(books: Books) -> None:
    """An error inside takes everything back, and travels on."""
    row = {"name": "a", "path": "", "sha256": "0", "bytes": 1, "container": "", "seconds": 1.0}
    with pytest.raises(KeyError), books.transaction() as connection:
        connection.execute(database.sources.insert(), row | {"streams": "", "tags": ""})
        raise KeyError

    with books.reading() as connection:
        assert connection.execute(database.sources.select()).all() == []


@pytest.mark.sqlite
def test_a_full_disk_is_a_failure(tmp_path: Path, books: Books) -> None:
    """The message says what to do, and what was written before is still there."""
    with pytest.raises(Failure, match="make room and try again"), books.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.exec_driver_sql("CREATE TABLE big AS SELECT randomblob(1000000) AS a")

    with books.reading() as connection:
        assert "big" not in sa.inspect(connection).get_table_names()


def test_a_folder_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    """Nothing is made around the books."""
    with pytest.raises(Failure, match="look at the folder"):
        open_books(tmp_path / "no" / "x.db", create=True)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("nonsense://", "no address of a database"),
        ("postgresql+psycopg://u:secret@h:port/x", "no address of a database"),
    ],
)
def test_what_is_no_address_is_refused(said: str, wrong: str) -> None:
    """How to write one is told, and no password is shown."""
    with pytest.raises(Refusal, match=wrong) as refused:
        open_books(said)

    assert "secret" not in str(refused.value)


def test_a_database_that_does_not_run_is_a_failure(tmp_path: Path) -> None:
    """It may be tried again; the password in the address is not shown."""
    pytest.importorskip("psycopg")
    with pytest.raises(Failure, match="look whether the database runs") as failed:
        open_books(f"postgresql+psycopg://u:secret@/x?host={tmp_path}")

    assert "secret" not in str(failed.value)
