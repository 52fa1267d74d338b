"""Which facts of a site hold on a day: values only, no database.

A fact holds from its day until the next fact of its field. A fact whose day is empty has held for
as long as anybody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def day_of(at: datetime) -> date:
    """The day it is in China at a moment, wherever the books are read."""
    return at.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """`field` of a site is `value` from `since` (an ISO day, or empty) on; `event` says so."""

    field: str
    since: str
    value: str
    event: int = 0


def valid(facts: Iterable[Fact], on: date) -> dict[str, Fact]:
    """The fact of each field that holds on a day; fields that are empty then are left out."""
    day, newest = on.isoformat(), dict[str, Fact]()
    for fact in facts:
        if fact.since <= day:
            before = newest.get(fact.field)
            if before is None or before.since <= fact.since:
                newest[fact.field] = fact
    return {field: fact for field, fact in newest.items() if fact.value}


def coming(facts: Iterable[Fact], on: date) -> tuple[Fact, ...]:
    """Facts that do not hold yet on a day, in the order in which they will."""
    later = (fact for fact in facts if fact.since > on.isoformat())
    return tuple(sorted(later, key=lambda fact: (fact.since, fact.field)))


def course(facts: Iterable[Fact], field: str) -> tuple[Fact, ...]:
    """All that was ever true of one field, oldest first."""
    return tuple(sorted(fact for fact in facts if fact.field == field))
