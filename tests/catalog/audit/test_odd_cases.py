"""Small books made by hand, each with one thing that is wrong, and exactly that is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from catalog import tables
from catalog.audit.answer import Table, value_of
from catalog.audit.asked import Asked
from catalog.audit.grounds import behind
from catalog.audit.questions import question_of
from catalog.circulation.entries import Corrected
from catalog.ledger import append
from catalog.problem import Refusal

ON = date(2012, 8, 1)


def ask(clerk: Any, name: str, **more: Any) -> Table:
    return question_of(name).ask(clerk.connection, Asked(**{"on": ON, "county": "C"} | more))


def column(table: Table, name: str) -> list[Any]:
    return [value_of(row[table.columns.index(name)]) for row in table.rows]


@pytest.fixture
def county(clerk: Any) -> Any:
    """A county C, a township T, a village V that plays video CDs, a school X."""
    clerk.site("C", "county", name="县中心", code="621022")
    clerk.site("T", "township", "C", name="曲子镇", code="621022101", players="dvd pc")
    clerk.site("V", "village", "T", name="双城村", code="621022101201", players="tv vcd",
               population=900)  # fmt: skip
    clerk.site("X", "venue", "C", name="一中", code="621022")
    clerk.programme("P1", "羊病", "LIV.SHEEP", "2012-09-01")
    clerk.copied("R1", 50, "2012-01-10", "vcd", ("P1",), "C")
    return clerk


def movement(clerk: Any, kind: str, delivery: int, copies: int, back: str = "") -> None:
    event = append(clerk.connection, datetime(2012, 7, 1, tzinfo=UTC), kind, ["R1"], {})
    clerk.insert(tables.movements, event=event.serial, kind=kind, delivery=delivery,
                 production=clerk.runs["R1"]["number"], copies=copies, from_back=back)  # fmt: skip


def test_returned_and_lost_copies_are_not_held(county: Any) -> None:
    """Of ten copies three came back and one is lost: six are there, proved by three events."""
    number = county.delivered("QS-1", "2012-02-01", "R1", 10, "V", "李某", "2012-02-01")
    this = tables.deliveries.c.number == number
    county.connection.execute(
        tables.deliveries.update()
        .where(this)
        .values(numbers="1-10", returned=3, back="1-3", lost=1, missing="7")
    )
    movement(county, "returned", number, 3)
    movement(county, "lost", number, 1)
    found = ask(county, "where", programme="P1")
    cell: Any = found.rows[0][found.columns.index("copies")]
    shares = [one.amount for one in behind(county.connection, cell.grounds)]

    assert column(found, "numbers") == ["4-6,8-10"]
    assert cell.value == 6
    assert sorted(shares) == [-3, -1, 10]


def test_a_gift_to_no_site_says_to_whom(county: Any) -> None:
    """Copies given away at a fair are in the answer, with their receiver."""
    county.delivered("QS-1", "2012-02-01", "R1", 10, recipient="环城集市", mode="fair_gift")

    assert column(ask(county, "where", programme="P1"), "name") == ["环城集市"]
    assert column(ask(county, "unsigned"), "name") == ["环城集市"]


@pytest.mark.parametrize(
    ("medium", "players", "stranded"),
    [("vcd", "tv vcd", False), ("vcd", "pc", False), ("vcd", "projector tv", True),
     ("vcd", "", True), ("iso", "dvd tv vcd", True), ("iso", "pc", False), ("drive", "tv", True),
     ("leaflet", "", False), ("vcd", "svcd", True)],
)  # fmt: skip
def test_what_can_play_what(county: Any, medium: str, players: str, stranded: bool) -> None:
    """A video CD wants a player or a PC, files want a PC, leaflets nothing."""
    county.site("V2", "village", "T", name="西川村", players=players)
    county.copied("R2", 5, "2012-01-10", medium, ("P1",), "C")
    county.delivered("QS-1", "2012-02-01", "R2", 1, "V2")

    assert column(ask(county, "unplayable"), "site") == (["V2"] if stranded else [])


def _wrong_parent(clerk: Any) -> None:
    clerk.site("V2", "village", "C", name="西川村", code="621022101202")


def _no_parent(clerk: Any) -> None:
    clerk.site("T2", "township", name="孤镇", code="621022102")
    this = tables.sites.c.id == "T2"
    number = clerk.sites["C"]["number"]
    clerk.connection.execute(tables.sites.update().where(this).values(county=number))


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (_wrong_parent, "belongs to no place above it"),
        (_no_parent, "belongs to no place above it"),
        (lambda c: c.site("V2", "village", "T", name="西", code="621022102202"),
         "region code is not under its parent's"),
        (lambda c: c.site("V2", "village", "T", name="西", code="62102210120"),
         "region code of a wrong form"),
        (lambda c: c.site("V2", "village", "T", name="西", code="621022101201"),
         "region code borne twice"),
        (lambda c: c.site("V2", "village", "T", name="双城村"), "name borne twice in one place"),
        (lambda c: c.screened("B1", "2012-05-01", "V", ("P1",), 901),
         "attendance above population"),
        (lambda c: c.screened("B1", "2012-08-02", "V", ("P1",), 10), "a day that cannot be"),
        (lambda c: c.delivered("Q", "2012-05-02", "R1", 1, "V", "李", "2012-05-01"),
         "signed before it was delivered"),
        (lambda c: c.delivered("Q", "2012-08-02", "R1", 1, "V"), "a day that cannot be"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_does_not_match_the_register(
    county: Any, harm: Callable[[Any], None], what: str
) -> None:
    """One thing made wrong gives one line, and a sound register none."""
    assert len(ask(county, "mismatch").rows) == 1

    harm(county)
    found = column(ask(county, "mismatch"), "what")[1:]

    assert found == [what]


def test_a_broken_day_is_told(county: Any) -> None:
    """A day that is none, as in a report of the eleventh of the eighth."""
    county.screened("B1", "2012-05-01", "V", ("P1",), 10)
    county.connection.execute(tables.screenings.update().values(held_on="2010-11-8日"))

    assert column(ask(county, "mismatch"), "what")[1:] == ["a day that is none"]


def test_screenings_are_served_by_what_came_before(county: Any) -> None:
    """A delivery on the day serves, one after it does not; a school is served by the centre."""
    county.delivered("QS-1", "2012-03-01", "R1", 1, "V", "李", "2012-03-01")
    county.screened("B1", "2012-02-29", "V", ("P1",), 10)
    county.screened("B2", "2012-03-01", "V", ("P1",), 10)
    county.screened("B3", "2012-03-02", "X", ("P1",), 10)
    county.screened("B4", "2012-01-09", "X", ("P1",), 10)
    county.screened("B5", "2012-03-02", "T", ("P1",), 10, medium="drive")
    found = ask(county, "unserved")

    assert column(found, "screening") == ["B4", "B1", "B5"]
    assert "drive" in column(found, "why")[2]


def test_totals_equal_to_last_year_are_marked(county: Any) -> None:
    """The same copies in the same days a year before, in the county and in its township."""
    county.copied("R0", 10, "2011-01-05", "vcd", ("P1",), "C")
    county.delivered("QS-0", "2011-03-01", "R0", 4, "V")
    county.delivered("QS-1", "2012-03-01", "R1", 4, "V")
    county.screened("B0", "2011-03-01", "V", ("P1",), 100)
    county.screened("B1", "2012-04-01", "V", ("P1",), 101)
    found = ask(county, "same-as-last-year")
    same = [(row[0], row[1]) for row in found.rows if row[4]]

    assert found.wrong
    assert same == [("", "copies delivered"), ("", "lines of receipts"), ("", "productions"),
                    ("", "screenings"), ("曲子镇", "copies delivered")]  # fmt: skip


def test_missing_numbers_are_named(county: Any) -> None:
    """Receipts 2 and 4 to 5 of the year are missing; the year before is not asked about."""
    for number in (1, 3, 6):
        county.delivered(f"QS-2012-000{number}", "2012-02-01", "R1", 1, "V")
    county.copied("HX-2012-03", 5, "2012-03-01", county="C")
    found = ask(county, "gaps")

    assert column(found, "missing") == ["2,4-5", "1-2"]
    assert column(found, "found") == [3, 1]
    assert [len(behind(county.connection, row[5].grounds)) for row in found.rows] == [3, 1]  # type: ignore[union-attr]


def test_drives_that_are_astray(county: Any) -> None:
    """On its way, lost, overdue, with another site: all but the one that lies at home."""
    for name, more in (
        ("D1", {}), ("D2", {"state": "out", "due_on": "2012-07-22"}), ("D3", {"state": "lost"}),
        ("D4", {"due_on": "2012-07-01"}), ("D5", {"holder": 1}),
    ):  # fmt: skip
        county.drive(name, "V", "2012-01-01", **more)
    found = ask(county, "drives")

    assert sorted(column(found, "drive")) == ["D2", "D3", "D4", "D5"]
    assert dict(zip(column(found, "drive"), column(found, "days"), strict=True))["D2"] == 10


def test_a_balance_that_does_not_hold_is_told(county: Any) -> None:
    """A counter that was changed by hand shows."""
    assert not ask(county, "stock").wrong

    county.connection.execute(tables.productions.update().values(in_stock=49))

    assert ask(county, "stock").wrong
    assert column(ask(county, "stock"), "balance") == ["does not hold"]


def test_corrections_say_what_counts_no_more(county: Any) -> None:
    """The wrong entry, the reason, and only those of the period."""
    county.delivered("QS-1", "2012-03-01", "R1", 4, "V")
    of = county.connection.execute(sa.select(tables.deliveries.c.event)).scalar_one()
    serial = county.event(Corrected(of, "份数写错", date(2012, 3, 2)))
    county.insert(tables.corrections, of=of, event=serial)
    found = ask(county, "corrections")

    assert found.rows[0][:3] == (serial, "2012-03-02", of)
    assert "QS-1 → V: R1 ×4" in str(found.rows[0][3])
    assert ask(county, "corrections", since=date(2012, 4, 1)).rows == ()


@pytest.mark.parametrize(
    ("name", "more", "told"),
    [
        ("where", {"programme": "P2"}, "did you mean P1?"),
        ("where", {}, "no programme is named"),
        ("site", {"site": "V9"}, "there is no site of this id"),
        ("stock", {"county": "T"}, "T is no county centre"),
    ],
)
def test_refuses_places_and_programmes_that_are_not_known(
    county: Any, name: str, more: dict[str, str], told: str
) -> None:
    """What is wrong is named, and the near one."""
    with pytest.raises(Refusal, match=told.replace("?", r"\?")):
        ask(county, name, **more)


def test_refuses_a_question_that_is_not_known() -> None:
    """A slip of the pen is told the near name."""
    with pytest.raises(Refusal, match="did you mean unsigned"):
        question_of("unsignd")


def test_all_counts_of_a_production_open_to_their_events(county: Any) -> None:
    """Made, issued, returned, restocked, lost, scrapped from stock and from returned copies."""
    signed = county.delivered("QS-1", "2012-02-01", "R1", 10, "V", "李某", "2012-02-01")
    county.delivered("QS-2", "2012-02-01", "R1", 5, "T")
    movement(county, "returned", signed, 4)
    movement(county, "lost", signed, 1)
    movement(county, "restocked", 0, 2)
    movement(county, "scrapped", 0, 3, "4")
    counts = {"made": 50, "issued": 12, "in_stock": 35, "scrapped": 3, "signed": 6, "unsigned": 5,
              "returned": 1, "lost": 1}  # fmt: skip
    county.connection.execute(tables.productions.update().values(counts))
    found = ask(county, "stock")
    opened = {
        name: sum(one.amount for one in behind(county.connection, found.rows[0][place].grounds))  # type: ignore[union-attr]
        for place, name in enumerate(found.columns)
        if name in counts
    }

    assert opened == counts
    assert not found.wrong
