"""What does not match the register: points, parents, codes, people, days, drives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Grounds, Row, Table, page
from catalog.audit.asked import Asked, county_of
from catalog.audit.on_drives import that_differ
from catalog.database import Connection
from catalog.tables import deliveries, drives, screenings, sites
from catalog.words import _

_VILLAGES = ("village", "community")
_DIGITS = {"county": (6,), "township": (9,), "village": (12, 17), "community": (12, 17)}
_ABOVE = {"township": ("county",), "village": ("township",), "community": ("township", "county")}
_BEGAN = "2002-01-01"  # the project did not exist before
_COLUMNS = (
    "number", "id", "name", "level", "parent", "county", "township", "code", "population",
    "closed_on", "event",
)  # fmt: skip


def mismatch(connection: Connection, asked: Asked) -> Table:
    """Places, people and days that cannot be right, each with what was found and expected."""
    county = county_of(connection, asked)
    question = sa.select(*(sites.c[name] for name in _COLUMNS)).order_by(sites.c.number)
    if county:
        question = question.where(sites.c.county == county)
    found = list(connection.execute(question))
    rows = [
        *_points(found, county, asked.expect), *_places(found), *_twice(found),
        *_crowds(connection, county, asked), *_days(connection, county, asked),
        *_holders(connection, found, county), *that_differ(connection, county),
    ]  # fmt: skip
    part, following = page(rows, asked.limit, asked.after)
    return Table(
        "mismatch", _("What does not match the register"),
        ("what", "about", "found", "expected"), part,
        (_("village points that a report names are held against the register: --expect N"),),
        following, any(row[3] != "" for row in rows),
    )  # fmt: skip


def _points(found: Iterable[Any], county: int, expect: int) -> Iterator[Row]:
    points = sum(row.level in _VILLAGES and not row.closed_on for row in found)
    where = (("level", _VILLAGES), ("closed_on", ""), *((("county", county),) if county else ()))
    cell = Cell(points, Grounds("site", where))
    if not expect or expect == points:
        yield _("village points counted"), "", cell, ""
    else:
        yield _("village points counted"), "", cell, expect


def _site(row: Any) -> Grounds:
    return Grounds("site", (("number", row.number),))


def _places(found: list[Any]) -> Iterator[Row]:
    """The parent of each site, and whether its code has the right form and lies under the parent's.

    A venue has no code of its own: it bears its county's.
    """
    known = {row.number: row for row in found}
    for row in found:
        above = known.get(row.parent)
        wanted = _ABOVE.get(row.level, ())
        about = Cell(row.id, _site(row))
        if wanted and (above is None or above.level not in wanted):
            has = above.id if above else _("none")
            yield _("belongs to no place above it"), about, has, " / ".join(wanted)
        if row.level in _DIGITS and row.code:
            yield from _code(row, above, about)


def _code(row: Any, above: Any, about: Cell) -> Iterator[Row]:
    digits = _DIGITS[row.level]
    if not row.code.isdigit() or len(row.code) not in digits:
        counts = " / ".join(map(str, digits))
        yield _("region code of a wrong form"), about, row.code, counts
    elif above is not None and above.code and not row.code.startswith(above.code):
        yield _("region code is not under its parent's"), about, row.code, f"{above.code}…"


def _twice(found: list[Any]) -> Iterator[Row]:
    """Codes, and names within one parent, that several open sites bear."""
    own = [row for row in found if row.level != "venue" and not row.closed_on]
    for what, key in (
        (_("region code borne twice"), lambda row: row.code),
        (_("name borne twice in one place"), lambda row: (row.parent, row.name)),
    ):
        often: Mapping[Any, int] = Counter(key(row) for row in own if row.code or row.name)
        for one, count in often.items():
            if count > 1 and one:
                bearers = tuple(row.number for row in own if key(row) == one)
                ids = " ".join(row.id for row in own if row.number in bearers)
                cell = Cell(count, Grounds("site", (("number", bearers),)))
                yield what, one if isinstance(one, str) else f"{one[1]} {ids}", cell, 1


def _crowds(connection: Connection, county: int, asked: Asked) -> Iterator[Row]:
    """Screenings with more people than the place has."""
    question = (
        sa.select(screenings, sites.c.name, sites.c.population)
        .join(sites, sites.c.number == screenings.c.site)
        .where(sites.c.population > 0, screenings.c.attendance > sites.c.population)
        .where(screenings.c.held_on >= asked.first)
        .order_by(screenings.c.number)
    )
    for row in connection.execute(question.where(sites.c.county == county) if county else question):
        people = Cell(row.attendance, Grounds("screening", (("number", row.number),), "attendance"))
        most = _("at most {count}").format(count=row.population)
        yield _("attendance above population"), f"{row.id} {row.name}", people, most


def _days(connection: Connection, county: int, asked: Asked) -> Iterator[Row]:
    """Days that are none, lie ahead or before the project, and signatures before the delivery."""
    issued, signed = deliveries.c.issued_on, deliveries.c.signed_on
    where = [deliveries.c.county == county] if county else []
    period = sa.and_(issued >= asked.first, issued <= asked.today)
    wide = sa.or_(issued > asked.today, issued < _BEGAN)
    inside = sa.and_(*where, sa.or_(wide, period))
    # Few days, many deliveries: only days and pairs of days that cannot be are looked up.
    odd = [
        column.in_(days)
        for column, there in ((issued, inside), (signed, sa.and_(inside, signed != "")))
        if (days := _odd_days(connection, sa.select(column).where(there), asked.today))
    ]
    shown = sa.select(deliveries.c.number, deliveries.c.receipt, issued, signed)
    early = sa.and_(signed != "", signed < issued)
    for row in connection.execute(shown.where(inside, sa.or_(early, *odd))):
        if told := _odd(row.issued_on, asked.today) or _signature(row, asked.today):
            about = Cell(row.receipt, Grounds("delivery", (("number", row.number),)))
            yield told[0], about, told[1], told[2]
    held = sa.select(screenings.c.number, screenings.c.id, screenings.c.held_on)
    held = held.join(sites, sites.c.number == screenings.c.site)
    for one in connection.execute(held.where(sites.c.county == county) if county else held):
        if told := _odd(one.held_on, asked.today):
            about = Cell(one.id, Grounds("screening", (("number", one.number),)))
            yield told[0], about, told[1], told[2]


def _odd_days(connection: Connection, days: sa.Select[Any], today: str) -> list[str]:
    """Of these days, those that cannot be."""
    return [day for (day,) in connection.execute(days.distinct()) if _odd(day, today)]


def _odd(day: str, today: str) -> tuple[str, str, str] | None:
    try:
        date.fromisoformat(day)
    except ValueError:
        return _("a day that is none"), day or _("none"), _("a day like 2012-08-01")
    if not _BEGAN <= day <= today:
        between = _("between {first} and {last}").format(first=_BEGAN, last=today)
        return _("a day that cannot be"), day, between
    return None


def _signature(row: Any, today: str) -> tuple[str, str, str] | None:
    if not row.signed_on:
        return None
    if row.signed_on < row.issued_on:
        late = _("from {day} on").format(day=row.issued_on)
        return _("signed before it was delivered"), row.signed_on, late
    return _odd(row.signed_on, today)


def _holders(connection: Connection, found: list[Any], county: int) -> Iterator[Row]:
    """Drives whose site is closed or not in the register."""
    closed = {row.number: row for row in found if row.closed_on}
    question = drives.select().where(drives.c.state.in_(("held", "out"))).order_by(drives.c.id)
    if county:
        inside = sa.select(sites.c.number).where(sites.c.county == county)
        question = question.where(drives.c.holder.in_(inside))
    known = {row.number for row in found}
    for row in connection.execute(question):
        if row.holder and (row.holder in closed or row.holder not in known):
            about = Cell(row.id, Grounds("drive", (("id", row.id),)))
            has = closed[row.holder].id if row.holder in closed else str(row.holder)
            yield _("a drive at a closed or unknown site"), about, has, _("an open site")
