"""Every question asked of the sample county; sums counted anew from the sheets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from catalog.audit.answer import Cell, Table, value_of
from catalog.audit.asked import Asked
from catalog.audit.grounds import behind, events_behind, measured
from catalog.audit.questions import question_of, questions
from catalog.database import Connection

ON = date(2012, 8, 1)
PROGRAMME, SITE = "HX-P0002", "HX-T02"
Sheet = Callable[[str], list[dict[str, str]]]


def asked(**more: object) -> Asked:
    return Asked(**{"on": ON, "county": "HX-C00", "programme": PROGRAMME, "site": SITE} | more)  # type: ignore[arg-type]


def ask(connection: Connection, name: str, **more: object) -> Table:
    return question_of(name).ask(connection, asked(**more))


def column(table: Table, name: str) -> list[object]:
    place = table.columns.index(name)
    return [value_of(row[place]) for row in table.rows]


@pytest.mark.parametrize("county", ["HX-C00", ""])
@pytest.mark.parametrize("name", [one.name for one in questions()])
def test_every_number_is_the_sum_of_its_events(sample: Connection, name: str, county: str) -> None:
    """The shares of the events behind a number add up to it, and a mere place has an event."""
    for row in ask(sample, name, county=county).rows:
        for cell in row:
            if not isinstance(cell, Cell):
                continue
            found = behind(sample, cell.grounds)
            told = sum(one.amount for one in found)
            assert events_behind(sample, cell.grounds) == tuple(one.event for one in found)

            assert told == measured(sample, cell.grounds)
            assert told == (cell.value if isinstance(cell.value, int) else len(found))


@pytest.mark.parametrize("name", [one.name for one in questions()])
def test_pages_together_are_the_whole(sample: Connection, name: str) -> None:
    """Page after page gives the same rows as the whole answer."""
    whole = ask(sample, name).rows
    rows, after = [], ""
    while True:
        part = ask(sample, name, limit=3, after=after)
        rows += part.rows
        after = part.next
        if not after:
            break

    assert [tuple(map(value_of, row)) for row in rows] == [tuple(map(value_of, r)) for r in whole]


def test_where_a_programme_is(sample: Connection, sheet: Sheet) -> None:
    """All copies of all productions that hold a programme, at the sites of the sheet."""
    runs = {r["production_id"] for r in sheet("productions")
            if PROGRAMME in r["programme_ids"].split(";")}  # fmt: skip
    sent = [r for r in sheet("deliveries") if r["production_id"] in runs]
    found = ask(sample, "where")

    assert sum(column(found, "copies")) == sum(int(r["copies"]) for r in sent)
    assert sorted(column(found, "site")) == sorted(r["site_id"] for r in sent)


def test_what_a_site_received(sample: Connection, sheet: Sheet) -> None:
    """A site's receipts with their copies, and its drive."""
    sent = [r for r in sheet("deliveries") if r["site_id"] == SITE]
    found = ask(sample, "site")

    assert sum(column(found, "copies")) == sum(int(r["copies"]) for r in sent) + 1
    assert column(found, "receipt")[:-1] == [r["receipt_no"] for r in sorted(
        sent, key=lambda r: (r["issued_on"], r["receipt_no"]))]  # fmt: skip
    assert column(found, "production")[-1] == "HXD-T02"


def test_who_received_nothing(sample: Connection, sheet: Sheet) -> None:
    """Points that are on no receipt; and on none since a day."""
    points = {r["site_id"] for r in sheet("sites")
              if r["level"] in ("township", "village", "community")}  # fmt: skip
    sent = sheet("deliveries")
    since = {r["site_id"] for r in sent if r["issued_on"] >= "2012-05-01"}

    assert set(column(ask(sample, "nothing"), "site")) == points - {r["site_id"] for r in sent}
    assert set(column(ask(sample, "nothing", since=date(2012, 5, 1)), "site")) == points - since


def test_receipts_that_are_not_signed(sample: Connection, sheet: Sheet) -> None:
    """292 issued less 266 signed: 26 copies are open, each with its days."""
    sent = [r for r in sheet("deliveries") if not r["signed_by"]]
    found = ask(sample, "unsigned")

    assert sum(column(found, "copies")) == sum(int(r["copies"]) for r in sent) == 26
    assert dict(zip(column(found, "receipt"), column(found, "days"), strict=True)) == {
        r["receipt_no"]: (ON - date.fromisoformat(r["issued_on"])).days for r in sent
    }


def test_overdue_refreshes(sample: Connection, sheet: Sheet) -> None:
    """Last refresh and cycle, counted by months from the sheet."""

    def due(row: dict[str, str]) -> str:
        last = date.fromisoformat(row["last_refresh"])
        months = last.month - 1 + {"quarterly": 3, "halfyear": 6}[row["refresh_cycle"]]
        return f"{last.year + months // 12}-{months % 12 + 1:02d}-{last.day:02d}"

    late = {r["site_id"]: due(r) for r in sheet("sites")
            if r["refresh_cycle"] and due(r) < "2012-08-01"}  # fmt: skip
    found = ask(sample, "overdue")

    assert dict(zip(column(found, "site"), column(found, "due_on"), strict=True)) == late
    assert late


