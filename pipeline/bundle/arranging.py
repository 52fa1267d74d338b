"""Where each piece of a bundle lies, so that nothing that lies there already is written over.

Pure: what lies on the drive is told. A path once given is kept as long as its bytes are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.bundle.layout import PAYLOAD
from pipeline.bundle.names import LONGEST_AREA, LONGEST_EPISODE, alike, safe_name
from pipeline.manifest import name_fault, same

_ENDING = re.compile(r"\.[a-z0-9]{1,8}", re.ASCII)
_NUMBERED = re.compile(r"(.+) \(([2-9]|[1-9][0-9]{1,5})\)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class WantedPath:
    """Where a piece would lie if it lay alone: `area/title.mp4`, or `area/title/episode.mp4`.

    `area`, `title` and `episode` as people wrote them. Pieces of one `programme` share its folder,
    those of one episode (video, poster, captions; the video first) their name as far as they can.
    """

    programme: str
    area: str
    title: str
    ending: str  # with its dot
    episode: str = ""
    sha256: str = ""


def arranged(
    wanted: Sequence[WantedPath], taken: Mapping[str, str], below: str = PAYLOAD
) -> tuple[str, ...]:
    """A path for each piece, in their order, all different in more than case and normal form.

    `taken`: what lies on the drive, path -> SHA-256 ("" = not known, a person's file). A piece
    whose bytes lie there under its name, numbered or not, keeps that path; no other piece gets a
    path where something lies, but the next free number: `title (2).mp4`. The order of `wanted`
    decides who of equals has no number.
    """
    for one in wanted:
        if not _ENDING.fullmatch(one.ending):
            raise ValueError(f"no ending of a file: {one.ending!r}")
    shelf = _Shelf.of(taken, below)
    stems = _stems(wanted, shelf, below)
    paths = {place: shelf.claim(stem, wanted[place]) for place, stem in enumerate(stems)}
    for group in _together(wanted, stems):
        stem = stems[group[0]]
        coming = [place for place in group if not paths[place]]
        staying = [_number_of(paths[place], stem) for place in group if paths[place]]
        number = shelf.number(stem, tuple(wanted[place].ending for place in coming), staying)
        for place in coming:
            paths[place] = _numbered(stem, number) + wanted[place].ending
            shelf.put(paths[place])
    return tuple(paths[place] for place in range(len(wanted)))


@dataclass(slots=True)
class _Shelf:
    """What is taken by now: by what lies on the drive, and by the pieces named so far."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    # Where bytes lie: (folder, name without its number, digest) -> paths.
    known: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    branches: dict[str, set[int]] = field(default_factory=dict)  # numbers of a folder's name
    claimed: set[str] = field(default_factory=set)
    begin: dict[tuple[str, ...], int] = field(default_factory=dict)

    @classmethod
    def of(cls, taken: Mapping[str, str], below: str) -> _Shelf:
        shelf = cls()
        # A file in the place of `below` itself bars every path: writing will say so.
        barred = {alike(below), *_above(alike(below))}
        for path in sorted(taken, key=lambda path: (len(path), path)):
            if alike(path) in barred:
                continue
            shelf.put(path)
            # What is spelled as we never spell is in the way, yet cannot be kept.
            if taken[path] and same(path) == path and not name_fault(path):
                shelf._know(path, taken[path])
        return shelf

    def put(self, path: str) -> None:
        """From now on something lies there."""
        key = alike(path)
        self.files.add(key)
        self.folders.update(_above(key))

    def _know(self, path: str, digest: str) -> None:
        folder, _slash, name = path.rpartition("/")
        stem, ending = _parted(name)
        for base, _number in _numbers(stem):
            key = (alike(folder), alike(base + ending), digest)
            self.known.setdefault(key, []).append(path)
        for base, number in _numbers(folder):
            self.branches.setdefault(alike(base), set()).add(number)

    def held(self, stem: str, one: WantedPath) -> list[str]:
        """Paths under this stem where the piece's bytes lie, those of the lowest number first."""
        folder, _slash, name = stem.rpartition("/")
        return self.known.get((alike(folder), alike(name + one.ending), one.sha256), [])

    def claim(self, stem: str, one: WantedPath) -> str:
        """The path where the piece's bytes lie, for this piece alone; "" where none is."""
        path = next((path for path in self.held(stem, one) if path not in self.claimed), "")
        self.claimed.add(path)
        return path

    def free(self, path: str) -> bool:
        """Whether neither a file nor a folder stands in the way."""
        key = alike(path)
        return key not in self.files and key not in self.folders and self.reached(key)

    def reached(self, key: str) -> bool:
        """Whether no file lies where a folder on the way would have to be."""
        return self.files.isdisjoint(_above(key))

    def number(self, stem: str, endings: tuple[str, ...], first: Iterable[int] = ()) -> int:
        """A number with which this stem is free for all these endings: one of `first`, else the
        lowest.
        """
        key = (alike(stem), *endings)
        for number in first:
            if self._all_free(stem, number, endings):
                return number
        # What was found taken stays so: many equal titles take linear time.
        number = self.begin.get(key, 1)
        while not self._all_free(stem, number, endings):
            number += 1
        self.begin[key] = number
        return number

    def _all_free(self, stem: str, number: int, endings: Iterable[str]) -> bool:
        return all(self.free(_numbered(stem, number) + ending) for ending in endings)


def _stems(wanted: Sequence[WantedPath], shelf: _Shelf, below: str) -> list[str]:
    """The path of each piece without number and ending."""
    areas: dict[str, str] = {}  # those that differ only in case are one folder to FAT
    stems: list[str] = []
    series: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(wanted):
        area = "/".join(filter(None, (below, one.area and safe_name(one.area, LONGEST_AREA))))
        if alike(area) not in areas:
            areas[alike(area)] = _folder(area, shelf)
        stems.append(f"{areas[alike(area)]}/{safe_name(one.title)}".removeprefix("/"))
        if one.episode:
            series.setdefault((one.programme, stems[place]), []).append(place)
    for place, folder in _folders(wanted, series, shelf).items():
        stems[place] = f"{folder}/{safe_name(wanted[place].episode, LONGEST_EPISODE)}"
    return stems


def _folder(area: str, shelf: _Shelf) -> str:
    """The name of a subject area's folder, another where a person's file bears it."""
    number = 1
    while area and not shelf.reached(alike(_numbered(area, number)) + "/"):
        number += 1
    shelf.folders.add(alike(_numbered(area, number)))
    return _numbered(area, number)


def _folders(
    wanted: Sequence[WantedPath], series: Mapping[tuple[str, str], list[int]], shelf: _Shelf
) -> dict[int, str]:
    """The folder of each piece of a series. A series stays where most of it lies; then the others
    come, each into a folder where nothing is in its way.
    """
    chosen: dict[tuple[str, str], str] = {}
    used: set[str] = set()
    for stays in (True, False):
        for key, places in series.items():
            if key in chosen:
                continue
            names = [
                (safe_name(wanted[place].episode, LONGEST_EPISODE), wanted[place])
                for place in places
            ]
            folder = (_stay if stays else _come)(key[1], names, shelf, used)
            if folder:
                chosen[key] = folder
                used.add(alike(folder))
                shelf.folders.add(alike(folder))
    return {place: chosen[key] for key, places in series.items() for place in places}


_Names = Sequence[tuple[str, WantedPath]]


def _stay(base: str, names: _Names, shelf: _Shelf, used: set[str]) -> str:
    """The folder under this name that holds most of these pieces, "" where none holds any."""
    best, most = "", 0
    for number in sorted(shelf.branches.get(alike(base), ())):
        folder = _numbered(base, number)
        count = sum(bool(shelf.held(f"{folder}/{name}", one)) for name, one in names)
        if count > most and alike(folder) not in used:
            best, most = folder, count
    return best


def _come(base: str, names: _Names, shelf: _Shelf, used: set[str]) -> str:
    """The first folder under this name where none of these pieces finds its path taken."""
    key = (alike(base), "")
    number = shelf.begin.get(key, 1)
    while True:
        folder = _numbered(base, number)
        free = all(shelf.free(f"{folder}/{name}{one.ending}") for name, one in names)
        if free and alike(folder) not in used:
            shelf.begin[key] = number
            return folder
        number += 1


def _together(wanted: Sequence[WantedPath], stems: Sequence[str]) -> Iterator[list[int]]:
    """Places of pieces that shall bear one name: those of one programme under one stem; where an
    ending comes again (two episodes of one name), from there on another name.
    """
    groups: dict[tuple[str, str, int], list[int]] = {}
    rounds: dict[tuple[str, str, str], int] = {}
    for place, (one, stem) in enumerate(zip(wanted, stems, strict=True)):
        key = (one.programme, alike(stem), one.ending)
        rounds[key] = rounds.get(key, 0) + 1
        groups.setdefault((one.programme, alike(stem), rounds[key]), []).append(place)
    yield from groups.values()


def _number_of(path: str, stem: str) -> int:
    told, _ending = _parted(path)
    return next((number for base, number in _numbers(told) if alike(base) == alike(stem)), 1)


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem} ({number})"


def _numbers(stem: str) -> Iterator[tuple[str, int]]:
    """What a name may be without its number, which may as well belong to a title."""
    yield stem, 1
    if match := _NUMBERED.fullmatch(stem):
        yield match[1], int(match[2])


def _parted(name: str) -> tuple[str, str]:
    """A name and its ending, as far as it looks like one of ours."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if _ENDING.fullmatch(dot + ending.lower()) else (name, "")


def _above(key: str) -> list[str]:
    parts = key.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
