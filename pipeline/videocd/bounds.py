"""How many sectors a disc can need, before a stream is read: for the planner, and light to load.

The numbers of the format that such sums rest on live here; the writer takes them from here.
"""

from __future__ import annotations

from math import ceil
from typing import Final, Literal

Standard = Literal["pal", "ntsc"]

SECOND: Final = 75
"""Sectors a second."""
RAW: Final = 2352
"""Bytes of a whole sector, as images hold it."""
COOKED: Final = 2048
"""Bytes of a form 1 sector."""
CLOCK: Final = 90_000
"""Ticks a second."""
SECTOR_TICKS: Final = 1200
"""Ticks a sector lasts."""
FIRST_SCR: Final = 30 * SECTOR_TICKS
"""The clock of the first pack: the front margin counts."""
FIRST_DTS: Final = 60_000
"""When the first picture is decoded: 20 sectors after the first pack."""
PERIODS: Final[dict[Standard, int]] = {"pal": 3600, "ntsc": 3003}
"""Ticks a picture lasts."""

LOT_SECTORS: Final = 32
LOT_SECTOR: Final = 152
PSD_SECTOR: Final = LOT_SECTOR + LOT_SECTORS
SEGMENTS_FROM: Final = 225
"""LSN of the first segment unit, unless PSD.VCD reaches further."""
UNIT: Final = 150
"""Sectors of a segment unit."""
FILES_END: Final = 300
"""LSN after track 1 of a disc without segments and further files."""


def packs_bound(pictures: int, standard: Standard) -> int:
    """The most sectors that the packs of so many pictures, and sound as long, can take.

    It follows from the clock: every byte has arrived when it is decoded. Margins and gaps of the
    track are not counted.
    """
    return ceil((FIRST_DTS - FIRST_SCR + (pictures + 1) * PERIODS[standard]) / SECTOR_TICKS)


def psd_bound(lists: int) -> int:
    """The most sectors that a PSD of so many lists, of any kind, can take: the longest list has
    632 bytes, so that every sector but the last holds three or more.
    """
    return -(-lists // 3)


def segment_area(psd_sectors: int) -> int:
    """The LSN of segment unit 0: a whole second after PSD.VCD."""
    return max(SEGMENTS_FROM, -(-(PSD_SECTOR + psd_sectors) // SECOND) * SECOND)


def disc_front(lists: int, units: int) -> int:
    """The most sectors that track 1 takes with so many lists of any kind and segment units (one
    for each still); exact to a few sectors, and 300 where both are 0. Further files come on top.
    """
    if not lists:
        return max(FILES_END, SEGMENTS_FROM + units * UNIT)
    psd = psd_bound(lists)
    return max(FILES_END, segment_area(psd) + units * UNIT + LOT_SECTORS + psd)
