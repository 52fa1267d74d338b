"""How noisy a picture is, from places where nothing moves for three pictures."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pipeline.analysis.look import Gray

_BLOCK = 16
_DARKEST, _LIGHTEST = 24, 232  # means beyond are cut off by black or white, and so is their noise
_LEAST_BLOCKS = 40  # of 396
_LEAST_SHARE = 0.3  # of the looks must tell something: nothing is said by what happens to look so
# What moves changes neighbours alike, and more over two pictures than over one; noise does neither.
_ALIKE, _GROWING = 0.5, 1.2

Blocks = npt.NDArray[np.float32]


def noise_of(first: Gray, second: Gray, third: Gray) -> float | None:
    """The standard deviation of the luma's noise (of 255) in three pictures that follow each other;
    None where too little of them stands still, or all of that is black or white.
    """
    step, stride = _blocks(second) - _blocks(first), _blocks(third) - _blocks(first)
    deviation, later = step.std(axis=(1, 2)), stride.std(axis=(1, 2))
    means = _blocks(first).mean(axis=(1, 2))
    still = (means >= _DARKEST) & (means <= _LIGHTEST)
    still &= later <= _GROWING * deviation + 0.1
    still &= np.maximum(_likeness(step, 1), _likeness(step, 2)) < _ALIKE
    if int(still.sum()) < _LEAST_BLOCKS:
        return None
    return float(np.median(deviation[still])) / math.sqrt(2)


def _blocks(picture: Gray) -> Blocks:
    rows, columns = (side // _BLOCK for side in picture.shape)
    whole = picture[: rows * _BLOCK, : columns * _BLOCK].astype(np.float32)
    cut = whole.reshape(rows, _BLOCK, columns, _BLOCK).swapaxes(1, 2)
    return cut.reshape(-1, _BLOCK, _BLOCK)


def _likeness(blocks: Blocks, axis: int) -> Blocks:
    """How far neighbours along `axis` go together in each block: 1 wholly, 0 not at all."""
    around = blocks - blocks.mean(axis=(1, 2), keepdims=True)
    near = np.delete(around, 0, axis) * np.delete(around, -1, axis)
    return np.asarray(near.mean(axis=(1, 2)) / ((around**2).mean(axis=(1, 2)) + 1e-3))


class Noise:
    """The noise of a programme: the middle one of what looks at it say."""

    def __init__(self) -> None:
        self._found: list[float] = []
        self._looks = 0

    def take(self, first: Gray, second: Gray, third: Gray) -> None:
        """Look at three pictures that follow each other."""
        self._looks += 1
        if not np.array_equal(first, second):
            found = noise_of(first, second, third)
            self._found += [] if found is None else [found]

    def noise(self) -> float:
        """The standard deviation of 255; 0 for stills, and where it cannot be told from motion."""
        if len(self._found) < max(1, _LEAST_SHARE * self._looks):
            return 0.0
        return round(float(np.median(self._found)), 3)
