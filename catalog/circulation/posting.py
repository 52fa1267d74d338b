"""The one way into the books: entries are held against what stands there, and become events.

All or nothing: with one illegal entry nothing is written, and all of them are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog import ledger
from catalog.circulation import copying, handing
from catalog.circulation.entries import (
    Answered,
    Changed,
    Checked,
    Confirmed,
    Copied,
    Corrected,
    Delivered,
    Drive,
    Enrolled,
    Entry,
    Lost,
    Recalled,
    Refreshed,
    Registered,
    Requested,
    Restocked,
    Returned,
    Scrapped,
    Screened,
    Signed,
    details_of,
)
from catalog.circulation.hand import Hand
from catalog.circulation.illegal import Illegal
from catalog.circulation.undoing import post_corrected
from catalog.database import Connection
from catalog.drives import posting as drives
from catalog.needs import posting as needs
from catalog.problem import Problem, Refusal
from catalog.register.posting import post_site
from catalog.words import _

_HANDLERS: Mapping[type[Any], Callable[[Hand, Any, int], Any]] = {
    Copied: copying.post_copied,
    Restocked: copying.post_restocked,
    Scrapped: copying.post_scrapped,
    Delivered: handing.post_delivered,
    Signed: handing.post_signed,
    Returned: handing.post_returned,
    Lost: handing.post_lost,
    Recalled: handing.post_recalled,
    Registered: post_site,
    Changed: post_site,
    Drive: drives.post_moved,
    Enrolled: drives.post_enrolled,
    Refreshed: drives.post_refreshed,
    Confirmed: drives.post_confirmed,
    Checked: drives.post_checked,
    Requested: needs.post_requested,
    Answered: needs.post_answered,
    Screened: needs.post_screened,
}

Placed = tuple[int, Entry]  # an entry and its place among those handed in


def post(
    connection: Connection,
    at: datetime,
    entries: Sequence[Entry],
    places: Sequence[tuple[str, int]] = (),
) -> tuple[int, ...]:
    """Write entries into the books, in the caller's transaction; gives the serials of their events.

    `places` say in which file and line each entry stands. Raises Refusal with every entry that is
    not legal; then nothing was written. An entry may rest on one before it in the same call.
    """
    parts = list(_parts(list(enumerate(entries))))
    told = _Told(places)
    if len(parts) == 1:
        return _post(connection, at, parts[0], told)
    serials: list[int] = []
    with connection.begin_nested():  # what a later part refuses takes the earlier ones back
        for part in parts:
            serials += _post(connection, at, part, told)
    return tuple(serials)


@dataclass(frozen=True, slots=True)
class _Told:
    """Where the entries stand, and what is wrong with them."""

    places: Sequence[tuple[str, int]]
    problems: list[Problem] = field(default_factory=list)

    def place(self, number: int) -> tuple[str, int]:
        return self.places[number] if self.places else ("", 0)


def _parts(entries: list[Placed]) -> Iterator[list[Placed]]:
    """Corrections stand alone: they look at all rows as the books have them."""
    part: list[Placed] = []
    for placed in entries:
        if isinstance(placed[1], Corrected):
            if part:
                yield part
            yield [placed]
            part = []
        else:
            part.append(placed)
    if part:
        yield part


def _post(
    connection: Connection,
    at: datetime,
    part: list[Placed],
    told: _Told,
) -> tuple[int, ...]:
    hand = Hand(at)
    hand.fetch(connection, [entry for _place, entry in part])
    written: list[tuple[str, Sequence[str], Mapping[str, Any]]] = []
    serial, _previous = ledger.next_place(connection)
    for place, entry in part:
        try:
            done = handle(hand, connection, entry, serial + len(written))
        except Illegal as illegal:
            told.problems.append(_problem(illegal, entry, *told.place(place)))
        else:
            written.append((done.kind, done.subjects, details_of(done)))
    if told.problems:
        raise Refusal(told.problems)
    serials = ledger.append_many(connection, at, written)
    hand.write(connection)
    return serials


def handle(hand: Hand, connection: Connection, entry: Entry, serial: int) -> Entry:
    """One entry becomes rows at hand; gives it back complete. Raises Illegal."""
    if isinstance(entry, Corrected):
        return post_corrected(hand, connection, entry, serial)
    done: Entry = _HANDLERS[type(entry)](hand, entry, serial)
    return done


def _problem(illegal: Illegal, entry: Entry, file: str, line: int) -> Problem:
    said = file or _name(entry)
    return Problem(said, line, illegal.key, illegal.wrong, illegal.mend)


def _name(entry: Entry) -> str:
    """What an entry that stands in no file is called: what it is about."""
    return " ".join(one for one in entry.subjects if one)[:80] or _("the entry")
