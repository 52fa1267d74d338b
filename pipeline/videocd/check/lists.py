"""Playback lists as they stand in PSD.VCD and PSD_X.VCD: a reader that trusts nothing it reads.

It is a second pair of eyes on what we write ourselves, so it shares no code with the writer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.videocd.check.volume import BLOCK

PLAY, SELECT, SELECT_X, END = 0x10, 0x18, 0x1A, 0x1F
NOWHERE, MULTI, MULTI_NO_DIGITS = 0xFFFF, 0xFFFE, 0xFFFD
STEP = 8  # bytes that an offset counts in
MOST_BYTES = 65536 * STEP  # what a 16 bit offset can reach
FOREVER = 255  # a wait without end
_REJECTED = 0x8000
_FIXED = {PLAY: 14, SELECT: 20, SELECT_X: 36, END: 8}
_EACH = {PLAY: 2, SELECT: 2, SELECT_X: 6, END: 0}


@dataclass(frozen=True, slots=True)
class ControlList:
    """One list. `at` is its byte in the file, `ways` its links in the order previous, next, return,
    default, time-out (NOWHERE for those that its kind has not), raw as everything here.

    `pause` is the auto-pause wait of a play list, the loop byte of a selection list; `first` its
    BSN. An end list has no number of its own: it is counted on from the list before.
    """

    at: int
    kind: int
    lid: int
    rejected: bool = False
    ways: tuple[int, ...] = (NOWHERE,) * 5
    choices: tuple[int, ...] = ()
    items: tuple[int, ...] = ()
    first: int = 0
    flags: int = 0
    play_time: int = 0
    wait: int = 0
    pause: int = 0
    areas: tuple[bytes, ...] = ()
    rest: bytes = b""

    @property
    def selects(self) -> bool:
        return self.kind in (SELECT, SELECT_X)

    @property
    def links(self) -> tuple[int, ...]:
        """All its links, whatever they are for."""
        return self.ways + self.choices


@dataclass(frozen=True, slots=True)
class Lists:
    """A file of lists: those found, the byte after the last, and (what, byte) of its faults:
    "type", "cut", "border", "length" or "padding".
    """

    lists: tuple[ControlList, ...]
    end: int
    faults: tuple[tuple[str, int], ...]


def read_lists(data: bytes, hints: Sequence[int] = ()) -> Lists:
    """Walk through a file from list to list. `hints` are bytes at which lists should begin, in
    rising order: they are believed only where the walk fails without them.
    """
    data = data[:MOST_BYTES]
    alone = _walk(data, ())
    guided = _walk(data, hints) if alone.faults and hints else alone
    return guided if len(guided.lists) > len(alone.lists) else alone


def _walk(data: bytes, hints: Sequence[int]) -> Lists:
    found: list[ControlList] = []
    faults: list[tuple[str, int]] = []
    at = end = lid = 0
    while at < len(data):
        border = (at // BLOCK + 1) * BLOCK
        if not data[at] and not any(data[at:border]):
            at = border
            continue
        fault, length = _length(data, at, hints)
        if fault:
            faults.append((fault, at))
        if not length:
            following = bisect_right(hints, at)
            if following == len(hints):
                break
            at = max(hints[following], at + STEP)
            continue
        found.append(_list(data[at : at + length], at, lid))
        lid = found[-1].lid
        at = end = at + length + -length % STEP
    return Lists(tuple(found), min(end, len(data)), tuple(faults))


def _length(data: bytes, at: int, hints: Sequence[int]) -> tuple[str, int]:
    """Bytes of the list that begins here (0 where none can be read), and what is wrong with it."""
    kind = data[at]
    if kind not in _FIXED or at + _FIXED[kind] > len(data):
        return ("type" if kind not in _FIXED else "cut"), 0
    count = data[at + (1 if kind == PLAY else 2)]
    length = _FIXED[kind] + _EACH[kind] * count
    if at + length > len(data):
        return "cut", 0
    place = bisect_right(hints, at)
    if place < len(hints) and hints[place] < at + length:
        return "length", 0
    if at // BLOCK != (at + length - 1) // BLOCK:
        return "border", length
    return ("padding" if any(data[at + length : at + length + -length % STEP]) else ""), length


def _words(data: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[i : i + 2]) for i in range(0, len(data), 2))


def _list(raw: bytes, at: int, before: int) -> ControlList:
    """The list in these bytes; `before` is the number of the list before it."""
    kind = raw[0]
    if kind == END:
        return ControlList(at, kind, before + 1, rest=raw[1:])
    if kind == PLAY:
        head = _words(raw[2:12])
        return ControlList(
            at,
            kind,
            head[0] & ~_REJECTED,
            bool(head[0] & _REJECTED),
            (*head[1:4], NOWHERE, NOWHERE),
            items=_words(raw[14:]),
            play_time=head[4],
            wait=raw[12],
            pause=raw[13],
        )
    head, count = _words(raw[4:16]), raw[2]
    areas = raw[20 + 2 * count :]
    return ControlList(
        at,
        kind,
        head[0] & ~_REJECTED,
        bool(head[0] & _REJECTED),
        head[1:],
        _words(raw[20 : 20 + 2 * count]),
        _words(raw[18:20]),
        raw[3],
        raw[1],
        wait=raw[16],
        pause=raw[17],
        areas=tuple(areas[i : i + 4] for i in range(0, len(areas), 4)),
    )
