"""What the sub-header and the emptiness of every sector should be: a plan that is filled in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.videocd.check.report import Severity

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Region:
    """A kind of place on the disc, as findings name it."""

    field: str
    name: str
    severity: Severity
    blank: bool = False  # all user bytes must be zero


@dataclass(slots=True)
class Plan:
    """What every sector should be; sectors of region 0 may be anything."""

    want: Bytes
    mask: Bytes
    region: NDArray[np.int64]
    regions: list[Region] = field(default_factory=lambda: [Region("", "", "note")])

    def put(self, begin: int, end: int, four: tuple[int, ...], region: Region) -> None:
        """A run of sectors, from `begin` to before `end`."""
        begin, end = max(begin, 0), min(end, len(self.want))
        if begin < end:
            self.want[begin:end] = four
            self.mask[begin:end] = 0xFF
            self.region[begin:end] = len(self.regions)
            self.regions.append(region)

    def free(self, begin: int, end: int) -> None:
        """A run of sectors of which nothing is known."""
        self.mask[max(begin, 0) : max(end, 0)] = 0
        self.region[max(begin, 0) : max(end, 0)] = 0
