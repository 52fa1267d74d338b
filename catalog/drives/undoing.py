"""Counter-entries about drives: an identity, an edition, a receipt or a check did not happen."""

from __future__ import annotations

import sqlalchemy as sa

from catalog.circulation.entries import Checked, Confirmed, Enrolled, Refreshed
from catalog.circulation.hand import Hand
from catalog.circulation.illegal import Illegal
from catalog.database import Connection
from catalog.drives.posting import settle
from catalog.tables import checks
from catalog.words import _


def undo_on_drive(
    hand: Hand, connection: Connection, wrong: Enrolled | Refreshed | Confirmed | Checked, of: int
) -> None:
    """Take back what event `of` wrote about a drive; Illegal where a later one rests on it."""
    hand.fetch_drives(connection, [wrong.drive])
    match wrong:
        case Enrolled() | Refreshed():
            _undo_written(hand, wrong, of)
        case Confirmed():
            rows = (row for row in hand.rack.refreshes.rows.values() if row)
            row = next(row for row in rows if row["signed_event"] == of)
            row |= {"signed_by": "", "signed_on": "", "signed_event": 0}
        case Checked():
            found = connection.scalars(sa.select(checks.c.event).where(checks.c.event == of))
            hand.rack.checks.fetch(connection, found.all())
            hand.rack.checks.drop(of)


def _undo_written(hand: Hand, wrong: Enrolled | Refreshed, of: int) -> None:
    trays = (hand.rack.enrolments, hand.rack.refreshes)
    later = max(row["event"] for t in trays if (row := hand.rack.last(t, wrong.drive)))
    tray = trays[isinstance(wrong, Refreshed)]
    row = tray.get(of)
    assert row is not None  # noqa: S101 - it goes only with its correction
    if later == of and isinstance(wrong, Refreshed):
        later = row["signed_event"] or of
    if later != of:
        told = _("event {serial} came later and rests on it").format(serial=later)
        raise Illegal(told, _("correct event {serial} first").format(serial=later), "of")
    tray.drop(of)
    settle(hand, wrong.drive)
