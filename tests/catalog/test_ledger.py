"""The ledger grows and does not bend: every kind of tampering is found where it was done."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from catalog import ledger
from catalog.database import Books
from catalog.ledger import FIRST, Break
from catalog.problem import Failure

UNLOCK = {
    "sqlite": "DROP TRIGGER event_no_update; DROP TRIGGER event_no_delete",
    "postgresql": "ALTER TABLE event DISABLE TRIGGER USER",
}


@pytest.fixture
def ten(books: Books, now: datetime) -> Books:
    """Books with ten events."""
    with books.transaction() as connection:
        for number in range(1, 11):
            ledger.append(
                connection,
                now + timedelta(minutes=number),
                "made",
                [f"E{number}", "鱼"],
                {"n": number},
            )
    return books


def tampered(books: Books, commands: str) -> tuple[Break, ...]:
    """What the check says after somebody has been at the books with a tool."""
    with books.transaction() as connection:
        for command in f"{UNLOCK[connection.dialect.name]};{commands}".split(";"):
            if command.strip():
                connection.exec_driver_sql(command)
    with books.reading() as connection:
        return ledger.check(connection)


def test_events_come_back_in_order(ten: Books, now: datetime) -> None:
    """All, those of a kind, about a subject, after a number; the chain holds."""
    with ten.reading() as connection:
        events = list(ledger.read(connection))
        newest = ledger.last(connection)

        assert [event.serial for event in events] == list(range(1, 11))
        assert events[0].previous == FIRST
        assert events[4].at == now + timedelta(minutes=5)
        assert [e.details for e in ledger.read(connection, subject="E1")] == [{"n": 1}]
        assert list(ledger.read(connection, kind="added")) == []
        assert [e.serial for e in ledger.read(connection, after=8)] == [9, 10]
        assert newest == events[-1]
        assert ledger.check(connection, events[3].digest) == ()


def test_the_digest_can_be_checked_without_us(ten: Books) -> None:
    """It is SHA-256 of plain canonical JSON, as anyone can make it."""
    with ten.reading() as connection:
        event = list(ledger.read(connection))[6]
    said = {
        "at": event.at.isoformat(timespec="microseconds"),
        "kind": event.kind,
        "subjects": event.subjects,
        "details": event.details,
        "serial": 7,
        "previous": event.previous,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert hashlib.sha256(text.encode()).hexdigest() == event.digest


def test_the_time_is_kept_in_utc(books: Books) -> None:
    """A time without zone is our own bug."""
    china = timezone(timedelta(hours=8))
    with books.transaction() as connection:
        event = ledger.append(connection, datetime(2026, 11, 23, 8, tzinfo=china), "made", [])
        with pytest.raises(ValueError, match="time zone"):
            ledger.append(connection, datetime(2026, 11, 23), "made", [])

    assert event.at == datetime(2026, 11, 23, 0, tzinfo=UTC)


def test_names_of_broken_bytes_can_be_told(books: Books, now: datetime) -> None:
    """Surrogates of a file name go in and come out."""
    with books.transaction() as connection:
        ledger.append(connection, now, "added", ["a\udce9"], {"name": "\udcff鱼"})
    with books.reading() as connection:
        event = next(ledger.read(connection, subject="a\udce9"))

        assert event.details == {"name": "\udcff鱼"}
        assert ledger.check(connection) == ()


@pytest.mark.parametrize("verb", ["UPDATE event SET kind = 'x'", "DELETE FROM event"])
def test_the_books_refuse_to_change_an_event(ten: Books, verb: str) -> None:
    """Not even our own program can."""
    with pytest.raises(Failure, match="the ledger only grows"), ten.transaction() as connection:
        connection.exec_driver_sql(verb)


@pytest.mark.parametrize(
    ("commands", "found"),
    [
        ("", []),
        ("UPDATE event SET details = '{\"n\":99}' WHERE serial = 4", [Break(4, "altered")]),
        (
            "UPDATE event SET at = '2020-01-01T00:00:00+00:00' WHERE serial = 1",
            [Break(1, "altered")],
        ),
        ("UPDATE event SET digest = 'x' WHERE serial = 10", [Break(10, "altered")]),
        ("DELETE FROM event WHERE serial IN (4, 5)", [Break(4, "missing", 2)]),
        ("DELETE FROM event WHERE serial = 1", [Break(1, "missing", 1)]),
        (
            "UPDATE event SET serial = -1 WHERE serial = 3; "
            "UPDATE event SET serial = 3 WHERE serial = 7; "
            "UPDATE event SET serial = 7 WHERE serial = -1",
            [Break(3, "moved", belongs=7), Break(7, "moved", belongs=3)],
        ),
        (
            "DELETE FROM event WHERE serial = 9; UPDATE event SET serial = 9 WHERE serial = 10",
            [Break(9, "moved", belongs=10)],
        ),
    ],
)
def test_tampering_is_found_where_it_was_done(
    ten: Books, commands: str, found: list[Break]
) -> None:
    """Changed, removed, exchanged, closed up again: exactly the findings that should follow."""
    assert list(tampered(ten, commands)) == found


def test_an_event_rewritten_with_its_digest_is_found(ten: Books) -> None:
    """The next event remembers the digest that was; only rewriting all to the end goes unseen."""
    with ten.reading() as connection:
        event = list(ledger.read(connection))[4]
    said = {
        "at": event.at.isoformat(timespec="microseconds"),
        "kind": "other",
        "subjects": event.subjects,
        "details": event.details,
        "serial": 5,
        "previous": event.previous,
    }
    digest = hashlib.sha256(ledger.canonical(said).encode()).hexdigest()
    change = f"UPDATE event SET kind = 'other', digest = '{digest}' WHERE serial = 5"

    assert tampered(ten, change) == (Break(5, "altered"),)


def test_a_cut_end_is_found_by_a_digest_kept_elsewhere(ten: Books) -> None:
    """The chain itself is whole; an edition that names the last event is the witness."""
    with ten.reading() as connection:
        newest = ledger.last(connection)
    assert newest is not None
    assert tampered(ten, "DELETE FROM event WHERE serial > 7") == ()

    with ten.reading() as connection:
        assert ledger.check(connection, newest.digest) == (Break(8, "cut"),)


def test_findings_are_told_in_words() -> None:
    """One sentence each."""
    told = [
        str(b) for b in (Break(4, "missing", 2), Break(3, "moved", belongs=7), Break(4, "altered"))
    ]

    assert told == [
        "2 events are missing from number 4 on",
        "event 3 was written as number 7",
        "event 4 was changed after it was written",
    ]
