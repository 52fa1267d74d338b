"""Facts that were told ahead come into force: the rows of sites are put right on a new day."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from catalog.circulation.desk import Tray
from catalog.database import Connection
from catalog.register.history import valid
from catalog.register.posting import equipment_rows, put_right
from catalog.register.shelf import facts_of, ids_of, write_equipment
from catalog.tables import site_turns, sites


def settle(connection: Connection, today: date) -> int:
    """Put right the rows of sites of which other facts hold by now; gives how many.

    What the facts say was checked when they were told. Costs one look at an empty table on most
    days, so a verb may call it first thing in its transaction.
    """
    due = site_turns.c.since <= today.isoformat()
    numbers = sorted(set(connection.scalars(sa.select(site_turns.c.site).where(due))))
    if not numbers:
        return 0
    known = facts_of(connection, numbers)
    tray = Tray(sites, "id")
    ids = ids_of(connection, numbers)
    parents = (valid(facts, today).get("parent") for facts in known.values())
    tray.fetch(connection, [fact.value for fact in parents if fact])
    tray.fetch(connection, [ids[number] for number in numbers])
    for number in numbers:
        row = tray.get(ids[number])
        if row is not None:
            put_right(row, known[number], today, tray)
    tray.write(connection)
    put_down = {number: equipment_rows(number, known[number], today) for number in numbers}
    write_equipment(connection, put_down)
    connection.execute(sa.delete(site_turns).where(due))
    return len(numbers)
