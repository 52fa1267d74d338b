"""A drive that came back hostile: every verb that reads it ends with findings, in little memory.

Emulated: the drive is a folder in which root laid what a stranger could lay on a real one (links,
pipes and names in two cases need ext4 there; FAT and exFAT know none of them).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle import layout
from pipeline.make.check_drive import Expected, check_drive
from pipeline.make.drive_lists import Sealed
from pipeline.make.drive_report import DriveReport
from pipeline.make.look_at_drive import look
from pipeline.make.medium import Medium
from pipeline.make.take_back import take_back

ROOT = Path(__file__).parents[2]
Lay = Callable[..., Any]
OPERA, FARM = "data/戏曲/三滴血.mp4", "data/农业/温棚黄瓜.mp4"
FILES = {OPERA: b"opera" * 1000, FARM: b"farm" * 90}
TODAY = date(2026, 12, 20)


@pytest.fixture
def drive(tmp_path: Path, sealed_drive: Lay) -> Any:
    return sealed_drive(tmp_path / "d", FILES)


def check(drive: Any, depth: str = "deep") -> DriveReport:
    expected = Expected(Sealed(drive.number, drive.seal, drive.items))
    with Medium(drive.root) as medium:
        return check_drive(medium, expected, depth)  # type: ignore[arg-type]


def found(report: DriveReport) -> set[tuple[str, str]]:
    return {(one.kind, one.path) for one in report.findings}


def all_verbs(drive: Any) -> tuple[DriveReport, Any, Any]:
    with Medium(drive.root) as medium:
        looked = look(medium, drive.items)
        came = take_back(medium, drive.items, "HX-0001", TODAY)
    return check(drive), looked, came


def test_a_link_out_of_the_tree_as_a_programme(drive: Any, tmp_path: Path) -> None:
    """The same bytes behind a link are no programme: missing, and the link is told."""
    (drive.root / OPERA).rename(tmp_path / "outside.mp4")
    (drive.root / OPERA).symlink_to(tmp_path / "outside.mp4")
    report, looked, came = all_verbs(drive)

    assert found(report) == {("missing", OPERA), ("link", OPERA)}
    assert [item.name for item in looked.holding.edition] == [FARM]
    assert [one.kind for one in came.dangers] == ["link"]


def test_a_link_as_the_folder_of_all_programmes(drive: Any, tmp_path: Path) -> None:
    """Nothing behind it is walked or read."""
    (drive.root / "data").rename(tmp_path / "outside")
    (drive.root / "data").symlink_to(tmp_path / "outside")
    report, looked, _came = all_verbs(drive)

    assert found(report) == {("missing", OPERA), ("missing", FARM), ("link", "data")}
    assert report.read == sum(map(len, drive.tags.values())) + len(b"x")
    assert looked.holding.edition == ()


@pytest.mark.parametrize("path", ["_delivery", "_delivery/feedback", "_delivery/next", "bagit.txt"])
def test_a_link_as_one_of_our_places(drive: Any, tmp_path: Path, path: str) -> None:
    """Told as a link; what lies behind is neither identity nor feedback nor a refresh."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.json").write_bytes(b'{"xiaxiang": "feedback"}')
    place = drive.root / path
    if place.exists():
        place.rename(tmp_path / "was")
    place.symlink_to(tmp_path / "outside")
    report, looked, came = all_verbs(drive)

    assert ("link", path) in found(report)
    assert (came.brought, came.unread) == ((), ())
    assert looked.under_way is None


@pytest.mark.parametrize(
    "name",
    ["../../outside.mp4", "/etc/passwd", "data/../../x", "C:\\x", "data/\x07.mp4", "data//x"],
)
def test_a_manifest_that_leads_out_of_the_drive(drive: Any, name: str) -> None:
    """No such name is opened; the seal, the list and its line are told."""
    for path in (layout.MANIFEST, layout.TAG_MANIFEST):
        with (drive.root / path).open("ab") as file:
            file.write(f"{'0' * 64}  {name}\n".encode())
    report, *_rest = all_verbs(drive)

    assert found(report) == {("seal", layout.TAG_MANIFEST), ("manifest", layout.MANIFEST)}
    assert "lines that name no file of the drive: 3" in str(report)


