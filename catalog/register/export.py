"""The register as a sheet again, cell by cell as it came: CSV and XLSX.

What reads a sheet of ours back (reading.py) finds the same facts. A cell that a sheet would
reckon as a formula is written behind a ' in CSV, and as text in XLSX.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from catalog.circulation.entries import Drive
from catalog.database import Connection
from catalog.register import fields
from catalog.register.asking import drives_on
from catalog.register.columns import ALWAYS, facts_in_order
from catalog.register.history import valid
from catalog.register.shelf import facts_of
from catalog.tables import sites

_AT_ONCE = 2_000


def sheet_of(connection: Connection, on: date) -> tuple[tuple[str, ...], ...]:
    """The header and a row for each site that was registered, as they were on a day.

    The columns of the project's table come first; then others that hold anything, and columns
    nobody knew but somebody filled.
    """
    stood = (drive for drive in drives_on(connection, on) if drive.state in ("held", "out"))
    homes = {drive.home: drive for drive in stood}
    rows = list(_rows(connection, on, homes))
    filled = {header for row in rows for header in row}
    named = [header for header in facts_in_order() if header in ALWAYS or header in filled]
    header = (*named, *sorted(filled - set(named)))
    return header, *(tuple(row.get(name, "") for name in header) for row in rows)


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with its mark, by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) else cell


def _rows(connection: Connection, on: date, homes: Mapping[str, Drive]) -> Iterator[dict[str, str]]:
    question = sa.select(sites.c.number, sites.c.id).order_by(sites.c.number)
    every = connection.execute(question).all()
    for start in range(0, len(every), _AT_ONCE):
        piece = every[start : start + _AT_ONCE]
        facts = facts_of(connection, [row.number for row in piece])
        for row in piece:
            now = {field: fact.value for field, fact in valid(facts[row.number], on).items()}
            if now:
                yield _row(row.id, now, homes.get(row.id))


def _row(site: str, now: Mapping[str, str], drive: Drive | None) -> dict[str, str]:
    """The filled cells of a site by header."""
    said = {"id": site, **{field: _cell(field, value) for field, value in now.items()}}
    if drive:
        said["drive"], said["file_system"] = drive.drive, drive.file_system
        said["capacity"] = f"{drive.capacity_gb:g}" if drive.capacity_gb else ""
    row = {header: said[fact] for header, fact in facts_in_order().items() if said.get(fact)}
    kept = {
        field.removeprefix(fields.EXTRA): value
        for field, value in now.items()
        if field.startswith(fields.EXTRA)
    }
    return {**kept, **row}


def _cell(field: str, value: str) -> str:
    """A fact as a sheet has it: of equipment that works, only the number."""
    return value.removesuffix(" working") if field.startswith("equipment:") else value
