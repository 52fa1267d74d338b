"""A county with one township, two programmes, and a way to leave the books as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pytest

from catalog import records
from catalog.circulation.entries import Changed, Registered
from catalog.circulation.posting import post
from catalog.database import Books, Connection
from catalog.programme import Programme

DAY = date(2026, 11, 1)


class _Back(Exception):
    pass


@pytest.fixture
def day() -> date:
    """A day on which things are done."""
    return DAY


@pytest.fixture
def county(books: Books, now: datetime) -> Books:
    """A centre C, its township T, a village V, a closed one X, and programmes P1 and P2."""
    with books.transaction() as connection:
        records.put_programme(connection, Programme(id="P1", title="羊", subject=("LIV.SHEEP",)))
        records.put_programme(connection, Programme(id="P2", title="菜", subject=("AGR.VEG",)))
        centre = {"level": "county", "name": "县", "code": "621022"}
        town = {"level": "township", "name": "镇", "code": "621022101", "parent": "C"}
        village = {"level": "village", "name": "村", "code": "621022101201", "parent": "T"}
        other = village | {"code": "621022101202", "name": "旧村"}
        told = {"C": centre, "T": town, "V": village, "X": other}
        post(
            connection, now, [Registered(id, facts, date(2020, 1, 1)) for id, facts in told.items()]
        )
        post(connection, now, [Changed("X", {"closed_on": "2026-01-01"}, date(2026, 1, 1))])
    return books


@pytest.fixture
def trying(county: Books) -> Callable[[], object]:
    """The county's books for a while; whatever was written in them is taken back."""

    @contextmanager
    def borrowed() -> Iterator[Connection]:
        try:
            with county.transaction() as connection:
                yield connection
                raise _Back
        except _Back:
            pass

    return borrowed
