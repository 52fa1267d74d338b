"""Track 1: where tables, segments and further files lie ahead of the films.

0      150 151     152     184        S                E            E + 32
| tree |INFO|ENTRIES|LOT.VCD|PSD.VCD ...| segment units ...|EXT/LOT_X.VCD|EXT/PSD_X.VCD|files| I
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import (
    COOKED,
    FILES_END,
    LOT_SECTORS,
    RAW,
    SEGMENTS_FROM,
    UNIT,
    segment_area,
)
from pipeline.videocd.disc import Disc, DiscFile, refuse
from pipeline.videocd.limits import Places
from pipeline.videocd.playback import Playback, playback
from pipeline.videocd.segments import UNITS, PlacedSegment, place_segment

INFO_SECTOR: Final = 150
ENTRIES_SECTOR: Final = 151
MIXED: Final = RAW - 16
"""Bytes of a sector in a mixed file: the whole sector but sync, address and mode."""


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A further file in its place: first LSN, sectors, and bytes that its source has."""

    file: DiscFile
    start: int
    sectors: int
    bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """The places of track 1: `segment_area` and `ext` are the LSNs of unit 0 and of LOT_X.VCD,
    `files_from` that of the first further file; `after` is the LSN after the track.
    """

    playback: Playback | None
    segments: tuple[PlacedSegment, ...]
    segment_area: int
    ext: int
    files_from: int
    files: tuple[PlacedFile, ...]
    after: int

    @property
    def contents(self) -> bytes:
        """The content byte of every segment unit."""
        return b"".join(placed.contents for placed in self.segments)


def sectors_of(data: bytes) -> int:
    """Form 1 sectors that bytes fill."""
    return -(-len(data) // COOKED)


def lay_out_front(disc: Disc) -> Front:
    """Read the segments, make the tables and place all; Failure where that cannot be."""
    segments = _segments(disc)
    tables = None
    area = SEGMENTS_FROM
    if disc.lists:
        tables = playback(disc.lists, _places(disc, segments))
        area = segment_area(sectors_of(tables.psd))
    ext = area + UNIT * sum(placed.units for placed in segments)
    files_from = ext + (LOT_SECTORS + sectors_of(tables.psd_x) if tables else 0)
    files = _files(disc, files_from)
    after = files[-1].start + files[-1].sectors if files else files_from
    return Front(tables, segments, area, ext, files_from, files, max(FILES_END, after))


def _segments(disc: Disc) -> tuple[PlacedSegment, ...]:
    placed, unit = [], 0
    for number, segment in enumerate(disc.segments, 1):
        placed.append(place_segment(segment, unit))
        unit += placed[-1].units
        if unit > UNITS:
            refuse(
                disc,
                _("segment {number} ends beyond the {most} units of a disc").format(
                    number=number, most=UNITS
                ),
                _("put fewer stills on the disc"),
            )
    return tuple(placed)


def _places(disc: Disc, segments: tuple[PlacedSegment, ...]) -> Places:
    entries = []
    for number in range(1, len(disc.tracks) + 1):
        entries += [number] * (1 + len(disc.entries_of(number)))
    return Places(len(disc.tracks), tuple(entries), tuple(placed.unit for placed in segments))


def _files(disc: Disc, first: int) -> tuple[PlacedFile, ...]:
    placed, start = [], first
    for file in disc.files:
        size = _size(file.path)
        sector = MIXED if file.mixed else COOKED
        if file.mixed and size % MIXED:
            refuse(
                disc,
                _("{file} has {size} bytes, which are no whole sectors of 2336").format(
                    file=file.path, size=size
                ),
                _("take it as an ordinary file, or make it again"),
            )
        count = -(-size // sector)
        # An empty file has no sector of its own; all of them point at the first one's place.
        placed.append(PlacedFile(file, start if count else first, count, size))
        start += count
    return tuple(placed)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise Failure(
            _("reading the file {file}").format(file=path),
            _("the disk refuses: {reason}").format(reason=error.strerror),
            _("bring the file back to this place, and start again"),
        ) from error
