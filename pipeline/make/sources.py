"""Reading a source once, in pieces, and holding it against the digest that the plan has of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

from catalog.problem import Failure
from catalog.words import _
from pipeline.bundle.bundle import Piece
from pipeline.plan.steps import Input
from pipeline.tools import Stop, Stopped

PIECE = 2 << 20  # bytes that go from hand to hand at once: fewer hands shaken, less waiting
_AHEAD = 2  # pieces that may wait to be hashed
Place = Callable[[Input], Path]


class SourceFault(Exception):  # noqa: N818 - not ours: a file of the library is not what it was
    """Why a source cannot be used, as a sentence that names the file."""


def source_fault(piece: Piece, place: Place) -> str:
    """Why a piece's source cannot be there whole, as far as a look at its length tells; "" where
    nothing speaks against it.
    """
    try:
        path = place(piece.origin)
        told = path.stat()
    except Failure as failure:
        return str(failure)
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return "" if told.st_size == piece.bytes else _changed(path)


def pieces_of(path: Path, bytes: int, sha256: str, stop: Stop) -> Iterator[bytes]:
    """The bytes of a source. Raises SourceFault where they cannot be read, and at the end where
    they are not those that were promised: until then nothing that came of them may be believed.
    """
    done = 0
    try:
        with _opened(path) as descriptor, _Hasher() as hasher:
            while data := os.read(descriptor, PIECE):
                if stop.asked:
                    raise Stopped
                done += len(data)
                if done > bytes:
                    break
                hasher.take(data, whole=done == bytes)
                yield data
            digest = hasher.digest()
    except OSError as error:
        raise SourceFault(f"{path}: {error.strerror}") from error
    if done != bytes or digest != sha256:
        raise SourceFault(_changed(path))


class _Hasher:
    """Hashes in a thread of its own while the next pieces are read and written; what is only one
    piece long is not worth a thread.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._thread:
            self._thread.shutdown()

    def take(self, data: bytes, whole: bool) -> None:
        if self._thread is None:
            if whole:
                return self._digest.update(data)
            self._thread = ThreadPoolExecutor(1, "hash")
        self._waiting.append(self._thread.submit(self._digest.update, data))
        if len(self._waiting) > _AHEAD:
            self._waiting.popleft().result()
        return None

    def digest(self) -> str:
        while self._waiting:
            self._waiting.popleft().result()
        return self._digest.hexdigest()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SourceFault(_("{path} is no file").format(path=path))
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        yield descriptor
    finally:
        os.close(descriptor)


def _changed(path: Path) -> str:
    return _("{path} is not the file that was planned with: add it again").format(path=path)
