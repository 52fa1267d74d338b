"""A sheet of sites (CSV or XLSX) as rows, each cell read; everything wrong stands on its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from catalog.cell import Row
from catalog.characters import shown
from catalog.circulation.entries import Drive, Entry, Registered
from catalog.problem import Problem
from catalog.reading import Unclear
from catalog.register import fields
from catalog.register.columns import DRIVE, fact_of, header_of, near_headers
from catalog.table import Table, read_table
from catalog.words import _

MOST_PROBLEMS = 200
_RANK = {"county": 0, "township": 1, "village": 2, "community": 2}  # others after them


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One row: the site, its facts (filled cells only), and the drive that is meant for it."""

    line: int
    site: str
    facts: Mapping[str, str]
    drive: Drive | None = None


@dataclass(frozen=True, slots=True)
class SiteSheet:
    """The rows of a sheet, those above others first; `notices` tell what a person may look at."""

    file: str
    rows: tuple[SiteRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # the column of each fact


def read_sites(path: Path, on: date) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The entries of a sheet for books in which none of its sites is: sites, then drives.

    A drive whose row names no day of refresh is there since `on`. Nothing of a sheet with problems
    should be taken in.
    """
    sheet = read_rows(path, on)
    entries: list[Entry] = [Registered(row.site, row.facts) for row in sheet.rows]
    return (*entries, *(row.drive for row in sheet.rows if row.drive)), sheet.problems


def read_rows(path: Path, on: date) -> SiteSheet:
    """The rows of a sheet with what is wrong in it. Raises Failure where it cannot be read."""
    table = read_table(path)
    facts, problems, notices = _columns(table)
    problems = [*table.problems, *problems]
    if problems and (not table.rows or "id" not in facts):
        return SiteSheet(table.file, problems=tuple(sorted(problems)))
    rows = []
    for row in table.rows:
        if any(cell.text for cell in row.cells):
            rows.append(_row(table, row, facts, on, problems))
        if len(problems) >= MOST_PROBLEMS:
            break
    problems += _twice(table.file, rows)
    rows.sort(key=lambda row: _RANK.get(row.facts.get("level", ""), 9))
    notices += _without_code(rows)
    headers = {fact: head for fact, head in zip(facts, table.header, strict=True) if fact}
    told = tuple(sorted(set(problems))[:MOST_PROBLEMS])
    return SiteSheet(table.file, tuple(rows), told, tuple(notices), headers)


def plain(text: str) -> str:
    """A cell without the ' that keeps a sheet from reckoning it (`'=1+1`)."""
    return text[1:] if re.match(r"'+[=+\-@]", text) else text


def _columns(table: Table) -> tuple[list[str], list[Problem], list[str]]:
    """Our fact of each column, what is wrong with the header, and what is kept unread."""
    facts: list[str] = []
    problems: list[Problem] = []
    notices: list[str] = []
    for place, head in enumerate(table.header):
        fact = fact_of(head) if head else ""
        if fact is None:
            fact = f"{fields.EXTRA}{head}"
            near = near_headers(head)
            if near or not fields.known(fact):
                problems.append(_strange(table, head, near))
            else:
                notices.append(_("the column {name} is kept as it is").format(name=shown(head)))
        elif not head and any(row.cells[place].text for row in table.rows):
            wrong = _("column {place} has no name").format(place=place + 1)
            mend = _("give it one, or delete it")
            problems.append(Problem(table.file, table.header_row, "", wrong, mend))
        if fact and fact in facts:
            first = table.header[facts.index(fact)]
            wrong = _("the same column as {first}, a second time").format(first=shown(first))
            told = Problem(table.file, table.header_row, head, wrong, _("delete one of the two"))
            problems.append(told)
            fact = ""
        facts.append(fact)
    if table.header and "id" not in facts:
        wrong, mend = _("no column tells which site it is"), _("write a column site_id (站点编号)")
        problems.append(Problem(table.file, table.header_row, "", wrong, mend))
    return facts, problems, notices


def _strange(table: Table, head: str, near: tuple[str, ...]) -> Problem:
    wrong = _("no column of this name is known")
    word = _(" or ").join(map(shown, near))
    mend = _("did you mean {word}?").format(word=word) if word else _("shorten it")
    return Problem(table.file, table.header_row, shown(head), wrong, mend)


def _row(table: Table, row: Row, facts: list[str], on: date, problems: list[Problem]) -> SiteRow:
    """One row read; a cell that is not understood counts as empty and is told."""
    said: dict[str, str] = {}
    for fact, head, cell in zip(facts, table.header, row.cells, strict=True):
        if not fact or not cell.text:
            continue
        try:
            said[fact] = _read(fact, plain(cell.text))
        except Unclear as unclear:
            problems.append(Problem(table.file, row.number, head, unclear.wrong, unclear.mend))
    site = said.pop("id", "")
    if not site and not any(problem.line == row.number for problem in problems):
        wrong, mend = _("the row names no site"), _("write its id (site_id), such as HX-T01")
        problems.append(Problem(table.file, row.number, "", wrong, mend))
    drive = {name: said.pop(name) for name in DRIVE if name in said}
    if "drive" not in drive:
        said |= {f"{fields.EXTRA}{header_of(name)}": value for name, value in drive.items()}
        return SiteRow(row.number, site, said)
    day = date.fromisoformat(said["last_refresh"]) if "last_refresh" in said else on
    capacity = float(drive.get("capacity") or 0)
    file_system = drive.get("file_system", "")
    here = Drive(
        drive["drive"], min(day, on), site, site, capacity_gb=capacity, file_system=file_system
    )
    return SiteRow(row.number, site, said, here)


def _read(fact: str, text: str) -> str:
    if fact in ("id", "drive"):
        return fields.read_site_id(text)
    if fact == "capacity":
        return fields.read_amount(text, 1_000_000)
    return text if fact.startswith(fields.EXTRA) else fields.tidy(fact, text)


def _twice(file: str, rows: list[SiteRow]) -> Iterator[Problem]:
    """Sites, drives and centres of a county that stand in the sheet twice."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        named = [("site_id", row.site)] if row.site else []
        named += [("drive_id", row.drive.drive)] if row.drive else []
        for key in named:
            if (first := seen.setdefault(key, row.line)) != row.line:
                wrong = _("{value} stands in row {first} already")
                told = wrong.format(value=shown(key[1]), first=first)
                mend = _("delete one of the two, or correct it")
                yield Problem(file, row.line, key[0], told, mend)


def _without_code(rows: list[SiteRow]) -> list[str]:
    bare = [r.site for r in rows if "code" not in r.facts and r.facts.get("level") != "venue"]
    if not bare:
        return []
    told = _("{count} sites have no region code: {sites}")
    return [told.format(count=len(bare), sites=", ".join(bare[:5]) + " …" * (len(bare) > 5))]
