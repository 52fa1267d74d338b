"""The report as a Word file and its annex, opened and looked at: same report, same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from catalog import words
from catalog.database import Books
from catalog.report.annex import annex
from catalog.report.figures import EXACT, Figure, Figures, figures
from catalog.report.grounds import Record
from catalog.report.lines import ReportLine
from catalog.report.names import title_of
from catalog.report.paper import Paper, docx_bytes
from catalog.workbook import workbook_bytes, write_workbook

LINES = (
    ReportLine("one", "制作光盘6种,播放16场(次)", ("disc_titles",)),
    ReportLine("none", "", ()),
)
DIGEST = "ab" * 32


@pytest.fixture
def found() -> Figures:
    """Figures made up: each has two records, the second with a text like a formula."""
    records = (
        Record("QS1", "2012-02-01", "养羊", 12, "养羊", "T1", "东镇", serials=(3, 4)),
        Record("001", "2012-02-02", "=1+1\x07", 30, "x", "V1", "-东村", serials=(5,)),
    )
    both = tuple(Figure(name, records) for name in EXACT)
    return Figures(date(2012, 1, 1), date(2012, 6, 30), "甲县支中心", "621022", 1, False, both)


def _paper(found: Figures) -> Paper:
    return Paper(found, LINES, "甲县支中心", date(2012, 8, 1), 77, DIGEST)


def _text(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]


def test_the_paper_has_its_usual_parts(found: Figures) -> None:
    """Title, unit, period, lines, table, signatures, digest; page n of m in the foot."""
    words.speak("zh")
    data = docx_bytes(_paper(found))
    text = _text(data)
    document: Any = docx.Document(io.BytesIO(data))
    foot = document.sections[0].footer._element.xml

    assert text[:5] == [
        "工作汇报",
        "填报单位：甲县支中心",
        "统计期：2012年1月1日至2012年6月30日",
        "日期：2012年8月1日",
        "制作光盘6种,播放16场(次)",
    ]
    assert "" in text
    assert text[-1] == f"台账最后一条记录：第 77 号，校验值 {DIGEST}"
    assert all(word in "".join(text) for word in ("制表人", "审核人", "负责人", "盖章"))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[0] == ["项目", "数值", "单位", "记录数"]
    assert rows[1:3] == [["制作光盘种数", "42", "种", "2"], ["制作光盘份数", "42", "份", "2"]]
    assert len(rows) == 1 + len(EXACT)
    assert 'w:instr="PAGE"' in foot and 'w:instr="NUMPAGES"' in foot and "第 " in foot


def test_every_letter_has_a_chinese_face(found: Figures) -> None:
    """Word takes the face of Chinese letters from an attribute of its own."""
    document: Any = docx.Document(io.BytesIO(docx_bytes(_paper(found))))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    faces = {run._r.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia")) for run in runs}

    assert faces == {"宋体", "黑体"}


def test_no_paper_knows_when_it_was_made(found: Figures) -> None:
    """The same report gives the same bytes; every part bears the first day a ZIP file knows."""
    sheets = annex(found, LINES, DIGEST)
    for make in (lambda: docx_bytes(_paper(found)), lambda: workbook_bytes(sheets)):
        data = make()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            days = {member.date_time for member in archive.infolist()}
            core = archive.read("docProps/core.xml").decode()

        assert days == {(1980, 1, 1, 0, 0, 0)}
        assert core.count("1980-01-01T00:00:00Z") == 2
        assert make() == data


def test_the_annex_proves_every_sum(found: Figures, tmp_path: Path) -> None:
    """A sheet a figure; its total is a formula, the value shown is what the formula gives."""
    path = tmp_path / "annex.xlsx"
    write_workbook(path, annex(found, LINES, DIGEST))
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)

    assert len(formulas.sheetnames) == 1 + len(EXACT)
    for name in EXACT:
        title = title_of(name)
        sheet = values[title]
        assert formulas[title]["B2"].value == "=SUM(F5:F6)"
        assert sheet["B2"].value == sum(row[0].value for row in sheet["F5:F6"]) == 42
    first = values.worksheets[0]
    assert [first.cell(6 + n, 2).value for n in range(len(EXACT))] == [42] * len(EXACT)
    assert formulas.worksheets[0]["B6"].value == "='disc titles made'!B2"
    assert first["B3"].value == DIGEST


def test_texts_of_records_stay_texts(found: Figures) -> None:
    """Leading zeros are kept; what looks like a formula is none; control characters are shown."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(annex(found, LINES, DIGEST))))
    row = book[title_of("disc_titles")][6]

    assert [cell.value for cell in row][:6] == ["001", "2012-02-02", "V1", "-东村", "=1+1�", 30]
    assert {cell.data_type for cell in row if isinstance(cell.value, str)} == {"s"}


def test_the_sample_county_has_its_annex(sample_books: Books) -> None:
    """Each sheet of the real annex adds up to the figure of the report."""
    with sample_books.reading() as connection:
        counted = figures(connection, date(2012, 1, 1), date(2012, 7, 31))
    data = workbook_bytes(annex(counted, LINES, DIGEST))
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sums = [
        sum(row[5] for row in sheet.iter_rows(min_row=5, values_only=True))
        for sheet in book.worksheets[1:]
    ]

    assert sums == list(counted.values.values())
    assert sums == [sheet["B2"].value for sheet in book.worksheets[1:]]
