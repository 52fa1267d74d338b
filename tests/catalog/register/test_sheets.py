"""Sheets of sites: in and out without loss, and every mistake on its line."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from catalog import ledger
from catalog.database import Books
from catalog.problem import Refusal
from catalog.register import asking, export
from catalog.register.importing import Imported, import_sites
from catalog.register.reading import read_sites
from catalog.table import read_table
from catalog.workbook import write_workbook


def take(books: Books, at: datetime, path: Path) -> Imported:
    with books.transaction() as connection:
        return import_sites(connection, at, path)


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def sheet(books: Books, on: date) -> list[list[str]]:
    with books.reading() as connection:
        return [list(row) for row in export.sheet_of(connection, on)]


def test_the_sample_county_comes_in_by_level(books: Books, at: datetime, sample: Path) -> None:
    """As many sites of each level as the sheet has rows of it, and every drive at its home."""
    made = take(books, at, sample)
    rows = [dict(zip(cells(sample)[0], row, strict=True)) for row in cells(sample)[1:]]
    with books.reading() as connection:
        levels = asking.levels(connection)
        drives = asking.all_drives(connection)

    assert levels == Counter(row["level"] for row in rows)
    assert len(made.registered) == len(rows) == 92
    assert {d.id: d.holder for d in drives} == {
        row["drive_id"]: row["site_id"] for row in rows if row["drive_id"]
    }
    assert len(read_sites(sample, at.date())[0]) == 92 + len(drives)


def test_the_same_sheet_again_changes_nothing(books: Books, at: datetime, sample: Path) -> None:
    """No event; and the ledger of the first time has one for each site and drive."""
    first = take(books, at, sample)
    with books.reading() as connection:
        before = ledger.last(connection)
    again = take(books, at, sample)
    with books.reading() as connection:
        after = ledger.last(connection)
    assert before is not None

    assert after == before
    assert before.serial == len(first.registered) + len(first.drives)
    assert (again.registered, again.changed, again.unchanged) == ((), (), 92)


def test_what_comes_in_goes_out_cell_by_cell(
    books: Books, at: datetime, sample: Path, tmp_path: Path
) -> None:
    """CSV and XLSX of the register hold every cell of the sample in its place."""
    take(books, at, sample)
    rows = sheet(books, at.date())
    written = tmp_path / "sites.csv"
    written.write_bytes(export.csv_of(rows))
    write_workbook(tmp_path / "sites.xlsx", {"Sites": rows})
    table = read_table(tmp_path / "sites.xlsx")

    assert rows == cells(sample) == cells(written)
    assert [list(table.header), *([c.text for c in row.cells] for row in table.rows)] == rows
    assert take(books, at, written).unchanged == take(books, at, table_path(tmp_path)).unchanged


def table_path(folder: Path) -> Path:
    return folder / "sites.xlsx"


def test_one_changed_row_is_one_event_with_the_changed_fields(
    books: Books, at: datetime, sample: Path, tmp_path: Path
) -> None:
    """A new manager with his first day; the second time nothing."""
    take(books, at, sample)
    rows = cells(sample)
    place = rows[0].index("manager")
    rows[3][place : place + 2] = ["李某", "2012-07-15"]
    changed = tmp_path / "changed.csv"
    changed.write_bytes(export.csv_of(rows))
    made = take(books, at, changed)
    with books.reading() as connection:
        event = ledger.last(connection)
        found = asking.dossier(connection, rows[3][0], date(2012, 7, 14))
    assert event is not None and found is not None

    assert made.changed == (rows[3][0],)
    assert event.details["facts"] == {"manager": "李某", "manager_since": "2012-07-15"}
    assert {f.value for f in found.facts if f.field == "manager"} == {cells(sample)[3][place]}
    assert take(books, at, changed).changed == ()


def test_the_sheet_of_a_day_gone_by_is_that_of_the_day(
    books: Books, at: datetime, sample: Path, tmp_path: Path
) -> None:
    """After changes, the register of the day before them is the sheet that came in."""
    take(books, at, sample)
    rows = cells(sample)
    rows[2][rows[0].index("route")] = "R9"
    (tmp_path / "new.csv").write_bytes(export.csv_of(rows))
    take(books, at.replace(month=9), tmp_path / "new.csv")

    assert sheet(books, date(2012, 8, 31)) == cells(sample)
    assert sheet(books, date(2012, 9, 1)) == rows


CHINESE = """\
站点编号,名称,级别,上级编号,区划代码,接入方式,VCD机,硬盘编号,硬盘容量(GB),管理员,任职时间,集市日,备注
C,县中心,县级支中心,,621022,电信模式,2,,,,,,=1+1
T,"一镇, 新",乡镇服务点,C,621022101,卫星模式,1坏,D1,500,张某,2011年3月1日,逢五,
"""


def test_a_chinese_sheet_is_read_and_unknown_cells_are_kept(
    books: Books, at: datetime, tmp_path: Path
) -> None:
    """What we do not know of goes out as it came; a formula goes out as a text."""
    path = tmp_path / "站点.csv"
    path.write_text(CHINESE, "utf-8")
    made = take(books, at, path)
    rows = sheet(books, at.date())
    centre, town = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
    written = tmp_path / "out.csv"
    written.write_bytes(export.csv_of(rows))

    assert (town["集市日"], town["vcd_player"], town["manager_since"]) == (
        "逢五", "1 broken", "2011-03-01",
    )  # fmt: skip
    assert (town["name_zh"], town["drive_capacity_gb"]) == ("一镇, 新", "500")
    assert centre["note"] == "=1+1"
    assert "'=1+1" in written.read_text("utf-8-sig")
    assert take(books, at, written).unchanged == 2
    assert any("集市日" in notice for notice in made.notices)


BAD = """\
site_id,name_zh,level,parent_id,region_code,population,drive_id,manager_since
C,县,county,,621022,many,,
T1,镇,township,C,62102210,1,D1,
T2,镇,township,X,621022102,1,D1,
T2,镇,township,C,621022103,1,,
T3,镇,省,C,621022104,1,,二○一○年十一日八日
V 1,村,village,T2,621022102201,1,,
V2,村,village,T2,621022109202,1,,
"""


def test_every_mistake_stands_on_its_line(books: Books, at: datetime, tmp_path: Path) -> None:
    """Cells, ids told twice, parents and codes: all at once, and nothing is taken."""
    path = tmp_path / "bad.csv"
    path.write_text(BAD, "utf-8")
    with pytest.raises(Refusal) as told:
        take(books, at, path)
    with books.reading() as connection:
        levels = asking.levels(connection)

    assert [(p.line, p.key) for p in told.value.problems] == [
        (2, "population"), (3, "region_code"), (4, "drive_id"), (5, "site_id"), (6, "level"),
        (6, "manager_since"), (7, "site_id"), (8, "region_code"),
    ]  # fmt: skip
    assert all(problem.mend for problem in told.value.problems)
    assert levels == {}


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        ("site_id,regio_code", 'did you mean "region_code"'),
        ("名称,级别", "no column tells which site"),
        ("site_id,站点编号", "a second time"),
    ],
)
def test_a_header_that_is_unclear_is_told(
    books: Books, at: datetime, tmp_path: Path, header: str, wrong: str
) -> None:
    """A slip of the pen is no new column; nothing stands there twice."""
    path = tmp_path / "sites.csv"
    path.write_text(f"{header}\nC,1\n", "utf-8")

    with pytest.raises(Refusal, match=wrong):
        take(books, at, path)
