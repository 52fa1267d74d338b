"""What the register says: sites on a day, the dossier of one, drives and where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from catalog import ledger
from catalog.circulation.entries import Drive, entry_of
from catalog.database import Connection, values_of
from catalog.register.history import Fact, coming, course, valid
from catalog.register.shelf import facts_of, ids_of
from catalog.tables import deliveries, drives, productions, sites

LAST = 5  # deliveries in a dossier


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sites are asked for; what is empty asks nothing. Ids of sites, a code of a level."""

    county: str = ""
    township: str = ""
    level: str = ""
    text: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A site in a list, as it is today."""

    id: str
    name: str
    level: str
    parent: str
    code: str
    access: str
    players: str
    route: str
    manager: str
    phone: str
    closed_on: str
    drives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriveAt:
    """A drive and the ids of the sites it is meant for and lies at, as of `since`."""

    id: str
    home: str
    holder: str
    state: str
    since: str
    due_on: str
    capacity_gb: float | None
    file_system: str
    note: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """One line of a receipt, in a dossier."""

    receipt: str
    production: str
    title: str
    copies: int
    issued_on: str
    signed_by: str
    signed_on: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the register knows of a site: what holds on a day, what will, who was manager."""

    id: str
    on: date
    facts: tuple[Fact, ...]
    coming: tuple[Fact, ...] = ()
    managers: tuple[Fact, ...] = ()
    drives: tuple[DriveAt, ...] = ()
    below: tuple[tuple[str, int], ...] = ()  # how many open sites of each level belong to it
    deliveries: tuple[Arrived, ...] = ()


def places(connection: Connection, wanted: Wanted, most: int = 0) -> tuple[Place, ...]:
    """The sites that are wanted, in the order in which they were registered."""
    question = sites.select().order_by(sites.c.number).where(*_where(connection, wanted))
    rows = connection.execute(question.limit(most) if most else question).all()
    parents = ids_of(connection, {row.parent for row in rows})
    there: dict[int, list[str]] = {}
    for drive in connection.execute(sa.select(drives.c.id, drives.c.holder).order_by(drives.c.id)):
        there.setdefault(drive.holder, []).append(drive.id)
    return tuple(
        Place(
            *(row.id, row.name, row.level, parents.get(row.parent, ""), row.code, row.access),
            *(row.players, row.route, row.manager, row.phone, row.closed_on),
            tuple(there.get(row.number, ())),
        )
        for row in rows
    )


def levels(connection: Connection) -> dict[str, int]:
    """How many open sites there are of each level."""
    question = sa.select(sites.c.level, sa.func.count()).where(sites.c.closed_on == "")
    return {row[0]: row[1] for row in connection.execute(question.group_by(sites.c.level))}


def site_ids(connection: Connection) -> list[str]:
    """The ids of all sites, for suggesting one that looks alike."""
    return list(connection.scalars(sa.select(sites.c.id)))


def dossier(connection: Connection, site: str, on: date) -> Dossier | None:
    """What the register knows of a site, as of a day; None where there is no such site."""
    row = connection.execute(sites.select().where(sites.c.id == site)).first()
    if row is None:
        return None
    facts = facts_of(connection, [row.number])[row.number]
    here = drives.c.holder == row.number
    return Dossier(
        site,
        on,
        tuple(sorted(valid(facts, on).values())),
        coming(facts, on),
        tuple(reversed(course(facts, "manager"))),
        _drives(connection, here | (drives.c.home == row.number)),
        tuple(sorted(_below(connection, row.number).items())),
        _arrived(connection, row.number, on),
    )


def all_drives(connection: Connection, state: str = "") -> tuple[DriveAt, ...]:
    """The drives, all or those in one state."""
    return _drives(connection, drives.c.state == state if state else sa.true())


def drive(connection: Connection, number: str) -> DriveAt | None:
    """One drive as it stands."""
    return next(iter(_drives(connection, drives.c.id == number)), None)


def drives_on(connection: Connection, on: date) -> tuple[Drive, ...]:
    """The drives as they stood on a day, from the ledger."""
    stood: dict[str, Drive] = {}
    for event in ledger.read(connection, "drive"):
        entry = entry_of(event.kind, event.details)
        if isinstance(entry, Drive) and entry.on <= on:
            stood[entry.drive] = entry
    return tuple(stood.values())


def _where(connection: Connection, wanted: Wanted) -> Iterable[Any]:
    for column, site in ((sites.c.county, wanted.county), (sites.c.township, wanted.township)):
        if site:
            yield column == sa.select(sites.c.number).where(sites.c.id == site).scalar_subquery()
    if wanted.level:
        yield sites.c.level == wanted.level
    if wanted.text:
        columns = (sites.c.id, sites.c.name, sites.c.manager, sites.c.pinyin, sites.c.code)
        yield sa.or_(*(column.contains(wanted.text, autoescape=True) for column in columns))
    if not wanted.closed:
        yield sites.c.closed_on == ""


def _drives(connection: Connection, where: sa.ColumnElement[bool]) -> tuple[DriveAt, ...]:
    rows = [values_of(r) for r in connection.execute(drives.select().where(where))]
    names = ids_of(connection, {row[name] for row in rows for name in ("home", "holder")})
    kept = ("state", "since", "due_on", "capacity_gb", "file_system", "note")
    found = (
        DriveAt(
            r["id"], names.get(r["home"], ""), names.get(r["holder"], ""), *(r[k] for k in kept)
        )
        for r in rows
    )
    return tuple(sorted(found, key=lambda one: one.id))


def _below(connection: Connection, number: int) -> Counter[str]:
    question = sa.select(sites.c.level).where(sites.c.parent == number, sites.c.closed_on == "")
    return Counter(connection.scalars(question))


def _arrived(connection: Connection, number: int, on: date) -> tuple[Arrived, ...]:
    """What was delivered last by a day, newest first."""
    columns = (
        *(deliveries.c.receipt, productions.c.id, productions.c.title, deliveries.c.copies),
        *(deliveries.c.issued_on, deliveries.c.signed_by, deliveries.c.signed_on),
    )
    question = (
        sa.select(*columns)
        .join(productions, productions.c.number == deliveries.c.production)
        .where(deliveries.c.site == number, deliveries.c.issued_on <= on.isoformat())
        .order_by(deliveries.c.issued_on.desc(), deliveries.c.number.desc())
    )
    return tuple(Arrived(*row) for row in connection.execute(question.limit(LAST)))
