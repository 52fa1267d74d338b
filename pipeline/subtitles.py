"""Subtitle files that lie beside videos: found, kept in the library, written into the books."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from catalog import records
from catalog.analyses import put_sidecar
from catalog.database import Books, Connection
from catalog.durable import disk_told
from catalog.problem import Failure
from catalog.programme import Sidecar, Source
from catalog.subtitle_name import belonging, by_name, is_subtitle
from catalog.words import _
from pipeline import inbox
from pipeline.library import copy_whole, library_name, readable, shown_path, state

MOST_BYTES = 8 << 20  # a film of subtitles has a tenth of a MiB

Outcome = Literal["new", "known", "no-video", "several-videos", "too-large", "failed"]
_Videos = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one subtitle file; `videos` are the names of those it belongs to."""

    name: str
    outcome: Outcome
    videos: tuple[str, ...] = ()
    failure: Failure | None = None


def take_in(
    books: Books,
    root: Path,
    paths: Iterable[Path],
    here: Mapping[Path, Source],
    *,
    copy: bool,
) -> tuple[Taken, ...]:
    """Keep subtitle files with the videos they belong to; a file that belongs to none is left
    where it is. `here` are the videos that have just been taken in, by path.

    A file belongs to the videos of its name in its own folder; where there is none, to the one of
    that name in the books.
    """
    ended: list[Taken] = []
    kept: list[tuple[Sidecar, tuple[Source, ...]]] = []
    paths = sorted({path.absolute() for path in paths})
    with books.reading() as connection:
        shelf = _Shelf(connection, here)
        found = [(path, *shelf.videos(path)) for path in paths]
    for path, videos, why in found:
        if not videos:
            ended.append(Taken(readable(path.name), why))
        elif isinstance(sidecar := _keep(path, root, copy), Sidecar):
            kept.append((sidecar, videos))
        else:
            ended.append(sidecar)
    with books.transaction() as connection:
        for sidecar, videos in kept:
            new = [put_sidecar(connection, video.sha256, sidecar) for video in videos]
            names = tuple(video.name for video in videos)
            ended.append(Taken(sidecar.name, "new" if any(new) else "known", names))
    return tuple(ended)


def beside(videos: Iterable[Path]) -> tuple[Path, ...]:
    """The subtitle files that lie beside these videos and bear the name of one of them."""
    folders: dict[Path, list[Path]] = {}
    for path in videos:
        folders.setdefault(path.absolute().parent, []).append(path)
    found = []
    for folder, those in folders.items():
        index = by_name((path.name, path) for path in those)
        names = [name for name in _names(folder) if is_subtitle(name)]
        found += [folder / name for name in names if belonging(name, index)]
    return tuple(path for path in found if not inbox.unfinished(path))


def tell(taken: Taken) -> str:
    """What became of a subtitle file, in one line for the screen."""
    name, videos = taken.name, _(", ").join(taken.videos)
    match taken.outcome:
        case "new":
            said = _("subtitle file {name}: kept with {videos}")
        case "known":
            said = _("subtitle file {name}: already there, with {videos}")
        case "no-video":
            said = _(
                "subtitle file {name}: belongs to no video here — give it the video's name, "
                "like 羊病.zh.srt beside 羊病.mp4"
            )
        case "several-videos":
            said = _(
                "subtitle file {name}: several videos have this name — put it beside its own, "
                "then add that folder"
            )
        case "too-large":
            said = _("subtitle file {name}: larger than {most} MiB, no subtitles — left out")
            return said.format(name=name, most=MOST_BYTES >> 20)
        case "failed":
            said = _("not added: {failure}")
            return said.format(failure=taken.failure)
    return said.format(name=name, videos=videos)


class _Shelf:
    """The videos that a subtitle file may belong to: in its folder, and in the books."""

    def __init__(self, connection: Connection, here: Mapping[Path, Source]) -> None:
        self.connection = connection
        self.here = {path.absolute(): source for path, source in here.items()}
        self.folders: dict[Path, _Videos] = {}
        self.known: _Videos | None = None

    def videos(self, path: Path) -> tuple[tuple[Source, ...], Outcome]:
        """The videos of a subtitle file, or none and why."""
        if near := belonging(path.name, self._beside(path.parent)):
            found = [self._source(path.parent / name) for name in dict.fromkeys(near)]
            return tuple(source for source in found if source), "no-video"
        far = [one for sha256 in self._in_books(path.name) if (one := self._used(sha256))]
        return (tuple(far), "no-video") if len(far) < 2 else ((), "several-videos")

    def _beside(self, folder: Path) -> _Videos:
        if folder not in self.folders:
            names = [name for name in _names(folder) if not inbox.beside(Path(name))]
            self.folders[folder] = by_name((name, name) for name in names)
        return self.folders[folder]

    def _source(self, path: Path) -> Source | None:
        """The source that a file was taken in as: just now, or earlier under its name and size."""
        if path in self.here:
            return self.here[path]
        known = records.source_named(self.connection, readable(path.name))
        same = known is not None and inbox.there(path) and path.stat().st_size == known.bytes
        return known if same else None

    def _in_books(self, name: str) -> tuple[str, ...]:
        if self.known is None:
            names = records.source_names(self.connection)
            self.known = by_name((name, sha256) for sha256, name in names)
        return tuple(dict.fromkeys(belonging(readable(name), self.known)))

    def _used(self, sha256: str) -> Source | None:
        """A source that is an episode still; a newer file may have taken its place."""
        used = records.programmes_of_source(self.connection, sha256)
        return records.source(self.connection, sha256) if used else None


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except OSError:
        return []


def _keep(path: Path, root: Path, copy: bool) -> Sidecar | Taken:
    """Give a subtitle file its place in the library; the original stays untouched."""
    name = readable(path.name)
    try:
        before = state(path)
        if before[0] > MOST_BYTES:
            return Taken(name, "too-large")
        with disk_told(str(path)):
            data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        place = root / "library" / library_name(path.name, sha256) if copy else path
        if copy and not (place.is_file() and place.stat().st_size == len(data)):
            copy_whole(path, place, before)
    except Failure as failure:
        return Taken(name, "failed", failure=failure)
    return Sidecar(sha256, name, shown_path(place, root), len(data))
