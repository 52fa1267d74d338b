"""The verb `report`: the work report on the screen, as a Word file, with its annex."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalog import ledger
from catalog.cell import Cell
from catalog.database import Books
from catalog.packed import write_file
from catalog.problem import Failure, Problem, Refusal, refusal
from catalog.reading import Unclear, read_day
from catalog.report.figures import NAMES, Figures, figures
from catalog.report.grounds import Record
from catalog.report.lines import ReportLine, Style, lines
from catalog.report.names import cells, heads, title_of, unit_of
from catalog.report.rounding import Punctuation, Suffix
from catalog.report.traps import Doubt, doubts, year_before
from catalog.report.wording import Wording, science, wording
from catalog.words import _
from pipeline.cli import DONE
from pipeline.screen import one_line, say, table
from pipeline.workspace import enter

WORDING = "report.yaml"  # the county's own wording, in the workspace


@dataclass(frozen=True, slots=True)
class Reporting:
    """What `report` was asked for; days as they were written."""

    begin: str
    end: str
    county: str = ""
    punctuation: Punctuation | None = None
    suffix: Suffix | None = None
    docx: Path | None = None
    xlsx: Path | None = None
    why: str | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report, before anything is written."""

    figures: Figures
    lines: tuple[ReportLine, ...]
    doubts: tuple[Doubt, ...]
    unit: str
    last: ledger.Event | None


def report(root: Path, asked: Reporting) -> int:
    """Count a period, write its lines, and its papers where they are asked for."""
    begin, end = _period(asked)
    workspace = enter(root)
    said = wording(root / WORDING)
    try:
        made = _made(workspace.books, asked, (begin, end), said)
        if asked.why:
            return _why(made, asked.why, asked.as_json)
    finally:
        workspace.books.close()
    if asked.xlsx:
        from catalog.report.annex import annex  # noqa: PLC0415 - openpyxl costs 200 ms
        from catalog.workbook import write_workbook  # noqa: PLC0415

        digest = made.last.digest if made.last else ""
        write_workbook(asked.xlsx, annex(made.figures, made.lines, digest))
    if asked.docx:
        _write_docx(asked.docx, made, date.today())
    print(_json(made) if asked.as_json else _screen(made))
    for path in filter(None, (asked.docx, asked.xlsx)):
        say(_("written: {file}").format(file=path))
    return DONE


def _period(asked: Reporting) -> tuple[date, date]:
    """The days as they were written, both told where both are wrong."""
    days: list[date] = []
    problems: list[Problem] = []
    for option, text in (("--from", asked.begin), ("--to", asked.end)):
        try:
            days.append(read_day(Cell(text)))
        except Unclear as unclear:
            problems += refusal("report", unclear.wrong, unclear.mend, option).problems
    if problems:
        raise Refusal(problems)
    return days[0], days[1]


def _made(books: Books, asked: Reporting, days: tuple[date, date], said: Wording) -> Report:
    style = Style(asked.punctuation or said.punctuation or "ascii", asked.suffix or said.suffix)
    areas, (begin, end) = science(said), days
    with books.reading() as connection:
        found = figures(connection, begin, end, asked.county, areas)
        earlier = year_before(begin), year_before(end)
        before = figures(connection, *earlier, asked.county, areas)
        written = lines(found, said, style)
        told = doubts(connection, found, before, written)
        last = ledger.last(connection)
    return Report(found, written, told, said.unit or found.unit, last)


def _write_docx(path: Path, made: Report, on: date) -> None:
    try:
        from catalog.report.paper import Paper, docx_bytes  # noqa: PLC0415 - 100 ms
    except ImportError as error:
        mend = _("install it: pip install python-docx")
        raise Failure(_("writing {file}").format(file=path), str(error), mend) from error
    serial, digest = (made.last.serial, made.last.digest) if made.last else (0, "")
    paper = Paper(made.figures, made.lines, made.unit, on, serial, digest)
    write_file(path, docx_bytes(paper))


def _screen(made: Report) -> str:
    found = made.figures
    head = _("Work report of {unit}, {begin} to {end}")
    parts = [head.format(unit=made.unit, begin=found.begin, end=found.end), ""]
    parts += [f"{line.text}    [{line.id}]" for line in made.lines if line.text]
    rows = [(title_of(each.name), each.value, unit_of(each.name), each.name) for each in found.all]
    parts += ["", table((_("figure"), _("value"), _("unit"), _("for --why")), rows)]
    if made.doubts:
        parts += ["", _("Look at this before it goes out:")]
        parts += [f"  ! {doubt.told}{_events(doubt.serials)}" for doubt in made.doubts]
    return "\n".join(map(one_line, "\n".join(parts).split("\n")))


def _events(serials: Iterable[int]) -> str:
    named = ", ".join(map(str, serials))
    return " " + _("(events {serials})").format(serials=named) if named else ""


def _json(made: Report) -> str:
    found = made.figures
    said = {
        "unit": made.unit,
        "period": {"start": found.begin, "end": found.end},
        "figures": found.values,
        "lines": [
            {"id": line.id, "text": line.text, "uses": line.uses}
            for line in made.lines
            if line.text
        ],
        "doubts": [
            {"kind": doubt.kind, "told": doubt.told, "events": doubt.serials}
            for doubt in made.doubts
        ],
        "last_event": {"serial": made.last.serial, "digest": made.last.digest}
        if made.last
        else None,
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)


def _why(made: Report, named: str, as_json: bool) -> int:
    """The records behind a figure, or behind all figures of a line, and their events."""
    uses = {line.id: line.uses for line in made.lines} | {name: (name,) for name in NAMES}
    if named not in uses:
        mend = _("write one of: {name}").format(name=", ".join(uses))
        wrong = _("{named} is neither a line nor a figure of the report").format(named=named)
        raise refusal("report", wrong, mend, "--why")
    if as_json:
        print(json.dumps(_behind(made, uses[named]), ensure_ascii=False, indent=1))
        return DONE
    for name in uses[named]:
        figure = made.figures[name]
        print(f"{title_of(name)}: {figure.value} {unit_of(name)}")
        if figure.records:
            print(_records(figure.records))
    return DONE


def _records(records: Iterable[Record]) -> str:
    return table(heads(), [[one_line(str(cell)) for cell in cells(each)] for each in records])


def _behind(made: Report, names: Iterable[str]) -> dict[str, object]:
    keys = (
        "paper", "on", "site", "name", "what", "amount", "signed_by", "signed_on", "events",
    )  # fmt: skip
    return {
        name: {
            "value": made.figures[name].value,
            "records": [
                dict(zip(keys, (*cells(each)[:-1], each.serials), strict=True))
                for each in made.figures[name].records
            ],
        }
        for name in names
    }
