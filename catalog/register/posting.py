"""What entries about sites and drives do to the rows: Registered, Changed, Drive.

Called by the dispatcher of catalog/circulation/posting.py, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from catalog.characters import shown
from catalog.circulation.desk import Row, Tray
from catalog.circulation.entries import Changed, Drive, Registered
from catalog.circulation.illegal import Illegal
from catalog.reading import Unclear
from catalog.register import fields
from catalog.register.history import Fact, valid
from catalog.register.legality import check_close, check_code, check_move, check_place
from catalog.register.shelf import Shelf
from catalog.tables import drives, sites
from catalog.words import _

DRIVE_STATES = ("held", "out", "lost", "scrapped")


class Hand(Protocol):
    """What the handlers want at hand: trays by id, the shelf, and the day of writing."""

    @property
    def sites(self) -> Tray: ...
    @property
    def drives(self) -> Tray: ...
    @property
    def shelf(self) -> Shelf: ...
    @property
    def today(self) -> date: ...


def post_site(hand: Hand, entry: Registered | Changed, serial: int) -> Registered | Changed:
    """A site is registered, or facts of it change from a day on; raises Illegal."""
    before = hand.sites.get(entry.site)
    if isinstance(entry, Registered):
        if before is not None:
            mend = _("change it: xiaxiang site set {id} FIELD=VALUE").format(id=entry.site)
            raise Illegal(_("site {id} is registered already").format(id=entry.site), mend, "site")
        row = _blank(hand.shelf.new_number(), _id(entry.site))
    elif before is None:
        wrong = _("there is no site {id}").format(id=shown(entry.site))
        raise Illegal(wrong, _("see: xiaxiang site list"), "site")
    else:
        row = before
    entry = _completed(entry, row, hand.today)
    new = _facts(entry, hand.shelf.facts.get(row["number"], ()), serial)
    hand.shelf.put(row["number"], new)
    stood = dict(row)
    # Put down before it is checked: what is illegal is never written, and what lies below a site
    # with a mistake has none of its own for that.
    put_right(row, hand.shelf.facts[row["number"]], hand.today, hand.sites)
    row["event"] = serial
    hand.sites.put(row) if before is None else None
    hand.shelf.equipment[row["number"]] = equipment_rows(
        row["number"], hand.shelf.facts[row["number"]], hand.today
    )
    later = {(fact.since, row["number"]) for fact in new if fact.since > hand.today.isoformat()}
    hand.shelf.turns |= later
    _check(hand, entry, stood if before is not None else None, row)
    return entry


def post_drive(hand: Hand, entry: Drive, serial: int) -> Drive:
    """A drive is registered, moved, lost or given up; it has one holder. Raises Illegal."""
    row = hand.drives.get(entry.drive)
    if row is not None:
        _check_drive_goes_on(row, entry)
    home = _site(hand, entry.home, "home") if entry.home else None
    holder = _site(hand, entry.holder, "holder") if entry.holder else None
    if entry.state not in DRIVE_STATES:
        wrong = _("{value} is not known here").format(value=shown(entry.state))
        words = ", ".join(DRIVE_STATES)
        raise Illegal(wrong, _("write one of: {words}").format(words=words), "state")
    if entry.state == "held" and holder is None:
        wrong = _("drive {id} is held by nobody").format(id=entry.drive)
        raise Illegal(wrong, _("name the site that has it"), "holder")
    if holder is not None and holder["closed_on"] and entry.state in ("held", "out"):
        wrong = _("{site} was closed on {day}")
        told = wrong.format(site=entry.holder, day=holder["closed_on"])
        raise Illegal(told, _("name a site that is open"), "holder")
    if row is None:
        row = hand.drives.put(_new_drive(_id(entry.drive)))
    _move(row, entry, home, holder, serial)
    return replace(
        entry, capacity_gb=row["capacity_gb"] or 0.0, file_system=row["file_system"],
        note=row["note"],
    )  # fmt: skip


def put_right(row: Row, facts: Iterable[Fact], on: date, at_hand: Tray) -> None:
    """A site's row says what its facts say on a day; its parent must be in the tray."""
    now = {field: fact.value for field, fact in valid(facts, on).items()}
    row.update(fields.columns_of(now))
    parent = at_hand.get(now.get("parent", "")) if now.get("parent") else None
    row["parent"] = parent["number"] if parent else 0
    above = parent or {"county": 0, "township": 0}
    row["county"] = row["number"] if row["level"] == "county" else above["county"]
    row["township"] = row["number"] if row["level"] == "township" else above["township"]


def equipment_rows(site: int, facts: Iterable[Fact], on: date) -> list[dict[str, Any]]:
    """The equipment of a site on a day, as rows."""
    rows = []
    for field, fact in sorted(valid(facts, on).items()):
        if field.startswith("equipment:"):
            count, state, owner = fields.equipment_of(fact.value)
            said = {"count": count, "state": state, "owner": owner, "event": fact.event}
            rows.append({"site": site, "kind": field.removeprefix("equipment:"), **said})
    return rows


