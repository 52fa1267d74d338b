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

PIECE = 512 << 10  # bytes in one read: larger ones were slower (measured.md)
_RING = 8  # pieces between reading and hashing
Progress = Callable[[int], None]  # told the bytes read since it was last told


@dataclass(frozen=True, slots=True)
class Hashed:
    """What one file's bytes are; `fault` says why they could not be read, "" where they were."""

    path: str
    bytes: int
    sha256: str
    fault: str = ""


def hash_files(
    medium: Medium, paths: Iterable[str], stop: Stop, progress: Progress
) -> Iterator[Hashed]:
    """One answer a path, in order. A file that cannot be read is told, and the others are read; a
    drive that is gone raises Failure, a wish to stop Stopped.
    """
    with ThreadPoolExecutor(1, "hash") as hasher:
        ring = _Ring(hasher, stop, progress)
        for path in paths:
            try:
                with _opened(medium, path) as descriptor:
                    yield Hashed(path, *ring.digest(descriptor))
            except (OSError, ValueError) as error:
                medium.still_there()
                said = error.strerror if isinstance(error, OSError) else ""
                yield Hashed(path, -1, "", said or str(error))


class _Ring:
    """The pieces between the thread that reads and the one that hashes."""

    def __init__(self, hasher: ThreadPoolExecutor, stop: Stop, progress: Progress) -> None:
        self.hasher, self.stop, self.progress = hasher, stop, progress
        self.pieces = [memoryview(bytearray(PIECE)) for _place in range(_RING)]

    def digest(self, descriptor: int) -> tuple[int, str]:
        """Bytes and SHA-256 of an open file, from where it stands to its end."""
        digest = hashlib.sha256()
        waiting: list[Future[None] | None] = [None] * _RING
        done = turn = 0
        while True:
            if self.stop.asked:
                raise Stopped
            if earlier := waiting[turn]:
                earlier.result()
            count = os.readv(descriptor, [self.pieces[turn]])
            if not count:
                break
            waiting[turn] = self.hasher.submit(digest.update, self.pieces[turn][:count])
            done += count
            self.progress(count)
            turn = (turn + 1) % _RING
        for last in waiting:
            if last:
                last.result()
        return done, digest.hexdigest()


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
