"""What is at hand about sites while entries are written: facts, equipment, and what hangs on them.

Fetched once for a batch (`fetch`), changed in memory, written back together (`write`). It lies
beside the trays of sites and drives (catalog/circulation/desk.py) and decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from catalog.circulation.desk import Tray
from catalog.circulation.entries import Changed, Drive, Entry, Registered
from catalog.database import Connection
from catalog.register.history import Fact
from catalog.tables import deliveries, drives, equipment, site_facts, site_turns, sites

_PIECE = 500


class Shelf:
    """Facts and equipment by the number of their site; numbers of sites hold only in the books."""

    def __init__(self) -> None:
        self.facts: dict[int, list[Fact]] = {}
        self.counties: dict[str, str] = {}  # region code of an open county centre: its site
        self.below: dict[int, int] = {}  # how many open sites a site has below it
        self.unsigned: dict[int, int] = {}  # how many lines of receipts are not signed
        self.served: set[int] = set()  # sites that have ever received something
        self.held: dict[str, int] = {}  # drives that are not gone: the number of who has them
        self.equipment: dict[int, list[dict[str, Any]]] = {}  # what is put down anew
        self.turns: set[tuple[str, int]] = set()  # days to come on which a site's row turns
        self._next = 0
        self._touched: set[int] = set()
        self._stood: dict[int, list[Fact]] = {}

    def fetch(
        self, connection: Connection, entries: Iterable[Entry], at_hand: Tray, at_drives: Tray
    ) -> None:
        """Have at hand all that the entries about sites and drives among these need."""
        about = [entry for entry in entries if isinstance(entry, Registered | Changed | Drive)]
        if not about:
            return
        at_drives.fetch(connection, [entry.drive for entry in about if isinstance(entry, Drive)])
        told = [entry for entry in about if isinstance(entry, Registered | Changed)]
        parents = [entry.facts.get("parent", "") for entry in told]
        holders = [one for e in about if isinstance(e, Drive) for one in (e.home, e.holder)]
        at_hand.fetch(connection, [one for one in (*parents, *holders) if one])
        at_hand.fetch(connection, [entry.site for entry in told])
        numbers = [row["number"] for e in told if (row := at_hand.get(e.site)) is not None]
        self._parents(connection, numbers, at_hand)
        self._facts(connection, numbers)
        self._hanging(connection, told, numbers, at_hand)
        self._next = int(connection.scalar(sa.select(sa.func.max(sites.c.number))) or 0)

    def new_number(self) -> int:
        """The number of a site that is new."""
        self._next += 1
        return self._next

    def put(self, site: int, facts: Iterable[Fact]) -> None:
        """Facts that are new; of two for one field and day the later one stays."""
        kept = {(fact.field, fact.since): fact for fact in self.facts.get(site, ())}
        kept |= {(fact.field, fact.since): fact for fact in facts}
        self.facts[site] = list(kept.values())
        self._touched.add(site)

    def write(self, connection: Connection) -> None:
        """New facts, and the equipment of today's rows, go into the books."""
        if not self._touched:
            return
        new, gone = [], []
        for site in sorted(self._touched):
            stood = {(fact.field, fact.since): fact for fact in self._stood.get(site, ())}
            for fact in self.facts[site]:
                before = stood.get((fact.field, fact.since))
                if before != fact:
                    new.append(_fact_row(site, fact))
                    gone += [_fact_key(site, fact)] if before else []
        if gone:
            connection.execute(sa.delete(site_facts).where(*_BY_KEY), gone)
        if new:
            connection.execute(site_facts.insert(), new)
        write_equipment(connection, self.equipment)
        for since, site in sorted(self.turns):
            this = (site_turns.c.since == since, site_turns.c.site == site)
            if connection.execute(site_turns.select().where(*this)).first() is None:
                connection.execute(site_turns.insert(), {"since": since, "site": site})

    def _parents(self, connection: Connection, numbers: Collection[int], at_hand: Tray) -> None:
        """The sites above those that change: their codes and levels are held against them."""
        these = set(numbers)
        rows = (row for row in at_hand.rows.values() if row is not None)
        above = {row["parent"] for row in rows if row["number"] in these} - {0}
        ids: list[str] = []
        for piece in _pieces(sorted(above)):
            ids += connection.scalars(sa.select(sites.c.id).where(sites.c.number.in_(piece)))
        at_hand.fetch(connection, ids)

    def _facts(self, connection: Connection, numbers: Collection[int]) -> None:
        for site, facts in facts_of(connection, numbers).items():
            self.facts[site] = facts
            self._stood[site] = list(facts)

    def _hanging(
        self,
        connection: Connection,
        told: Sequence[Registered | Changed],
        numbers: Collection[int],
        at_hand: Tray,
    ) -> None:
        if any("code" in entry.facts for entry in told):
            question = sa.select(sites.c.code, sites.c.id).where(
                sites.c.level == "county", sites.c.closed_on == "", sites.c.code != ""
            )
            self.counties = {row.code: row.id for row in connection.execute(question)}
        if not any({"closed_on", "parent", "level"} & set(entry.facts) for entry in told):
            return
        self.below = _counts(connection, sites.c.parent, numbers, sites.c.closed_on == "")
        open_lines = deliveries.c.copies > deliveries.c.returned
        unsigned = (deliveries.c.signed_on == "", open_lines)
        self.unsigned = _counts(connection, deliveries.c.site, numbers, *unsigned)
        self.served = set(_counts(connection, deliveries.c.site, numbers))
        # What lies on a drive counts for the township of the site that has it.
        self.served |= set(_counts(connection, drives.c.holder, numbers, drives.c.edition != ""))
        for piece in _pieces(sorted(numbers)):
            held = sa.select(drives.c.id, drives.c.holder).where(
                drives.c.holder.in_(piece), drives.c.state.in_(("held", "out"))
            )
            self.held |= {row.id: row.holder for row in connection.execute(held)}


