"""The command `report`, as a director gives it: screen, JSON, Word file, annex, and the proof."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import docx
import openpyxl
import pytest

from catalog import tables
from catalog.database import open_books

ROOT = Path(__file__).parents[2]
PERIOD = ("report", "--from", "2012-01-01", "--to", "2012年6月30日")
SITE = {"number": 1, "id": "C", "level": "county", "name": "甲县支中心", "code": "621022"}
RUN = {
    "number": 1, "id": "R1", "county": 1, "kind": "disc", "title": "养羊", "made_on": "2012-02-01",
    "made": 246, "issued": 0, "in_stock": 246, "event": 3,
}  # fmt: skip
SHOW = {
    "number": 1, "id": "B1", "kind": "lecture", "site": 1, "held_on": "2012-03-01",
    "attendance": 4068, "event": 4, "recorded_by": "张\x1b[31m某",
}  # fmt: skip


def run(root: Path, *words: str, code: int = 0, lang: str = "zh") -> tuple[str, str]:
    """Run the command as a person does: what it answers, and what it says beside."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "--workspace", str(root), "--lang", lang, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A workspace with a centre, a run of discs and a lecture."""
    root = tmp_path / "w"
    run(root, "init")
    books = open_books(root / "xiaxiang.db")
    with books.transaction() as connection:
        connection.execute(tables.sites.insert(), SITE)
        connection.execute(tables.productions.insert(), RUN)
        connection.execute(tables.screenings.insert(), SHOW)
    books.close()
    return root


def test_the_report_goes_to_screen_and_papers(county: Path, tmp_path: Path) -> None:
    """The line to paste, the figures, the doubts; a Word file and an annex that say the same."""
    paper, annex = tmp_path / "汇报.docx", tmp_path / "附表.xlsx"
    told, beside = run(
        county, *PERIOD, "--punctuation", "fullwidth", "--docx", str(paper), "--xlsx", str(annex)
    )
    line = "今年共制作宣传光盘1种240多份，播放1场（次），受益群众4000多人（次）"

    assert line in told
    assert "语句 schools 没有写出" in told
    assert str(paper) in beside and str(annex) in beside
    assert line in [paragraph.text for paragraph in docx.Document(str(paper)).paragraphs]
    book = openpyxl.load_workbook(annex, data_only=True)
    assert book["制作光盘份数"]["B2"].value == 246
    assert not list(tmp_path.glob(".*"))


def test_the_report_answers_in_json(county: Path) -> None:
    """Figures, lines and doubts for programs."""
    told = json.loads(run(county, *PERIOD, "--json")[0])

    assert told["period"] == {"start": "2012-01-01", "end": "2012-06-30"}
    assert told["figures"]["disc_copies_made"] == 246
    assert [line["id"] for line in told["lines"]] == ["summary_short"]
    assert {doubt["kind"] for doubt in told["doubts"]} == {"missing-amount"}


def test_a_line_can_be_opened_to_its_records(county: Path) -> None:
    """--why of a line shows the records of all its figures, of a figure its own."""
    told, _beside = run(county, *PERIOD, "--why", "summary_short")
    figure = json.loads(run(county, *PERIOD, "--why", "disc_copies_made", "--json")[0])

    assert "制作光盘份数: 246 份" in told and "讲座培训人次: 4068 人(次)" in told
    assert "R1" in told and "B1" in told and "\x1b" not in told
    assert figure["disc_copies_made"]["value"] == 246
    assert [one["events"] for one in figure["disc_copies_made"]["records"]] == [[3]]


def test_what_cannot_be_done_is_told(county: Path, tmp_path: Path) -> None:
    """Broken days, ids that are none, wording that is none, folders that are none."""
    told = run(county, "report", "--from", "十一日八日", "--to", "2012-02-30", code=2, lang="en")[1]
    assert "--from" in told and "--to" in told and "there is no such day" in told

    told = run(county, *PERIOD, "--why", "nothing", code=2, lang="en")[1]
    assert "nothing is neither a line nor a figure" in told and "summary_short" in told

    told = run(county, *PERIOD, "--docx", str(tmp_path / "no" / "x.docx"), code=3, lang="en")[1]
    assert "x.docx" in told

    (county / "report.yaml").write_text("lines:\n  - {id: a, text: '{disc}'}\n", "utf-8")
    told = run(county, *PERIOD, code=2, lang="en")[1]
    assert "report.yaml:2: lines[1].text — {disc} is no figure of the report" in told
