"""Copies of the books: whole, looked at before they are believed, put back without loss."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from catalog import ledger
from catalog.backup import backup, compare, examine, page_beside, restore
from catalog.database import Books, open_books
from catalog.problem import Failure, Refusal
from catalog.seal import Seal, in_groups, last_digest_line, seal

Write = Callable[[Books, int], None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "w" / "xiaxiang.db"


@pytest.fixture
def books(place: Path) -> Iterator[Books]:
    """Books in a file, whatever database the other tests run on."""
    place.parent.mkdir()
    opened = open_books(place, create=True)
    yield opened
    opened.close()


@pytest.fixture
def write(now: datetime) -> Write:
    def some(books: Books, count: int) -> None:
        for number in range(count):
            with books.transaction() as connection:
                ledger.append(connection, now, "made", ["x"], {"number": number})

    return some


def serials(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT serial FROM event ORDER BY serial")]


def seal_of(books: Books) -> Seal:
    with books.reading() as connection:
        return seal(connection)


def test_a_copy_is_one_file_with_its_page(books: Books, write: Write, tmp_path: Path) -> None:
    """The page tells number, day and digest; nothing else lies beside the copy."""
    write(books, 3)
    file = tmp_path / "copies" / "books.db"
    found = backup(books, file)

    assert found == seal_of(books) == examine(file)
    assert sorted(p.name for p in file.parent.iterdir()) == ["books.db", "books.db.txt"]
    page = page_beside(file).read_text("utf-8")
    assert "No. 3" in page
    assert found.digest in page
    assert in_groups(found.digest) in page
    assert "2026-11-23" in page


def test_papers_carry_the_last_digest(books: Books, write: Write) -> None:
    """In groups of eight; of empty books it says so."""
    with books.reading() as connection:
        assert last_digest_line(connection) == "Books: nothing written yet"
    write(books, 2)
    with books.reading() as connection:
        line = last_digest_line(connection)
    assert line.startswith("Books: No. 2 of 2026-11-23: ")
    assert line.replace(" ", "").endswith(seal_of(books).digest)


def test_a_copy_is_never_overwritten(books: Books, write: Write, tmp_path: Path) -> None:
    """Neither the file nor the page of another."""
    write(books, 1)
    backup(books, tmp_path / "a.db")
    (tmp_path / "b.db.txt").write_text("mine", "utf-8")
    before = (tmp_path / "a.db").read_bytes()
    for name in ("a.db", "b.db"):
        with pytest.raises(Refusal, match="already"):
            backup(books, tmp_path / name)

    assert (tmp_path / "a.db").read_bytes() == before
    assert not (tmp_path / "b.db").exists()


def test_a_copy_made_while_others_write_is_of_one_moment(
    books: Books, write: Write, tmp_path: Path
) -> None:
    """A writer who never rests neither spoils a copy nor keeps it from ending."""
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            write(books, 1)

    writer = threading.Thread(target=busy)
    writer.start()
    try:
        found = [backup(books, tmp_path / f"{number}.db") for number in range(5)]
    finally:
        stop.set()
        writer.join()

    for number, told in enumerate(found):
        assert serials(tmp_path / f"{number}.db") == list(range(1, told.serial + 1))
    assert [told.serial for told in found] == sorted(told.serial for told in found)


@pytest.mark.parametrize("with_page", [True, False])
def test_a_damaged_copy_is_refused(
    books: Books, write: Write, place: Path, tmp_path: Path, with_page: bool
) -> None:
    """With its page any changed byte is found; without, what the chain and SQLite vouch for."""
    write(books, 3)
    file = tmp_path / "a.db"
    backup(books, file)
    if not with_page:
        page_beside(file).unlink()
    data = file.read_bytes()
    at = data.index(b'{"number":1}') + 10
    file.write_bytes(data[:at] + b"7" + data[at + 1 :])
    before = place.read_bytes()

    with pytest.raises(Refusal, match="not the bytes" if with_page else "event 2 was changed"):
        restore(file, place, tmp_path / "kept.db")
    assert place.read_bytes() == before


@pytest.mark.parametrize("damage", ["short", "none", "empty", "other", "text"])
def test_what_is_no_copy_is_refused(
    books: Books, write: Write, tmp_path: Path, damage: str
) -> None:
    """Cut off, missing, empty, another database, no database."""
    write(books, 50)
    file = tmp_path / "a.db"
    backup(books, file)
    page_beside(file).unlink()
    data = file.read_bytes()
    file.unlink()
    if damage == "short":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "other":
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE a (b)")
    elif damage != "none":
        file.write_bytes(b"" if damage == "empty" else b"not a database at all" * 100)

    with pytest.raises(Refusal):
        examine(file)


def test_a_copy_of_a_newer_program_is_refused(books: Books, tmp_path: Path) -> None:
    """It would be opened by nobody here."""
    file = tmp_path / "a.db"
    backup(books, file)
    page_beside(file).unlink()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refusal, match="newer version"):
        examine(file)


def test_books_come_back_as_they_were(
    books: Books, write: Write, place: Path, tmp_path: Path
) -> None:
    """The old ones are kept aside, whole; the restored ones log ahead again."""
    write(books, 3)
    file, kept = tmp_path / "a.db", tmp_path / "kept.db"
    then = backup(books, file)
    write(books, 2)
    compared = compare(file, place)
    books.close()

    assert (compared.lost, compared.won, compared.apart) == (2, 0, False)
    assert restore(file, place, kept) == then
    assert serials(kept) == [1, 2, 3, 4, 5]
    with closing(open_books(place)) as back:
        assert seal_of(back) == then
        write(back, 1)
        with back.reading() as connection:
            assert ledger.check(connection) == ()
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert mode == "wal"
    assert examine(file) == then


def test_books_written_apart_are_told(
    books: Books, write: Write, place: Path, tmp_path: Path, now: datetime
) -> None:
    """Both went on after event 2: three are only here, one is only in the copy."""
    write(books, 2)
    first, second = tmp_path / "a.db", tmp_path / "b.db"
    backup(books, first)
    write(books, 3)
    books.close()
    other = tmp_path / "other" / "xiaxiang.db"
    other.parent.mkdir()
    restore(first, other, tmp_path / "none.db")
    with closing(open_books(other)) as apart:
        with apart.transaction() as connection:
            ledger.append(connection, now, "made", ["elsewhere"])
        backup(apart, second)
    compared = compare(second, place)

    assert (compared.common, compared.lost, compared.won) == (2, 3, 1)
    assert compared.apart


def test_books_in_use_are_not_replaced(
    books: Books, write: Write, place: Path, tmp_path: Path
) -> None:
    """Another program that has them open would write into what is kept aside."""
    write(books, 1)
    file = tmp_path / "a.db"
    backup(books, file)
    with books.reading() as connection:
        seal(connection)
        with pytest.raises(Failure, match="another program"):
            restore(file, place, tmp_path / "kept.db")
    write(books, 1)

    assert not (tmp_path / "kept.db").exists()
    assert serials(place) == [1, 2]


def test_damaged_books_are_kept_aside_too(
    books: Books, write: Write, place: Path, tmp_path: Path
) -> None:
    """They are the reason for putting a copy back; how much is lost cannot be told."""
    write(books, 3)
    file, kept = tmp_path / "a.db", tmp_path / "kept.db"
    then = backup(books, file)
    books.close()
    place.write_bytes(b"\0" * 5000)
    compared = compare(file, place)

    assert compared.here is None
    assert restore(file, place, kept) == then
    assert kept.read_bytes() == b"\0" * 5000
    assert serials(place) == [1, 2, 3]


def test_no_log_of_the_old_books_is_taken_for_that_of_the_new(
    books: Books, write: Write, place: Path, tmp_path: Path
) -> None:
    """After a kill a log stays beside the books; it must not be read into the copy put back."""
    write(books, 2)
    file = tmp_path / "a.db"
    backup(books, file)
    write(books, 3)
    log = place.with_name("xiaxiang.db-wal")
    left, main = log.read_bytes(), place.read_bytes()
    books.close()
    place.write_bytes(main)
    log.write_bytes(left)
    restore(file, place, tmp_path / "kept.db")

    assert serials(place) == [1, 2]
    assert serials(tmp_path / "kept.db") == [1, 2, 3, 4, 5]
    assert not log.exists()
