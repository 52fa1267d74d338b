"""Cells and rows of a sheet, whatever file it came in: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_LETTERS = 20_000  # in one cell


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell. `number`: the sheet holds a number there, not text, so that its
    writing (leading zeros, trailing zeros) is lost; `day`: the sheet holds a date.
    """

    text: str
    number: bool = False
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is the line of a CSV file (its first, if a cell runs over several) or the
    row of a worksheet, from 1. Always as many cells as the table has columns.
    """

    number: int
    cells: tuple[Cell, ...]


def cell_of(value: object) -> Cell:
    """A value of a worksheet or a YAML file as a cell; a whole number is written without `.0`."""
    if value is None:
        return Cell("")
    if isinstance(value, datetime):
        return Cell(value.date().isoformat(), day=value.date())
    if isinstance(value, date):
        return Cell(value.isoformat(), day=value)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        return Cell(str(int(value)) if whole else str(value), number=True)
    return Cell(str(value).strip())
