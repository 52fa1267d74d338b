"""What follows from identities and editions of drives, counted again from their rows."""

from __future__ import annotations

import sqlalchemy as sa

from catalog.database import Connection
from catalog.tables import drive_contents, drives, enrolments, refreshes, sites


def counted_drives(connection: Connection) -> dict[tuple[int | str, ...], dict[str, int | str]]:
    """Identity and last edition of every drive, by id."""
    borne = {row.drive: row for row in connection.execute(_in_order(enrolments))}
    held = {row.drive: row for row in connection.execute(_in_order(refreshes))}
    counted: dict[tuple[int | str, ...], dict[str, int | str]] = {}
    for one in connection.scalars(sa.select(drives.c.id)):
        token, last = borne.get(one), held.get(one)
        lies = last if token and last and last.event > token.event else None
        counted[(one,)] = {
            "token": token.token if token else "", "number": last.number if last else 0,
            "last_refresh": last.on_day if last else "", "edition": lies.edition if lies else "",
            "root": lies.root if lies else "", "refresh_event": lies.event if lies else 0,
        }  # fmt: skip
    return counted


def covered_by_drives(connection: Connection) -> dict[tuple[int | str, ...], int]:
    """How many drives hold something of a subject, by county, township and subject."""
    about = sa.select(drive_contents.c.drive, drive_contents.c.subject).distinct().subquery()
    key = (sites.c.county, sites.c.township, about.c.subject)
    question = (
        sa.select(*key, sa.func.count())
        .join(drives, drives.c.holder == sites.c.number)
        .join(about, about.c.drive == drives.c.id)
        .where(about.c.subject != "")
        .group_by(*key)
    )
    return {tuple(row[:3]): int(row[3]) for row in connection.execute(question)}


def _in_order(table: sa.Table) -> sa.Select[tuple[object, ...]]:
    return table.select().order_by(table.c.event)
