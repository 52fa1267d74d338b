"""The ledger: what happened, in order, each event carrying the digest of the one before.

It only grows. It knows no clock: the time is handed in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from operator import attrgetter
from typing import Any, Literal

from catalog.database import Connection, events
from catalog.words import _

FIRST = "0" * 64  # what the first event names as the one before it

Fault = Literal["altered", "missing", "moved", "cut"]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger. `serial` counts from 1; `subjects` are the ids it is about (a
    programme, a source's sha256, an edition); `details` holds what JSON knows.
    """

    serial: int
    at: datetime
    kind: str
    subjects: tuple[str, ...]
    details: Mapping[str, Any] = field(hash=False)
    previous: str
    digest: str


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """A place where the chain does not hold. `serial` is the event concerned; `count` how many
    from there on; `belongs` where a moved event was written.
    """

    serial: int
    fault: Fault
    count: int = 1
    belongs: int = 0

    def __str__(self) -> str:
        told = {
            "altered": _("event {serial} was changed after it was written"),
            "missing": _("{count} events are missing from number {serial} on"),
            "moved": _("event {serial} was written as number {belongs}"),
            "cut": _("the end is cut off: the last event known elsewhere is not here"),
        }
        return told[self.fault].format(serial=self.serial, count=self.count, belongs=self.belongs)


@dataclass(frozen=True, slots=True)
class _Line:
    """An event as it stands in the table."""

    serial: int
    at: str
    kind: str
    subjects: str
    details: str
    previous: str
    digest: str

    def due(self, serial: int = 0) -> str:
        """The digest this line should carry, at its own place or at another: SHA-256 of the event
        as canonical JSON (at, details, kind, previous, serial, subjects).
        """
        at, kind, previous = map(canonical, (self.at, self.kind, self.previous))
        text = (
            f'{{"at":{at},"details":{self.details},"kind":{kind},"previous":{previous},'
            f'"serial":{serial or self.serial},"subjects":{self.subjects}}}'
        )
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def append(
    connection: Connection,
    at: datetime,
    kind: str,
    subjects: Iterable[str],
    details: Mapping[str, Any] | None = None,
) -> Event:
    """Write an event, in the transaction of the change it tells of.

    `at` must know its time zone; it is kept in UTC. `details` may hold what JSON knows, no NaN.
    """
    append_many(connection, at, [(kind, tuple(subjects), dict(details or {}))])
    newest = last(connection)
    assert newest is not None  # noqa: S101 - it was written a line ago
    return newest


def append_many(
    connection: Connection,
    at: datetime,
    entries: Sequence[tuple[str, Sequence[str], Mapping[str, Any]]],
) -> tuple[int, ...]:
    """Write events of one moment (kind, subjects, details), in order; gives their serials."""
    if at.tzinfo is None:
        raise ValueError("the time of an event needs its time zone")
    if not entries:
        return ()
    serial, previous = next_place(connection)
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    rows = []
    for number, (kind, subjects, details) in enumerate(entries, serial):
        line = _Line(
            number, when, kind, canonical(list(subjects)), canonical(details), previous, ""
        )
        previous = line.due()
        rows.append((*_FIELDS(line), previous))
    connection.execute(events.insert(), [dict(zip(_COLUMNS, row, strict=True)) for row in rows])
    return tuple(range(serial, serial + len(rows)))


def next_place(connection: Connection) -> tuple[int, str]:
    """The serial of the next event and the digest it must carry as the one before."""
    before = connection.execute(_LAST).first()
    return (before.serial + 1, before.digest) if before else (1, FIRST)


def read(
    connection: Connection, kind: str = "", subject: str = "", after: int = 0
) -> Iterator[Event]:
    """Events in order, those of a kind, about a subject, or after a serial number."""
    question = events.select().where(events.c.serial > after).order_by(events.c.serial)
    if kind:
        question = question.where(events.c.kind == kind)
    if subject:  # a first sieve; what it lets through is looked at again below
        question = question.where(events.c.subjects.contains(canonical(subject), autoescape=True))
    for row in connection.execute(question):
        event = _event(_Line(*row))
        if not subject or subject in event.subjects:
            yield event


def last(connection: Connection) -> Event | None:
    """The newest event; its digest vouches for the whole ledger, and is worth writing elsewhere."""
    row = connection.execute(_LAST).first()
    return _event(_Line(*row)) if row else None


def check(connection: Connection, known: str = "") -> tuple[Break, ...]:
    """Where the chain breaks: changed, missing and moved events, in order; nothing if it holds.

    A ledger whose end was taken away is whole in itself: only `known`, the digest of an event as
    it was written down elsewhere (an edition, a printed page), shows that it is gone.
    """
    lines = [_Line(*row) for row in connection.execute(events.select().order_by(events.c.serial))]
    places = {line.digest: line.serial for line in lines}
    found = [*_gaps(lines)]
    broken = {line.serial for line in lines if line.due() != line.digest}
    found += [_broken(line, places) for line in lines if line.serial in broken]
    found += _rewritten(lines, broken)
    if known and known not in places:
        found.append(Break(lines[-1].serial + 1 if lines else 1, "cut"))
    return tuple(sorted(set(found)))


def canonical(value: object) -> str:
    """JSON in the one form that is digested: keys sorted, no blanks, Chinese as it is.

    Halves of characters, from file names that were no UTF-8, are escaped: no database takes them.
    """
    text = _ENCODE(value)
    if text.isascii() or not _HALF.search(text):
        return text
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


_ENCODE = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
_HALF = re.compile("[\ud800-\udfff]")
_COLUMNS = [column.name for column in events.columns]
_FIELDS = attrgetter(*_COLUMNS[:-1])
_LAST = events.select().order_by(events.c.serial.desc()).limit(1)


def _event(line: _Line) -> Event:
    return Event(
        line.serial,
        datetime.fromisoformat(line.at),
        line.kind,
        tuple(json.loads(line.subjects)),
        json.loads(line.details),
        line.previous,
        line.digest,
    )


def _gaps(lines: Iterable[_Line]) -> Iterator[Break]:
    expected = 1
    for line in lines:
        if line.serial > expected:
            yield Break(expected, "missing", line.serial - expected)
        expected = line.serial + 1


def _broken(line: _Line, places: Mapping[str, int]) -> Break:
    """A line that does not carry its own digest: moved, if it would at the place it follows."""
    before = 0 if line.previous == FIRST else places.get(line.previous, -1)
    for belongs in (before + 1, *(line.serial + step for step in (1, -1))):
        if belongs > 0 and belongs != line.serial and line.due(belongs) == line.digest:
            return Break(line.serial, "moved", belongs=belongs)
    return Break(line.serial, "altered")


def _rewritten(lines: list[_Line], broken: set[int]) -> Iterator[Break]:
    """Lines that carry their own digest, but not the one the next line remembers."""
    if lines and lines[0].serial == 1 and lines[0].previous != FIRST and 1 not in broken:
        yield Break(1, "altered")
    for line, following in pairwise(lines):
        adjoining = following.serial == line.serial + 1
        sound = line.serial not in broken and following.serial not in broken
        if adjoining and sound and following.previous != line.digest:
            yield Break(line.serial, "altered")
