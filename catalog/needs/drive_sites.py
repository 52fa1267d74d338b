"""The sites that have drives, out of the books, as the due list wants them; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from catalog.database import Connection
from catalog.needs.due import DriveSite
from catalog.tables import drives, sites

# What registers write in Chinese.
_CYCLES = {
    "每月": "monthly", "月": "monthly", "双月": "bimonthly", "每季": "quarterly",
    "季度": "quarterly", "每季度": "quarterly", "半年": "halfyear", "每半年": "halfyear",
    "一年": "yearly", "每年": "yearly", "年": "yearly", "无": "none", "不更新": "none",
}  # fmt: skip
_USABLE = ("held", "out")


def drive_sites(
    connection: Connection, on: date, county: int = 0, route: str = ""
) -> tuple[DriveSite, ...]:
    """The open sites that drives are meant for, of one county or one route if asked for. Lost and
    scrapped drives are none.
    """
    question = _question().where(
        drives.c.state.in_(_USABLE),
        sa.or_(sites.c.closed_on == "", sites.c.closed_on > on.isoformat()),
    )
    if county:
        question = question.where(sites.c.county == county)
    if route:
        question = question.where(sites.c.route == route)
    rows = connection.execute(question.order_by(sites.c.number, drives.c.id)).mappings()
    return tuple(_site(list(group)) for _number, group in groupby(rows, lambda r: r["number"]))


def cycle_of(text: str) -> str:
    """The code of a cycle that a register wrote in Chinese; what is none of ours stays."""
    return _CYCLES.get(text, text)


def _question() -> sa.Select[Any]:
    township, centre = sites.alias("township"), sites.alias("centre")
    here = sites.c
    joined = (
        sites.join(drives, drives.c.home == here.number)
        .outerjoin(township, township.c.number == here.township)
        .outerjoin(centre, centre.c.number == here.county)
    )
    columns = (
        here.number, here.id, here.name, here.level, here.cycle, here.last_refresh, here.route,
        here.distance_km, here.manager, here.phone,
        drives.c.id.label("drive"), drives.c.last_refresh.label("drive_refresh"),
        township.c.id.label("in_township"), centre.c.id.label("in_county"),
    )  # fmt: skip
    return sa.select(*columns).select_from(joined)


def _site(rows: list[sa.RowMapping]) -> DriveSite:
    row = rows[0]
    places = (row["id"], row["in_township"], row["in_county"])
    return DriveSite(
        id=row["id"],
        name=row["name"],
        level=row["level"],
        drives=tuple(each["drive"] for each in rows),
        cycle=cycle_of(row["cycle"]),
        refreshed=_refreshed(row["last_refresh"], (each["drive_refresh"] for each in rows)),
        route=row["route"],
        distance_km=row["distance_km"],
        contact=row["manager"],
        phone=row["phone"],
        places=tuple(dict.fromkeys(each for each in places if each)),
    )


def _refreshed(site: str, of_drives: Iterable[str]) -> date | None:
    """The register knows a day for the site, each drive may know its own: of several drives the
    one refreshed longest ago counts, but never an older day than the site's.
    """
    newest = max(site, min(of_drives, default=""))
    return date.fromisoformat(newest) if newest else None
