"""Requests and how long they waited; screenings that no delivery could have served."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Grounds, Row, Table, page
from catalog.audit.asked import Asked, county_of, days_between
from catalog.audit.on_drives import editions_came
from catalog.database import Connection
from catalog.tables import contents, deliveries, productions, requests, screenings, sites
from catalog.words import _

_PIECE = 400
Served = Mapping[tuple[int, str], str]  # first day by site and programme


def requests_open(connection: Connection, asked: Asked) -> Table:
    """Requests without an answer, oldest first, and how long the answered ones waited."""
    county = county_of(connection, asked)
    question = (
        sa.select(requests, sites.c.id.label("place"), sites.c.name)
        .join(sites, sites.c.number == requests.c.site)
        .order_by(requests.c.received_on, requests.c.number)
    )
    if county:
        question = question.where(sites.c.county == county)
    if asked.since:
        question = question.where(requests.c.received_on >= asked.first)
    found = list(connection.execute(question))
    waiting = [row for row in found if row.status == "open"]
    waited = [
        days for row in found
        if isinstance(days := days_between(row.received_on, row.answered_on), int)
    ]  # fmt: skip
    notes = [_("{open} of {all} requests are open").format(open=len(waiting), all=len(found))]
    if waited:
        told = _("answered ones waited {median} days (median), at most {most}")
        notes.append(told.format(median=round(median(waited)), most=max(waited)))
    part, following = page([_waiting(row, asked) for row in waiting], asked.limit, asked.after)
    columns = ("request", "received_on", "days", "site", "name", "asked_by", "text", "subject",
               "programme")  # fmt: skip
    return Table(
        "requests", _("Requests without an answer"), columns, part, tuple(notes), following
    )


def _waiting(row: Any, asked: Asked) -> Row:
    one = Cell(row.id, Grounds("request", (("number", row.number),)))
    days = days_between(row.received_on, asked.today)
    return (
        one, row.received_on, days, row.place, row.name, row.asked_by, row.text, row.subject,
        row.programme,
    )  # fmt: skip


def unserved(connection: Connection, asked: Asked) -> Table:
    """Screenings of the period that no delivery could have served, as far as the books know."""
    county = county_of(connection, asked)
    shown = _screenings(connection, asked, county)
    pairs = {(row.site, one) for row in shown for one in _ids(row.programmes)}
    came = _came(connection, pairs, county)
    made = _made(connection, {one for _site, one in pairs})
    rows = [
        _unserved(row, lacking)
        for row in shown
        if (lacking := [one for one in _ids(row.programmes) if not _served(row, one, came, made)])
    ]
    part, following = page(rows, asked.limit, asked.after)
    return Table(
        "unserved", _("Screenings that no delivery could have served"),
        ("screening", "on", "site", "name", "medium", "programmes", "attendance", "why"),
        part,
        (_("rule: a production with the programme was delivered to the site by that day; for "
           "venues and the centre it is enough that the centre had made it"),
         _("what drives held before their first refresh by this program is not in these books")),
        following,
    )  # fmt: skip


def _screenings(connection: Connection, asked: Asked, county: int) -> list[Any]:
    question = (
        sa.select(screenings, sites.c.id.label("place"), sites.c.name, sites.c.level,
                  sites.c.county, sites.c.township)
        .join(sites, sites.c.number == screenings.c.site)
        .where(screenings.c.held_on >= asked.first, screenings.c.held_on <= asked.today)
        .order_by(screenings.c.held_on, screenings.c.number)
    )  # fmt: skip
    return list(
        connection.execute(question.where(sites.c.county == county) if county else question)
    )


def _ids(text: str) -> list[str]:
    return [one for one in re.split(r"[;,\s\[\]\"]+", text) if one]


def _came(connection: Connection, pairs: Iterable[tuple[int, str]], county: int) -> Served:
    """The first day on which a programme came to a site."""
    places = sorted({place for place, _programme in pairs})
    holding: dict[int, list[str]] = {}
    for some in _pieces(sorted({programme for _place, programme in pairs})):
        question = contents.select().where(contents.c.programme.in_(some))
        for row in connection.execute(question):
            holding.setdefault(row.production, []).append(row.programme)
    first: dict[tuple[int, str], str] = {}
    for runs in _pieces(sorted(holding)):
        for some in _pieces(places):
            for run, place, day in connection.execute(_first_days(runs, some, county)):
                for programme in holding[run]:
                    first[place, programme] = min(first.get((place, programme), day), day)
    wanted = {programme for _place, programme in pairs}
    for key, day in editions_came(connection, places, wanted).items():
        first[key] = min(first.get(key, day), day)
    return first


def _first_days(runs: list[int], places: list[int], county: int) -> sa.Select[Any]:
    here = deliveries.c
    question = (
        sa.select(here.production, here.site, sa.func.min(here.issued_on))
        .where(here.production.in_(runs), here.site.in_(places))
        .group_by(here.production, here.site)
    )
    return question.where(here.county == county) if county else question


def _made(connection: Connection, wanted: Iterable[str]) -> Served:
    """The first day on which a county had made a programme."""
    first: dict[tuple[int, str], str] = {}
    for some in _pieces(sorted(wanted)):
        question = (
            sa.select(productions.c.county, contents.c.programme,
                      sa.func.min(productions.c.made_on))
            .join(contents, contents.c.production == productions.c.number)
            .where(contents.c.programme.in_(some))
            .group_by(productions.c.county, contents.c.programme)
        )  # fmt: skip
        for county, programme, day in connection.execute(question):
            first[county, programme] = day
    return first


def _pieces(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + _PIECE] for start in range(0, len(values), _PIECE))


def _served(row: Any, programme: str, came: Served, made: Served) -> bool:
    never = "9999"
    if came.get((row.site, programme), never) <= row.held_on:
        return True
    carried = row.level in ("venue", "county")
    return carried and made.get((row.county, programme), never) <= row.held_on


def _unserved(row: Any, lacking: list[str]) -> Row:
    one = Cell(row.id, Grounds("screening", (("number", row.number),)))
    people = Cell(row.attendance, Grounds("screening", (("number", row.number),), "attendance"))
    drive = row.medium == "drive"
    why = _("no delivery by that day")
    if drive:
        why = _("it lay on no drive of the site by that day, as far as the books know")
    return (
        one, row.held_on, row.place, row.name, row.medium, " ".join(lacking), people, why
    )  # fmt: skip
