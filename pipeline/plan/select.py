"""Which programmes a recipe takes, and why it leaves the others out; decides, and reads nothing.

Lines of the recipe come one after the other; a programme that an earlier line took is not taken
again. Within a line, `programmes` come as they are written. All others stand as on the shelf: by
class number, a series in one place (that of its lowest number), then by series and title, where
numbers count as numbers (第2集 before 第10集, 上 before 中 before 下), then by id. Where a line
says `requests: first`, what open requests ask for comes before all these, the most wanted first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, isfinite
from types import MappingProxyType

from catalog.analysis import Analysis
from catalog.class_number import sort_key
from catalog.programme import Programme, Scope, Source
from catalog.vocabulary import Scheme, lookup, subject_matches, term
from pipeline.plan.left_out import LeftOut, Reason, tell
from recipes.recipe import Recipe, Selection

__all__ = ["LeftOut", "Reason", "Selected", "select", "tell"]

# A file that claims more is damaged or not meant for a disc; a day is eighteen discs.
MOST_SECONDS = 24 * 3600
# What is missing or damaged of an episode before a person must say that it will do.
DAMAGE_ALLOWED = 0.05

_NONE: Mapping[str, Analysis] = MappingProxyType({})
_NOBODY: Mapping[str, int] = MappingProxyType({})
_REACH: Mapping[Scope, int] = {"unknown": 0, "county": 1, "province": 2, "national": 3}
_NUMBERS = re.compile(
    r"(?P<digits>\d+)|(?<=第)(?P<chinese>[零〇一二两三四五六七八九十百]+)"
    r"|(?P<part>[上中下])(?=[集部篇册本辑]|\W*$)"
)
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100}

_Why = tuple[Reason, tuple[tuple[str, str], ...]]
_Shelf = tuple[tuple[str, str], str, str, str, str]


@dataclass(frozen=True, slots=True)
class Selected:
    """What a recipe takes, in its order, and what it would have taken but for a reason. `lines`:
    which line of `select` took each, from 1.
    """

    chosen: tuple[Programme, ...]
    left_out: tuple[LeftOut, ...]
    lines: tuple[int, ...] = ()


def select(
    recipe: Recipe,
    programmes: Iterable[Programme],
    sources: Mapping[str, Source],
    today: date,
    analyses: Mapping[str, Analysis] = _NONE,
    *,
    asked_for: Mapping[str, int] = _NOBODY,
) -> Selected:
    """Choose from `programmes` (ids once each); `sources` and `analyses` are by sha256. What was
    not looked through yet counts as undamaged. `asked_for`: how many open requests name a programme
    (catalog/needs/wanted.py).

    What the recipe asks for is left out with the first reason that holds: not in the catalogue,
    not all that its line says, in `leave_out`, rights, files, damage; then `at_most` and
    `minutes` of its line. What no line asks for is not mentioned.
    """
    catalogue = {programme.id: programme for programme in programmes}
    chosen: dict[str, Programme] = {}
    lines: list[int] = []
    left_out: dict[str, LeftOut] = {}

    def why(programme: Programme) -> _Why | None:
        barrier = _barrier(programme, recipe, sources, today)
        return barrier or _damage(programme, recipe, analyses)

    for number, line in enumerate(recipe.select, 1):
        wanted = [*_wanted(line, number, catalogue, left_out)]
        if line.requests == "first":
            wanted.sort(key=lambda programme: -asked_for.get(programme.id, 0))
        able = [
            programme
            for programme in wanted
            if programme.id not in chosen and not _kept_out(programme, why(programme), left_out)
        ]
        for programme, beyond in _rationed(able, line, number, sources):
            if not _kept_out(programme, beyond, left_out):
                chosen[programme.id] = programme
                lines.append(number)
    # A later line may take what an earlier one had no room for.
    reasons = [each for id, each in left_out.items() if id not in chosen]
    return Selected(tuple(chosen.values()), tuple(reasons), tuple(lines))


def _kept_out(programme: Programme, why: _Why | None, left_out: dict[str, LeftOut]) -> bool:
    if why is not None:
        left_out.setdefault(programme.id, LeftOut(programme.id, programme.title, *why))
    return why is not None


def _wanted(
    line: Selection, number: int, catalogue: Mapping[str, Programme], left_out: dict[str, LeftOut]
) -> Iterator[Programme]:
    """What a line asks for, in its order; what it names in vain is left out at once."""
    if not line.programmes:
        yield from _shelved([each for each in catalogue.values() if _matches(each, line)])
    for id in dict.fromkeys(line.programmes):
        if id not in catalogue:
            left_out.setdefault(id, LeftOut(id, "", "not-in-catalogue"))
        elif _matches(catalogue[id], line):
            yield catalogue[id]
        else:
            _kept_out(catalogue[id], ("does-not-match", (("line", str(number)),)), left_out)


def _matches(programme: Programme, line: Selection) -> bool:
    """Whether a programme is everything that a line says, its ids and limits apart."""
    months = line.useful_in()
    return (
        (not line.subject or any(subject_matches(programme, each) for each in line.subject))
        and (not months or not programme.months or not set(months).isdisjoint(programme.months))
        and (not line.type or programme.type in line.type)
        and _among((programme.language,), (line.language,), "language")
        and _among((programme.dialect,), (line.dialect,))
        and _among(programme.audience, line.audience, "audience")
        and all(word in _said(programme) for word in _plain(line.text).split())
    )


def _among(found: Sequence[str], wanted: Sequence[str], scheme: Scheme | None = None) -> bool:
    """Whether one of the words found is one of those wanted, if any are; codes and the words for
    them are the same.
    """
    sought = {_code(word, scheme) for word in wanted if word}
    return not sought or not sought.isdisjoint(_code(word, scheme) for word in found)


def _code(word: str, scheme: Scheme | None) -> str:
    known = lookup(scheme, word) if scheme else None
    return known.code if known else _plain(word).strip()


def _said(programme: Programme) -> str:
    said = (programme.title, programme.title_en, *programme.keywords, programme.description)
    return _plain("\n".join(said))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _barrier(
    programme: Programme, recipe: Recipe, sources: Mapping[str, Source], today: date
) -> _Why | None:
    """Why a programme cannot be used at all."""
    if programme.id in recipe.leave_out:
        return "leave-out", ()
    return _rights(programme, recipe, today) or _files(programme, sources)


def _rights(programme: Programme, recipe: Recipe, today: date) -> _Why | None:
    rights = programme.rights
    if rights.scope == "unknown":
        return "rights-unknown", ()
    if rights.until is not None and rights.expired(today):
        return "rights-expired", (("until", rights.until.isoformat()),)
    if _REACH[rights.scope] < _REACH[recipe.rights]:
        return "rights-narrow", (("scope", rights.scope), ("wanted", recipe.rights))
    return None


def _files(programme: Programme, sources: Mapping[str, Source]) -> _Why | None:
    if not programme.episodes:
        return "no-file", ()
    faults: dict[Reason, list[int]] = {}
    for episode in programme.episodes:
        if fault := _fault(sources.get(episode.sha256)):
            faults.setdefault(fault, []).append(episode.number)
    for reason, numbers in faults.items():
        return reason, (("episodes", ", ".join(map(str, sorted(numbers)))),)
    return None


def _damage(programme: Programme, recipe: Recipe, analyses: Mapping[str, Analysis]) -> _Why | None:
    """What is lost of the episodes that have lost too much, unless somebody said it will do."""
    lost = {
        episode.number: found.lost
        for episode in programme.episodes
        if (found := analyses.get(episode.sha256)) and found.lost > DAMAGE_ALLOWED
    }
    if not lost or recipe.wishes(programme).damage == "accept":
        return None
    # Rounded up: what is left out for 5.2 % is not told as the 5 % that would be allowed.
    percent = str(ceil(100 * max(lost.values())))
    episodes = ", ".join(map(str, sorted(lost)))
    return "damaged", (("episodes", episodes), ("percent", percent))


def _fault(source: Source | None) -> Reason | None:
    if source is None:
        return "file-missing"
    if source.video is None and source.audio is None:
        return "nothing-to-play"
    if not isfinite(source.seconds) or source.seconds <= 0:
        return "no-length"
    return "too-long" if source.seconds > MOST_SECONDS else None


def _rationed(
    programmes: Iterable[Programme], line: Selection, number: int, sources: Mapping[str, Source]
) -> Iterator[tuple[Programme, _Why | None]]:
    """Each programme, with the limit of the line that it is beyond, if any. A programme that is
    too long for the minutes left is passed over; a shorter one behind it may still be taken.
    """
    count, minutes = 0, 0.0
    for programme in programmes:
        length = sum(sources[episode.sha256].seconds for episode in programme.episodes) / 60
        if line.at_most is not None and count >= line.at_most:
            yield programme, ("at-most", (("line", str(number)), ("most", str(line.at_most))))
        elif line.minutes is not None and minutes + length > line.minutes:
            yield programme, ("minutes", (("line", str(number)), ("most", str(line.minutes))))
        else:
            count, minutes = count + 1, minutes + length
            yield programme, None


def _shelved(programmes: Sequence[Programme]) -> list[Programme]:
    series: dict[str, tuple[str, str]] = {}
    for each in programmes:
        if each.series:
            series[each.series] = min(_class(each), series.get(each.series, _class(each)))

    def place(each: Programme) -> _Shelf:
        number = series.get(each.series) or _class(each)
        name = each.series or each.title
        return number, _counted(name), each.series, _counted(each.title), each.id

    return sorted(programmes, key=place)


def _class(programme: Programme) -> tuple[str, str]:
    """Where a programme stands by its first class number; at the end if it has none."""
    if programme.class_numbers:
        return sort_key(programme.class_numbers[0])
    subject = term("subject", programme.subject[0]) if programme.subject else None
    return sort_key(subject.classes[0]) if subject and subject.classes else ("~", "")


def _counted(title: str) -> str:
    """A title in which numbers sort by their value."""
    return _NUMBERS.sub(_padded, _plain(title))


def _padded(found: re.Match[str]) -> str:
    if digits := found["digits"]:
        return digits.lstrip("0").zfill(12)
    if chinese := found["chinese"]:
        return str(_value(chinese)).zfill(12)
    return str("上中下".index(found["part"]))


def _value(chinese: str) -> int:
    total = digit = 0
    for sign in chinese:
        if sign in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[sign], 0
        else:
            digit = _DIGITS[sign]
    return total + digit
