"""What lies on drives is in the answers: held there, recalled, covered, confirmed, playable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from catalog import records
from catalog.audit.answer import Cell, Table, value_of
from catalog.audit.asked import Asked
from catalog.audit.grounds import behind, measured
from catalog.audit.questions import question_of, questions
from catalog.circulation.entries import (
    Changed,
    Checked,
    Confirmed,
    Copied,
    Delivered,
    Drive,
    Enrolled,
    Line,
    Refreshed,
    Registered,
    Screened,
)
from catalog.circulation.posting import post
from catalog.database import Books, Connection
from catalog.programme import Programme, Rights

DAY = date(2026, 9, 1)
ON = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)


def refreshed(drive: str, site: str, number: int, *programmes: str, on: date = DAY) -> Refreshed:
    return Refreshed(
        drive, site, f"e{number}", number, f"{number}" * 64, on, programmes, 2, 9, 2, 0, 0, 5,
        "device", "e" * 64, "winter",
    )  # fmt: skip


@pytest.fixture
def county(books: Books) -> Iterator[Connection]:
    """Villages V1 to V4 with drives D1 to D4; P1 lies on D1 and D2 and, as a disc, in V1; D3 was
    lost with it; nothing is on D4.
    """
    with books.transaction() as connection:
        for id, subject in (("P1", "LIV.SHEEP"), ("P2", "LIV.PIG"), ("P3", "ART.LOCAL")):
            rights = Rights("county", date(2026, 12, 1)) if id == "P1" else Rights("county")
            programme = Programme(id=id, title=id, subject=(subject,), rights=rights)
            records.put_programme(connection, programme)
        post(connection, NOW, [
            Registered("C", {"level": "county", "name": "县", "code": "621022"}),
            Registered("T", {"level": "township", "name": "镇", "parent": "C"}),
            *(
                Registered(f"V{n}", {
                    "level": "village", "name": f"村{n}", "parent": "T", "equipment:pc": "1",
                    "manager": "王",
                })
                for n in range(1, 5)
            ),
            *(Drive(f"D{n}", DAY, f"V{n}", f"V{n}") for n in range(1, 5)),
            *(Enrolled(f"D{n}", f"V{n}", f"{n}" * 32, "", 0, DAY) for n in range(1, 4)),
            refreshed("D1", "V1", 1, "P3"), refreshed("D1", "V1", 2, "P1", "P2"),
            refreshed("D2", "V2", 1, "P1"), refreshed("D3", "V3", 1, "P1"),
            Drive("D3", DAY, state="lost"),
            Confirmed("D1", 2, "48H2-48H2-X", "李", date(2026, 10, 1)),
            Copied("", "甲", 9, DAY, programmes=("P1",), county="C"),
            Delivered("", DAY, (Line("HX-2026-0001", 2),), "V1"),
        ])  # fmt: skip
        yield connection


def ask(connection: Connection, name: str, **more: Any) -> Table:
    return question_of(name).ask(connection, Asked(**{"on": ON, "county": "C"} | more))


def column(table: Table, name: str) -> list[Any]:
    return [value_of(row[table.columns.index(name)]) for row in table.rows]


def test_a_recall_lists_drives_behind_discs(county: Connection) -> None:
    """Where the programme lies, with the drive's number, who told the code and whom to call; a
    lost drive is no place to send to.
    """
    for asked in ({"county": "C"}, {"county": ""}):
        found = ask(county, "where", programme="P1", **asked)

        assert column(found, "site") == ["V1", "V1", "V2"]
        assert column(found, "production") == ["HX-2026-0001", "D1", "D2"]
        assert column(found, "medium") == ["vcd", "drive", "drive"]
        assert column(found, "signed_by") == ["", "李", ""]
        assert column(found, "manager") == ["王", "王", "王"]
        assert any("it lies on 2 drives" in note for note in found.notes)
    assert column(ask(county, "where", programme="P3"), "site") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_of_a_recall_are_the_whole(county: Connection, limit: int) -> None:
    """No row comes twice or never, wherever a page ends."""
    whole = ask(county, "where", programme="P1").rows
    rows: list[Any] = []
    after = ""
    for _page in range(5):
        part = ask(county, "where", programme="P1", limit=limit, after=after)
        rows += part.rows
        after = part.next
        if not after:
            break

    assert tuple(rows) == whole
    assert not after


def test_every_number_opens_to_its_events(county: Connection) -> None:
    """All cells of all questions are what their grounds give; of drives, the last refresh."""
    post(county, NOW, [Checked("D1", "2" * 64, "deep", False, 3, ON), Drive("D2", ON, "V1", "V4")])
    for one in questions():
        found = one.ask(county, Asked(ON, "C", "V1", "P1"))
        for row in found.rows:
            for cell in row:
                if isinstance(cell, Cell) and isinstance(cell.value, int):
                    assert measured(county, cell.grounds) == cell.value, one.name
    cell: Any = ask(county, "where", programme="P1").rows[1][6]

    assert [one.event.details["number"] for one in behind(county, cell.grounds)] == [2]


def test_what_a_site_has(county: Connection) -> None:
    """The drive with its edition, how many programmes, and the receipt."""
    found = ask(county, "site", site="V1")

    assert found.rows[-1][:5] == ("2026-09-01", "", "D1", "edition 2: 2 programmes", "drive")
    assert found.rows[-1][-2:] == ("李", "2026-10-01")
    assert ask(county, "site", site="V4").rows[-1][2:5] == ("D4", "", "drive")


def test_drives_count_in_the_coverage(county: Connection) -> None:
    """Two discs and two drives about stock; the drive follows to another township."""
    found = ask(county, "coverage")
    assert found.rows[0][2:] and column(found, "LIV") == [4]
    post(county, NOW, [Registered("T2", {"level": "township", "name": "乡", "parent": "C"})])
    post(county, NOW, [Drive("D2", ON, holder="T2")])

    assert column(ask(county, "coverage"), "LIV") == [3, 1]
    assert column(ask(county, "coverage", county=""), "LIV") == [3, 1]


def test_a_point_with_a_filled_drive_has_something(county: Connection) -> None:
    """Ever, and since a day; V3 got it before its drive was lost."""
    assert column(ask(county, "nothing"), "site") == ["T", "V4"]
    assert column(ask(county, "nothing", since=date(2026, 9, 2)), "site") == [
        "T", "V1", "V2", "V3", "V4"
    ]  # fmt: skip


def test_drives_without_a_receipt_are_told(county: Connection) -> None:
    """Edition, last refresh, and whether its code came; after a month it is missed."""
    found = ask(county, "drives")

    assert column(found, "drive") == ["D2", "D3"]
    assert column(found, "edition") == [1, 1]
    assert column(found, "confirmed") == ["not confirmed", "not confirmed"]
    post(county, NOW, [Drive("D1", ON, "V1", "C")])
    assert column(ask(county, "drives", on=date(2026, 9, 15)), "drive") == ["D1", "D3"]
    assert column(ask(county, "drives"), "confirmed")[0] == "2026-10-01"


def test_ending_rights_name_drives(county: Connection) -> None:
    """Copies, drives, and the places that have either."""
    found = ask(county, "rights")

    assert [column(found, name) for name in ("copies", "drives", "places")] == [[2], [2], [2]]


def test_a_drive_where_nothing_plays_it(county: Connection) -> None:
    """A PC or a projector plays it; a drive with nothing on it is none."""
    post(county, NOW, [
        Changed("V2", {"equipment:pc": "1 broken", "equipment:projector": "1"}),
        Changed("V4", {"equipment:pc": "0"}),
    ])  # fmt: skip
    assert column(ask(county, "unplayable"), "site") == []
    post(county, NOW, [Changed("V2", {"equipment:projector": "0", "equipment:tv": "1"})])

    found = ask(county, "unplayable")
    assert (column(found, "site"), column(found, "production")) == (["V2"], ["D2"])


def test_drives_that_differ_from_the_books(county: Connection) -> None:
    """Filled for another site, not as it was filled, another edition; a later refresh mends it."""
    post(county, NOW, [
        Drive("D2", ON, "V4", "V4"), Checked("D1", "2" * 64, "deep", False, 3, ON),
    ])  # fmt: skip
    found = ask(county, "mismatch")
    assert [row[0] for row in found.rows[1:]] == [
        "a drive that is not as it was filled", "a drive filled for another site"
    ]  # fmt: skip
    assert [row[2:] for row in found.rows[1:]] == [
        ("3 findings on 2026-11-01", "none"), ("V2", "V4")
    ]  # fmt: skip
    post(county, NOW, [Checked("D1", "1" * 64, "quick", True, 0, ON)])
    assert ask(county, "mismatch").rows[1][0] == "a drive that holds another edition"
    post(county, NOW, [refreshed("D1", "V1", 3, "P1", on=ON)])

    assert len(ask(county, "mismatch").rows) == 2


def test_a_screening_from_a_drive_has_its_source(county: Connection) -> None:
    """What lay on the drive by that day could be shown, also if it was taken off later."""
    shown = [
        Screened("", "lecture", "V1", date(2026, 9, 5), ("P3",), 9, "drive"),
        Screened("", "lecture", "V2", date(2026, 9, 5), ("P3",), 9, "drive"),
        Screened("", "lecture", "V2", date(2026, 8, 5), ("P1",), 9, "drive"),
    ]
    post(county, NOW, shown)

    assert column(ask(county, "unserved"), "screening") == ["BF-2026-003", "BF-2026-002"]
