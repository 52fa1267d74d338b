"""Which places have nothing, what is overdue, and what each township has of each subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Grounds, Row, Table, page
from catalog.audit.asked import Asked, county_of, days_between, names_of
from catalog.audit.grounds import copies_sent
from catalog.audit.on_drives import drives_with
from catalog.calendar import Calendar
from catalog.database import Connection
from catalog.needs.drive_sites import drive_sites
from catalog.needs.due import BY_LEVEL, Due, due
from catalog.tables import coverage as sums
from catalog.tables import drives, refreshes, site_states, sites
from catalog.words import _

_POINTS = ("township", "village", "community")
_PATIENCE = timedelta(days=30)  # until a receipt code should have come


def nothing(connection: Connection, asked: Asked) -> Table:
    """Open service points that never received anything, or nothing since a day."""
    county = county_of(connection, asked)
    last = sa.func.coalesce(site_states.c.last_on, "")
    question = (
        sa.select(sites, last.label("last_on"), site_states.c.copies)
        .join(site_states, site_states.c.site == sites.c.number, isouter=True)
        .where(sites.c.level.in_(_POINTS), sites.c.closed_on == "")
        .where(last < asked.since.isoformat() if asked.since else last == "")
        .where(sa.not_(_filled(asked)))
        .order_by(sites.c.number)
    )
    if county:
        question = question.where(sites.c.county == county)
    if asked.after.isdigit():
        question = question.where(sites.c.number > int(asked.after))
    if asked.limit:
        question = question.limit(asked.limit + 1)
    found = list(connection.execute(question))
    shown = found[: asked.limit] if asked.limit else found
    towns = names_of(connection, (row.township for row in shown))
    since = _("since {day}").format(day=asked.since) if asked.since else _("ever")
    return Table(
        "nothing", _("Service points that received nothing ({since})").format(since=since),
        ("site", "name", "township", "level", "players", "last_on", "copies", "manager", "phone"),
        tuple(_bare(row, towns) for row in shown),
        (_("a point whose drive was filled for it has received something"),),
        next=str(shown[-1].number) if len(found) > len(shown) else "",
    )  # fmt: skip


def _filled(asked: Asked) -> sa.ColumnElement[bool]:
    """Whether the drive of a site was refreshed, ever or since the day that is asked about."""
    since = asked.since.isoformat() if asked.since else "0"
    here = sa.and_(drives.c.home == sites.c.number, drives.c.last_refresh >= since)
    return sa.exists(sa.select(drives.c.id).where(here))


def _bare(row: Any, towns: Mapping[int, Any]) -> Row:
    copies = Cell(row.copies or 0, copies_sent(("site", row.number)))
    place = Cell(row.id, Grounds("site", (("number", row.number),)))
    return (
        place, row.name, _name(towns, row.township), row.level, row.players, row.last_on, copies,
        row.manager, row.phone,
    )  # fmt: skip


def _name(places: Mapping[int, Any], number: int) -> str:
    return places[number].name if number in places else ""


def overdue(connection: Connection, asked: Asked) -> Table:
    """Sites whose drive should have been refreshed by now: last refresh and cycle."""
    county = county_of(connection, asked)
    late = [
        one
        for one in due(drive_sites(connection, asked.on, county), Calendar(()), asked.on)
        if one.overdue_days or one.why == "never"
    ]
    late.sort(key=lambda one: (-one.overdue_days, one.site.id))
    part, following = page(tuple(map(_late, late)), asked.limit, asked.after)
    return Table(
        "overdue", _("Drive refreshes that are overdue"),
        ("site", "name", "drives", "cycle", "last_refresh", "due_on", "days", "route",
         "distance_km", "manager", "phone"),
        part, (_("rule: last refresh and cycle alone; seasons and fairs: xiaxiang due"),),
        following,
    )  # fmt: skip


def _late(one: Due) -> Row:
    site = one.site
    place = Cell(site.id, Grounds("site", (("id", site.id),)))
    drive = Cell(len(site.drives), Grounds("drive", (("id", site.drives),)))
    return (
        place, site.name, drive, site.cycle or BY_LEVEL.get(site.level, ""),
        site.refreshed.isoformat() if site.refreshed else "",
        one.by.isoformat() if one.since else "", one.overdue_days, site.route,
        site.distance_km or 0, site.contact, site.phone,
    )  # fmt: skip


def drives_out(connection: Connection, asked: Asked) -> Table:
    """Drives that are on their way, overdue, lost, with another site than their own, or whose
    edition nobody confirmed for a month.
    """
    county = county_of(connection, asked)
    month_ago = (asked.on - _PATIENCE).isoformat()
    astray = sa.or_(
        drives.c.state.in_(("out", "lost")),
        sa.and_(drives.c.due_on != "", drives.c.due_on < asked.today, drives.c.state != "scrapped"),
        sa.and_(drives.c.holder != drives.c.home, drives.c.state == "held"),
        sa.and_(refreshes.c.signed_on == "", refreshes.c.on_day < month_ago,
                drives.c.state != "scrapped"),
    )  # fmt: skip
    question = (
        sa.select(drives, refreshes.c.signed_on)
        .join(refreshes, refreshes.c.event == drives.c.refresh_event, isouter=True)
        .where(astray)
        .order_by(drives.c.state, drives.c.due_on, drives.c.id)
    )
    if county:
        inside = sa.select(sites.c.number).where(sites.c.county == county)
        question = question.where(sa.or_(drives.c.home.in_(inside), drives.c.holder.in_(inside)))
    found = list(connection.execute(question))
    places = names_of(connection, (n for row in found for n in (row.home, row.holder)))
    rows = tuple(_drive(row, places, asked) for row in found)
    part, following = page(rows, asked.limit, asked.after)
    return Table(
        "drives", _("Drives that are out, overdue or lost"),
        ("drive", "state", "home", "holder", "since", "due_on", "days", "capacity_gb", "edition",
         "last_refresh", "confirmed"),
        part, (_("also drives whose receipt code did not come for a month"),), following,
    )  # fmt: skip


def _drive(row: Any, places: Mapping[int, Any], asked: Asked) -> Row:
    late = days_between(row.due_on, asked.today) if row.due_on else ""
    one = Cell(row.id, Grounds("drive", (("id", row.id),)))
    return (
        one, row.state, _name(places, row.home), _name(places, row.holder), row.since, row.due_on,
        max(0, late) if isinstance(late, int) else late, row.capacity_gb or 0, row.number or "",
        row.last_refresh, row.signed_on or (_("not confirmed") if row.refresh_event else ""),
    )  # fmt: skip


def coverage(connection: Connection, asked: Asked) -> Table:
    """Copies delivered of each subject area, by township of a county or by county of the nation."""
    county = county_of(connection, asked)
    county = county or _only_county(connection)
    if county:
        return _by_township(connection, asked, county)
    return _by_county(connection, asked)


def _only_county(connection: Connection) -> int:
    """The number of the only county that anything was delivered in; 0 where there are more."""
    ends = connection.execute(sa.select(sa.func.min(sums.c.county), sa.func.max(sums.c.county)))
    first, last = ends.one()
    return int(first or 0) if first == last else 0


def _by_township(connection: Connection, asked: Asked, county: int) -> Table:
    found = {
        (row.township, row.subject): row.copies + row.drives
        for row in connection.execute(sums.select().where(sums.c.county == county))
    }
    inside = sites.select().where(sites.c.county == county, sites.c.level == "township")
    towns = list(connection.execute(inside.order_by(sites.c.number)))
    places = [*((row.number, row.id, row.name) for row in towns)]
    if any(township == 0 for township, _subject in found):
        places.append((0, "", _("county seat, fairs and households")))
    subjects = sorted({subject for _township, subject in found})
    rows = tuple(
        (name_id, name, *_of_township(found, county, number, subjects))
        for number, name_id, name in places
    )
    return _coverage(asked, ("site", "name", *subjects), rows)


def _of_township(
    found: Mapping[tuple[int, str], int], county: int, township: int, subjects: list[str]
) -> Iterator[Cell]:
    for subject in subjects:
        grounds = _there(("county", county), ("township", township), ("subject", subject))
        yield Cell(found.get((township, subject), 0), grounds)


def _there(*where: Any) -> Grounds:
    """Copies that were delivered, and drives that lie there now with something of the subject."""
    return replace(copies_sent(*where), more=(drives_with(*where),))


def _by_county(connection: Connection, asked: Asked) -> Table:
    question = sa.select(sums.c.county, sums.c.subject, sa.func.sum(sums.c.copies + sums.c.drives))
    found = {
        (county, subject): int(copies)
        for county, subject, copies in connection.execute(
            question.group_by(sums.c.county, sums.c.subject)
        )
    }
    places = names_of(connection, (county for county, _subject in found))
    subjects = sorted({subject for _county, subject in found})
    rows = tuple(
        (row.id, row.name, *(
            Cell(found.get((number, subject), 0),
                 _there(("county", number), ("subject", subject)))
            for subject in subjects
        ))
        for number, row in sorted(places.items())
    )  # fmt: skip
    return _coverage(asked, ("site", "name", *subjects), rows)


def _coverage(asked: Asked, columns: tuple[str, ...], rows: tuple[Row, ...]) -> Table:
    part, following = page(rows, asked.limit, asked.after)
    note = _("copies delivered, and drives there now; what has two subjects counts under both")
    return Table("coverage", _("Coverage: places and subjects"), columns, part, (note,), following)
