"""Requests and screenings as lists: fetched, with the site each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from catalog.database import Connection
from catalog.tables import requests, screenings, sites

_PLACE = (sites.c.id.label("site"), sites.c.name.label("site_name"), sites.c.dialect)


@dataclass(frozen=True, slots=True)
class Listed:
    """Which of them: of a site, between two days (ISO), in a state (`open` or `closed`)."""

    site: str = ""
    since: str = ""
    until: str = ""
    status: str = ""


def request_rows(connection: Connection, listed: Listed) -> list[dict[str, Any]]:
    """Requests, the oldest first."""
    question = _of(requests, requests.c.received_on, listed)
    if listed.status:
        question = question.where(requests.c.status == listed.status)
    return [dict(row) for row in connection.execute(question).mappings()]


def request_row(connection: Connection, number: str) -> dict[str, Any] | None:
    """One request, by its number."""
    question = _of(requests, requests.c.received_on, Listed()).where(requests.c.id == number)
    row = connection.execute(question).mappings().first()
    return dict(row) if row else None


def screening_rows(connection: Connection, listed: Listed) -> list[dict[str, Any]]:
    """Screenings, the oldest first."""
    question = _of(screenings, screenings.c.held_on, listed)
    return [dict(row) for row in connection.execute(question).mappings()]


def paper_numbers(connection: Connection, serials: Sequence[int]) -> list[str]:
    """The numbers of the requests and screenings that these events wrote."""
    found: list[str] = []
    for table in (requests, screenings):
        found += connection.scalars(sa.select(table.c.id).where(table.c.event.in_(serials)))
    return found


def _of(table: sa.Table, day: sa.Column[str], listed: Listed) -> sa.Select[Any]:
    columns = [column for column in table.columns if column.name not in ("number", "site")]
    question = sa.select(*columns, *_PLACE).join(sites, sites.c.number == table.c.site)
    if listed.site:
        question = question.where(sites.c.id == listed.site)
    if listed.since:
        question = question.where(day >= listed.since)
    if listed.until:
        question = question.where(day <= listed.until)
    return question.order_by(day, table.c.id)
