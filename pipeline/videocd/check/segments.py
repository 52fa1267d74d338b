"""Where the stills and clips of a disc lie, by the majority of those that tell: INFO.VCD, the
directory, and the sectors themselves; and whether the three agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from catalog.words import _
from pipeline.videocd.bounds import SECOND
from pipeline.videocd.check.info import INFO, MOST_UNITS, Info
from pipeline.videocd.check.layout import majority
from pipeline.videocd.check.report import Finding, Severity, differs
from pipeline.videocd.check.scan import SEQUENCE_END
from pipeline.videocd.check.survey import Survey
from pipeline.videocd.check.tree import Entry, Tree
from pipeline.videocd.sectors import EOF, FORM_2, REAL_TIME

UNIT = 150  # sectors
CONTINUED = 0x20  # in a content byte: this unit goes on with the item before
FIRST = 152  # the first LSN at which they could lie
_KIND = FORM_2 | REAL_TIME


@dataclass(frozen=True, slots=True)
class Item:
    """A still or clip: `unit` is the place of its first unit, counted from 0; `last` the LSN after
    its last pack, `end` that after its last unit; `picture_ends` the LSNs of packs that hold a
    whole end code of a still.
    """

    unit: int
    start: int
    last: int
    end: int
    picture_ends: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return f"ITEM{self.unit + 1:04d}.DAT"

    @property
    def units(self) -> int:
        return (self.end - self.start) // UNIT


@dataclass(frozen=True, slots=True)
class Segments:
    """All stills and clips, from LSN `start` on for `units` units."""

    start: int
    units: int
    items: tuple[Item, ...]


def segments(survey: Survey, tree: Tree, info: Info, track_1: int) -> Segments:
    """Where they lie within the first track, which ends before LSN `track_1`."""
    files = item_files(tree)
    if not files and not info.units:
        return Segments(0, 0, ())
    real_time = survey.heads[: min(track_1, survey.sectors), 18] & _KIND == _KIND
    start = _start(files, info, np.flatnonzero(real_time[FIRST:]) + FIRST)
    room = max(min(track_1, survey.sectors) - start, 0) // UNIT
    halves = real_time[start : start + room * UNIT].reshape(-1, UNIT).mean(axis=1) > 0.5
    seen = int(np.argmin(np.append(halves, False)))
    said = [info.units, *([_units(files)] if files else []), seen]
    units = min(majority(said), room, MOST_UNITS)
    begins = [unit for unit in range(units) if _begins(unit, survey, files, info, start)]
    ends = _picture_ends(survey)
    items = [
        _item(survey, files, (unit, following), start, ends)
        for unit, following in zip(begins, [*begins[1:], units], strict=False)
    ]
    return Segments(start, units, tuple(items))


def item_files(tree: Tree) -> dict[int, Entry]:
    """Unit, counted from 0 -> record of the file that begins there."""
    found = {}
    for entry in tree.entries:
        match = re.fullmatch(r"[^/]+/ITEM(\d{4})\.DAT", entry.path)
        if match and 1 <= int(match[1]) <= MOST_UNITS and not entry.is_directory:
            found[int(match[1]) - 1] = entry
    return found


def _start(files: Mapping[int, Entry], info: Info, seen: np.ndarray) -> int:
    said = [info.segments] if info.units and info.segments >= FIRST else []
    if files:
        said.append(majority([entry.extent - UNIT * unit for unit, entry in files.items()]))
    said += [int(seen[0])] if len(seen) else []
    return max(majority(said), FIRST) if said else FIRST


def _units(files: Mapping[int, Entry]) -> int:
    last = max(files)
    return last + max(-(-files[last].sectors // UNIT), 1)


def _begins(unit: int, survey: Survey, files: Mapping[int, Entry], info: Info, start: int) -> bool:
    """Whether a unit begins an item, by most of three witnesses."""
    if not unit:
        return True
    before = survey.heads[start + UNIT * (unit - 1) : start + UNIT * unit, 18]
    votes = [bool((before & EOF).any())]
    if unit < len(info.contents):
        votes.append(not info.contents[unit] & CONTINUED)
    votes += [unit in files] if files else []
    return sum(votes) * 2 > len(votes)


def _picture_ends(survey: Survey) -> np.ndarray:
    """LSNs of all packs that hold a whole end code of a still."""
    found = []
    for stream, starts in ((0xE1, survey.normal), (0xE2, survey.hires)):
        chosen = survey.packets.stream == stream
        sector, length = survey.packets.sector[chosen], survey.packets.length[chosen]
        ends = np.cumsum(length)
        at = starts.at[starts.code == SEQUENCE_END]
        packet = np.searchsorted(ends, at, side="right")
        whole = packet < len(ends)
        at, packet = at[whole], packet[whole]
        found.append(sector[packet[at + 4 <= ends[packet]]])
    return np.sort(np.concatenate(found))


def _item(
    survey: Survey,
    files: Mapping[int, Entry],
    units: tuple[int, int],
    start: int,
    ends: np.ndarray,
) -> Item:
    """The item from the first to before the second of two units."""
    begin, end = (start + UNIT * unit for unit in units)
    full = np.flatnonzero(~survey.blank[begin:end])
    said = [begin + int(full[-1]) + 1 if len(full) else begin]
    if units[0] in files:
        said.append(files[units[0]].extent + files[units[0]].sectors)
    closed = np.flatnonzero(survey.heads[begin:end, 18] & EOF)
    said += [begin + int(closed[-1]) + 1] if len(closed) else []
    last = min(max(majority(said), begin), end)
    own = ends[np.searchsorted(ends, begin) : np.searchsorted(ends, last)]
    return Item(units[0], begin, last, end, tuple(own.tolist()))


def check_segments(found: Segments, tree: Tree, info: Info) -> list[Finding]:
    """INFO.VCD and the directory against where the stills and clips really lie."""
    files = item_files(tree)
    if not files and not info.units:
        return []
    findings = []
    checks: tuple[tuple[Severity, str, str, int, int], ...] = (
        ("error", "info.segments", _("the place of the segments"), found.start, info.segments),
        ("error", "info.units", _("the number of segments"), found.units, info.units),
    )
    for severity, name, words, expected, there in checks:
        if expected != there:
            findings.append(differs(severity, name, words, (expected, there), INFO))
    if found.start % SECOND:
        wrong = _("the segments do not begin at a whole second of the disc")
        findings.append(Finding("error", "segment.start", wrong, found.start))
    for item in found.items:
        findings += _check_file(item, files.get(item.unit))
    for unit in sorted(files.keys() - {item.unit for item in found.items}):
        wrong = _("the directory has a still or clip where none begins")
        entry = files[unit]
        findings.append(Finding("error", "segment.file", wrong, entry.at, found=entry.path))
    return findings


def _check_file(item: Item, entry: Entry | None) -> list[Finding]:
    if entry is None:
        wrong = _("a still or clip is not in the directory")
        return [Finding("error", "segment.file", wrong, item.start, expected=item.name)]
    findings = []
    if entry.extent != item.start:
        name = _("the place of a still or clip in the directory")
        both = (item.start, entry.extent)
        findings.append(differs("error", "segment.file_extent", name, both, item.start))
    if entry.sectors != item.last - item.start:
        name = _("the length of a still or clip in the directory, in sectors,")
        both = (item.last - item.start, entry.sectors)
        findings.append(differs("error", "segment.file_size", name, both, item.start))
    return findings
