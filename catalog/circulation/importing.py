"""Sheets of runs, deliveries and signed slips taken into the books; again, they change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from catalog.circulation.desk import Row, Tray
from catalog.circulation.entries import Copied, Delivered, Entry, Line, Signed
from catalog.circulation.hand import Hand
from catalog.circulation.posting import post
from catalog.circulation.sheet import (
    Said,
    Sheet,
    read_deliveries,
    read_productions,
    read_slips,
)
from catalog.database import Connection
from catalog.problem import Refusal
from catalog.tables import productions

Placed = list[tuple[int, Entry]]


def import_productions(connection: Connection, at: datetime, path: Path) -> tuple[int, ...]:
    """Runs of copies from a sheet; gives the serials of their events. Raises Refusal."""
    sheet = _sound(read_productions(path))
    there = Tray(productions, "id")
    there.fetch(connection, [said.get("production", "") for _line, said in sheet.rows])
    placed: Placed = []
    for line, said in sheet.rows:
        entry = _copied(said)
        row = there.get(entry.production)
        same = row and (row["title"], row["made"], row["made_on"]) == (
            entry.title, entry.copies, entry.on.isoformat(),
        )  # fmt: skip
        if not same:
            placed.append((line, entry))
    return _post(connection, at, sheet.file, placed)


def import_deliveries(
    connection: Connection,
    at: datetime,
    path: Path,
    mode: str = "direct",
    on: date | None = None,
) -> tuple[int, ...]:
    """Lines of receipts from a sheet, those of one number together; a signed row is delivered and
    signed. `mode` and `on` hold where a row names none; without `on` each row must. Gives the
    serials of the events. Raises Refusal.
    """
    sheet = _sound(read_deliveries(path, dated=on is None))
    hand = Hand(at)
    named: dict[str, list[tuple[int, Said]]] = {}
    for line, told in sheet.rows:
        said = told if told.get("on") else {**told, "on": on}
        named.setdefault(said.get("receipt") or f"\0{line}", []).append((line, said))
    entries = [(rows, _delivered(rows, mode)) for rows in named.values()]
    signed = [_signed(rows[0][1]) for rows in named.values()]
    hand.fetch(connection, [entry for _rows, entry in entries])
    placed: Placed = []
    for (rows, entry), signing in zip(entries, signed, strict=True):
        known = hand.lines(entry.receipt) if entry.receipt else []
        if not known or not _same(hand, known, entry):
            placed.append((rows[0][0], entry))
            known = []
        if signing and not (known and known[0]["signed_event"]):
            placed.append((rows[0][0], signing))
    return _post(connection, at, sheet.file, placed)


def import_slips(connection: Connection, at: datetime, path: Path) -> tuple[int, ...]:
    """Receipts that came back signed, from a sheet; gives the serials of their events."""
    sheet = _sound(read_slips(path))
    entries = [(line, Signed(s["receipt"], s["by"], s["signed_on"])) for line, s in sheet.rows]
    hand = Hand(at)
    hand.fetch(connection, [entry for _line, entry in entries])
    placed: Placed = []
    for line, entry in entries:
        told = (entry.by, entry.on.isoformat())
        if not any((r["signed_by"], r["signed_on"]) == told for r in hand.lines(entry.receipt)):
            placed.append((line, entry))
    return _post(connection, at, sheet.file, placed)


def _sound(sheet: Sheet) -> Sheet:
    if sheet.problems:
        raise Refusal(sheet.problems)
    return sheet


def _post(connection: Connection, at: datetime, file: str, placed: Placed) -> tuple[int, ...]:
    if not placed:
        return ()
    places = [(file, line) for line, _entry in placed]
    return post(connection, at, [entry for _line, entry in placed], places)


def _copied(said: Said) -> Copied:
    what = said.get("what", "disc")
    usual = {"disc": "vcd", "data-disc": "iso", "leaflet": "leaflet"}[what]
    return Copied(**{"production": "", **said, "what": what, "medium": said.get("medium", usual)})


def _delivered(rows: Sequence[tuple[int, Said]], mode: str) -> Delivered:
    first = rows[0][1]
    lines = tuple(
        Line(said["production"], said["copies"], said.get("numbers", "")) for _line, said in rows
    )
    texts = {n: first.get(n, "") for n in ("receipt", "site", "recipient", "approval", "note")}
    on: date = first["on"]
    return Delivered(on=on, lines=lines, mode=first.get("mode", mode), **texts)


def _signed(said: Said) -> Signed | None:
    if "by" not in said and "signed_on" not in said:
        return None
    on: date = said.get("signed_on") or said["on"]
    return Signed(said.get("receipt", ""), said.get("by", ""), on)


def _same(hand: Hand, known: Sequence[Row], entry: Delivered) -> bool:
    site = hand.sites.get(entry.site) if entry.site else None
    stands = sorted((hand.production(row["production"])["id"], row["copies"]) for row in known)
    return stands == sorted((line.production, line.copies) for line in entry.lines) and (
        known[0]["site"], known[0]["issued_on"],
    ) == (site["number"] if site else 0, entry.on.isoformat())  # fmt: skip
