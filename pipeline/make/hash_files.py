"""Digests of many files of a drive, read in order past the system's own copy of them.

One thread reads while another hashes: on a drive that turns, two files read at once would cost more
than they give, and a processor hashes faster than any drive reads.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from pipeline.make.medium import Medium
from pipeline.tools import Stop, Stopped

PIECE = 1 << 20  # bytes in one read: with less, threads change hands too often
RING = 16  # pieces between reading and hashing
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
    """One answer a path, in order; `pieces` of a MiB lie between reading and hashing. A file that
    cannot be read is told, and the others are read; a drive that is gone raises Failure, a wish to
    stop Stopped.
    """
    with ThreadPoolExecutor(1, "hash") as hasher:
        ring = _Ring(hasher, stop, progress, pieces)
        # A file is answered when the next one is read: neither thread waits where one ends.
        last: _Read | None = None
        for path in paths:
            now = _read(medium, path, ring)
            if last:
                yield last.hashed()
            last = now
        if last:
            yield last.hashed()


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read and may still be hashed."""

    path: str
    bytes: int
    digest: Future[str] | str
    fault: str = ""

    def hashed(self) -> Hashed:
        digest = self.digest if isinstance(self.digest, str) else self.digest.result()
        return Hashed(self.path, self.bytes, digest, self.fault)


def _read(medium: Medium, path: str, ring: _Ring) -> _Read:
    try:
        with _opened(medium, path) as descriptor:
            return _Read(path, *ring.digest(descriptor))
    except (OSError, ValueError) as error:
        medium.still_there()
        said = error.strerror if isinstance(error, OSError) else ""
        return _Read(path, -1, "", said or str(error))


class _Ring:
    """The pieces between the thread that reads and the one that hashes."""

    def __init__(
        self, hasher: ThreadPoolExecutor, stop: Stop, progress: Progress, pieces: int
    ) -> None:
        self.hasher, self.stop, self.progress = hasher, stop, progress
        self.pieces = [memoryview(bytearray(PIECE)) for _place in range(pieces)]
        self.waiting: list[Future[None] | None] = [None] * pieces
        self.turn = 0

    def digest(self, descriptor: int) -> tuple[int, Future[str] | str]:
        """Bytes of an open file, from where it stands to its end, and its SHA-256 to come."""
        digest, done = hashlib.sha256(), 0
        while count := self._filled(descriptor):
            piece = self.pieces[self.turn][:count]
            done += count
            self.progress(count)
            if done == count < _SMALL and not os.read(descriptor, 1):
                # Handing so little over costs more than hashing it here.
                digest.update(piece)
                return done, digest.hexdigest()
            if done == count < _SMALL:
                os.lseek(descriptor, done, os.SEEK_SET)
            self.waiting[self.turn] = self.hasher.submit(digest.update, piece)
            self.turn = (self.turn + 1) % len(self.pieces)
        return done, self.hasher.submit(digest.hexdigest)

    def _filled(self, descriptor: int) -> int:
        """How many bytes were read into the next free piece."""
        if self.stop.asked:
            raise Stopped
        if earlier := self.waiting[self.turn]:
            earlier.result()
            self.waiting[self.turn] = None
        return os.readv(descriptor, [self.pieces[self.turn]])


@contextlib.contextmanager
def _opened(medium: Medium, path: str) -> Iterator[int]:
    """A plain file of this drive, and none that another was mounted over; not in memory."""
    descriptor = medium.open(path)
    try:
        told = os.fstat(descriptor)
        if not stat.S_ISREG(told.st_mode):
            raise ValueError("no plain file")
        if told.st_dev != medium.device:
            raise ValueError("another file system")
        forget(descriptor)
        yield descriptor
    finally:
        with contextlib.suppress(OSError):
            forget(descriptor)  # what was read once fills the memory of others for nothing
        os.close(descriptor)


def forget(descriptor: int) -> None:
    """Ask the system to let go of its copy of a file, where it can be asked."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
