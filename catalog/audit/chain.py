"""The chain of the ledger walked from its first event to its last, a piece at a time: seven million
events do not fit into memory, and need not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Table
from catalog.database import Connection, Row, events
from catalog.ledger import FIRST, Break, canonical
from catalog.words import _

PIECE = 5_000
MOST = 1_000  # breaks that are told; a ledger with more is no ledger

Told = Callable[[int], None]


@dataclass(slots=True)
class _Walk:
    """How far the walk has come."""

    known: str
    serial: int = 0
    digest: str = FIRST  # of the line before; what it carries, right or wrong
    sound: bool = True  # whether the line before carries its own digest
    seen: bool = False  # whether `known` was met
    breaks: list[Break] = field(default_factory=list)
    broken: list[Row[Any]] = field(default_factory=list)  # lines that do not carry their own digest


def chain(connection: Connection, known: str = "", told: Told = lambda _count: None) -> Table:
    """Where the chain breaks, as a table; `told` hears after each piece how many were read."""
    walk = _Walk(known)
    for piece in _pieces(connection):
        for row in piece:
            _step(walk, row)
        told(len(piece))
        if len(walk.breaks) + len(walk.broken) > MOST:
            break
    else:
        if known and not walk.seen:
            walk.breaks.append(Break(walk.serial + 1, "cut"))
    found = sorted({*walk.breaks, *_moved_or_altered(connection, walk.broken)})
    return _table(walk, found)


def count(connection: Connection) -> int:
    """How many events there are, about: the last serial number."""
    return int(connection.execute(sa.select(sa.func.max(events.c.serial))).scalar() or 0)


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


def _step(walk: _Walk, row: Row[Any]) -> None:
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


def due(row: Row[Any], serial: int = 0) -> str:
    """The digest that a line should carry, at its own place or another: SHA-256 of the event as
    canonical JSON.
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


def _table(walk: _Walk, found: list[Break]) -> Table:
    rows = tuple((one.serial, _fault(one.fault), one.count, str(one)) for one in found[:MOST])
    notes = [_("the chain holds: {count} events").format(count=walk.serial)]
    if found:
        notes = [_("the chain does not hold; put back the last copy, or ask who wrote")]
    if len(found) > MOST:
        notes.append(_("only the first {count} breaks are told").format(count=MOST))
    if walk.serial and not found:
        notes.append(_("last digest: {digest}").format(digest=walk.digest))
    columns = ("event", "fault", "count", "what")
    return Table(
        "chain", _("The chain of the ledger"), columns, rows, tuple(notes), "", bool(found)
    )


def _fault(fault: str) -> str:
    words = {
        "altered": _("altered"), "missing": _("missing"), "moved": _("moved"), "cut": _("cut off"),
    }  # fmt: skip
    return words[fault]
