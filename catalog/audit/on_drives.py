"""What lies on drives now, for the questions that ask what lies where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Grounds, Row
from catalog.audit.asked import Asked
from catalog.database import Connection
from catalog.tables import checks, drive_contents, drives, refreshes, sites
from catalog.words import _

AFTER = "drive:"  # what `after` begins with where a page goes on among drives
_township = sites.alias("of_township")
_PIECE = 500


def drives_with(*where: Any) -> Grounds:
    """Drives that hold something: `programme`, `subject`; or are somewhere: `county`, `township`.
    The event behind each is its last refresh.
    """
    return Grounds("drive", tuple(where), event="refresh_event")


def holding(
    connection: Connection, asked: Asked, county: int, most: int | None
) -> tuple[list[Row], str]:
    """A row for each drive that the programme lies on, by the drive's id; what follows them."""
    columns = (
        *(drives.c[name] for name in ("id", "last_refresh")), refreshes.c.signed_by,
        sites.c.id.label("at"), sites.c.name, sites.c.manager, sites.c.phone,
        _township.c.name.label("of_township"),
    )  # fmt: skip
    question = (
        sa.select(*columns)
        .select_from(drive_contents)
        .join(drives, drives.c.id == drive_contents.c.drive)
        .join(refreshes, refreshes.c.event == drives.c.refresh_event)
        .join(sites, sites.c.number == drives.c.holder, isouter=True)
        .join(_township, _township.c.number == sites.c.township, isouter=True)
        .where(*_held(asked.programme, county), drive_contents.c.drive > _begin(asked.after))
        .order_by(drive_contents.c.drive)
    )
    if most is not None:
        question = question.limit(most + 1)
    found = list(connection.execute(question))
    shown = found if most is None else found[:most]
    if len(found) == len(shown):
        return [_lying(row, asked.programme) for row in shown], ""
    last = shown[-1].id if shown else _begin(asked.after)
    return [_lying(row, asked.programme) for row in shown], f"{AFTER}{last}"


def count_holding(connection: Connection, programme: str, county: int) -> int:
    """On how many drives a programme lies."""
    question = sa.select(sa.func.count()).select_from(drive_contents)
    return int(connection.scalar(question.where(*_held(programme, county))) or 0)


def holders(connection: Connection, programmes: Iterable[str], county: int) -> dict[str, list[int]]:
    """The sites where drives with each of these programmes are, one for each drive."""
    found: dict[str, list[int]] = {}
    named, column = sorted(set(programmes)), drive_contents.c.programme
    for start in range(0, len(named), _PIECE):
        inside = column.in_(named[start : start + _PIECE])
        question = sa.select(column, drives.c.holder).join(
            drives, drives.c.id == drive_contents.c.drive
        )
        for programme, site in connection.execute(question.where(inside, *_inside(county))):
            found.setdefault(programme, []).append(site)
    return found


def at_site(connection: Connection, number: int) -> Iterator[Row]:
    """The drives that a site has, with the edition on each and who told its receipt code."""
    question = (
        sa.select(drives, refreshes.c.programmes, refreshes.c.signed_by, refreshes.c.signed_on)
        .join(refreshes, refreshes.c.event == drives.c.refresh_event, isouter=True)
        .where(drives.c.holder == number)
        .order_by(drives.c.id)
    )
    for row in connection.execute(question):
        if not row.refresh_event:
            one = Cell(1, Grounds("drive", (("id", row.id),)))
            yield (row.since, "", row.id, row.note, "drive", "", one, one, "", "")
            continue
        one = Cell(1, drives_with(("id", row.id)))
        count = len(row.programmes.split(";")) if row.programmes else 0
        title = _("edition {number}: {count} programmes").format(number=row.number, count=count)
        yield (
            row.last_refresh, "", row.id, title, "drive", "", one, one, row.signed_by,
            row.signed_on,
        )  # fmt: skip


