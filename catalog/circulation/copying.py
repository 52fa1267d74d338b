"""Runs of copies: made, scrapped, laid back into stock. What may be written, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from catalog.characters import shown
from catalog.circulation.desk import Row
from catalog.circulation.entries import Copied, Lost, Restocked, Returned, Scrapped
from catalog.circulation.hand import Hand
from catalog.circulation.illegal import Illegal
from catalog.circulation.numbers import (
    Ranges,
    common,
    count,
    read_numbers,
    together,
    without,
    written,
)
from catalog.circulation.papers import MOST_COPIES, RUN, check_number
from catalog.words import _

KINDS = {"disc": ("vcd",), "data-disc": ("iso",), "leaflet": ("leaflet",)}
BASES = ("gift", "cost")


def post_copied(hand: Hand, entry: Copied, serial: int) -> Copied:
    """A run of numbered copies is there, all of them in stock."""
    check_day(entry.on)
    if not 0 < entry.copies <= MOST_COPIES:
        wrong = _("{value} copies cannot be").format(value=entry.copies)
        mend = _("write a number from 1 to {most}").format(most=MOST_COPIES)
        raise Illegal(wrong, mend, "copies")
    _check_words(entry)
    county = hand.sites.get(entry.county) if entry.county else None
    if entry.county and (county is None or county["level"] != "county"):
        wrong = _("there is no county centre {id}").format(id=shown(entry.county))
        raise Illegal(wrong, _("see: xiaxiang site list --level county"), "county")
    id = entry.production or hand.papers.next(RUN, entry.on.year)
    check_number(id, "production", "HX-2026-0007")
    if hand.productions.get(id) is not None:
        wrong = _("number {id} is taken already").format(id=id)
        raise Illegal(wrong, _("leave it empty for the next free one"), "production")
    for programme in entry.programmes:
        if hand.area_of.get(programme) is None:
            wrong = _("there is no programme {id}").format(id=shown(programme))
            raise Illegal(wrong, _("see: xiaxiang programmes"), "programmes")
    hand.papers.taken(id)
    entry = replace(entry, production=id, programmes=tuple(dict.fromkeys(entry.programmes)))
    number = hand.next("production")
    hand.put_production(_row(entry, number, county["number"] if county else 0, serial))
    held = [(one, hand.area_of[one] or "") for one in entry.programmes]
    hand.contents += [{"production": number, "programme": p, "subject": a} for p, a in held]
    hand.areas[number] = tuple(sorted({area for _one, area in held if area}))
    return entry


def post_restocked(hand: Hand, entry: Restocked, serial: int) -> Restocked:
    """Returned copies lie in stock again."""
    row = _production(hand, entry.production, entry.on)
    taken = read(entry.numbers)
    back = read(row["back"])
    if foreign := missing(taken, back):
        wrong = _("copies {numbers} of {id} are not among the returned ones ({there})")
        told = wrong.format(numbers=written(foreign), id=row["id"], there=row["back"] or "–")
        raise Illegal(told, _("enter their return first, or correct the numbers"), "numbers")
    moved = count(taken)
    row["back"], row["free"] = written(without(back, taken)), _joined(row["free"], taken)
    row["returned"] -= moved
    row["issued"] -= moved
    row["in_stock"] += moved
    note(hand, entry, serial, **moved_copies(row, taken))
    return replace(entry, numbers=written(taken))


def post_scrapped(hand: Hand, entry: Scrapped, serial: int) -> Scrapped:
    """Copies in stock, or returned ones, are no more."""
    row = _production(hand, entry.production, entry.on)
    taken = read(entry.numbers)
    free, back = read(row["free"]), read(row["back"])
    if foreign := missing(taken, together((*free, *back))):
        wrong = _("copies {numbers} of {id} are neither in stock nor returned")
        told = wrong.format(numbers=written(foreign), id=row["id"])
        raise Illegal(told, _("enter their return first, or correct the numbers"), "numbers")
    of_stock, of_back = common(free, taken), common(back, taken)
    row["free"], row["back"] = written(without(free, of_stock)), written(without(back, of_back))
    row["in_stock"] -= count(of_stock)
    row["returned"] -= count(of_back)
    row["issued"] -= count(of_back)
    row["scrapped"] += count(taken)
    note(hand, entry, serial, **moved_copies(row, taken), from_back=written(of_back))
    return replace(entry, numbers=written(taken))


def read(text: str) -> Ranges:
    """Numbers of copies as somebody wrote them; Illegal where they are none."""
    try:
        return read_numbers(text)
    except ValueError:
        wrong = _("{value} are no numbers of copies").format(value=shown(text))
        raise Illegal(wrong, _("write them like 1-7,9"), "numbers") from None


def missing(wanted: Ranges, there: Ranges) -> Ranges:
    """Those wanted that are not there; Illegal where nothing is wanted at all."""
    if not wanted:
        raise Illegal(_("no copies are named"), _("write their numbers like 1-7,9"), "numbers")
    return without(wanted, common(wanted, there))


def check_day(on: date) -> None:
    """Refuses days that cannot be."""
    if not 1980 <= on.year <= 2200:
        wrong = _("{value} cannot be the day").format(value=on)
        raise Illegal(wrong, _("look it up again, and write it like 2012-08-01"), "on")


def note(
    hand: Hand, moved: Returned | Lost | Restocked | Scrapped, serial: int, **more: object
) -> None:
    """Write down what happened to the copies of an entry: columns of `movement` in `more`."""
    hand.movements.put(
        {
            "event": serial, "kind": moved.kind, "delivery": 0, "from_back": "",
            "on_day": moved.on.isoformat(), "reason": moved.reason, **more,
        }
    )  # fmt: skip


def moved_copies(production: Row, taken: Ranges) -> Row:
    """Which copies they are, as `movement` keeps it."""
    return {
        "production": production["number"], "copies": count(taken), "numbers": written(taken),
    }  # fmt: skip


def production_of(hand: Hand, id: str) -> Row:
    """A run of copies by its id; Illegal where there is none."""
    row = hand.productions.get(id)
    if row is None:
        wrong = _("there is no run of copies {id}").format(id=shown(id))
        raise Illegal(wrong, _("see: xiaxiang audit stock"), "production")
    return row


def _production(hand: Hand, id: str, on: date) -> Row:
    row = production_of(hand, id)
    check_day(on)
    if on.isoformat() < row["made_on"]:
        wrong = _("{day} lies before {made}, when {id} was made")
        told = wrong.format(day=on, made=row["made_on"], id=id)
        raise Illegal(told, _("look the days up again"), "on")
    return row


def _joined(text: str, more: Ranges) -> str:
    return written(together((*read_numbers(text), *more)))


def _check_words(entry: Copied) -> None:
    if not entry.title.strip() or len(entry.title) > 200:
        wrong = _("{value} is no title").format(value=shown(entry.title))
        raise Illegal(wrong, _("write the title that stands on the copies"), "title")
    if entry.what not in KINDS:
        wrong = _("{value} is not known here").format(value=shown(entry.what))
        raise Illegal(wrong, _("write one of: {words}").format(words=", ".join(KINDS)), "what")
    if entry.medium not in KINDS[entry.what]:
        wrong = _("{value} is not known here").format(value=shown(entry.medium))
        words = ", ".join(KINDS[entry.what])
        raise Illegal(wrong, _("write one of: {words}").format(words=words), "medium")
    if not 0 <= entry.minutes <= 600_000:
        wrong = _("{value} is no running time").format(value=entry.minutes)
        raise Illegal(wrong, _("write the minutes, like 72"), "minutes")
    if entry.price_basis not in BASES:
        wrong = _("{value} is not known here").format(value=shown(entry.price_basis))
        words = ", ".join(BASES)
        raise Illegal(wrong, _("write one of: {words}").format(words=words), "price_basis")


def _row(entry: Copied, number: int, county: int, serial: int) -> Row:
    counts = ("issued", "scrapped", "signed", "unsigned", "returned", "lost")
    return dict.fromkeys(counts, 0) | {
        "number": number, "id": entry.production, "county": county, "kind": entry.what,
        "medium": entry.medium, "edition": entry.edition, "title": entry.title,
        "made_on": entry.on.isoformat(), "minutes": entry.minutes,
        "price_basis": entry.price_basis, "source": entry.source, "made": entry.copies,
        "in_stock": entry.copies, "free": written(((1, entry.copies),)), "back": "",
        "event": serial,
    }  # fmt: skip
