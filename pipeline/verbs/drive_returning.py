"""The verbs drive return, confirm and phone: what comes back from a site, by hand or by phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from catalog.circulation.entries import Confirmed, Drive, Entry
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.drives.asking import DriveStanding, editions_of, standing_of
from catalog.durable import disk_told, write_whole
from catalog.needs.intake import TakenIn, import_feedback
from catalog.problem import Refusal, refusal
from catalog.register import asking
from catalog.words import _
from pipeline.bundle.feedback import Feedback
from pipeline.bundle.page.phone_code import read_phone_code
from pipeline.bundle.receipt_code import read_code, receipt_code
from pipeline.cli import DONE
from pipeline.drive_record import find
from pipeline.make.medium import Medium
from pipeline.make.take_back import Receipt, TakenBack, take_back
from pipeline.screen import one_line, say, size
from pipeline.verbs.drive_at_hand import AtHand, drives_of, held
from pipeline.verbs.register import here_and_now, unknown
from pipeline.workspace import Workspace, enter

_MANY = 40  # files of people that are named
_FEEDBACK = "feedback"  # beside the editions of a drive: what it brought, by its digest


@dataclass(frozen=True, slots=True)
class Returning:
    """What `drive return` was asked for. `to`: the site that has the drive now, without it the
    county centre.
    """

    to: str = ""
    on: date | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class _Entered:
    """What of a drive went into the books."""

    taken: TakenIn
    receipts: tuple[str, ...]
    doubtful: tuple[str, ...]  # what could not be entered, and why
    files: tuple[str, ...] = ()  # what could be, as it lies there


def give_back(root: Path, path: Path, asked: Returning) -> int:
    """Take in what a drive brings home: requests, screenings, receipts; list what people added."""
    workspace = enter(root)
    found = held(workspace, path)
    folder = drives_of(workspace) / found.standing.drive / _FEEDBACK
    seen = {one.stem for one in folder.glob("*.json")} if folder.is_dir() else set()
    with Medium(path) as medium:
        site, today = found.standing.site, here_and_now().date()
        back = take_back(medium, found.edition.items, site, today, seen)
        entered = _entered(workspace, found, back, asked)
        # Only what is in the books counts as taken in; the files stay on the drive.
        with disk_told(_("keeping what {drive} brought").format(drive=found.standing.drive)):
            for one in back.brought:
                if one.file not in entered.files:
                    continue
                folder.mkdir(parents=True, exist_ok=True)
                write_whole(folder / f"{one.sha256}.json", medium.read(one.file, 1 << 20))
    if asked.as_json:
        said = asdict(back) | {"entered": asdict(entered)}
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
    else:
        _show(found, back, entered)
    return DONE


def _entered(workspace: Workspace, found: AtHand, back: TakenBack, asked: Returning) -> _Entered:
    """Everything that can be entered is; one bad file never keeps the others out."""
    at, standing = here_and_now(), found.standing
    serials: list[int] = []
    known, warnings, doubtful, receipts = 0, list[str](), list[str](), list[str]()
    files: list[str] = []
    for one in back.brought:
        try:
            with workspace.books.transaction() as connection:
                if isinstance(one.said, Feedback):
                    taken = import_feedback(connection, at, one.said.entries)
                    serials += taken.serials
                    known += taken.known
                    warnings += taken.warnings
                else:
                    receipts.append(_confirmed(connection, standing, one.said, "drive"))
            files.append(one.file)
        except Refusal as error:
            doubtful.append(f"{one.file}: {error}")
    with workspace.books.transaction() as connection:
        if moved := _moved(connection, standing, asked):
            post(connection, at, [moved])
    return _Entered(
        TakenIn(tuple(serials), known, tuple(warnings)),
        tuple(receipts),
        tuple(doubtful),
        tuple(files),
    )


def _moved(connection: Connection, standing: DriveStanding, asked: Returning) -> Entry | None:
    """The drive lies at the centre now; None where the books have it there already."""
    to = asked.to or _centre(connection, standing.site)
    if not to or (standing.holder, standing.state) == (to, "held"):
        return None
    known = asking.drive(connection, standing.drive)
    note = known.note if known else ""
    on = asked.on or here_and_now().date()
    return Drive(standing.drive, on, standing.site, to, "held", note=note)


def _centre(connection: Connection, site: str) -> str:
    """The county centre that a site belongs to."""
    ids = {one.id: one for one in asking.places(connection, asking.Wanted())}
    at = ids.get(site)
    while at and at.level != "county":
        at = ids.get(at.parent)
    return at.id if at else ""


def _confirmed(connection: Connection, standing: DriveStanding, said: Receipt, way: str) -> str:
    """Enter a receipt code that belongs to one of the drive's editions; which one. Where that one
    was signed for before, nothing is entered.
    """
    for edition in reversed(editions_of(connection, standing.drive)):
        if edition.root and receipt_code(edition.root) == said.code:
            if edition.signed_by:
                known = _("edition {number} was signed by {by} on {on} already")
                return known.format(
                    number=edition.number, by=edition.signed_by, on=edition.signed_on
                )
            entry = Confirmed(standing.drive, edition.number, said.code, said.by, said.on, way)
            post(connection, here_and_now(), [entry])
            return _("edition {number}, signed by {by} on {on}").format(
                number=edition.number, by=said.by, on=said.on
            )
    wrong = _("the code {code} belongs to no edition of {drive}")
    raise refusal(
        said.file,
        wrong.format(code=said.code, drive=standing.drive),
        _("have it read out once more, or see which drive is there"),
    )


def confirm(root: Path, drive: str, code: str, by: str, as_json: bool) -> int:
    """Enter a receipt code that was told by phone."""
    workspace = enter(root)
    said = read_code(code)
    with workspace.books.transaction() as connection:
        standing = _standing(connection, drive)
        receipt = Receipt(_("receipt code"), said, by, here_and_now().date())
        told = _confirmed(connection, standing, receipt, "phone")
    if as_json:
        print(json.dumps({"drive": drive, "code": said, "by": by, "confirmed": told}))
    else:
        print(f"{drive}: {told}")
    return DONE


def phone(root: Path, drive: str, codes: Sequence[str], as_json: bool) -> int:
    """Enter requests and screenings whose codes were read out from the page of a drive."""
    workspace = enter(root)
    at = here_and_now()
    with workspace.books.transaction() as connection:
        standing = _standing(connection, drive)
        record = find(drives_of(workspace), drive, standing.number, standing.root)
        programmes = record.programmes if record else standing.programmes
        entries = [
            read_phone_code(code, programmes, standing.number, site=standing.site, today=at.date())
            for code in codes
        ]
        taken = import_feedback(connection, at, entries)
    if as_json:
        print(json.dumps(asdict(taken), ensure_ascii=False))
    else:
        print(_taken_line(taken))
        for line in taken.warnings:
            say(line)
    return DONE


def _standing(connection: Connection, drive: str) -> DriveStanding:
    found = standing_of(connection, drive)
    if found is None:
        ids = [one.id for one in asking.all_drives(connection)]
        raise unknown(drive, ids, "xiaxiang drive list")
    return found


# -- what is shown --------------------------------------------------------------------------------


def _taken_line(taken: TakenIn) -> str:
    return _("{count} requests and screenings entered, {known} known already").format(
        count=len(taken.serials), known=taken.known
    )


def _show(found: AtHand, back: TakenBack, entered: _Entered) -> None:
    print(
        _("{drive} of {site} is back").format(drive=found.standing.drive, site=found.standing.site)
    )
    print(_taken_line(entered.taken))
    for line in (*entered.receipts, *entered.taken.warnings):
        print(one_line(f"  {line}"))
    if back.seen:
        print(_("{count} files were taken in before").format(count=back.seen))
    for problem in back.unread:
        say(_("not taken in, stays on the drive: {problem}").format(problem=problem))
    for line in entered.doubtful:
        say(_("not taken in, stays on the drive: {problem}").format(problem=line))
    for finding in back.dangers:
        print(finding)
    if back.strangers:
        told = _("{count} files of other people lie there and stay ({size}):")
        print(told.format(count=len(back.strangers), size=size(back.strange_bytes)))
        for one in back.strangers[:_MANY]:
            print(one_line(f"  {one.path}  {size(one.bytes)}  {one.on or ''}"))
