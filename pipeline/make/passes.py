"""In which order sources are read once for many drives; pure.

A batch is what is written before all drives read back together. Drives that remove nothing take
their pieces in any order; one that swaps programmes round by round needs a round confirmed before
the next begins. A source waits until the last of those that want it is ready, where that is
possible: then it is read once.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.bundle.bundle import Piece
from pipeline.plan.refresh import Round
from pipeline.plan.steps import Input

BATCH = 512 << 20  # bytes of sources
MOST_FILES = 1000

_Key = tuple[Input, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One source that is read once, and the pieces that come of it by the drive's number."""

    origin: Input
    sha256: str
    bytes: int
    pieces: tuple[tuple[int, tuple[Piece, ...]], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """`begins`: drive and number of each round that begins before anything is read."""

    begins: tuple[tuple[int, int], ...]
    readings: tuple[Reading, ...]


def batches(
    drives: Sequence[Sequence[Round]], most_bytes: int = BATCH, most_files: int = MOST_FILES
) -> Iterator[Batch]:
    """The batches of a call: for each drive its rounds, in order."""
    order = _Order(drives)
    while True:
        begins = tuple(order.begun())
        if not order.ready:
            if begins:
                yield Batch(begins, ())
            return
        readings: list[Reading] = []
        count = 0
        while order.ready and count < most_bytes and len(readings) < most_files:
            readings.append(order.next())
            count += readings[-1].bytes
            if order.round_over():
                break
        yield Batch(begins, tuple(readings))


class _Order:
    """What is ready to be read, the best first: wanted by no drive in a round to come, then in the
    order of the plans.
    """

    def __init__(self, drives: Sequence[Sequence[Round]]) -> None:
        self._rounds = [[_by_source(one.copied) for one in rounds] for rounds in drives]
        self._at = [0] * len(drives)
        self._open: list[set[_Key]] = [set() for _drive in drives]
        every = [key for rounds in self._rounds for one in rounds for key in one]
        self._later = Counter(every)
        self._places = {key: place for place, key in enumerate(dict.fromkeys(every))}
        self._keys = list(self._places)
        self._heap: list[tuple[int, int]] = []
        self.ready: dict[_Key, dict[int, tuple[Piece, ...]]] = {}

    def begun(self) -> Iterator[tuple[int, int]]:
        """Begin the next round of every drive that has nothing left of the one before."""
        for drive, rounds in enumerate(self._rounds):
            while not self._open[drive] and self._at[drive] < len(rounds):
                wanted = rounds[self._at[drive]]
                self._open[drive] = set(wanted)
                for key, pieces in wanted.items():
                    self.ready.setdefault(key, {})[drive] = pieces
                    self._later[key] -= 1
                    heapq.heappush(self._heap, (self._later[key], self._places[key]))
                yield drive, self._at[drive]
                self._at[drive] += 1

    def next(self) -> Reading:
        while True:
            later, place = heapq.heappop(self._heap)
            key = self._keys[place]
            if key in self.ready and self._later[key] == later:
                break
        drives = self.ready.pop(key)
        for drive in drives:
            self._open[drive].discard(key)
        one = next(iter(drives.values()))[0]
        return Reading(one.origin, one.sha256, one.bytes, tuple(drives.items()))

    def round_over(self) -> bool:
        """Whether a drive waits to be confirmed before its next round."""
        return any(
            not wanted and at < len(rounds)
            for wanted, at, rounds in zip(self._open, self._at, self._rounds, strict=True)
        )


def _by_source(pieces: Sequence[Piece]) -> dict[_Key, tuple[Piece, ...]]:
    found: dict[_Key, tuple[Piece, ...]] = {}
    for piece in pieces:
        key = (piece.origin, piece.sha256)
        found[key] = (*found.get(key, ()), piece)
    return found
