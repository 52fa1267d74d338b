"""What entries about drives do to the rows: identities, editions, receipts, checks, moves.

Called by the dispatcher of catalog/circulation/posting.py, inside its transaction. Whatever comes,
`settle` makes the row of a drive, what lies on it and the sums follow from its last identity and
its last edition; a counter-entry needs nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from catalog.characters import shown
from catalog.circulation.copying import check_day
from catalog.circulation.desk import Row
from catalog.circulation.entries import Checked, Confirmed, Drive, Enrolled, Refreshed
from catalog.circulation.hand import Hand
from catalog.circulation.illegal import Illegal
from catalog.drives.receipt import fits, tidy
from catalog.register.posting import post_drive
from catalog.words import _

MOST_PROGRAMMES = 20_000
MOST_BYTES = 1 << 60
MOST_FILES = 1_000_000
DEPTHS = ("quick", "deep")
CONFIRMED = ("device", "cache")
WAYS = ("phone", "drive")
USABLE = ("held", "out")
_TOKEN = re.compile(r"[0-9a-f]{16,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def post_moved(hand: Hand, entry: Drive, serial: int) -> Drive:
    """A drive is registered, moved or lost; what lies on it goes with it."""
    done = post_drive(hand, entry, serial)
    settle(hand, entry.drive)
    return done


def post_enrolled(hand: Hand, entry: Enrolled, serial: int) -> Enrolled:
    """A drive of the register bears an identity of ours, and nothing that the books know."""
    row = _usable(hand, entry.drive, entry.on)
    _check_home(hand, row, entry.site)
    if not _TOKEN.fullmatch(entry.token):
        wrong = _("{value} is no token of a drive").format(value=shown(entry.token))
        raise Illegal(wrong, _("write what `drive register` wrote onto the drive"), "token")
    bearer = hand.rack.bearers.get(entry.token, "")
    if bearer:
        wrong = _("drive {id} bears this token, or bore it").format(id=bearer)
        raise Illegal(wrong, _("every drive gets a token of its own: register it anew"), "token")
    if len(entry.volume) > 100:
        wrong = _("longer than {most} letters").format(most=100)
        raise Illegal(wrong, _("look at the drive again"), "volume")
    if not 0 <= entry.capacity <= MOST_BYTES:
        wrong = _("{value} bytes cannot be").format(value=entry.capacity)
        raise Illegal(wrong, _("look at the drive again"), "capacity")
    hand.rack.bearers[entry.token] = entry.drive
    hand.rack.enrolments.put(
        {
            "event": serial, "drive": entry.drive, "token": entry.token, "volume": entry.volume,
            "capacity": entry.capacity, "on_day": entry.on.isoformat(),
        }
    )  # fmt: skip
    settle(hand, entry.drive)
    return entry


def post_refreshed(hand: Hand, entry: Refreshed, serial: int) -> Refreshed:
    """A drive holds its next edition; what it held before is no more on it."""
    row = _usable(hand, entry.drive, entry.on)
    site = _check_home(hand, row, entry.site)
    if not row["token"]:
        wrong = _("drive {id} bears no identity of ours").format(id=entry.drive)
        raise Illegal(wrong, _("first: xiaxiang drive register PATH --site SITE"), "drive")
    if entry.number != row["number"] + 1:
        wrong = _("edition {number} of drive {id} cannot come now: the last was {last}")
        told = wrong.format(number=entry.number, id=entry.drive, last=row["number"])
        mend = _("it must be number {next}: plan the refresh again").format(next=row["number"] + 1)
        raise Illegal(told, mend, "number")
    _check_refreshed(entry)
    for programme in entry.programmes:
        if hand.area_of.get(programme) is None:
            wrong = _("there is no programme {id}").format(id=shown(programme))
            raise Illegal(wrong, _("see: xiaxiang programmes"), "programmes")
    entry = replace(entry, programmes=tuple(dict.fromkeys(entry.programmes)))
    hand.rack.refreshes.put(_refresh(entry, site["number"], serial))
    settle(hand, entry.drive)
    return entry


def post_confirmed(hand: Hand, entry: Confirmed, serial: int) -> Confirmed:
    """The receipt code of an edition came: it is signed for."""
    check_day(entry.on)
    _known(hand, entry.drive)
    rows = [row for row in hand.rack.refreshes.rows.values() if row]
    found = [r for r in rows if (r["drive"], r["number"]) == (entry.drive, entry.number)]
    if not found:
        wrong = _("drive {id} never held an edition {number}")
        told = wrong.format(id=entry.drive, number=entry.number)
        raise Illegal(told, _("see: xiaxiang drive show DRIVE"), "number")
    (row,) = found
    if row["signed_event"]:
        wrong = _("edition {number} of drive {id} was confirmed by {by} on {day} already")
        told = wrong.format(
            number=entry.number, id=entry.drive, by=row["signed_by"], day=row["signed_on"]
        )
        mend = _("correct event {serial} first").format(serial=row["signed_event"])
        raise Illegal(told, mend, "drive")
    if not fits(row["root"], entry.code):
        wrong = _("{value} is not the receipt code of edition {number}")
        told = wrong.format(value=shown(entry.code), number=entry.number)
        raise Illegal(told, _("have it read out again, letter by letter"), "code")
    if not entry.by.strip() or len(entry.by) > 100:
        mend = _("write who told the code")
        raise Illegal(_("nobody is named who confirmed it"), mend, "by")
    if entry.way not in WAYS:
        _unknown(entry.way, WAYS, "way")
    if entry.on.isoformat() < row["on_day"]:
        wrong = _("confirmed on {day}, before it was put onto the drive on {on}")
        told = wrong.format(day=entry.on, on=row["on_day"])
        raise Illegal(told, _("look the days up again"), "on")
    row |= {
        "signed_by": entry.by, "signed_on": entry.on.isoformat(), "signed_event": serial,
    }  # fmt: skip
    return replace(entry, code=tidy(entry.code))


def post_checked(hand: Hand, entry: Checked, serial: int) -> Checked:
    """A drive was read back; what was found is kept, and changes nothing else."""
    check_day(entry.on)
    _known(hand, entry.drive)
    if entry.depth not in DEPTHS:
        _unknown(entry.depth, DEPTHS, "depth")
    if entry.root or entry.ok:
        _check_digest(entry.root, "root")
    if entry.ok != (entry.findings == 0) or not 0 <= entry.findings <= MOST_FILES:
        wrong = _("{count} findings, and yet the verdict says otherwise")
        raise Illegal(wrong.format(count=entry.findings), _("check the drive again"), "findings")
    hand.rack.checks.put(
        {
            "event": serial, "drive": entry.drive, "root": entry.root, "depth": entry.depth,
            "ok": int(entry.ok), "findings": entry.findings, "on_day": entry.on.isoformat(),
        }
    )  # fmt: skip
    return entry


def settle(hand: Hand, drive: str) -> None:
    """A drive's row, its contents and the sums as its last identity and last edition have them."""
    rack, row = hand.rack, hand.drives.get(drive)
    assert row is not None  # noqa: S101 - it was looked up before
    borne, held = rack.last(rack.enrolments, drive), rack.last(rack.refreshes, drive)
    lies = held if borne and held and held["event"] > borne["event"] else None
    blank = {"token": "", "volume": "", "capacity": 0}
    row |= {name: (borne or blank)[name] for name in blank}
    row |= {
        "number": held["number"] if held else 0,
        "last_refresh": held["on_day"] if held else "",
        "edition": lies["edition"] if lies else "",
        "root": lies["root"] if lies else "",
        "refresh_event": lies["event"] if lies else 0,
    }
    there = lies["programmes"].split(";") if lies and row["state"] in USABLE else ()
    before = rack.lying.get(drive, {})
    rack.lying[drive] = {one: hand.area_of.get(one) or before.get(one, "") for one in there if one}
    _count(hand, row)


