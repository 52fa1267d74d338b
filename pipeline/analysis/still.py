"""Stretches in which a picture stands without any change."""

from __future__ import annotations

import numpy as np

from pipeline.analysis.look import Gray

LEAST_SECONDS = 10.0
MAX_SPANS = 2_000
_STANDING = 1.0  # seconds
_SAME_MEAN, _SAME_MOST = 0.5, 5  # of 255, of a thumbnail


class Still:
    """Compares each picture with the one that stood first, so that slow changes count as well."""

    def __init__(self) -> None:
        self._first: Gray | None = None
        self._since = 0.0
        self.spans: list[list[float]] = []
        self.stood = 0.0  # seconds in which a picture stood for a second or longer

    def take(self, time: float, thumb: Gray) -> None:
        """Look at the next picture, shown from `time` on."""
        if self._first is not None and _same(self._first, thumb):
            return
        self.end(time)
        self._first, self._since = thumb, time

    def end(self, time: float) -> None:
        """The picture that stood last is gone, or the programme over, at `time`."""
        if self._first is None or time - self._since < _STANDING:
            return
        self.stood += time - self._since
        if time - self._since < LEAST_SECONDS:
            return
        if len(self.spans) < MAX_SPANS:
            self.spans.append([round(self._since, 3), round(time, 3)])


def _same(one: Gray, other: Gray) -> bool:
    change = np.abs(one.astype(np.int16) - other)
    return bool(change.max() <= _SAME_MOST and change.mean() < _SAME_MEAN)
