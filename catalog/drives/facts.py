"""What the books know of a site that decides what goes onto its drive: values for a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from catalog.database import Connection
from catalog.needs.drive_sites import cycle_of
from catalog.needs.due import BY_LEVEL, CYCLES
from catalog.tables import (
    contents,
    deliveries,
    drive_contents,
    drives,
    equipment,
    productions,
    requests,
    sites,
)

_PIECE = 500
_USABLE = ("held", "out")


@dataclass(frozen=True, slots=True)
class DriveHere:
    """A drive that is meant for a site. `capacity_gb` as the register has it, 0 where it does not
    say; `capacity` in bytes as the drive itself told when it got its identity, 0 before.
    """

    id: str
    capacity_gb: float = 0.0
    file_system: str = ""
    capacity: int = 0


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A site as a plan wants to know it. `township` and `county` are ids; `players`: how many of
    each kind of equipment work there today (vcd, dvd, tv, pc, projector); `industries` are subject
    codes. `asked` are programmes that open requests name, the most wanted first, `asked_subjects`
    the subjects of open requests that name none. `on_drive` and `on_discs` are programmes that it
    has: on the drives meant for it, on copies that it received and still has. `months` from one
    refresh to the next, 0 where there is none. `described`: the register says what equipment there
    is; else nobody knows whether a drive can be played.
    """

    id: str
    name: str
    level: str
    county: str = ""
    township: str = ""
    township_name: str = ""
    route: str = ""
    dialect: str = ""
    industries: tuple[str, ...] = ()
    players: tuple[tuple[str, int], ...] = ()
    drives: tuple[DriveHere, ...] = ()
    asked: tuple[str, ...] = ()
    asked_subjects: tuple[str, ...] = ()
    on_drive: tuple[str, ...] = ()
    on_discs: tuple[str, ...] = ()
    months: int = 0
    described: bool = True


def site_facts(
    connection: Connection, on: date, wanted: Collection[str] = ()
) -> dict[str, SiteFacts]:
    """What is known of sites that are open on a day, by id: those that are `wanted`, or all that a
    usable drive is meant for; in the order of the register.
    """
    rows = [*_sites(connection, on, wanted)]
    numbers = [row["number"] for row in rows]
    of_drives, works = _drives(connection, numbers), _works(connection, numbers)
    asked = _asked(connection, numbers)
    lying, held = _on_drives(connection, numbers), _on_discs(connection, numbers)
    return {
        row["id"]: SiteFacts(
            row["id"], row["name"], row["level"], row["in_county"] or "", row["in_township"] or "",
            row["town"] or "", row["route"], row["dialect"], _codes([row["industries"]]),
            tuple(works.get(n, ())), tuple(of_drives[n]), _often(p for p, _s in asked[n]),
            _codes(s for p, s in asked[n] if not p), tuple(lying[n]), tuple(held.get(n, ())),
            _months(row["cycle"], row["level"]), n in works,
        )
        for row in rows
        for n in (row["number"],)
    }  # fmt: skip


def _months(cycle: str, level: str) -> int:
    known = cycle_of(cycle)
    return CYCLES.get(known if known in CYCLES else BY_LEVEL.get(level, ""), 0)


def _codes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for text in texts for code in text.split(";") if code))


def _often(named: Iterable[str]) -> tuple[str, ...]:
    """Each once, those named most often first, then in the order in which they were named."""
    counts: dict[str, int] = {}
    for one in filter(None, named):
        counts[one] = counts.get(one, 0) + 1
    return tuple(sorted(counts, key=lambda one: -counts[one]))


