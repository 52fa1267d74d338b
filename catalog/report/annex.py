"""The annex of a report: a sheet a figure, with the records behind it; values only, no file."""

from __future__ import annotations

from catalog.report.figures import Figure, Figures
from catalog.report.lines import ReportLine
from catalog.report.names import cells, heads, title_of, unit_of
from catalog.words import _
from catalog.workbook import Formula, Sheets, Written

_FIRST = 5  # the row of a sheet's first record
_AMOUNT = "F"  # the column of the amounts


def annex(found: Figures, written: tuple[ReportLine, ...], last: str) -> Sheets:
    """The sheets of the annex: first all lines and figures, then each figure with its records.

    Every sum is a formula over the amounts below it, with the value it gives. `last` is the digest
    of the ledger's newest event.
    """
    sheets = {title_of(figure.name): _sheet(found, figure) for figure in found.all}
    return {_("overview"): _overview(found, written, last), **sheets}


def _overview(
    found: Figures, written: tuple[ReportLine, ...], last: str
) -> list[tuple[Written, ...]]:
    rows: list[tuple[Written, ...]] = [
        (_("Work report: annex"), found.unit),
        (_("period"), f"{found.begin} – {found.end}"),
        (_("last event of the ledger"), last),
        (),
        (_("figure"), _("value"), _("unit"), _("records")),
    ]
    for figure in found.all:
        title = title_of(figure.name)
        # A quote in a sheet's name would end it; workbook takes them out of titles.
        total = Formula(f"'{title[:31]}'!B2", figure.value)
        rows.append((title, total, unit_of(figure.name), len(figure.records)))
    rows += [(), (_("line"), _("text"))]
    rows += [(line.id, line.text) for line in written if line.text]
    return rows


def _sheet(found: Figures, figure: Figure) -> list[tuple[Written, ...]]:
    last = max(_FIRST + len(figure.records) - 1, _FIRST)
    total = Formula(f"SUM({_AMOUNT}{_FIRST}:{_AMOUNT}{last})", figure.value)
    return [
        (title_of(figure.name), f"{found.begin} – {found.end}", found.unit),
        (_("total"), total, unit_of(figure.name)),
        (),
        heads(),
        *map(cells, figure.records),
    ]
