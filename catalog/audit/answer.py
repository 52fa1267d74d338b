"""An answer: a table whose numbers know the records they were counted from. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int | float
# What a row must have, by column: a value, one of several, or the rows of a delivery (`delivery.`).
Where = tuple[tuple[str, "Value | tuple[Value, ...]"], ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The records behind a number: rows of `table` that `where` names (grounds.py reads it).

    Each counts as its column `amount`, or as one: `rows`, or one for each different receipt:
    `receipts`. `event` is the column with the serial that tells of it. What `less` counts is taken
    away, what `more` counts comes beside it.
    """

    table: str
    where: Where
    amount: str = "rows"
    event: str = "event"
    less: tuple[Grounds, ...] = ()
    more: tuple[Grounds, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its grounds."""

    value: Value
    grounds: Grounds


Row = tuple[Value | Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An answer. `columns` are keys (heads.py has their words); `next` is what `after` says for the
    page that follows, empty where this was the last; `wrong` where an audit found a difference.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    next: str = ""
    wrong: bool = False


def value_of(cell: Value | Cell) -> Value:
    """What stands in a cell."""
    return cell.value if isinstance(cell, Cell) else cell


def grounds_of(row: Row) -> tuple[Grounds, ...]:
    """The grounds of all cells of a row that have some."""
    return tuple(cell.grounds for cell in row if isinstance(cell, Cell))


def page(rows: Sequence[Row], limit: int, after: str) -> tuple[tuple[Row, ...], str]:
    """A part of rows that are all there, `after` so many of them, and what follows it."""
    begin = int(after) if after.isdigit() else 0
    end = begin + limit if limit else len(rows)
    return tuple(rows[begin:end]), str(end) if end < len(rows) else ""
