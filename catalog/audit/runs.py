"""Copies made, issued and in stock, with their balances; rights that end meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Grounds, Row, Table, page
from catalog.audit.asked import Asked, county_of
from catalog.audit.grounds import copies_held
from catalog.audit.on_drives import drives_with, holders
from catalog.database import Connection, programmes
from catalog.tables import contents, deliveries, productions
from catalog.words import _

_COUNTS = (
    "made", "issued", "in_stock", "scrapped", "signed", "unsigned", "returned", "lost",
)  # fmt: skip


def stock(connection: Connection, asked: Asked) -> Table:
    """Of each production: how many copies were made and what became of them."""
    county = county_of(connection, asked)
    question = productions.select().order_by(productions.c.made_on, productions.c.number)
    if county:
        question = question.where(productions.c.county == county)
    found = list(connection.execute(question))
    rows = tuple(map(_run, found))
    part, following = page(rows, asked.limit, asked.after)
    wrong = [row.id for row in found if not _balanced(row)]
    notes = [_("made = issued + in stock + scrapped; issued = signed + unsigned + returned")]
    if wrong:
        notes.append(_("the balance does not hold: {runs}").format(runs=", ".join(wrong)))
    return Table(
        "stock", _("Copies made, issued and in stock"),
        ("production", "title", "medium", "made_on", *_COUNTS, "balance"), part, tuple(notes),
        following, bool(wrong),
    )  # fmt: skip


def _balanced(row: Any) -> bool:
    made = row.made == row.issued + row.in_stock + row.scrapped
    return bool(made and row.issued == row.signed + row.unsigned + row.returned)


def _run(row: Any) -> Row:
    grounds = counted(row.number)
    counts = (Cell(getattr(row, name), grounds[name]) for name in _COUNTS)
    verdict = _("holds") if _balanced(row) else _("does not hold")
    return row.id, row.title, row.medium, row.made_on, *counts, verdict


def counted(run: int | tuple[int, ...]) -> dict[str, Grounds]:
    """The records behind each count of a production, or of several together."""
    of_run = ("production", run)

    def moved(kind: str, *where: tuple[str, str], amount: str = "copies") -> Grounds:
        return Grounds("movement", (("kind", kind), of_run, *where), amount)

    def sent(signed: str, column: str = "event") -> Grounds:
        back = moved("returned", ("delivery.signed_on" + signed, ""))
        where = (of_run, ("signed_on" + signed, ""))
        return Grounds("delivery", where, "copies", column, (back,))

    made = Grounds("production", (("number", run),), "made")
    scrapped = moved("scrapped")
    # What came back lies at the centre until it is restocked or scrapped.
    away = moved("restocked"), moved("scrapped", amount="from_back")
    issued = Grounds("delivery", (of_run,), "copies", less=away)
    return {
        "made": made,
        "issued": issued,
        "in_stock": Grounds("production", (("number", run),), "made", less=(issued, scrapped)),
        "scrapped": scrapped,
        "signed": sent("!", "signed_event"),
        "unsigned": sent(""),
        "returned": replace(moved("returned"), less=away),
        "lost": moved("lost"),
    }


def rights(connection: Connection, asked: Asked) -> Table:
    """Programmes whose rights ended or end soon, and how many copies are out and in stock."""
    county = county_of(connection, asked)
    last = (asked.on + timedelta(days=asked.days)).isoformat()
    question = (
        sa.select(programmes.c.id, programmes.c.title, programmes.c.rights_scope,
                  programmes.c.rights_until)
        .where(programmes.c.rights_until != "", programmes.c.rights_until <= last)
        .order_by(programmes.c.rights_until, programmes.c.id)
    )  # fmt: skip
    ending = list(connection.execute(question))
    lying = holders(connection, (row.id for row in ending), county)
    rows = tuple(_ending(connection, asked, county, row, lying.get(row.id, [])) for row in ending)
    part, following = page(rows, asked.limit, asked.after)
    return Table(
        "rights", _("Rights that end by {day}, and where the copies are").format(day=last),
        ("programme", "title", "rights_scope", "rights_until", "ended", "productions", "copies",
         "in_stock", "drives", "places"),
        part, (_("who has them: xiaxiang audit where --programme ID"),), following,
    )  # fmt: skip


def _ending(connection: Connection, asked: Asked, county: int, row: Any, lying: list[int]) -> Row:
    runs = list(
        connection.execute(
            sa.select(productions)
            .join(contents, contents.c.production == productions.c.number)
            .where(contents.c.programme == row.id)
        )
    )
    where = [("programme", row.id), *([("county", county)] if county else [])]
    numbers = tuple(run.number for run in runs)
    out, places = _out(connection, numbers, county, [site for site in lying if site])
    ended = _("ended") if row.rights_until < asked.today else ""
    own = [run for run in runs if not county or run.county == county]
    in_stock = counted(tuple(run.number for run in own))["in_stock"]
    return (
        row.id, row.title, row.rights_scope, row.rights_until, ended,
        " ".join(run.id for run in own), Cell(out, copies_held(*where)),
        Cell(sum(run.in_stock for run in own), in_stock), Cell(len(lying), drives_with(*where)),
        places,
    )  # fmt: skip


def _out(
    connection: Connection, numbers: tuple[int, ...], county: int, others: list[int]
) -> tuple[int, int]:
    """How many copies of these productions are out, and at how many sites, those of drives too."""
    here = deliveries.c.copies - deliveries.c.returned - deliveries.c.lost
    where = [deliveries.c.production.in_(numbers), here > 0]
    if county:
        where.append(deliveries.c.county == county)
    if not others:
        sums = sa.select(sa.func.sum(here), sa.func.count(sa.distinct(deliveries.c.site)))
        copies, places = connection.execute(sums.where(*where)).one()
        return int(copies or 0), places
    each = sa.select(deliveries.c.site, sa.func.sum(here)).where(*where)
    found = {site: int(n) for site, n in connection.execute(each.group_by(deliveries.c.site))}
    return sum(found.values()), len(found.keys() | set(others))
