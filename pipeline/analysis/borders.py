"""The active picture: what lies inside black borders that stand through a whole programme."""

from __future__ import annotations

import numpy as np

from catalog.analysis import Box
from pipeline.analysis.look import Gray

_SAMPLES = 320  # of a line or column
_BRIGHT = 0.993  # the share of a line that must be dark: a short word in it makes it light
_DARK_MEAN, _DARK_MOST = 12.0, 24.0  # above black, of 255
_LIT = 45.0  # above black: a picture whose brightest is below is a dark one, and says nothing
_LEAST_BAR = 0.02  # of a side
_LEAST_AREA = 0.4  # of the picture
_LEAST_PICTURES = 2
_AT_THE_EDGE = 0.25  # of the pictures reach to the border: it is one, not a dark side of a stage


class Borders:
    """Takes pictures now and then, and says at the end what stood in all of them."""

    def __init__(self) -> None:
        self._shape: tuple[int, int] | None = None
        self._edges: list[tuple[int, int, int, int]] = []
        self._changed = False

    def take(self, luma: Gray, full_range: bool) -> None:
        """Look at one picture; one of another size than the first makes all borders doubtful."""
        height, width = luma.shape
        self._shape = self._shape or (width, height)
        self._changed |= self._shape != (width, height)
        if edges := edges_of(luma, 0 if full_range else 16):
            self._edges.append(edges)

    def box(self) -> Box | None:
        """The active picture, sides even; None where it is the whole, or not to be believed."""
        if self._changed or self._shape is None or len(self._edges) < _LEAST_PICTURES:
            return None
        edges = np.asarray(self._edges)
        width, height = self._shape
        bars = [_bar(edges[:, i], side) for i, side in enumerate((width, height, width, height))]
        left, top, right, bottom = bars
        if not any(bars):
            return None
        box = Box(left, top, (width - left - right) // 2 * 2, (height - top - bottom) // 2 * 2)
        return box if box.width * box.height >= _LEAST_AREA * width * height else None


def _bar(dark: np.ndarray[tuple[int], np.dtype[np.int64]], side: int) -> int:
    """The dark lines on one side of all pictures, even; 0 where that is no border."""
    least = int(dark.min())
    near = float((dark <= least + max(2, side // 100)).mean())
    if least < _LEAST_BAR * side or near < _AT_THE_EDGE:
        return 0
    return (least + 1) // 2 * 2


def edges_of(luma: Gray, black: int) -> tuple[int, int, int, int] | None:
    """How many lines are dark at the left, top, right and bottom; None for a dark picture."""
    height, width = luma.shape
    rows = _light(luma[:, :: max(1, width // _SAMPLES)], black)
    columns = _light(np.ascontiguousarray(luma[:: max(1, height // _SAMPLES)].T), black)
    if rows is None or columns is None:
        return None
    return columns[0], rows[0], columns[1], rows[1]


def _light(lines: Gray, black: int) -> tuple[int, int] | None:
    """The dark lines before the first light one and behind the last."""
    place = min(int(_BRIGHT * lines.shape[1]), lines.shape[1] - 1)
    most = np.partition(lines, place, axis=1)[:, place].astype(np.float64) - black
    means = lines.mean(axis=1) - black
    if most.max() < _LIT:
        return None
    light = np.flatnonzero((most > _DARK_MOST) | (means > _DARK_MEAN))
    return int(light[0]), int(len(lines) - 1 - light[-1])


def upright(box: Box, width: int, height: int, rotation: int) -> Box:
    """The box in the picture as it stands after its turn by `rotation` degrees (as ffmpeg counts:
    against the clock); `width` and `height` are those of the picture as stored.
    """
    right, bottom = width - box.left - box.width, height - box.top - box.height
    match rotation % 360:
        case 90:
            return Box(box.top, right, box.height, box.width)
        case 180:
            return Box(right, bottom, box.width, box.height)
        case 270:
            return Box(bottom, box.left, box.height, box.width)
        case _:
            return box
