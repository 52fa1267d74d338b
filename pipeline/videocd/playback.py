"""Playback control as bytes: lists -> LOT.VCD and PSD.VCD, and the second pair with areas.

Fields as reference 4.3 and 4.4 have them (README.md, *Lists and stills*). What lists may say is
held in limits.py; `playback` refuses the rest.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from pipeline.videocd.bounds import COOKED
from pipeline.videocd.limits import Places, check_lists, refuse_size
from pipeline.videocd.lists import (
    Area,
    ControlList,
    EndList,
    Item,
    Nothing,
    PlayEntry,
    PlayList,
    PlaySegment,
    PlayTrack,
    SelectionList,
)

LOT_BYTES: Final = 65536
MULTIPLIER: Final = 8
"""Links count the bytes of PSD.VCD in eights."""
PSD_MOST: Final = 256 * 1024
"""Bytes of a PSD at most: vcd-info reads no more, though links could reach twice as far."""
NOWHERE: Final = 0xFFFF
_MULTI_DEFAULT: Final = {"yes": 0xFFFE, "no-digits": 0xFFFD}
_REJECTED: Final = 0x8000
_DELAYED: Final = 0x80
_PLAY, _SELECTION, _EXTENDED, _END = 0x10, 0x18, 0x1A, 0x1F
_NO_WAIT_END: Final = 255
_LONG_WAIT: Final = 60
_PLAY_UNITS: Final = 15
_ENTRY_PIN, _SEGMENT_PIN = 100, 1000


@dataclass(frozen=True, slots=True)
class Playback:
    """The two pairs of tables: `psd` has the plain lists, `psd_x` those with areas."""

    lists: int
    lot: bytes
    psd: bytes
    lot_x: bytes
    psd_x: bytes


def playback(lists: Sequence[ControlList], places: Places) -> Playback:
    """All four tables; Failure that names the list where one says what no disc can hold."""
    check_lists(lists, places)
    lot, psd = _tables(lists, places, False)
    lot_x, psd_x = _tables(lists, places, True)
    return Playback(len(lists), lot, psd, lot_x, psd_x)


def wait_byte(seconds: int) -> int:
    """Seconds of waiting as a list has them: in tens beyond a minute, 255 for ever.

    Halves go to the even number, as vcdimager rounds them: 65 s becomes 60, 75 s becomes 80.
    """
    if seconds < 0:
        return _NO_WAIT_END
    if seconds <= _LONG_WAIT:
        return seconds
    return _LONG_WAIT + round((seconds - _LONG_WAIT) / 10)


def pin(item: Item, places: Places) -> int:
    """The play item number: CD track 2.., entry 100.., segment unit 1000.."""
    match item:
        case Nothing():
            return 0
        case PlayTrack(number):
            return number + 1
        case PlayEntry(index):
            return _ENTRY_PIN + index
        case PlaySegment(index):
            return _SEGMENT_PIN + places.units[index]
        case _:
            assert_never(item)


def _tables(lists: Sequence[ControlList], places: Places, extended: bool) -> tuple[bytes, bytes]:
    offsets, size = _offsets([_size(control, extended) for control in lists])
    if size > PSD_MOST:
        refuse_size(size, PSD_MOST)
    links: dict[str | None, int] = {None: NOWHERE}
    links |= {control.name: at // MULTIPLIER for control, at in zip(lists, offsets, strict=True)}
    psd = bytearray(size)
    for lid, (control, at) in enumerate(zip(lists, offsets, strict=True), 1):
        made = _list_bytes(control, lid, links, places, extended)
        psd[at : at + len(made)] = made
    return _lot(lists, links), bytes(psd)


def _offsets(sizes: Sequence[int]) -> tuple[list[int], int]:
    """Where each list begins, none across a border of 2048 bytes, and where the last ends."""
    offsets, after = [], 0
    for size in sizes:
        if after % COOKED + size > COOKED:
            after += -after % COOKED
        offsets.append(after)
        after += size
    return offsets, after


def _size(control: ControlList, extended: bool) -> int:
    match control:
        case PlayList():
            size = 14 + 2 * len(control.items)
        case SelectionList():
            size = 20 + 2 * len(control.choices)
            size += (16 + 4 * len(control.choices)) * extended
        case EndList():
            size = 8
        case _:
            assert_never(control)
    return size + -size % MULTIPLIER


def _lot(lists: Sequence[ControlList], links: dict[str | None, int]) -> bytes:
    reached = [NOWHERE if control.rejected else links[control.name] for control in lists]
    head = struct.pack(f">{1 + len(lists)}H", 0, *reached)
    return head.ljust(LOT_BYTES, b"\xff")


def _list_bytes(
    control: ControlList, lid: int, links: dict[str | None, int], places: Places, extended: bool
) -> bytes:
    lid |= _REJECTED * control.rejected
    match control:
        case PlayList():
            return _play_list(control, lid, links, places)
        case SelectionList():
            made = _selection(control, lid, links, places)
            return bytes((_EXTENDED,)) + made[1:] + _areas(control) if extended else made
        case EndList():
            return bytes((_END,)).ljust(8, b"\0")
        case _:
            assert_never(control)


def _play_list(control: PlayList, lid: int, links: dict[str | None, int], places: Places) -> bytes:
    pins = [pin(item, places) for item in control.items]
    return struct.pack(
        f">BBHHHHHBB{len(pins)}H",
        _PLAY,
        len(pins),
        lid,
        *(links[name] for name in (control.previous, control.next, control.back)),
        round(control.play_seconds * _PLAY_UNITS),
        wait_byte(control.wait),
        wait_byte(control.auto_wait),
        *pins,
    )


def _selection(
    control: SelectionList, lid: int, links: dict[str | None, int], places: Places
) -> bytes:
    default = _MULTI_DEFAULT.get(control.multi_default, links[control.default])
    return struct.pack(
        f">BBBBHHHHHHBBH{len(control.choices)}H",
        _SELECTION,
        0,
        len(control.choices),
        control.first,
        lid,
        *(links[name] for name in (control.previous, control.next, control.back)),
        default,
        links[control.timeout],
        wait_byte(control.wait),
        control.loop | _DELAYED * control.delayed,
        pin(control.item, places),
        *(links[name] for name in control.choices),
    )


def _areas(control: SelectionList) -> bytes:
    """Four areas for the keys, then one for each choice; zeros where there is none."""
    keys = (*control.areas, *(None,) * (4 - len(control.areas)))
    missing = len(control.choices) - len(control.choice_areas)
    return b"".join(map(_area, (*keys, *control.choice_areas, *(None,) * missing)))


def _area(area: Area | None) -> bytes:
    return bytes((area.x1, area.y1, area.x2, area.y2)) if area else bytes(4)
