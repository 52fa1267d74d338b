"""Copies handed out, signed for, returned, lost, called back: what may be written, what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalog.characters import shown
from catalog.circulation.copying import check_day, missing, moved_copies, note, production_of, read
from catalog.circulation.desk import Row
from catalog.circulation.entries import Delivered, Line, Lost, Recalled, Returned, Signed
from catalog.circulation.hand import Hand
from catalog.circulation.illegal import Illegal
from catalog.circulation.numbers import (
    Ranges,
    common,
    count,
    first_of,
    read_numbers,
    together,
    without,
    written,
)
from catalog.circulation.papers import RECEIPT, check_number
from catalog.vocabulary import term, terms
from catalog.words import _

MOST_LINES = 1_000


def post_delivered(hand: Hand, entry: Delivered, serial: int) -> Delivered:
    """Copies leave the stock on a receipt; they get their numbers, and the receipt its own."""
    check_day(entry.on)
    site = _receiver(hand, entry)
    _check_way(entry)
    receipt = entry.receipt or hand.papers.next(RECEIPT, entry.on.year)
    check_number(receipt, "receipt", "QS-2026-0001")
    if hand.lines(receipt):
        wrong = _("receipt {id} is in the books already").format(id=receipt)
        raise Illegal(wrong, _("leave it empty for the next free one"), "receipt")
    if not 0 < len(entry.lines) <= MOST_LINES:
        wrong = _("a receipt has from 1 to {most} lines").format(most=MOST_LINES)
        raise Illegal(wrong, _("say what was handed out: PRODUCTION=COPIES"), "lines")
    free: dict[str, Ranges] = {}
    given = [(line.production, _allot(hand, entry, line, free)) for line in entry.lines]
    hand.papers.taken(receipt)
    entry = replace(
        entry,
        receipt=receipt,
        lines=tuple(Line(id, count(taken), written(taken)) for id, taken in given),
    )
    for id, left in free.items():
        production_of(hand, id)["free"] = written(left)
    for line in entry.lines:
        _hand_out(hand, entry, line, site, serial)
    return entry


def post_signed(hand: Hand, entry: Signed, serial: int) -> Signed:
    """A receipt came back with a signature: all that is still out on it is signed for."""
    rows = _lines(hand, entry.receipt)
    check_day(entry.on)
    if rows[0]["signed_event"]:
        wrong = _("receipt {id} was signed by {by} on {day} already")
        told = wrong.format(id=entry.receipt, by=rows[0]["signed_by"], day=rows[0]["signed_on"])
        mend = _("correct event {serial} first").format(serial=rows[0]["signed_event"])
        raise Illegal(told, mend, "receipt")
    if not entry.by.strip() or len(entry.by) > 100:
        wrong = _("nobody is named who signed")
        raise Illegal(wrong, _("write the name that stands on the receipt"), "by")
    if entry.on.isoformat() < rows[0]["issued_on"]:
        wrong = _("signed on {day}, before it was handed out on {issued}")
        told = wrong.format(day=entry.on, issued=rows[0]["issued_on"])
        raise Illegal(told, _("look the days up again"), "on")
    for row in rows:
        row |= {
            "signed_by": entry.by, "signed_on": entry.on.isoformat(), "signed_event": serial,
        }  # fmt: skip
        production, out = hand.production(row["production"]), row["copies"] - row["returned"]
        production["unsigned"] -= out
        production["signed"] += out
    return entry


def post_returned(hand: Hand, entry: Returned, serial: int) -> Returned:
    """Copies came back; they lie at the centre until they are restocked or scrapped."""
    taken = read(entry.numbers)
    for row, part in _parts(hand, entry, taken):
        production = hand.production(row["production"])
        row["back"], row["returned"] = _more(row["back"], part), row["returned"] + count(part)
        production["back"] = _more(production["back"], part)
        production["returned"] += count(part)
        production["signed" if row["signed_event"] else "unsigned"] -= count(part)
        note(hand, entry, serial, delivery=row["number"], **moved_copies(production, part))
    return replace(entry, numbers=written(taken))


def post_lost(hand: Hand, entry: Lost, serial: int) -> Lost:
    """Copies are lost where they were sent; they stay issued, and are counted as lost."""
    taken = read(entry.numbers)
    for row, part in _parts(hand, entry, taken):
        production = hand.production(row["production"])
        row["missing"], row["lost"] = _more(row["missing"], part), row["lost"] + count(part)
        production["lost"] += count(part)
        note(hand, entry, serial, delivery=row["number"], **moved_copies(production, part))
    return replace(entry, numbers=written(taken))


def post_recalled(_hand: Hand, entry: Recalled, _serial: int) -> Recalled:
    """Sites were asked to send a programme back; what comes back is written when it does."""
    check_day(entry.on)
    if not entry.programme:
        raise Illegal(_("no programme is named"), _("see: xiaxiang programmes"), "programme")
    return entry


def still_out(row: Row) -> Ranges:
    """The numbers of a line of a receipt that are neither returned nor lost."""
    gone = together((*read_numbers(row["back"]), *read_numbers(row["missing"])))
    return without(read_numbers(row["numbers"]), gone)


def _receiver(hand: Hand, entry: Delivered) -> Row | None:
    if bool(entry.site) == bool(entry.recipient.strip()):
        wrong = _("it must be said who received it, and only once")
        raise Illegal(wrong, _("name a site, or a recipient who is none"), "site")
    if not entry.site:
        return None
    row = hand.sites.get(entry.site)
    if row is None:
        wrong = _("there is no site {id}").format(id=shown(entry.site))
        raise Illegal(wrong, _("see: xiaxiang site list"), "site")
    if row["closed_on"] and row["closed_on"] <= entry.on.isoformat():
        wrong = _("site {id} was closed on {day}").format(id=entry.site, day=row["closed_on"])
        raise Illegal(wrong, _("name another site, or look the day up again"), "site")
    return row


def _check_way(entry: Delivered) -> None:
    if term("issue_mode", entry.mode) is None:
        wrong = _("{value} is not known here").format(value=shown(entry.mode))
        words = ", ".join(f"{one.code} {one.zh}" for one in terms("issue_mode"))
        raise Illegal(wrong, _("write one of: {words}").format(words=words), "mode")
    if entry.mode == "cost" and not entry.approval.strip():
        wrong = _("copies at cost price need an approval")
        raise Illegal(wrong, _("name who approved it: --approval NAME"), "approval")


def _allot(hand: Hand, entry: Delivered, line: Line, free: dict[str, Ranges]) -> Ranges:
    """The copies a line takes from what is `free` still, which is made less."""
    row = production_of(hand, line.production)
    if entry.on.isoformat() < row["made_on"]:
        wrong = _("{day} lies before {made}, when {id} was made")
        told = wrong.format(day=entry.on, made=row["made_on"], id=row["id"])
        raise Illegal(told, _("look the days up again"), "on")
    there = free[row["id"]] if row["id"] in free else read_numbers(row["free"])
    if line.numbers:
        taken = _named(line, there, row)
    elif not 0 < line.copies <= count(there):
        wrong = _("{wanted} copies of {id} are asked for, {there} are in stock")
        told = wrong.format(wanted=line.copies, id=row["id"], there=count(there))
        raise Illegal(told, _("take fewer, or make more: xiaxiang copies"), "copies")
    else:
        taken = first_of(there, line.copies)
    free[row["id"]] = without(there, taken)
    return taken


def _named(line: Line, there: Ranges, row: Row) -> Ranges:
    taken = read(line.numbers)
    if foreign := missing(taken, there):
        wrong = _("copies {numbers} of {id} are not in stock ({there})")
        told = wrong.format(numbers=written(foreign), id=row["id"], there=written(there) or "–")
        raise Illegal(told, _("look at the numbers on the discs again"), "numbers")
    if line.copies and line.copies != count(taken):
        wrong = _("{copies} copies, but {count} numbers ({numbers})")
        told = wrong.format(copies=line.copies, count=count(taken), numbers=written(taken))
        raise Illegal(told, _("count again"), "copies")
    return taken


def _hand_out(hand: Hand, entry: Delivered, line: Line, site: Row | None, serial: int) -> None:
    production = production_of(hand, line.production)
    production["in_stock"] -= line.copies
    production["issued"] += line.copies
    production["unsigned"] += line.copies
    row: Row = {
        "number": hand.next("delivery"), "receipt": entry.receipt,
        "production": production["number"], "site": site["number"] if site else 0,
        "county": site["county"] if site else production["county"],
        "recipient": entry.recipient, "copies": line.copies, "numbers": line.numbers,
        "issued_on": entry.on.isoformat(), "mode": entry.mode, "approval": entry.approval,
        "signed_by": "", "signed_on": "", "returned": 0, "lost": 0, "note": entry.note,
        "back": "", "missing": "", "event": serial, "signed_event": 0,
    }  # fmt: skip
    hand.put_line(row)
    hand.count(row, site["township"] if site else 0, 1)
    if site:
        _remember(hand, row)


def _remember(hand: Hand, row: Row) -> None:
    on = row["issued_on"]
    state = hand.states.get(row["site"])
    if state is None:
        new = {"site": row["site"], "deliveries": 0, "copies": 0, "first_on": on, "last_on": on}
        state = hand.states.put(new)
    state["deliveries"] += 1
    state["copies"] += row["copies"]
    state["first_on"], state["last_on"] = min(state["first_on"], on), max(state["last_on"], on)


def _lines(hand: Hand, receipt: str) -> list[Row]:
    rows = hand.lines(receipt)
    if not rows:
        wrong = _("there is no receipt {id}").format(id=shown(receipt))
        raise Illegal(wrong, _("look at the number on the paper again"), "receipt")
    return rows


def _parts(hand: Hand, entry: Returned | Lost, taken: Ranges) -> Iterator[tuple[Row, Ranges]]:
    """The line of the receipt that the copies stand on; all of them must still be out."""
    check_day(entry.on)
    product = production_of(hand, entry.production)
    rows = [r for r in _lines(hand, entry.receipt) if r["production"] == product["number"]]
    if not rows:
        wrong = _("receipt {id} has no copies of {production}")
        told = wrong.format(id=entry.receipt, production=entry.production)
        raise Illegal(told, _("look at the receipt again"), "production")
    if entry.on.isoformat() < rows[0]["issued_on"]:
        wrong = _("{day} lies before {issued}, when they were handed out")
        told = wrong.format(day=entry.on, issued=rows[0]["issued_on"])
        raise Illegal(told, _("look the days up again"), "on")
    out = together(run for row in rows for run in still_out(row))
    if foreign := missing(taken, out):
        wrong = _("copies {numbers} of {id} are not out on this receipt ({there})")
        told = wrong.format(numbers=written(foreign), id=product["id"], there=written(out) or "–")
        raise Illegal(told, _("look at the numbers on the discs again"), "numbers")
    parts = [(row, common(still_out(row), taken)) for row in rows]
    held = [part for part in parts if part[1]]
    if len(held) > 1:
        wrong = _("these copies stand on two lines of the receipt")
        raise Illegal(wrong, _("enter them line by line"), "numbers")
    yield from held


def _more(text: str, more: Ranges) -> str:
    return written(together((*read_numbers(text), *more)))
