"""The ledger: what happened, in order, each event carrying the digest of the one before.

It only grows. It knows no clock: the time is handed in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from catalog.chain import FIRST, Break, canonical, check, due
from catalog.database import Connection, events

__all__ = [
    "FIRST",
    "Break",
    "Event",
    "append",
    "append_many",
    "canonical",
    "check",
    "last",
    "next_place",
    "read",
]


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
        previous = due(line)
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
