"""Which sites' drives are due, and why; decides on values, reads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import Literal

from catalog.calendar import Calendar, Span

Why = Literal["never", "cadence", "window", "fair"]

# Months between two refreshes. No rule was found: townships quarterly, villages half-yearly.
CYCLES: Mapping[str, int] = MappingProxyType(
    {"none": 0, "monthly": 1, "bimonthly": 2, "quarterly": 3, "halfyear": 6, "yearly": 12}
)
BY_LEVEL: Mapping[str, str] = MappingProxyType(
    {"township": "quarterly", "village": "halfyear", "community": "halfyear"}
)
# A drive for a fair is got ready so many days before it.
FAIR_LEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DriveSite:
    """A site with the drives that are meant for it. `places` are the ids of the site and of those
    it belongs to; `cycle` is empty where none was agreed; `refreshed` None: never.
    """

    id: str
    name: str
    level: str
    drives: tuple[str, ...]
    cycle: str = ""
    refreshed: date | None = None
    route: str = ""
    distance_km: float | None = None
    contact: str = ""
    phone: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A site whose drives are due. `since`: the first day on which they were (None: they never
    were refreshed), `by`: the last day on which they are not late, `why`, with the `span` of a
    window or fair; `go_on`: the first day on which something is delivered there, `barred` what
    stands before it.
    """

    site: DriveSite
    why: Why
    since: date | None
    by: date
    overdue_days: int
    go_on: date
    span: Span | None = None
    barred: Span | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a site is due."""

    why: Why
    since: date | None
    by: date
    span: Span | None = None


def due(
    sites: Iterable[DriveSite],
    calendar: Calendar,
    on: date,
    *,
    ahead: int = 0,
    cycles: Mapping[str, int] = CYCLES,
    by_level: Mapping[str, str] = BY_LEVEL,
) -> tuple[Due, ...]:
    """The sites whose drives are due on a day, or will be within `ahead` days, by route and
    distance. Of several reasons the one that is due first is told.

    Cadence: so many months after the last refresh (`cycles` by name; `by_level` where a site has
    none of its own). A site without any cadence, such as the centre, is never due. A window calls
    every site that was not refreshed since it began, as long as it lasts;
    a fair those of its places, from two weeks before it.
    """
    until = on + timedelta(days=ahead)
    found = []
    for site in sites:
        cycle = site.cycle if site.cycle in cycles else by_level.get(site.level, "")
        months = cycles.get(cycle, 0)
        reasons = [*_reasons(site, calendar, on, until, months)] if site.drives else []
        if reasons:
            first = min(reasons, key=lambda one: (one.by, one.since or date.min, one.why))
            found.append(_due(site, first, calendar, on))
    return tuple(sorted(found, key=_order))


def by_route(found: Iterable[Due]) -> Iterator[tuple[str, tuple[Due, ...]]]:
    """Due sites route by route, the nearest first; those on no route come last."""
    for route, group in groupby(sorted(found, key=_order), key=lambda one: one.site.route):
        yield route, tuple(group)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), _next_month(first) - timedelta(days=1))


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _order(one: Due) -> tuple[bool, str, float, str]:
    site = one.site
    far = float("inf") if site.distance_km is None else site.distance_km
    return not site.route, site.route, far, site.id


def _reasons(
    site: DriveSite, calendar: Calendar, on: date, until: date, months: int
) -> Iterator[Reason]:
    last = site.refreshed
    if not months:
        return
    if last is None:
        yield Reason("never", None, on)
        return
    if (next_time := months_later(last, months)) <= until:
        yield Reason("cadence", next_time, next_time)
    for span in calendar.spans:
        lead = FAIR_LEAD if span.kind == "fair" else timedelta()
        begin = span.begin - lead
        there = span.kind == "window" or (span.kind == "fair" and span.holds(span.begin, _of(site)))
        if there and begin <= until and on <= span.end and last < begin:
            by = span.begin - timedelta(days=1) if span.kind == "fair" else span.end
            yield Reason("fair" if span.kind == "fair" else "window", begin, by, span)


def _of(site: DriveSite) -> tuple[str, ...]:
    return site.places or (site.id,)


def _due(site: DriveSite, reason: Reason, calendar: Calendar, on: date) -> Due:
    start = max(on, reason.since or on)
    late = (on - reason.by).days if on > reason.by else 0
    go_on = calendar.open_from(start, _of(site))
    barred = calendar.barred(start, _of(site))
    return Due(site, reason.why, reason.since, reason.by, late, go_on, reason.span, barred)