def test_coverage_by_township_and_subject(sample: Connection, sheet: Sheet) -> None:
    """Copies of each subject area that came to each township and its villages."""
    areas = {r["programme_id"]: r["subject"].partition(".")[0] for r in sheet("programmes")}
    above = {r["site_id"]: r["site_id"] if r["level"] == "township" else r["parent_id"]
             for r in sheet("sites")}  # fmt: skip
    subjects = {r["production_id"]: {areas[p] for p in r["programme_ids"].split(";")}
                for r in sheet("productions")}  # fmt: skip
    expected: dict[tuple[str, str], int] = {}
    for row in sheet("deliveries"):
        for subject in subjects[row["production_id"]]:
            key = above[row["site_id"]], subject
            expected[key] = expected.get(key, 0) + int(row["copies"])
    found = ask(sample, "coverage")
    names = column(found, "site")
    got = {
        (site, subject): value
        for subject in found.columns[2:]
        for site, value in zip(names, column(found, subject), strict=True)
        if value
    }

    assert {key: n for key, n in got.items() if key[0]} == {
        key: n for key, n in expected.items() if key[0].startswith("HX-T")
    }
    assert sum(map(int, got.values())) == sum(expected.values())  # type: ignore[call-overload]


def test_stock_and_balances(sample: Connection, sheet: Sheet) -> None:
    """300 made = 292 issued + 8 in stock; 266 of them signed for."""
    found = ask(sample, "stock")
    discs = [place for place, medium in enumerate(column(found, "medium")) if medium == "vcd"]
    sums = {name: sum(int(column(found, name)[p]) for p in discs)  # type: ignore[call-overload]
            for name in ("made", "issued", "in_stock", "signed", "unsigned")}  # fmt: skip

    assert sums == {"made": 300, "issued": 292, "in_stock": 8, "signed": 266, "unsigned": 26}
    assert not found.wrong
    assert len(found.rows) == len(sheet("productions"))


def test_open_requests_and_their_days(sample: Connection, sheet: Sheet) -> None:
    """The open requests of the sheet, oldest first."""
    waiting = [r for r in sheet("requests") if r["status"] == "open"]
    found = ask(sample, "requests")

    assert column(found, "request") == [r["request_id"] for r in waiting]
    assert column(found, "days") == [
        (ON - date.fromisoformat(r["received_on"])).days for r in waiting
    ]


def test_screenings_nothing_was_delivered_for(sample: Connection, sheet: Sheet) -> None:
    """Counted plainly: no delivery to the place by the day; the centre's own serve venues."""
    runs = {r["production_id"]: r for r in sheet("productions")}
    level = {r["site_id"]: r["level"] for r in sheet("sites")}

    def served(row: dict[str, str], programme: str) -> bool:
        return any(
            programme in runs[d["production_id"]]["programme_ids"].split(";")
            and d["site_id"] == row["site_id"] and d["issued_on"] <= row["held_on"]
            for d in sheet("deliveries")
        ) or (level[row["site_id"]] in ("venue", "county") and any(
            programme in r["programme_ids"].split(";") and r["made_on"] <= row["held_on"]
            for r in runs.values()
        ))  # fmt: skip

    expected = {r["screening_id"] for r in sheet("screenings")
                if not all(served(r, p) for p in r["programme_ids"].split(";"))}  # fmt: skip

    assert set(column(ask(sample, "unserved"), "screening")) == expected
    assert expected


def test_rights_that_end(sample: Connection, sheet: Sheet) -> None:
    """Programmes whose rights end within the days that are asked for."""
    for days in (0, 180, 3650):
        last = date.fromordinal(ON.toordinal() + days).isoformat()
        ending = {r["programme_id"] for r in sheet("programmes") if "" < r["rights_until"] <= last}

        assert set(column(ask(sample, "rights", days=days), "programme")) == ending


def test_media_that_cannot_be_played(sample: Connection, sheet: Sheet) -> None:
    """Video CDs at points without VCD player, DVD player or PC."""
    unable = {r["site_id"] for r in sheet("sites") if r["level"] != "venue" and not any(
        int(r[one] or 0) for one in ("vcd_player", "dvd_player", "pc"))}  # fmt: skip
    sent = sorted(r["receipt_no"] for r in sheet("deliveries") if r["site_id"] in unable)

    assert sorted(column(ask(sample, "unplayable"), "receipt")) == sent


def test_the_register_of_the_sample_is_sound(sample: Connection) -> None:
    """65 village points are counted; a report that speaks of 250 is told."""
    found = ask(sample, "mismatch")

    assert column(found, "found")[0] == 65
    assert ask(sample, "mismatch", expect=250).rows[0][3] == 250


def test_no_number_is_missing(sample: Connection) -> None:
    """The sample's receipts run without a gap."""
    assert ask(sample, "gaps").rows == ()
    assert ask(sample, "corrections").rows == ()
    assert ask(sample, "drives").rows == ()
