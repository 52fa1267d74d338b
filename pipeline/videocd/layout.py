"""A disc as a value, and where each of its sectors goes; reads the streams, writes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, assert_never

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.info import TRACKS, Entry
from pipeline.videocd.mux import Multiplex, Standard, multiplex
from pipeline.videocd.muxed import PackStream, read_packs
from pipeline.videocd.sectors import COOKED, RAW, SECOND
from pipeline.videocd.sound import read_audio
from pipeline.videocd.streams import read_video
from pipeline.videocd.tree import FORM_2_FILE, File, Folder

INFO_SECTOR: Final = 150
ENTRIES_SECTOR: Final = 151
FILES_END: Final = 300
"""LSN after track 1 of a disc without segments and further files."""
GAP: Final = 150
"""Sectors before each MPEG track and after the last."""
FRONT_MARGIN: Final = 30
REAR_MARGIN: Final = 45
TRACK_OVERHEAD: Final = GAP + FRONT_MARGIN + REAR_MARGIN
"""Sectors that each MPEG track takes beyond its packs."""
DISC_OVERHEAD: Final = FILES_END + GAP
"""Sectors that a disc takes beyond its tracks."""
LONGEST: Final = 99 * 60 * SECOND + 59 * SECOND + 74 - 150
"""Sectors of an image at most: the clock on the disc ends at 99:59:74."""
PREPARER: Final = "XIAXIANG"
CREATED: Final = datetime(2000, 1, 1)
"""The same for every disc, since an image tells nothing of when it was made."""


@dataclass(frozen=True, slots=True)
class Elementary:
    """A track from the encoder's two streams, to be multiplexed."""

    video: Path
    audio: Path
    standard: Standard


@dataclass(frozen=True, slots=True)
class Muxed:
    """A track from a multiplexed stream of 2324-byte packs, to be taken as it is."""

    path: Path


Track = Elementary | Muxed


@dataclass(frozen=True, slots=True)
class Disc:
    """All that decides the image of one disc. Names are of the characters A-Z, 0-9 and _."""

    volume_id: str
    album_id: str
    tracks: tuple[Track, ...]
    volume_count: int = 1
    volume_number: int = 1
    publisher: str = ""
    application: str = ""
    preparer: str = PREPARER
    created: datetime = CREATED


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An MPEG track in its place: `number` from 1, `start` the LSN of its first margin sector."""

    number: int
    start: int
    stream: Multiplex | PackStream

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
    _check(disc)
    placed, after = [], FILES_END
    for number, track in enumerate(disc.tracks, 1):
        stream = _stream(track)
        placed.append(Placed(number, after + GAP, stream))
        after = placed[-1].after
        if after + GAP > LONGEST:
            _refuse(disc, _("track {number} ends beyond 99 minutes").format(number=number),
                    _("put fewer programmes on the disc"))  # fmt: skip
    return Layout(disc, tuple(placed))


def _stream(track: Track) -> Multiplex | PackStream:
    match track:
        case Elementary(video, audio, standard):
            return multiplex(read_video(video), read_audio(audio), standard)
        case Muxed(path):
            return read_packs(path)
        case _:
            assert_never(track)


def _refuse(disc: Disc, happened: str, mend: str) -> None:
    raise Failure(_("laying out the disc {name}").format(name=disc.volume_id), happened, mend)


def _check(disc: Disc) -> None:
    if not 1 <= len(disc.tracks) <= TRACKS:
        _refuse(
            disc,
            _("{count} tracks; a disc has 1 to {most}").format(count=len(disc.tracks), most=TRACKS),
            _("put other programmes on the disc"),
        )
    if not 1 <= disc.volume_number <= disc.volume_count <= 0xFFFF:
        _refuse(
            disc,
            _("disc {number} of {count} cannot be").format(
                number=disc.volume_number, count=disc.volume_count
            ),
            _("number the discs from 1 on"),
        )
    for name, most in ((disc.volume_id, 32), (disc.album_id, 16)):
        if not re.fullmatch(rf"[A-Z0-9_]{{0,{most}}}", name):
            _refuse(
                disc,
                _('"{name}" is no name for a disc').format(name=name),
                _("write at most {most} of the characters A-Z, 0-9 and _").format(most=most),
            )
    for text in (disc.publisher, disc.preparer, disc.application):
        if len(text) > 128 or not text.isascii() or not text.isprintable():
            _refuse(
                disc,
                _('"{name}" cannot stand in the label of a disc').format(name=text),
                _("write at most 128 plain Latin characters"),
            )


def entries(layout: Layout) -> list[Entry]:
    """Where a player may begin: each track's first margin sector."""
    return [Entry(track.number + 1, track.start) for track in layout.tracks]


def root(layout: Layout) -> Folder:
    """The files of the disc, with their places."""
    films = tuple(
        File(
            f"AVSEQ{track.number:02}.DAT",
            track.start,
            (track.after - track.start) * COOKED,
            FORM_2_FILE,
            track.number,
        )
        for track in layout.tracks
    )
    tables = File("INFO.VCD", INFO_SECTOR, COOKED), File("ENTRIES.VCD", ENTRIES_SECTOR, COOKED)
    return Folder("", (Folder("EXT"), Folder("MPEGAV", films), Folder("VCD", tables)))


def cue_sheet(layout: Layout, image: str) -> str:
    """The CUE sheet for an image of that file name, without further indexes: cdrdao refuses
    sheets that have them.
    """
    lines = [f'FILE "{image}" BINARY', "  TRACK 01 MODE2/2352", "    FLAGS DCP", _index(1, 0)]
    for track in layout.tracks:
        lines += [
            f"  TRACK {track.number + 1:02} MODE2/2352",
            "    FLAGS DCP",
            _index(0, track.start - GAP),
            _index(1, track.start),
        ]
    return "".join(f"{line}\r\n" for line in lines)


def _index(number: int, lsn: int) -> str:
    minute, second = divmod(lsn // SECOND, 60)
    return f"    INDEX {number:02} {minute:02}:{second:02}:{lsn % SECOND:02}"
