"""Which programme a file belongs to, and as which episode: decided on values alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from catalog.describe import Described
from catalog.programme import Episode, Programme
from catalog.sheet import Entry
from catalog.title import is_doubtful, read_name, same_title

_LAST = 999  # a number no episode has, for one that will be numbered anew at once


def with_episode(programme: Programme, number: int, sha256: str) -> Programme:
    """The programme with this source as the episode of this number, whatever stood there."""
    others = [e for e in programme.episodes if e.number != number and e.sha256 != sha256]
    return _ordered(programme, [*others, Episode(number, sha256)])


def without_source(programme: Programme, sha256: str) -> Programme:
    """The programme without this source; the other episodes keep their numbers."""
    return _ordered(programme, [e for e in programme.episodes if e.sha256 != sha256])


def with_parts_in_order(programme: Programme, names: Mapping[str, str]) -> Programme:
    """Episodes named 上, 中 and 下 numbered without a gap: 下 is the second where no 中 is.

    `names` gives each source's file name by sha256; where not every name tells a part of its own,
    the numbers stay.
    """
    parts = {sha256: read_name(name).part for sha256, name in names.items()}
    if not parts or not all(parts.values()) or len(set(parts.values())) < len(parts):
        return programme
    last = 3 if "中" in parts.values() else 2
    numbers = {"上": 1, "中": 2, "下": last}
    return _ordered(programme, [Episode(numbers[parts[sha]], sha) for sha in parts])


def place_for(
    programmes: Iterable[tuple[Programme, Mapping[str, str]]], known: Described
) -> tuple[Programme, int] | None:
    """The programme of the same title that a file joins, and its number there.

    It joins where it is the only file, or where the number (or part) it tells is free. None: it is
    a programme of its own; two files of one title and no number may be two recordings.
    `programmes` come with the file names of their episodes by sha256.
    """
    for programme, names in programmes:
        series = {same_title(p.series) for p in (programme, known.programme)} - {""}
        if len(series) > 1:
            continue
        if known.part:
            parts = [read_name(name).part for name in names.values()]
            if all(parts) and known.part not in parts:
                return programme, _LAST
        elif not programme.episodes or (known.episode and is_free(programme, known.episode)):
            return programme, known.episode or 1
    return None


def is_free(programme: Programme, number: int) -> bool:
    """Whether no episode has this number."""
    return all(episode.number != number for episode in programme.episodes)


def free_number(programme: Programme) -> int:
    """The number after the last episode."""
    return max((episode.number for episode in programme.episodes), default=0) + 1


def may_replace(name: str) -> bool:
    """Whether a new file of this name is a new edition of the old one: not if a camera named it."""
    return not is_doubtful(read_name(name).title)


def number_in(entry: Entry, name: str) -> int:
    """The number of one of a row's files: as the row tells, else the names, else their order."""
    place = entry.files.index(name)
    if entry.episode:
        return entry.episode + place
    told = [read_name(file).episode for file in entry.files]
    return told[place] if all(told) and len(set(told)) == len(told) else place + 1


def _ordered(programme: Programme, episodes: Iterable[Episode]) -> Programme:
    return replace(programme, episodes=tuple(sorted(episodes, key=lambda e: e.number)))
