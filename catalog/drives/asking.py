"""What the books know of a drive: its identity, its editions, what lies on it; read only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from catalog import ledger
from catalog.circulation.entries import (
    Checked,
    Confirmed,
    Drive,
    Enrolled,
    Refreshed,
    entry_of,
)
from catalog.database import Connection, values_of
from catalog.register.shelf import ids_of
from catalog.tables import corrections, drives, refreshes

_PIECE = 500
DriveEntry = Drive | Enrolled | Refreshed | Confirmed | Checked


@dataclass(frozen=True, slots=True)
class DriveStanding:
    """A drive as the books have it. `site` is its home; `token` is empty where it bears no identity
    of ours. `number`, `edition`, `root` and `programmes` of the last edition; where nothing that
    the books know lies on it (no edition yet, or a new disk) all but `number` are empty. What the
    next edition names as the one before is `last_root`: that of edition `number`, on whatever disk.
    `capacity` in bytes as the drive itself told, 0 where it was not asked.
    """

    drive: str
    site: str
    token: str
    volume: str
    capacity: int
    file_system: str
    number: int
    edition: str
    root: str
    programmes: tuple[str, ...]
    record_sha256: str
    last_refresh: str
    holder: str = ""
    state: str = ""
    last_root: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """One edition that was put onto a drive. `signed_by` is empty until its receipt code came."""

    event: int
    number: int
    edition: str
    root: str
    on: str
    site: str
    programmes: tuple[str, ...]
    files: int
    bytes: int
    copied: int
    removed: int
    kept: int
    free: int
    confirmed: str
    recipe: str
    signed_by: str
    signed_on: str


def standing_of(connection: Connection, drive: str) -> DriveStanding | None:
    """What a drive is and holds; None where the register does not know it."""
    return standings(connection, [drive]).get(drive)


def standings(connection: Connection, wanted: Collection[str]) -> dict[str, DriveStanding]:
    """What these drives are and hold, by id; those that the register does not know are left out."""
    found = []
    for piece in _pieces(sorted(set(wanted))):
        found += [values_of(r) for r in connection.execute(_standing(piece))]
    names = ids_of(connection, {row[name] for row in found for name in ("home", "holder")})
    return {row["id"]: _told(row, names) for row in found}


def _told(row: Mapping[str, Any], names: Mapping[int, str]) -> DriveStanding:
    lies = bool(row["root"])  # else the last edition lay on a disk that was replaced
    return DriveStanding(
        row["id"], names.get(row["home"], ""), row["token"], row["volume"], row["capacity"],
        row["file_system"], row["number"], row["edition"], row["root"],
        _ids(row["programmes"]) if lies else (), row["record_sha256"] if lies else "",
        row["last_refresh"], names.get(row["holder"], ""), row["state"], row["last_root"] or "",
    )  # fmt: skip


def editions_of(connection: Connection, drive: str) -> tuple[Filled, ...]:
    """All editions that were put onto a drive, the oldest first."""
    here = refreshes.c.drive == drive
    rows = connection.execute(refreshes.select().where(here).order_by(refreshes.c.number)).all()
    names = ids_of(connection, {row.site for row in rows})
    return tuple(
        Filled(
            row.event, row.number, row.edition, row.root, row.on_day, names.get(row.site, ""),
            _ids(row.programmes), row.files, row.bytes, row.copied, row.removed, row.kept, row.free,
            row.confirmed, row.recipe, row.signed_by, row.signed_on,
        )
        for row in rows
    )  # fmt: skip


def course_of(connection: Connection, drive: str) -> tuple[tuple[int, DriveEntry], ...]:
    """All that happened to a drive and counts still, oldest first, with the serials of the events:
    moved, enrolled, refreshed, confirmed, checked.
    """
    told = [
        (event.serial, entry)
        for event in ledger.read(connection, subject=drive)
        if isinstance(entry := entry_of(event.kind, event.details), DriveEntry)
        and entry.drive == drive
    ]
    gone: set[int] = set()
    for piece in _pieces([serial for serial, _entry in told]):
        gone |= set(
            connection.scalars(sa.select(corrections.c.of).where(corrections.c.of.in_(piece)))
        )
    return tuple((serial, entry) for serial, entry in told if serial not in gone)


def _standing(ids: Collection[str]) -> sa.Select[Any]:
    here = refreshes.c
    last = sa.and_(here.drive == drives.c.id, here.number == drives.c.number)
    return (
        sa.select(drives, here.programmes, here.record_sha256, here.root.label("last_root"))
        .outerjoin(refreshes, last)
        .where(drives.c.id.in_(ids))
    )


def _ids(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split(";") if one)


def _pieces(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]
