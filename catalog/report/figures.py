"""The exact figures of a period, each the sum of the records behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from catalog.database import Connection
from catalog.problem import Refusal, refusal
from catalog.report import grounds
from catalog.report.grounds import DISCS, LEAFLETS, Period, Record, once
from catalog.tables import sites
from catalog.words import _

# The figures every report has, in the order of its table.
EXACT = (
    "disc_titles", "disc_copies_made", "disc_copies_issued", "disc_copies_signed_for",
    "disc_copies_in_stock", "sites_receiving_discs", "leaflet_titles", "leaflet_copies",
    "lecture_screenings", "lecture_attendance", "community_shows", "community_attendance",
    "school_shows", "school_attendance", "school_venues",
)  # fmt: skip
# Those that some lines need besides.
FURTHER = ("disc_titles_issued", "info_screenings", "info_attendance")
NAMES = EXACT + FURTHER

SCIENCE = ("AGR", "LIV", "HEA", "SCI")
_FARMERS = ("township", "village")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the report and the records it is the sum of."""

    name: str
    records: tuple[Record, ...]

    @property
    def value(self) -> int:
        return sum(record.amount for record in self.records)


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a period. `unit` is the county centre that reports, `county` its number and
    `code` its region code; `several`: the books hold other counties too.
    """

    begin: date
    end: date
    unit: str
    code: str
    county: int
    several: bool
    all: tuple[Figure, ...]

    def __getitem__(self, name: str) -> Figure:
        return next(figure for figure in self.all if figure.name == name)

    @property
    def values(self) -> dict[str, int]:
        """Every figure by its name."""
        return {figure.name: figure.value for figure in self.all}

    @property
    def exact(self) -> dict[str, int]:
        """The figures that every report has, without those that only some lines need."""
        return {name: self[name].value for name in EXACT}


def figures(
    connection: Connection,
    begin: date,
    end: date,
    county: str = "",
    science: Iterable[str] = SCIENCE,
) -> Figures:
    """The figures of the days from `begin` to `end`, both included, counted from the tables.

    `county` is the id of a county centre, needed only where the books hold several. `science` are
    the subject areas whose screenings count as information. Raises Refusal where the period ends
    before it begins, or the centre cannot be told.
    """
    if begin > end:
        wrong = _("{begin} to {end}: the period ends before it begins")
        told = wrong.format(begin=begin, end=end)
        raise refusal("report", told, _("write the earlier day after --from"), "--from")
    centre, several = _centre(connection, county)
    # One county alone needs no filter: what belongs to no site is its own too.
    period = Period(begin.isoformat(), end.isoformat(), centre.number if several else 0)
    found = _all(connection, period, tuple(science))
    counted = tuple(Figure(name, found[name]) for name in NAMES)
    return Figures(begin, end, centre.name, centre.code, centre.number, several, counted)


def _centre(connection: Connection, county: str) -> tuple[Any, bool]:
    """The county centre that reports, and whether there are others."""
    s = sites.c
    question = sa.select(s.number, s.id, s.name, s.code).where(s.level == "county")
    known = connection.execute(question.order_by(s.number)).all()
    chosen = [row for row in known if county in ("", row.id)]
    if len(chosen) == 1:
        return chosen[0], len(known) > 1
    raise _no_centre(county, [row.id for row in known])


def _no_centre(county: str, known: list[str]) -> Refusal:
    if not known:
        mend = _("take the sites in first: xiaxiang site import FILE")
        return refusal("report", _("there is no county centre in the register"), mend)
    names = ", ".join(known[:10]) + (" …" if len(known) > 10 else "")
    mend = _("name one with --county: {names}").format(names=names)
    wrong = _("there is no county centre {county}") if county else _("several county centres")
    return refusal("report", wrong.format(county=county), mend, "--county")


def _all(
    connection: Connection, period: Period, science: tuple[str, ...]
) -> Mapping[str, tuple[Record, ...]]:
    discs = grounds.made(connection, period, DISCS)
    leaflets = grounds.made(connection, period, LEAFLETS)
    issued = grounds.issued(connection, period, DISCS)
    there = [record for record in issued if record.amount > 0]
    shown = grounds.shown(connection, period)
    wanted = grounds.of_subjects(connection, period, science)
    informed = [one for one in shown if one.paper in wanted and one.level in _FARMERS]
    schools = _of(shown, "school_show")
    return {
        "disc_titles": once(discs),
        "disc_copies_made": discs,
        "disc_copies_issued": issued,
        "disc_copies_signed_for": tuple(record for record in issued if record.signed_on),
        "disc_copies_in_stock": grounds.in_stock(connection, period, DISCS),
        "sites_receiving_discs": once(_by_site(there)),
        "disc_titles_issued": once(there),
        "leaflet_titles": once(leaflets),
        "leaflet_copies": leaflets,
        "lecture_screenings": once(_of(shown, "lecture")),
        "lecture_attendance": _of(shown, "lecture"),
        "community_shows": once(_of(shown, "community_show")),
        "community_attendance": _of(shown, "community_show"),
        "school_shows": once(schools),
        "school_attendance": schools,
        "school_venues": once(_by_site(schools)),
        "info_screenings": once(informed),
        "info_attendance": tuple(informed),
    }


def _of(shown: Iterable[Record], kind: str) -> tuple[Record, ...]:
    return tuple(record for record in shown if record.what == kind)


def _by_site(records: Iterable[Record]) -> list[Record]:
    """Counted by the site; what went to no registered site is none."""
    return [replace(record, key=record.site) for record in records if record.site]
