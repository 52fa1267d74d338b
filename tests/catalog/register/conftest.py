"""A county of one centre, one township and one village, and the sample county beside the house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from catalog.circulation.entries import Registered
from catalog.circulation.posting import post
from catalog.database import Books, open_books

ROOT = Path(__file__).parents[3]


@pytest.fixture
def books(address: Path | str) -> Iterator[Books]:
    """Empty books."""
    opened = open_books(address)
    yield opened
    opened.close()


@pytest.fixture
def at() -> datetime:
    """The moment of writing: the sample county's today."""
    return datetime(2012, 8, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def today(at: datetime) -> date:
    """The day of writing."""
    return at.date()


@pytest.fixture
def county(books: Books, at: datetime) -> Books:
    """Books with a county centre C, a township T and a village V."""
    with books.transaction() as connection:
        post(
            connection,
            at,
            [
                Registered("C", {"name": "县", "level": "county", "code": "621022"}),
                Registered(
                    "T", {"name": "镇", "level": "township", "parent": "C", "code": "621022101"}
                ),
                Registered(
                    "V",
                    {
                        "name": "村", "level": "village", "parent": "T", "code": "621022101201",
                        "manager": "张某", "manager_since": "2009-12-01",
                        "equipment:vcd": "1", "equipment:tv": "1坏",
                    },
                ),
            ],
        )  # fmt: skip
    return books


@pytest.fixture
def sample() -> Path:
    """The sheet of sites of the sample county; a visible skip where it is not."""
    path = ROOT.parent / "shared" / "reference" / "samples" / "sites.csv"
    if not path.exists():
        pytest.skip("the sample county is not beside this checkout")
    return path
