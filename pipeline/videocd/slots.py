"""When each pack may travel: streams cut into packs, packs given sectors, by array arithmetic.

The model is the decoder of ISO 11172-1 read twice, each time against us: a pack fills the buffer
whole at the beginning of its sector, and is of use only when its sector has ended. A unit (a
picture, a sound frame) leaves the buffer at once at its decoding time. README.md has the proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.videocd.bounds import FIRST_SCR, SECTOR_TICKS
from pipeline.videocd.packs import AUDIO_DATA, FIRST_VIDEO_DATA, VIDEO_DATA
from pipeline.videocd.streams import Offsets

SYSTEM_PACKS = 2
"""The first two sectors carry no stream bytes."""
SMALLEST_PADDING = 7


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A stream cut into packs. `borders`: where each pack begins and, last, where the stream
    ends; `ends`: the byte after each unit; `times`: when each unit is decoded (ticks, rising);
    `buffer`: bytes that the player can hold.
    """

    borders: Offsets
    ends: Offsets
    times: Offsets
    buffer: int


def audio_borders(end: int) -> Offsets:
    """Sound is cut into full packs; only the last is shorter."""
    return np.append(np.arange(0, end, AUDIO_DATA), end)


def video_borders(end: int, first: Offsets, after: Offsets) -> Offsets:
    """Picture is cut so that the headers from each `first` to before `after` stay in one pack:
    where they would not, the pack before is cut short, by enough to be filled with padding.
    """
    origin = FIRST_VIDEO_DATA - VIDEO_DATA
    runs = []
    for begin, stop in zip(first.tolist(), after.tolist(), strict=True):
        pack = (begin - origin) // VIDEO_DATA
        if (stop - 1 - origin) // VIDEO_DATA == pack:
            continue
        next_border = origin + (pack + 1) * VIDEO_DATA
        border = min(begin, next_border - SMALLEST_PADDING)
        runs.append(np.arange(origin, border, VIDEO_DATA))
        origin = border
    runs.append(np.arange(origin, end, VIDEO_DATA))
    borders = np.append(np.concatenate(runs), end)
    borders[0] = 0
    return borders


def chained(earliest: Offsets) -> Offsets:
    """Rising places for packs in order, none before its earliest and none twice."""
    order = np.arange(len(earliest))
    return order + np.maximum.accumulate(earliest - order)


def earliest_slots(cut: Cut) -> Offsets:
    """For each pack the first sector at whose beginning the buffer has room for it."""
    must_be_gone = cut.borders[1:] - cut.buffer
    unit = np.searchsorted(cut.ends, must_be_gone)
    slots = -((FIRST_SCR - cut.times[unit]) // SECTOR_TICKS)
    return np.where(must_be_gone <= 0, SYSTEM_PACKS, np.maximum(slots, SYSTEM_PACKS))


def slots_between(earliest: Offsets, taken: Offsets) -> Offsets:
    """Like `chained`, in the sectors that the other stream has not `taken`."""
    most = int(max(earliest[-1], taken[-1])) + len(earliest) + len(taken) + 1
    is_free = np.ones(most, np.bool_)
    is_free[:SYSTEM_PACKS] = False
    is_free[taken] = False
    free = np.flatnonzero(is_free)
    return free[chained(np.searchsorted(free, earliest))]


def lateness(cut: Cut, slots: Offsets) -> Offsets:
    """For each unit, ticks by which its last byte has arrived too late (0 or less: in time)."""
    pack = np.searchsorted(cut.borders, cut.ends - 1, side="right") - 1
    return FIRST_SCR + SECTOR_TICKS * (slots[pack] + 1) - cut.times


def first_inside(borders: Offsets, codes: Offsets) -> Offsets:
    """For each pack the number of the first unit whose code begins inside it, or -1."""
    unit = np.searchsorted(codes, borders[:-1])
    inside = np.append(codes, borders[-1])[unit] < borders[1:]
    return np.where(inside, unit, -1)
