"""One decoded picture as numbers: its luma, and a thumbnail that tells pictures apart."""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

THUMB = (36, 64)  # rows, columns
_SAMPLES = 4  # a side, for each place of the thumbnail
_PLANAR = ("yuv", "nv", "gray")


class Look:
    """What can be asked of a picture; each answer is worked out once, when it is asked for."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.width, self.height = int(frame.width), int(frame.height)

    @cached_property
    def _plane(self) -> tuple[npt.NDArray[Any], int]:
        """The luma as it lies in memory (no copy where that can be had), and its bits too many."""
        frame, shape = self.frame, self.frame.format
        bits = int(shape.components[0].bits)
        planar = shape.name.startswith("gray") or (
            shape.name.startswith(_PLANAR) and shape.is_planar
        )
        if not planar or bits > 16 or shape.is_big_endian or bits < 8:
            frame, bits = frame.reformat(format="gray"), 8
        plane = frame.planes[0]
        kind: Any = np.uint8 if bits == 8 else np.uint16
        lines = np.frombuffer(plane, kind).reshape(self.height, -1)
        return lines[:, : self.width], bits - 8

    @cached_property
    def luma(self) -> Gray:
        """The whole luma in 8 bits, as coded (no change of range)."""
        plane, over = self._plane
        return np.asarray(plane >> over if over else plane, dtype=np.uint8)

    @cached_property
    def thumb(self) -> Gray:
        """A thumbnail of means over samples: cheap, and the same for the same picture."""
        plane, over = self._plane
        rows, columns = THUMB
        down = np.arange(rows * _SAMPLES) * self.height // (rows * _SAMPLES)
        along = np.arange(columns * _SAMPLES) * self.width // (columns * _SAMPLES)
        taken = plane[np.ix_(down, along)].astype(np.uint32) >> over
        sums = taken.reshape(rows, _SAMPLES, columns, _SAMPLES).sum(axis=(1, 3))
        return np.asarray(sums // _SAMPLES**2, dtype=np.uint8)

    @cached_property
    def digest(self) -> int:
        """A number that is the same for the same picture."""
        return zlib.crc32(self.thumb.tobytes())

    def small(self) -> Gray:
        """The luma at the size of a Video CD picture."""
        small = self.frame.reformat(width=352, height=288, format="gray", interpolation="AREA")
        return np.asarray(small.to_ndarray(), dtype=np.uint8)
