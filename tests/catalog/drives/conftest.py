"""A county with a village that has a drive, two programmes, and what is written of drives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from catalog import records
from catalog.circulation.entries import Drive, Enrolled, Refreshed, Registered
from catalog.circulation.posting import post
from catalog.database import Books, Connection
from catalog.programme import Programme

DAY = date(2026, 11, 1)


@pytest.fixture
def connection(books: Books, now: datetime) -> Iterator[Connection]:
    """A centre C, townships T and T2, a village V with the drive D1, and programmes P1 to P3;
    events 1 to 5.
    """
    with books.transaction() as connection:
        for id, title, subject in (
            ("P1", "羊", "LIV.SHEEP"), ("P2", "菜", "AGR.VEG"), ("P3", "戏", "ART.LOCAL"),
        ):  # fmt: skip
            records.put_programme(connection, Programme(id=id, title=title, subject=(subject,)))
        town = {"level": "township", "name": "镇", "code": "621022101", "parent": "C"}
        post(
            connection, now,
            [
                Registered("C", {"level": "county", "name": "县", "code": "621022"}),
                Registered("T", town),
                Registered("T2", town | {"name": "乡", "code": "621022102"}),
                Registered("V", {
                    "level": "village", "name": "村", "parent": "T", "industries": "LIV.SHEEP",
                    "equipment:pc": "1", "equipment:tv": "1 broken", "dialect": "环县方言",
                    "cycle": "quarterly", "route": "R1",
                }),
                Drive("D1", DAY, "V", "V", capacity_gb=500, file_system="exFAT"),
            ],
        )  # fmt: skip
        yield connection


@pytest.fixture
def enrolled() -> Enrolled:
    """D1 gets its identity."""
    return Enrolled("D1", "V", "0" * 32, "A1B2-C3D4", 499 * 10**9, DAY)


@pytest.fixture
def refreshed() -> Callable[..., Refreshed]:
    """The edition of a number on D1; `more` are other fields."""

    def make(number: int, *programmes: str, **more: object) -> Refreshed:
        first = Refreshed(
            "D1", "V", f"winter-{number}", number, f"{number:x}" * 64, DAY, programmes,
            files=3, bytes=6 * 10**9, copied=2, removed=1, kept=1, free=10**11,
            confirmed="device", record_sha256="e" * 64, recipe="winter",
        )  # fmt: skip
        return replace(first, **more)  # type: ignore[arg-type]

    return make