def stranded(connection: Connection, lacks: sa.ColumnElement[bool], county: int) -> list[Any]:
    """Drives with something on them at sites that lack what would play it."""
    question = (
        sa.select(drives.c.id.label("run"), drives.c.last_refresh.label("issued_on"), sites.c.id,
                  sites.c.name, sites.c.township, sites.c.players)
        .join(sites, sites.c.number == drives.c.holder)
        .where(drives.c.edition != "", drives.c.state.in_(("held", "out")), lacks)
        .order_by(sites.c.number, drives.c.id)
    )  # fmt: skip
    return list(
        connection.execute(question.where(sites.c.county == county) if county else question)
    )


def that_differ(connection: Connection, county: int) -> Iterator[Row]:
    """Drives filled for another site than they are meant for, and those whose last check since
    their last refresh found something else than the books have.
    """
    meant, filled = sites.alias("meant"), sites.alias("filled")
    every = checks.alias("every")
    newest = sa.select(sa.func.max(every.c.event)).where(every.c.drive == drives.c.id)
    last = newest.correlate(drives).scalar_subquery()
    question = (
        sa.select(drives.c.id, drives.c.home, drives.c.refresh_event, refreshes.c.site,
                  refreshes.c.root, checks.c.findings, checks.c.on_day, checks.c.event,
                  checks.c.root.label("found"), meant.c.id.label("for_site"),
                  filled.c.id.label("filled_for"))
        .join(refreshes, refreshes.c.event == drives.c.refresh_event)
        .join(meant, meant.c.number == drives.c.home)
        .join(filled, filled.c.number == refreshes.c.site)
        .join(checks, checks.c.event == last, isouter=True)
        .where(drives.c.state.in_(("held", "out")), drives.c.refresh_event > 0)
        .where(sa.or_(refreshes.c.site != drives.c.home, checks.c.event > drives.c.refresh_event))
        .order_by(drives.c.id)
    )  # fmt: skip
    if county:
        inside = sa.select(sites.c.number).where(sites.c.county == county)
        question = question.where(drives.c.holder.in_(inside))
    for row in connection.execute(question):
        about = Cell(row.id, drives_with(("id", row.id)))
        if row.site != row.home:
            yield _("a drive filled for another site"), about, row.filled_for, row.for_site
        if row.event and row.event > row.refresh_event:
            yield from _checked(row)


def editions_came(
    connection: Connection, places: Iterable[int], wanted: Iterable[str]
) -> dict[tuple[int, str], str]:
    """The first day on which a programme lay on a drive of a site, by site and programme."""
    first: dict[tuple[int, str], str] = {}
    programmes, numbers = set(wanted), sorted(set(places))
    for start in range(0, len(numbers), _PIECE):
        here = refreshes.c.site.in_(numbers[start : start + _PIECE])
        columns = (refreshes.c.site, refreshes.c.programmes, refreshes.c.on_day)
        for site, held, day in connection.execute(sa.select(*columns).where(here)):
            for one in programmes.intersection(held.split(";")):
                first[site, one] = min(first.get((site, one), day), day)
    return first


def _checked(row: Any) -> Iterator[Row]:
    about = Cell(row.id, Grounds("drive_check", (("event", row.event),)))
    if row.findings:
        found = _("{count} findings on {day}").format(count=row.findings, day=row.on_day)
        yield _("a drive that is not as it was filled"), about, found, _("none")
    elif row.found != row.root:
        yield _("a drive that holds another edition"), about, row.found[:10], row.root[:10]


def _held(programme: str, county: int) -> Iterator[sa.ColumnElement[bool]]:
    yield drive_contents.c.programme == programme
    yield from _inside(county)


def _inside(county: int) -> Iterator[sa.ColumnElement[bool]]:
    if county:
        inside = sa.select(drives.c.id).join(sites, sites.c.number == drives.c.holder)
        yield drive_contents.c.drive.in_(inside.where(sites.c.county == county))


def _begin(after: str) -> str:
    return after.removeprefix(AFTER) if after.startswith(AFTER) else ""


def _lying(row: Any, programme: str) -> Row:
    here = Cell(1, drives_with(("id", row.id), ("programme", programme)))
    return (
        row.at or "", row.name or "", row.of_township or "", row.id, "drive", "", here,
        row.last_refresh, "", row.signed_by, row.manager or "", row.phone or "",
    )  # fmt: skip
