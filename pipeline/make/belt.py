"""Bytes on their way into one large file: gathered in blocks and hashed beside, in their order.

Two digests are taken of nearly every byte, of its file and of the whole: two threads do it while
the next block is read, since hashlib lets other threads run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from typing import Final, Self

BLOCK: Final = 1 << 20  # larger single writes were slower by far (measured.md)
_RING: Final = 8  # blocks in flight: on a busy machine a thread may wait long for its turn
_SMALL: Final = 1 << 16  # a hand-over to another thread costs more than hashing so little
_SENT_AT_ONCE: Final = 16 << 20


class Belt:
    """Writes to `file` in order. `told` hears the bytes written so far, after each block; what it
    raises goes through. Use it in a `with`; `finish` before its end.
    """

    def __init__(self, file: FileIO, told: Callable[[int], None]) -> None:
        self._file, self._told = file, told
        self._whole, self._of_files = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._digest = hashlib.sha256()
        self._ring = [memoryview(bytearray(BLOCK)) for _place in range(_RING)]
        self._waiting: list[list[Future[None]]] = [[] for _place in range(_RING)]
        self._turn = self._filled = self._sent = 0
        self.written = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._whole.shutdown()
        self._of_files.shutdown()

    @property
    def at(self) -> int:
        """The place in the file where the next byte comes."""
        return self.written + self._filled

    def put(self, data: bytes) -> None:
        """Bytes that lie in memory."""
        rest = memoryview(data)
        while rest:
            count = min(len(rest), BLOCK - self._filled)
            self._ring[self._turn][self._filled : self._filled + count] = rest[:count]
            self._advance(count)
            rest = rest[count:]

    def take(self, fill: Callable[[memoryview], int], length: int, digest: hashlib._Hash) -> int:
        """At most `length` bytes, counted into their `digest`: how many there were. `fill` puts
        some into the room it is given and says how many, 0 at the end.
        """
        done, last = 0, None
        while done < length:
            view = self._ring[self._turn][self._filled :][: length - done]
            count = fill(view)
            if not count:
                break
            if length <= _SMALL:
                digest.update(view[:count])
            else:
                last = self._of_files.submit(digest.update, view[:count])
                self._waiting[self._turn].append(last)
            self._advance(count)
            done += count
        if last:
            last.result()  # one thread, in order: all before it are done too
        return done

    def pad(self, part: int) -> None:
        """Zeros up to a multiple of `part`."""
        self.put(bytes(-self.at % part))

    def finish(self) -> str:
        """Write what is left: the SHA-256 of the whole."""
        self._send()
        for waiting in self._waiting:
            for one in waiting:
                one.result()
        return self._digest.hexdigest()

    def _advance(self, count: int) -> None:
        self._filled += count
        if self._filled == BLOCK:
            self._send()

    def _send(self) -> None:
        block = self._ring[self._turn][: self._filled]
        self._waiting[self._turn].append(self._whole.submit(self._digest.update, block))
        rest = block
        while rest:
            rest = rest[self._file.write(rest) :]
        self.written += len(block)
        if self.written - self._sent >= _SENT_AT_ONCE:
            self._begin()
        self._turn, self._filled = (self._turn + 1) % _RING, 0
        for one in self._waiting[self._turn]:
            one.result()
        self._waiting[self._turn] = []
        self._told(self.written)

    def _begin(self) -> None:
        """Let the disk begin with what was written, while more is read; the last sync would wait
        for all of it otherwise. It leaves the page cache too: a check reads it from the disk.
        """
        if hasattr(os, "posix_fadvise"):
            span = self._sent, self.written - self._sent
            os.posix_fadvise(self._file.fileno(), *span, os.POSIX_FADV_DONTNEED)
        self._sent = self.written