_BY_KEY = (
    site_facts.c.site == sa.bindparam("a_site"),
    site_facts.c.field == sa.bindparam("a_field"),
    site_facts.c.since == sa.bindparam("a_since"),
)


def facts_of(connection: Connection, numbers: Collection[int]) -> dict[int, list[Fact]]:
    """All facts of some sites, by the number of the site."""
    found: dict[int, list[Fact]] = {number: [] for number in numbers}
    for piece in _pieces(sorted(found)):
        for row in connection.execute(site_facts.select().where(site_facts.c.site.in_(piece))):
            found[row.site].append(Fact(row.field, row.since, row.value, row.event))
    return found


def ids_of(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """The ids of sites by their numbers."""
    found: dict[int, str] = {}
    for piece in _pieces(sorted(numbers)):
        question = sa.select(sites.c.number, sites.c.id).where(sites.c.number.in_(piece))
        found |= {row.number: row.id for row in connection.execute(question)}
    return found


def write_equipment(connection: Connection, rows: dict[int, list[dict[str, Any]]]) -> None:
    """Put down what equipment these sites have today; what they had before is no more."""
    for piece in _pieces(sorted(rows)):
        connection.execute(sa.delete(equipment).where(equipment.c.site.in_(piece)))
    if every := [row for each in rows.values() for row in each]:
        connection.execute(equipment.insert(), every)


def _counts(
    connection: Connection, column: sa.Column[int], numbers: Collection[int], *where: Any
) -> dict[int, int]:
    found: dict[int, int] = {}
    for piece in _pieces(sorted(numbers)):
        question = sa.select(column, sa.func.count()).where(column.in_(piece), *where)
        found |= {row[0]: row[1] for row in connection.execute(question.group_by(column))}
    return found


def _fact_key(site: int, fact: Fact) -> dict[str, Any]:
    return {"a_site": site, "a_field": fact.field, "a_since": fact.since}


def _fact_row(site: int, fact: Fact) -> dict[str, Any]:
    said = {"field": fact.field, "since": fact.since, "value": fact.value, "event": fact.event}
    return {"site": site} | said


def _pieces(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _PIECE):
        yield values[start : start + _PIECE]
