"""One drive while it is being filled: what it still wants, and how a copy is believed.

A copy lies under a partial name until it was read back; then it is noted in the journal, and only
then gets its name. Nothing is ever written over what lies at a place.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence

from catalog.problem import Failure
from catalog.words import _
from pipeline.bundle.bundle import Piece
from pipeline.bundle.layout import IDENTITY, PAGE
from pipeline.make import journal
from pipeline.make.drive_job import DriveJob, Phase, Watch, Whence
from pipeline.make.hash_files import Hashed
from pipeline.make.journal import Confirmed
from pipeline.make.medium import Medium
from pipeline.make.read_back import Backing, read_back
from pipeline.make.sources import Place, source_fault
from pipeline.make.syncing import WINDOW, push
from pipeline.make.take_away import take_away
from pipeline.plan.refresh import Round
from pipeline.tools import Stop

_WRITTEN = 512 << 10  # bytes in one write: larger ones were slower (measured.md)
_MOST_IDENTITY = 1 << 20
_READ_PIECES = 4  # MiB of memory a drive: dozens may be read back at once
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class OneDrive:
    """A drive, used by one thread at a time. Whatever raises OSError or Failure ends this drive
    and no other.
    """

    def __init__(self, job: DriveJob, medium: Medium, watch: Watch, stop: Stop) -> None:
        self.job, self.medium, self.watch, self.stop = job, medium, watch, stop
        self.backing = Backing(medium)
        self.confirmed: dict[str, Whence] = {}
        self.faults: dict[str, str] = {}
        self.left: set[str] = set()
        self.tags_from: set[Whence] = set()
        self.resumed = self.begun = 0  # files of an earlier run; rounds
        self.alive = time.monotonic()
        self.looked = False
        self._written: dict[str, Piece] = {}
        self._open: list[tuple[Piece, int]] = []
        self._filled = 0  # bytes of the open copies

    def heard(self, phase: Phase, bytes: int) -> None:
        self.alive = time.monotonic()
        self.watch.progress(self.job.root, phase, bytes)

    def wants(self, piece: Piece) -> bool:
        """Whether a piece is still to be copied."""
        path = piece.path
        return not (path in self.confirmed or path in self.faults or path in self._written)

    # -- what an earlier run has left ------------------------------------------------------------

    def look(self) -> None:
        """Find what is there already; what the journal does not confirm is read back again."""
        self.medium.still_there()
        self._known()
        noted, unsure = journal.read(self.medium), dict[str, Piece]()
        wanted = self.job.refresh.copied
        self._sweep({journal.part(piece) for piece in wanted})
        for piece in wanted:
            self._look_at(piece, noted.get(piece.path), unsure)
        if unsure:
            self._judge(unsure)
        self.resumed, self.looked = len(self.confirmed), True
        todo = sum(piece.bytes for piece in wanted if self.wants(piece))
        self.watch.begins(self.job.root, "copy", todo)

    def _known(self) -> None:
        """The plan was made for this drive: the identity that lies there is the one in the plan."""
        wanted = self.job.tags.get(IDENTITY)
        if wanted is None:
            return
        try:
            found = self.medium.read(IDENTITY, _MOST_IDENTITY)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            found = b""
        if found != wanted:
            raise Failure(
                str(self.job.root),
                _("this is not the drive that was planned for"),
                _("see which drive is plugged in there, and plan again"),
            )

    def _sweep(self, wanted: set[str]) -> None:
        """Throw away partial copies that nobody wants any more."""
        for found in self.medium.walk(journal.PARTS):
            if found.kind == "file" and found.path not in wanted:
                self.medium.remove(found.path)

    def _look_at(self, piece: Piece, said: Confirmed | None, unsure: dict[str, Piece]) -> None:
        known = said if said and said.sha256 == piece.sha256 else None
        part = journal.part(piece)
        if self.medium.stat(piece.path) is not None:
            if journal.stands(self.medium, piece.path, known) and known:
                self.confirmed[piece.path] = known.whence
            elif self.medium.size(piece.path) == piece.bytes:
                unsure[piece.path] = piece
            else:
                self.faults[piece.path] = _("something else lies there")
        elif journal.stands(self.medium, part, known) and known:
            self._name([piece])
            self.confirmed[piece.path] = known.whence
        elif self.medium.size(part) == piece.bytes:
            unsure[part] = piece
        else:
            self.medium.remove(part)

    def _judge(self, unsure: dict[str, Piece]) -> None:
        """Files that are whole by their length: theirs are those bytes, or they are not used."""
        self.watch.begins(self.job.root, "look", sum(one.bytes for one in unsure.values()))
        self.backing.sync(list(unsure))
        found, whence = self.read(list(unsure), "look")
        good = {at: one for at, one in unsure.items() if found[at].sha256 == one.sha256}
        for at, piece in unsure.items():
            if at not in good and at == piece.path:
                self.faults[piece.path] = found[at].fault or _("something else lies there")
            elif at not in good:
                self.medium.remove(at)
        self._believe(good, whence)

    # -- copying ---------------------------------------------------------------------------------

    def begin(self, number: int, round_: Round, place: Place) -> None:
        """Begin a round: what makes room for it goes first, but only where its sources are there.
        A round that was begun is not begun again.
        """
        if number < self.begun:
            return
        self.medium.still_there()
        wanted = [piece for piece in round_.copied if self.wants(piece)]
        if round_.removed:
            self._may_go(wanted, place)
            gone = {item.name for item in round_.removed}
            if self.job.interim_page:
                there = tuple(path for path in self._there(number) if path not in gone)
                self.medium.write_whole(PAGE, self.job.interim_page(there))
            self.left |= set(take_away(self.medium, round_.removed, self.job.refresh.bundle))
            self.backing.sync((), ("",))
        self._room(wanted)
        self.begun = number + 1

    def _may_go(self, wanted: Sequence[Piece], place: Place) -> None:
        faults = {piece.path: source_fault(piece, place) for piece in wanted} | self.faults
        for path, fault in faults.items():
            if fault:
                raise Failure(
                    str(self.job.root),
                    _("{path} cannot be copied: {fault}").format(path=path, fault=fault),
                    _("nothing more is taken off this drive until it can; mend it and repeat"),
                )

    def _there(self, number: int) -> list[str]:
        """Payload that lies there at the beginning of a round."""
        refresh = self.job.refresh
        later = [item.name for one in refresh.rounds[number:] for item in one.removed]
        kept = [piece.path for piece in refresh.kept]
        return [*kept, *self.confirmed, *later, *(item.name for item in refresh.stale)]

    def _room(self, wanted: Sequence[Piece]) -> None:
        room = self.medium.room()
        needed = sum(-(-piece.bytes // room.cluster) * room.cluster for piece in wanted)
        if needed > room.free:
            raise Failure(
                str(self.job.root),
                _("{needed} bytes are needed and {free} are free").format(
                    needed=needed, free=room.free
                ),
                _("make room on the drive or plan again, then repeat the command"),
            )

    def start(self, pieces: Sequence[Piece]) -> None:
        """Open the partial copies of one source."""
        self.medium.still_there()
        self._filled = 0
        for piece in pieces:
            part = journal.part(piece)
            self.medium.remove(part)
            descriptor = self.medium.open(part, _FRESH)
            self._open.append((piece, descriptor))
            if os.fstat(descriptor).st_dev != self.medium.device:
                self.abandon()
                raise Failure(
                    str(self.job.root),
                    _("something else is mounted inside the drive"),
                    _("unmount what lies below it, and repeat the command"),
                )

    def write(self, data: bytes) -> None:
        """The next bytes of the source."""
        for _piece, descriptor in self._open:
            done = 0
            while done < len(data):
                done += os.write(descriptor, memoryview(data)[done : done + _WRITTEN])
            if not (self._filled + len(data)) % WINDOW:
                push(descriptor, self._filled + len(data))
        self._filled += len(data)
        self.heard("copy", len(data) * len(self._open))

    def finish(self) -> None:
        """The source has ended, with the digest that was promised."""
        for piece, descriptor in self._taken():
            os.close(descriptor)
            self._written[piece.path] = piece

    def drop(self, fault: str) -> None:
        """The source could not be read, or is not what was promised."""
        for piece, _descriptor in self._open:
            self.faults[piece.path] = fault
        self.abandon()

    def abandon(self) -> None:
        """Leave the open copies: others may be half-made, and are not used."""
        for piece, descriptor in self._taken():
            with contextlib.suppress(OSError):
                os.close(descriptor)
            with contextlib.suppress(OSError):
                self.medium.remove(journal.part(piece))

    def _taken(self) -> list[tuple[Piece, int]]:
        taken, self._open = self._open, []
        return taken

    # -- believing -------------------------------------------------------------------------------

    def confirm(self) -> None:
        """Read back what was written since, and give it its name where it is what it should be."""
        if not self._written:
            return
        self.medium.still_there()
        parts = {journal.part(piece): piece for piece in self._written.values()}
        self.backing.sync(list(parts))
        total = sum(piece.bytes for piece in parts.values())
        self.watch.begins(self.job.root, "read back", total)
        found, whence = self.read(list(parts), "read back")
        good = {at: one for at, one in parts.items() if found[at].sha256 == one.sha256}
        for at, piece in parts.items():
            if at not in good:
                said = _("the drive gives back other bytes than were written to it")
                self.faults[piece.path] = found[at].fault or said
                self.medium.remove(at)
        self._believe(good, whence)
        self._written.clear()

    def read(self, paths: list[str], phase: Phase) -> tuple[dict[str, Hashed], Whence]:
        """What the device holds of these files, and whether it was the device."""
        heard = lambda count: self.heard(phase, count)  # noqa: E731
        return read_back(self.medium, self.backing, paths, self.stop, heard, pieces=_READ_PIECES)

    def _believe(self, good: dict[str, Piece], whence: Whence) -> None:
        """Note in the journal, then name: the order makes a kill between the two harmless."""
        notes = []
        for at, piece in good.items():
            told = self.medium.stat(at)
            if told is None:
                raise FileNotFoundError(at)
            notes.append(Confirmed(piece.path, piece.bytes, piece.sha256, told.st_mtime_ns, whence))
        journal.append(self.medium, notes)
        self._name([piece for at, piece in good.items() if at != piece.path])
        for piece in good.values():
            if piece.path not in self.faults:
                self.confirmed[piece.path] = whence

    def _name(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            self.medium.still_there()
            if self.medium.stat(piece.path) is not None:
                self.faults[piece.path] = _("something else lies there")
                self.medium.remove(journal.part(piece))
            else:
                self.medium.rename(journal.part(piece), piece.path, sync=False)
        folders = {piece.path.rpartition("/")[0] for piece in pieces}
        if folders:
            self.backing.sync((), (journal.PARTS, *sorted(_with_those_above(folders))))


def _with_those_above(folders: set[str]) -> set[str]:
    found = set()
    for folder in folders:
        parts = folder.split("/")
        found |= {"/".join(parts[:depth]) for depth in range(len(parts) + 1)}
    return found
