"""The command audit as a librarian uses it: questions, numbers opened, files, the chain."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from catalog import tables
from catalog.circulation.entries import Copied, Delivered, Line, Registered, details_of
from catalog.database import metadata, open_books
from catalog.ledger import append, last

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with one village that got three discs, unsigned, and cannot play them."""
    root = tmp_path_factory.mktemp("county")
    _run(root, "init")
    books = open_books(root / "xiaxiang.db")
    with books.transaction() as connection:
        metadata.create_all(connection)
        serials = [
            append(connection, datetime(2012, 8, 1, tzinfo=UTC), one.kind, one.subjects,
                   details_of(one)).serial
            for one in (
                Registered("HX-C00", {"level": "county"}),
                Registered("HX-V01", {"level": "village", "name": "双城村"}),
                Copied("HX-2012-01", "羊病", 50, date(2012, 1, 12), county="HX-C00"),
                Delivered("QS-2012-0001", date(2012, 2, 1), (Line("HX-2012-01", 3),), "HX-V01"),
            )
        ]  # fmt: skip

        def put(table: Any, **row: Any) -> None:
            connection.execute(table.insert(), row)

        put(tables.sites, number=1, id="HX-C00", level="county", name="县中心", county=1,
            event=serials[0])  # fmt: skip
        put(tables.sites, number=2, id="HX-V01", level="village", name="=双城村", county=1,
            event=serials[1])  # fmt: skip
        put(tables.productions, number=1, id="HX-2012-01", title="羊病", county=1, medium="vcd",
            made_on="2012-01-12", made=50, issued=3, unsigned=3, in_stock=47,
            event=serials[2])  # fmt: skip
        put(tables.deliveries, number=1, receipt="QS-2012-0001", production=1, site=2, county=1,
            copies=3, issued_on="2012-02-01", mode="fair_gift", event=serials[3])  # fmt: skip
    books.close()
    return root


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", "--workspace", str(root), *arguments]
    place = Path(__file__).parents[2]
    return subprocess.run(command, capture_output=True, text=True, cwd=place, timeout=120)


@pytest.fixture
def run(workspace: Path) -> Run:
    return lambda *arguments: _run(workspace, *arguments)


def test_without_a_name_the_questions_are_listed(run: Run) -> None:
    """Seventeen questions, in Chinese, and as JSON."""
    shown = run("--lang", "zh", "audit")
    listed = json.loads(run("audit", "--json").stdout)

    assert "未签收" in shown.stdout
    assert "台账链核对" in shown.stdout
    assert len(listed) == 17


def test_every_question_is_answered_in_chinese(run: Run) -> None:
    """Each ends with 0 and leaves no English head on the screen."""
    for name in ("unsigned", "unplayable", "stock", "mismatch"):
        shown = run("--lang", "zh", "audit", name, "--on", "2012-08-01")

        assert shown.returncode == 0, shown.stderr
        assert "共" in shown.stdout
        head = shown.stdout.splitlines()[1]
        assert not [c for c in head if c.isascii() and c.isalpha()], head


def test_a_number_is_opened_to_its_events(run: Run) -> None:
    """--why 1:copies names the delivery, its day and its three copies."""
    shown = run("--lang", "zh", "audit", "unsigned", "--on", "2012-08-01", "--why", "1:份数")
    told = json.loads(run("audit", "unsigned", "--why", "1:copies", "--json").stdout)

    assert "QS-2012-0001 → HX-V01: HX-2012-01 ×3" in shown.stdout
    assert "共 1 条记录，合计 3" in shown.stdout
    assert [(one["serial"], one["amount"]) for one in told] == [(4, 3)]


def test_a_wrong_row_or_column_is_refused(run: Run) -> None:
    """What cannot be opened is told with what can."""
    row, column, text = (
        run("audit", "unsigned", "--why", why) for why in ("9:copies", "1:copy", "1:mode")
    )

    assert [one.returncode for one in (row, column, text)] == [2, 2, 2]
    assert "the answer has 1 rows" in row.stderr
    assert "there is no such column" in column.stderr
    assert "one of these: copies" in text.stderr


def test_answers_are_written_as_csv_and_xlsx(run: Run, tmp_path: Path) -> None:
    """The same cells in both; a name that looks like a formula stays a name."""
    csv_file, xlsx_file = tmp_path / "a.csv", tmp_path / "a.xlsx"
    done = run("audit", "unsigned", "--on", "2012-08-01", "--csv", str(csv_file), "--xlsx",
               str(xlsx_file))  # fmt: skip
    with csv_file.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    sheet = openpyxl.load_workbook(xlsx_file).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert done.returncode == 0, done.stderr
    assert rows[1][:5] == ["QS-2012-0001", "HX-V01", "'=双城村", "HX-2012-01", "3"]
    assert cells[1][4] == 3
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_chain_is_proved_and_a_missing_end_is_noticed(run: Run, workspace: Path) -> None:
    """0 where it holds; 4 where a digest that was written down is not there."""
    books = open_books(workspace / "xiaxiang.db")
    with books.reading() as connection:
        newest = last(connection)
    books.close()
    whole = run("--lang", "zh", "audit", "chain", "--known", newest.digest if newest else "")
    cut = run("--lang", "zh", "audit", "chain", "--known", "0" * 63 + "1")

    assert whole.returncode == 0
    assert newest
    assert newest.digest in whole.stdout
    assert cut.returncode == 4
    assert "台账链断开" in cut.stdout
