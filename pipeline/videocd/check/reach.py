"""Which playback lists, films and segments a viewer can come to, and whether a way leads back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.words import _
from pipeline.videocd.check.control import FIRST_SEGMENT, Holdings
from pipeline.videocd.check.faults import Faults
from pipeline.videocd.check.info import ENTRIES, INFO
from pipeline.videocd.check.lists import END, STEP, ControlList, Lists
from pipeline.videocd.check.volume import BLOCK

_Ways = Mapping[int, set[int]]


def check_reach(
    faults: Faults, read: Lists, sector: int, holdings: Holdings, roots: Iterable[int]
) -> None:
    """Follow all links from the lists numbered `roots`; `sector` is the first LSN of PSD.VCD."""
    begins = {each.at: each for each in read.lists}
    onward = {at: {link * STEP for link in each.links} & begins.keys() for at, each in
              begins.items()}  # fmt: skip
    wanted = set(roots)
    reached = _closure(onward, {each.at for each in read.lists if each.lid in wanted})
    for each in read.lists:
        if each.at not in reached:
            wrong = _("no button leads to a list")
            faults.say("warning", "psd.unreached", wrong, *_place(sector, each))
    _check_back(faults, read, sector, onward, reached)
    _check_played(faults, [begins[at] for at in sorted(reached)], holdings)


def _closure(ways: _Ways, start: set[int]) -> set[int]:
    """All that can be come to from these, themselves included."""
    seen, waiting = set(start), list(start)
    while waiting:
        new = ways.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return seen


def _check_back(faults: Faults, read: Lists, sector: int, onward: _Ways, reached: set[int]) -> None:
    """From every list a way must lead to the first list or to an end list."""
    backward: dict[int, set[int]] = {}
    for at, following in onward.items():
        for goal in following:
            backward.setdefault(goal, set()).add(at)
    goals = {each.at for each in read.lists if each.kind == END or each.at == 0}
    lost = reached - _closure(backward, goals)
    for each in read.lists:
        if each.at in lost:
            wrong = _("no button leads from a list back to the first one, or to the end")
            faults.say("note", "psd.no_way_back", wrong, *_place(sector, each))


def _check_played(faults: Faults, lists: Iterable[ControlList], holdings: Holdings) -> None:
    pins = {pin for each in lists for pin in each.items}
    played = {holdings.track_of(pin) for pin in pins}
    for track in sorted(holdings.tracks - played):
        wrong = _("no list that can be reached plays a film")
        number = _("film {number}").format(number=track - 1)
        faults.say("warning", "psd.unplayed_track", wrong, ENTRIES, ("", number))
    for unit in sorted(holdings.begins):
        if FIRST_SEGMENT + unit not in pins:
            wrong = _("no list that can be reached shows a still or clip")
            number = f"ITEM{unit + 1:04d}.DAT"
            faults.say("warning", "psd.unplayed_segment", wrong, INFO, ("", number))


def _place(sector: int, each: ControlList) -> tuple[int, tuple[str, str]]:
    """The LSN of a list, and its name as what was found."""
    number = _("list {number}").format(number=each.lid)
    return sector + each.at // BLOCK, ("", number)