def _completed(entry: Registered | Changed, row: Row, today: date) -> Registered | Changed:
    """The entry with its facts in their one form, its day, and the first day of a new manager."""
    if not entry.facts:
        raise Illegal(_("nothing is said of the site"), _("write FIELD=VALUE"), "")
    said = {field: _tidy(field, value) for field, value in entry.facts.items()}
    if isinstance(entry, Registered):
        return replace(entry, facts={field: value for field, value in said.items() if value})
    since = entry.since or today
    if said.get("manager", row["manager"]) != row["manager"]:
        said.setdefault("manager_since", since.isoformat())
    return replace(entry, facts=said, since=since)


def _tidy(field: str, value: str) -> str:
    if not fields.known(field):
        near = _(" or ").join(fields.near(field))
        mend = _("did you mean {word}?").format(word=near) if near else _("leave it out")
        raise Illegal(_("no fact of a site has this name"), mend, field)
    try:
        return fields.tidy(field, value)
    except Unclear as unclear:
        raise Illegal(unclear.wrong, unclear.mend, field) from None


def _facts(entry: Registered | Changed, known: Iterable[Fact], serial: int) -> list[Fact]:
    """The facts an entry tells; a manager is there from the day on which he began."""
    since = entry.since.isoformat() if entry.since else ""
    days = dict.fromkeys(entry.facts, since)
    begun = entry.facts.get("manager_since", "")
    newest = max((fact.since for fact in known if fact.field == "manager"), default="")
    if "manager" in entry.facts and begun > newest:
        days |= {"manager": begun, "manager_since": begun}
    return [Fact(field, days[field], value, serial) for field, value in entry.facts.items()]


def _check(hand: Hand, entry: Registered | Changed, before: Row | None, row: Row) -> None:
    """Look at the site as it will be from the day on that the entry names."""
    on = max(entry.since or hand.today, hand.today)
    now = {f: fact.value for f, fact in valid(hand.shelf.facts[row["number"]], on).items()}
    parent = hand.sites.get(now["parent"]) if "parent" in now else None
    itself = row["id"]
    check_place(now, parent, itself)
    if {"code", "level", "parent"} & set(entry.facts):
        county = next(
            (r for r in hand.sites.rows.values() if r and r["number"] == (parent or row)["county"]),
            None,
        ) if now["level"] == "venue" else None  # fmt: skip
        check_code(now, parent, county["code"] if county else "", itself, hand.shelf.counties)
    if now["level"] == "county" and "code" in now:
        hand.shelf.counties[now["code"]] = itself
    if before is None:
        hand.shelf.below[row["parent"]] = hand.shelf.below.get(row["parent"], 0) + 1
        return
    check_move(before, row, hand.shelf)
    if now.get("closed_on") and not before["closed_on"]:
        check_close(row, hand.shelf, _held(hand))
        hand.shelf.below[row["parent"]] = hand.shelf.below.get(row["parent"], 0) - 1


def _held(hand: Hand) -> Mapping[str, int]:
    """Who has which drive, also by what was written a moment ago."""
    rows = [row for row in hand.drives.rows.values() if row is not None]
    now = {r["id"]: r["holder"] if r["state"] in ("held", "out") else 0 for r in rows}
    return {**hand.shelf.held, **now}


def _check_drive_goes_on(row: Row, entry: Drive) -> None:
    if row["state"] == "scrapped":
        wrong = _("drive {id} was scrapped on {day}").format(id=row["id"], day=row["since"])
        raise Illegal(wrong, _("use another drive"), "drive")
    if entry.on.isoformat() < row["since"]:
        wrong = _("{day} lies before {since}, when the drive was moved last")
        told = wrong.format(day=entry.on, since=row["since"])
        raise Illegal(told, _("correct the day"), "on")


def _move(row: Row, entry: Drive, home: Row | None, holder: Row | None, serial: int) -> None:
    row["holder"] = holder["number"] if holder else 0
    if home:
        row["home"] = home["number"]
    row["state"], row["since"], row["event"] = entry.state, entry.on.isoformat(), serial
    row["due_on"] = entry.due_on.isoformat() if entry.due_on else ""
    row["capacity_gb"] = entry.capacity_gb or row["capacity_gb"]
    row["file_system"] = entry.file_system or row["file_system"]
    row["note"] = entry.note or row["note"]


def _new_drive(number: str) -> Row:
    row: Row = {column.name: "" for column in drives.columns}
    counts = dict.fromkeys(("home", "holder", "event", "capacity", "number", "refresh_event"), 0)
    return row | counts | {"id": number, "capacity_gb": None}


def _site(hand: Hand, site: str, key: str) -> Row:
    found = hand.sites.get(site)
    if found is None:
        wrong = _("there is no site {id}").format(id=shown(site))
        raise Illegal(wrong, _("see: xiaxiang site list"), key)
    return found


def _id(text: str) -> str:
    try:
        return fields.read_site_id(text)
    except Unclear as unclear:
        raise Illegal(unclear.wrong, unclear.mend, "id") from None


def _blank(number: int, site: str) -> Row:
    row: Row = {column.name: "" for column in sites.columns}
    counts = dict.fromkeys(("parent", "county", "township", "event"), 0)
    return row | fields.columns_of({}) | counts | {"number": number, "id": site}
