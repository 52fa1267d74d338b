"""What the walk along the ledger's chain found, as a table (catalog/chain.py walks)."""

from __future__ import annotations

import sqlalchemy as sa

from catalog.audit.answer import Table
from catalog.chain import Break, Told, Walk, walked
from catalog.database import Connection, events
from catalog.words import _

MOST = 1_000  # breaks that are told; a ledger with more is no ledger


def chain(connection: Connection, known: str = "", told: Told = lambda _count: None) -> Table:
    """Where the chain breaks, as a table; `told` hears after each piece how many were read."""
    walk = walked(connection, known, told, MOST)
    return _table(walk, walk.breaks)


def count(connection: Connection) -> int:
    """How many events there are, about: the last serial number."""
    return int(connection.execute(sa.select(sa.func.max(events.c.serial))).scalar() or 0)


def _table(walk: Walk, found: list[Break]) -> Table:
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
