"""The verb that shows whose drives are due: due."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from catalog.calendar import calendar, read_rules
from catalog.cell import Cell
from catalog.needs.drive_sites import drive_sites
from catalog.needs.due import Due, by_route, due
from catalog.problem import refusal
from catalog.reading import Unclear, read_day
from catalog.words import _
from pipeline.cli import DONE
from pipeline.screen import one_line, table
from pipeline.workspace import enter

OWN = "calendar.csv"  # of a workspace: its own holidays, windows and fairs


@dataclass(frozen=True, slots=True)
class Asking:
    """What `due` was asked for."""

    on: str | None = None
    route: str | None = None
    ahead: int = 0
    as_json: bool = False


def day_of(text: str | None, key: str) -> date:
    """A day as a person writes it, today without one. Raises Refusal."""
    if text is None:
        return datetime.now(UTC).astimezone().date()
    try:
        return read_day(Cell(text))
    except Unclear as unclear:
        raise refusal(key, unclear.wrong, unclear.mend) from unclear


def show_due(root: Path, asked: Asking) -> int:
    """List the sites whose drives are due, route by route."""
    on = day_of(asked.on, "--on")
    with enter(root).books.reading() as connection:
        sites = drive_sites(connection, on, route=asked.route or "")
    own = read_rules(root / OWN) if (root / OWN).is_file() else ()
    found = due(sites, calendar(on, own), on, ahead=asked.ahead)
    if asked.as_json:
        print(json.dumps([_facts(one) for one in found], ensure_ascii=False, indent=1))
        return DONE
    for route, group in by_route(found):
        print(_("route {route}").format(route=route) if route else _("on no route"))
        print(table(_head(), [_row(one) for one in group]))
        print()
    late = sum(one.overdue_days > 0 for one in found)
    told = _("{count} sites due on {day}, {late} of them overdue; {all} sites have drives")
    print(told.format(count=len(found), day=on, late=late, all=len(sites)))
    for note in _barred(found):
        print(note)
    return DONE


def _head() -> tuple[str, ...]:
    return (
        _("site"), _("name"), _("km"), _("contact"), _("drive number"), _("why"), _("due since"),
        _("days over"), _("go on"),
    )  # fmt: skip


def _row(one: Due) -> tuple[str, ...]:
    site = one.site
    return (
        site.id,
        one_line(site.name),
        "" if site.distance_km is None else f"{site.distance_km:g}",
        one_line(" ".join(filter(None, (site.contact, site.phone)))),
        " ".join(site.drives),
        _why(one),
        one.since.isoformat() if one.since else _("unknown"),
        str(one.overdue_days) if one.overdue_days else "",
        one.go_on.isoformat(),
    )


def _why(one: Due) -> str:
    match one.why:
        case "never":
            return _("never refreshed")
        case "cadence":
            return _("refresh cycle")
        case _other:
            return one.span.name if one.span else one.why


def _barred(found: tuple[Due, ...]) -> Iterator[str]:
    """What stands before some of them, each told once."""
    spans = {one.barred: one.go_on for one in found if one.barred}
    for span, go_on in sorted(spans.items(), key=lambda pair: pair[0].begin):
        told = _("no delivery during {name} ({begin} to {end}): go from {day} on")
        yield told.format(name=span.name, begin=span.begin, end=span.end, day=go_on)


def _facts(one: Due) -> dict[str, Any]:
    site = one.site
    return {
        "site": site.id, "name": site.name, "level": site.level, "route": site.route,
        "distance_km": site.distance_km, "contact": site.contact, "phone": site.phone,
        "drives": list(site.drives), "cycle": site.cycle,
        "refreshed": site.refreshed.isoformat() if site.refreshed else None,
        "why": one.why, "span": one.span.name if one.span else None,
        "since": one.since.isoformat() if one.since else None, "by": one.by.isoformat(),
        "overdue_days": one.overdue_days, "go_on": one.go_on.isoformat(),
        "barred": one.barred.name if one.barred else None,
    }  # fmt: skip