def test_a_refresh_under_way_that_leads_out(drive: Any, tmp_path: Path) -> None:
    """Lists and a journal laid below `_delivery/next/`: neither counts as an edition."""
    below = drive.root / layout.NEXT
    below.mkdir()
    (tmp_path / "mine.txt").write_bytes(b"mine")
    (below / layout.TAG_MANIFEST).write_text(f"{'0' * 64}  ../../../mine.txt\n")
    lines = [
        {"path": "../mine.txt", "bytes": 4, "sha256": "0" * 64, "mtime_ns": 0},
        {"path": "/etc/passwd", "bytes": 4, "sha256": "0" * 64, "mtime_ns": 0},
        {"path": 7}, [], "x",
    ]  # fmt: skip
    (below / "confirmed.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n" + "[" * 9999)
    report, looked, came = all_verbs(drive)

    assert found(report) == {("under-way", layout.NEXT)}
    assert report.number == 1
    assert len(looked.holding.edition) == 2
    assert came.strangers == ()


def test_a_forged_edition_below_next_is_never_right(drive: Any, sealed_drive: Lay) -> None:
    """Whoever altered a programme can write fitting lists below `_delivery/next/`: the books know
    no such root, so the check fails, whatever lies there.
    """
    forged = sealed_drive(drive.root.with_name("f"), {OPERA: b"worse"}, number=2, previous="0" * 64)
    (drive.root / OPERA).write_bytes(b"worse")
    for path, data in forged.tags.items():
        place = drive.root / layout.NEXT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    report = check(drive)

    assert not report.ok
    assert ("under-way", layout.NEXT) in found(report)


def test_names_that_differ_only_in_case_or_normal_form(drive: Any) -> None:
    """Each pair is told once; our file is the one that counts."""
    for name in ("data/戏曲/三滴血.MP4", "Data/x.txt", "data/農/é.txt", "data/農/e\u0301.txt"):
        (drive.root / name).parent.mkdir(exist_ok=True)
        (drive.root / name).write_bytes(b"x")
    report = check(drive)
    pairs = [one for one in report.findings if one.kind == "collision"]

    assert report.ok
    assert len(pairs) == 2
    assert "differ only in capital letters" in str(report)
    assert "look the same" in str(report)


def test_a_pipe_where_a_list_or_a_programme_lies(drive: Any) -> None:
    """It would hold a reader for ever: never opened for reading."""
    for path in (OPERA, layout.MANIFEST, layout.IDENTITY):
        (drive.root / path).unlink()
        os.mkfifo(drive.root / path)
    report, looked, _came = all_verbs(drive)

    assert {("missing", OPERA), ("device", OPERA), ("tag", layout.MANIFEST)} <= found(report)
    assert looked.seen.identity is None
    assert ("identity", layout.IDENTITY) in found(report)


def test_a_folder_where_a_programme_lies(drive: Any) -> None:
    """Missing; what lies in the folder is somebody's."""
    (drive.root / OPERA).unlink()
    (drive.root / OPERA).mkdir()
    (drive.root / OPERA / "x.txt").write_bytes(b"x")
    report, *_rest = all_verbs(drive)

    assert ("missing", OPERA) in found(report)
    assert [item.name for item in report.people] == [f"{OPERA}/x.txt"]


def test_a_junk_autorun_is_listed_and_harmless(drive: Any) -> None:
    """Told as a danger to the site's computer; the programmes are whole."""
    (drive.root / "autorun.inf").write_bytes(b"[autorun]\nopen=worm.exe\n")
    (drive.root / "worm.exe").write_bytes(b"MZ")
    report = check(drive)

    assert report.ok
    assert found(report) == {("danger", "autorun.inf"), ("danger", "worm.exe")}
    assert "do not open it" in str(report)


