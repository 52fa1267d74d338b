"""Totals that equal those of the year before: copied, as reports sometimes were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Grounds, Row, Table, Where, page
from catalog.audit.asked import Asked, county_of, names_of
from catalog.audit.grounds import TABLES, conditions
from catalog.database import Connection
from catalog.tables import deliveries, screenings, sites
from catalog.words import _

Span = tuple[str, str]


def same_as_last_year(connection: Connection, asked: Asked) -> Table:
    """Totals of the period beside those of the same days a year before; equal ones are marked."""
    county = county_of(connection, asked)
    spans = (asked.first, asked.today), (_year_before(asked.first), _year_before(asked.today))
    rows = [*_whole(connection, county, spans)]
    if county:
        rows += _townships(connection, county, spans)
    part, following = page(rows, asked.limit, asked.after)
    equal = any(row[-1] for row in rows)
    return Table(
        "same-as-last-year", _("Totals beside those of the year before"),
        ("place", "figure", "this_period", "year_before", "same"), part,
        (_("{first} to {last}, and the same days a year before").format(
            first=asked.first, last=asked.today),
         _("equal totals over nothing are not marked")),
        following, equal,
    )  # fmt: skip


def _year_before(day: str) -> str:
    then = date.fromisoformat(day)
    try:
        return then.replace(year=then.year - 1).isoformat()
    except ValueError:  # the 29th of February
        return (then - timedelta(days=366)).isoformat()


def _during(column: str, span: Span, county: int) -> Where:
    period = ((f"{column}>=", span[0]), (f"{column}<=", span[1]))
    return (*period, ("county", county)) if county else period


def _whole(connection: Connection, county: int, spans: tuple[Span, Span]) -> Iterator[Row]:
    """A line for each figure of a report."""
    told = (
        (_("copies delivered"), "delivery", "issued_on", "copies"),
        (_("lines of receipts"), "delivery", "issued_on", "rows"),
        (_("copies made"), "production", "made_on", "made"),
        (_("productions"), "production", "made_on", "rows"),
        (_("screenings"), "screening", "held_on", "rows"),
        (_("attendance"), "screening", "held_on", "attendance"),
        (_("requests"), "request", "received_on", "rows"),
    )
    for figure, table, column, amount in told:
        grounds = [Grounds(table, _during(column, s, county), amount) for s in spans]
        this, before = (Cell(total(connection, one), one) for one in grounds)
        yield "", figure, this, before, _same(this.value, before.value)


def _same(this: Any, before: Any) -> str:
    return _("the same") if this == before and this else ""


def total(connection: Connection, grounds: Grounds) -> int:
    """The number that simple grounds give, added up by the database."""
    table = TABLES[grounds.table]
    counts = grounds.amount == "rows"
    what = sa.func.count() if counts else sa.func.sum(table.c[grounds.amount])
    question = sa.select(what).select_from(table).where(*conditions(table, grounds.where))
    return int(connection.execute(question).scalar() or 0)


def _townships(connection: Connection, county: int, spans: tuple[Span, Span]) -> Iterator[Row]:
    """A line for each township whose total of copies or of people is the same as a year before."""
    figures = (
        (_("copies delivered"), deliveries, "issued_on", "copies"),
        (_("attendance"), screenings, "held_on", "attendance"),
    )
    for figure, table, column, amount in figures:
        this, before = (_by_township(connection, county, (table, column, amount), s) for s in spans)
        same = {one: n for one, n in this.items() if one and n and before.get(one) == n}
        for one, row in sorted(names_of(connection, same).items()):
            cells = (
                Cell(same[one], Grounds(
                    table.name, (*_during(column, s, county), ("township", one)), amount))
                for s in spans
            )  # fmt: skip
            yield row.name, figure, *cells, _("the same")


def _by_township(
    connection: Connection, county: int, what: tuple[sa.Table, str, str], span: Span
) -> Mapping[int, int]:
    table, column, amount = what
    question = (
        sa.select(sites.c.township, sa.func.sum(table.c[amount]))
        .join(sites, sites.c.number == table.c.site)
        .where(table.c[column] >= span[0], table.c[column] <= span[1])
        .group_by(sites.c.township)
    )
    inside = table.c.county if "county" in table.c else sites.c.county
    return {one: int(n) for one, n in connection.execute(question.where(inside == county))}
