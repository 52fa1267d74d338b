"""Which drives are due: cadence, windows, fairs, days without delivery; the sample county."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.calendar import Calendar, Rule, Span, calendar, read_rules, terms_of
from catalog.needs.due import DriveSite, Due, by_route, due, months_later
from catalog.problem import Refusal

SAMPLES = Path(__file__).parents[2].parent / "shared" / "reference" / "samples"
TODAY = date(2012, 8, 1)
EMPTY = Calendar(())


def site(refreshed: date | None, cycle: str = "quarterly", **more: object) -> DriveSite:
    fields = {"name": "曲子镇", "level": "township", "drives": ("D1",), **more}
    return DriveSite(str(fields.pop("id", "T1")), cycle=cycle, refreshed=refreshed, **fields)  # type: ignore[arg-type]


def only(found: tuple[Due, ...]) -> Due:
    assert len(found) == 1
    return found[0]


def test_a_drive_is_due_when_its_months_are_over() -> None:
    """On the day itself it is due and not late; the day before it is not due."""
    known = site(date(2012, 1, 13))

    assert due([known], EMPTY, date(2012, 4, 12)) == ()
    found = only(due([known], EMPTY, date(2012, 4, 13)))
    assert (found.why, found.since, found.overdue_days) == ("cadence", date(2012, 4, 13), 0)
    assert only(due([known], EMPTY, TODAY)).overdue_days == 110


def test_what_comes_soon_is_told_when_asked() -> None:
    """Ahead by a week: due in that week, not late."""
    found = only(due([site(date(2012, 5, 6))], EMPTY, TODAY, ahead=7))

    assert (found.by, found.overdue_days, found.go_on) == (date(2012, 8, 6), 0, date(2012, 8, 6))


def test_a_site_without_a_cycle_has_that_of_its_level() -> None:
    """Villages half-yearly, centres never; a word nobody knows counts as none, `none` is none."""
    for level, cycle, expected in (
        ("village", "", date(2012, 7, 13)),
        ("township", "now and then", date(2012, 4, 13)),
        ("county", "", None),
        ("township", "none", None),
    ):
        found = due([site(date(2012, 1, 13), cycle, level=level)], EMPTY, TODAY)
        assert (found[0].since if found else None) == expected


def test_a_drive_that_was_never_refreshed_is_due_now() -> None:
    """Nobody knows since when."""
    found = only(due([site(None)], EMPTY, TODAY))

    assert (found.why, found.since, found.overdue_days) == ("never", None, 0)


def test_a_site_without_drives_is_never_due() -> None:
    """Discs have no cadence."""
    assert due([site(date(2009, 1, 1), drives=())], EMPTY, TODAY) == ()


def test_before_the_new_year_all_are_called_once() -> None:
    """From 小雪 on, who was not there since; by 腊月廿二 at the latest."""
    year = calendar(date(2012, 12, 1))
    before, since = site(date(2012, 11, 21)), site(date(2012, 11, 22))

    assert due([before, since], year, date(2012, 11, 21)) == ()
    found = only(due([before, since], year, date(2012, 12, 1)))
    assert (found.why, found.since, found.by) == ("window", date(2012, 11, 22), date(2013, 2, 1))
    assert found.span and found.span.zh == "年前更新"


def test_before_spring_sowing_all_are_called_again() -> None:
    """From 雨水 to 惊蛰."""
    found = only(due([site(date(2013, 1, 20))], calendar(date(2013, 2, 20)), date(2013, 2, 20)))

    assert (found.why, found.by) == ("window", date(2013, 3, 5))


def test_a_fair_calls_the_sites_of_its_places() -> None:
    """Two weeks before it, those of the township, also its villages; nobody else."""
    fair = Rule("fair", "曲子三下乡", "", "2012-12-03", "2012-12-04", ("T1",))
    year = calendar(TODAY, [fair, *no_windows()])
    sites = [
        site(date(2012, 11, 1), id="V1", places=("V1", "T1", "C")),
        site(date(2012, 11, 1), id="T2", places=("T2", "C")),
    ]

    assert due(sites, year, date(2012, 11, 18)) == ()
    found = only(due(sites, year, date(2012, 11, 19)))
    assert (found.site.id, found.why, found.by) == ("V1", "fair", date(2012, 12, 2))


def no_windows() -> list[Rule]:
    """A county that knows no windows: those of the package are put on one day long ago."""
    day = "2001-01-01"
    return [Rule("window", name, "", day, day) for name in ("年前更新", "春播前更新")]


@pytest.mark.parametrize(
    ("on", "go_on"),
    [
        ("2012-01-22", "2012-01-30"),  # New Year's Eve, then the week
        ("2012-01-29", "2012-01-30"),
        ("2012-06-10", "2012-07-07"),  # wheat
        ("2012-09-07", "2012-10-23"),  # autumn harvest, with the National Day in it
        ("2012-05-01", "2012-05-03"),
        ("2012-08-01", "2012-08-01"),
    ],
)
def test_days_without_delivery_are_passed_over(on: str, go_on: str) -> None:
    """The first week of the New Year, the harvests and the holidays."""
    day = date.fromisoformat(on)
    found = only(due([site(date(2011, 1, 1))], calendar(day), day))

    assert found.go_on.isoformat() == go_on
    assert (found.barred is None) == (on == go_on)


def test_routes_come_in_order_the_nearest_first() -> None:
    """Sites on no route come last."""
    places = [("A", "R2", 9.0), ("B", "R1", 41.0), ("C", "", 1.0), ("D", "R1", 3.0)]
    sites = [site(None, id=name, route=route, distance_km=far) for name, route, far in places]

    routes = [(r, [one.site.id for one in g]) for r, g in by_route(due(sites, EMPTY, TODAY))]
    assert routes == [("R1", ["D", "B"]), ("R2", ["A"]), ("", ["C"])]


def test_months_end_where_the_month_ends() -> None:
    """The 31st of November is the 30th."""
    assert months_later(date(2011, 11, 30), 3) == date(2012, 2, 29)
    assert months_later(date(2012, 8, 31), 3) == date(2012, 11, 30)
    assert months_later(date(2011, 12, 5), 12) == date(2012, 12, 5)


@given(
    last=st.dates(date(2011, 1, 1), date(2013, 1, 1)),
    on=st.dates(date(2011, 1, 1), date(2013, 1, 1)),
)
def test_a_day_that_is_open_is_not_barred(last: date, on: date) -> None:
    """Whatever the days: nobody is sent on a barred day, nor before the day that was asked for."""
    year = calendar(on)
    for found in due([site(last)], year, on):
        assert year.barred(found.go_on) is None
        assert found.go_on >= on
        assert found.go_on == on or year.barred(found.go_on - timedelta(days=1))


def test_the_sample_county_in_august() -> None:
    """The drives that are due on 2012-08-01, worked out anew from the sheet."""
    if not SAMPLES.exists():
        pytest.skip("the sample county is not beside this checkout")
    with (SAMPLES / "sites.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = {}
    for row in rows:
        months = {"quarterly": 3, "halfyear": 6}.get(row["refresh_cycle"])
        if row["drive_id"] and months:
            year, month, day = map(int, row["last_refresh"].split("-"))
            month += months
            year, month = year + (month > 12), (month - 1) % 12 + 1
            if (year, month, day) <= (2012, 8, 1):
                late = TODAY - date(year, month, day)
                expected[row["site_id"]] = late.days
    sites = [
        DriveSite(
            r["site_id"], r["name_zh"], r["level"], (r["drive_id"],) if r["drive_id"] else (),
            r["refresh_cycle"],
            date.fromisoformat(r["last_refresh"]) if r["last_refresh"] else None,
            r["route"], float(r["distance_km"]),
        )
        for r in rows
    ]  # fmt: skip
    found = due(sites, calendar(TODAY), TODAY)

    assert {one.site.id: one.overdue_days for one in found} == expected
    assert 40 < len(found) < 60
    assert all(one.go_on == TODAY for one in found)
    assert [r for r, _group in by_route(found)] == ["R1", "R2", "R3", "R4", "R5"]


# -- the calendar ---------------------------------------------------------------------------------


def test_solar_terms_stand_in_order_fifteen_days_apart() -> None:
    """All years of the table: 24 terms, 14 to 16 days from one to the next."""
    for year in range(2010, 2041):
        terms = [*terms_of(year).values()][3:]
        gaps = {(b - a).days for a, b in pairwise(terms)}
        assert len(terms) == 24
        assert gaps <= {14, 15, 16}


def test_known_days_stand_in_the_table() -> None:
    """New Year and terms as the almanac has them."""
    assert [terms_of(y)["春节"] for y in (2012, 2026, 2027, 2028)] == [
        date(2012, 1, 23), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26)
    ]  # fmt: skip
    assert terms_of(2012)["立秋"] == date(2012, 8, 7)
    assert terms_of(2026)["冬至"] == date(2026, 12, 22)


def test_a_year_beyond_the_table_is_refused() -> None:
    """Rather than delivered to on New Year's Day."""
    with pytest.raises(Refusal, match="does not know this year"):
        calendar(date(2099, 1, 1))


