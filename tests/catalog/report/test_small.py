"""A county of five places whose sums are done by hand; the traps of real reports, one by one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalog import tables
from catalog.database import Books, programmes
from catalog.problem import Refusal
from catalog.report.figures import Figures, figures
from catalog.report.lines import ReportLine, Style, lines
from catalog.report.traps import Doubt, doubts, year_before
from catalog.report.wording import wording

BEGIN, END = date(2012, 1, 1), date(2012, 6, 30)

# number, id, level, name, code, population
SITES = [
    (1, "C", "county", "甲县支中心", "621022", 0),
    (2, "T1", "township", "东镇", "621022101", 9000),
    (3, "V1", "village", "东村", "621022101201", 120),
    (4, "Q1", "community", "西关社区", "621022101001", 900),
    (5, "X1", "venue", "一中", "621022", 0),
]
# number, id, kind, title, made on, made, issued, in stock, scrapped
RUNS = [
    (1, "R1", "disc", "养羊", "2012-02-01", 40, 23, 12, 5),
    (2, "R2", "data-disc", "养羊", "2012-03-01", 10, 0, 10, 0),
    (3, "R3", "disc", "旧片", "2011-11-01", 30, 8, 22, 0),
    (4, "R4", "leaflet", "防疫", "2012-03-01", 250, 0, 250, 0),
    (5, "R5", "disc", "后来", "2012-07-01", 99, 0, 99, 0),
]
# number, receipt, run, site, copies, issued on, signed on
ISSUES = [
    (1, "QS1", 1, 2, 20, "2012-02-10", "2012-02-11"),
    (2, "QS1", 3, 2, 3, "2012-02-10", "2012-02-11"),
    (3, "QS2", 1, 3, 5, "2012-03-05", ""),
    (4, "QS3", 1, 0, 2, "2012-03-06", "2012-03-06"),  # a household
    (5, "QS4", 3, 4, 5, "2012-06-30", "2012-07-02"),  # signed after the period
    (6, "QS5", 3, 3, 7, "2012-07-01", "2012-07-01"),  # after the period
    (7, "QS6", 4, 3, 50, "2012-04-01", "2012-04-01"),  # leaflets
]
# event, kind, delivery, production, copies, day, those of them that had been returned
MOVES = [
    (51, "returned", 1, 1, 4, "2012-05-01", ""),
    (52, "restocked", 0, 1, 3, "2012-05-02", ""),
    (53, "scrapped", 0, 1, 3, "2012-05-03", "4"),  # one returned, two out of the stock
    (54, "scrapped", 0, 1, 1, "2012-07-04", ""),  # after the period, like the next
    (55, "returned", 1, 1, 9, "2012-07-05", ""),
]
# number, id, kind, site, day, programmes, attendance
SHOWS = [
    (1, "B1", "lecture", 2, "2012-02-10", "P1", 130),
    (2, "B2", "lecture", 3, "2012-06-30", "P2 P1", 119),
    (3, "B3", "lecture", 3, "2012-07-01", "P1", 50),
    (4, "B4", "community_show", 4, "2012-04-01", "P2", 60),
    (5, "B5", "school_show", 5, "2012-04-02", "P2", 310),
    (6, "B6", "school_show", 5, "2012-04-03", "P2", 0),
    (7, "B7", "lecture", 2, "2012-04-04", "P2", 10),
]
# Stock at the end of June: R1 40 - 27 + 3 - 2 = 14; R2 10; R3 30 - 8 = 22.
SUMS = {
    "disc_titles": 1,
    "disc_copies_made": 50,
    "disc_copies_issued": 31,  # 20 - 4 + 3 + 5 + 2 + 5
    "disc_copies_signed_for": 21,  # 16 + 3 + 2
    "disc_copies_in_stock": 46,
    "sites_receiving_discs": 3,
    "leaflet_titles": 1,
    "leaflet_copies": 250,
    "lecture_screenings": 3,
    "lecture_attendance": 259,
    "community_shows": 1,
    "community_attendance": 60,
    "school_shows": 2,
    "school_attendance": 310,
    "school_venues": 1,
}
FURTHER = {"disc_titles_issued": 2, "info_screenings": 2, "info_attendance": 249}


def _all(names: str, rows: list[tuple[object, ...]], **more: object) -> list[dict[str, object]]:
    keys = names.split()
    return [dict(zip(keys, row, strict=True)) | more for row in rows]


@pytest.fixture
def small(books: Books) -> Books:
    """The small county in the books."""
    shows = "number id kind site held_on programmes attendance"
    issues = "number receipt production site copies issued_on signed_on"
    runs = "number id kind title made_on made issued in_stock scrapped"
    texts = {column.name: "" for column in programmes.columns} | {"minutes": 0}
    with books.transaction() as connection:
        for table, rows in (
            (tables.sites, _all("number id level name code population", SITES, county=1)),
            (tables.productions, _all(runs, RUNS, county=1, event=9)),
            (tables.deliveries, _all(issues, ISSUES, county=1, event=7, recipient="王家")),
            (
                tables.movements,
                _all("event kind delivery production copies on_day from_back", MOVES),
            ),
            (tables.screenings, _all(shows, SHOWS, event=8)),
        ):
            connection.execute(table.insert(), rows)
        for name, subject in (("P1", "LIV.SHEEP"), ("P2", "ART.LOCAL")):
            row = texts | {"id": name, "subject": f'["{subject}"]'}
            connection.execute(programmes.insert(), row)
    return books


def counted(books: Books, begin: date = BEGIN, end: date = END) -> Figures:
    with books.reading() as connection:
        return figures(connection, begin, end)


def doubted(books: Books, written: tuple[ReportLine, ...] | None = None) -> tuple[Doubt, ...]:
    found = counted(books)
    before = counted(books, year_before(BEGIN), year_before(END))
    with books.reading() as connection:
        return doubts(connection, found, before, lines(found, wording()) if written is None
                      else written)  # fmt: skip


def line_of(text: str) -> ReportLine:
    return ReportLine("own", text, ())


def test_sums_are_those_done_by_hand(small: Books) -> None:
    """The bounds of the period, returns, households and late signatures are counted right."""
    found = counted(small)

    assert found.exact == SUMS
    assert found.values == SUMS | FURTHER


def test_what_is_not_recorded_is_left_out(small: Books) -> None:
    """A year without records gives no line, and says which figures are missing."""
    found = counted(small, date(2010, 1, 1), date(2010, 12, 31))
    written = lines(found, wording())

    assert {line.text for line in written} == {""}
    assert written[-1].lacking == ("school_shows", "school_attendance")


def test_one_community_is_called_by_its_name(small: Books) -> None:
    """No 两个社区 where the register has one."""
    told = {line.id: line.text for line in lines(counted(small), wording())}

    assert told["community"] == "在县城西关社区,进行了专题展播1场次,共接待观众60人。"


def test_the_small_county_has_its_doubts_and_no_others(small: Books) -> None:
    """A run that does not add up, and a show without people."""
    assert doubted(small) == (Doubt("missing-amount", "B6 (2012-04-03) has no amount", (8,)),)


def test_totals_of_last_year_are_noticed(small: Books) -> None:
    """Figures copied from the report before."""
    rows = [(n + 20, f"A{n}", k, s, "2011" + day[4:], p, a) for n, _i, k, s, day, p, a in SHOWS]
    with small.transaction() as connection:
        shows = "number id kind site held_on programmes attendance"
        connection.execute(tables.screenings.insert(), _all(shows, rows))
    told = [doubt.told for doubt in doubted(small) if doubt.kind == "same-as-last-year"]

    assert told == [
        "attendance of lectures: 259, exactly as in the same days a year before",
        "attendance of practical knowledge: 249, exactly as in the same days a year before",
        "attendance of school shows: 310, exactly as in the same days a year before",
    ]


def test_broken_records_are_noticed(small: Books) -> None:
    """A date that is none, a signature before the issue, a crowd, a run that does not add up."""
    with small.transaction() as connection:
        for table, number, values in (
            (tables.screenings, 3, {"held_on": "二○一○年十一日八日"}),
            (tables.screenings, 2, {"attendance": 121}),
            (tables.screenings, 4, {"site": 2}),
            (tables.deliveries, 1, {"signed_on": "2012-02-09"}),
            (tables.deliveries, 3, {"issued_on": "2012-02-31"}),
            (tables.productions, 3, {"made": 31}),
            (tables.sites, 3, {"code": "640181101201"}),
        ):
            row = table.update().where(table.c.number == number)
            connection.execute(row.values(**values))
    told = [(doubt.kind, doubt.told) for doubt in doubted(small)]

    assert told == [
        ("missing-amount", "B6 (2012-04-03) has no amount"),
        ("missing-amount", "line community is left out: nothing is recorded for communities"),
        ("broken-date", "B3: 二○一○年十一日八日 is no date; it is counted nowhere"),
        ("broken-date", "QS1 was signed on 2012-02-09, before it was issued on 2012-02-10"),
        ("broken-date", "QS2: there is no day 2012-02-31"),
        ("other-county", "B2: 东村 has the code 640181101201 of another county"),
        ("other-county", "QS2: 东村 has the code 640181101201 of another county"),
        ("count", "R3: 31 made, but 8 issued, 22 in stock, 0 scrapped"),
        ("count", "B2: 121 people in 东村, where 120 live"),
        (
            "count",
            "B4 (community shows) was held at 东镇, which the register has as township",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("在灵武市各乡镇发放光盘", ["line own: 灵武市 is not a place of this register"]),
        ("全县和甲县县城的农村集市上", []),
        ("建成230个村级服务点", ["line own: 230 村级服务点; the register knows 2"]),
        ("建成2个村级服务点和1个乡镇服务点", []),
        ("二○一○年十一日八日", ["line own: 年十一日八日 is no whole date"]),
        ("二○一○年十一月八日", []),
    ],
)
def test_wording_left_over_from_elsewhere_is_noticed(
    small: Books, text: str, told: list[str]
) -> None:
    """Places of another county, counts that the register does not know, broken dates."""
    found = doubted(small, (line_of(text),))

    assert [doubt.told for doubt in found if doubt.kind != "missing-amount"] == told


def test_periods_and_centres_that_cannot_be_are_refused(small: Books) -> None:
    """An end before the beginning; a centre that is not there; several without a choice."""
    with small.reading() as connection:
        with pytest.raises(Refusal, match="ends before it begins"):
            figures(connection, END, BEGIN)
        with pytest.raises(Refusal, match="no county centre D"):
            figures(connection, BEGIN, END, "D")
    with small.transaction() as connection:
        row = {"number": 9, "id": "D", "level": "county", "name": "乙县支中心", "code": "621023"}
        connection.execute(tables.sites.insert(), row)
        with pytest.raises(Refusal, match="--county: C, D"):
            figures(connection, BEGIN, END)

        assert figures(connection, BEGIN, END, "C").exact == SUMS
        assert set(figures(connection, BEGIN, END, "D").exact.values()) == {0}


def test_a_county_changes_its_wording(small: Books, tmp_path: Path) -> None:
    """report.yaml: a line replaced, one added, one left out; habit, marks and unit."""
    own = tmp_path / "report.yaml"
    own.write_text(
        "suffix: 余\npunctuation: fullwidth\nunit: 甲县图书馆\n"
        "leave_out: [huanxian_style]\nlines:\n"
        "  - {id: community, text: '到{communities}({community_shows:full}场)'}\n"
        "  - {id: new, text: '{unit}{period}印发{leaflet_copies:full}份,{lecture_attendance}人'}\n",
        "utf-8",
    )
    said = wording(own)
    told = {line.id: line.text for line in lines(counted(small), said)}

    assert "huanxian_style" not in told
    assert told["community"] == "到西关社区（1场）"
    assert told["new"] == "甲县图书馆2012年1月1日至2012年6月30日印发250份，250余人"
    assert lines(counted(small), said, Style("ascii", "多"))[-1].text.endswith("份,250多人")


def test_every_mistake_of_the_wording_is_told_on_its_line(tmp_path: Path) -> None:
    """Unknown figures, ways of writing and ids, open braces, keys that are none."""
    own = tmp_path / "report.yaml"
    own.write_text(
        "lines:\n"
        "  - {id: a, text: '{disc_title}种'}\n"
        "  - {id: b, text: '{disc_titles:up}'}\n"
        "  - {id: c, text: '{disc_titles'}\n"
        "  - {id: d, text: '{disc_titles.x}{disc_titles!r}'}\n"
        "sufix: 多\n",
        "utf-8",
    )
    with pytest.raises(Refusal) as refused:
        wording(own)
    told = [(p.line, p.key) for p in refused.value.problems]

    assert told == [(2, "lines[1].text"), (3, "lines[2].text"), (4, "lines[3].text"),
                    (5, "lines[4].text"), (6, "sufix")]  # fmt: skip
    assert "did you mean {disc_titles}?" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("leave_out: [nothing]\n", "there is no line nothing"),
        ("lines:\n- {id: a, text: x}\n- {id: a, text: y}\n", "two lines of this id (a)"),
    ],
)
def test_ids_are_looked_at(tmp_path: Path, text: str, told: str) -> None:
    """A line to leave out that is not there; an id used twice."""
    own = tmp_path / "report.yaml"
    own.write_text(text, "utf-8")

    with pytest.raises(Refusal) as refused:
        wording(own)

    assert told in str(refused.value)
