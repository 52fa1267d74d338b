"""The elementary streams of one track: which bytes came in which packet, and when.

Times are ticks of 90 kHz on the clock of the track. A Video CD is read at 75 sectors a second, so
the sector in which a byte lies tells when it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.scan import GROUP, PICTURE, SEQUENCE, SEQUENCE_END
from pipeline.videocd.check.survey import Survey

Whole = NDArray[np.int64]
Ticks = NDArray[np.float64]

SECTOR_TICKS = 1200
TICKS_A_BYTE = 90000 / 176400  # packs come at 75 x 2352 bytes a second
CLOCK_END = 9  # the clock of a pack is the time at which its 9th byte is there
PERIODS = {1: 3753.75, 2: 3750.0, 3: 3600.0, 4: 3003.0, 5: 3000.0, 6: 1800.0, 7: 1501.5, 8: 1500.0}
FRAME_TICKS = 1152 / 44100 * 90000
NEAR = 900  # ticks (10 ms): half a sound frame is more, rounding is less
VIDEO, AUDIO = 0xE0, 0xC0


@dataclass(frozen=True, slots=True)
class Stream:
    """Packets of one stream within a track; `at` is the stream position of each payload, `begin`
    its place in the pack, `stamp` the decoding time (-1 = none), `shown` the time of showing.
    """

    sector: Whole
    at: Whole
    begin: Whole
    length: Whole
    buffer: Whole
    stamp: Whole
    shown: Whole

    @property
    def ends(self) -> Whole:
        return self.at + self.length

    @property
    def span(self) -> tuple[int, int]:
        """Stream positions from the first byte to beyond the last."""
        return (int(self.at[0]), int(self.ends[-1])) if len(self.at) else (0, 0)


@dataclass(frozen=True, slots=True)
class Units:
    """Pictures or sound frames in the order of the stream: where each begins with its headers
    (`at`) and ends, where its own start code is (`code_at`), and what it is (`kind`: picture type
    1-3 or frame header; `order` the temporal reference of a picture).
    """

    at: Whole
    ends: Whole
    code_at: Whole
    kind: Whole
    order: Whole


def stream_of(survey: Survey, track: Track, number: int) -> Stream:
    """The packets of stream E0 or C0 in a track."""
    packets = survey.packets
    chosen = packets.stream == number
    at = np.cumsum(packets.length[chosen]) - packets.length[chosen]
    sector = packets.sector[chosen]
    here = slice(*np.searchsorted(sector, [track.start, track.end]).tolist())
    pts, dts = packets.pts[chosen][here], packets.dts[chosen][here]
    return Stream(
        sector[here],
        at[here],
        packets.start[chosen][here],
        packets.length[chosen][here],
        packets.buffer[chosen][here],
        np.where(dts >= 0, dts, pts),
        pts,
    )


def pictures(survey: Survey, stream: Stream) -> Units:
    """The pictures of a stream; sequence and group headers belong to the picture after them, the
    end of a sequence to the one before.
    """
    found = survey.pictures
    kinds = np.isin(found.code, (PICTURE, SEQUENCE, GROUP, SEQUENCE_END))
    first, beyond = stream.span
    kinds &= (found.at >= first) & (found.at < beyond)
    at, code, body = found.at[kinds], found.code[kinds], found.body[kinds]
    closing = np.flatnonzero((code == PICTURE) | (code == SEQUENCE_END))
    opening = np.concatenate(([0], closing[:-1] + 1)).astype(np.int64)[: len(closing)]
    is_picture = code[closing] == PICTURE
    begins = at[opening[is_picture]]
    rows = closing[is_picture]
    ends = np.concatenate((begins[1:], [beyond]))[: len(begins)]
    head = body[rows] >> np.uint64(48)
    kind = (head >> np.uint64(3) & np.uint64(7)).astype(np.int64)
    order = (head >> np.uint64(6)).astype(np.int64)
    return Units(begins, ends, at[rows], kind, order)


def frames(survey: Survey, stream: Stream) -> Units:
    """The sound frames of a stream; a frame lasts to the next one or to the end."""
    first, beyond = stream.span
    inside = (survey.frames.at >= first) & (survey.frames.at < beyond)
    at, head = survey.frames.at[inside], survey.frames.head[inside]
    ends = np.concatenate((at[1:], [beyond]))[: len(at)]
    return Units(at, ends, at, head, np.zeros(len(at), np.int64))


def clock_start(survey: Survey, track: Track) -> float:
    """The clock at the first pack of a track: what most packs say, counted back by sectors."""
    packs = survey.packs
    here = slice(*np.searchsorted(packs.sector, [track.first, track.last]).tolist())
    if here.start == here.stop:
        return 0.0
    said = packs.clock[here] - SECTOR_TICKS * (packs.sector[here] - track.first)
    values, counts = np.unique(said, return_counts=True)
    best = int(np.argmax(counts))
    # Where the packs do not agree, a player starts by the first.
    return float(values[best] if counts[best] * 2 > len(said) else said[0])


def arrival(stream: Stream, track: Track, start: float, positions: Whole) -> Ticks:
    """When the bytes of the stream before `positions` are there."""
    packet = np.searchsorted(stream.at, positions - 1, side="right") - 1
    within = stream.begin[packet] + positions - stream.at[packet] - CLOCK_END
    sectors = stream.sector[packet] - track.first
    return np.asarray(start + SECTOR_TICKS * sectors + TICKS_A_BYTE * within)


def stamped(stream: Stream, units: Units, period: float) -> tuple[Whole, Whole]:
    """Packets that carry a stamp and the unit that each stamp is for; a stamp for which nothing
    begins in its packet is left out.

    A stamp belongs to the first picture whose start code is in the packet. Some writers count from
    the headers before a picture instead; where only that fits the clock, they are believed.
    """
    packets = np.flatnonzero(stream.stamp >= 0)
    unit = np.searchsorted(units.code_at, stream.at[packets])
    begun = unit < len(units.code_at)
    begun[begun] &= units.code_at[unit[begun]] < stream.ends[packets[begun]]
    packets, unit = packets[begun], unit[begun]
    drift = stream.stamp[packets] - period * unit
    late = np.abs(drift - np.median(drift) - period) < NEAR if len(unit) else drift > 0
    headed = np.searchsorted(units.at, stream.at[packets]) == unit + 1
    return packets, unit + (late & headed & (unit + 1 < len(units.at)))


def decoding_times(stream: Stream, units: Units, period: float) -> Ticks:
    """When each unit leaves the buffer: its stamp, or the last one before it counted on."""
    count = len(units.at)
    packets, unit = stamped(stream, units, period)
    if not len(unit):
        return np.full(count, np.inf)
    last = np.searchsorted(unit, np.arange(count), side="right") - 1
    last = np.maximum(last, 0)
    return np.asarray(stream.stamp[packets[last]] + period * (np.arange(count) - unit[last]))
