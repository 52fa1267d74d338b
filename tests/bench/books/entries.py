"""The story as entries, for `post`: what the bench's rows are held against."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np

from catalog.circulation.entries import Copied, Delivered, Entry, Line, Registered, Signed
from catalog.programme import Programme, Rights
from tests.bench.books.story import (
    FIRST_DAY,
    SUBJECTS,
    Scale,
    Story,
    iso,
    production_id,
    programme_id,
    site_id,
)


def programmes(story: Story) -> Iterator[Programme]:
    """The catalogue; every tenth may be used for some years only."""
    for number, subject in enumerate(story.subject_of.tolist()):
        until = date(2022, 1, 1) + timedelta(days=number) if number % 10 == 0 else None
        yield Programme(
            programme_id(number),
            f"节目{number + 1}",
            subject=(SUBJECTS[subject],),
            minutes=20.0,
            rights=Rights("national", until),
        )


def at(day: int) -> datetime:
    """When the entries of a day were written."""
    return datetime(2012, 1, 1, 9, tzinfo=UTC) + timedelta(days=day)


BEFORE = at(0) - timedelta(hours=1)  # when the sites were registered


def county(scale: Scale, number: int = 0) -> tuple[Registered, ...]:
    """The sites of a county: its centre, its townships, its villages."""
    first = number * scale.sites
    return tuple(_site(scale, first, place) for place in range(scale.sites))


def _site(scale: Scale, first: int, place: int) -> Registered:
    township = _township(scale, place)
    code = f"{100_000 + first // scale.sites}"
    level = "county"
    facts = {"equipment:vcd": "1 working", "equipment:tv": "1 working", "access": "none"}
    if place:
        level = "township" if place == township else "village"
        above = first if place == township else first + township
        code += f"{100 + township}" + (f"{200 + place}" if level == "village" else "")
        facts |= {"parent": site_id(scale, above), "route": f"R{township % 5}", "distance_km": "12"}
        facts |= {"cycle": "quarterly"} if level == "township" else {}
    facts |= {"level": level, "name": f"站点{place}", "code": code, "manager": f"管理员{place}"}
    return Registered(site_id(scale, first + place), dict(sorted(facts.items())), FIRST_DAY)


def _township(scale: Scale, place: int) -> int:
    """The place of the township that a place belongs to; 0 for the centre itself."""
    if place <= scale.townships:
        return place
    return (place - scale.townships - 1) % scale.townships + 1


def copied(story: Story, number: int) -> Copied:
    """A run of discs, made by one of the centres for all."""
    scale = story.scale
    return Copied(
        production=production_id(number),
        title=f"惠民光盘{number + 1}",
        copies=int(story.made[number]),
        on=date.fromisoformat(iso(int(story.made_on[number]))),
        programmes=tuple(map(programme_id, story.contents[number].tolist())),
        minutes=20.0 * scale.each,
        county=site_id(scale, number % scale.counties * scale.sites),
    )


def days(story: Story) -> Iterator[tuple[int, tuple[Entry, ...]]]:
    """What happened day by day after the sites were registered, as it would be posted.

    Receipts have no numbers yet, copies neither: posting gives both.
    """
    waiting: list[Entry] = []
    before = -1
    receipts = receipts_of(story)
    for kind, number in zip(*(each.tolist() for each in story.order), strict=True):
        day = int((story.made_on, story.day, story.signed_on)[kind][number])
        if day != before and waiting:
            yield before, tuple(waiting)
            waiting = []
        before = day
        waiting.append(_entry(story, kind, number, receipts))
    yield before, tuple(waiting)


def _entry(story: Story, kind: int, number: int, receipts: list[str]) -> Entry:
    if kind == 0:
        return copied(story, number)
    if kind == 2:
        on = date.fromisoformat(iso(int(story.signed_on[number])))
        return Signed(receipts[number], signer(int(story.site[number]), story.scale), on)
    lines = zip(story.lines[number].tolist(), story.copies[number].tolist(), strict=True)
    return Delivered(
        "",
        date.fromisoformat(iso(int(story.day[number]))),
        tuple(Line(production_id(run), copies) for run, copies in lines),
        site=site_id(story.scale, int(story.site[number])),
    )


def signer(site: int, scale: Scale) -> str:
    """Who signs for a site."""
    return f"管理员{site % scale.sites}"


def receipts_of(story: Story) -> list[str]:
    """The numbers of all receipts: counted in each year, without gaps."""
    years = np.array([int(iso(day)[:4]) for day in range(story.days)])[story.day]
    counts = np.arange(len(years)) - np.searchsorted(years, years) + 1
    both = zip(years.tolist(), counts.tolist(), strict=True)
    return [f"QS-{year}-{count:04d}" for year, count in both]
