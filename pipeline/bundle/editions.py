"""The records of a drive's editions, each with the root of the one before: a chain.

An edition's own root stands in no record of its own, since the seal is made of the record too: it
stands in the next one, and in the books.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from catalog.problem import Problem
from catalog.words import _
from pipeline.bundle import plain_json
from pipeline.bundle.bundle import Bundle
from pipeline.bundle.layout import MOST_EDITIONS, record_number, record_path
from pipeline.bundle.names import plain
from pipeline.manifest import MOST_FILES

FORM = "xiaxiang edition 1"
MOST_BYTES = 8 << 20
MOST_PROGRAMMES = 20_000
_LONGEST_TITLE = 300
_name = plain_json.text(120)


def _programmes(value: object) -> str:
    if not isinstance(value, list) or len(value) > MOST_PROGRAMMES:
        return _("{value} is no list of programmes").format(value=plain_json.shown(value))
    title = plain_json.text(_LONGEST_TITLE, empty=True)
    for one in value:
        if not isinstance(one, list) or len(one) != 2:
            return _("{value} is no programme").format(value=plain_json.shown(one))
        if wrong := _name(one[0]) or title(one[1]):
            return wrong
    return ""


_FIELDS: plain_json.Fields = {
    "number": plain_json.whole(1, MOST_EDITIONS),
    "edition": _name,
    "on": plain_json.day,
    "previous": plain_json.hexadecimal(64, empty=True),
    "drive": _name,
    "site": _name,
    "title": plain_json.text(_LONGEST_TITLE, empty=True),
    "programmes": _programmes,
    "files": plain_json.whole(0, MOST_FILES),
    "bytes": plain_json.whole(0, 1 << 60),
}


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """One edition of one drive. `previous`: root of the edition before, "" for the first;
    `programmes`: id and title of each; `files` and `bytes` of the payload.
    """

    number: int
    edition: str
    on: date
    previous: str
    drive: str
    site: str
    title: str
    programmes: tuple[tuple[str, str], ...]
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The records of a drive, oldest first, without a gap. It begins later than with edition 1
    where a new disk took the place of an older one.
    """

    records: tuple[EditionRecord, ...] = ()

    @property
    def number(self) -> int:
        """The number of the last edition, 0 where there is none."""
        return self.records[-1].number if self.records else 0

    def root_of(self, number: int) -> str:
        """The root of an edition as the record after it tells, "" where none does."""
        return next((one.previous for one in self.records if one.number == number + 1), "")


def edition_record(bundle: Bundle) -> bytes:
    """The bytes of the record of a bundle's edition: equal bundles, equal bytes."""
    programmes = [[one.programme, plain(one.title)[:_LONGEST_TITLE]] for one in bundle.offers]
    fields = {
        "number": bundle.number,
        "edition": bundle.edition,
        "on": bundle.on.isoformat(),
        "previous": bundle.previous,
        "drive": bundle.drive,
        "site": bundle.site,
        "title": plain(bundle.title)[:_LONGEST_TITLE],
        "programmes": programmes,
        "files": len(bundle.pieces),
        "bytes": bundle.bytes,
    }
    data = plain_json.written(FORM, fields)
    read = read_edition_record(data)
    if not isinstance(read, EditionRecord):
        raise ValueError("; ".join(map(str, read)))
    return data


def read_edition_record(data: bytes, file: str = "") -> EditionRecord | tuple[Problem, ...]:
    """One record as it lies on a drive, or what is wrong with it; `data` may be anybody's."""
    found = plain_json.read(data, file, FORM, _FIELDS, MOST_BYTES)
    if isinstance(found, tuple):
        return found
    if (found["number"] == 1) != (found["previous"] == ""):
        wrong = _("edition {number} names {root} as the one before").format(
            number=found["number"], root=found["previous"][:12] or _("none")
        )
        return (Problem(file, 0, "previous", wrong, plain_json.mend()),)
    programmes = tuple((one[0], one[1]) for one in found["programmes"])
    told = {"on": date.fromisoformat(found["on"]), "programmes": programmes}
    return EditionRecord(**found | told)


def read_chain(records: Mapping[str, bytes]) -> Chain | tuple[Problem, ...]:
    """The chain of all records of a drive, by path, or everything that is wrong with it: a record
    that cannot be read, one under another number than its own, a gap, records of two drives.
    Days may go back: a clock that once stood wrong must not spoil a drive for ever.
    """
    problems: list[Problem] = []
    read: list[EditionRecord] = []
    for path in sorted(records):
        one = read_edition_record(records[path], path)
        if isinstance(one, tuple):
            problems += one
        elif one.number != record_number(path):
            problems.append(_odd(path, _("it is the record of edition {value}"), one.number))
        else:
            read.append(one)
    if not problems:
        for before, after in itertools.pairwise(read):
            problems += _following(before, after)
    return tuple(problems) or Chain(tuple(read))


def _following(before: EditionRecord, after: EditionRecord) -> list[Problem]:
    """What is wrong with one record as the next of another."""
    path = record_path(after.number)
    problems = []
    if after.number != before.number + 1:
        problems.append(_odd(path, _("the edition before it is {value}"), before.number))
    if after.drive != before.drive:
        problems.append(
            _odd(path, _("the edition before it is of the drive {value}"), before.drive)
        )
    return problems


def _odd(path: str, wrong: str, value: object) -> Problem:
    return Problem(path, 0, "", wrong.format(value=value), plain_json.mend())
