"""Numbers of runs and receipts, counted by year without gaps: HX-2026-0007, QS-2026-0001."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sqlalchemy as sa

from catalog.characters import shown
from catalog.circulation.entries import Copied, Delivered, Entry
from catalog.circulation.illegal import Illegal
from catalog.database import Connection
from catalog.tables import counters
from catalog.words import _

RUN, RECEIPT = "HX", "QS"
_COUNTED = re.compile(r"(HX|QS)-(\d{4})-(\d{1,7})")
_ID = re.compile(r"\w[\w.-]{0,39}")
MOST_COPIES = 1_000_000


def accession(production: str, number: int, copies: int) -> str:
    """The number on one copy, as wide as the last of the run: HX-2026-0007/01 of 50."""
    return f"{production}/{number:0{max(2, len(str(copies)))}}"


class Papers:
    """The last numbers given out; a number from outside moves them on."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], int] = {}
        self._stood: dict[tuple[str, int], int] = {}

    def fetch(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Have the last numbers at hand, if one of these entries may need a number."""
        if not any(isinstance(one, Copied | Delivered) for one in entries):
            return
        question = sa.select(counters).where(counters.c.kind.in_((RUN, RECEIPT)))
        self._stood = {(row.kind, row.year): row.last for row in connection.execute(question)}
        self._last = dict(self._stood)

    def next(self, kind: str, year: int) -> str:
        """The next number of a year; it is given out once `taken` is told."""
        return f"{kind}-{year}-{self._last.get((kind, year), 0) + 1:04}"

    def taken(self, paper: str) -> None:
        """A number is used now."""
        if found := _COUNTED.fullmatch(paper):
            key = (found[1], int(found[2]))
            self._last[key] = max(self._last.get(key, 0), int(found[3]))

    def write(self, connection: Connection) -> None:
        """Put the last numbers down."""
        for (kind, year), last in self._last.items():
            if (kind, year) not in self._stood:
                connection.execute(counters.insert(), {"kind": kind, "year": year, "last": last})
            elif self._stood[kind, year] != last:
                here = sa.and_(counters.c.kind == kind, counters.c.year == year)
                connection.execute(sa.update(counters).where(here).values(last=last))


def check_number(text: str, key: str, example: str) -> None:
    """Refuses what cannot be the number of a run or a receipt."""
    if not _ID.fullmatch(text):
        wrong = _("{value} cannot be the number of a paper").format(value=shown(text))
        mend = _("write it like {example}, or leave it empty for the next one")
        raise Illegal(wrong, mend.format(example=example), key)
