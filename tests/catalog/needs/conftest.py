"""A county of a few places with some programmes, and the sample county beside this checkout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from catalog import records
from catalog.circulation.entries import Entry, Registered
from catalog.circulation.posting import post
from catalog.database import Books
from catalog.programme import Programme

SAMPLES = Path(__file__).parents[3].parent / "shared" / "reference" / "samples"
PLACES = {
    "C": {"level": "county", "name": "环县支中心", "code": "621022"},
    "T1": {"level": "township", "name": "曲子镇", "parent": "C", "code": "621022101"},
    "V1": {"level": "village", "name": "双城村", "parent": "T1", "population": "300"},
    "V2": {"level": "village", "name": "双城村", "parent": "T1"},
}
Post = Callable[..., tuple[int, ...]]


@pytest.fixture
def county(books: Books, now: datetime) -> Books:
    """Four places, two of one name, and two programmes."""
    with books.transaction() as connection:
        for id, title in (("P1", "母羊护理"), ("P2", "秦腔选段")):
            records.put_programme(connection, Programme(id, title))
        entries = [Registered(id, facts, date(2009, 1, 1)) for id, facts in PLACES.items()]
        post(connection, now, entries)
    return books


@pytest.fixture
def write(county: Books, now: datetime) -> Post:
    """Post entries in one transaction."""

    def once(*entries: Entry) -> tuple[int, ...]:
        with county.transaction() as connection:
            return post(connection, now, entries)

    return once


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the sample county; a visible skip where it is not."""
    if not SAMPLES.exists():
        pytest.skip("the sample county is not beside this checkout")
    return SAMPLES
