"""Sheets as people save them, CSV and XLSX: every cell knows its row; says nothing of meaning."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.cell import MOST_COLUMNS, MOST_LETTERS, MOST_ROWS, Cell, Row
from catalog.characters import controls, decode, read_bytes
from catalog.problem import Problem
from catalog.words import _

MOST_BYTES = 32 << 20
MOST_PROBLEMS = 50

_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its header as written, and the rows below it that are not blank."""

    file: str
    header: tuple[str, ...] = ()
    header_row: int = 1
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_table(path: Path) -> Table:
    """A CSV or XLSX file, told apart by what it holds, not by its name.

    CSV: UTF-8, GB18030 or UTF-16 (see characters.decode), cells parted by comma, semicolon or tab,
    whichever the header row uses most. XLSX: the first visible worksheet that holds anything; of
    formulas the value last calculated. Raises Failure only where the disk cannot be read.
    """
    name = str(path)
    data, problems = read_bytes(path, MOST_BYTES)
    if not problems and (wrong := _not_a_table(data)):
        mend = _("open it and save it as .xlsx (without a password) or as .csv")
        problems = [Problem(name, 0, "", wrong, mend)]
    if problems:
        return Table(name, problems=tuple(problems))
    if data.startswith(b"PK\x03\x04"):
        # openpyxl costs 200 ms, which CSV need not pay.
        from catalog.workbook import worksheet_rows  # noqa: PLC0415

        rows, problems = worksheet_rows(data, name)
        return _table(name, rows, problems)
    text, problems = decode(data, name)
    return _table(name, _csv_rows(text, name, problems), problems)


def _not_a_table(data: bytes) -> str:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _("an old Excel file (.xls), or one with a password")
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"{\\rtf", b"%pdf")):
        return _("not a sheet, whatever its name says")
    return ""


def _table(name: str, rows: Iterable[Row], problems: list[Problem]) -> Table:
    """The first row that is not blank is the header; `rows` may add to `problems` as it goes."""
    filled = (row for row in rows if any(cell.text for cell in row.cells))
    head = next(filled, None)
    if head is None:
        if not problems:
            mend = _("write the names of the columns in the first row")
            problems = [Problem(name, 0, "", _("there is nothing in it"), mend)]
        return Table(name, problems=tuple(problems))
    header = tuple(cell.text for cell in head.cells)
    while header and not header[-1]:
        header = header[:-1]
    body = tuple(_bounded(filled, name, len(header), problems))
    return Table(name, header, head.number, body, tuple(sorted(problems)))


def _bounded(rows: Iterable[Row], name: str, width: int, problems: list[Problem]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            wrong = _("more than {most} rows").format(most=MOST_ROWS)
            problems.append(Problem(name, row.number, "", wrong, _("divide the sheet")))
            return
        if len(problems) >= MOST_PROBLEMS:
            return
        if wrong := _misshapen(row, width):
            mend = _("put a text that holds the separator in quotes, or give the column a name")
            problems.append(Problem(name, row.number, "", wrong, mend))
        yield Row(row.number, _padded(row.cells, width))


def _misshapen(row: Row, width: int) -> str:
    if any(len(cell.text) > MOST_LETTERS for cell in row.cells):
        return _("a cell holds more than {most} letters").format(most=MOST_LETTERS)
    if found := controls("".join(cell.text for cell in row.cells), ""):
        return found[0].wrong
    if any(cell.text for cell in row.cells[width:]):
        wrong = _("has {cells} cells, the header {columns}")
        return wrong.format(cells=len(row.cells), columns=width)
    return ""


def _padded(cells: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    return (*cells[:width], *(Cell("") for _missing in range(width - len(cells))))


def _csv_rows(text: str, name: str, problems: list[Problem]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            mend = _('put the whole cell in quotes and write each quote in it twice: ""')
            wrong = _("a quotation mark is not closed, or stands inside a text")
            problems.append(Problem(name, number, "", wrong, mend))
            continue
        if len(cells) > MOST_COLUMNS:
            wrong = _("more than {most} columns").format(most=MOST_COLUMNS)
            problems.append(Problem(name, number, "", wrong, _("delete the columns not needed")))
            return
        yield Row(number, tuple(Cell(cell.strip()) for cell in cells))


def _delimiter(text: str) -> str:
    """The sign that stands most often in the first filled line, outside quotes; else a comma."""
    head = next((line for line in text.splitlines() if line.strip(_DELIMITERS + " ")), "")
    bare = "".join(head.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)
