"""Each playback list for itself: its form, its links, what it plays, whether its rules can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.words import _
from pipeline.videocd.check.faults import Faults
from pipeline.videocd.check.lists import (
    END,
    FOREVER,
    MULTI,
    MULTI_NO_DIGITS,
    NOWHERE,
    PLAY,
    SELECT,
    STEP,
    ControlList,
    Lists,
)
from pipeline.videocd.check.report import Severity
from pipeline.videocd.check.volume import BLOCK

MOST_CHOICES = 99
FIRST_ENTRY, FIRST_SPARE, FIRST_SEGMENT, LAST_SEGMENT = 100, 600, 1000, 2979
_DEFAULT = 3  # place of the default link among the ways


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a disc has to play: CD tracks, the CD track of each entry in order, and the segment
    units, with those among them that begin a still or clip.
    """

    tracks: frozenset[int]
    entries: tuple[int, ...]
    units: int
    begins: frozenset[int]

    def track_of(self, pin: int) -> int:
        """The CD track that an item number plays of, 0 for none."""
        if FIRST_ENTRY <= pin < FIRST_ENTRY + len(self.entries):
            return self.entries[pin - FIRST_ENTRY]
        return pin if pin in self.tracks else 0


@dataclass(slots=True)
class Judge:
    """Judges lists of the file that begins at LSN `sector`."""

    faults: Faults
    sector: int
    holdings: Holdings
    kind: int = SELECT  # that selection lists must have in this file
    end: int = 0  # the byte at which the last list begins

    def say(
        self, severity: Severity, name: str, wrong: str, each: ControlList, values: tuple[str, str]
    ) -> None:
        place = self.sector + each.at // BLOCK
        there = _("{value} in list {number}").format(value=values[1], number=each.lid)
        self.faults.say(severity, name, wrong, place, (values[0], there))


