"""Where the tracks of a disc lie, by the majority of those that tell: CUE, directory, entries.

One witness that lies is thus found out instead of misleading the whole check.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.words import _
from pipeline.videocd.check.cue import Cue
from pipeline.videocd.check.report import Finding
from pipeline.videocd.check.survey import Survey
from pipeline.videocd.check.tree import Tree
from pipeline.videocd.sectors import EOR, PREGAP, REAL_TIME


@dataclass(frozen=True, slots=True)
class Track:
    """An MPEG track. `number` is the CD track; `start` its first sector (front margin), `first` to
    `last` the packs, `end` the first sector after the rear margin, `limit` the start of the next
    track or the end of the image. All LSNs; `last`, `end` and `limit` are the first beyond.
    """

    number: int
    start: int
    first: int
    last: int
    end: int
    limit: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Track 1 ends before LSN `track_1`, the MPEG tracks follow in order."""

    track_1: int
    tracks: tuple[Track, ...]


Starts = Mapping[int, int]  # CD track -> LSN of its first sector


def layout(
    survey: Survey, cue: Cue | None, tree: Tree, entries: Starts, volume_size: int
) -> Layout:
    """The layout on which most witnesses agree; tracks that cannot be are left out."""
    by_cue = {t.number: t.index(1) or 0 for t in cue.tracks[1:]} if cue else {}
    by_tree = {number: extent for number, (extent, _sectors) in files(tree).items()}
    starts: dict[int, int] = {}
    for number in sorted({*by_cue, *by_tree, *entries}):
        start = majority([said[number] for said in (by_cue, by_tree, entries) if number in said])
        if max([18, *starts.values()]) < start < survey.sectors:
            starts[number] = start
    limits = [*list(starts.values())[1:], survey.sectors][: len(starts)]
    tracks = [
        _track(survey, number, start, limit, _ends(number, tree, cue, limit, survey.sectors))
        for (number, start), limit in zip(starts.items(), limits, strict=True)
    ]
    return Layout(_track_1(survey, cue, starts, volume_size), tuple(tracks))


def files(tree: Tree) -> dict[int, tuple[int, int]]:
    """CD track -> (extent, sectors) of the film files in the directory."""
    found = {}
    for entry in tree.entries:
        match = re.fullmatch(r"[^/]+/(?:AVSEQ|MUSIC)(\d\d)\.DAT", entry.path)
        if match and int(match[1]):
            found[int(match[1]) + 1] = (entry.extent, entry.sectors)
    return found


def majority(said: list[int]) -> int:
    """The value most agree on; the first speaker wins a tie."""
    return Counter(said).most_common(1)[0][0]


def _ends(number: int, tree: Tree, cue: Cue | None, limit: int, sectors: int) -> list[int]:
    """What directory and CUE say about the end of a track."""
    said = []
    if number in files(tree):
        said.append(sum(files(tree)[number]))
    gap = None
    if cue:
        gap = next((t.index(0) for t in cue.tracks if t.number == number + 1), None)
    return [*said, gap if gap is not None else limit - PREGAP]


def _track(survey: Survey, number: int, start: int, limit: int, said: list[int]) -> Track:
    """Bounds within a track: its margins by what lies there, its end by majority."""
    submodes = survey.heads[start:limit, 18]
    real_time = np.flatnonzero(submodes & REAL_TIME)
    seen = start + (int(real_time[-1]) + 1 if len(real_time) else 0)
    end = majority([seen, *said])
    end = end if start <= end <= limit else seen
    full = np.flatnonzero(~survey.blank[start:end])
    first = start + int(full[0]) if len(full) else end
    record_end = np.flatnonzero(submodes[: end - start] & EOR)
    last = max([first, *(start + int(each[-1]) + 1 for each in (full, record_end) if len(each))])
    return Track(number, start, first, last, end, limit)


def _track_1(survey: Survey, cue: Cue | None, starts: Starts, volume_size: int) -> int:
    if not starts:
        return min(volume_size, survey.sectors) or survey.sectors
    start = next(iter(starts.values()))
    gap = next((t.index(0) for t in cue.tracks[1:2]), None) if cue else None
    said = [start - PREGAP, volume_size, *([gap] if gap is not None else [])]
    return min(max(majority(said), 18), start)


def check_layout(survey: Survey, tree: Tree, found: Layout) -> list[Finding]:
    """Directory, margins and gaps against where the tracks really lie."""
    if not found.tracks:
        return [Finding("error", "layout.tracks", _("the disc has no MPEG track"))]
    said = files(tree)
    findings = []
    if {t.number for t in found.tracks} != set(said) or min(said) != 2:
        wrong = _("the film files of the directory are not those of the tracks")
        expected = ", ".join(f"AVSEQ{t.number - 1:02d}.DAT" for t in found.tracks)
        there = ", ".join(f"AVSEQ{number - 1:02d}.DAT" for number in said)
        findings.append(Finding("error", "layout.files", wrong, None, 0, "", expected, there))
    before = found.track_1
    for track in found.tracks:
        findings += _check_file(track, said) + _check_margins(survey, track, before)
        before = track.end
    return findings + _check_gap(0, before, found.tracks[-1].limit)


def _check_file(track: Track, said: Mapping[int, tuple[int, int]]) -> list[Finding]:
    if track.number not in said:
        return []
    extent, sectors = said[track.number]
    name = f"MPEGAV/AVSEQ{track.number - 1:02d}.DAT"
    findings = []
    if extent != track.start:
        wrong = _("{name} does not begin where its track begins").format(name=name)
        both = (str(track.start), str(extent))
        place = (track.start, track.number, "")
        findings.append(Finding("error", "layout.file_extent", wrong, *place, *both))
    if sectors != track.end - track.start:
        wrong = _("{name} has not the length of its track in sectors").format(name=name)
        both = (str(track.end - track.start), str(sectors))
        place = (track.start, track.number, "")
        findings.append(Finding("error", "layout.file_size", wrong, *place, *both))
    return findings


def _check_margins(survey: Survey, track: Track, before: int) -> list[Finding]:
    """The gap before a track and the empty sectors around its packs."""
    findings = _check_gap(track.number, before, track.start)
    for field, sector, length in (
        ("layout.front_margin", track.start, track.first - track.start),
        ("layout.rear_margin", track.last, track.end - track.last),
    ):
        if length < 15:
            wrong = _("fewer than 15 empty sectors before or after the stream of a track")
            place = (sector, track.number, "")
            findings.append(Finding("warning", field, wrong, *place, ">= 15", str(length)))
    if track.first == track.end:
        wrong = _("the track is empty")
        findings.append(Finding("error", "layout.empty", wrong, track.start, track.number))
    return findings


def _check_gap(number: int, begin: int, end: int) -> list[Finding]:
    """At least 150 sectors between tracks and after the last."""
    if end - begin >= PREGAP:
        return []
    wrong = _("fewer than 150 sectors of gap before a track or at the end of the disc")
    there = str(end - begin)
    return [Finding("warning", "layout.gap", wrong, begin, number, "", ">= 150", there)]


def track_numbers(found: Layout, sectors: NDArray[np.int64]) -> NDArray[np.int64]:
    """The CD track that each sector belongs to; gaps belong to the track that follows."""
    begins = [found.track_1, *(track.end for track in found.tracks[:-1])]
    return 1 + np.searchsorted(np.array(begins, np.int64), sectors, side="right")
