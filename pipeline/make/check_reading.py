"""Reading a finished file from its medium, past the system's own copy, in blocks and hashed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import RAW
from pipeline.videocd.check.survey import LONGEST

Progress = Callable[[int], None]  # told the sectors (of 2352 bytes) read so far

BLOCK = 445  # sectors: just under 1 MiB, what the memory close to the processor likes
_RING = 4  # blocks in flight between reading and hashing


@contextmanager
def opened(path: Path) -> Iterator[tuple[int, int]]:
    """A plain file open for reading: descriptor and bytes. Pipes, devices and folders are refused
    before they can block us.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise Failure(
                _("reading {path}").format(path=path),
                _("this is no file"),
                _("name an image or an edition's folder"),
            )
        yield descriptor, facts.st_size
    finally:
        os.close(descriptor)


def _unreadable(path: Path, error: OSError) -> Failure:
    return Failure(
        _("reading {path}").format(path=path),
        error.strerror or str(error),
        _("check the name, the permissions and the medium, then try again"),
    )


def forget_cached(descriptor: int) -> bool:
    """Ask the system to forget its copy of a file, so that the medium itself is read; whether it
    could be asked.
    """
    if not hasattr(os, "posix_fadvise"):
        return False
    # What is not written yet cannot be forgotten; a read-only medium has nothing to write.
    with suppress(OSError):
        os.fsync(descriptor)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
    except OSError:
        return False
    return True


class Reader:
    """Reads an image in blocks while a thread hashes those before (hashlib frees the GIL)."""

    def __init__(
        self,
        path: Path,
        descriptor: int,
        digest: hashlib._Hash,
        progress: Progress,
        *,
        most: int = LONGEST * RAW,
    ) -> None:
        self.path, self.descriptor, self.digest, self.progress = path, descriptor, digest, progress
        self.most, self.read = most, 0
        self.hasher = ThreadPoolExecutor(1)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_error: object) -> None:
        self.hasher.shutdown()

    def blocks(self) -> Iterator[NDArray[np.uint8]]:
        """Whole sectors, at most `most` bytes in all (without it: those of the longest disc); a
        block lives until the next but two is asked for.
        """
        ring = [np.zeros((BLOCK, RAW), np.uint8) for _place in range(_RING)]
        hashed: list[Future[None] | None] = [None] * _RING
        turn = 0
        while self.read < self.most:
            if earlier := hashed[turn]:
                earlier.result()
            view = ring[turn].reshape(-1).data[: self.most - self.read]
            count = self.fill(view)
            if not count:
                break
            hashed[turn] = self.hasher.submit(self.digest.update, view[:count])
            self.read += count
            yield ring[turn][: count // RAW]
            self.progress(self.read // RAW)
            turn = (turn + 1) % _RING
        for last in hashed:
            if last:
                last.result()

    def fill(self, view: memoryview) -> int:
        """Read until the view is full or the file ends."""
        done = 0
        try:
            while done < len(view):
                count = os.readv(self.descriptor, [view[done:]])
                if not count:
                    break
                done += count
        except OSError as error:
            raise _unreadable(self.path, error) from error
        return done
