"""The menu of a Video CD: which stills it shows, and where each key of the remote control leads.

Pure. The stills are drawn by make/draw_menu.py; the lists become bytes in videocd/. What players
do with a list is told in reference vcd20.md 4.4; what is chosen here is told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.plan.fit import TRACKS
from pipeline.plan.menu_pages import NextDisc, Offer, Page, Shown, Volume, pages_of
from pipeline.videocd.lists import (
    ControlList,
    EndList,
    PlayList,
    PlaySegment,
    PlayTrack,
    SelectionList,
)

# A minute is enough to read six titles aloud twice; then a disc without a remote control, or on a
# stand at a fair, plays by itself, comes back here and goes round.
_MENU_SECONDS = 60
# Time to find the other disc; after it the menu, so that no still stands on a tube for ever.
_CHANGE_SECONDS = 300
# Between programmes: long enough to see that one has ended, too short to think the disc has.
_PAUSE_SECONDS = 3

_END = "end"


@dataclass(frozen=True, slots=True)
class Menu:
    """Stills in the order of the disc's segments, and the lists, the first of which is LID 1.
    Both are empty on a disc without a menu. `PlaySegment(i)` shows `stills[i]`.
    """

    stills: tuple[Shown, ...] = ()
    lists: tuple[ControlList, ...] = ()


def menu(volume: Volume, offers: Sequence[Offer]) -> Menu:
    """The menu of one disc: `offers` are its tracks, in order, 1 to 98 of them.

    The number of an offer is that of its track, so that digits choose the same programme where a
    player's playback control is off.
    """
    if not 0 < len(offers) <= TRACKS:
        raise ValueError(f"a menu of {len(offers)} programmes")
    pages = pages_of(volume, offers)
    changes = {
        number: NextDisc(volume, offer.after, offer.title, offer.after_mark)
        for number, offer in enumerate(offers, start=1)
        if offer.after
    }
    choices = tuple(_play(number) for number in range(1, len(offers) + 1))
    up = {p.first + n: _page(p.number) for p in pages for n in range(len(p.offers))}
    lists: list[ControlList] = [_page_list(page, choices) for page in pages]
    lists += [_play_list(n, up, n in changes) for n in up]
    lists += [
        _change_list(number, segment, up, choices)
        for segment, number in enumerate(changes, start=len(pages))
    ]
    return Menu((*pages, *changes.values()), (*lists, EndList(_END)))


def _page(number: int) -> str:
    return f"page-{number}"


def _play(number: int) -> str:
    return f"play-{number}"


def _change(number: int) -> str:
    return f"change-{number}"


def _after(number: int, up: Mapping[int, str]) -> str:
    """What follows a programme: the next one, behind the last the menu."""
    return _play(number + 1) if number + 1 in up else _page(1)


def _page_list(page: Page, choices: tuple[str, ...]) -> SelectionList:
    """A page. Every number of the disc can be chosen on it, not only those that it shows."""
    several = page.count > 1
    return SelectionList(
        name=_page(page.number),
        item=PlaySegment(page.number - 1),
        choices=choices,
        previous=_page((page.number - 2) % page.count + 1) if several else None,
        next=_page(page.number % page.count + 1) if several else None,
        back=_END if page.number == 1 else _page(1),
        # One programme leads to the next, so the first is all of them.
        default=_play(page.first),
        timeout=_play(page.first),
        wait=_MENU_SECONDS,
        delayed=True,
    )


def _play_list(number: int, up: Mapping[int, str], change: bool) -> PlayList:
    """A programme. A player follows `next` by itself when the pause behind it is over."""
    return PlayList(
        name=_play(number),
        items=(PlayTrack(number),),
        previous=_play(number - 1) if number > 1 else _page(1),
        next=_change(number) if change else _after(number, up),
        back=up[number],
        wait=_PAUSE_SECONDS,
    )


def _change_list(
    number: int, segment: int, up: Mapping[int, str], choices: tuple[str, ...]
) -> SelectionList:
    """Behind the part of a programme that goes on on another disc: the still that says so."""
    return SelectionList(
        name=_change(number),
        item=PlaySegment(segment),
        choices=choices,
        previous=_play(number),
        next=_after(number, up),
        back=up[number],
        default=_after(number, up),
        timeout=_page(1),
        wait=_CHANGE_SECONDS,
        delayed=True,
    )