def check_shape(faults: Faults, read: Lists, sector: int) -> None:
    """Where the chain of lists breaks, and whether their numbers run 1, 2, 3 ..."""
    words = {
        "type": _("a list of an unknown kind"),
        "cut": _("a list is longer than the file of lists"),
        "border": _("a list goes over the border of a sector"),
        "length": _("a list reaches into the next one: its number of items or choices is wrong"),
        "padding": _("something stands in the empty bytes after a list"),
    }
    for what, at in read.faults:
        severity: Severity = "warning" if what == "padding" else "error"
        faults.say(severity, f"psd.{what}", words[what], sector + at // BLOCK, ("", f"+{at}"))
    for number, each in enumerate(read.lists, 1):
        if each.lid != number:
            wrong = _("the numbers of the lists do not run 1, 2, 3")
            faults.say("error", "psd.lid", wrong, sector + each.at // BLOCK, (number, each.lid))
            break


def check_list(judge: Judge, each: ControlList, begins: Mapping[int, ControlList]) -> None:
    """One list; `begins` maps bytes of the file to the lists that begin there."""
    if each.kind == END:
        if any(each.rest):
            wrong = _("an end list must hold zeros only")
            judge.say("warning", "psd.end", wrong, each, ("00", each.rest.hex(" ")))
        return
    if each.lid == 1 and each.rejected:
        wrong = _("list 1 must not be marked as not to be chosen")
        judge.say("error", "psd.rejected", wrong, each, ("0001", "8001"))
    _links(judge, each, begins)
    for pin in each.items:
        _item(judge, each, pin)
    if each.kind == PLAY and not each.items:
        wrong = _("a play list without any item")
        judge.say("warning", "psd.empty", wrong, each, (">= 1", "0"))
    if each.selects:
        _choices(judge, each)
        _waiting(judge, each)
        _areas(judge, each)
        if each.ways[_DEFAULT] in (MULTI, MULTI_NO_DIGITS):
            _multi(judge, each)


def _links(judge: Judge, each: ControlList, begins: Mapping[int, ControlList]) -> None:
    for place, link in enumerate(each.links):
        if link == NOWHERE or (
            place == _DEFAULT and each.selects and link in (MULTI, MULTI_NO_DIGITS)
        ):
            continue
        if link * STEP in begins:
            continue
        end = judge.end
        if link * STEP > end:
            wrong = _("a button leads beyond the last list")
        else:
            wrong = _("a button leads into the middle of a list")
        judge.say("error", "psd.link", wrong, each, (f"<= {end // STEP}", str(link)))


def _item(judge: Judge, each: ControlList, pin: int) -> None:
    """One item number: nothing, a film, an entry of a film, or a still or clip."""
    holdings = judge.holdings
    if pin <= 1 or holdings.track_of(pin):
        return
    unit = pin - FIRST_SEGMENT
    if unit in holdings.begins:
        return
    if FIRST_SPARE <= pin < FIRST_SEGMENT or pin > LAST_SEGMENT:
        wrong = _("a list plays an item number that means nothing")
    elif pin < FIRST_ENTRY:
        wrong = _("a list plays a film that is not on the disc")
    elif pin < FIRST_SPARE:
        wrong = _("a list plays an entry that is not in ENTRIES.VCD")
    elif unit < holdings.units:
        wrong = _("a list plays a still or clip from its middle")
    else:
        wrong = _("a list plays a still or clip that is not on the disc")
    judge.say("error", "psd.item", wrong, each, ("", str(pin)))


def _choices(judge: Judge, each: ControlList) -> None:
    """Kind, flags and the numbers that can be typed."""
    if each.kind != judge.kind:
        wrong = _("a selection list of the kind that belongs into the other file")
        judge.say("error", "psd.kind", wrong, each, (f"{judge.kind:02X}", f"{each.kind:02X}"))
    if each.flags:
        wrong = _("flags of a selection list that Video CDs do not have")
        judge.say("warning", "psd.flags", wrong, each, ("00", f"{each.flags:02X}"))
    count, last = len(each.choices), each.first + len(each.choices) - 1
    if count > MOST_CHOICES or (count and (each.first < 1 or last > MOST_CHOICES)):
        wrong = _("the numbers to choose from must lie between 1 and 99")
        judge.say("error", "psd.choices", wrong, each, ("1..99", f"{each.first}..{last}"))


def _waiting(judge: Judge, each: ControlList) -> None:
    """Whether the end of the wait can come, and what then."""
    loops_ever, timeout = not each.pause & 0x7F, each.ways[4]
    if timeout != NOWHERE and (each.wait == FOREVER or loops_ever):
        wrong = _("the list to go to when nobody chooses is never reached: the wait has no end")
        judge.say("warning", "psd.timeout", wrong, each, ("0..254", str(each.wait)))
    if timeout == NOWHERE and each.wait != FOREVER and not loops_ever:
        if any(link != NOWHERE for link in each.choices):
            wrong = _("when the wait ends nothing is said to follow: the player chooses by chance")
        else:
            wrong = _("when the wait ends nothing is said to follow, and nothing can be chosen")
        judge.say("warning", "psd.wait", wrong, each, ("255", str(each.wait)))


def _areas(judge: Judge, each: ControlList) -> None:
    for x1, y1, x2, y2 in each.areas:
        if any((x1, y1, x2, y2)) and not (x1 < x2 and y1 < y2):
            wrong = _("a place to point at is turned around or empty")
            judge.say("error", "psd.area", wrong, each, ("x1<x2, y1<y2", f"{x1} {y1} {x2} {y2}"))


def _multi(judge: Judge, each: ControlList) -> None:
    """ENTER that follows the entry being played: a film, and a choice for each of its entries."""
    track = judge.holdings.track_of(each.items[0])
    if not track:
        wrong = _("ENTER by the entry that is playing, but the list plays no film")
        return judge.say("error", "psd.multi", wrong, each, ("2..599", str(each.items[0])))
    entries = judge.holdings.entries.count(track)
    if each.first != 1 or len(each.choices) != entries:
        wrong = _("ENTER by the entry that is playing needs one choice for each entry, from 1 on")
        there = f"{each.first}..{each.first + len(each.choices) - 1}"
        judge.say("error", "psd.multi", wrong, each, (f"1..{entries}", there))
    if each.pause & 0x80:
        wrong = _("ENTER by the entry that is playing must be followed at once")
        judge.say("warning", "psd.multi", wrong, each, ("0", "1"))
    return None
