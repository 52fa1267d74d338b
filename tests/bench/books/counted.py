"""Summaries held against counting again, county by county: what bars of speed are worth nothing
without.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from catalog.database import Books, Connection
from catalog.tables import contents, coverage, deliveries, productions, site_states, sites
from tests.bench.books.measure import Bar
from tests.bench.books.story import Scale

SAMPLE = 20


def same_counted(books: Books, scale: Scale) -> Iterator[Bar]:
    """How many rows of summaries differ from what is counted; none may."""
    some = random.Random(3).sample(range(scale.counties), min(SAMPLE, scale.counties))
    with books.reading() as connection:
        counties = [number * scale.sites + 1 for number in some]
        differ = sum(_differences(connection, county) for county in counties)
        runs = _runs_that_differ(connection)
    yield Bar(f"summaries of {len(some)} counties that differ", differ, 0, "")
    yield Bar("productions whose numbers differ", runs, 0, "")


def _differences(connection: Connection, county: int) -> int:
    inside = sa.select(sites.c.number).where(sites.c.county == county)
    kept = site_states.select().where(site_states.c.site.in_(inside))
    states = _counted_states(connection, county)
    columns = [column for column in coverage.columns if column.name != "drives"]  # a story of discs
    covered = sa.select(*columns).where(coverage.c.county == county)
    sums = _counted_coverage(connection, county)
    rows = {tuple(row) for row in connection.execute(kept)}
    others = {tuple(row) for row in connection.execute(covered)}
    return len(rows ^ states) + len(others ^ sums)


def _counted_states(connection: Connection, county: int) -> set[tuple[Any, ...]]:
    question = (
        sa.select(
            deliveries.c.site, sa.func.count(), sa.func.sum(deliveries.c.copies),
            sa.func.min(deliveries.c.issued_on), sa.func.max(deliveries.c.issued_on),
        )
        .where(deliveries.c.county == county, deliveries.c.site != 0)
        .group_by(deliveries.c.site)
    )  # fmt: skip
    return {tuple(row) for row in connection.execute(question)}


def _counted_coverage(connection: Connection, county: int) -> set[tuple[Any, ...]]:
    areas = sa.select(contents.c.production, contents.c.subject).distinct().subquery()
    question = (
        sa.select(
            deliveries.c.county, sites.c.township, areas.c.subject, sa.func.count(),
            sa.func.sum(deliveries.c.copies),
        )
        .join(sites, sites.c.number == deliveries.c.site)
        .join(areas, areas.c.production == deliveries.c.production)
        .where(deliveries.c.county == county)
        .group_by(deliveries.c.county, sites.c.township, areas.c.subject)
    )  # fmt: skip
    return {tuple(row) for row in connection.execute(question)}


def _runs_that_differ(connection: Connection) -> int:
    """Of the first productions and the last: issued and signed, and made as the sum of it all."""
    wrong = 0
    signed = sa.case((deliveries.c.signed_on != "", deliveries.c.copies), else_=0)
    ends = sa.select(productions).order_by(productions.c.number)
    for row in [
        *connection.execute(ends.limit(SAMPLE)),
        *connection.execute(ends.order_by(None).order_by(productions.c.number.desc()).limit(2)),
    ]:
        sums = sa.select(sa.func.sum(deliveries.c.copies), sa.func.sum(signed))
        issued, back = connection.execute(sums.where(deliveries.c.production == row.number)).one()
        whole = row.made == row.issued + row.in_stock + row.scrapped
        wrong += (issued or 0, back or 0) != (row.issued, row.signed) or not whole
    return wrong
