"""Copies of the books: made while others write, looked at before they are believed, put back.

A copy is a database file; beside it lies a page with the number, digest and day of its last event,
to be printed: with it a restored old copy is noticed (ledger.check, `known`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from catalog import ledger
from catalog.database import NEWEST, Books, Connection, events
from catalog.durable import sync, write_whole
from catalog.problem import Failure, Refusal, refusal
from catalog.seal import Seal, page, seal
from catalog.words import _

_SHA256 = re.compile(r"SHA-256: ([0-9a-f]{64})")
_MOST_PAGE = 1 << 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """A copy held against the books that are there (`here` None: they cannot be read): `lost`
    events would be gone, `won` would come; `apart`: both were written on after event `common`.
    """

    copy: Seal
    here: Seal | None
    common: int

    @property
    def lost(self) -> int:
        return self.here.serial - self.common if self.here else 0

    @property
    def won(self) -> int:
        return self.copy.serial - self.common

    @property
    def apart(self) -> bool:
        return self.lost > 0 and self.won > 0


def page_beside(file: Path) -> Path:
    """The page to print that belongs to a copy."""
    return file.with_name(file.name + ".txt")


def backup(books: Books, file: Path) -> Seal:
    """Copy the books into a new file, whole or not at all, whoever writes meanwhile; beside it
    the page with its last digest. Raises Refusal where such a file is there already or the books
    are no SQLite file, Failure where it cannot be written or does not read back.
    """
    _refuse_wrong_place(books, file)
    half = _half(file)
    doing = _("copying the books to {file}").format(file=file)
    try:
        with _disk_told(doing):
            file.parent.mkdir(parents=True, exist_ok=True)
            half.unlink(missing_ok=True)
            with books.engine.connect() as connection:
                _copy(connection.connection.driver_connection, half, "DELETE")
        found = _examined(half, doing)
        with _disk_told(doing):
            printed = page(found, file.name, _sha256(half))
            half.replace(file)
            write_whole(page_beside(file), printed)
    finally:
        half.unlink(missing_ok=True)
    return found


def examine(file: Path) -> Seal:
    """Look at a whole copy: as it was when its page was written, if that lies beside it; the file
    sound, of a version known here, its chain unbroken. Raises Refusal with what is wrong.
    """
    if not file.is_file():
        raise refusal(str(file), _("there is no such file"), _("name a copy of the books"))
    beside = page_beside(file)
    if (told := _told(beside)) and told != _sha256(file):
        wrong = _("not the bytes that were written: {page} tells another sum")
        raise refusal(str(file), wrong.format(page=beside.name), _another())
    with _looking(file) as connection:
        if wrong := _unsound(connection):
            raise refusal(str(file), wrong, _another())
        if breaks := ledger.check(connection):
            wrong = _("its chain is broken: {what}").format(what=breaks[0])
            raise refusal(str(file), wrong, _another())
        return seal(connection)


def compare(file: Path, place: Path) -> Comparison:
    """What putting a copy back would take from the books in `place`. The copy is sound: it was
    examined before.
    """
    with _looking(file) as theirs:
        copy = seal(theirs)
        if not place.exists():
            return Comparison(copy, Seal(), 0)
        try:
            with _looking(place) as here:
                ours = seal(here)
                return Comparison(copy, ours, _common(theirs, here, copy, ours))
        except Refusal:
            return Comparison(copy, None, 0)


def restore(file: Path, place: Path, kept: Path) -> Seal:
    """Put a copy in the place of the books; what was there is kept in `kept`, a new file.

    The caller has compared and asked. Raises Refusal where the copy is damaged or `kept` is there
    already, Failure where another program has the books open or the disk fails; then nothing is
    changed.
    """
    found = examine(file)
    if kept.exists():
        raise refusal(str(kept), _("there is such a file already"), _("choose another name"))
    doing = _("putting {file} back").format(file=file)
    half = _half(place)
    try:
        with _disk_told(doing):
            half.unlink(missing_ok=True)
            with closing(_read_only(file)) as source:
                _copy(source, half, "WAL")
            if place.exists():
                _set_aside(place, kept, doing)
            half.replace(place)
            sync(place.parent)
    finally:
        half.unlink(missing_ok=True)
    return found


def _refuse_wrong_place(books: Books, file: Path) -> None:
    if books.engine.dialect.name != "sqlite":
        wrong = _("these books lie in a database server")
        raise refusal(books.name, wrong, _("copy them with its own tool, such as pg_dump"))
    for there in (file, page_beside(file)):
        if there.exists():
            wrong = _("there is such a file already")
            raise refusal(str(there), wrong, _("name a new file; copies are never overwritten"))


def _told(beside: Path) -> str:
    """The sum of the copy on the page beside it; empty where there is none."""
    if not beside.is_file() or beside.stat().st_size > _MOST_PAGE:
        return ""
    found = _SHA256.search(beside.read_text("utf-8", "replace"))
    return found[1] if found else ""


def _half(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")


def _copy(source: object, half: Path, journal: str) -> None:
    """One step, so that a busy writer cannot make it begin again and again: in a database that
    logs ahead, a reader sees one moment and hinders nobody. A copy is one file with no log beside
    it, which can also be read where nothing can be written; books log ahead again.
    """
    if not isinstance(source, sqlite3.Connection):
        raise TypeError(source)
    with closing(sqlite3.connect(half)) as target:
        source.backup(target)
        target.execute(f"PRAGMA journal_mode = {journal}")
    sync(half)


def _examined(half: Path, doing: str) -> Seal:
    try:
        return examine(half)
    except Refusal as damaged:
        told = "; ".join(problem.wrong for problem in damaged.problems)
        raise Failure(doing, told, _("look at the books: xiaxiang audit chain")) from damaged


def _unsound(connection: Connection) -> str:
    """What is wrong with a database as such; empty if nothing is."""
    said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if said != "ok":
        return _("the file is damaged: {what}").format(what=said)
    names = set(sa.inspect(connection).get_table_names())
    if not {"alembic_version", "event"} <= names:
        return _("a database, but not the books of xiaxiang")
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if str(version or "") > NEWEST:
        wrong = _("the books are of a newer version ({theirs}; this program knows {ours})")
        return wrong.format(theirs=version, ours=NEWEST)
    return ""


def _common(theirs: Connection, here: Connection, copy: Seal, ours: Seal) -> int:
    """The last event that both have: before it the chains are the same, behind it never again."""
    low, high = 0, min(copy.serial, ours.serial)
    while low < high:
        middle = (low + high + 1) // 2
        if _digest(theirs, middle) == _digest(here, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _digest(connection: Connection, serial: int) -> str | None:
    return connection.execute(sa.select(events.c.digest).where(events.c.serial == serial)).scalar()


def _set_aside(place: Path, kept: Path, doing: str) -> None:
    """The old books under another name as well, so that at no moment there are none. A log that
    stayed beside them would be taken for that of the new ones.
    """
    try:
        with closing(sqlite3.connect(place, timeout=2, isolation_level=None)) as old:
            old.execute("PRAGMA journal_mode = DELETE")  # writes the log in; refused while in use
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            next = _("end it (also a running watch), then give the same command again")
            raise Failure(doing, _("another program has the books open"), next) from error
    except sqlite3.DatabaseError:
        pass  # too damaged to be tidied; they are kept as they are
    for end in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            place.with_name(place.name + end).rename(kept.with_name(kept.name + end))
    try:
        os.link(place, kept)
    except OSError:  # a disk without links
        shutil.copyfile(place, kept)
        sync(kept)


@contextlib.contextmanager
def _looking(file: Path) -> Iterator[Connection]:
    """A database file, only to be read. Raises Refusal where it is none, or too damaged."""
    engine = sa.create_engine(
        "sqlite://", creator=lambda: _read_only(file), poolclass=sa.pool.NullPool
    )
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        told = _("the file is damaged: {what}").format(what=error.orig)
        raise refusal(str(file), told, _another()) from error
    finally:
        engine.dispose()


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def _disk_told(doing: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        happened = getattr(error, "strerror", None) or str(error)
        next = _("look at the disk: its room, its rights, whether it is still there")
        raise Failure(doing, happened, next) from error


def _another() -> str:
    return _("take another copy")
