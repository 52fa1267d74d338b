"""Digests of many files of a drive, read past the system's own copy of them.

One thread reads while two others hash. Two files are read in turn, a long stretch of each: hashing
one file takes one processor as long as a fast drive needs for two, and a drive that turns loses
little time on the way from one stretch to the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from pipeline.make.medium import Medium
from pipeline.tools import Stop, Stopped

PIECE = 1 << 20  # bytes in one read: with less, threads change hands too often
RING = 48  # pieces between reading and hashing
_STRETCH = 16  # pieces that are read of one file before the other's turn
_SMALL = 128 << 10  # bytes of a whole file that is hashed where it is read
Progress = Callable[[int], None]  # told the bytes read since it was last told


@dataclass(frozen=True, slots=True)
class Hashed:
    """What one file's bytes are; `fault` says why they could not be read, "" where they were."""

    path: str
    bytes: int
    sha256: str
    fault: str = ""


def hash_files(
    medium: Medium,
    paths: Iterable[str],
    stop: Stop,
    progress: Progress,
    *,
    pieces: int = RING,
) -> Iterator[Hashed]:
    """One answer a path, in order; `pieces` of a MiB lie between reading and hashing, and with few
    of them files are read one after the other. A file that cannot be read is told, and the others
    are read; a drive that is gone raises Failure, a wish to stop Stopped.
    """
    lanes = 2 if pieces >= 2 * _STRETCH else 1
    with ExitStack() as open_:
        hashers = [open_.enter_context(ThreadPoolExecutor(1, "hash")) for _lane in range(lanes)]
        ring = _Ring(medium, hashers, stop, progress, pieces)
        open_.callback(ring.close)
        yield from ring.all(paths)


@dataclass(slots=True, eq=False)
class _File:
    """A file on its way: open while it is read, then waiting for its digest."""

    path: str
    hasher: ThreadPoolExecutor
    descriptor: int = -1
    done: int = 0
    fault: str = ""
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    result: Future[str] | str = ""

    @property
    def hashed(self) -> bool:
        return isinstance(self.result, str) or self.result.done()

    def told(self) -> Hashed:
        """The answer; waits for the digest."""
        if self.fault:
            return Hashed(self.path, -1, "", self.fault)
        result = self.result if isinstance(self.result, str) else self.result.result()
        return Hashed(self.path, self.done, result)


class _Ring:
    """The pieces between the thread that reads and those that hash, and the files being read."""

    def __init__(
        self,
        medium: Medium,
        hashers: list[ThreadPoolExecutor],
        stop: Stop,
        progress: Progress,
        pieces: int,
    ) -> None:
        self.medium, self.hashers, self.stop, self.progress = medium, hashers, stop, progress
        self.pieces = [memoryview(bytearray(PIECE)) for _place in range(pieces)]
        self.waiting: list[Future[None] | None] = [None] * pieces
        self.reading: list[_File] = []
        self.turn = self.begun = 0

    def all(self, paths: Iterable[str]) -> Iterator[Hashed]:
        """Every path's answer, in their order."""
        source, order = iter(paths), deque[_File]()
        while self._fill(source, order):
            for one in tuple(self.reading):
                self._stretch(one)
            # Not waited for: the device would stand still until the last piece is hashed.
            late = len(self.hashers) + 1
            while order and order[0].descriptor < 0 and (order[0].hashed or len(order) > late):
                yield order.popleft().told()
        yield from (one.told() for one in order)

    def _fill(self, source: Iterator[str], order: deque[_File]) -> bool:
        """Open as many files as are read in turn; whether there is any."""
        while len(self.reading) < len(self.hashers) and (path := next(source, None)) is not None:
            one = _File(path, self.hashers[self.begun % len(self.hashers)])
            self.begun += 1
            order.append(one)
            with self._faults(one):
                one.descriptor = _opened(self.medium, path)
                self.reading.append(one)
        return bool(self.reading)

    def _stretch(self, one: _File) -> None:
        """Read a stretch of a file; at its end, its digest is asked for."""
        with self._faults(one):
            for _piece in range(_STRETCH):
                count = self._filled(one.descriptor)
                if not count:
                    one.result = one.hasher.submit(one.digest.hexdigest)
                    return self._end(one)
                piece = self.pieces[self.turn][:count]
                first, one.done = not one.done, one.done + count
                self.progress(count)
                if first and count < _SMALL and os.fstat(one.descriptor).st_size == count:
                    # Handing so little over costs more than hashing it here.
                    one.digest.update(piece)
                    one.result = one.digest.hexdigest()
                    return self._end(one)
                self.waiting[self.turn] = one.hasher.submit(one.digest.update, piece)
                self.turn = (self.turn + 1) % len(self.pieces)
        return None

    def _filled(self, descriptor: int) -> int:
        """How many bytes were read into the next free piece."""
        if self.stop.asked:
            raise Stopped
        if earlier := self.waiting[self.turn]:
            earlier.result()
            self.waiting[self.turn] = None
        return os.readv(descriptor, [self.pieces[self.turn]])

    @contextlib.contextmanager
    def _faults(self, one: _File) -> Iterator[None]:
        """What a file refuses meanwhile is its fault, unless the drive is gone."""
        try:
            yield
        except (OSError, ValueError) as error:
            self._end(one)
            self.medium.still_there()
            said = error.strerror if isinstance(error, OSError) else ""
            one.fault = said or str(error)

    def _end(self, one: _File) -> None:
        """Close a file; what was read once fills the memory of others for nothing."""
        if one in self.reading:
            self.reading.remove(one)
        if one.descriptor >= 0:
            descriptor, one.descriptor = one.descriptor, -1
            with contextlib.suppress(OSError):
                forget(descriptor)
            os.close(descriptor)

    def close(self) -> None:
        """Close what is open still."""
        for one in tuple(self.reading):
            self._end(one)


def _opened(medium: Medium, path: str) -> int:
    """A plain file of this drive, and none that another was mounted over; not in memory."""
    descriptor = medium.open(path)
    try:
        told = os.fstat(descriptor)
        if not stat.S_ISREG(told.st_mode):
            raise ValueError("no plain file")
        if told.st_dev != medium.device:
            raise ValueError("another file system")
        forget(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def forget(descriptor: int) -> None:
    """Ask the system to let go of its copy of a file, where it can be asked."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
