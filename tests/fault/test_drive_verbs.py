"""What goes wrong around a drive, by the whole command: killed, copied, swapped, forgotten."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.problem import Failure
from pipeline import drive_record, tools
from pipeline.bundle.receipt_code import receipt_code
from pipeline.make.medium import Medium
from pipeline.verbs import drive_at_hand, drive_refreshing, making
from pipeline.workspace import alone, enter

RECIPE = """\
recipe: drives
title: 移动硬盘
select:
  - all: yes
leave_out: [P0001]
target:
  site-drive: {sites: {all: yes}, quality: fast, keep_free: 0%}
"""
WRITES = ("write_whole", "rename", "remove", "remove_empty", "sync_folder")


@pytest.fixture
def drives(county: Any, tmp_path: Path) -> list[str]:
    """Two folders that stand for the drives of T and U, with their first edition."""
    paths = [tmp_path / "d1", tmp_path / "d2"]
    for path, site in zip(paths, "TU", strict=True):
        path.mkdir()
        county.said("drive", "register", str(path), "--site", site)
    county.said("drive", "refresh", *map(str, paths))
    return [str(path) for path in paths]


def agrees(county: Any, drive: str, name: str, editions: int) -> None:
    """Drive, books and the county's record say the same, and there is nothing more to do."""
    report = county.answer("drive", "verify", drive, "--deep")
    shown = county.answer("drive", "show", name)["editions"]
    record = county.root / "drives" / name / f"{editions:04d}" / "record.json"
    entered = [one["number"] for one in county.events("refreshed") if one["drive"] == name]

    assert (report["ok"], report["findings"]) == (True, [])
    assert entered == [one["number"] for one in shown] == list(range(1, editions + 1))
    assert report["root"] == shown[-1]["root"]
    assert report["root"] in record.read_text("utf-8")
    assert receipt_code(report["root"]) in Path(drive, "_delivery/code.js").read_text("utf-8")
    assert not Path(drive, "_delivery/next").exists()
    assert county.answer("drive", "plan", drive)["drives"][0]["nothing_to_do"]


# -- killed -------------------------------------------------------------------------------------


def forked(work: Callable[[], object]) -> int:
    """Do something in a child of this process; the signal that ended it, 0 where none did."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) * -1


def dying(names: Iterator[int], last: int, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*words: Any, **more: Any) -> Any:
        if next(names) >= last:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*words, **more)

    return call


@pytest.mark.parametrize("call", [0, 2, 4, 12, 30, 33, 35, 41, 50, 51, 54, 58, 73, 77, 78])
def test_killed_at_any_call_and_gone_on(
    county: Any, drives: list[str], call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL before a write, a rename or a removal on the drive: the same command ends it."""
    county.recipe("drives", RECIPE)
    Path(drives[0], "data/农业科技/温棚黄瓜.mp4").unlink()
    count = iter(range(100_000))
    for name in WRITES:
        monkeypatch.setattr(Medium, name, dying(count, call, getattr(Medium, name)))
    ended = forked(lambda: county.ended("drive", "refresh", drives[0]))
    monkeypatch.undo()
    assert ended == signal.SIGKILL
    county.said("drive", "refresh", drives[0])

    agrees(county, drives[0], "D1", 2)


