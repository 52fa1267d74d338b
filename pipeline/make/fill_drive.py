"""Filling drives: many in one pass, each copy read back, each drive sealed on its own.

`fill` never lets one drive's trouble touch another, and never says of a drive that it is filled
unless every byte that was copied came back from it.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from catalog.problem import Failure
from catalog.words import _
from pipeline.make.copying import DEAD, Common, Hand, depth
from pipeline.make.drive_job import DriveJob, Filled, Watch, weakest
from pipeline.make.medium import Medium
from pipeline.make.one_drive import OneDrive
from pipeline.make.seal_drive import clear, seal
from pipeline.make.sources import Place
from pipeline.tools import NEVER, Stop, Stopped

PATIENCE = 5.0  # seconds that others wait for one drive, before a quarter of the time counts
_LAST = 10.0  # seconds that threads have to end in when the run is stopped

_GONE = {errno.EIO, errno.ENOTCONN, errno.ENODEV, errno.ENXIO, errno.ESHUTDOWN, errno.ESTALE}


class _Halt(Stop):
    """The caller's wish to stop, or ours when something broke."""

    def __init__(self, outer: Stop) -> None:
        super().__init__()
        self._outer = outer

    @property
    def asked(self) -> bool:
        return self._outer.asked or super().asked


class _Run:
    """One drive of a call, from its first look to its result."""

    def __init__(self, job: DriveJob, watch: Watch) -> None:
        self.job, self.watch = job, watch
        self.begun = time.monotonic()
        self.drive: OneDrive | None = None
        self.sealed = False
        self.result: Filled | None = None

    def end(self) -> None:
        """What a drive's thread does when all is copied: seal, tell, and clear up."""
        drive = self.drive
        if drive is None or drive.faults:
            return
        seal(drive)
        self.sealed = True
        self.watch.sealed(self.told())
        with contextlib.suppress(OSError, Failure):  # the next refresh sweeps what stays of this
            clear(drive)

    def over(self, error: BaseException | None) -> None:
        """The drive's thread has ended: what came of it, unless that is for the caller to raise."""
        match error:
            case None:
                self.ends(_incomplete(self.drive))
            case Failure():
                self.ends(error)
            case OSError():
                self.ends(_refused(self.job.root, error))

    def ends(self, failure: Failure | None) -> Filled:
        """The result, for good."""
        self.result = self.told(failure)
        self.watch.ends(self.result)
        return self.result

    def told(self, failure: Failure | None = None) -> Filled:
        """The result as it stands now."""
        seconds, drive, refresh = time.monotonic() - self.begun, self.drive, self.job.refresh
        if drive is None:
            return Filled(self.job.root, False, seconds=seconds, failure=failure)
        there = [one for one in refresh.copied if one.path in drive.confirmed]
        rounds = [item for one in refresh.rounds[: drive.begun] for item in one.removed]
        gone = {item.name for item in (*rounds, *(refresh.stale if self.sealed else ()))}
        return Filled(
            self.job.root,
            self.sealed and failure is None,
            copied=len(there),
            kept=len(refresh.kept),
            removed=len(gone - drive.left),
            bytes=sum(one.bytes for one in there),
            resumed=drive.resumed,
            confirmed=weakest(set(drive.confirmed.values()) or drive.tags_from),
            seconds=seconds,
            failure=failure,
            faults=dict(drive.faults),
            left=tuple(sorted(drive.left)),
        )


def fill(
    jobs: Sequence[DriveJob],
    place: Place,
    stop: Stop = NEVER,
    watch: Watch | None = None,
    *,
    patience: float = PATIENCE,
) -> tuple[Filled, ...]:
    """Fill, verify and seal drives; one result for each job, in their order. `place` says where
    the bytes of an input lie; it is asked from several threads. Raises only Stopped, with what is
    finished kept: the same again goes on from there.
    """
    halt, heard = _Halt(stop), watch or Watch()
    runs = [_Run(job, heard) for job in jobs]
    with ExitStack() as open_:
        hands = list(_opened(runs, open_, place, halt))
        try:
            Common(hands, place, halt, patience).run()
            _joined(hands, halt)
        except BaseException:
            halt.ask()
            until = time.monotonic() + _LAST
            for hand in hands:
                if hand.thread.ident:
                    hand.thread.join(max(0.0, until - time.monotonic()))
            raise
        finally:
            if any(hand.thread.is_alive() for hand in hands):
                open_.pop_all()  # a thread that hangs in a dead drive keeps its descriptors
    for hand in hands:
        if isinstance(hand.error, BaseException) and not isinstance(hand.error, Failure | OSError):
            raise hand.error
    return tuple(run.result or run.ends(_silent(run.job.root)) for run in runs)


def _opened(runs: Sequence[_Run], open_: ExitStack, place: Place, stop: Stop) -> Iterator[Hand]:
    seen: dict[tuple[int, int], Path] = {}
    for run in runs:
        try:
            medium = open_.enter_context(Medium(run.job.root, run.job.secret))
            _once(run.job.root, seen)
        except Failure as failure:
            run.ends(failure)
            continue
        run.drive = OneDrive(run.job, medium, run.watch, stop)
        yield Hand(run.drive, depth(len(runs)), place, run.end, run.over)


def _once(root: Path, seen: dict[tuple[int, int], Path]) -> None:
    told = root.stat()
    other = seen.setdefault((told.st_dev, told.st_ino), root)
    if other is not root:
        raise Failure(
            str(root),
            _("it is the same drive as {other}").format(other=other),
            _("name each drive once"),
        )


def _joined(hands: Sequence[Hand], stop: Stop) -> None:
    """Wait for all drives, but not for ever for one that says nothing any more."""
    for hand in hands:
        while hand.thread.is_alive() and not hand.silent:
            hand.thread.join(0.1)
            if stop.asked:
                raise Stopped


def _incomplete(drive: OneDrive | None) -> Failure | None:
    if drive is None or not drive.faults:
        return None
    path, fault = next(iter(drive.faults.items()))
    return Failure(
        str(drive.job.root),
        _("{count} files are missing for the new edition; the first: {path}: {fault}").format(
            count=len(drive.faults), path=path, fault=fault
        ),
        _("the edition before still stands; mend this and repeat the command"),
    )


def _silent(root: Path) -> Failure:
    return Failure(
        str(root),
        _("the drive has not answered for {minutes} minutes").format(minutes=int(DEAD / 60)),
        _("unplug it, have it checked, and repeat the command"),
    )


def _refused(root: Path, error: OSError) -> Failure:
    """What a drive's own error means to who stands before it."""
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        happened = _("the drive is full")
        mend = _("make room on the drive or plan again, then repeat the command")
    elif error.errno == errno.EROFS:
        happened = _("the drive may not be written to")
        mend = _("look for a lock switch on it; if it has none, have the drive checked")
    elif error.errno in _GONE:
        happened = _("the drive does not answer any more: {reason}").format(reason=reason)
        mend = _("plug it in again and repeat the command: it goes on where it was")
    elif error.errno == errno.EFBIG:
        happened = _("a file is too large for the drive's file system")
        mend = _("plan again with the drive's true file system")
    else:
        happened = _("the drive refuses: {reason}").format(reason=reason)
        mend = _("see whether it may be written to, and repeat the command")
    return Failure(str(root), happened, mend)
