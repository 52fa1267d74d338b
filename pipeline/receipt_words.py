"""Packing lists, receipts and recall lists as text, to be read on the screen or printed."""

from __future__ import annotations

from collections import defaultdict

from catalog.circulation.receipts import Held, Receipt, ReceiptLine
from catalog.vocabulary import term
from catalog.words import _, speaking
from pipeline.screen import one_line, table


def packing_list(paper: Receipt) -> str:
    """What goes into the box, with the sum of each kind."""
    head = (_("No."), _("title"), _("kind"), _("copies"), _("numbers"))
    rows = [
        (number, one_line(line.title), _medium(line), line.copies, _span(line))
        for number, line in enumerate(paper.lines, 1)
    ]
    sums: dict[str, int] = defaultdict(int)
    for line in paper.lines:
        sums[_medium(line)] += line.copies
    total = "、".join(f"{kind} {copies}" for kind, copies in sums.items())
    said = [_("PACKING LIST") + f"  {paper.number}", _to(paper), table(head, rows)]
    said += [_("In all: {total}").format(total=total), _("Packed by ________  checked by ________")]
    return "\n".join(said)


def receipt_paper(paper: Receipt) -> str:
    """The receipt that is signed: two copies, one of which comes back."""
    head = (
        _("No."), _("title"), _("kind"), _("length"), _("copies"), _("numbers"), _("note"),
    )  # fmt: skip
    rows = [
        (number, one_line(line.title), _medium(line), _length(line), line.copies, _span(line), "")
        for number, line in enumerate(paper.lines, 1)
    ]
    way = _term("issue_mode", paper.mode)
    told = _("Way of issue: {way}").format(way=way)
    if paper.approval:
        told += "  " + _("approved by {name}").format(name=one_line(paper.approval))
    said = [_("RECEIPT") + f"  {paper.number}", _to(paper), table(head, rows), told]
    said.append(_("Handled by ________  signed by ________  day ________"))
    said.append(_("Two copies; please send one back signed."))
    return "\n".join(said)


def recall_head() -> tuple[str, ...]:
    """The columns of a recall list."""
    return (
        _("township"), _("site"), _("receiver"), _("manager"), _("phone"), _("production"),
        _("title"), _("copies"), _("numbers"), _("receipt"), _("day"),
    )  # fmt: skip


def recall_row(one: Held) -> tuple[str, ...]:
    """One line of a recall list."""
    told = (
        one.township, one.site, one.receiver, one.manager, one.phone, one.production, one.title,
        str(one.copies), one.numbers, one.receipt, one.on,
    )  # fmt: skip
    return tuple(map(one_line, told))


def _to(paper: Receipt) -> str:
    to = one_line(f"{paper.receiver} {paper.site}".strip())
    parts = [_("Receiving unit: {unit}").format(unit=to), _("day: {day}").format(day=paper.on)]
    if paper.manager or paper.phone:
        who = one_line(f"{paper.manager} {paper.phone}".strip())
        parts.append(_("contact: {who}").format(who=who))
    if paper.route:
        parts.append(_("route: {route}").format(route=one_line(paper.route)))
    return "  ".join(parts)


def _span(line: ReceiptLine) -> str:
    """The numbers on the copies: one, a run of them, or the run's id and which."""
    if line.first == line.last:
        return line.first
    if "," not in line.numbers:
        return f"{line.first}…{line.last.rpartition('/')[2]}"
    return f"{line.production}/{line.numbers}"


def _length(line: ReceiptLine) -> str:
    return _("{minutes} min").format(minutes=f"{line.minutes:g}") if line.minutes else ""


def _medium(line: ReceiptLine) -> str:
    return _term("medium", line.medium)


def _term(scheme: str, code: str) -> str:
    found = term(scheme, code)  # type: ignore[arg-type]  # one of the two schemes above
    if found is None:
        return code
    return found.zh if speaking() == "zh" else found.en
