"""Whatever is written, legal or not: the balances hold, and all rows follow from the ledger."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from catalog import ledger
from catalog.circulation.entries import (
    Changed,
    Checked,
    Confirmed,
    Copied,
    Corrected,
    Delivered,
    Drive,
    Enrolled,
    Entry,
    Line,
    Lost,
    Refreshed,
    Registered,
    Restocked,
    Returned,
    Scrapped,
    Screened,
    Signed,
)
from catalog.circulation.posting import post
from catalog.circulation.recounting import _MADE_AGAIN, rebuild, recount
from catalog.database import Connection, events
from catalog.problem import Refusal
from catalog.tables import deliveries, productions
from catalog.tables import drives as drives_table

Borrowed = Callable[[], AbstractContextManager[Connection]]
FREELY = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)

days = st.dates(date(2026, 10, 30), date(2026, 11, 5))
runs = st.sampled_from(["HX-2026-0001", "HX-2026-0002", "HX-2026-0003"])
receipts = st.sampled_from([f"QS-2026-000{n}" for n in range(1, 5)])
numbers = st.sampled_from(["1", "2", "1-3", "3,5", "4-6", "7-9", "1-12", "0", "x", ""])
lines = st.builds(Line, runs, st.integers(0, 5), st.sampled_from(["", "", "", "2-3", "9"]))
entries: st.SearchStrategy[Entry] = st.one_of(
    st.builds(
        Copied, st.just(""), st.just("甲"), st.integers(-1, 12), days,
        programmes=st.sampled_from([(), ("P1",), ("P1", "P2"), ("P9",)]),
        county=st.sampled_from(["", "C", "T"]),
    ),
    st.builds(
        Delivered, st.one_of(st.just(""), receipts), days, st.lists(lines, max_size=3).map(tuple),
        site=st.sampled_from(["T", "V", "C", "X", ""]), recipient=st.sampled_from(["", "", "户"]),
        mode=st.sampled_from(["direct", "targeted", "cost", "sold"]),
        approval=st.sampled_from(["", "局长"]),
    ),
    st.builds(Signed, receipts, st.sampled_from(["王", ""]), days),
    st.builds(Returned, receipts, runs, numbers, days),
    st.builds(Lost, receipts, runs, numbers, days),
    st.builds(Restocked, runs, numbers, days),
    st.builds(Scrapped, runs, numbers, days),
    st.builds(Screened, st.just(""), st.just("lecture"), st.just("V"), days, st.just(("P1",))),
    st.builds(Corrected, st.integers(1, 40), st.sampled_from(["错", ""]), days),
)  # fmt: skip
drives = st.sampled_from(["D1", "D1", "D1", "D1", "D2", "D9"])
places = st.sampled_from(["T", "V", "V", "C", ""])
driven: st.SearchStrategy[Entry] = st.one_of(
    st.builds(
        Drive, drives, days, st.sampled_from(["V", "V", "", "T"]), places,
        st.sampled_from(["held", "held", "out", "lost"]),
    ),
    st.builds(
        Enrolled, drives, st.sampled_from(["V", "V", "T"]),
        st.sampled_from([c * 16 for c in "0123"]), st.just("A"), st.just(10**12), days,
    ),
    st.builds(
        Refreshed, drives, st.sampled_from(["V", "V", "V", "T"]), st.just("e"),
        st.sampled_from([0, 0, 0, 2]),
        st.sampled_from([c * 64 for c in "abc"]), days,
        st.sampled_from([(), ("P1",), ("P1",), ("P1", "P2"), ("P2",), ("P2",), ("P9",)]),
        st.just(2), st.sampled_from([10**12, 10**12, 10**12, -1]), st.just(1), st.just(0),
        st.just(1), st.just(5),
        st.just("device"), st.just("f" * 64), st.just(""),
    ),
    st.builds(
        Confirmed, drives, st.integers(1, 3), st.sampled_from(["NANANANA0", "nana-nana-0", "X"]),
        st.just("王"), days,
    ),
    st.builds(
        Checked, drives, st.just("a" * 64), st.sampled_from(["quick", "deep"]), st.booleans(),
        st.integers(0, 1), days,
    ),
    st.builds(Changed, st.just("V"), st.just({"parent": "T2", "code": ""}), days),
    st.builds(Corrected, st.integers(6, 40), st.just("错"), days),
    entries,
)  # fmt: skip
# Two runs and two receipts to begin with, so that most of what follows can be legal.
BEGUN: tuple[Entry, ...] = (
    Copied("", "甲", 12, date(2026, 10, 30), programmes=("P1", "P2"), county="C"),
    Copied("", "乙", 9, date(2026, 10, 30), programmes=("P2",)),
    Delivered("", date(2026, 10, 30), (Line("HX-2026-0001", 5), Line("HX-2026-0002", 2)), "V"),
    Delivered("", date(2026, 10, 30), (Line("HX-2026-0001", 3),), recipient="户"),
)


def snapshot(connection: Connection) -> dict[str, list[str]]:
    tables = [*_MADE_AGAIN, events]
    return {
        table.name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
        for table in tables
    }


DRIVEN: tuple[Entry, ...] = (
    Registered("T2", {"level": "township", "name": "乡", "code": "621022201", "parent": "C"}),
    Drive("D1", date(2026, 10, 30), "V", "V"),
    Drive("D2", date(2026, 10, 30), "T", "C"),
    Enrolled("D1", "V", "e" * 16, "A", 10**12, date(2026, 10, 30)),
    Refreshed(
        "D1", "V", "e", 1, "a" * 64, date(2026, 10, 30), ("P1", "P2"), 2, 10**12, 2, 0, 0, 5,
        "device", "f" * 64, "r",
    ),
)  # fmt: skip


def check_balances(connection: Connection) -> None:
    for run in connection.execute(productions.select()):
        assert run.made == run.issued + run.in_stock + run.scrapped
        assert run.issued == run.signed + run.unsigned + run.returned
        assert min(run.issued, run.in_stock, run.scrapped, run.signed, run.unsigned) >= 0
        assert min(run.returned, run.lost) >= 0


@FREELY
@given(story=st.lists(entries, max_size=25))
def test_any_story_keeps_the_balances(trying: Borrowed, now: datetime, story: list[Entry]) -> None:
    """Legal entries keep both balances, equal to recounting and to the rows made again; illegal
    ones are refused with a reason and change nothing.
    """
    with trying() as connection:
        post(connection, now, BEGUN)
        for entry in story:
            before = snapshot(connection)
            try:
                serials = post(connection, now, [entry])
            except Refusal as refusal:
                assert refusal.problems[0].wrong
                assert refusal.problems[0].mend
                assert snapshot(connection) == before
            else:
                assert len(serials) == 1
            check_balances(connection)
        assert recount(connection) == ()
        assert ledger.check(connection) == ()
        stood = snapshot(connection)
        rebuild(connection, now.date())

        assert snapshot(connection) == stood


def next_of(connection: Connection, entry: Entry) -> Entry:
    """An edition with the number 0 is the next of its drive, on a day that may be."""
    if not isinstance(entry, Refreshed) or entry.number:
        return entry
    row = connection.execute(drives_table.select().where(drives_table.c.id == entry.drive)).first()
    return replace(entry, number=row.number + 1 if row else 1, on=date(2026, 11, 5))


@FREELY
@given(story=st.lists(driven, max_size=15))
def test_any_story_of_drives_follows_from_the_ledger(
    trying: Borrowed, now: datetime, story: list[Entry]
) -> None:
    """Identities, editions, receipts, moves and counter-entries: rows and sums are those that
    counting again and writing again give; what is refused changes nothing.
    """
    with trying() as connection:
        post(connection, now, [*BEGUN, *DRIVEN])
        for drawn in story:
            before, entry = snapshot(connection), next_of(connection, drawn)
            try:
                post(connection, now, [entry])
            except Refusal as refusal:
                assert refusal.problems[0].mend
                assert snapshot(connection) == before
        assert recount(connection) == ()
        stood = snapshot(connection)
        rebuild(connection, now.date())

        assert snapshot(connection) == stood


@FREELY
@given(story=st.lists(driven, min_size=2, max_size=10))
def test_a_batch_is_all_or_nothing(trying: Borrowed, now: datetime, story: list[Entry]) -> None:
    """Many entries at once leave what they leave one by one, or nothing at all."""
    with trying() as connection:
        post(connection, now, [*BEGUN, *DRIVEN])
        before = snapshot(connection)
        try:
            post(connection, now, story)
        except Refusal:
            assert snapshot(connection) == before
            return
        together = snapshot(connection)
    with trying() as connection:
        post(connection, now, [*BEGUN, *DRIVEN])
        for entry in story:
            post(connection, now, [entry])

        assert snapshot(connection) == together


@FREELY
@given(data=st.data())
def test_one_byte_changed_is_found(trying: Borrowed, now: datetime, data: Any) -> None:
    """Any one byte of any column of the ledger, changed behind the program's back, is found."""
    with trying() as connection:
        post(connection, now, BEGUN)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER event_no_update")
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER USER")
        rows = connection.execute(events.select()).all()
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        column = data.draw(st.sampled_from([c.name for c in events.columns if c.name != "serial"]))
        text = getattr(row, column)
        place = data.draw(st.integers(0, len(text) - 1))
        letter = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
        changed = text[:place] + letter + text[place + 1 :]
        here = sa.update(events).where(events.c.serial == row.serial)
        connection.execute(here.values({column: changed}))

        assert (changed == text) == (ledger.check(connection) == ())


@FREELY
@given(data=st.data())
def test_another_serial_is_found(trying: Borrowed, now: datetime, data: Any) -> None:
    """An event that was given another number is found."""
    with trying() as connection:
        post(connection, now, BEGUN)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER event_no_update")
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER USER")
        last = ledger.next_place(connection)[0] - 1
        serial = data.draw(st.integers(1, last))
        other = data.draw(st.integers(last + 1, last + 300))
        here = sa.update(events).where(events.c.serial == serial)
        connection.execute(here.values(serial=other))

        assert ledger.check(connection)


def test_a_sum_that_was_changed_is_told(trying: Borrowed, now: datetime) -> None:
    """Recounting names table, row, column, and both figures."""
    with trying() as connection:
        post(connection, now, BEGUN)
        connection.execute(sa.update(productions).where(productions.c.number == 2).values(issued=7))
        connection.execute(sa.update(deliveries).where(deliveries.c.number == 1).values(lost=1))
        told = [(one.table, one.key, one.column) for one in recount(connection)]

        assert ("production", (2,), "issued") in told
        assert ("delivery", (1,), "lost") in told