def _count(hand: Hand, row: Row) -> None:
    """The sums of places and subjects lose what the drive counted for, and gain what it does."""
    stood = hand.rack.counted.get(row["id"], (0, 0, frozenset()))
    holder = None
    if row["holder"] and (hand.rack.lying[row["id"]] or stood[2]):
        rows = (one for one in hand.sites.rows.values() if one)
        holder = next((one for one in rows if one["number"] == row["holder"]), None)
    hand.rack.count(row, holder)
    now = hand.rack.counted[row["id"]]
    for (county, township, areas), sign in ((stood, -1), (now, 1)):
        for area in areas:
            hand.covered.add((county, township, area), drives=sign)


def _known(hand: Hand, drive: str) -> Row:
    row = hand.drives.get(drive)
    if row is None:
        wrong = _("there is no drive {id}").format(id=shown(drive))
        raise Illegal(wrong, _("see: xiaxiang drive list"), "drive")
    return row


def _usable(hand: Hand, drive: str, on: date) -> Row:
    """A drive that is there, and was not written to later than on this day."""
    check_day(on)
    row = _known(hand, drive)
    if row["state"] not in USABLE:
        wrong = _("drive {id} is not there: {state} since {day}")
        state = _("lost") if row["state"] == "lost" else _("scrapped")
        told = wrong.format(id=drive, state=state, day=row["since"])
        raise Illegal(told, _("first: xiaxiang drive move DRIVE --to SITE"), "drive")
    trays = (hand.rack.enrolments, hand.rack.refreshes)
    last = max((r["on_day"] for t in trays if (r := hand.rack.last(t, drive))), default="")
    if on.isoformat() < last:
        wrong = _("{day} lies before {last}, when the drive was written to last")
        raise Illegal(wrong.format(day=on, last=last), _("look the days up again"), "on")
    return row


