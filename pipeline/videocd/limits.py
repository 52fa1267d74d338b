"""What playback lists may say: every rule of the format, each refused in one clear line.

Limits are those of reference 7, most of which vcdimager holds with an assertion or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, assert_never

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.lists import (
    FOREVER,
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

LISTS: Final = 32767
ITEMS: Final = 255
"""Items of a play list at most."""
CHOICES: Final = 99
LONGEST_WAIT: Final = 2000
"""Seconds."""
LOOPS: Final = 127
PLAY_SECONDS: Final = 65535 / 15
_LAST_AREA: Final = 255
_KEYS_WITH_AREA: Final = 4


@dataclass(frozen=True, slots=True)
class Places:
    """What items can point at: so many MPEG `tracks`; of each of the `entries` its track from 1;
    of each segment its first unit.
    """

    tracks: int
    entries: tuple[int, ...]
    units: tuple[int, ...]


def check_lists(lists: Sequence[ControlList], places: Places) -> None:
    """Failure at the first list that breaks a rule, with its name and what to change."""
    if len(lists) > LISTS:
        _refuse(
            _("{count} playback lists; a disc has {most} at most").format(
                count=len(lists), most=LISTS
            ),
            _("make fewer menu pages, or put fewer programmes on the disc"),
        )
    names: set[str] = set()
    for control in lists:
        if control.name in names:
            _wrong(control, _("there are two lists of this name"), _("give each its own name"))
        names.add(control.name)
    if lists and lists[0].rejected:
        _wrong(
            lists[0],
            _("the first list is where every player begins, but it is rejected"),
            _("put another list first"),
        )
    for control in lists:
        _check_list(control, names, places)


def refuse_size(size: int, most: int) -> NoReturn:
    """Refuse lists whose table is longer than `most` bytes."""
    _refuse(
        _("the playback lists take {size} bytes, {most} are there").format(size=size, most=most),
        _("make fewer menu pages, or put fewer programmes on the disc"),
    )


def _refuse(happened: str, mend: str) -> NoReturn:
    raise Failure(_("writing the playback control of the disc"), happened, mend)


def _wrong(control: ControlList, what: str, mend: str) -> NoReturn:
    _refuse(_('list "{name}": {what}').format(name=control.name, what=what), mend)


def _check_list(control: ControlList, names: set[str], places: Places) -> None:
    match control:
        case PlayList():
            _check_play_list(control, places)
            links = [control.previous, control.next, control.back]
        case SelectionList():
            _check_selection(control, places)
            links = [control.previous, control.next, control.back, control.default]
            links += [control.timeout, *control.choices]
        case EndList():
            links = []
        case _:
            assert_never(control)
    for link in links:
        if link is not None and link not in names:
            _wrong(
                control,
                _('it leads to "{link}", which is no list of this disc').format(link=link),
                _("name one of the lists, or none"),
            )


def _range(control: ControlList, key: str, value: float, low: int, high: float) -> None:
    if not low <= value <= high:
        _wrong(
            control,
            _("{key} is {value}").format(key=key, value=value),
            _("write {low} to {high}").format(low=low, high=f"{high:g}"),
        )


def _check_play_list(control: PlayList, places: Places) -> None:
    _range(control, "items", len(control.items), 0, ITEMS)
    _range(control, "play_seconds", control.play_seconds, 0, PLAY_SECONDS)
    _range(control, "wait", control.wait, FOREVER, LONGEST_WAIT)
    _range(control, "auto_wait", control.auto_wait, FOREVER, LONGEST_WAIT)
    for item in control.items:
        _check_item(control, item, places)


def _check_item(control: ControlList, item: Item, places: Places) -> None:
    match item:
        case Nothing():
            return
        case PlayTrack(number):
            found, what = 1 <= number <= places.tracks, _("track {number}").format(number=number)
        case PlayEntry(index):
            found = 0 <= index < len(places.entries)
            what = _("entry point {number}").format(number=index)
        case PlaySegment(index):
            found = 0 <= index < len(places.units)
            what = _("segment {number}").format(number=index)
        case _:
            assert_never(item)
    if not found:
        _wrong(
            control,
            _("it plays {what}, which is not on the disc").format(what=what),
            _("name something that is on the disc"),
        )


def _check_selection(control: SelectionList, places: Places) -> None:
    count = len(control.choices)
    _range(control, "choices", count, 0, CHOICES)
    _range(control, "first", control.first, 1, min(CHOICES, CHOICES + 1 - count))
    _range(control, "wait", control.wait, FOREVER, LONGEST_WAIT)
    _range(control, "loop", control.loop, 0, LOOPS)
    _range(control, "areas", len(control.areas), 0, _KEYS_WITH_AREA)
    _range(control, "choice_areas", len(control.choice_areas), 0, count)
    for area in (*control.areas, *control.choice_areas):
        if area is not None:
            _check_area(control, area)
    _check_item(control, control.item, places)
    if control.multi_default:
        _check_multi_default(control, places)


def _check_area(control: SelectionList, area: Area) -> None:
    across, down = (area.x1, area.x2), (area.y1, area.y2)
    for low, high in (across, down):
        if not 0 <= low < high <= _LAST_AREA:
            _wrong(
                control,
                _("the area {area} is none").format(area=(*across, *down)),
                _("write its left, right, top and bottom from 0 to 255, rising"),
            )


def _check_multi_default(control: SelectionList, places: Places) -> None:
    """ENTER follows the entry that is playing: there must be a choice for each of its track."""
    if control.multi_default not in {"yes", "no-digits"}:
        _wrong(
            control,
            _("{key} is {value}").format(key="multi_default", value=control.multi_default),
            _('write "yes" or "no-digits", or leave it out'),
        )
    match control.item:
        case PlayTrack(number):
            wanted = places.entries.count(number)
        case PlayEntry(index):
            wanted = places.entries.count(places.entries[index])
        case _:
            _wrong(
                control,
                _("multi default goes with a track or an entry point alone"),
                _("let it play one of these, or leave multi default out"),
            )
    if control.first != 1 or control.delayed or len(control.choices) != wanted:
        _wrong(
            control,
            _("multi default goes with {wanted} choices from 1 on, followed at once").format(
                wanted=wanted
            ),
            _("make a choice for every entry point of the track, or leave multi default out"),
        )
