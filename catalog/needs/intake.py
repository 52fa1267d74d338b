"""Requests, answers and screenings taken into the books, from sheets or drives that came back.

What is known already is passed over, so that the same sheet again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog.characters import shown
from catalog.circulation.entries import Answered, Requested, Screened
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.needs.known import Place, Placed, pieces_of, sift
from catalog.needs.sheet import Need, Sheet
from catalog.problem import Problem, Refusal
from catalog.tables import requests, sites
from catalog.words import _


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import did: serials of new events, how many entries were known already, and what a
    person should look at again.
    """

    serials: tuple[int, ...] = ()
    known: int = 0
    warnings: tuple[str, ...] = ()


def import_sheet(connection: Connection, at: datetime, sheet: Sheet) -> TakenIn:
    """Take in a sheet that was read, wholly or not at all. Raises Refusal with every mistake."""
    if sheet.problems:
        raise Refusal(sheet.problems)
    entries = [entry for _line, entry in sheet.entries]
    return import_feedback(connection, at, entries, [(sheet.file, n) for n, _e in sheet.entries])


def import_feedback(
    connection: Connection, at: datetime, entries: Sequence[Need], places: Sequence[Place] = ()
) -> TakenIn:
    """Take in what is not in the books yet. Sites may be named by id or, where only one bears it,
    by name. An Answered without a request's number belongs to the Requested before it.

    Known: a request or screening of the same number that says the same, or without a number one of
    the same day, site and words (programmes). Raises Refusal with every mistake, each at its place.
    """
    where = list(places) or [("", 0)] * len(entries)
    placed, problems = _at_sites(connection, list(zip(entries, where, strict=True)))
    if problems:
        raise Refusal(problems)
    fresh, known, problems = sift(connection, placed)
    if problems:
        raise Refusal(problems)
    serials = _posted(connection, at, fresh)
    told = attendance_warnings(connection, [entry for entry, _place in fresh])
    return TakenIn(serials, known, told)


def attendance_warnings(connection: Connection, entries: Iterable[object]) -> tuple[str, ...]:
    """Screenings to which more people came than live there, by the register."""
    held = [entry for entry in entries if isinstance(entry, Screened)]
    people = _column(connection, sites.c.id, (one.site for one in held), sites.c.population)
    wrong = _("{site} on {day}: {attendance} people came, but {population} live there")
    return tuple(
        wrong.format(site=e.site, day=e.on, attendance=e.attendance, population=people[e.site])
        for e in held
        if people.get(e.site) and e.attendance > people[e.site]
    )


def _posted(connection: Connection, at: datetime, fresh: Placed) -> tuple[int, ...]:
    """Answers to requests that get their number only now are written after these."""
    first = [one for one in fresh if not (isinstance(one[0], Answered) and not one[0].request)]
    serials = _post(connection, at, first)
    numbers = dict(zip(map(id, (entry for entry, _place in first)), serials, strict=True))
    later: Placed = []
    asked = 0
    for entry, place in fresh:
        if isinstance(entry, Requested):
            asked = numbers[id(entry)]
        elif isinstance(entry, Answered) and not entry.request:
            number = connection.scalar(sa.select(requests.c.id).where(requests.c.event == asked))
            later.append((replace(entry, request=str(number)), place))
    return (*serials, *_post(connection, at, later))


def _post(connection: Connection, at: datetime, placed: Placed) -> tuple[int, ...]:
    if not placed:
        return ()
    places = [place for _entry, place in placed]
    return post(connection, at, [entry for entry, _place in placed], places)


def _at_sites(connection: Connection, placed: Placed) -> tuple[Placed, list[Problem]]:
    """Names of sites become their ids."""
    named = {e.site for e, _place in placed if not isinstance(e, Answered)}
    ids = set(_column(connection, sites.c.id, named, sites.c.id))
    by_name: dict[str, list[str]] = {}
    for piece in pieces_of(sorted(named - ids)):
        question = sa.select(sites.c.id, sites.c.name).where(sites.c.name.in_(piece))
        for row in connection.execute(question):
            by_name.setdefault(row.name, []).append(row.id)
    found: Placed = []
    problems = []
    for entry, place in placed:
        if isinstance(entry, Answered) or entry.site in ids:
            found.append((entry, place))
        elif len(meant := by_name.get(entry.site, [])) == 1:
            found.append((replace(entry, site=meant[0]), place))
        else:
            problems.append(_no_site(entry.site, meant, place))
    return found, problems


def _no_site(named: str, meant: list[str], place: Place) -> Problem:
    if meant:
        wrong = _("{count} sites are called {name}").format(count=len(meant), name=shown(named))
        mend = _("write its id: {ids}").format(ids=", ".join(sorted(meant)[:6]))
    else:
        wrong = _("there is no site {id}").format(id=shown(named))
        mend = _("see: xiaxiang site list")
    return Problem(place[0], place[1], "site_id", wrong, mend)


def _column(connection: Connection, key: Any, wanted: Iterable[str], value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for piece in pieces_of(sorted(set(wanted))):
        rows = connection.execute(sa.select(key, value.label("value")).where(key.in_(piece)))
        found |= {row[0]: row[1] for row in rows}
    return found