def test_killed_between_the_seal_and_the_books(
    county: Any, drives: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drive is an edition ahead: any look at it enters what the county had written down."""
    county.recipe("drives", RECIPE)
    monkeypatch.setattr(
        drive_refreshing._Entering, "sealed", lambda *_all: os.kill(os.getpid(), signal.SIGKILL)
    )
    assert forked(lambda: county.ended("drive", "refresh", drives[0])) == signal.SIGKILL
    monkeypatch.undo()
    assert len(county.events("refreshed")) == 2
    report = county.answer("drive", "verify", drives[0])
    county.said("drive", "refresh", drives[0])

    assert report["number"] == 2
    agrees(county, drives[0], "D1", 2)


def test_books_that_cannot_be_written_when_a_drive_is_sealed(
    county: Any, drives: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3 for that drive, and the other is entered; the same command enters the first."""
    county.recipe("drives", RECIPE)
    real = drive_at_hand.enter_edition

    def entering(connection: Any, at: Any, standing: Any, *rest: Any, **more: Any) -> None:
        if standing.drive == "D1":
            raise Failure("xiaxiang.db", "the disk is full", "make room")
        real(connection, at, standing, *rest, **more)

    monkeypatch.setattr(drive_refreshing, "enter_edition", entering)
    said = county.said("drive", "refresh", *drives, code=3)
    monkeypatch.undo()
    county.said("drive", "refresh", *drives)

    assert "the disk is full" in said
    for drive, name in zip(drives, ("D1", "D2"), strict=True):
        agrees(county, drive, name, 2)


def test_a_second_refresh_is_turned_away(county: Any, drives: list[str]) -> None:
    """Only one at a time fills drives in a workspace; plans are answered meanwhile."""
    county.recipe("drives", RECIPE)
    with alone(enter(county.root)):
        second = county.start("drive", "refresh", drives[0])
        _out, told = second.communicate(timeout=60)
        county.said("drive", "plan", drives[0])

    assert second.returncode == 3
    assert "is at work here" in told
    assert len(county.events("refreshed")) == 2


# -- not the drive that is meant ------------------------------------------------------------------


def lying(drive: str) -> dict[str, bytes]:
    found = (path for path in Path(drive).rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found}


def test_a_copy_of_a_drive_is_not_written_to(
    county: Any, drives: list[str], tmp_path: Path
) -> None:
    """Both beside each other: neither, since nobody knows which is which; another drive of the
    same call is filled all the same.
    """
    copy = shutil.copytree(drives[0], tmp_path / "copy")
    county.recipe("drives", RECIPE)
    before = lying(drives[0]), lying(str(copy))
    said = county.said("drive", "refresh", drives[0], str(copy), drives[1], code=2)

    assert (lying(drives[0]), lying(str(copy))) == before
    assert said.count("the same identity lies on") == 2
    agrees(county, drives[1], "D2", 2)


def test_an_older_copy_is_not_written_to(county: Any, drives: list[str], tmp_path: Path) -> None:
    """A copy that was taken before the last refresh: behind the books, and told so."""
    copy = shutil.copytree(drives[0], tmp_path / "copy")
    county.recipe("drives", RECIPE)
    county.said("drive", "refresh", drives[0])
    before = lying(str(copy))
    said = county.said("drive", "refresh", str(copy), code=2)

    assert "it holds edition 1; the books know 2" in said
    assert lying(str(copy)) == before


def test_the_same_drive_by_two_paths_is_filled_once_or_not_at_all(
    county: Any, drives: list[str], tmp_path: Path
) -> None:
    """A link beside the path itself; the path twice is the same path."""
    county.recipe("drives", RECIPE)
    link = tmp_path / "link"
    link.symlink_to(drives[0])
    said = county.said("drive", "refresh", drives[0], str(link), code=2)
    assert "identity lies on" in said
    county.said("drive", "refresh", drives[0], drives[0])

    agrees(county, drives[0], "D1", 2)


def test_a_drive_with_the_identity_of_another(county: Any, drives: list[str]) -> None:
    """Identity files that changed places: neither drive is what it says, and none is written to."""
    one, other = (Path(drive) / "_delivery/drive.json" for drive in drives)
    mine, yours = one.read_bytes(), other.read_bytes()
    one.write_bytes(yours)
    other.write_bytes(mine)
    county.recipe("drives", RECIPE)
    before = lying(drives[0])
    said = county.said("drive", "refresh", *drives, code=2)

    assert said.count("not written to") == 2
    assert lying(drives[0]) == before


def test_drives_that_changed_places_get_what_their_own_site_gets(
    county: Any, drives: list[str], tmp_path: Path
) -> None:
    """A drive is known by what lies on it, wherever it is plugged in."""
    middle = tmp_path / "middle"
    Path(drives[0]).rename(middle)
    Path(drives[1]).rename(drives[0])
    middle.rename(drives[1])
    county.recipe("drives", RECIPE)
    done = county.answer("drive", "refresh", *drives)["drives"]

    assert [(one["path"], one["drive"]) for one in done] == [
        (drives[0], "D2"),
        (drives[1], "D1"),
    ]


def test_a_drive_that_the_books_call_lost(county: Any, drives: list[str]) -> None:
    """It is here after all: not touched until the register says where it lies."""
    county.said("drive", "move", "D1", "--state", "lost")
    county.recipe("drives", RECIPE)
    before = lying(drives[0])
    said = county.said("drive", "refresh", *drives, code=2)
    assert "in the register D1 is lost" in said
    assert lying(drives[0]) == before
    agrees(county, drives[1], "D2", 2)
    county.said("drive", "move", "D1", "--to", "T")
    county.said("drive", "refresh", drives[0])

    agrees(county, drives[0], "D1", 2)


def test_a_drive_that_was_scrapped(county: Any, drives: list[str]) -> None:
    """Never again, and it is said what to do."""
    county.said("drive", "move", "D1", "--state", "scrapped")
    county.recipe("drives", RECIPE)
    before = lying(drives[0])
    said = county.said("drive", "refresh", drives[0], code=2)

    assert "use another drive" in said
    assert lying(drives[0]) == before


def test_a_site_that_was_closed(county: Any, drives: list[str]) -> None:
    """Its drive is not filled any more, and it is said why."""
    county.said("drive", "move", "D2", "--to", "C")
    county.said("site", "close", "U")
    county.recipe("drives", RECIPE)
    before = lying(drives[1])
    said = county.said("drive", "refresh", *drives, code=2)

    assert "U" in said.partition("not written to")[2]
    assert "closed" in said
    assert lying(drives[1]) == before
    agrees(county, drives[0], "D1", 2)
    county.said("drive", "register", drives[1], "--site", "T", "--drive", "D2", code=2)
    county.said("drive", "register", drives[1], "--site", "T", "--drive", "D2", "--again")
    county.said("drive", "refresh", drives[1])
    shown = county.answer("drive", "show", "D2")

    assert shown["home"] == "T"
    assert [one["site"] for one in shown["editions"]] == ["U", "T"]
    assert county.answer("drive", "verify", drives[1], "--deep")["ok"]


def test_a_recipe_that_is_not_for_the_site_of_a_drive(county: Any, drives: list[str]) -> None:
    """Only the drives of its own sites are filled by it."""
    county.recipe("drives", RECIPE.replace("all: yes}", "only: [U]}"))
    said = county.said("drive", "plan", *drives, code=2)

    assert "the recipe drives is not for T" in said
    assert "D2" in said


# -- what was lost at the centre ------------------------------------------------------------------


def test_without_the_county_s_records_the_drive_s_own_sealed_lists_serve(
    county: Any, drives: list[str]
) -> None:
    """The folder `drives/` is gone: what lies there is known by the drive's lists; all is kept."""
    shutil.rmtree(county.root / "drives")
    county.recipe("drives", RECIPE)
    report = county.answer("drive", "verify", drives[0], "--deep")
    done = county.answer("drive", "refresh", drives[0])["drives"][0]

    assert report["ok"]
    assert (done["copied"], len(done["removed"]), done["kept"]) == ([], 2, 7)
    agrees(county, drives[0], "D1", 2)


def test_an_edition_that_writes_the_county_s_records_anew(county: Any, drives: list[str]) -> None:
    """The same, where nothing else changed: nothing is copied, the county has a record again."""
    shutil.rmtree(county.root / "drives")
    done = county.answer("drive", "refresh", drives[0])["drives"][0]

    assert (done["copied"], done["removed"], done["kept"]) == ([], [], 9)
    agrees(county, drives[0], "D1", 2)


def test_files_made_anew_are_the_same_and_nothing_is_copied(county: Any, drives: list[str]) -> None:
    """The workroom is gone: all is made again, and there is nothing to do."""
    shutil.rmtree(county.root / "workroom")
    done = county.answer("drive", "refresh", *drives)["drives"]

    assert [one["nothing_to_do"] for one in done] == [True, True]


@pytest.fixture
def empty(county: Any, tmp_path: Path) -> str:
    """A registered drive of T that was never filled."""
    drive = tmp_path / "empty"
    drive.mkdir()
    county.said("drive", "register", str(drive), "--site", "T")
    return str(drive)


def altered(county: Any, name: str) -> None:
    """Turn a bit in a file of the library; its length stays."""
    (path,) = (county.root / "library").glob(name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["a~*.mp4", "b~*.avi"])
def test_a_library_file_that_was_altered(county: Any, empty: str, name: str) -> None:
    """One that is copied as it is, one that is encoded: refused by name, and the others come."""
    altered(county, name)
    shutil.rmtree(county.root / "workroom")
    said = county.said("drive", "refresh", empty, code=3)

    assert "its contents are not those that were catalogued" in said
    assert "edition 1 is sealed" in said
    assert len(programmes(county, "D1")) == 3
    assert county.answer("drive", "verify", empty, "--deep")["ok"]


def test_a_source_that_was_altered_after_all_was_made(county: Any, drives: list[str]) -> None:
    """It shows only while it is copied: that programme stays away, all others are brought; the
    same command again says it again.
    """
    for drive in drives:
        for path in Path(drive, "data").rglob("*.*"):
            path.unlink()
    altered(county, "a~*.mp4")
    said = county.said("drive", "refresh", *drives, code=3)
    again = county.said("drive", "refresh", *drives, code=3)

    assert "is not the file that was planned with" in said
    assert said.count("edition 2 is sealed") == 2
    assert again.count("nothing to do") == 2
    for drive, name in zip(drives, ("D1", "D2"), strict=True):
        assert len(programmes(county, name)) == 3
        assert county.answer("drive", "verify", drive, "--deep")["ok"]


def programmes(county: Any, drive: str) -> list[str]:
    """What lies on a drive by the books."""
    return list(county.answer("drive", "show", drive)["editions"][-1]["programmes"])


def test_a_programme_that_cannot_be_encoded(county: Any, empty: str) -> None:
    """Its encoder ends badly: it is left out and told, with exit 3; the others come. Once it can be
    encoded, the same command brings it.
    """
    shutil.rmtree(county.root / "workroom")
    settings = county.root / "xiaxiang.yaml"
    before = settings.read_text("utf-8")
    program = county.root / "ffmpeg"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *libx264*) exit 1;; esac\nexec "{tools.ffmpeg()}" "$@"\n'
    )
    program.chmod(0o755)
    settings.write_text(before + f"\nffmpeg: {program}\n", "utf-8")
    said = county.said("drive", "refresh", empty, code=3)
    some = programmes(county, "D1")
    settings.write_text(before, "utf-8")
    county.said("drive", "refresh", empty)

    assert "failed: 温棚黄瓜" in said
    assert some == ["P0001", "P0003"]
    assert len(programmes(county, "D1")) == 4
    agrees(county, empty, "D1", 2)


def test_the_disk_of_the_workspace_is_full(
    county: Any, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too little for what is to be made: told before anything; too little for the county's record:
    the drive is not touched.
    """
    shutil.rmtree(county.root / "workroom")
    monkeypatch.setattr(making, "free_bytes", lambda _root: 1000)
    said = county.said("drive", "refresh", empty, code=3)
    monkeypatch.undo()
    county.said("build", "drives")
    before = lying(empty)

    def full(*_all: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(drive_record, "write_whole", full)
    told = county.said("drive", "refresh", empty, code=3)
    monkeypatch.undo()
    assert lying(empty) == before
    county.said("drive", "refresh", empty)

    assert "the disk has" in said
    assert "full" in told
    agrees(county, empty, "D1", 1)