def _sites(connection: Connection, on: date, wanted: Collection[str]) -> Iterator[sa.RowMapping]:
    township, county = sites.alias("township"), sites.alias("centre")
    here = sites.c
    question = (
        sa.select(
            here.number, here.id, here.name, here.level, here.route, here.dialect, here.industries,
            here.cycle, township.c.id.label("in_township"), township.c.name.label("town"),
            county.c.id.label("in_county"),
        )
        .outerjoin(township, township.c.number == here.township)
        .outerjoin(county, county.c.number == here.county)
        .where(sa.or_(here.closed_on == "", here.closed_on > on.isoformat()))
        .order_by(here.number)
    )  # fmt: skip
    if not wanted:
        homes = sa.select(drives.c.home).where(drives.c.state.in_(_USABLE))
        yield from connection.execute(question.where(here.number.in_(homes))).mappings()
        return
    found: list[sa.RowMapping] = []
    for piece in _pieces(sorted(set(wanted))):
        found += connection.execute(question.where(here.id.in_(piece))).mappings()
    yield from sorted(found, key=lambda row: row["number"])


def _drives(connection: Connection, numbers: list[int]) -> Mapping[int, list[DriveHere]]:
    found: dict[int, list[DriveHere]] = defaultdict(list)
    question = sa.select(drives).where(drives.c.state.in_(_USABLE)).order_by(drives.c.id)
    for row in _rows(connection, question, drives.c.home, numbers):
        gigabytes = row["capacity_gb"] or 0.0
        found[row["home"]].append(
            DriveHere(row["id"], gigabytes, row["file_system"], row["capacity"])
        )
    return found


def _works(connection: Connection, numbers: list[int]) -> Mapping[int, list[tuple[str, int]]]:
    """What works, of each site whose equipment the register describes."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    question = sa.select(equipment).order_by(equipment.c.kind)
    for row in _rows(connection, question, equipment.c.site, numbers):
        there = found[row["site"]]
        if row["state"] == "working" and row["count"]:
            there.append((row["kind"], row["count"]))
    return found


def _asked(connection: Connection, numbers: list[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Programme and subjects of each open request."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    question = (
        sa.select(requests.c.site, requests.c.programme, requests.c.subject)
        .where(requests.c.status == "open")
        .order_by(requests.c.number)
    )
    for row in _rows(connection, question, requests.c.site, numbers):
        found[row["site"]].append((row["programme"], row["subject"]))
    return found


def _on_drives(connection: Connection, numbers: list[int]) -> Mapping[int, list[str]]:
    question = (
        sa.select(drives.c.home.label("site"), drive_contents.c.programme)
        .distinct()
        .join(drive_contents, drive_contents.c.drive == drives.c.id)
        .order_by(drive_contents.c.programme)
    )
    return _programmes(_rows(connection, question, drives.c.home, numbers))


def _on_discs(connection: Connection, numbers: list[int]) -> Mapping[int, list[str]]:
    """By way of the productions: a site has dozens of them, with dozens of programmes each."""
    still = deliveries.c.copies > deliveries.c.returned + deliveries.c.lost
    question = (
        sa.select(deliveries.c.site, deliveries.c.production)
        .join(productions, productions.c.number == deliveries.c.production)
        .where(still, productions.c.kind != "leaflet")
        .distinct()
    )
    runs: dict[int, set[int]] = defaultdict(set)
    for row in _rows(connection, question, deliveries.c.site, numbers):
        runs[row["site"]].add(row["production"])
    held: dict[int, list[str]] = defaultdict(list)
    for row in _rows(connection, sa.select(contents), contents.c.production, _all_of(runs)):
        held[row["production"]].append(row["programme"])
    return {
        site: sorted({programme for run in there for programme in held[run]})
        for site, there in runs.items()
    }


def _all_of(runs: Mapping[int, set[int]]) -> list[int]:
    return sorted({run for there in runs.values() for run in there})


def _programmes(rows: Iterable[sa.RowMapping]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row["site"]].append(row["programme"])
    return found


def _rows(
    connection: Connection, question: sa.Select[Any], column: sa.Column[int], numbers: list[int]
) -> Iterator[sa.RowMapping]:
    for piece in _pieces(numbers):
        yield from connection.execute(question.where(column.in_(piece))).mappings()


def _pieces(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]
