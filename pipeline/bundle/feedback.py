"""What people at a site wrote on the page of the drive, read from the file that the page saves.

The file comes from a stranger's computer: everything in it is limited, typed and looked at, and the
site it speaks for is told by the caller, never by the file. Pure: bytes in, values out.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from catalog.characters import shown
from catalog.circulation.entries import Requested, Screened
from catalog.needs.words import SCREENINGS, words_in
from catalog.problem import Problem
from catalog.vocabulary import lookup, term
from catalog.words import _

FORMAT = "feedback"
VERSION = 1
MOST_BYTES = 256 * 1024
MOST_ENTRIES = 500
MOST_TEXT = 1_000  # letters of what somebody asked for
MOST_NAME = 60
MOST_PROGRAMMES = 50  # of one screening
MOST_PEOPLE = 100_000
MOST_PROBLEMS = 50  # told of one file

_FIRST_DAY = date(2000, 1, 1)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Feedback:
    """Requests and screenings of one file. `drive`, `site` and `edition` are what the file says of
    itself; the entries are all of the caller's site.
    """

    file: str
    drive: str
    site: str
    edition: str
    entries: tuple[Requested | Screened, ...]


class _Wrong(Exception):  # noqa: N818 - a mistake in a value, told as a Problem
    """What is wrong with one value, and how to mend it."""


def read_feedback(
    data: bytes, name: str, *, site: str, today: date
) -> Feedback | tuple[Problem, ...]:
    """Read a feedback file; `name` is its name for people, `site` the site whose drive it lay on.

    A file with a mistake is not taken in at all: its problems are given back instead.
    """
    try:
        said = _parsed(data)
        return _Reader(name, site, today).file(said)
    except _Wrong as error:
        return (Problem(name, 0, "", *error.args),)


def _parsed(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        wrong = _("larger than {limit} KiB").format(limit=MOST_BYTES // 1024)
        raise _Wrong(wrong, _not_ours())
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:  # also what is no UTF-8, and endless digits
        raise _Wrong(
            _("it is not written as the page of a drive writes it"), _not_ours()
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _not_ours() -> str:
    return _("keep the file, and ask the site for what it wrote")


class _Reader:
    """One file being read: every mistake is noted, none stops the next from being found."""

    def __init__(self, file: str, site: str, today: date) -> None:
        self.file_name, self.site, self.today = file, site, today
        self.problems: list[Problem] = []

    def file(self, said: Any) -> Feedback | tuple[Problem, ...]:
        if not isinstance(said, dict) or said.get("xiaxiang") != FORMAT:
            raise _Wrong(_("it is no feedback of a drive's page"), _not_ours())
        version = said.get("version")
        if isinstance(version, bool) or version != VERSION:
            wrong = _("version {value} of the form is not known here").format(value=_told(version))
            raise _Wrong(wrong, _("install the newer xiaxiang, and read the file again"))
        keys = ("drive", "site", "edition", "saved")
        self._known(said, "", ("xiaxiang", "version", "entries", *keys))
        told = {key: self._take(said, "", key, _named, "") for key in keys}
        listed = said.get("entries")
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_ENTRIES:
            wrong = _("there are not between 1 and {most} entries").format(most=MOST_ENTRIES)
            raise _Wrong(wrong, _not_ours())
        entries = [self._entry(one, f"entries.{n}") for n, one in enumerate(listed, 1)]
        if self.problems:
            return tuple(self.problems[:MOST_PROBLEMS])
        kept = tuple(one for one in entries if one is not None)
        return Feedback(self.file_name, told["drive"], told["site"], told["edition"], kept)

    def _entry(self, said: Any, place: str) -> Requested | Screened | None:
        match said.get("entry") if isinstance(said, dict) else None:
            case "request":
                return self._request(said, place)
            case "screening":
                return self._screening(said, place)
            case other:
                wrong = _("{value} is no request and no screening").format(value=_told(other))
                self._note(place, wrong, _not_ours())
                return None

    def _request(self, said: dict[str, Any], place: str) -> Requested:
        self._known(said, place, ("entry", "on", "text", "subject", "asked_by", "programme"))
        on = self._take(said, place, "on", self._day, self.today)
        text = self._take(said, place, "text", _text, "")
        subject = self._take(said, place, "subject", _subject, "")
        asked_by = self._take(said, place, "asked_by", _named, "")
        programme = self._take(said, place, "programme", _programme, "")
        if not (text or programme or subject):
            wrong = _("it does not say what is wanted")
            self._note(f"{place}.text", wrong, _("write it in the words of the one who asked"))
        words = text or (_area(subject) if subject else "")
        # A request in the books has words alone: the programme meant stands in them.
        meant = f"{words}（{programme}）" if programme else words
        return Requested("", on, self.site, meant, asked_by, subject)

    def _screening(self, said: dict[str, Any], place: str) -> Screened:
        keys = ("entry", "on", "programmes", "attendance", "kind", "recorded_by")
        self._known(said, place, keys)
        return Screened(
            "",
            self._take(said, place, "kind", _kind, ""),
            self.site,
            self._take(said, place, "on", self._day, self.today),
            self._take(said, place, "programmes", _programmes, ()),
            self._take(said, place, "attendance", _people, 0),
            "drive",
            self._take(said, place, "recorded_by", _named, ""),
        )

    def _take(
        self, said: dict[str, Any], place: str, key: str, read: Callable[[Any], _T], otherwise: _T
    ) -> _T:
        try:
            return read(said.get(key))
        except _Wrong as error:
            self._note(f"{place}.{key}".lstrip("."), *error.args)
            return otherwise

    def _known(self, said: dict[str, Any], place: str, keys: Sequence[str]) -> None:
        for key in said:
            if key not in keys:
                wrong = _("{value} is not known here").format(value=shown(key))
                mend = _("the page writes: {words}").format(words=", ".join(keys))
                self._note(place, wrong, mend)

    def _note(self, key: str, wrong: str, mend: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(self.file_name, 0, key, wrong, mend))

    def _day(self, value: Any) -> date:
        mend = _("look it up again, and write it like 2012-08-01")
        try:
            day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except (TypeError, ValueError):
            day = None
        if day is None or day < _FIRST_DAY:
            raise _Wrong(_("{value} cannot be the day").format(value=_told(value)), mend)
        if day > self.today:
            raise _Wrong(_("{value} has not come yet").format(value=day), mend)
        return day


def _words(value: Any, most: int) -> str:
    """A text without what cannot be seen; line ends and rows of spaces become one space."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 4 * most:
        raise _Wrong(_("{value} is no text of that place").format(value=_told(value)), _not_ours())
    spaced = "".join(" " if c in "\n\r\t\v\f\u2028\u2029" else c for c in value)
    seen = "".join(c for c in spaced if unicodedata.category(c) not in _UNSEEN)
    text = " ".join(unicodedata.normalize("NFC", seen).split())
    if len(text) > most:
        wrong = _("{value} is longer than {most} letters").format(value=shown(text), most=most)
        raise _Wrong(wrong, _("write it shorter"))
    return text


