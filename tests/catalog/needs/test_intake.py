"""Sheets of requests and screenings: every mistake on its line, the same again changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from catalog import intake, ledger
from catalog.calendar import calendar
from catalog.circulation.entries import Answered, Requested, Screened
from catalog.database import Books
from catalog.needs.drive_sites import drive_sites
from catalog.needs.due import due
from catalog.needs.intake import TakenIn, import_feedback, import_sheet
from catalog.needs.lists import Listed, request_rows, screening_rows
from catalog.needs.sheet import read_requests, read_screenings
from catalog.problem import Refusal
from catalog.register.importing import import_sites
from catalog.sheet import read_sheet

Take = Callable[..., TakenIn]
DAY = date(2026, 3, 1)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        file = tmp_path / "表.csv"
        file.write_text(text, "utf-8")
        return file

    return written


@pytest.fixture
def take(county: Books, now: datetime) -> Take:
    """Take one sheet in: requests or screenings."""

    def once(file: Path, screenings: bool = False) -> TakenIn:
        read = read_screenings(file) if screenings else read_requests(file)
        with county.transaction() as connection:
            return import_sheet(connection, now, read)

    return once


def test_chinese_heads_and_names_of_sites_are_read(
    county: Books, take: Take, sheet: Callable[[str], Path]
) -> None:
    """As a township officer keeps the list; an answer without a number goes to its own row."""
    file = sheet(
        "登记日期,站点,提出人,需求内容,主题,季节,匹配节目,状态,答复日期\n"
        "2026年3月1日,曲子镇,养殖户,羊羔护理,羊,冬季(农闲),P1,已办结,2026/3/5\n"
        "2026-3-2,V1,,想看戏,,,,,\n"
    )
    taken = take(file)
    again = take(file)

    assert (len(taken.serials), taken.known) == (3, 0)
    assert (again.serials, again.known) == ((), 3)
    with county.reading() as connection:
        rows = request_rows(connection, Listed())
    assert [(r["id"], r["site"], r["status"], r["programme"]) for r in rows] == [
        ("XQ-2026-001", "T1", "closed", "P1"),
        ("XQ-2026-002", "V1", "open", ""),
    ]
    assert (rows[0]["subject"], rows[0]["season"]) == ("LIV.SHEEP", "winter")
    assert rows[0]["answered_on"] == "2026-03-05"


def test_an_answer_that_comes_later_is_all_that_is_written(
    county: Books, take: Take, sheet: Callable[[str], Path]
) -> None:
    """The same sheet with one request settled meanwhile."""
    head = "request_id,received_on,site_id,text_zh,matched_programme_id,status\n"
    take(sheet(head + "XQ-2026-001,2026-03-01,V1,羊,,open\nXQ-2026-002,2026-03-01,V1,戏,,open\n"))
    taken = take(
        sheet(head + "XQ-2026-001,2026-03-01,V1,羊,,open\nXQ-2026-002,2026-03-01,V1,戏,P2,closed\n")
    )

    assert (len(taken.serials), taken.known) == (1, 2)
    with county.reading() as connection:
        assert [e.kind for e in ledger.read(connection)][-1] == "answered"


def test_more_people_than_live_there_is_a_warning(
    county: Books, take: Take, sheet: Callable[[str], Path]
) -> None:
    """It is written all the same: neighbours come too."""
    file = sheet("日期,站点,类别,人次\n2026-03-01,V1,讲座,301\n2026-03-02,V1,讲座,300人次\n")
    taken = take(file, screenings=True)

    assert len(taken.serials) == 2
    assert taken.warnings == ("V1 on 2026-03-01: 301 people came, but 300 live there",)
    assert take(file, screenings=True).known == 2


def test_every_mistake_in_the_cells_is_told_on_its_line(sheet: Callable[[str], Path]) -> None:
    """All at once, nothing is taken."""
    found = read_requests(
        sheet(
            "request_id,received_on,site_id,text_zh,subject,season,status\n"
            "XQ 1,2026-03-01,V1,羊,,,\n,2026-13-01,V1,羊,,,\n,2026-03-01,,羊,,,\n"
            ",2026-03-01,V1,羊,XYZ,monsoon,perhaps\n"
        )
    )
    told = [(problem.line, problem.key) for problem in found.problems]

    assert told == [
        (2, '"request_id"'), (3, '"received_on"'), (4, "site_id"),
        (5, '"subject"'), (5, '"season"'), (5, '"status"'),
    ]  # fmt: skip
    assert [line for line, _entry in found.entries] == []


def test_unknown_and_missing_columns_are_told(sheet: Callable[[str], Path]) -> None:
    """With the columns that are known."""
    found = read_screenings(sheet("日期,站点,人次,天气\n2026-03-01,V1,3,晴\n"))

    assert [(p.line, p.key) for p in found.problems] == [(1, '"天气"'), (1, "kind")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2026-03-01,V9,羊,", 'there is no site "V9"'),
        (",2026-03-01,双城村,羊,", '2 sites are called "双城村"'),
        (",2026-03-01,V1,羊,P9", 'there is no programme "P9"'),
        ("XQ-2026-001,2026-03-01,V1,马,", "with other words"),
        (",2026-03-02,V1,狗,\n,2026-03-02,V1,狗,", "the same as row 3"),
    ],
)
def test_what_the_books_contradict_is_told_on_its_line(
    county: Books, take: Take, sheet: Callable[[str], Path], row: str, reason: str
) -> None:
    """Sites, programmes, numbers that stand for something else; nothing of the sheet is taken."""
    head = "request_id,received_on,site_id,text_zh,matched_programme_id\n"
    take(sheet(head + "XQ-2026-001,2026-03-01,V1,羊,\n"))
    with pytest.raises(Refusal, match=reason) as refused:
        take(sheet(f"{head},2026-03-01,V2,牛,\n{row}\n"))

    assert {problem.line for problem in refused.value.problems} <= {3, 4}
    with county.reading() as connection:
        assert len(request_rows(connection, Listed())) == 1


def test_what_a_drive_brings_back_is_taken_in_once(county: Books, now: datetime) -> None:
    """Values instead of a sheet; a screening that is known is passed over."""
    brought = [
        Requested("", DAY, "V1", "想看戏"),
        Answered("", DAY, "P2"),
        Screened("", "lecture", "V1", DAY, ("P1",), 30),
    ]
    with county.transaction() as connection:
        first = import_feedback(connection, now, brought)
        second = import_feedback(connection, now, brought)

    assert (len(first.serials), first.known) == (3, 0)
    assert (second.serials, second.known) == ((), 3)


def test_the_sample_county_comes_in_whole(books: Books, now: datetime, samples: Path) -> None:
    """Programmes, sites, requests, screenings; sums and the due list as the sheets give them."""
    intake.import_sheet(books, read_sheet(samples / "programmes.csv").entries, now)
    with books.transaction() as connection:
        import_sites(connection, now, samples / "sites.csv", date(2009, 1, 1))
        for _again in (1, 2):
            asked = import_sheet(connection, now, read_requests(samples / "requests.csv"))
            held = import_sheet(connection, now, read_screenings(samples / "screenings.csv"))
        requests = request_rows(connection, Listed())
        shown = screening_rows(connection, Listed())
        sites = drive_sites(connection, date(2012, 8, 1))
        assert ledger.check(connection) == ()

    assert (asked.serials, asked.known, held.serials, held.known) == ((), 23, (), 37)
    with (samples / "screenings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(one["attendance"] for one in shown) == sum(int(r["attendance"]) for r in rows)
    assert {one["id"] for one in shown} == {row["screening_id"] for row in rows}
    with (samples / "requests.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            r["request_id"]: (r["status"], r["matched_programme_id"]) for r in csv.DictReader(file)
        }
    assert {r["id"]: (r["status"], r["programme"]) for r in requests} == expected
    with (samples / "sites.csv").open(encoding="utf-8", newline="") as file:
        drives = {r["site_id"]: r["drive_id"] for r in csv.DictReader(file) if r["drive_id"]}
    assert {one.id: one.drives[0] for one in sites} == drives
    found = due(sites, calendar(date(2012, 8, 1)), date(2012, 8, 1))
    assert "HX-C00" not in {one.site.id for one in found}
    worst = max(found, key=lambda one: one.overdue_days)
    assert worst.site.refreshed == date(2012, 1, 10)
