"""What a drive brings home from a village: feedback, receipts, and what people put on it.

All of it is a stranger's: read within limits, taken apart by pure readers, told as values. Nothing
is deleted, moved, followed or opened as an archive, and nothing is written into the books here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from catalog.problem import Problem, Refusal
from catalog.words import _
from pipeline.bundle import layout, plain_json
from pipeline.bundle.feedback import MOST_BYTES, Feedback, read_feedback
from pipeline.bundle.receipt_code import read_code
from pipeline.make.drive_dangers import dangers
from pipeline.make.drive_files import strange
from pipeline.make.drive_judging import arrived
from pipeline.make.drive_lists import Sealed, small
from pipeline.make.drive_report import DriveFinding, shown
from pipeline.make.look_at_drive import look_over
from pipeline.make.medium import Found, Medium
from pipeline.manifest import Item

MOST_FILES = 1_000  # read of one kind in one return; the newest first
FORM = "xiaxiang receipt 1"
_LONGEST_NAME = 60
_FIRST_DAY = date(2000, 1, 1)

_FIELDS: plain_json.Fields = {
    "code": plain_json.text(40),
    "by": plain_json.text(_LONGEST_NAME),
    "on": plain_json.day,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that was saved on the drive: the code as receipt_code reads it, who signs, when."""

    file: str
    code: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Brought:
    """One file that people saved for us: where it lies, the SHA-256 by which the books know it
    again at the next return, and what it says.
    """

    file: str
    sha256: str
    said: Feedback | Receipt


@dataclass(frozen=True, slots=True)
class Stranger:
    """A file that people added: `path` as it may be shown; `on` the day it was last written, None
    where the drive tells none that can be.
    """

    path: str
    bytes: int
    on: date | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a drive brought. `unread`: files for us that could not be read, with the reason; they
    stay where they are. `seen` files were taken in at an earlier return.
    """

    brought: tuple[Brought, ...] = ()
    unread: tuple[Problem, ...] = ()
    seen: int = 0
    strangers: tuple[Stranger, ...] = ()
    dangers: tuple[DriveFinding, ...] = ()

    @property
    def strange_bytes(self) -> int:
        """How much room people's own files take."""
        return sum(one.bytes for one in self.strangers)


_Read = Callable[[bytes, str], Feedback | Receipt | tuple[Problem, ...]]


def take_back(
    medium: Medium,
    known: Sequence[Item],
    site: str,
    today: date,
    seen: Collection[str] = frozenset(),
) -> TakenBack:
    """Read what a returned drive brings. `known`: files of its edition; `site`: whose drive it is
    in the books, for which all feedback counts; `seen`: digests of files taken in before. Raises
    Failure where the drive cannot be read or is gone.
    """
    lying = look_over(medium, known, arrived(medium))
    reader = _Reader(medium, seen)
    feedback = [one for one in lying.given if one.path.startswith(f"{layout.FEEDBACK}/")]
    receipts = [one for one in lying.given if one.path.startswith(f"{layout.RECEIPTS}/")]
    reader.all(feedback, lambda data, name: read_feedback(data, name, site=site, today=today))
    reader.all(receipts, lambda data, name: read_receipt(data, name, today))
    medium.still_there()
    people = strange(Sealed(0, "", tuple(known)), lying)
    return TakenBack(
        tuple(reader.brought),
        tuple(reader.unread),
        reader.seen,
        tuple(map(_stranger, people)),
        dangers((*people, *lying.given), known),
    )


def read_receipt(data: bytes, name: str, today: date) -> Receipt | tuple[Problem, ...]:
    """A receipt as a site saved it, or what is wrong with it; `data` may be anybody's."""
    found = plain_json.read(_with_form(data), name, FORM, _FIELDS, MOST_BYTES)
    if isinstance(found, tuple):
        return found
    on = date.fromisoformat(found["on"])
    if not _FIRST_DAY <= on <= today:
        wrong = _("{value} cannot be the day").format(value=on)
        return (Problem(name, 0, "on", wrong, _("ask the site when it was signed")),)
    try:
        code = read_code(found["code"])
    except Refusal as error:
        return tuple(
            Problem(name, 0, "code", f"{one.file}: {one.wrong}", one.mend) for one in error.problems
        )
    return Receipt(name, code, " ".join(found["by"].split()), on)


def _with_form(data: bytes) -> bytes:
    """The same with the format's name, which a receipt may leave out."""
    try:
        value = json.loads(data) if len(data) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return data
    if not isinstance(value, dict) or plain_json.FORMAT in value:
        return data
    return json.dumps({plain_json.FORMAT: FORM, **value}).encode()


class _Reader:
    """Files for us, one after the other: what is wrong with one hinders no other."""

    def __init__(self, medium: Medium, seen: Collection[str]) -> None:
        self._medium, self._seen = medium, seen
        self.brought: list[Brought] = []
        self.unread: list[Problem] = []
        self.seen = 0

    def all(self, files: Iterable[Found], read: _Read) -> None:
        """The newest first, since those of before may have been taken in already."""
        newest = sorted(files, key=lambda one: (-one.mtime_ns, one.path))
        for one in sorted(newest[:MOST_FILES], key=lambda one: one.path):
            self._one(one, read)
        if len(newest) > MOST_FILES:
            wrong = _("{count} more files lie there than are read at once")
            rest = len(newest) - MOST_FILES
            self._note(newest[MOST_FILES].path, wrong.format(count=rest))

    def _one(self, found: Found, read: _Read) -> None:
        name = shown(found.path)
        if not found.path.lower().endswith(".json"):
            return self._note(found.path, _("only files that the page saved are read (.json)"))
        try:
            data = small(self._medium, found.path, MOST_BYTES)
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else "") or str(error)
            return self._note(found.path, why)
        digest = hashlib.sha256(data).hexdigest()
        if digest in self._seen:
            self.seen += 1
            return None
        said = read(data, name)
        if isinstance(said, tuple):
            self.unread += said
        else:
            self.brought.append(Brought(name, digest, said))
        return None

    def _note(self, path: str, wrong: str) -> None:
        mend = _("it stays where it is; ask the site what it is")
        self.unread.append(Problem(shown(path), 0, "", wrong, mend))


def _stranger(one: Found) -> Stranger:
    try:
        on = datetime.fromtimestamp(one.mtime_ns / 1e9, UTC).date() if one.mtime_ns else None
    except (OverflowError, OSError, ValueError):
        on = None
    return Stranger(shown(one.path), one.bytes, on)
