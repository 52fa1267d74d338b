"""Our code lists: subjects with their class numbers, types, audiences ...; read from the package.

The lists are those of the project's reference table (vocabulary.csv); the languages are ours.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from catalog.class_number import is_class_number, under
from catalog.programme import Programme

Scheme = Literal[
    "subject",
    "resource_type",
    "season",
    "audience",
    "site_level",
    "access",
    "issue_mode",
    "medium",
    "rights_scope",
    "language",
]


@dataclass(frozen=True, slots=True)
class Term:
    """One code of one list; `classes` are the class numbers of a subject, `note` is free text."""

    scheme: Scheme
    code: str
    zh: str
    en: str
    broader: str = ""
    classes: tuple[str, ...] = ()
    note: str = ""


@cache
def terms(scheme: Scheme) -> tuple[Term, ...]:
    """All terms of a list, in the order of the table."""
    return tuple(term for term in _all() if term.scheme == scheme)


def term(scheme: Scheme, code: str) -> Term | None:
    """The term of exactly this code."""
    return _by_code(scheme).get(code)


def lookup(scheme: Scheme, word: str) -> Term | None:
    """The term a person means by a code or a Chinese or English word, letter case apart."""
    return _by_word(scheme).get(_folded(word))


def suggestions(scheme: Scheme, word: str, most: int = 3) -> tuple[Term, ...]:
    """Terms whose code or word is near to `word` or holds it, nearest first."""
    words = _by_word(scheme)
    wanted = _folded(word)
    near = difflib.get_close_matches(wanted, words, n=most, cutoff=0.6)
    near += [known for known in words if len(wanted) > 1 and wanted in known]
    near += [known for known in words if len(known) > 1 and known in wanted]
    near += difflib.get_close_matches(wanted, words, n=most, cutoff=0.4)
    # The last hope of a word with a wrong character: those that share another.
    near += [known for known in words if any(c in known for c in wanted if c > "\u2e80")]
    return tuple(dict.fromkeys(words[known] for known in near))[:most]


def season_months(code: str) -> tuple[int, ...]:
    """The months (1-12, ascending) of a season code; none for `all`, that is all year."""
    found = term("season", code)
    span = re.match(r"(\d+)-(\d+)月", found.note) if found else None
    return months_between(int(span[1]), int(span[2])) if span else ()


def months_between(first: int, last: int) -> tuple[int, ...]:
    """The months from `first` to `last` inclusive, past the year's end if need be, ascending."""
    count = (last - first) % 12 + 1
    return tuple(sorted((first - 1 + step) % 12 + 1 for step in range(count)))


@cache
def narrower(code: str) -> frozenset[str]:
    """A subject code with all codes below it."""
    below = {code}
    for known in terms("subject"):  # the table names what is broader first
        if known.broader in below:
            below.add(known.code)
    return frozenset(below)


def subject_matches(programme: Programme, wanted: str) -> bool:
    """Whether a programme belongs to `wanted`: a subject code of ours, or a class-number prefix.

    A code matches itself and what is below it; a programme that carries only class numbers matches
    where one lies under a class of the code or of what is below it. A prefix is held against the
    class numbers, or where there are none, against the classes of the subject codes.
    """
    known = lookup("subject", wanted)
    if known is None:
        numbers = programme.class_numbers or _classes_of(programme.subject)
        return any(under(number, wanted) for number in numbers)
    if programme.subject:
        return not narrower(known.code).isdisjoint(programme.subject)
    classes = _classes_of(tuple(narrower(known.code)))
    return any(under(number, prefix) for number in programme.class_numbers for prefix in classes)


def is_subject(wanted: str) -> bool:
    """Whether `subject_matches` can understand this: a code or word of ours, or a class number."""
    return lookup("subject", wanted) is not None or is_class_number(wanted)


def _classes_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    known = _by_code("subject")
    return tuple(number for code in codes if code in known for number in known[code].classes)


@cache
def _all() -> tuple[Term, ...]:
    text = (files("catalog") / "vocabulary.csv").read_text("utf-8")
    return tuple(_term(row) for row in csv.DictReader(text.splitlines()))


def _term(row: dict[str, str]) -> Term:
    classes = tuple(row["clc"].split(";")) if row["clc"] else ()
    scheme = cast(Scheme, row["scheme"])
    return Term(scheme, row["code"], row["zh"], row["en"], row["broader"], classes, row["note"])


@cache
def _by_code(scheme: Scheme) -> dict[str, Term]:
    return {known.code: known for known in terms(scheme)}


@cache
def _by_word(scheme: Scheme) -> dict[str, Term]:
    """Every word a person may use; where two terms share one, the earlier has it."""
    words: dict[str, Term] = {}
    for known in terms(scheme):
        for word in _words_of(known):
            words.setdefault(_folded(word), known)
    return words


def _words_of(known: Term) -> list[str]:
    """Code, Chinese and English; also without what stands in brackets, and other names."""
    said = [known.code, known.zh, known.en]
    said += [re.sub(r"[(（].*?[)）]", "", word) for word in said[1:]]
    said += known.note.split(";") if known.scheme == "language" else []
    return [word for word in said if word]


def _folded(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