def _text(value: Any) -> str:
    return _words(value, MOST_TEXT)


def _named(value: Any) -> str:
    return _words(value, MOST_NAME)


def _area(code: str) -> str:
    found = term("subject", code)
    return found.zh if found else code


def _subject(value: Any) -> str:
    word = _named(value)
    found = lookup("subject", word) if word else None
    if word and found is None:
        wrong = _("{value} is not known here").format(value=shown(word))
        raise _Wrong(wrong, _("write one of the subject codes"))
    return found.code if found else ""


def _programme(value: Any) -> str:
    word = _named(value)
    if word and not _ID.fullmatch(word):
        raise _Wrong(_("{value} is no programme's number").format(value=shown(word)), _not_ours())
    return word


def _programmes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_PROGRAMMES:
        wrong = _("{value} does not name the programmes, 1 to {most}")
        raise _Wrong(wrong.format(value=_told(value), most=MOST_PROGRAMMES), _not_ours())
    found = [_programme(one) for one in value]
    if not all(found):
        raise _Wrong(_("a programme's number is empty"), _not_ours())
    return tuple(dict.fromkeys(found))


def _kind(value: Any) -> str:
    if not isinstance(value, str) or value not in SCREENINGS:
        wrong = _("{value} is not known here").format(value=_told(value))
        raise _Wrong(wrong, _("write one of: {words}").format(words=words_in(SCREENINGS)))
    return value


def _people(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_PEOPLE:
        wrong = _("{value} is no number of people").format(value=_told(value))
        raise _Wrong(wrong, _("write a whole number, 0 or more"))
    return value


def _told(value: Any) -> str:
    """A value of any kind for a message: short, on one line, without what cannot be seen."""
    if isinstance(value, str):
        return shown("".join(c for c in value[:200] if unicodedata.category(c) not in _UNSEEN))
    if isinstance(value, int | float | None):
        return str(value)[:40]
    return _("a list") if isinstance(value, list) else _("something else")