def _check_home(hand: Hand, row: Row, site: str) -> Row:
    """The site that is named must be the one that the drive is for."""
    found = hand.sites.get(site)
    if found is None:
        wrong = _("there is no site {id}").format(id=shown(site))
        raise Illegal(wrong, _("see: xiaxiang site list"), "site")
    if row["home"] != found["number"]:
        rows = (one for one in hand.sites.rows.values() if one)
        home = next((one["id"] for one in rows if one["number"] == row["home"]), "–")
        wrong = _("drive {id} is meant for {home}, not for {site}")
        told = wrong.format(id=row["id"], home=home, site=site)
        mend = _("take the drive of {site}, or write first that this one is for it")
        raise Illegal(told, mend.format(site=site), "site")
    return found


def _check_refreshed(entry: Refreshed) -> None:
    _check_digest(entry.root, "root")
    _check_digest(entry.record_sha256, "record_sha256")
    if not entry.edition.strip() or len(entry.edition) > 100:
        wrong = _("{value} is no name of an edition").format(value=shown(entry.edition))
        raise Illegal(wrong, _("plan the refresh again"), "edition")
    if entry.confirmed not in CONFIRMED:
        _unknown(entry.confirmed, CONFIRMED, "confirmed")
    counts = ("files", "copied", "removed", "kept")
    told = {name: getattr(entry, name) for name in counts}
    bad = [name for name, value in told.items() if not 0 <= value <= MOST_FILES]
    bad += [name for name in ("bytes", "free") if not 0 <= getattr(entry, name) <= MOST_BYTES]
    if entry.copied + entry.kept != entry.files:
        bad.append("files")
    if bad:
        wrong = _("{value} cannot be").format(value=getattr(entry, bad[0]))
        raise Illegal(wrong, _("refresh the drive again"), bad[0])
    if len(entry.programmes) > MOST_PROGRAMMES:
        wrong = _("more than {most} programmes").format(most=MOST_PROGRAMMES)
        raise Illegal(wrong, _("choose fewer in the recipe"), "programmes")


def _check_digest(text: str, key: str) -> None:
    if not _DIGEST.fullmatch(text):
        wrong = _("{value} is no digest of 64 hexadecimal digits").format(value=shown(text))
        raise Illegal(wrong, _("write it as the program printed it"), key)


def _unknown(value: str, words: tuple[str, ...], key: str) -> None:
    wrong = _("{value} is not known here").format(value=shown(value))
    raise Illegal(wrong, _("write one of: {words}").format(words=", ".join(words)), key)


def _refresh(entry: Refreshed, site: int, serial: int) -> Row:
    return {
        "event": serial, "drive": entry.drive, "site": site, "edition": entry.edition,
        "number": entry.number, "root": entry.root, "on_day": entry.on.isoformat(),
        "programmes": ";".join(entry.programmes), "files": entry.files, "bytes": entry.bytes,
        "copied": entry.copied, "removed": entry.removed, "kept": entry.kept, "free": entry.free,
        "confirmed": entry.confirmed, "record_sha256": entry.record_sha256,
        "recipe": entry.recipe, "signed_by": "", "signed_on": "", "signed_event": 0,
    }  # fmt: skip
