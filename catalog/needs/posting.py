"""Requests, answers and screenings become rows: what may be written, and what follows from it.

Each handler looks at one entry, changes the rows at hand, and gives the entry back complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from catalog.characters import shown
from catalog.circulation.desk import Row, Tray
from catalog.circulation.entries import Answered, Requested, Screened
from catalog.circulation.illegal import Illegal
from catalog.needs.slips import Slips
from catalog.needs.words import SCREENINGS, words_in
from catalog.vocabulary import term
from catalog.words import _

MOST_PEOPLE = 1_000_000
MOST_LETTERS = 2_000
_FIRST_YEAR = 1980
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


class Hand(Protocol):
    """What handlers need of the rows at hand."""

    @property
    def today(self) -> date:
        """The day on which it is written."""

    @property
    def sites(self) -> Tray:
        """Sites by their id."""

    @property
    def slips(self) -> Slips:
        """Requests and screenings."""


def post_requested(hand: Hand, entry: Requested, serial: int) -> Requested:
    """A request goes into the register of needs."""
    site = _site(hand, entry.site, entry.on)
    _day(hand, entry.on)
    if not entry.text.strip() or len(entry.text) > MOST_LETTERS:
        wrong = _("what was asked for is empty, or longer than {most} letters")
        mend = _("write it in the words of the one who asked")
        raise Illegal(wrong.format(most=MOST_LETTERS), mend, "text")
    for code in filter(None, entry.subject.split(";")):
        _known_term("subject", code)
    if entry.season:
        _known_term("season", entry.season)
    id = entry.request or hand.slips.number("XQ", entry.on.year)
    if entry.request:
        _take(hand.slips, hand.slips.requests, "XQ", id)
    hand.slips.requests.put(
        {
            "number": serial, "id": id, "received_on": entry.on.isoformat(),
            "site": site["number"], "asked_by": entry.asked_by, "text": entry.text,
            "subject": entry.subject, "season": entry.season, "programme": "", "status": "open",
            "answer": "", "answered_on": "", "event": serial, "answer_event": 0,
        }
    )  # fmt: skip
    return replace(entry, request=id)


def post_answered(hand: Hand, entry: Answered, serial: int) -> Answered:
    """An open request gets an answer; one that settles it closes it."""
    row = hand.slips.requests.get(entry.request)
    if row is None:
        wrong = _("there is no request {id}").format(id=shown(entry.request))
        raise Illegal(wrong, _("see: xiaxiang request list"), "request")
    if row["status"] != "open":
        wrong = _("request {id} was settled on {day} already")
        told = wrong.format(id=row["id"], day=row["answered_on"] or "?")
        mend = _("write a new request, or correct event {serial}")
        raise Illegal(told, mend.format(serial=row["answer_event"]), "request")
    if not (entry.programme or entry.answer or entry.closed):
        raise Illegal(_("the answer says nothing"), _("name a programme, or write an answer"))
    if entry.on is not None:
        _day(hand, entry.on)
        if entry.on.isoformat() < row["received_on"]:
            wrong = _("answered on {day}, before it was asked on {asked}")
            told = wrong.format(day=entry.on, asked=row["received_on"])
            raise Illegal(told, _("look the days up again"), "on")
    if entry.programme:
        _programme(hand.slips, entry.programme)
    row |= {
        "programme": entry.programme or row["programme"],
        "answer": entry.answer or row["answer"],
        "answered_on": entry.on.isoformat() if entry.on else "",
        "status": "closed" if entry.closed else "open",
        "answer_event": serial,
    }
    return entry


def post_screened(hand: Hand, entry: Screened, serial: int) -> Screened:
    """A screening goes into the register of screenings."""
    site = _site(hand, entry.site, entry.on)
    _day(hand, entry.on)
    if entry.what not in SCREENINGS:
        wrong = _("{value} is not known here").format(value=shown(entry.what))
        raise Illegal(wrong, _("write one of: {words}").format(words=words_in(SCREENINGS)), "what")
    if not 0 <= entry.attendance <= MOST_PEOPLE:
        wrong = _("{value} is no number of people").format(value=entry.attendance)
        raise Illegal(wrong, _("write a whole number, 0 or more"), "attendance")
    for programme in entry.programmes:
        _programme(hand.slips, programme)
    slips = hand.slips
    id = entry.screening or slips.number("BF", entry.on.year)
    if entry.screening:
        _take(slips, slips.screenings, "BF", id)
    slips.screenings.put(
        {
            "number": serial, "id": id, "kind": entry.what, "site": site["number"],
            "held_on": entry.on.isoformat(), "programmes": ";".join(entry.programmes),
            "attendance": entry.attendance, "medium": entry.medium,
            "recorded_by": entry.recorded_by, "event": serial,
        }
    )  # fmt: skip
    return replace(entry, screening=id)


def undo_requested(hand: Hand, entry: Requested) -> None:
    """The counter-entry of a request: it is no more, unless somebody answered it."""
    row = _written(hand.slips.requests, entry.request)
    if row["answer_event"]:
        wrong = _("request {id} was answered by event {serial}")
        told = wrong.format(id=row["id"], serial=row["answer_event"])
        mend = _("correct event {serial} first").format(serial=row["answer_event"])
        raise Illegal(told, mend, "of")
    hand.slips.requests.drop(entry.request)


def undo_answered(
    hand: Hand, entry: Answered, serial: int, earlier: Callable[[], list[tuple[int, Answered]]]
) -> None:
    """The counter-entry of an answer: the request is as it was before. `earlier` gives the
    answers to it that came before and still hold, with the serials of their events, in order.
    """
    row = _written(hand.slips.requests, entry.request)
    if row["answer_event"] != serial:
        later = row["answer_event"]
        wrong = _("request {id} was answered again by event {serial}")
        mend = _("correct event {serial} first").format(serial=later)
        raise Illegal(wrong.format(id=row["id"], serial=later), mend, "of")
    row |= {"programme": "", "answer": "", "answered_on": "", "status": "open", "answer_event": 0}
    for number, answer in earlier():
        post_answered(hand, answer, number)


def undo_screened(hand: Hand, entry: Screened) -> None:
    """The counter-entry of a screening: it was not held."""
    _written(hand.slips.screenings, entry.screening)
    hand.slips.screenings.drop(entry.screening)


def _written(tray: Tray, id: str) -> Row:
    row = tray.get(id)
    if row is None:
        wrong = _("{id} is not in the books any more").format(id=shown(id))
        raise Illegal(wrong, _("it was corrected before"), "of")
    return row


def _site(hand: Hand, id: str, on: date) -> dict[str, Any]:
    row = hand.sites.get(id)
    if row is None:
        wrong = _("there is no site {id}").format(id=shown(id))
        raise Illegal(wrong, _("see: xiaxiang site list"), "site")
    if row["closed_on"] and row["closed_on"] <= on.isoformat():
        wrong = _("site {id} was closed on {day}").format(id=id, day=row["closed_on"])
        raise Illegal(wrong, _("name another site, or look the day up again"), "site")
    return row


def _day(hand: Hand, on: date) -> None:
    if on > hand.today:
        wrong = _("{value} has not come yet").format(value=on)
        raise Illegal(wrong, _("look it up again, and write it like 2012-08-01"), "on")
    if on.year < _FIRST_YEAR:
        wrong = _("{value} cannot be the day").format(value=on)
        raise Illegal(wrong, _("look it up again, and write it like 2012-08-01"), "on")


def _programme(slips: Slips, id: str) -> None:
    if slips.programmes.get(id) is None:
        wrong = _("there is no programme {id}").format(id=shown(id))
        raise Illegal(wrong, _("see: xiaxiang programmes"), "programme")


def _known_term(scheme: Any, code: str) -> None:
    if term(scheme, code) is None:
        wrong = _("{value} is not known here").format(value=shown(code))
        raise Illegal(wrong, _("use a code of the vocabulary"), scheme)


def _take(slips: Slips, tray: Tray, kind: str, given: str) -> None:
    """A number that was given from outside must be free."""
    key = tray.table.name
    if not _ID.fullmatch(given):
        wrong = _("{value} cannot be the number of a paper").format(value=shown(given))
        raise Illegal(wrong, _("write it like {kind}-2012-004").format(kind=kind), key)
    if tray.get(given) is not None:
        wrong = _("number {id} is taken already").format(id=given)
        raise Illegal(wrong, _("leave it empty for the next free one"), key)
    slips.taken(kind, given)
