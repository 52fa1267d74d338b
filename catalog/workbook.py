"""Worksheets of an XLSX file as rows, and rows as worksheets; the only module that knows openpyxl.

Formulas, links and macros are never looked at, and a file that unpacks too large is refused. What
is written depends on nothing but the rows: the same rows give the same bytes.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from catalog.cell import MOST_COLUMNS, MOST_ROWS, Row, cell_of
from catalog.packed import repacked, write_file
from catalog.problem import Problem
from catalog.words import _

MOST_UNPACKED = 256 << 20
MOST_MEMBERS = 2_000
# Formatting makes rows that hold nothing; so many of them are passed over, not more.
MOST_BLANK = 200_000


def worksheet_rows(data: bytes, file: str) -> tuple[list[Row], list[Problem]]:
    """The rows of the first visible worksheet that holds anything, with their row numbers."""
    if wrong := _unsafe(data):
        return [], [Problem(file, 0, "", wrong, _("save it anew as .xlsx or as .csv"))]
    try:
        return _first_filled(data), []
    except Exception as error:  # openpyxl lets every error of its parts through
        wrong = _("not a sound .xlsx file ({error})").format(error=type(error).__name__)
        return [], [Problem(file, 0, "", wrong, _("save it anew as .xlsx or as .csv"))]


def _unsafe(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            # zipfile never gives more than the size stated here, so the statement can be believed.
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
                return _("far larger inside than it looks")
            if "xl/workbook.xml" not in archive.namelist():
                return _("a packed file, but not an .xlsx sheet")
            if any(
                _declares(archive, m) for m in members if m.filename.endswith((".xml", ".rels"))
            ):
                return _("holds declarations that a sheet never has")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError):
        return _("damaged: the packed file cannot be opened")
    return ""


def _declares(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part of the file has a DOCTYPE, where entities that multiply themselves live."""
    with archive.open(member) as part:
        start = part.read(4096)
    return b"<!DOCTYPE" in start or b"<!\0D\0O\0C" in start


def _first_filled(data: bytes) -> list[Row]:
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False
    )
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible" and (rows := list(_rows(sheet))):
                return rows
    finally:
        book.close()
    return []


def _rows(sheet: Any) -> Iterator[Row]:
    # The size a sheet states may be a lie, in both directions.
    sheet.reset_dimensions()
    found = 0
    last = MOST_ROWS + MOST_BLANK
    for number, values in enumerate(
        sheet.iter_rows(max_row=last, max_col=MOST_COLUMNS, values_only=True), 1
    ):
        if any(value is not None for value in values):
            found += 1
            yield Row(number, tuple(map(cell_of, values)))
        if found > MOST_ROWS + 1:
            return


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that a spreadsheet calculates, and the value it gives: shown where nobody does."""

    text: str  # such as SUM(E5:E20)
    value: int


Written = str | int | float | date | Formula | None
Sheets = Mapping[str, Sequence[Sequence[Written]]]

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NO_TITLE = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60


def write_workbook(path: Path, sheets: Sheets) -> None:
    """Worksheets by their titles, row by row, wholly or not at all.

    A text stays a text: it keeps its leading zeros and never becomes a formula; only a Formula is
    one. Raises Failure where the disk does not take it.
    """
    write_file(path, workbook_bytes(sheets))


def workbook_bytes(sheets: Sheets) -> bytes:
    """As write_workbook, the bytes of the file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    known: dict[str, dict[str, int]] = {}
    for number, (title, rows) in enumerate(sheets.items(), 1):
        sheet = book.create_sheet(_NO_TITLE.sub(" ", title)[:31])
        known[f"xl/worksheets/sheet{number}.xml"] = _fill(sheet, rows)
    file = io.BytesIO()
    book.save(file)
    return repacked(file.getvalue(), lambda name, data: _calculated(data, known.get(name, {})))


def _fill(sheet: Any, rows: Sequence[Sequence[Written]]) -> dict[str, int]:
    """Write the rows; what the formulas give, by the name of their cells."""
    known: dict[str, int] = {}
    widths: dict[int, int] = {}
    for down, row in enumerate(rows, 1):
        for across, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = sheet.cell(down, across)
            if isinstance(value, Formula):
                cell.value = f"={value.text}"
                known[cell.coordinate] = value.value
            elif isinstance(value, str):
                _write_text(cell, value)
            else:
                cell.value = value
            widths[across] = max(widths.get(across, 0), _width(value))
    for across, width in widths.items():
        sheet.column_dimensions[get_column_letter(across)].width = min(width + 2, _WIDEST)
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return known


def _write_text(cell: Any, text: str) -> None:
    cell.value = _UNWRITABLE.sub("\ufffd", text)[:32_767]
    cell.data_type = "s"  # whatever openpyxl took it for
    cell.number_format = "@"
    if text[0] in "=+-@":  # so that it stays a text when somebody edits it
        cell.quotePrefix = True


def _width(value: Written) -> int:
    text = str(value.value) if isinstance(value, Formula) else str(value)
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def _calculated(data: bytes, known: Mapping[str, int]) -> bytes:
    """A worksheet with the values of its formulas, which openpyxl leaves empty."""
    for cell, value in known.items():
        place = re.compile(rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?'.encode())
        data = place.sub(lambda found, v=value: found[1] + b"<v>%d</v>" % v, data)  # type: ignore[misc]
    return data
