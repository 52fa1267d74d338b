"""Counter-entries: what a wrong entry did is taken back, if nothing that came later rests on it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from catalog.circulation.copying import check_day
from catalog.circulation.desk import Row
from catalog.circulation.entries import (
    Answered,
    Checked,
    Confirmed,
    Copied,
    Corrected,
    Delivered,
    Enrolled,
    Entry,
    Lost,
    Refreshed,
    Requested,
    Restocked,
    Returned,
    Scrapped,
    Screened,
    Signed,
    entry_of,
)
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
from catalog.database import Connection, events
from catalog.drives.undoing import undo_on_drive
from catalog.needs.posting import undo_answered, undo_requested, undo_screened
from catalog.tables import contents, corrections, deliveries, movements, sites
from catalog.words import _


def post_corrected(hand: Hand, connection: Connection, entry: Corrected, serial: int) -> Corrected:
    """An event counts no more. Stands alone in its batch: all rows are as the books have them."""
    check_day(entry.on)
    if not entry.reason.strip():
        raise Illegal(_("a correction needs its reason"), _("write --reason TEXT"), "reason")
    hand.corrections.fetch(connection, [entry.of])
    hand.events.fetch(connection, [entry.of])
    row, before = hand.events.get(entry.of), hand.corrections.get(entry.of)
    if row is None:
        wrong = _("there is no event {serial}").format(serial=entry.of)
        raise Illegal(wrong, _("look the number up: xiaxiang audit"), "of")
    if before is not None:
        wrong = _("event {serial} was corrected by event {by} already")
        told = wrong.format(serial=entry.of, by=before["event"])
        raise Illegal(told, _("write what is right as a new entry"), "of")
    told_of = entry_of(row["kind"], json.loads(row["details"]))
    _undo(hand, connection, told_of, entry.of, row["kind"])
    hand.corrections.put({"of": entry.of, "event": serial})
    return entry


def _undo(hand: Hand, connection: Connection, wrong: Entry | None, of: int, kind: str) -> None:
    match wrong:
        case Copied():
            _undo_copied(hand, connection, wrong)
        case Delivered():
            _undo_delivered(hand, connection, of)
        case Signed():
            _undo_signed(hand, connection, of)
        case Returned() | Lost() | Restocked() | Scrapped():
            _undo_moved(hand, connection, of)
        case Requested() | Answered() | Screened():
            _undo_need(hand, connection, wrong, of)
        case Enrolled() | Refreshed() | Confirmed() | Checked():
            undo_on_drive(hand, connection, wrong, of)
        case _:
            told = _("an entry of the kind {kind} is not corrected").format(kind=kind)
            raise Illegal(told, _("write what is right as a new entry"), "of")


def _undo_copied(hand: Hand, connection: Connection, wrong: Copied) -> None:
    hand.productions.fetch(connection, [wrong.production])
    hand.fetch_productions(connection, ())
    row = hand.productions.get(wrong.production)
    assert row is not None  # noqa: S101 - it goes only with its correction
    _check_later(connection, row["number"], together(((1, row["made"]),)), row["event"])
    connection.execute(sa.delete(contents).where(contents.c.production == row["number"]))
    hand.productions.drop(wrong.production)


def _undo_delivered(hand: Hand, connection: Connection, of: int) -> None:
    rows = _rows(hand, connection, deliveries.c.event == of)
    if signed := max(row["signed_event"] for row in rows):
        raise _first(signed)
    for row in rows:
        _check_later(connection, row["production"], read_numbers(row["numbers"]), of)
    for row in rows:
        production, numbers = hand.production(row["production"]), read_numbers(row["numbers"])
        production["free"] = _joined(production["free"], numbers)
        production["in_stock"] += row["copies"]
        production["issued"] -= row["copies"]
        production["unsigned"] -= row["copies"]
        hand.deliveries.drop(row["number"])
        township = sa.select(sites.c.township).where(sites.c.number == row["site"])
        hand.count(row, int(connection.scalar(township) or 0), -1)
    if rows[0]["site"]:
        _recall_state(hand, connection, rows)


def _recall_state(hand: Hand, connection: Connection, rows: list[Row]) -> None:
    """A site's sums without these lines."""
    site = rows[0]["site"]
    hand.states.fetch(connection, [site])
    state = hand.states.get(site)
    assert state is not None  # noqa: S101 - the lines were counted
    others = deliveries.c.number.not_in([row["number"] for row in rows])
    day = deliveries.c.issued_on
    question = sa.select(sa.func.min(day), sa.func.max(day))
    first, last = connection.execute(question.where(deliveries.c.site == site, others)).one()
    state["deliveries"] -= len(rows)
    state["copies"] -= sum(row["copies"] for row in rows)
    state["first_on"], state["last_on"] = first or "", last or ""
    if not state["deliveries"]:
        hand.states.drop(site)