def test_a_countys_own_rows_replace_and_add(tmp_path: Path) -> None:
    """With Chinese heads; a row of the same name takes the place of the shipped one."""
    file = tmp_path / "日历.csv"
    file.write_text(
        "类别,名称,开始,结束,地点\n停送,麦收,06-20,06-25,\n展会,曲子集,2012-12-03,2012-12-03,T1;T2\n",
        "utf-8",
    )
    rules = read_rules(file)
    year = calendar(date(2012, 6, 1), rules)

    assert year.barred(date(2012, 6, 10)) is None
    assert year.barred(date(2012, 6, 21)) is not None
    assert [s for s in year.spans if s.kind == "fair"] == [
        Span("fair", "曲子集", "", date(2012, 12, 3), date(2012, 12, 3), ("T1", "T2"))
    ]


def test_every_mistake_of_a_calendar_is_told_on_its_line(tmp_path: Path) -> None:
    """Kind, name, day and order."""
    file = tmp_path / "c.csv"
    file.write_text(
        "kind,name_zh,from,to\nrest,春,02-01,02-02\nfair,,02-01,02-02\nfair,会,2012-13-01,2012-12-02\n"
        "fair,会,2012-12-03,2012-12-02\nfair,会,2012-12-03,12-05\n",
        "utf-8",
    )
    with pytest.raises(Refusal) as refused:
        read_rules(file)

    told = [(p.line, p.key) for p in refused.value.problems]
    assert told == [(2, "kind"), (3, "name_zh"), (4, "from"), (5, "to"), (6, "to")]
