"""All questions: name, title, what each answers, and the function that does."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from catalog.audit.answer import Table
from catalog.audit.asked import Asked
from catalog.audit.holdings import site, unplayable, where
from catalog.audit.papers import corrections, gaps, unsigned
from catalog.audit.places import coverage, drives_out, nothing, overdue
from catalog.audit.register import mismatch
from catalog.audit.runs import rights, stock
from catalog.audit.wants import requests_open, unserved
from catalog.audit.years import same_as_last_year
from catalog.database import Connection
from catalog.problem import refusal
from catalog.words import _


@dataclass(frozen=True, slots=True)
class Question:
    """One question that can be asked of the books."""

    name: str
    title: str
    answers: str
    ask: Callable[[Connection, Asked], Table]


def questions() -> tuple[Question, ...]:
    """All of them, in the language of the screen; `chain` is asked by its own function."""
    return (
        Question("where", _("Where a programme is"),
                 _("which sites hold it, on what, how many copies, whom to call"), where),
        Question("site", _("What a site has"),
                 _("all it ever received, what is still there, its drives"), site),
        Question("nothing", _("Places with nothing"),
                 _("service points that received nothing, ever or since a day"), nothing),
        Question("unsigned", _("Receipts not signed"),
                 _("deliveries whose receipt did not come back, and for how long"), unsigned),
        Question("overdue", _("Refreshes overdue"),
                 _("sites whose drive should have been refreshed by now"), overdue),
        Question("coverage", _("Places and subjects"),
                 _("copies of each subject by township, or by county of the nation"), coverage),
        Question("stock", _("Copies and stock"),
                 _("made, issued, in stock, scrapped; signed, returned, lost; balances"), stock),
        Question("drives", _("Drives astray"),
                 _("drives that are out, overdue, lost or with another site"), drives_out),
        Question("requests", _("Requests open"),
                 _("requests without an answer; how long the others waited"), requests_open),
        Question("unserved", _("Screenings without a source"),
                 _("screenings that no delivery could have served"), unserved),
        Question("rights", _("Rights that end"),
                 _("programmes whose rights end soon, and where the copies are"), rights),
        Question("unplayable", _("Media nobody can play"),
                 _("discs at sites that have nothing to play them"), unplayable),
        Question("mismatch", _("Against the register"),
                 _("points, parents, codes, attendance and days that cannot be right"), mismatch),
        Question("same-as-last-year", _("Same as last year"),
                 _("totals that equal those of the year before"), same_as_last_year),
        Question("corrections", _("Corrections"),
                 _("counter-entries of the period and their reasons"), corrections),
        Question("gaps", _("Missing numbers"),
                 _("receipt and accession numbers missing in a year"), gaps),
    )  # fmt: skip


def question_of(name: str) -> Question:
    """The question of this name; refuses others, and says which is near."""
    known = {one.name: one for one in questions()}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    mend = _("did you mean {id}?").format(id=near[0]) if near else _("see: xiaxiang audit")
    raise refusal(name, _("there is no question of this name"), mend)
