"""The report as a Word file; the only module that knows python-docx.

A4, black on white, Chinese faces; page n of m in the foot. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from catalog.packed import repacked
from catalog.report.figures import Figures
from catalog.report.lines import ReportLine, day_said
from catalog.report.names import title_of, unit_of
from catalog.words import _, speaking

_BODY, _HEAD = "宋体", "黑体"  # what every Chinese office has
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the report: its figures and lines, the day it is written, the ledger's last
    event (`serial` and `digest`; 0 and empty where there is none).
    """

    figures: Figures
    lines: tuple[ReportLine, ...]
    unit: str
    on: date
    serial: int = 0
    digest: str = ""


def docx_bytes(paper: Paper) -> bytes:
    """The report as the bytes of a .docx file."""
    document = docx.Document()
    _page(document)
    _head(document, paper)
    for line in paper.lines:
        if line.text:
            _paragraph(document, line.text, indent=True)
    _heading(document, _("Exact figures"))
    _grid(document, (_("figure"), _("value"), _("unit"), _("records")), _rows(paper.figures))
    _signatures(document)
    if paper.digest:
        told = _("Last event of the ledger: number {serial}, digest {digest}")
        _paragraph(document, told.format(serial=paper.serial, digest=paper.digest), size=8)
    _foot(document.sections[0].footer.paragraphs[0])
    document.core_properties.author = _clean(paper.unit)
    document.core_properties.title = _("Work report")
    document.core_properties.comments = ""
    file = io.BytesIO()
    document.save(file)
    return repacked(file.getvalue())


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.5)
    _face(document.styles["Normal"], _BODY, 12)


def _head(document: Any, paper: Paper) -> None:
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _face(title.add_run(_("Work report")), _HEAD, 22)
    period = _("{begin} to {end}").format(
        begin=_day(paper.figures.begin), end=_day(paper.figures.end)
    )
    for name, value in (
        (_("unit of the report"), paper.unit),
        (_("period"), period),
        (_("date"), _day(paper.on)),
    ):
        _paragraph(document, _("{name}: {value}").format(name=name, value=value))


def _day(day: date) -> str:
    return day_said(day) if speaking() == "zh" else day.isoformat()


def _rows(figures: Figures) -> Iterable[tuple[str, str, str, str]]:
    for figure in figures.all:
        name = figure.name
        yield title_of(name), str(figure.value), unit_of(name), str(len(figure.records))


def _heading(document: Any, text: str) -> None:
    heading = document.add_paragraph()
    heading.paragraph_format.space_before = Pt(12)
    heading.paragraph_format.keep_with_next = True
    _face(heading.add_run(text), _HEAD, 14)


def _paragraph(document: Any, text: str, size: float = 12, indent: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = 1.5
    paragraph.paragraph_format.space_after = Pt(0)
    if indent:  # two characters, as Chinese papers begin a paragraph
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    _face(paragraph.add_run(_clean(text)), _BODY, size)


def _grid(document: Any, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        _face(cell.paragraphs[0].add_run(text), _HEAD, 10.5)
    _repeat(table.rows[0])
    for row in rows:
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _face(cell.paragraphs[0].add_run(_clean(text)), _BODY, 10.5)
            if place in (1, 3):
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(row: Any) -> None:
    """The head of a table stands on each of its pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _signatures(document: Any) -> None:
    space = " ____________ "
    names = (_("made by"), _("checked by"), _("director"), _("date"))
    _paragraph(document, "")
    _paragraph(document, "  ".join(f"{name}{space}" for name in names), size=10.5)
    _paragraph(document, _("(seal of the unit)"), size=10.5)


def _foot(paragraph: Any) -> None:
    """Page n of m, as the word processor counts them."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = _("page {n} of {m}").replace("{m}", "{n}").split("{n}")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _face(paragraph.add_run(text), _BODY, 9)
        if field:
            _field(paragraph, field)


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    _face(run, _BODY, 9)
    field.append(run._r)
    paragraph._p.append(field)


def _face(styled: Any, face: str, size: float) -> None:
    """A face for Chinese and for Latin letters: Word asks for each of them apart."""
    styled.font.name, styled.font.size = "Times New Roman", Pt(size)
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
