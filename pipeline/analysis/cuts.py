"""Where a long programme may be divided: changes of scene, one in a while, best first.

They are candidates only: `proof` tries whether decoding can begin there.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from pipeline.analysis.look import Gray

MAX_CUTS = 400
SHOWN = 3  # pictures from a cut on, by which it is known again
_WINDOW = 45.0  # seconds, one cut in each
_APART = 20.0  # seconds between two cuts
_CHANGE = 12.0  # of 255, mean of a thumbnail
_ABOVE = 4.0  # times the usual change
_FAR = 100  # pictures from a key picture on, that make a change of scene no better than none
_REMEMBERED = 50  # pictures, for what is usual


@dataclass(slots=True)
class Candidate:
    """A picture where a part could begin; `digests` of it and the next ones."""

    time: float
    score: float
    digests: list[int] = field(default_factory=list)


class Cuts:
    """Watches all pictures and keeps the best candidate of each window of time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._window = max(_WINDOW, seconds / MAX_CUTS)
        self._best: dict[int, Candidate] = {}
        self._open: list[Candidate] = []
        self._before: Gray | None = None
        self._usual: deque[float] = deque(maxlen=_REMEMBERED)
        self._number, self._from = 0, _APART
        self._since_key = 0

    def take(self, time: float, thumb: Gray, digest: int, key: bool) -> None:
        """Look at the next picture; `key` says that decoding can begin with it."""
        # Decoding begins at a key picture before the cut: the further it is, the dearer to begin.
        self._since_key = 0 if key else self._since_key + 1
        score = self._score(thumb) + (1.0 if key else 0.0) - self._since_key / _FAR
        number = int(time // self._window)
        if number != self._number:
            if last := self._best.get(self._number):
                self._from = last.time + _APART
            self._number = number
        best = self._best.get(number)
        better = score > best.score if best else len(self._best) < MAX_CUTS
        if time >= self._from and better:
            self._best[number] = Candidate(time, score)
            self._open.append(self._best[number])
        for one in self._open:
            one.digests.append(digest)
        self._open = [one for one in self._open if len(one.digests) < SHOWN]

    def _score(self, thumb: Gray) -> float:
        """Above 2 for a change of scene, the more the greater; 0 for none."""
        before, self._before = self._before, thumb
        if before is None:
            return 0.0
        change = float(np.abs(thumb.astype(np.int16) - before).mean())
        usual = sorted(self._usual)[len(self._usual) // 2] if self._usual else 0.0
        self._usual.append(change)
        return 2.0 + change / 255 if change > max(_CHANGE, _ABOVE * usual) else 0.0

    def candidates(self) -> list[Candidate]:
        """In order of time; only those whose following pictures were all seen."""
        whole = [one for one in self._best.values() if len(one.digests) == SHOWN]
        return sorted(whole, key=lambda one: one.time)
