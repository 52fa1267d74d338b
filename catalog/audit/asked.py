"""What a question is asked with, and the places and programmes it names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from catalog.database import Connection, Row, programmes
from catalog.problem import Refusal, refusal
from catalog.tables import sites
from catalog.words import _

_PIECE = 500
_NEAR = 2000  # ids to look for a near one among; a slip is mostly at the end


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is asked with. `on` is today; `since` the first day of the period that ends
    with it (without it the year's first); ids of a county, a site, a programme; `days` ahead;
    `expect` so many village points; `limit` rows from `after` on (what the page before said).
    """

    on: date
    county: str = ""
    site: str = ""
    programme: str = ""
    since: date | None = None
    days: int = 180
    expect: int = 0
    limit: int = 0
    after: str = ""

    @property
    def first(self) -> str:
        """The first day of the period."""
        return (self.since or self.on.replace(month=1, day=1)).isoformat()

    @property
    def today(self) -> str:
        """The last day of the period."""
        return self.on.isoformat()


def county_of(connection: Connection, asked: Asked) -> int:
    """The number of the county that is asked about; 0 for all there are."""
    if not asked.county:
        return 0
    found = site_row(connection, asked.county)
    if found.level != "county":
        wrong = _("{id} is no county centre").format(id=asked.county)
        raise refusal("--county", wrong, _("name a county centre, as `site list` shows it"))
    return int(found.number)


def site_row(connection: Connection, named: str) -> Row[Any]:
    """The site of this id; refuses one that is not known, and says which is near."""
    if not named:
        raise refusal("--site", _("no site is named"), _("say which: --site ID"))
    found = connection.execute(sites.select().where(sites.c.id == named)).first()
    if found is None:
        raise _unknown(connection, "--site", named, sites.c.id, _("there is no site of this id"))
    return found


def programme_row(connection: Connection, named: str) -> Row[Any]:
    """The programme of this id; refuses one that is not known, and says which is near."""
    if not named:
        raise refusal("--programme", _("no programme is named"), _("say which: --programme ID"))
    found = connection.execute(programmes.select().where(programmes.c.id == named)).first()
    if found is None:
        wrong = _("there is no programme of this id")
        raise _unknown(connection, "--programme", named, programmes.c.id, wrong)
    return found


def _unknown(
    connection: Connection, option: str, named: str, column: sa.Column[Any], wrong: str
) -> Refusal:
    alike = (
        sa.select(column)
        .where(column.startswith(named[: max(1, len(named) // 2)], autoescape=True))
        .limit(_NEAR)
    )
    near = difflib.get_close_matches(named, connection.execute(alike).scalars(), 1, 0.5)
    mend = _("did you mean {id}?").format(id=near[0]) if near else _("look at the list of them")
    return refusal(option, f"{named}: {wrong}", mend)


def names_of(connection: Connection, numbers: Iterable[int]) -> Mapping[int, Row[Any]]:
    """Number, id and name of sites, by number."""
    wanted = sorted({number for number in numbers if number})
    columns = (sites.c.number, sites.c.id, sites.c.name, sites.c.level)
    found: dict[int, Row[Any]] = {}
    for start in range(0, len(wanted), _PIECE):
        inside = sites.c.number.in_(wanted[start : start + _PIECE])
        rows = connection.execute(sa.select(*columns).where(inside))
        found.update({row.number: row for row in rows})
    return found


def days_between(first: str, last: str) -> int | str:
    """Days from one day to another; empty where one is not known or broken."""
    try:
        return (date.fromisoformat(last) - date.fromisoformat(first)).days
    except ValueError:
        return ""
