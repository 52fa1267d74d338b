"""What of a batch of requests and screenings stands in the books already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import sqlalchemy as sa

from catalog.circulation.entries import Answered, Requested, Screened
from catalog.database import Connection
from catalog.needs.sheet import Need
from catalog.problem import Problem
from catalog.tables import requests, screenings, sites
from catalog.words import _

_PIECE = 500
Place = tuple[str, int]
Placed = list[tuple[Need, Place]]
_Said = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A request or a screening in the books: its number, what it says, the event that wrote it."""

    id: str
    said: _Said
    event: int
    answer: _Said = ()


def sift(connection: Connection, placed: Placed) -> tuple[Placed, int, list[Problem]]:
    """What is new, how many were known, and what contradicts the books or the batch itself."""
    asked, held = _papers(connection, placed)
    by_words = {paper.said: paper for paper in (*asked.values(), *held.values())}
    fresh: Placed = []
    problems: list[Problem] = []
    seen: dict[_Said, Place] = {}
    last: Paper | None = None  # the request that an answer without a number belongs to
    for entry, place in placed:
        if isinstance(entry, Answered):
            paper = asked.get(entry.request) if entry.request else last
            if not (paper and paper.answer == _answer(entry)):
                named = entry if entry.request or not paper else _for(entry, paper)
                fresh.append((named, place))
            continue
        number, said = _number(entry), _said(entry)
        of_kind = asked if isinstance(entry, Requested) else held
        last = paper = of_kind.get(number) if number else by_words.get(said)
        key = (number, *said)
        if key in seen:
            wrong = _("says the same as row {first}").format(first=seen[key][1])
            problems.append(Problem(*place, "", wrong, _("delete one of the two")))
        elif paper is None:
            fresh.append((entry, place))
        elif paper.said != said:
            wrong = _("number {id} stands in the books with other words").format(id=paper.id)
            mend = _("give it another number, or correct event {serial}")
            problems.append(Problem(*place, "", wrong, mend.format(serial=paper.event)))
        seen.setdefault(key, place)
    return fresh, len(placed) - len(fresh) - len(problems), problems


def pieces_of(values: list[str]) -> Iterator[list[str]]:
    """So many values at a time as every database takes."""
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]


def _for(entry: Answered, paper: Paper) -> Answered:
    return Answered(paper.id, entry.on, entry.programme, entry.answer, entry.closed)


def _number(entry: Requested | Screened) -> str:
    return entry.request if isinstance(entry, Requested) else entry.screening


def _said(entry: Requested | Screened) -> _Said:
    on = entry.on.isoformat()
    if isinstance(entry, Requested):
        words = (entry.text, entry.asked_by, entry.subject, entry.season)
        return ("request", entry.site, on, *words)
    programmes = ";".join(entry.programmes)
    told = (entry.attendance, entry.medium, entry.recorded_by)
    return ("screening", entry.site, on, entry.what, programmes, *told)


def _answer(entry: Answered) -> _Said:
    on = entry.on.isoformat() if entry.on else ""
    return entry.programme, entry.answer, on, "closed" if entry.closed else "open"


def _papers(connection: Connection, placed: Placed) -> tuple[dict[str, Paper], dict[str, Paper]]:
    """The requests and screenings of the numbers and the days in the batch, by number."""
    entries = [entry for entry, _place in placed]
    asked = [e for e in entries if isinstance(e, Requested)]
    held = [e for e in entries if isinstance(e, Screened)]
    numbers = {e.request for e in entries if isinstance(e, Requested | Answered)}
    found = _rows(connection, requests, numbers, {e.on.isoformat() for e in asked})
    shown = {e.screening for e in held}
    others = _rows(connection, screenings, shown, {e.on.isoformat() for e in held})
    return {r["id"]: _asked(r) for r in found}, {r["id"]: _held(r) for r in others}


def _rows(
    connection: Connection, table: sa.Table, ids: set[str], days: set[str]
) -> Iterator[Mapping[str, Any]]:
    """Rows with the id of their site as `at`."""
    day = table.c.received_on if table is requests else table.c.held_on
    question = sa.select(table, sites.c.id.label("at")).join(sites, sites.c.number == table.c.site)
    by_id = (question.where(table.c.id.in_(piece)) for piece in pieces_of(sorted(ids - {""})))
    by_day = (question.where(day.in_(piece)) for piece in pieces_of(sorted(days)))
    for one in chain(by_id, by_day):
        yield from (dict(row) for row in connection.execute(one).mappings())


def _asked(row: Mapping[str, Any]) -> Paper:
    words = (row["text"], row["asked_by"], row["subject"], row["season"])
    said = ("request", row["at"], row["received_on"], *words)
    answer = (row["programme"], row["answer"], row["answered_on"], row["status"])
    return Paper(row["id"], said, row["event"], answer)


def _held(row: Mapping[str, Any]) -> Paper:
    told = (row["attendance"], row["medium"], row["recorded_by"])
    said = ("screening", row["at"], row["held_on"], row["kind"], row["programmes"], *told)
    return Paper(row["id"], said, row["event"])
