"""A disc as a value: all that decides its image, and what such a value may not say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import Standard
from pipeline.videocd.info import ENTRIES, NO_FLAGS, TRACKS, Flags
from pipeline.videocd.lists import ControlList
from pipeline.videocd.segments import Segment

PREPARER: Final = "XIAXIANG"
CREATED: Final = datetime(2000, 1, 1)
"""The same for every disc, since an image tells nothing of when it was made."""
TRACK_ENTRIES: Final = 98
"""Entry points of a track at most, besides its beginning: a CUE sheet counts to 99."""
_DEPTH: Final = 8
_LABEL = re.compile(r"[A-Z0-9_]{1,8}")
_FILE = re.compile(r"[A-Z0-9_]{1,8}\.[A-Z0-9_]{0,3}")


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
class DiscFile:
    """A further file of the disc: its `name` with folders (CDI/CDI_VCD.CFG), and where its bytes
    are; a `mixed` one has sectors of 2336 bytes, which are taken as they are.
    """

    name: str
    path: Path
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Disc:
    """All that decides the image of one disc. Names are of the characters A-Z, 0-9 and _.

    `entries` and `auto_pauses` have for each track, in order, times in seconds from its first
    stamp on: entry points besides its beginning, and pauses. `cue_indexes` writes entry points
    into the CUE sheet as vcdimager does; cdrdao refuses such sheets.
    """

    volume_id: str
    album_id: str
    tracks: tuple[Track, ...]
    volume_count: int = 1
    volume_number: int = 1
    publisher: str = ""
    application: str = ""
    preparer: str = PREPARER
    created: datetime = CREATED
    segments: tuple[Segment, ...] = ()
    lists: tuple[ControlList, ...] = ()
    entries: tuple[tuple[float, ...], ...] = ()
    auto_pauses: tuple[tuple[float, ...], ...] = ()
    files: tuple[DiscFile, ...] = ()
    flags: Flags = NO_FLAGS
    cue_indexes: bool = False

    def entries_of(self, number: int) -> tuple[float, ...]:
        """The entry points of a track, by its number from 1."""
        return self.entries[number - 1] if number <= len(self.entries) else ()

    def auto_pauses_of(self, number: int) -> tuple[float, ...]:
        """The pauses of a track, by its number from 1."""
        return self.auto_pauses[number - 1] if number <= len(self.auto_pauses) else ()


def refuse(disc: Disc, happened: str, mend: str) -> NoReturn:
    """Refuse a disc with its name."""
    raise Failure(_("laying out the disc {name}").format(name=disc.volume_id), happened, mend)


def check_disc(disc: Disc) -> None:
    """Failure at the first thing that no disc can be; streams and lists are checked where they
    are read.
    """
    _check_numbers(disc)
    _check_texts(disc)
    _check_entries(disc)
    _check_files(disc)
    if disc.segments and not disc.lists:
        refuse(
            disc,
            _("{count} segments, but no playback list leads to them").format(
                count=len(disc.segments)
            ),
            _("give the disc playback lists, or leave the segments out"),
        )
    if not 0 <= disc.flags.restriction <= 3:
        refuse(
            disc,
            _("the restriction {value} cannot be").format(value=disc.flags.restriction),
            _("write {low} to {high}").format(low=0, high=3),
        )


def _check_numbers(disc: Disc) -> None:
    if not 1 <= len(disc.tracks) <= TRACKS:
        refuse(
            disc,
            _("{count} tracks; a disc has 1 to {most}").format(count=len(disc.tracks), most=TRACKS),
            _("put other programmes on the disc"),
        )
    if not 1 <= disc.volume_number <= disc.volume_count <= 0xFFFF:
        refuse(
            disc,
            _("disc {number} of {count} cannot be").format(
                number=disc.volume_number, count=disc.volume_count
            ),
            _("number the discs from 1 on"),
        )


def _check_texts(disc: Disc) -> None:
    for name, most in ((disc.volume_id, 32), (disc.album_id, 16)):
        if not re.fullmatch(rf"[A-Z0-9_]{{0,{most}}}", name):
            refuse(
                disc,
                _('"{name}" is no name for a disc').format(name=name),
                _("write at most {most} of the characters A-Z, 0-9 and _").format(most=most),
            )
    for text in (disc.publisher, disc.preparer, disc.application):
        if len(text) > 128 or not text.isascii() or not text.isprintable():
            refuse(
                disc,
                _('"{name}" cannot stand in the label of a disc').format(name=text),
                _("write at most 128 plain Latin characters"),
            )


def _check_entries(disc: Disc) -> None:
    for what, times in (("entries", disc.entries), ("auto_pauses", disc.auto_pauses)):
        if len(times) > len(disc.tracks):
            refuse(
                disc,
                _("{what} for {count} tracks, of which there are {tracks}").format(
                    what=what, count=len(times), tracks=len(disc.tracks)
                ),
                _("give them for tracks of the disc"),
            )
    for number, wishes in enumerate(disc.entries, 1):
        if len(wishes) > TRACK_ENTRIES:
            refuse(
                disc,
                _("track {number} has {count} entry points; {most} can be").format(
                    number=number, count=len(wishes), most=TRACK_ENTRIES
                ),
                _("leave some entry points out"),
            )
    total = len(disc.tracks) + sum(map(len, disc.entries))
    if total > ENTRIES:
        refuse(
            disc,
            _("{count} entry points with the beginnings of tracks; a disc has {most}").format(
                count=total, most=ENTRIES
            ),
            _("leave some entry points out"),
        )


def _check_files(disc: Disc) -> None:
    names = set()
    for file in disc.files:
        *folders, name = file.name.split("/")
        good = all(map(_LABEL.fullmatch, folders)) and _FILE.fullmatch(name)
        if not good or len(folders) >= _DEPTH or file.name in names:
            refuse(
                disc,
                _('"{name}" is no name for a further file').format(name=file.name),
                _("write FOLDER/NAME.EXT, up to 8 levels of 8 of the characters A-Z, 0-9 and _"),
            )
        names.add(file.name)
