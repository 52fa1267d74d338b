"""Read an image once from beginning to end, hashing it and every file in it on the way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalog.problem import Failure
from catalog.words import _
from pipeline.bundle.iso_size import SECTOR
from pipeline.bundle.iso_tree import Extent

BLOCK: Final = 1 << 20
_RING: Final = 8  # blocks in flight: on a busy machine a thread may wait long for its turn
_SMALL: Final = 1 << 16  # a hand-over to another thread costs more than hashing so little


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of the image and of each extent in it, and how many bytes were read."""

    whole: str
    files: dict[Extent, str]
    bytes: int


class _Tape:
    """Extents in the order of the disc, fed block by block."""

    def __init__(self, extents: Sequence[Extent], aside: ThreadPoolExecutor) -> None:
        self._waiting = list(reversed(extents))
        self._aside = aside
        self._open: hashlib._Hash = hashlib.sha256()
        self._done: list[tuple[Extent, hashlib._Hash]] = []
        self.at = 0

    def feed(self, block: memoryview) -> list[Future[None]]:
        """The next bytes of the image: what is being hashed of them beside."""
        beside, end = [], self.at + len(block)
        while self._waiting:
            extent = self._waiting[-1]
            first, last = extent.sector * SECTOR, extent.sector * SECTOR + extent.bytes
            piece = block[max(first - self.at, 0) : max(last - self.at, 0)]
            if extent.bytes <= _SMALL:
                self._open.update(piece)
            elif piece:
                beside.append(self._aside.submit(self._open.update, piece))
            if last > end:
                break
            self._done.append((self._waiting.pop(), self._open))
            self._open = hashlib.sha256()
        self.at = end
        return beside

    def digests(self) -> dict[Extent, str]:
        """Those of extents that were read to their end."""
        return {extent: digest.hexdigest() for extent, digest in self._done}


def read_extents(
    path: Path, descriptor: int, extents: Sequence[Extent], progress: Callable[[int], None]
) -> Digests:
    """Read from where the descriptor stands to the end. `extents` in the order of the disc, none
    over another. `progress` hears the bytes read. Raises Failure where the medium cannot be read.
    """
    whole, ring = hashlib.sha256(), [memoryview(bytearray(BLOCK)) for _place in range(_RING)]
    beside: list[list[Future[None]]] = [[] for _place in range(_RING)]
    turn = 0
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        tape = _Tape(extents, second)
        while count := _fill(path, descriptor, ring[turn]):
            block = ring[turn][:count]
            beside[turn] = [first.submit(whole.update, block), *tape.feed(block)]
            progress(tape.at)
            turn = (turn + 1) % _RING
            for one in beside[turn]:
                one.result()
    for left in beside:
        for one in left:
            one.result()
    return Digests(whole.hexdigest(), tape.digests(), tape.at)


def _fill(path: Path, descriptor: int, room: memoryview) -> int:
    """Read until there is no more room or the file ends."""
    done = 0
    try:
        while done < len(room):
            count = os.readv(descriptor, [room[done:]])
            if not count:
                break
            done += count
    except OSError as error:
        raise Failure(
            _("reading {path}").format(path=path),
            error.strerror or str(error),
            _("check the name, the permissions and the medium, then try again"),
        ) from error
    return done
