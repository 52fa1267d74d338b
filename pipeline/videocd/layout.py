"""Where each sector of a disc goes; reads the streams, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

from catalog.words import _
from pipeline.videocd.bounds import (
    COOKED,
    FILES_END,
    LOT_SECTOR,
    LOT_SECTORS,
    PSD_SECTOR,
    RAW,
    SECOND,
    UNIT,
)
from pipeline.videocd.disc import Disc, Elementary, Muxed, Track, check_disc, refuse
from pipeline.videocd.front import ENTRIES_SECTOR, INFO_SECTOR, Front, PlacedFile, lay_out_front
from pipeline.videocd.info import Entry
from pipeline.videocd.mux import Multiplex, multiplex
from pipeline.videocd.muxed import PackStream, read_packs
from pipeline.videocd.playback import LOT_BYTES
from pipeline.videocd.points import entry_packs, pause_packs, points
from pipeline.videocd.sound import read_audio
from pipeline.videocd.streams import read_video
from pipeline.videocd.tree import FORM_2_FILE, File, Folder, check_room, folders

__all__ = ["Disc", "Elementary", "Layout", "Muxed", "Placed", "Track", "cue_sheet", "lay_out"]

GAP: Final = 150
"""Sectors before each MPEG track and after the last."""
FRONT_MARGIN: Final = 30
REAR_MARGIN: Final = 45
TRACK_OVERHEAD: Final = GAP + FRONT_MARGIN + REAR_MARGIN
"""Sectors that each MPEG track takes beyond its packs."""
DISC_OVERHEAD: Final = FILES_END + GAP
"""Sectors that a disc without segments, lists and further files takes beyond its tracks."""
LONGEST: Final = 99 * 60 * SECOND + 59 * SECOND + 74 - 150
"""Sectors of an image at most: the clock on the disc ends at 99:59:74."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An MPEG track in its place: `number` from 1, `start` the LSN of its first margin sector;
    `entries` and `triggers` are the packs where a player may begin and where it pauses.
    """

    number: int
    start: int
    stream: Multiplex | PackStream
    entries: tuple[int, ...] = ()
    triggers: tuple[int, ...] = ()

    @property
    def first_pack(self) -> int:
        """LSN of the first pack."""
        return self.start + FRONT_MARGIN

    @property
    def after(self) -> int:
        """LSN after the last sector of the track's file."""
        return self.first_pack + self.stream.packs + REAR_MARGIN


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where everything lies on a disc."""

    disc: Disc
    front: Front
    tracks: tuple[Placed, ...]

    @property
    def sectors(self) -> int:
        """Sectors of the image."""
        return self.tracks[-1].after + GAP

    @property
    def bytes(self) -> int:
        """Bytes of the image."""
        return self.sectors * RAW


def lay_out(disc: Disc) -> Layout:
    """Read the disc's streams and give every track its place; Failure where that cannot be."""
    check_disc(disc)
    front = lay_out_front(disc)
    placed, after = [], front.after
    for number in range(1, len(disc.tracks) + 1):
        placed.append(_place(disc, number, after + GAP))
        after = placed[-1].after
        if after + GAP > LONGEST:
            refuse(disc, _("track {number} ends beyond 99 minutes").format(number=number),
                   _("put fewer programmes on the disc"))  # fmt: skip
    layout = Layout(disc, front, tuple(placed))
    check_room(root(layout))
    return layout


def _place(disc: Disc, number: int, start: int) -> Placed:
    stream = _stream(disc.tracks[number - 1])
    wishes, pauses = disc.entries_of(number), disc.auto_pauses_of(number)
    if not wishes and not pauses:
        return Placed(number, start, stream)
    found = points(stream)
    return Placed(number, start, stream, entry_packs(found, wishes), pause_packs(found, pauses))


def _stream(track: Track) -> Multiplex | PackStream:
    match track:
        case Elementary(video, audio, standard):
            return multiplex(read_video(video), read_audio(audio), standard)
        case Muxed(path):
            return read_packs(path)
        case _:
            assert_never(track)


def entries(layout: Layout) -> list[Entry]:
    """Where a player may begin: each track's first margin sector, then its entry points."""
    return [
        Entry(track.number + 1, lsn)
        for track in layout.tracks
        for lsn in (track.start, *_entry_sectors(track))
    ]


def _entry_sectors(track: Placed) -> tuple[int, ...]:
    return tuple(track.first_pack + pack for pack in track.entries)


def root(layout: Layout) -> Folder:
    """The files of the disc, with their places."""
    front = layout.front
    files = {
        "VCD/INFO.VCD": File("INFO.VCD", INFO_SECTOR, COOKED),
        "VCD/ENTRIES.VCD": File("ENTRIES.VCD", ENTRIES_SECTOR, COOKED),
    }
    if front.playback:
        psd, psd_x = len(front.playback.psd), len(front.playback.psd_x)
        files |= {
            "VCD/LOT.VCD": File("LOT.VCD", LOT_SECTOR, LOT_BYTES),
            "VCD/PSD.VCD": File("PSD.VCD", PSD_SECTOR, psd),
            "EXT/LOT_X.VCD": File("LOT_X.VCD", front.ext, LOT_BYTES, file_number=1),
            "EXT/PSD_X.VCD": File("PSD_X.VCD", front.ext + LOT_SECTORS, psd_x, file_number=1),
        }
    for segment in front.segments:
        start = front.segment_area + segment.unit * UNIT
        name = f"ITEM{segment.unit + 1:04}.DAT"
        files[f"SEGMENT/{name}"] = File(name, start, segment.packs * COOKED, FORM_2_FILE, 1)
    for track in layout.tracks:
        name, size = f"AVSEQ{track.number:02}.DAT", (track.after - track.start) * COOKED
        files[f"MPEGAV/{name}"] = File(name, track.start, size, FORM_2_FILE, track.number)
    for placed in front.files:
        if placed.file.name in files:
            refuse(layout.disc,
                   _('the further file "{name}" is one of the disc').format(name=placed.file.name),
                   _("give it another name"))  # fmt: skip
        files[placed.file.name] = _as_file(placed)
    return folders(("EXT", "MPEGAV", "VCD"), files)


def _as_file(placed: PlacedFile) -> File:
    name = placed.file.name.rpartition("/")[2]
    if placed.file.mixed:
        return File(name, placed.start, placed.sectors * COOKED, FORM_2_FILE, 1)
    return File(name, placed.start, placed.bytes, file_number=1)


def cue_sheet(layout: Layout, image: str) -> str:
    """The CUE sheet for an image of that file name; with further indexes, which cdrdao refuses,
    only where the disc asks for them.
    """
    lines = [f'FILE "{image}" BINARY', "  TRACK 01 MODE2/2352", "    FLAGS DCP", _index(1, 0)]
    for track in layout.tracks:
        lines += [
            f"  TRACK {track.number + 1:02} MODE2/2352",
            "    FLAGS DCP",
            _index(0, track.start - GAP),
            _index(1, track.start),
        ]
        if layout.disc.cue_indexes:
            lines += [_index(number, lsn) for number, lsn in enumerate(_entry_sectors(track), 2)]
    return "".join(f"{line}\r\n" for line in lines)


def _index(number: int, lsn: int) -> str:
    minute, second = divmod(lsn // SECOND, 60)
    return f"    INDEX {number:02} {minute:02}:{second:02}:{lsn % SECOND:02}"