def _undo_signed(hand: Hand, connection: Connection, of: int) -> None:
    for row in _rows(hand, connection, deliveries.c.signed_event == of):
        row |= {"signed_by": "", "signed_on": "", "signed_event": 0}
        production, out = hand.production(row["production"]), row["copies"] - row["returned"]
        production["signed"] -= out
        production["unsigned"] += out


def _undo_moved(hand: Hand, connection: Connection, of: int) -> None:
    hand.movements.fetch(connection, [of])
    moved = hand.movements.get(of)
    assert moved is not None  # noqa: S101 - it goes only with its correction
    hand.fetch_productions(connection, [moved["production"]])
    row, taken = hand.production(moved["production"]), read_numbers(moved["numbers"])
    _check_later(connection, row["number"], taken, of)
    if moved["kind"] in ("returned", "lost"):
        line = _rows(hand, connection, deliveries.c.number == moved["delivery"])[0]
        _take_back(row, line, moved["kind"], taken)
    elif moved["kind"] == "restocked":
        row["free"] = written(without(read_numbers(row["free"]), taken))
        row["back"] = _joined(row["back"], taken)
        _add(row, count(taken), in_stock=-1, returned=1, issued=1)
    else:
        of_back = read_numbers(moved["from_back"])
        of_stock = without(taken, of_back)
        row["free"], row["back"] = _joined(row["free"], of_stock), _joined(row["back"], of_back)
        _add(row, count(of_stock), in_stock=1, scrapped=-1)
        _add(row, count(of_back), returned=1, issued=1, scrapped=-1)
    hand.movements.drop(of)


def _take_back(row: Row, line: Row, kind: str, taken: Ranges) -> None:
    """Copies that did not return, or were not lost, are still out."""
    if kind == "lost":
        line["missing"] = written(without(read_numbers(line["missing"]), taken))
        line["lost"] -= count(taken)
        row["lost"] -= count(taken)
        return
    line["back"] = written(without(read_numbers(line["back"]), taken))
    line["returned"] -= count(taken)
    row["back"] = written(without(read_numbers(row["back"]), taken))
    row["returned"] -= count(taken)
    row["signed" if line["signed_event"] else "unsigned"] += count(taken)


def _undo_need(
    hand: Hand, connection: Connection, wrong: Requested | Answered | Screened, of: int
) -> None:
    hand.slips.fetch_by_event(connection, [of])
    if isinstance(wrong, Requested):
        hand.slips.fetch(connection, [wrong])
        undo_requested(hand, wrong)
    elif isinstance(wrong, Screened):
        undo_screened(hand, wrong)
    else:
        hand.slips.fetch(connection, [wrong])
        earlier = _answers_before(connection, wrong.request, of)
        hand.slips.fetch(connection, [answer for _serial, answer in earlier])
        undo_answered(hand, wrong, of, lambda: earlier)


def _answers_before(connection: Connection, request: str, of: int) -> list[tuple[int, Answered]]:
    """The answers to a request that hold without this one, as the ledger has them."""
    gone = sa.select(corrections.c.of)
    question = sa.select(events.c.serial, events.c.details).where(
        events.c.kind == "answered",
        events.c.serial < of,
        events.c.serial.not_in(gone),
        events.c.subjects.contains(json.dumps(request), autoescape=True),
    )
    found = []
    for row in connection.execute(question.order_by(events.c.serial)):
        answer = entry_of("answered", json.loads(row.details))
        if isinstance(answer, Answered) and answer.request == request:
            found.append((int(row.serial), answer))
    return found


def _rows(hand: Hand, connection: Connection, where: sa.ColumnElement[bool]) -> list[Row]:
    numbers = connection.scalars(sa.select(deliveries.c.number).where(where)).all()
    hand.fetch_lines(connection, numbers)
    rows = [row for number in sorted(numbers) if (row := hand.deliveries.get(number))]
    hand.fetch_productions(connection, {row["production"] for row in rows})
    return rows


def _check_later(connection: Connection, production: int, taken: Ranges, of: int) -> None:
    """Refuses where a later event moved any of these copies; names the last of them."""
    later: list[int] = []
    for table in (deliveries, movements):
        here = sa.select(table.c.event, table.c.numbers).where(
            table.c.production == production, table.c.event > of
        )
        found: Iterable[Any] = connection.execute(here)
        later += [row.event for row in found if common(taken, read_numbers(row.numbers))]
    if later:
        raise _first(max(later))


def _first(serial: int) -> Illegal:
    wrong = _("event {serial} came later and rests on it").format(serial=serial)
    return Illegal(wrong, _("correct event {serial} first").format(serial=serial), "of")


def _joined(text: str, more: Ranges) -> str:
    return written(together((*read_numbers(text), *more)))


def _add(row: Row, copies: int, **signs: int) -> None:
    for name, sign in signs.items():
        row[name] += sign * copies
