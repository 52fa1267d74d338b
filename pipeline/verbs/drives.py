"""The verbs of the drives: drive list, show, move."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from catalog.circulation.entries import Checked, Drive, Enrolled
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.drives.asking import DriveEntry, Filled, course_of, editions_of
from catalog.problem import refusal
from catalog.register import asking
from catalog.register.asking import DriveAt
from catalog.words import _
from pipeline.bundle.receipt_code import receipt_code
from pipeline.cli import DONE
from pipeline.register_words import drive_line, size_word, state_word
from pipeline.screen import one_line, size, table
from pipeline.verbs.register import here_and_now, unknown
from pipeline.workspace import enter


@dataclass(frozen=True, slots=True)
class Moving:
    """What `drive move` was asked for; `to` empty: nobody has it (lost, scrapped)."""

    to: str = ""
    state: str = "held"
    on: date | None = None
    due: date | None = None
    note: str = ""
    as_json: bool = False


def list_drives(root: Path, state: str, as_json: bool) -> int:
    """List the drives and where they are."""
    with enter(root).books.reading() as connection:
        found = asking.all_drives(connection, state)
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
        return DONE
    head = (
        _("drive"), _("size"), _("file system"), _("meant for"), _("lies at"), _("state"),
        _("since"), _("due back"),
    )  # fmt: skip
    if found:
        print(table(head, map(_row, found)))
    print(_("{count} drives").format(count=len(found)))
    return DONE


def show_drive(root: Path, number: str, as_json: bool) -> int:
    """Show a drive and all that happened to it."""
    with enter(root).books.reading() as connection:
        found = _drive(connection, number)
        course = course_of(connection, number)
        editions = editions_of(connection, number)
    if as_json:
        told = [{"event": serial, "kind": one.kind, **asdict(one)} for serial, one in course]
        said = asdict(found) | {"course": told, "editions": [asdict(one) for one in editions]}
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
        return DONE
    print(one_line(drive_line(found)))
    if found.note:
        print(one_line(found.note))
    for serial, entry in course:
        if what := _course_word(entry):
            told_of = _("event {serial}").format(serial=serial)
            print(one_line(f"  {entry.on}  {what}  ({told_of})"))
    if editions:
        print(_("Editions:"))
    for edition in editions:
        print("  " + one_line(_edition_line(edition)))
    return DONE


def _course_word(entry: DriveEntry) -> str:
    """What happened to a drive; "" of what its editions tell."""
    match entry:
        case Drive():
            return f"{state_word(entry.state)}  {entry.holder or '—'}"
        case Enrolled():
            return _("identity written, {size}").format(size=size(entry.capacity))
        case Checked():
            depth = _("deep check") if entry.depth == "deep" else _("quick check")
            good = _("nothing wrong") if entry.ok else _("not as it should be")
            found = _("{count} findings").format(count=entry.findings) if entry.findings else ""
            return "  ".join(filter(None, (depth, good, found)))
        case _:
            return ""


def _edition_line(one: Filled) -> str:
    """One edition of a drive: what was put there, and who told that it came."""
    signed = _("told by {by} on {on}").format(by=one.signed_by, on=one.signed_on)
    said = _(
        "{number}  {on}  {programmes} programmes, {size}, code {code}  {signed}  (event {event})"
    )
    return said.format(
        number=one.number,
        on=one.on,
        programmes=len(one.programmes),
        size=size(one.bytes),
        code=receipt_code(one.root),
        signed=signed if one.signed_by else _("not confirmed"),
        event=one.event,
    )


def move_drive(root: Path, number: str, moving: Moving) -> int:
    """Write down who has a drive now, or that it is lost or scrapped."""
    at = here_and_now()
    if not moving.to and moving.state in ("held", "out"):
        wrong = _("it is not said who gets the drive")
        raise refusal(f"drive move {number}", wrong, _("name the site: --to SITE"), "--to")
    with enter(root).books.transaction() as connection:
        stood = _drive(connection, number)
        ids = asking.site_ids(connection)
        if moving.to and moving.to not in ids:
            raise unknown(moving.to, ids, "xiaxiang site list")
        entry = Drive(
            number, moving.on or at.date(), stood.home or moving.to, moving.to, moving.state,
            due_on=moving.due, note=moving.note,
        )  # fmt: skip
        post(connection, at, [entry])
        found = _drive(connection, number)
    if moving.as_json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        print(one_line(drive_line(found)))
    return DONE


def _drive(connection: Connection, number: str) -> DriveAt:
    found = asking.drive(connection, number)
    if found is None:
        ids = [one.id for one in asking.all_drives(connection)]
        raise unknown(number, ids, "xiaxiang drive list")
    return found


def _row(one: DriveAt) -> tuple[str, ...]:
    return (
        one.id, size_word(one.capacity_gb), one.file_system, one.home, one.holder,
        state_word(one.state), one.since, one.due_on,
    )  # fmt: skip
