"""A drive that is plugged in, held against the books: who it is, what lies on it, what is known."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalog.circulation.entries import Refreshed
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.drives.asking import DriveStanding, standing_of
from catalog.problem import Failure, Refusal, refusal
from catalog.words import _
from pipeline.bundle import layout
from pipeline.bundle.identity import MOST_BYTES, Identity, read_identity
from pipeline.bundle.verdict import Expectation, Verdict, judge
from pipeline.drive_record import DriveRecord, find
from pipeline.drive_secret import secret_of
from pipeline.make.drive_job import Filled
from pipeline.make.drive_lists import Sealed, expected_from
from pipeline.make.journal import whole_set
from pipeline.make.look_at_drive import Looked, look
from pipeline.make.medium import Medium
from pipeline.register_words import state_word
from pipeline.verbs.register import here_and_now
from pipeline.workspace import Workspace

_GONE = ("lost", "scrapped")
DRIVES = "drives"  # the folder of a workspace where editions of drives are written down


@dataclass(frozen=True, slots=True)
class AtHand:
    """A drive that is what the books take it for. `record`: its edition as the county keeps it,
    None before the first or where it was lost; `edition`: the same as far as the drive's own sealed
    lists tell; `coming`: an edition that was planned and is not in the books. `listed`: page
    and lists are as its seal has them.
    """

    root: Path
    looked: Looked
    standing: DriveStanding
    edition: Sealed
    verdict: Verdict
    expectation: Expectation
    record: DriveRecord | None = None
    coming: DriveRecord | None = None
    listed: bool = True

    @property
    def identity(self) -> Identity:
        """What lies on it; a drive without one is never at hand."""
        if self.looked.seen.identity is None:
            raise ValueError("a drive without an identity")
        return self.looked.seen.identity


def drives_of(workspace: Workspace) -> Path:
    """Where editions of drives are written down."""
    return workspace.root / DRIVES


def identity_of(medium: Medium) -> Identity | None:
    """Who a drive says it is; None where it does not say, or not readably."""
    with contextlib.suppress(OSError, ValueError):
        found = read_identity(medium.read(layout.IDENTITY, MOST_BYTES))
        return found if isinstance(found, Identity) else None
    return None


def at_hand(workspace: Workspace, root: Path, also: Sequence[Path] = ()) -> AtHand:
    """The drive at a path, certainly the one that the books know. `also`: other paths of the same
    call that bear the same token. Raises Refusal where it is not, Failure where it cannot be read.
    """
    found = held(workspace, root, also)
    if not found.verdict.known:
        raise refusal(str(root), found.verdict.why, found.verdict.mend)
    if found.standing.state in _GONE:
        wrong = _("in the register {drive} is {state}").format(
            drive=found.standing.drive, state=state_word(found.standing.state)
        )
        mend = _("if it was found, say where it lies: xiaxiang drive move {drive} --to SITE")
        if found.standing.state == "scrapped":
            mend = _("use another drive")
        raise refusal(str(root), wrong, mend.format(drive=found.standing.drive))
    return found


def held(workspace: Workspace, root: Path, also: Sequence[Path] = ()) -> AtHand:
    """The drive at a path, held against what the books know of the one that it says it is; it may
    be a copy or behind them. Raises Refusal where it says nothing that the books know.

    An edition that was sealed and not entered, because the run was killed in between, is entered.
    """
    with Medium(root) as medium:
        identity = identity_of(medium)
        with workspace.books.reading() as connection:
            standing = standing_of(connection, identity.drive) if identity else None
        if identity and standing:
            medium.secret = secret_of(workspace.root, identity.token)
        found = _held(workspace, medium, standing, also)
    if found.verdict.known and found.coming and found.looked.seen.root == found.coming.root:
        _enter_late(workspace, found.standing, found.coming)
        return held(workspace, root, also)
    return found


def _held(
    workspace: Workspace, medium: Medium, standing: DriveStanding | None, also: Sequence[Path]
) -> AtHand:
    folder = drives_of(workspace)
    record = coming = None
    if standing:
        if standing.root:
            record = find(folder, standing.drive, standing.number, standing.root)
        coming = find(folder, standing.drive, standing.number + 1)
    edition = _edition(medium, standing, record)
    looked = look(medium, edition.items)
    expectation = _expectation(standing, coming, also) if standing else None
    verdict = judge(looked.seen, expectation)
    if standing is None or expectation is None:
        raise refusal(str(medium.root), verdict.why, verdict.mend)
    listed = whole_set(medium, "") is not None
    return AtHand(
        medium.root, looked, standing, edition, verdict, expectation, record, coming, listed
    )


def _edition(medium: Medium, standing: DriveStanding | None, record: DriveRecord | None) -> Sealed:
    """The files of the edition that the books know, from the county's record, or from the drive's
    own lists where their seal is the one in the books.
    """
    if standing is None or not standing.root:
        return Sealed(0, "", ())
    if record:
        return Sealed(record.number, record.root, record.items)
    found = expected_from(medium, standing.root, standing.number)
    return found if isinstance(found, Sealed) else Sealed(standing.number, standing.root, ())


def _expectation(
    standing: DriveStanding, coming: DriveRecord | None, also: Sequence[Path]
) -> Expectation:
    return Expectation(
        drive=standing.drive,
        site=standing.site,
        token=standing.token,
        volume=standing.volume,
        capacity=standing.capacity,
        number=standing.number if standing.root else 0,
        edition=standing.edition,
        root=standing.root,
        coming=coming.root if coming else "",
        also=tuple(map(str, also)),
    )


def all_at_hand(
    workspace: Workspace, paths: Sequence[Path]
) -> tuple[list[AtHand], list[tuple[Path, Refusal | Failure]]]:
    """The drives at these paths, and those that may not be written to, each with its reason."""
    tokens: dict[Path, str] = {}
    for path in paths:
        with contextlib.suppress(Failure), Medium(path) as medium:
            if identity := identity_of(medium):
                tokens[path] = identity.token
    good: list[AtHand] = []
    refused: list[tuple[Path, Refusal | Failure]] = []
    for path in dict.fromkeys(paths):
        twins = [p for p, token in tokens.items() if p != path and token == tokens.get(path)]
        try:
            good.append(at_hand(workspace, path, twins))
        except (Refusal, Failure) as error:
            refused.append((path, error))
    return good, refused


# -- the books ------------------------------------------------------------------------------------


def _enter_late(workspace: Workspace, standing: DriveStanding, record: DriveRecord) -> None:
    """Enter an edition that is sealed already; how much was read back then nobody knows."""
    with workspace.books.transaction() as connection:
        enter_edition(connection, here_and_now(), standing, record, None)


def enter_edition(
    connection: Connection,
    at: datetime,
    standing: DriveStanding,
    record: DriveRecord,
    filled: Filled | None,
    *,
    free: int = 0,
) -> None:
    """Enter that a drive holds an edition now. `filled`: what came of the run that put it there."""
    entry = Refreshed(
        drive=standing.drive,
        site=standing.site,
        edition=record.edition,
        number=record.number,
        root=record.root,
        on=at.date(),
        programmes=record.programmes,
        files=len(record.items),
        bytes=sum(item.bytes for item in record.items),
        copied=filled.copied if filled else record.copied,
        removed=filled.removed if filled else record.removed,
        kept=filled.kept if filled else record.kept,
        free=free,
        confirmed="device" if filled and filled.confirmed == "device" else "cache",
        record_sha256=hashlib.sha256(record.record).hexdigest(),
        recipe=record.recipe,
    )
    post(connection, at, [entry])
