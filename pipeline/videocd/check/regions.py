"""The sub-header that each sector of a Video CD must have, by where it lies and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.words import _
from pipeline.videocd.check.info import Info
from pipeline.videocd.check.layout import Layout, Track
from pipeline.videocd.check.packs import (
    AUDIO,
    HIRES,
    NORMAL,
    PRIVATE,
    SECOND_AUDIO,
    VIDEO,
)
from pipeline.videocd.check.plan import Plan, Region
from pipeline.videocd.check.playback import control_places
from pipeline.videocd.check.report import Finding
from pipeline.videocd.check.segments import Item, Segments
from pipeline.videocd.check.survey import Survey
from pipeline.videocd.check.tree import Entry, Tree
from pipeline.videocd.check.volume import PVD, TERMINATOR, Volume
from pipeline.videocd.sectors import EOF, EOR, FORM_2, IS_DATA, REAL_TIME, TRIGGER

Bytes = NDArray[np.uint8]

INFO, ENTRIES = 150, 151
_NAMES = ("file_number", "channel", "submode", "coding")
_EMPTY, _GAP = (0, 0, IS_DATA, 0), (0, 0, FORM_2, 0)
_MOST_KINDS = 6  # of difference told apart in one region and byte
_BITS = (
    (0x80, "EOF"),
    (0x40, "real-time"),
    (0x20, "form 2"),
    (0x10, "trigger"),
    (0x08, "data"),
    (0x04, "audio"),
    (0x02, "video"),
    (0x01, "EOR"),
)


@dataclass(frozen=True, slots=True)
class Disc:
    """What is known of a disc once its first track has been read."""

    survey: Survey
    volume: Volume
    tree: Tree
    info: Info
    layout: Layout
    segments: Segments


def check_regions(disc: Disc) -> list[Finding]:
    """Sub-headers and emptiness of all sectors against their places."""
    sectors = disc.survey.sectors
    plan = Plan(
        np.zeros((sectors, 4), np.uint8),
        np.zeros((sectors, 4), np.uint8),
        np.zeros(sectors, np.int64),
    )
    _plan_track_1(plan, disc)
    before = disc.layout.track_1
    for track in disc.layout.tracks:
        _plan_gap(plan, before, track.start)
        _plan_track(plan, disc.survey, track)
        before = track.end
    if disc.layout.tracks:
        _plan_gap(plan, before, sectors)
    return _compare(plan, disc.survey)


def _plan_gap(plan: Plan, begin: int, end: int) -> None:
    plan.put(begin, end, _GAP, Region("gap", _("the gap between tracks"), "warning", True))


def _plan_track_1(plan: Plan, disc: Disc) -> None:
    end = disc.layout.track_1
    empty = Region("track_1", _("an unused sector of track 1"), "warning", True)
    plan.put(0, end, _EMPTY, empty)
    for entry in disc.tree.entries:
        if not entry.is_directory and entry.extent < end:
            # Stills, playback lists and files of others keep their own rules.
            plan.free(entry.extent, min(entry.extent + entry.sectors, end))
    _plan_control(plan, disc)
    for item in disc.segments.items:
        _plan_segment(plan, disc.survey, item)
    _plan_directories(plan, disc.tree, disc.volume)
    marks = Region("track_1", _("a volume descriptor"), "warning")
    plan.put(PVD, PVD + 1, (0, 0, IS_DATA | EOR, 0), marks)
    plan.put(TERMINATOR, TERMINATOR + 1, (0, 0, IS_DATA | EOR | EOF, 0), marks)
    for sector, name in ((INFO, "INFO.VCD"), (ENTRIES, "ENTRIES.VCD")):
        plan.put(sector, sector + 1, (0, 0, IS_DATA | EOF, 0), Region("track_1", name, "warning"))


def _plan_directories(plan: Plan, tree: Tree, volume: Volume) -> None:
    folders = [entry for entry in tree.entries if entry.is_directory and entry.extent < INFO]
    name = Region("track_1", _("a directory"), "warning")
    for entry in folders:
        plan.put(entry.extent, entry.extent + entry.sectors, _EMPTY, name)
    last = max((_last(entry) for entry in folders), default=0)
    final = (0, 0, IS_DATA | EOR | EOF, 0)
    plan.put(last, last + 1, final, name)
    table = Region("track_1", _("a path table"), "warning")
    for sector in (volume.little, volume.big):
        if TERMINATOR < sector < INFO:
            plan.put(sector, sector + 1, final, table)


def _plan_control(plan: Plan, disc: Disc) -> None:
    """LOT.VCD and PSD.VCD, plain and extended."""
    name = Region("track_1", _("a file of playback lists"), "warning")
    for place in control_places(disc.tree, disc.info):
        end = min(place.begin + place.sectors, disc.layout.track_1)
        plan.put(place.begin, end, (place.number, 0, IS_DATA, 0), name)
        plan.put(end - 1, end, (place.number, 0, IS_DATA | EOF, 0), name)


def _plan_segment(plan: Plan, survey: Survey, item: Item) -> None:
    """A still or clip: its packs by what they hold, then empty sectors to the end of its unit."""
    fill = Region("segment_fill", _("the empty sectors after a still or clip"), "warning", True)
    packs = Region("segment", _("a still or clip"), "error")
    empty = (1, 0, FORM_2 | REAL_TIME, 0)
    plan.put(item.last, item.end, empty, fill)
    plan.put(item.start, item.last, empty, packs)
    inside = (survey.packs.sector >= item.start) & (survey.packs.sector < item.last)
    where, holds = survey.packs.sector[inside], survey.packs.holds[inside]
    moving = (holds & VIDEO != 0) & (holds & (NORMAL | HIRES) == 0)
    for chosen, channel, submode, coding in (
        (holds & (AUDIO | SECOND_AUDIO) != 0, 1, 0x64, 0x7F),
        (holds & HIRES != 0, 3, 0x62, 0x3F),
        (holds & NORMAL != 0, 2, 0x62, 0x1F),
        (moving, 1, 0x62, 0x0F),
    ):
        plan.want[where[chosen], 1:] = (channel, submode, coding)
    plan.want[np.array(item.picture_ends, np.int64), 2] |= EOR
    if item.start < item.last:
        plan.want[item.last - 1, 2] |= EOF
    plan.mask[item.start : item.last, 2] &= 0xFF ^ TRIGGER


def _last(entry: Entry) -> int:
    return entry.extent + max(entry.sectors, 1) - 1


def _plan_track(plan: Plan, survey: Survey, track: Track) -> None:
    """Margins empty, packs by what they hold, EOR on the last pack, EOF on the last sector."""
    number = track.number - 1
    margin = Region("track", _("the margin of a track"), "error", True)
    packs = Region("track", _("the stream of a track"), "error")
    empty = (number, 0, FORM_2 | REAL_TIME, 0)
    plan.put(track.start, track.first, empty, margin)
    plan.put(track.last, track.end, empty, margin)
    plan.put(track.first, track.last, empty, packs)
    inside = (survey.packs.sector >= track.first) & (survey.packs.sector < track.last)
    where, holds = survey.packs.sector[inside], survey.packs.holds[inside]
    # From the least to the most telling: what is set later wins.
    for bits, channel, submode, coding in (
        (PRIVATE, 2, 0x62, 0x0F),
        (SECOND_AUDIO, 2, 0x64, 0x7F),
        (AUDIO, 1, 0x64, 0x7F),
        (VIDEO, 1, 0x62, 0x0F),
    ):
        plan.want[where[holds & bits != 0], 1:] = (channel, submode, coding)
    if track.first < track.last:
        plan.want[track.last - 1, 2] |= EOR
    if track.start < track.end:
        plan.want[track.end - 1, 2] |= EOF
    # An auto-pause may trigger anywhere in a track.
    plan.mask[track.start : track.end, 2] &= 0xFF ^ TRIGGER


def _compare(plan: Plan, survey: Survey) -> list[Finding]:
    there = survey.heads[:, 16:20]
    wrong = (there ^ plan.want) & plan.mask
    found: list[Finding] = []
    for row, column in _kinds(plan, wrong):
        same = _same(plan, wrong, row, column)
        region = plan.regions[plan.region[row]]
        values = int(plan.want[row, column]), int(there[row, column])
        found.append(_finding(region, column, values, np.flatnonzero(same)))
    return found + _not_blank(plan, survey)


def _kinds(plan: Plan, wrong: Bytes) -> list[tuple[int, int]]:
    """The first (sector, column) of each kind of difference, a few of each region and column."""
    first: dict[tuple[int, int, int], tuple[int, int]] = {}
    counts: dict[tuple[str, int], int] = {}
    for column in range(4):
        rows = np.flatnonzero(wrong[:, column])
        pair = wrong[rows, column].astype(np.int64) * 256 + plan.want[rows, column]
        codes = plan.region[rows] * 65536 + pair
        for code, place in zip(*np.unique(codes, return_index=True), strict=True):
            row = int(rows[place])
            region = plan.regions[plan.region[row]]
            counts[region.name, column] = counts.get((region.name, column), 0) + 1
            if counts[region.name, column] <= _MOST_KINDS:
                first[column, int(code), row] = (row, column)
    return list(first.values())


def _same(plan: Plan, wrong: Bytes, row: int, column: int) -> NDArray[np.bool_]:
    """Sectors that differ in the same way as this one."""
    alike = (plan.region == plan.region[row]) & (wrong[:, column] == wrong[row, column])
    alike &= plan.want[:, column] == plan.want[row, column]
    return np.asarray(alike)


def _finding(
    region: Region, column: int, values: tuple[int, int], rows: NDArray[np.int64]
) -> Finding:
    words: Mapping[str, str] = {
        "file_number": _("file number"),
        "channel": _("channel number"),
        "submode": _("submode"),
        "coding": _("coding information"),
    }
    name = _NAMES[column]
    wrong = _("wrong sub-header, {byte}: {place}").format(byte=words[name], place=region.name)
    expected, there = (f"{value:02X}" for value in values)
    if name == "submode":
        expected, there = (f"{value:02X} ({bits(value)})" for value in values)
    return Finding(
        region.severity,
        f"{region.field}.{name}",
        wrong,
        int(rows[0]),
        0,
        "",
        expected,
        there,
        len(rows),
    )


def bits(submode: int) -> str:
    """The names of the bits of a submode byte."""
    return ", ".join(name for bit, name in _BITS if submode & bit) or "-"


def _not_blank(plan: Plan, survey: Survey) -> list[Finding]:
    must = np.array([region.blank for region in plan.regions])[plan.region]
    found = []
    for index in np.unique(plan.region[must & ~survey.blank]):
        rows = np.flatnonzero((plan.region == index) & ~survey.blank)
        region = plan.regions[index]
        wrong = _("not empty: {place}").format(place=region.name)
        name = f"{region.field}.blank"
        found.append(Finding("warning", name, wrong, int(rows[0]), count=len(rows)))
    return found
