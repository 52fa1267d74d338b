"""The register by the command, as a librarian uses it: a sheet in, questions, changes, refusals."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHEET = """\
站点编号,名称,级别,上级编号,区划代码,VCD机,硬盘编号,硬盘容量,管理员
C,县中心,县级支中心,,621022,2,D0,4000,
T,一镇,乡镇服务点,C,621022101,1,D1,500,张某
V,一村,村级服务点,T,621022101201,1,,,赵某
"""


def run(root: Path, *words: str, code: int = 0, lang: str = "en") -> str:
    """Run the command; what it printed, and what it said when it refused."""
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
    return done.stdout if code == 0 else done.stderr


def answer(root: Path, *words: str) -> Any:
    return json.loads(run(root, *words, "--json"))


def county(folder: Path) -> Path:
    """A workspace with a county of three sites and two drives."""
    root = folder / "ws"
    run(root, "init")
    (folder / "站点.csv").write_text(SHEET, "utf-8")
    made = answer(root, "site", "import", str(folder / "站点.csv"))
    assert (made["registered"], made["drives"]) == (["C", "T", "V"], ["D0", "D1"])
    return root


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all who change nothing."""
    return county(tmp_path_factory.mktemp("register"))


def test_the_register_by_hand(tmp_path: Path) -> None:
    """Show, change, move a drive, close, export: each answer says what the next one finds."""
    workspace = county(tmp_path)
    run(workspace, "site", "set", "V", "管理员=李某", "VCD机=1坏", "--since", "2026-01-05")
    shown = answer(workspace, "site", "show", "V", "--on", "2026-01-06")
    before = answer(workspace, "site", "show", "V", "--on", "2026-01-04")
    run(workspace, "drive", "move", "D1", "--to", "C", "--due", "2030-01-01")
    drives = answer(workspace, "drive", "list")
    run(workspace, "site", "close", "V")
    listed = answer(workspace, "site", "list", "--level", "village")
    run(workspace, "site", "export", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        rows = {row["site_id"]: row for row in csv.DictReader(file)}

    assert {f["field"]: f["value"] for f in shown["facts"]}["manager"] == "李某"
    assert {f["field"]: f["value"] for f in before["facts"]}["manager"] == "赵某"
    assert {d["id"]: d["holder"] for d in drives} == {"D0": "C", "D1": "C"}
    assert len(answer(workspace, "drive", "show", "D1")["course"]) == 2
    assert listed == []
    assert rows["V"]["closed_on"] and rows["V"]["vcd_player"] == "1 broken"
    assert rows["T"]["drive_id"] == "D1"


def test_the_screen_speaks_chinese(workspace: Path) -> None:
    """Levels, players and states are said as a librarian says them."""
    listed = run(workspace, "site", "list", "--township", "T", lang="zh")
    drives = run(workspace, "drive", "list", lang="zh")

    assert "村级服务点" in listed and "VCD机" in listed and "共 2 个站点" in listed
    assert "共 2 块硬盘" in drives


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("site", "show", "v"), "did you mean V?"),
        (("site", "set", "V", "mananger=李某"), "did you mean manager"),
        (("site", "set", "V", "manager"), "is not FIELD=VALUE"),
        (("site", "close", "T"), "still has the drive D1"),
        (("site", "export", "out.pdf"), "neither .csv nor .xlsx"),
        (("drive", "move", "D1", "--to", "X"), "nothing has this id"),
    ],
)
def test_a_slip_of_the_pen_is_told_with_its_mend(
    workspace: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit 2, one line, and something that can be typed."""
    assert said in run(workspace, *words, code=2)
