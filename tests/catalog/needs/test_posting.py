"""Requests, answers and screenings: numbers without gaps, what is refused, what is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from catalog import ledger
from catalog.circulation.entries import Answered, Corrected, Requested, Screened
from catalog.database import Books
from catalog.needs.lists import Listed, request_rows, screening_rows
from catalog.needs.wanted import asked_for
from catalog.problem import Refusal

Post = Callable[..., tuple[int, ...]]
DAY = date(2026, 3, 1)
ASKED = Requested("", DAY, "V1", "下羔了，要羊羔护理的", "养殖户", "LIV.SHEEP", "winter")
HELD = Screened("", "lecture", "T1", DAY, ("P1", "P2"), 120, "vcd", "陈某")


def requests(books: Books) -> list[dict[str, Any]]:
    with books.reading() as connection:
        return request_rows(connection, Listed())


def screenings(books: Books) -> list[dict[str, Any]]:
    with books.reading() as connection:
        return screening_rows(connection, Listed())


def events(books: Books) -> int:
    with books.reading() as connection:
        last = ledger.last(connection)
    return last.serial if last else 0


def test_papers_are_numbered_by_year_without_gaps(county: Books, write: Post) -> None:
    """Each kind and each year counts for itself; a number from outside moves the count on."""
    write(ASKED, replace(ASKED, on=date(2025, 12, 31)), HELD)
    write(replace(ASKED, request="XQ-2026-007"), ASKED, replace(HELD, screening="1"))

    assert [one["id"] for one in requests(county)] == [
        "XQ-2025-001", "XQ-2026-001", "XQ-2026-007", "XQ-2026-008"
    ]  # fmt: skip
    assert [one["id"] for one in screenings(county)] == ["1", "BF-2026-001"]


def test_what_was_written_stands_in_the_rows(county: Books, write: Post) -> None:
    """With the serials of the events."""
    asked, answered = write(ASKED, Answered("XQ-2026-001", DAY, "P1", "寄去了"))
    held = write(HELD)[0]

    row = requests(county)[0]
    assert (row["site"], row["site_name"], row["text"]) == ("V1", "双城村", ASKED.text)
    assert (row["status"], row["programme"], row["answer"]) == ("closed", "P1", "寄去了")
    assert (row["event"], row["answer_event"]) == (asked, answered)
    shown = screenings(county)[0]
    assert (shown["programmes"], shown["attendance"], shown["event"]) == ("P1;P2", 120, held)


ILLEGAL = {
    "no site": (replace(ASKED, site="V9"), "there is no site"),
    "no words": (replace(ASKED, text="  "), "is empty"),
    "tomorrow": (replace(ASKED, on=date(2026, 11, 24)), "has not come yet"),
    "long ago": (replace(ASKED, on=date(202, 3, 1)), "cannot be the day"),
    "subject": (replace(ASKED, subject="AGR;XXX"), '"XXX" is not known'),
    "season": (replace(ASKED, season="monsoon"), '"monsoon" is not known'),
    "bad number": (replace(ASKED, request="a b"), "cannot be the number"),
    "no request": (Answered("XQ-2026-050", DAY, "P1"), "there is no request"),
    "programme": (replace(HELD, programmes=("P1", "P9")), 'no programme "P9"'),
    "kind": (replace(HELD, what="party"), '"party" is not known'),
    "people": (replace(HELD, attendance=-1), "no number of people"),
    "crowd": (replace(HELD, attendance=2_000_000), "no number of people"),
    "screening nowhere": (replace(HELD, site=""), "there is no site"),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_cannot_be_is_refused(county: Books, write: Post, name: str) -> None:
    """With the reason; what came with it is not written either."""
    wrong, reason = ILLEGAL[name]
    before = events(county)
    with pytest.raises(Refusal, match=reason):
        write(ASKED, wrong, HELD)

    assert events(county) == before
    assert requests(county) == screenings(county) == []


def test_a_number_is_given_once(county: Books, write: Post) -> None:
    """Also within one batch."""
    given = replace(ASKED, request="XQ-2026-005")
    with pytest.raises(Refusal, match="taken already"):
        write(given, replace(given, text="别的"))
    write(given)
    with pytest.raises(Refusal, match="taken already"):
        write(given)


def test_a_closed_site_asks_for_nothing(county: Books, write: Post) -> None:
    """From the day on which it was closed; before, it may have asked."""
    from catalog.circulation.entries import Changed  # noqa: PLC0415

    write(Changed("V1", {"closed_on": "2026-02-01"}, date(2026, 2, 1)))
    write(replace(ASKED, on=date(2026, 1, 31)))
    with pytest.raises(Refusal, match="was closed on 2026-02-01"):
        write(ASKED)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answered("XQ-2026-001", date(2026, 2, 28), "P1"), "before it was asked"),
        (Answered("XQ-2026-001", DAY, "P9"), "there is no programme"),
        (Answered("XQ-2026-001", DAY, closed=False), "says nothing"),
    ],
)
def test_an_answer_must_make_sense(
    county: Books, write: Post, answer: Answered, reason: str
) -> None:
    """Not before the question, with a programme that is known, and it must say something."""
    write(ASKED)
    with pytest.raises(Refusal, match=reason):
        write(answer)

    assert requests(county)[0]["status"] == "open"


def test_a_settled_request_is_not_answered_again(county: Books, write: Post) -> None:
    """One that was only matched may be: what it was matched to stays if nothing else is said."""
    write(ASKED, Answered("XQ-2026-001", None, "P1", closed=False))
    assert requests(county)[0]["status"] == "open"
    write(Answered("XQ-2026-001", DAY, answer="已送"))
    assert requests(county)[0]["programme"] == "P1"
    with pytest.raises(Refusal, match="was settled on 2026-03-01"):
        write(Answered("XQ-2026-001", DAY, "P2"))


def test_open_requests_count_for_the_programme_they_name(county: Books, write: Post) -> None:
    """Settled ones and those without a programme do not."""
    write(*[ASKED] * 4)
    for number, (programme, closed) in enumerate([("P1", False), ("P1", False), ("P2", True)], 1):
        write(Answered(f"XQ-2026-{number:03}", DAY, programme, closed=closed))
    with county.reading() as connection:
        assert asked_for(connection) == {"P1": 2}


def test_corrections_take_back_what_was_written(county: Books, write: Post, now: datetime) -> None:
    """The answer first, then the request; the number is not used again."""
    asked, matched = write(ASKED, Answered("XQ-2026-001", None, "P1", closed=False))
    settled, held = write(Answered("XQ-2026-001", DAY, "P2"), HELD)
    with pytest.raises(Refusal, match=f"event {settled}"):
        write(Corrected(matched, "写错", DAY))
    with pytest.raises(Refusal, match=f"event {settled}"):
        write(Corrected(asked, "写错", DAY))
    write(Corrected(settled, "写错", DAY))
    row = requests(county)[0]
    assert (row["status"], row["programme"], row["answer_event"]) == ("open", "P1", matched)
    write(Corrected(matched, "写错", DAY))
    write(Corrected(asked, "写错", DAY), Corrected(held, "写错", DAY))

    assert requests(county) == screenings(county) == []
    write(ASKED, HELD)
    assert [one["id"] for one in requests(county)] == ["XQ-2026-002"]
    assert [one["id"] for one in screenings(county)] == ["BF-2026-002"]
