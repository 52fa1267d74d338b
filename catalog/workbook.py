"""Worksheets of an XLSX file as rows; the only module that knows openpyxl.

Formulas, links and macros are never looked at, and a file that unpacks too large is refused.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl

from catalog.cell import MOST_COLUMNS, MOST_ROWS, Row, cell_of
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
