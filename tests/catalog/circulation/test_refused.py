"""What may not be written is refused with its reason, all of it at once, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest

from catalog import ledger
from catalog.circulation.entries import (
    Changed,
    Copied,
    Corrected,
    Delivered,
    Entry,
    Line,
    Lost,
    Restocked,
    Returned,
    Scrapped,
    Signed,
)
from catalog.circulation.papers import accession
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.problem import Problem, Refusal

Borrowed = Callable[[], AbstractContextManager[Connection]]
MADE = date(2026, 11, 1)
RUN, RECEIPT = "HX-2026-0001", "QS-2026-0001"
TWO = (Line(RUN, 2),)
# The register has events 1 to 5; these are 6 to 9.
BEGUN = (
    Copied("", "甲", 12, MADE, programmes=("P1",), county="C"),
    Delivered("", MADE, (Line(RUN, 5),), "V"),
    Signed(RECEIPT, "王", MADE),
    Returned(RECEIPT, RUN, "1-2", MADE),
)


CASES: list[tuple[Entry, str]] = [
    (
        Delivered("", MADE, (Line(RUN, 8),), "V"),
        "8 copies of HX-2026-0001 are asked for, 7 are",
    ),
    (Delivered("", MADE, (Line("HX-9", 1),), "V"), "there is no run of copies HX-9"),
    (
        Delivered("", MADE, (Line(RUN, 0, "5-6"),), "V"),
        "copies 5 of HX-2026-0001 are not in st",
    ),
    (Delivered("", MADE, (Line(RUN, 3, "7-8"),), "V"), "3 copies, but 2 numbers (7-8)"),
    (
        Delivered("", MADE - timedelta(1), TWO, "V"),
        "2026-10-31 lies before 2026-11-01, when HX",
    ),
    (Delivered("", MADE, TWO, "X"), "site X was closed on 2026-01-01"),
    (Delivered("", MADE, TWO, "Z"), "there is no site Z"),
    (Delivered("", MADE, TWO, "V", "户"), "it must be said who received it"),
    (Delivered("", MADE, TWO), "it must be said who received it"),
    (Delivered("", MADE, TWO, "V", mode="sold"), "sold is not known here"),
    (Delivered("", MADE, TWO, "V", mode="cost"), "copies at cost price need an approval"),
    (Delivered(RECEIPT, MADE, TWO, "V"), "receipt QS-2026-0001 is in the books already"),
    (Delivered("a b", MADE, TWO, "V"), "a b cannot be the number of a paper"),
    (Delivered("", MADE, (), "V"), "a receipt has from 1 to 1000 lines"),
    (Copied("", "甲", 0, MADE), "0 copies cannot be"),
    (Copied(RUN, "甲", 1, MADE), "number HX-2026-0001 is taken already"),
    (Copied("", "甲", 1, MADE, programmes=("P9",)), "there is no programme P9"),
    (Copied("", "甲", 1, MADE, county="T"), "there is no county centre T"),
    (Copied("", "甲", 1, MADE, medium="dvd"), "dvd is not known here"),
    (
        Signed(RECEIPT, "李", MADE),
        "receipt QS-2026-0001 was signed by 王 on 2026-11-01 already",
    ),
    (Signed("QS-9", "李", MADE), "there is no receipt QS-9"),
    (Returned(RECEIPT, RUN, "2-3", MADE), "copies 2 of HX-2026-0001 are not out"),
    (Returned(RECEIPT, RUN, "3", MADE - timedelta(1)), "2026-10-31 lies before 2026-11-01"),
    (
        Lost(RECEIPT, RUN, "6", MADE),
        "copies 6 of HX-2026-0001 are not out on this receipt (3-5)",
    ),
    (
        Restocked(RUN, "3", MADE),
        "copies 3 of HX-2026-0001 are not among the returned ones (1-2)",
    ),
    (Scrapped(RUN, "3", MADE), "copies 3 of HX-2026-0001 are neither in stock nor returned"),
    (Scrapped(RUN, "zwei", MADE), "zwei are no numbers of copies"),
    (Corrected(7, "错", MADE), "event 8 came later and rests on it"),
    (Corrected(6, "错", MADE), "event 9 came later and rests on it"),
    (Corrected(99, "错", MADE), "there is no event 99"),
    (Corrected(9, "", MADE), "a correction needs its reason"),
    (Corrected(1, "错", MADE), "an entry of the kind registered is not corrected"),
]


def test_refuses(trying: Borrowed, now: datetime) -> None:
    """Each illegal entry has its reason and a way to mend it; the ledger stays as long."""
    with trying() as connection:
        post(connection, now, BEGUN)
        for entry, wrong in CASES:
            with pytest.raises(Refusal) as refused:
                post(connection, now, [entry], [("fair.csv", 7)])

            assert [(p.file, p.line) for p in refused.value.problems] == [("fair.csv", 7)]
            assert refused.value.problems[0].wrong.replace('"', "").startswith(wrong)
            assert refused.value.problems[0].mend
            assert ledger.next_place(connection)[0] == 10


def test_tells_all_that_is_wrong_at_once(trying: Borrowed, now: datetime) -> None:
    """Two bad lines of three are told, each with its place; the good one is not written either."""
    with trying() as connection:
        post(connection, now, BEGUN)
        batch = [
            Signed("QS-7", "李", MADE),
            Delivered("", MADE, TWO, "V"),
            Scrapped(RUN, "3", MADE),
        ]
        with pytest.raises(Refusal) as refused:
            post(connection, now, batch, [("slips.csv", n) for n in (2, 3, 4)])
        places = [(problem.line, problem.key) for problem in refused.value.problems]

        assert places == [(2, "receipt"), (4, "numbers")]
        assert ledger.next_place(connection)[0] == 10


def test_a_correction_is_not_corrected_and_comes_once(trying: Borrowed, now: datetime) -> None:
    """Taken back from the end to the beginning; then each event only once."""
    with trying() as connection:
        post(connection, now, BEGUN)
        post(connection, now, [Corrected(serial, "错", MADE) for serial in (9, 8, 7, 6)])

        def wrong(serial: int) -> Problem:
            with pytest.raises(Refusal) as refused:
                post(connection, now, [Corrected(serial, "错", MADE)])
            return refused.value.problems[0]

        assert wrong(9).wrong == "event 9 was corrected by event 10 already"
        assert wrong(10).wrong == "an entry of the kind corrected is not corrected"


def test_a_receipt_typed_wrongly_is_written_again(trying: Borrowed, now: datetime) -> None:
    """After its correction the number on the paper is free for what is right; the next goes on."""
    with trying() as connection:
        post(connection, now, BEGUN[:2])
        post(connection, now, [Corrected(7, "数错", MADE)])
        right = Delivered(RECEIPT, MADE, (Line(RUN, 4),), "V")
        post(connection, now, [right, Delivered("", MADE, TWO, "T")])
        told = [e.details["receipt"] for e in ledger.read(connection, "delivered", after=8)]

        assert told == [RECEIPT, "QS-2026-0002"]


def test_a_site_with_unsigned_receipts_is_not_closed(trying: Borrowed, now: datetime) -> None:
    """The register looks at what circulation has written."""
    with trying() as connection:
        post(connection, now, BEGUN[:2])
        with pytest.raises(Refusal):
            post(connection, now, [Changed("V", {"closed_on": "2026-11-20"}, date(2026, 11, 20))])


def test_numbers_of_copies_are_as_wide_as_the_last() -> None:
    """HX-2026-0007/01 of 50, and 0001 of a thousand."""
    assert accession("HX-2026-0007", 1, 50) == "HX-2026-0007/01"
    assert accession("HX-2026-0007", 7, 1500) == "HX-2026-0007/0007"
    assert accession("HX-2026-0007", 7, 7) == "HX-2026-0007/07"
