"""CSV and XLSX: cells with their rows, whatever program saved them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import workbook
from catalog.cell import Cell
from catalog.table import Table, read_table

Save = Callable[[bytes], Table]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Reads bytes as a file named sheet."""

    def reading(data: bytes) -> Table:
        path = tmp_path / "sheet"
        path.write_bytes(data)
        return read_table(path)

    return reading


def book(*rows: list[Any]) -> bytes:
    saved = io.BytesIO()
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(saved)
    return saved.getvalue()


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_of_every_kind_is_read(save: Save, delimiter: str, encoding: str) -> None:
    """Three separators and four encodings give the same table."""
    rows = [["题名", "分类号"], ["鱼病,防治;技术", "S942"], [" 羊\n病 ", ""]]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    table = save(written.getvalue().encode(encoding))

    assert table.header == ("题名", "分类号")
    assert texts(table) == [["鱼病,防治;技术", "S942"], ["羊\n病", ""]]
    assert [row.number for row in table.rows] == [2, 3]


def test_rows_keep_their_lines(save: Save) -> None:
    """Blank rows are passed over, quoted line ends counted, a short row filled up."""
    table = save(b'\n\na,b\n"x\ny",1\n,\n\nz\n')

    assert (table.header_row, table.header) == (3, ("a", "b"))
    assert [(r.number, [c.text for c in r.cells]) for r in table.rows] == [
        (4, ["x\ny", "1"]),
        (8, ["z", ""]),
    ]


def test_stray_quotes_and_cells_are_told(save: Save) -> None:
    """A quote inside a cell, a cell too many, and a quote that is never closed."""
    table = save(b'a,b\n"x"y,1\nx,y,z\n"open,\n')

    assert [(p.line, p.wrong) for p in table.problems] == [
        (2, "a quotation mark is not closed, or stands inside a text"),
        (3, "has 3 cells, the header 2"),
        (4, "a quotation mark is not closed, or stands inside a text"),
    ]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "there is nothing in it"),
        (b" \n,,\n", "there is nothing in it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file (.xls), or one with a password"),
        (b"<html><table>", "not a sheet, whatever its name says"),
        (b"PK\x03\x04 broken", "damaged: the packed file cannot be opened"),
        (b"a\0b", "the characters cannot be read"),
        (b"a," * 300 + b"\n", "more than 200 columns"),
    ],
)
def test_what_is_no_sheet_is_refused(save: Save, data: bytes, wrong: str) -> None:
    """Old Excel, pages, damaged and empty files are named for what they are."""
    if wrong == "the characters cannot be read":
        wrong = "holds the control character U+0000"

    assert [p.wrong for p in save(data).problems] == [wrong]


def test_a_worksheet_is_read_with_its_rows(save: Save) -> None:
    """Numbers know that they were numbers, dates are dates, formulas are not looked at."""
    table = save(
        book(
            [],
            ["题名", "片长", "分类号", "日期"],
            [],
            ["鱼", 60, 823.9, date(2012, 8, 1)],
            ["=1+1"],
        )
    )

    assert (table.header_row, [row.number for row in table.rows]) == (2, [4])
    assert table.rows[0].cells == (
        Cell("鱼"),
        Cell("60", number=True),
        Cell("823.9", number=True),
        Cell("2012-08-01", day=date(2012, 8, 1)),
    )


def test_hidden_and_empty_worksheets_are_passed_over(save: Save) -> None:
    """The first visible worksheet that holds anything is the sheet."""
    made = openpyxl.Workbook()
    made.active.sheet_state = "visible"
    made.create_sheet("secret").append(["x"])
    made["secret"].sheet_state = "hidden"
    made.create_sheet("list").append(["题名"])
    saved = io.BytesIO()
    made.save(saved)

    assert save(saved.getvalue()).header == ("题名",)


def _packed(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return packed.getvalue()


def test_a_zip_bomb_is_refused_unopened(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unpacks far larger than allowed is not unpacked."""
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 1 << 20)
    bomb = _packed(xl__workbook_xml=b"<a/>", xl__sheet_xml=b"0" * (2 << 20))

    assert [p.wrong for p in save(bomb).problems] == ["far larger inside than it looks"]


def test_entities_and_other_packed_files_are_refused(save: Save) -> None:
    """Declarations that multiply, and packed files that are no sheets."""
    laughs = _packed(xl__workbook_xml=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>')

    assert [p.wrong for p in save(laughs).problems] == ["holds declarations that a sheet never has"]
    assert [p.wrong for p in save(_packed(a=b"")).problems] == [
        "a packed file, but not an .xlsx sheet"
    ]
    assert "not a sound .xlsx" in save(_packed(xl__workbook_xml=b"<a/>")).problems[0].wrong


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.lists(st.lists(st.text("甲乙a,;\"\t\n '", max_size=5), min_size=2, max_size=2), max_size=5)
)
def test_what_a_program_writes_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    """Any cells survive being written by the csv module, blanks at their ends apart."""
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["one", "two"], *rows])
    table = read_table(path)
    expected = [[cell.strip() for cell in row] for row in rows]

    assert texts(table) == [row for row in expected if any(row)]
    assert table.problems == ()


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_give_a_table_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, packed: bool
) -> None:
    """No file makes it crash, packed or not."""
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(_packed(xl__workbook_xml=data) if packed else data)
    table = read_table(path)

    assert table.header or table.problems
