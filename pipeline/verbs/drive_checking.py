"""The verb drive verify: a drive is read and held against the books."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from catalog.circulation.entries import Checked
from catalog.circulation.posting import post
from catalog.problem import refusal
from catalog.words import _
from pipeline import tools
from pipeline.bars import byte_bar
from pipeline.cli import DIFFERENT, DONE
from pipeline.drive_secret import secret_of
from pipeline.make.check_drive import Expected, check_drive, most_read
from pipeline.make.drive_lists import Sealed
from pipeline.make.drive_report import Depth, DriveReport
from pipeline.make.medium import Medium
from pipeline.screen import one_line, say, size
from pipeline.verbs.drive_at_hand import AtHand, held
from pipeline.verbs.drive_registering import public_key
from pipeline.verbs.register import here_and_now
from pipeline.workspace import Workspace, enter

_MANY = 40  # files of people that are named


def verify(root: Path, path: Path, depth: Depth, as_json: bool) -> int:
    """Hold a drive against the books; a difference ends with exit 4."""
    workspace = enter(root)
    found = held(workspace, path)
    if not found.standing.root and not found.coming:
        wrong = _("no edition was put onto it yet")
        mend = _("fill it first: xiaxiang drive refresh PATH")
        raise refusal(str(path), wrong, mend)
    report = checked(workspace, found, depth)
    _enter(workspace, found, report)
    if as_json:
        said = asdict(report) | {"ok": report.ok, "verified": report.verified}
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
    else:
        _show(report)
    return DONE if report.ok else DIFFERENT


def checked(workspace: Workspace, found: AtHand, depth: Depth) -> DriveReport:
    """Read a drive, with a bar."""
    coming = found.coming
    expected = Expected(
        found.edition,
        Sealed(coming.number, coming.root, coming.items) if coming else None,
        found.expectation,
        public_key(workspace),
    )
    bar = byte_bar(most_read(expected) if depth == "deep" else 0, found.standing.drive)
    try:
        with Medium(found.root, secret_of(workspace.root, found.identity.token)) as medium:
            return check_drive(medium, expected, depth, tools.Stop(), bar)
    finally:
        bar.close()


def _enter(workspace: Workspace, found: AtHand, report: DriveReport) -> None:
    errors = sum(one.severity == "error" for one in report.findings)
    at = here_and_now()
    entry = Checked(found.standing.drive, report.root, report.depth, report.ok, errors, at.date())
    with workspace.books.transaction() as connection:
        post(connection, at, [entry])


def _show(report: DriveReport) -> None:
    for finding in report.findings:
        print(finding)
    if report.people:
        told = _("{count} files of other people lie there and stay ({size}):")
        print(told.format(count=len(report.people), size=size(sum(i.bytes for i in report.people))))
        for item in report.people[:_MANY]:
            print(one_line(f"  {item.name}  {size(item.bytes)}"))
    say(report.summary)
    if report.verified:
        print(_("verified: edition {number} is whole, every byte").format(number=report.number))
    elif report.ok:
        print(_("edition {number} is whole").format(number=report.number))
    else:
        count = sum(one.severity == "error" for one in report.findings)
        wrong = _("edition {number}: {count} faults; xiaxiang drive refresh PATH --deep mends them")
        print(wrong.format(number=report.number, count=count))