CHILD = """
import json, re, sys
from datetime import date
from pathlib import Path
from pipeline.make.check_drive import Expected, check_drive, expected_from
from pipeline.make.drive_lists import Sealed
from pipeline.make.look_at_drive import look
from pipeline.make.medium import Medium
from pipeline.make.take_back import take_back
with Medium(Path(sys.argv[1])) as medium:
    looked = look(medium, ())
    came = take_back(medium, (), "HX-0001", date(2026, 12, 20))
    told = expected_from(medium, sys.argv[2])
    report = check_drive(medium, Expected(Sealed(1, sys.argv[2], ())), "deep")
said = {
    "mib": int(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024,
    "found": sorted({one.kind for one in report.findings}),
    "unread": [one.wrong for one in came.unread],
    "people": len(report.people),
    "told": [one.kind for one in told] if isinstance(told, tuple) else "believed",
}
print(json.dumps(said))
"""


def apart(drive: Any) -> dict[str, Any]:
    """All verbs in a process of their own, to see how much memory they take."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(drive.root), drive.seal],
        cwd=ROOT, env=os.environ | {"XIAXIANG_LANG": "en"}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    print(f"{said['mib']:.0f} MiB")
    return said


def test_files_that_are_impossibly_large_are_not_read(drive: Any) -> None:
    """A receipt, a feedback, a seal, a record and an identity of 4 GB each (with holes), and an
    archive that would unpack to a thousand times its length: refused by their lengths, in less
    than 200 MiB.
    """
    for path in (
        f"{layout.RECEIPTS}/签收.json", f"{layout.FEEDBACK}/需求.json", layout.TAG_MANIFEST,
        layout.record_path(2), layout.IDENTITY, layout.MANIFEST, layout.PAGE,
        f"{layout.NEXT}/{layout.TAG_MANIFEST}", f"{layout.NEXT}/confirmed.jsonl",
    ):  # fmt: skip
        (drive.root / path).parent.mkdir(exist_ok=True)
        with (drive.root / path).open("wb") as file:
            file.truncate(4 << 30)
    with (
        zipfile.ZipFile(drive.root / "礼物.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros", "w", force_zip64=True) as inner,
    ):
        for _mib in range(256):
            inner.write(bytes(1 << 20))
    said = apart(drive)

    assert said["mib"] < 200
    assert {"seal", "manifest", "identity", "chain"} <= set(said["found"])
    assert said["told"] == ["seal"]
    assert len(said["unread"]) == 2
    assert all("too long" in wrong for wrong in said["unread"])


@pytest.mark.parametrize("width", [10, 60])
def test_a_manifest_of_a_million_lines(drive: Any, width: int) -> None:
    """Refused by its length, in less than 200 MiB."""
    line = "".join(f"{'0' * 64}  data/{'0' * width}{number:07}.mp4\n" for number in range(1000))
    (drive.root / layout.MANIFEST).write_bytes(line.encode() * 1000)
    said = apart(drive)

    assert said["mib"] < 200
    assert "tag" in said["found"]
    assert said["told"] == ["manifest"]


@pytest.mark.parametrize("count", [10_000, 50_000])
def test_a_seal_of_many_lines(drive: Any, count: int) -> None:
    """More than there can be lists, or as many; and a manifest that fits into its limit."""
    lines = [f"{'0' * 64}  data/{number:06}\n" for number in range(200_000)]
    (drive.root / layout.TAG_MANIFEST).write_text("".join(lines[:count]))
    (drive.root / layout.MANIFEST).write_text("".join(lines))
    said = apart(drive)

    assert said["mib"] < 200
    assert {"seal", "manifest"} <= set(said["found"])


def test_very_many_files_and_very_deep_folders(drive: Any) -> None:
    """Ten thousand small files and a chain of a hundred folders: listed as far as is walked."""
    folder = drive.root / "多"
    folder.mkdir()
    for number in range(10_000):
        os.close(os.open(folder / f"{number}.txt", os.O_CREAT | os.O_WRONLY))
    deep = drive.root
    for _level in range(100):
        deep = deep / "d"
        deep.mkdir()
    said = apart(drive)

    assert said["mib"] < 200
    assert said["people"] >= 10_000
