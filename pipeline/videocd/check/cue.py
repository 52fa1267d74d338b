"""A CUE sheet, read and compared with the disc it describes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.words import _
from pipeline.videocd.bounds import SECOND
from pipeline.videocd.check.report import Finding

LONGEST = 64 * 1024  # bytes; 99 tracks of 100 indexes fit
_MODE = "MODE2/2352"


@dataclass(frozen=True, slots=True)
class CueTrack:
    """One TRACK of the sheet; `indexes` are (number, LSN) as they stand."""

    number: int
    mode: str
    flags: tuple[str, ...] = ()
    indexes: tuple[tuple[int, int], ...] = ()

    def index(self, number: int) -> int | None:
        """LSN of an INDEX, None where the sheet has none."""
        return dict(self.indexes).get(number)


@dataclass(frozen=True, slots=True)
class Cue:
    """A CUE sheet: the FILE line, its tracks, and the lines nobody understands as (line, text)."""

    file: str = ""
    kind: str = ""
    tracks: tuple[CueTrack, ...] = ()
    strange: tuple[tuple[int, str], ...] = ()


def read_cue(text: str) -> Cue:
    """What a sheet says; a line that readers would refuse goes to `strange`."""
    file, kind, strange = "", "", []
    tracks: list[CueTrack] = []
    for number, line in enumerate(text[:LONGEST].splitlines(), 1):
        words = line.strip()
        if match := re.fullmatch(r'FILE\s+(?:"([^"]*)"|(\S+))\s+(\S+)', words):
            file, kind = match[1] or match[2] or "", match[3]
        elif match := re.fullmatch(r"TRACK\s+(\d{1,2})\s+(\S+)", words):
            tracks.append(CueTrack(int(match[1]), match[2]))
        elif tracks and (changed := _more(tracks[-1], words)):
            tracks[-1] = changed
        elif words and not words.startswith(("REM ", "CATALOG ")):
            strange.append((number, words[:80]))
    return Cue(file, kind, tuple(tracks[:99]), tuple(strange))


def _more(track: CueTrack, words: str) -> CueTrack | None:
    """The track with one more line of its own; None where the line is no such line."""
    if match := re.fullmatch(r"FLAGS((?:\s+(?:DCP|PRE|4CH|SCMS))+)", words):
        return CueTrack(track.number, track.mode, tuple(match[1].split()), track.indexes)
    if match := re.fullmatch(r"INDEX\s+(\d{1,2})\s+(\d{2}):([0-5]\d):([0-6]\d|7[0-4])", words):
        lsn = (int(match[2]) * 60 + int(match[3])) * SECOND + int(match[4])
        indexes = (*track.indexes[:100], (int(match[1]), lsn))
        return CueTrack(track.number, track.mode, track.flags, indexes)
    return None


def check_cue(cue: Cue, image: str, starts: Sequence[int], ends: Sequence[int]) -> list[Finding]:
    """Compare a sheet with its image.

    `starts` are the LSNs of the first sectors of CD tracks 2, 3, ...; `ends` those of the first
    gap sector after each track from track 1 on, the last one's after-gap not counted.
    """
    found = [
        Finding("error", "cue.line", _("the CUE has a line that readers refuse"), found=text)
        for _line, text in cue.strange[:5]
    ]
    found += _check_file(cue, image)
    if len(cue.tracks) != len(starts) + 1:
        wrong = _("the CUE lists another number of tracks than the disc has")
        expected, there = str(len(starts) + 1), str(len(cue.tracks))
        found.append(Finding("error", "cue.tracks", wrong, expected=expected, found=there))
    begins = [0, *starts]
    for place, track in enumerate(cue.tracks[: len(begins)]):
        found += _check_track(track, place + 1, begins[place], ends[place - 1] if place else None)
    return found


def _check_file(cue: Cue, image: str) -> list[Finding]:
    found = []
    if cue.file.rpartition("/")[2].rpartition("\\")[2] != image:
        wrong = _("the CUE names another image")
        found.append(Finding("error", "cue.file", wrong, expected=image, found=cue.file))
    if cue.kind != "BINARY":
        wrong = _("the CUE must call the image BINARY")
        found.append(Finding("error", "cue.file", wrong, expected="BINARY", found=cue.kind))
    return found


def _check_track(track: CueTrack, number: int, begin: int, gap: int | None) -> list[Finding]:
    """One track of the sheet against where it lies; `gap` is the first sector before it that
    belongs to no file (None for track 1, whose gap is not in the image).
    """
    found = []

    def differs(field: str, wrong: str, expected: str, there: str) -> None:
        found.append(Finding("error", field, wrong, None, number, "", expected, there))

    if track.number != number:
        differs("cue.track", _("wrong track number in the CUE"), str(number), str(track.number))
    if track.mode != _MODE:
        differs("cue.mode", _("wrong kind of track in the CUE"), _MODE, track.mode)
    if track.index(1) != begin:
        wrong = _("INDEX 01 of the CUE is not where the track begins")
        differs("cue.index01", wrong, str(begin), str(track.index(1)))
    pregap = track.index(0)
    if gap is not None and pregap is not None and pregap != gap:
        wrong = _("INDEX 00 of the CUE is not where the gap before the track begins")
        differs("cue.index00", wrong, str(gap), str(pregap))
    if "DCP" not in track.flags:
        wrong = _("without FLAGS DCP some programs refuse to copy the disc")
        found.append(Finding("note", "cue.flags", wrong, track=number, expected="DCP"))
    return found
