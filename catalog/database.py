"""The books: one engine, the tables, one transaction at a time; the only door of SQLAlchemy.

Only what SQLite and PostgreSQL both understand; what is said to one of them alone says so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import DBAPIError

from catalog.postgresql import code_of, engine_at, name_of
from catalog.problem import Failure, refusal
from catalog.words import _

__all__ = ["Books", "Connection", "Row", "open_books"]

NEWEST = "0005"  # the last migration; a test holds it against the folder
PATIENCE = 10.0  # seconds to wait for another program that is writing

metadata = sa.MetaData()

sources = sa.Table(
    "source",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),  # the order of arrival
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("container", sa.Text, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("streams", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
)

programmes = sa.Table(
    "programme",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("same_title", sa.Text, nullable=False, index=True),
    sa.Column("title_en", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("class_numbers", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("dialect", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("months", sa.Text, nullable=False),
    sa.Column("keywords", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("creator", sa.Text, nullable=False),
    sa.Column("contributor", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("date", sa.Text, nullable=False),
    sa.Column("identifier", sa.Text, nullable=False),
    sa.Column("coverage", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("chapters", sa.Text, nullable=False, server_default="[]"),
    sa.Column("wishes", sa.Text, nullable=False, server_default="{}"),
    sa.Column("minutes", sa.Float, nullable=False),
    sa.Column("rights_scope", sa.Text, nullable=False),
    sa.Column("rights_until", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

episodes = sa.Table(
    "episode",
    metadata,
    sa.Column("programme_id", sa.ForeignKey("programme.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.ForeignKey("source.sha256"), nullable=False, index=True),
)

# What looking through a whole source found, as catalog/analysis_json.py writes it.
analyses = sa.Table(
    "analysis",
    metadata,
    sa.Column("sha256", sa.ForeignKey("source.sha256"), primary_key=True),
    sa.Column("analyser", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
)

# Subtitle files; one may belong to several sources (a video in two formats).
sidecars = sa.Table(
    "sidecar",
    metadata,
    sa.Column("source_sha256", sa.ForeignKey("source.sha256"), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)

# Files a sheet named that have not arrived yet, and what they will be.
awaited = sa.Table(
    "awaited",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("programme_id", sa.ForeignKey("programme.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
)

events = sa.Table(
    "event",
    metadata,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subjects", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Books:
    """The open books of one workspace; close them when done."""

    name: str
    engine: Engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One writer at a time: all of it is kept, or none. Raises Failure where it cannot be."""
        with _told(self.name), self.engine.connect() as connection:
            writing = connection.execution_options(writes=True)
            with writing.begin():
                yield writing

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The books as they stand at one moment, whoever writes meanwhile."""
        with _told(self.name), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_books(path: Path | str, create: bool = False) -> Books:
    """The books in a SQLite file, or at an address (`postgresql+psycopg://...`), brought up to
    this program's version; `create` makes them where there are none.

    Raises Refusal where the file is missing, no books of ours or those of a newer program, Failure
    where it cannot be read or written now.
    """
    if isinstance(path, str) and "://" in path:
        engine = engine_at(path, PATIENCE)
        books = Books(name_of(engine), engine)
    else:
        books = Books(str(path), _sqlite(Path(path), create))
    try:
        _bring_up(books, create)
    except BaseException:
        books.close()
        raise
    return books


def _sqlite(path: Path, create: bool) -> Engine:
    if not path.exists() and not create:
        raise refusal(str(path), _("there are no books here"), _("run: xiaxiang init"))
    # Without mode=rwc SQLite would make an empty file out of a slip of the pen.
    address = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        # Deliveries of a day touch a few pages of many indexes: they must all find room.
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.QueuePool)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # A writer that begins as a reader can find the books changed under it when it wants to write.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up(books: Books, create: bool) -> None:
    """Looks at the version first, because Alembic costs 250 ms and is hardly ever needed."""
    with books.reading() as connection:
        version, empty = _version(connection)
    if version == NEWEST:
        return
    if empty and not create:
        raise refusal(books.name, _("the books are not set up yet"), _("run: xiaxiang init"))
    if not version and not empty:
        mend = _("name the folder of the workspace, where xiaxiang.db lies")
        raise refusal(books.name, _("a database, but not the books of xiaxiang"), mend)
    if version > NEWEST:
        wrong = _("the books are of a newer version ({theirs}; this program knows {ours})")
        told = wrong.format(theirs=version, ours=NEWEST)
        raise refusal(books.name, told, _("install the newer program"))
    migrate(books, NEWEST)


def migrate(books: Books, target: str) -> None:
    """Bring the books to a version, in one transaction."""
    from alembic import command  # noqa: PLC0415 - 250 ms, and hardly ever needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    _log_ahead(books)
    with books.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def _log_ahead(books: Books) -> None:
    """SQLite: readers and a writer side by side. It stays with the file, and is set only here, so
    that a file which turns out not to be ours is left as it was.
    """
    if books.engine.dialect.name != "sqlite":
        return
    with _told(books.name), books.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.execute("PRAGMA journal_mode = WAL")


def _version(connection: Connection) -> tuple[str, bool]:
    """The version written in the books (empty: none) and whether they hold no table at all."""
    names = sa.inspect(connection).get_table_names()
    if "alembic_version" not in names or "event" not in names:
        return "", not names
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return str(found or ""), False


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Errors of the database in the words of the house, with the name of the books."""
    try:
        yield
    except DBAPIError as error:
        happened = str(error.orig)
        if "not a database" in happened:
            mend = _("name the folder of the workspace, where xiaxiang.db lies")
            raise refusal(name, _("not a database"), mend) from error
        raise Failure(
            _("the books {file}").format(file=name),
            happened,
            _next(f"{code_of(error.orig)} {happened}"),
        ) from error


def _next(happened: str) -> str:
    told: tuple[tuple[str, str], ...] = (
        ("locked", _("another program is writing in them; try again when it is done")),
        ("readonly", _("they cannot be written: look at the rights of the file and the disk")),
        ("unable to open", _("look at the folder, its rights and the disk")),
        ("full", _("the disk is full: make room and try again")),
        ("55P03", _("another program is writing in them; try again when it is done")),
        ("53100", _("the disk is full: make room and try again")),
        ("connection", _("look whether the database runs, and at its address")),
        ("malformed", _("the file is damaged: put back the last copy")),
    )
    return next((mend for word, mend in told if word in happened), _("look at the disk"))


def values_of(row: Row[Any]) -> dict[str, Any]:
    """A row as its columns' names and values."""
    return dict(row._mapping)
