"""Which programmes somebody looks for in the catalogue: a question as a value, and its answer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from catalog.describe import missing
from catalog.programme import Programme
from catalog.vocabulary import subject_matches


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every field that is filled must hold. `subject`: any of these codes or class prefixes;
    `months`: good in any of them (a programme without months is good all year); `text`: somewhere
    in id, titles, series, keywords or description; `incomplete`: something is still to be told.
    """

    subject: tuple[str, ...] = ()
    language: str = ""
    months: tuple[int, ...] = ()
    text: str = ""
    incomplete: bool = False


def matches(programme: Programme, wanted: Wanted) -> bool:
    """Whether a programme is one of those wanted."""
    if wanted.subject and not any(subject_matches(programme, code) for code in wanted.subject):
        return False
    if wanted.language and programme.language.partition("-")[0] != wanted.language:
        return False
    if wanted.months and programme.months and set(wanted.months).isdisjoint(programme.months):
        return False
    if wanted.incomplete and not missing(programme):
        return False
    return not wanted.text or _folded(wanted.text) in _folded(_words(programme))


def _words(programme: Programme) -> str:
    said = (programme.id, programme.title, programme.title_en, programme.series)
    return "\n".join((*said, *programme.keywords, programme.description))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
