"""A drive held by its root folder: no path out of it, no link followed, nothing beside it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.problem import Failure
from pipeline.make import medium as module
from pipeline.make.medium import Found, Medium


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "drive"
    place.mkdir()
    return place


@pytest.fixture
def medium(root: Path) -> Iterator[Medium]:
    with Medium(root) as one:
        yield one


@pytest.mark.parametrize("path", ["../a", "/a", "a/../b", "a//b", ".", "a/.", "", "a\0b", "a/"])
def test_no_path_leads_out(medium: Medium, path: str) -> None:
    """Whoever asks for such a path has a bug; nothing is opened, renamed or removed."""
    for use in (medium.open, medium.stat, medium.remove, medium.size):
        with pytest.raises(ValueError):
            use(path)
    with pytest.raises(ValueError):
        medium.rename("a", path)


def test_no_link_is_followed(medium: Medium, root: Path, tmp_path: Path) -> None:
    """A link to a folder is no folder, a link to a file cannot be opened or written through."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a").write_bytes(b"theirs")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file").symlink_to(tmp_path / "outside/a")

    assert medium.size("file") == -1
    assert medium.stat("folder/a") is None
    assert list(medium.walk("folder")) == []
    for path in ("folder/a", "file"):
        with pytest.raises(OSError):
            medium.open(path)
        with pytest.raises(OSError):
            medium.open(path, os.O_WRONLY | os.O_CREAT)
    medium.remove("folder/a")
    medium.write_whole("file", b"ours")
    assert (tmp_path / "outside/a").read_bytes() == b"theirs"
    assert (root / "file").read_bytes() == b"ours"


def test_a_second_name_of_a_file_is_not_written_through(medium: Medium, root: Path) -> None:
    """A person's file that has the name of our partial one as well keeps its bytes."""
    (root / "theirs").write_bytes(b"theirs")
    os.link(root / "theirs", root / "page.part")
    medium.write_whole("page", b"ours")

    assert (root / "theirs").read_bytes() == b"theirs"
    assert (root / "page").read_bytes() == b"ours"


def test_folders_are_made_on_the_way_and_names_changed(medium: Medium, root: Path) -> None:
    """A file is written, gets another name in another folder, and goes."""
    os.close(medium.open("a/b/film", os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    medium.rename("a/b/film", "data/戏曲/film", sync=False)

    assert medium.size("data/戏曲/film") == 0
    assert medium.size("a/b/film") == medium.size("data") == -1
    medium.sync_folder("data/戏曲")
    medium.remove("data/戏曲/film")
    medium.remove("data/戏曲/film")
    medium.remove("nowhere/film")
    medium.remove_empty("data/戏曲")
    medium.remove_empty("data/none")
    assert not (root / "data/戏曲").exists()
    assert (root / "a/b").is_dir()


def test_a_small_file_is_read_whole_or_not_at_all(medium: Medium, root: Path) -> None:
    """Up to so many bytes; a pipe or a folder is no file, and is not waited for."""
    (root / "a").write_bytes(b"12345")
    os.mkfifo(root / "pipe")

    assert medium.read("a", 5) == b"12345"
    with pytest.raises(ValueError, match="too long"):
        medium.read("a", 4)
    with pytest.raises(ValueError, match="is no file"):
        medium.read("pipe", 4)


def test_the_walk_tells_everything_and_follows_nothing(medium: Medium, root: Path) -> None:
    """Files with length and time, folders, links, pipes."""
    (root / "data").mkdir()
    (root / "data/a").write_bytes(b"123")
    (root / "up").symlink_to("..")
    os.mkfifo(root / "data/pipe")
    found = sorted(medium.walk(), key=lambda one: one.path)
    time = (root / "data/a").stat().st_mtime_ns

    assert found == [
        Found("data", "folder"),
        Found("data/a", "file", 3, time),
        Found("data/pipe", "other"),
        Found("up", "link"),
    ]
    assert list(medium.walk("nowhere")) == []


def test_the_walk_gives_up_on_too_much(
    medium: Medium, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More files than any drive of ours has: told instead of an hour of silence."""
    for number in range(6):
        (root / str(number)).touch()
    monkeypatch.setattr(module, "MOST_FOUND", 5)

    with pytest.raises(Failure, match="there are more than 5 files"):
        list(medium.walk())


def test_a_drive_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    """Nothing at the path, or no folder: told with the path and what to do."""
    (tmp_path / "file").touch()
    for name in ("none", "file"):
        with pytest.raises(Failure, match=f"{name} — the drive cannot be opened"):
            Medium(tmp_path / name)


def test_another_folder_in_its_place_is_noticed(medium: Medium, root: Path) -> None:
    """What is written goes on into the drive that was opened; being asked, it says it is gone."""
    medium.still_there()
    root.rename(root.with_name("moved"))
    root.mkdir()
    with pytest.raises(Failure, match="the drive is gone, or another lies there now"):
        medium.still_there()
    medium.write_whole("a", b"1")

    assert list(root.iterdir()) == []
    root.rmdir()
    with pytest.raises(Failure, match="the drive is gone"):
        medium.still_there()


def test_room_is_that_of_the_file_system(medium: Medium, root: Path) -> None:
    """As statvfs tells it, in bytes."""
    told, room = os.statvfs(root), medium.room()

    assert (room.capacity, room.cluster) == (told.f_blocks * told.f_frsize, told.f_frsize)
    assert 0 <= room.free <= room.capacity
    assert medium.device == root.stat().st_dev


def test_what_is_mounted_over_the_root_is_another_drive(medium: Medium, root: Path) -> None:
    """A tmpfs mounted on the drive's folder after it was opened."""
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(root)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        why = "nothing can be mounted here"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
    try:
        with pytest.raises(Failure, match="another lies there now"):
            medium.still_there()
    finally:
        subprocess.run(["umount", str(root)], check=True)
