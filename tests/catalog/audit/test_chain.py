"""The chain walked a piece at a time finds all that a look at the whole of it finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import chain
from catalog.audit import chain as chains
from catalog.chain import FIRST, Break, due
from catalog.database import Books, Connection, events
from catalog.ledger import append, last

COLUMNS = ("at", "kind", "subjects", "details", "previous", "digest")
Tamper = Callable[[Connection], object]


@pytest.fixture
def ledger(books: Books, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Twenty events, read in pieces of six; the triggers that guard them are taken away."""
    monkeypatch.setattr(chain, "PIECE", 6)
    with books.transaction() as connection:
        for number in range(20):
            at = datetime(2012, 8, 1, 8, number, tzinfo=UTC)
            append(connection, at, "described", [f"HX-P{number}"], {"题名": f"节目{number}"})
        if connection.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS event_no_{verb}")
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER USER")
    return books


def change(event: int, **values: object) -> Tamper:
    return lambda c: c.execute(events.update().where(events.c.serial == event).values(values))


def remove(*serials: int) -> Tamper:
    return lambda c: c.execute(events.delete().where(events.c.serial.in_(serials)))


def swap(one: int, other: int) -> Tamper:
    def do(connection: Connection) -> None:
        for now, then in ((one, 900), (other, one), (900, other)):
            change(now, serial=then)(connection)

    return do


def breaks(connection: Connection) -> list[Break]:
    """All breaks, found the plain way: with every line at hand."""
    lines = list(connection.execute(events.select().order_by(events.c.serial)))
    places = {FIRST: 0} | {line.digest: line.serial for line in lines}
    broken = [line for line in lines if due(line) != line.digest]
    found = [
        Break(before + 1, "missing", line.serial - before - 1)
        for before, line in zip([0, *(line.serial for line in lines)], lines, strict=False)
        if line.serial > before + 1
    ]
    for line in broken:
        ends = (places.get(line.previous, -1) + 1, line.serial + 1, line.serial - 1)
        fits = [one for one in ends if 0 < one != line.serial and due(line, one) == line.digest]
        found.append(Break(line.serial, "moved" if fits else "altered", 1, *fits[:1]))
    for line, after in pairwise(lines):
        if after.serial == line.serial + 1 and not {line, after} & set(broken):
            found += [Break(line.serial, "altered")] * (after.previous != line.digest)
    if lines[0].serial == 1 and lines[0] not in broken and lines[0].previous != FIRST:
        found.append(Break(1, "altered"))
    return sorted(set(found))


@pytest.mark.parametrize(
    "tamper",
    [
        change(1, kind="made"), change(1, previous="1" * 64), change(7, details='{"题名":"别的"}'),
        change(20, digest="f" * 64), remove(1), remove(6, 7), remove(12, 13, 14), swap(3, 4),
        swap(6, 13), change(5, serial=-5),
    ],
    ids=range(10),
)  # fmt: skip
def test_finds_what_the_whole_check_finds(ledger: Books, tamper: Tamper) -> None:
    """Events changed, removed and moved, within a piece and over its edge."""
    with ledger.transaction() as connection:
        tamper(connection)
        expected = [(one.serial, str(one)) for one in breaks(connection)]
        found = chains.chain(connection)

    assert expected
    assert found.wrong
    assert [(row[0], row[3]) for row in found.rows] == expected


def test_a_whole_chain_says_its_last_digest(ledger: Books) -> None:
    """Nothing is found, every event was counted, and the digest to write down is told."""
    read: list[int] = []
    with ledger.reading() as connection:
        newest = last(connection)
        found = chains.chain(connection, newest.digest if newest else "", read.append)

    assert not found.wrong
    assert found.rows == ()
    assert sum(read) == 20
    assert newest and any(newest.digest in note for note in found.notes)


def test_an_old_copy_is_noticed_by_a_known_digest(ledger: Books) -> None:
    """A cut-off end leaves a whole chain; only the digest on a paper shows it."""
    with ledger.transaction() as connection:
        newest = last(connection)
        remove(18, 19, 20)(connection)
        alone, known = (chains.chain(connection, one) for one in ("", newest.digest))  # type: ignore[union-attr]

    assert not alone.wrong
    assert known.wrong
    assert known.rows[0][0] == 18


def test_of_many_breaks_the_first_are_told(ledger: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger altered from end to end does not fill memory or screen."""
    monkeypatch.setattr(chains, "MOST", 5)
    with ledger.transaction() as connection:
        connection.execute(events.update().values(kind="made"))
        found = chains.chain(connection)

    assert len(found.rows) == 5
    assert found.wrong


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    serial=st.integers(1, 20), column=st.sampled_from(COLUMNS), place=st.integers(0, 200),
    letter=st.sampled_from('0a"{}甲 \\'),
)  # fmt: skip
def test_one_letter_changed_anywhere_is_found(
    ledger: Books, serial: int, column: str, place: int, letter: str
) -> None:
    """Whatever letter of whatever column is changed, the chain breaks at that event."""
    writing = ledger.engine.connect().execution_options(writes=True)
    with writing as connection, connection.begin() as begun:
        this = sa.select(events.c[column]).where(events.c.serial == serial)
        text = connection.execute(this).scalar_one()
        spot = place % len(text)
        new = text[:spot] + letter + text[spot + 1 :]
        change(serial, **{column: new})(connection)
        found = chains.chain(connection)
        begun.rollback()

    assert found.wrong == (new != text)
    assert not found.wrong or serial - 1 <= int(str(found.rows[0][0])) <= serial
