"""Books in which drives had neither identity nor edition are brought up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from catalog.circulation.entries import (
    Copied,
    Delivered,
    Drive,
    Enrolled,
    Line,
    Refreshed,
    Registered,
)
from catalog.circulation.posting import post
from catalog.circulation.recounting import recount
from catalog.database import Books, Connection, open_books
from catalog.drives.asking import standing_of
from catalog.programme import Programme
from catalog.records import put_programme


def test_books_of_the_fourth_version_are_brought_up(
    books: Books,
    address: Path | str,
    now: datetime,
    aged: Callable[[Connection, str], None],
    enrolled: Enrolled,
    refreshed: Callable[..., Refreshed],
) -> None:
    """Drives and sums stay as they were; then an identity and an edition can be written."""
    day = enrolled.on
    with books.transaction() as connection:
        put_programme(connection, Programme("P1", "羊", subject=("LIV.SHEEP",)))
        post(connection, now, [
            Registered("C", {"level": "county", "name": "县"}),
            Registered("V", {"level": "township", "name": "镇", "parent": "C"}),
            Drive("D1", day, "V", "V"), Copied("", "甲", 9, day, programmes=("P1",)),
            Delivered("", day, (Line("HX-2026-0001", 2),), "V"),
        ])  # fmt: skip
        aged(connection, "0004")
    books.close()
    newer = open_books(address)
    with newer.transaction() as connection:
        assert recount(connection) == ()
        post(connection, now, [enrolled, refreshed(1, "P1")])
        found = standing_of(connection, "D1")
        assert found is not None
        assert (found.site, found.number, found.programmes) == ("V", 1, ("P1",))
        assert recount(connection) == ()
    newer.close()
