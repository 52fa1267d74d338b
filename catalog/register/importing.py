"""A sheet of sites taken into the books: what is new, what is different, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from catalog.circulation.desk import Tray
from catalog.circulation.entries import Changed, Drive, Entry, Registered
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.problem import Problem, Refusal
from catalog.register.history import Fact, day_of, valid
from catalog.register.reading import SiteRow, SiteSheet, read_rows
from catalog.register.settling import settle
from catalog.register.shelf import facts_of, ids_of
from catalog.tables import drives, sites


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a sheet: the sites that are new, changed and as they were, and the drives."""

    registered: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    drives: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def import_sites(
    connection: Connection, at: datetime, path: Path, since: date | None = None
) -> Imported:
    """Take a sheet in, all of it or none; `since` is the day from which it is true (today).

    An empty cell takes nothing away. Raises Refusal with every mistake on its line, of the sheet
    and of what its rows would do to the books.
    """
    today = day_of(at)
    settle(connection, today)
    sheet = read_rows(path, since or today)
    entries = list(differences(connection, sheet.rows, today, since))
    places = [(sheet.file, line) for line, _entry in entries]
    try:
        post(connection, at, [entry for _line, entry in entries], places)
    except Refusal as refusal:
        raise Refusal(_told(sheet, refusal.problems)) from refusal
    if sheet.problems:
        raise Refusal(sheet.problems)
    said = [entry for _line, entry in entries]
    registered = tuple(entry.site for entry in said if isinstance(entry, Registered))
    changed = tuple(entry.site for entry in said if isinstance(entry, Changed))
    return Imported(
        registered,
        changed,
        len(sheet.rows) - len(registered) - len(changed),
        tuple(entry.drive for entry in said if isinstance(entry, Drive)),
        sheet.notices,
    )


def differences(
    connection: Connection, rows: Iterable[SiteRow], today: date, since: date | None
) -> Iterator[tuple[int, Entry]]:
    """The entries that make the books say what the rows say, each with its line."""
    rows = [row for row in rows if row.site]
    tray, held = Tray(sites, "id"), Tray(drives, "id")
    tray.fetch(connection, [row.site for row in rows])
    held.fetch(connection, [row.drive.drive for row in rows if row.drive])
    there = {row.site: found for row in rows if (found := tray.get(row.site))}
    known = facts_of(connection, [found["number"] for found in there.values()])
    for row in rows:
        if row.site not in there:
            yield row.line, Registered(row.site, row.facts, since)
        elif other := _other(row.facts, known[there[row.site]["number"]], since or today):
            yield row.line, Changed(row.site, other, since)
    homes = _names(connection, held)
    for row in rows:
        if row.drive and (moved := _other_drive(row.drive, held, homes, today)):
            yield row.line, moved


def _other(said: Mapping[str, str], known: list[Fact], on: date) -> dict[str, str]:
    """The facts that are not as the books have them; a manager as of the day he begins."""
    now = {field: fact.value for field, fact in valid(known, on).items()}
    if begun := said.get("manager_since"):
        then = valid(known, max(on, date.fromisoformat(begun)))
        now |= {name: then[name].value for name in ("manager", "manager_since") if name in then}
    other = {field: value for field, value in said.items() if value != now.get(field, "")}
    if "manager" in other and begun:
        other["manager_since"] = begun
    return other


def _other_drive(drive: Drive, held: Tray, homes: Mapping[int, str], today: date) -> Drive | None:
    """A drive that is new, or other than the books have it; who holds it now stays."""
    row = held.get(drive.drive)
    if row is None:
        return drive
    same = (
        homes.get(row["home"]) == drive.home
        and drive.capacity_gb in (0, row["capacity_gb"])
        and drive.file_system in ("", row["file_system"])
    )
    if same:
        return None
    on = max(today, date.fromisoformat(row["since"]))
    return replace(drive, on=on, holder=homes.get(row["holder"], drive.holder), state=row["state"])


def _names(connection: Connection, held: Tray) -> dict[int, str]:
    """The ids of the sites that drives are meant for or lie at."""
    rows = [row for row in held.rows.values() if row is not None]
    return ids_of(connection, {row[name] for row in rows for name in ("home", "holder")})


def _told(sheet: SiteSheet, found: Iterable[Problem]) -> list[Problem]:
    """Problems of the cells and of the rows; a row with a bad cell is not told of twice."""
    bad = {problem.line for problem in sheet.problems}
    rows = [
        replace(problem, key=sheet.headers.get(problem.key, problem.key))
        for problem in found
        if problem.line not in bad
    ]
    return [*sheet.problems, *rows]
