"""The chain of the ledger: what each line must carry, and where it does not.

It is walked a piece at a time from its first event to its last: seven million events do not fit
into memory, and need not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from catalog.database import Connection, Row, events
from catalog.words import _

FIRST = "0" * 64  # what the first event names as the one before it
PIECE = 5_000

Fault = Literal["altered", "missing", "moved", "cut"]
Told = Callable[[int], None]


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


@dataclass(slots=True)
class Walk:
    """How far the walk has come: the last line's `serial` and `digest`, and the breaks so far."""

    known: str = ""
    serial: int = 0
    digest: str = FIRST  # of the line before; what it carries, right or wrong
    sound: bool = True  # whether the line before carries its own digest
    seen: bool = False  # whether `known` was met
    breaks: list[Break] = field(default_factory=list)
    broken: list[Row[Any]] = field(default_factory=list)  # lines that do not carry their own digest


def check(connection: Connection, known: str = "") -> tuple[Break, ...]:
    """Where the chain breaks: changed, missing and moved events, in order; nothing if it holds.

    A ledger whose end was taken away is whole in itself: only `known`, the digest of an event as
    it was written down elsewhere (an edition, a printed page), shows that it is gone.
    """
    return tuple(walked(connection, known).breaks)


def walked(
    connection: Connection,
    known: str = "",
    told: Told = lambda _count: None,
    most: int | None = None,
) -> Walk:
    """The whole way, with all breaks in order; `told` hears after each piece how many were read.
    With more than `most` breaks the rest is not walked.
    """
    walk = Walk(known)
    for piece in _pieces(connection):
        for row in piece:
            _step(walk, row)
        told(len(piece))
        if most is not None and len(walk.breaks) + len(walk.broken) > most:
            break
    else:
        if known and not walk.seen:
            walk.breaks.append(Break(walk.serial + 1, "cut"))
    walk.breaks = sorted({*walk.breaks, *_moved_or_altered(connection, walk.broken)})
    return walk


def _pieces(connection: Connection) -> Iterator[list[Row[Any]]]:
    after = None
    while True:
        question = events.select().order_by(events.c.serial).limit(PIECE)
        if after is not None:
            question = question.where(events.c.serial > after)
        piece = list(connection.execute(question))
        if not piece:
            return
        yield piece
        after = piece[-1].serial


def _step(walk: Walk, row: Row[Any]) -> None:
    """One more line: does it carry its own digest, and that of the line before?"""
    serial, previous, digest = row.serial, row.previous, row.digest
    sound = due(row) == digest
    adjoining = serial == walk.serial + 1
    if serial > walk.serial + 1:
        walk.breaks.append(Break(walk.serial + 1, "missing", serial - walk.serial - 1))
    if not sound or serial < 1:
        walk.broken.append(row)
    elif adjoining and walk.sound and previous != walk.digest:
        # The line before was written anew whole; of the first line only itself can be wrong.
        walk.breaks.append(Break(walk.serial or 1, "altered"))
    walk.seen = walk.seen or digest == walk.known
    walk.serial, walk.digest, walk.sound = serial, digest, sound


def due(row: Any, serial: int = 0) -> str:
    """The digest that a line should carry, at its own place or another: SHA-256 of the event as
    canonical JSON (at, details, kind, previous, serial, subjects).
    """
    at, kind, previous = map(_quoted, (row.at, row.kind, row.previous))
    text = (
        f'{{"at":{at},"details":{row.details},"kind":{kind},"previous":{previous},'
        f'"serial":{serial or row.serial},"subjects":{row.subjects}}}'
    )
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _quoted(text: str) -> str:
    """As `canonical`, three times as fast for what needs no escape: millions of lines are read."""
    plain = text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
    return f'"{text}"' if plain else canonical(text)


def _moved_or_altered(connection: Connection, broken: Iterable[Row[Any]]) -> Iterator[Break]:
    """Which broken lines would be whole at another place: behind the line that they follow."""
    lines = list(broken)
    wanted = sorted({row.previous for row in lines} - {FIRST})
    places: dict[str, int] = {FIRST: 0}
    for start in range(0, len(wanted), 500):
        inside = events.c.digest.in_(wanted[start : start + 500])
        question = sa.select(events.c.digest, events.c.serial).where(inside)
        places.update((row.digest, row.serial) for row in connection.execute(question))
    for row in lines:
        serial = row.serial
        candidates = (places.get(row.previous, -1) + 1, serial + 1, serial - 1)
        belongs = next(
            (one for one in candidates if 0 < one != serial and due(row, one) == row.digest), 0
        )
        yield Break(serial, "moved" if belongs else "altered", belongs=belongs)


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
