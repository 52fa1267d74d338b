"""What is known of a programme put together: sheet, sidecar, tags, file name; decides, stores none.

Earlier words are stronger: what a sheet says is never changed by what a file claims of itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from catalog.programme import Programme, Rights, Source
from catalog.sheet import Entry
from catalog.title import Name, is_doubtful, read_name, repaired
from catalog.vocabulary import lookup
from catalog.wish_words import wished
from catalog.wishes import over

# Tags of containers that mean what our field means; the first that holds something is taken.
_TAGS = {
    "creator": ("artist", "author", "wm/author", "director"),
    "series": ("show", "series", "album"),
    "description": ("description", "synopsis"),
    "publisher": ("publisher", "wm/publisher"),
}
_MOST_TAG = 500


@dataclass(frozen=True, slots=True)
class Described:
    """One file's part in a programme: what people `said` and what is `guessed` from the file.

    `episode` is 0 where nobody tells a number; `part` is 上, 中 or 下 where the number came from
    one. Neither programme has episodes; only a person gives an id.
    """

    said: Programme
    guessed: Programme
    episode: int = 0
    part: str = ""

    @property
    def programme(self) -> Programme:
        """All that is known, people's words first."""
        return merge(self.said, self.guessed)


def describe(source: Source, entry: Entry | None = None, sidecar: Entry | None = None) -> Described:
    """All that is known of the programme of one file."""
    name = read_name(source.name)
    tagged, tag_name = _tagged(source)
    guessed = merge(tagged, Programme("", name.title, series=name.series))
    number = tag_name if tagged.title and tag_name.episode else name
    said, told = Programme("", ""), 0
    for one in (entry, sidecar):
        if one:
            said = merge(said, one.programme)
            told = told or _told_episode(one, source.name)
    if told:
        return Described(said, guessed, told)
    return Described(said, guessed, number.episode, number.part)


def merge(stronger: Programme, weaker: Programme) -> Programme:
    """What `stronger` says, and for the fields it leaves empty what `weaker` says.

    An end of rights stays until another is given (`date.max` is "for ever"): to forget one would
    widen what may be shown.
    """
    found = {
        field.name: getattr(stronger, field.name) or getattr(weaker, field.name)
        for field in fields(Programme)
        if field.name not in ("rights", "wishes")
    }
    wishes = over(stronger.wishes, weaker.wishes)
    return Programme(**found, rights=_rights(stronger.rights, weaker.rights), wishes=wishes)


def missing(programme: Programme) -> tuple[str, ...]:
    """The fields a person still has to fill in, under the names a sheet uses."""
    wanting = {
        "title": is_doubtful(programme.title),
        "subject": not (programme.subject or programme.class_numbers),
        "type": not programme.type,
        "language": not programme.language,
        "rights_scope": programme.rights.scope == "unknown",
        "file": not programme.episodes,
    }
    return tuple(name for name, wants in wanting.items() if wants)


def changes(before: Programme | None, after: Programme) -> dict[str, list[object]]:
    """The fields that differ, each with the value before and after, ready for JSON."""
    old, new = plain(before or Programme("", "")), plain(after)
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}


def plain(programme: Programme) -> dict[str, object]:
    """A programme as JSON knows values: lists for tuples, ISO dates, rights as two fields."""
    names = [field.name for field in fields(Programme) if field.name not in ("rights", "episodes")]
    found = {name: getattr(programme, name) for name in names}
    found = {name: list(v) if isinstance(v, tuple) else v for name, v in found.items()}
    until = programme.rights.until
    found |= {"wishes": wished(programme.wishes)}
    found |= {"rights_scope": programme.rights.scope}
    found |= {"rights_until": until.isoformat() if until else ""}
    return found | {"episodes": [[e.number, e.sha256] for e in programme.episodes]}


def _rights(stronger: Rights, weaker: Rights) -> Rights:
    scope = weaker.scope if stronger.scope == "unknown" else stronger.scope
    return Rights(scope, stronger.until or weaker.until)


def _told_episode(said: Entry, name: str) -> int:
    """The number a row gives a file: its place among the row's files, from the row's episode."""
    if len(said.files) > 1 and name in said.files:
        return (said.episode or 1) + said.files.index(name)
    return said.episode


def _tagged(source: Source) -> tuple[Programme, Name]:
    """What the container says of itself; a title that is hardly one counts as unsaid."""
    tags = {key.lower(): _tag(value) for key, value in reversed(source.tags)}
    name = read_name(tags.get("title", ""))
    found: dict[str, Any] = {
        field: next((tags[tag] for tag in names if tags.get(tag)), "")
        for field, names in _TAGS.items()
    }
    title = "" if name.doubtful else name.title
    year = re.match(r"(?:19|20)[0-9]{2}(?:-[01][0-9](?:-[0-3][0-9])?)?", tags.get("date", ""))
    said = Programme("", title, language=_language(source), date=year[0] if year else "")
    said = replace(said, **found)
    return replace(said, series=name.series or said.series), name


def _tag(value: str) -> str:
    text = " ".join(repaired(value).split())
    return text if len(text) <= _MOST_TAG and text.isprintable() else ""


def _language(source: Source) -> str:
    said = source.audio.language if source.audio else ""
    term = lookup("language", said) if said else None
    return term.code if term else ""
