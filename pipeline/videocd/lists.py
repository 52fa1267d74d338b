"""Playback control as values: what is shown or played, and where the remote control leads.

The words are those of the White Book as vcdimager's manual tells them; playback.py turns them into
LOT.VCD and PSD.VCD, and layout.py knows where items lie (reference vcd20.md, 4.3 and 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass

FOREVER = -1
"""A wait without end, in seconds."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No item: an empty place in a list."""


@dataclass(frozen=True, slots=True)
class PlayTrack:
    """A whole MPEG track, by its number from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class PlayEntry:
    """From an entry point to the end of its track, by its place in ENTRIES.VCD from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class PlaySegment:
    """A segment item (a still, say), by its place among the disc's segments from 0."""

    index: int


Item = Nothing | PlayTrack | PlayEntry | PlaySegment


@dataclass(frozen=True, slots=True)
class Area:
    """Where on the picture a choice can be pointed at: 0 to 255 over its width and height."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class PlayList:
    """Items one after the other. Links name other lists by their `name`, None leads nowhere.

    `play_seconds` 0 plays items to their end; `wait` are the seconds after each item and
    `auto_wait` those at an auto-pause, both 0 to 2000 or FOREVER. A `rejected` list is in PSD.VCD
    but not to be reached by its number.
    """

    name: str
    items: tuple[Item, ...]
    previous: str | None = None
    next: str | None = None
    back: str | None = None
    play_seconds: float = 0.0
    wait: int = 0
    auto_wait: int = 0
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class SelectionList:
    """An item on the screen, and what the digits do meanwhile.

    The n-th of `choices` is chosen with the number `first` + n; None does nothing. `default` is
    where ENTER leads, `timeout` where the end of `wait` seconds leads, after `loop` rounds of the
    item (0 without end). `delayed` lets the item end before a choice is followed. `multi_default`
    "yes" makes ENTER follow the entry that is playing, "no-digits" the same without numbers. The
    areas belong to previous, next, back and default (`areas`) and to the choices, in that order.
    """

    name: str
    item: Item
    choices: tuple[str | None, ...] = ()
    first: int = 1
    previous: str | None = None
    next: str | None = None
    back: str | None = None
    default: str | None = None
    timeout: str | None = None
    wait: int = FOREVER
    loop: int = 1
    delayed: bool = False
    multi_default: str = ""
    areas: tuple[Area | None, ...] = ()
    choice_areas: tuple[Area | None, ...] = ()
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class EndList:
    """The end of playback control: the player stops."""

    name: str
    rejected: bool = False


ControlList = PlayList | SelectionList | EndList
