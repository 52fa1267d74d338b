"""How files arrive: which count, when they are complete, and what the library calls them."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from catalog.problem import Failure
from pipeline import inbox, library, tools


@pytest.mark.parametrize(
    "name",
    [
        "a.mp4.part",
        "a.crdownload",
        "片.mp4.xltd",
        "a.mp4.td",
        "a.baiduyun.p.downloading",
        ".hidden.mp4",
        "~$a.mp4",
    ],
)
def test_an_unfinished_download_does_not_count(tmp_path: Path, name: str) -> None:
    """Browsers' and downloaders' names for what is not done yet."""
    (tmp_path / name).write_bytes(b"x")

    assert inbox.unfinished(tmp_path / name)
    assert list(inbox.find([tmp_path])) == []


def test_a_mark_beside_a_file_says_that_it_is_not_done(tmp_path: Path) -> None:
    """aria2 and Firefox keep their mark beside a file that has its last name already."""
    for name in ("a.mp4", "a.mp4.aria2", "b.mp4", "b.mp4.part", "c.mp4"):
        (tmp_path / name).write_bytes(b"x")

    assert [found.path.name for found in inbox.find([tmp_path])] == ["c.mp4"]


def test_companions_are_passed_over_in_folders_but_not_when_named(tmp_path: Path) -> None:
    """Sheets and subtitles in a folder are no programmes; a file that was named is looked at."""
    for name in ("b.srt", "a.mp4", "sheet.csv", "b.mkv"):
        (tmp_path / name).write_bytes(b"x")

    assert [f.path.name for f in inbox.find([tmp_path])] == ["a.mp4", "b.mkv"]
    assert [f.path.name for f in inbox.find([tmp_path / "sheet.csv"])] == ["sheet.csv"]


def test_subtitles_are_found_apart(tmp_path: Path) -> None:
    """In folders and named; they are no programmes, and unfinished ones do not count."""
    (tmp_path / "in").mkdir()
    for name in ("b.srt", "a.mp4", "in/c.VTT", "d.ass.part", ".e.ssa", "f.sub"):
        (tmp_path / name).write_bytes(b"x")
    named = [tmp_path / "b.srt", tmp_path / "a.mp4", tmp_path / "gone.srt"]

    assert [path.name for path in inbox.subtitles([tmp_path])] == ["b.srt", "c.VTT"]
    assert [path.name for path in inbox.subtitles(named)] == ["b.srt"]
    assert [f.path.name for f in inbox.find(named)] == ["a.mp4", "gone.srt"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    """A link in a folder of a stranger leads nowhere, not even in a circle."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "a.mp4").write_bytes(b"x")

    assert [f.path.name for f in inbox.find([tmp_path / "in"])] == ["a.mp4"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """What was named and is not there has a line of its own; the others are still found."""
    (tmp_path / "a.mp4").write_bytes(b"x")
    found = list(inbox.find([tmp_path / "gone.mp4", tmp_path / "a.mp4"]))

    assert [f.failure is None for f in found] == [False, True]
    assert "no such file" in str(found[0].failure)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("温棚.mp4", "温棚~0123abcd.mp4"),
        ("a/b:c*?.WMV", "a_b_c__~0123abcd.wmv"),
        ("..", "_~0123abcd"),
        ("尾巴 . .mp4", "尾巴~0123abcd.mp4"),
        ("第1.5讲 概论", "第1.5讲 概论~0123abcd"),
        ("羊".encode("gbk").decode("utf-8", "surrogateescape") + ".avi", "羊~0123abcd.avi"),
    ],
)
def test_library_names_are_safe_and_readable(name: str, kept: str) -> None:
    """The name stays readable, loses what a file system may not have, and gets the digest."""
    assert library.library_name(name, "0123abcd" * 8) == kept


def test_long_names_stay_under_the_limit_and_whole_characters() -> None:
    """A Chinese name of 255 bytes is cut between characters."""
    name = library.library_name("农" * 84 + ".mp4", "f" * 64)

    assert len(name.encode()) <= 200
    assert name.startswith("农农") and name.endswith("~ffffffff.mp4")


def test_a_file_is_copied_whole_and_the_original_stays(clip: Path, tmp_path: Path) -> None:
    """The library holds the same bytes; the inbox is as it was; no part is left."""
    drop = tmp_path / "inbox" / "片 子.mp4"
    drop.parent.mkdir()
    drop.write_bytes(clip.read_bytes())
    source = library.take_in(drop, tmp_path, copy=True)

    assert (tmp_path / source.path).read_bytes() == clip.read_bytes()
    assert drop.read_bytes() == clip.read_bytes()
    assert [p.name for p in (tmp_path / "library").iterdir()] == [Path(source.path).name]
    assert source.name == "片 子.mp4"


def test_a_full_disk_leaves_no_half_copy(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the copy fails, its part goes and the failure says how to go on."""

    def full(_source: object, part: Path) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library.shutil, "copyfile", full)
    with pytest.raises(Failure, match="No space left"):
        library.take_in(clip, tmp_path, copy=True)

    assert list((tmp_path / "library").iterdir()) == []


def watched(folder: Path, count: int, quiet: float = 0.4) -> tuple[list[Path], threading.Thread]:
    stop, seen = tools.Stop(), []

    def watch() -> None:
        for path in inbox.arriving(folder, quiet, stop):
            seen.append(path)
            if len(seen) >= count:
                stop.ask()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return seen, thread


def test_a_growing_file_counts_when_it_stands_still(tmp_path: Path) -> None:
    """Written in pieces, it arrives once, and only after the last piece."""
    seen, thread = watched(tmp_path, 1)
    place = tmp_path / "long.mp4"
    for _piece in range(8):
        with place.open("ab") as file:
            file.write(b"piece")
        time.sleep(0.1)
        assert seen == []
    thread.join(20)

    assert seen == [place]


def test_a_download_that_is_renamed_arrives_under_its_last_name(tmp_path: Path) -> None:
    """What lay there before arrives first; the part file never does."""
    (tmp_path / "before.mp4").write_bytes(b"x")
    seen, thread = watched(tmp_path, 2)
    part = tmp_path / "new.mp4.crdownload"
    part.write_bytes(b"y" * 100)
    time.sleep(1)
    part.rename(tmp_path / "new.mp4")
    thread.join(20)

    assert seen == [tmp_path / "before.mp4", tmp_path / "new.mp4"]


def test_a_video_arrives_before_the_subtitles_beside_it(tmp_path: Path) -> None:
    """Whatever the order of their names."""
    (tmp_path / "b.mp4").write_bytes(b"x")
    (tmp_path / "a.srt").write_bytes(b"x")
    seen, thread = watched(tmp_path, 2)
    thread.join(20)

    assert seen == [tmp_path / "b.mp4", tmp_path / "a.srt"]


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name and the reason are told; the other places are still looked at."""
    (tmp_path / "a.mp4").write_bytes(b"x")
    (tmp_path / "shut").mkdir()
    scan = os.scandir

    def denied(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(inbox.os, "scandir", denied)
    found = list(inbox.find([tmp_path]))

    assert [f.path.name for f in found] == ["a.mp4", "shut"]
    assert "Permission denied" in str(found[1].failure)
