"""A disk that is full, fills up, or may not be written to: a clear line, and nothing is lost."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]
Look = Callable[[Path], dict[str, str]]
Eventually = Callable[[Callable[[], object]], bool]

SMALL, LARGE = "14m", "40m"


def mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        why = f"no disk of our own can be mounted here: {done.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 14 MB of its own, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mount("-t", "tmpfs", "-o", f"size={SMALL}", "none", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def change(disk: Path, option: str) -> None:
    mount("-o", f"remount,{option}", str(disk))


def fill(disk: Path, leave: int = 0) -> None:
    """Take all the room of a disk at once, but for some bytes."""
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with (disk / "fill").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - leave)


def test_too_little_room_is_told_before_the_first_byte(
    disk: Path,
    workspace: Callable[..., Path],
    run: Run,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """The build says what it needs and has, and begins nothing; with room it is made."""
    root = workspace(folder=disk)
    fill(disk, 2_000_000)
    said = run(root, "build", "small")

    assert said.returncode == 3
    assert re.search(r"the disk has [12]\.\d MB free, 7\.\d MB are needed", said.stderr)
    assert "free some space" in said.stderr
    assert [path.name for path in (root / "workroom").iterdir()] == [".lock"]

    change(disk, f"size={LARGE}")
    assert run(root, "build", "small").returncode == 0
    assert proof(root) == undisturbed[0]


def test_room_that_vanishes_while_encoding_is_told_and_nothing_is_lost(
    disk: Path,
    workspace: Callable[..., Path],
    start: Start,
    run: Run,
    eventually: Eventually,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """Somebody else fills the disk once the build has looked: each programme that does not fit is
    named with the reason, and with room again the same command gives the same bytes.
    """
    root = workspace(folder=disk)
    process = start(root, "build", "small")
    assert eventually(lambda: [*root.glob("workroom/.part-*")])
    fill(disk)
    said = process.communicate(timeout=60)[1]

    assert process.returncode == 3
    assert "the disk is full" in said
    assert "make room on this disk" in said
    assert "Traceback" not in said
    assert [*root.glob("workroom/.part-*")] == []
    assert [*root.glob("editions/*")] == []

    change(disk, f"size={LARGE}")
    again = run(root, "build", "small")
    assert again.returncode == 0, again.stderr
    assert proof(root) == undisturbed[0]


def test_room_that_vanishes_while_the_image_is_written(
    disk: Path,
    workspace: Callable[..., Path],
    start: Start,
    run: Run,
    eventually: Eventually,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """The streams are kept, the half image is not; with room again only the image is written."""
    root = workspace(folder=disk)
    process = start(root, "build", "small")
    assert eventually(lambda: len([*root.glob("workroom/[!.]*/out/*.m1v")]) == 4 + 2)
    fill(disk)
    said = process.communicate(timeout=60)[1]

    assert process.returncode == 3
    assert "failed: disc-01" in said
    assert "the disk is full" in said
    assert "Traceback" not in said
    kept = {path: path.stat().st_ino for path in root.glob("workroom/*/out/*.m*")}
    names = ["audio.mp2"] * 4 + ["hi.m1v", "lo.m1v"] + ["video.m1v"] * 4
    assert sorted(path.name for path in kept) == names

    (disk / "fill").unlink()
    assert run(root, "build", "small").returncode == 0
    assert proof(root) == undisturbed[0]
    assert {path: path.stat().st_ino for path in kept} == kept


def test_a_full_disk_takes_no_half_file_into_the_library(
    disk: Path, four: Path, run: Run, catalogued: Callable[[Path], list[str]]
) -> None:
    """What does not fit is named and neither in the library nor in the books; later it comes in."""
    root = disk / "w"
    assert run(root, "init").returncode == 0
    sizes = sorted(path.stat().st_size for path in four.iterdir())
    fill(disk, 200_000 + sizes[0])
    said = run(root, "add", str(four), "--rights", "national")

    assert said.returncode == 3
    assert "No space left on device" in said.stderr
    assert "Traceback" not in said.stderr
    known = catalogued(root)
    there = [path.name for path in (root / "library").iterdir() if path.name[0] != "."]
    assert len(known) < 4
    assert len(known) <= len(there)
    assert [path for path in (root / "library").iterdir() if path.name[0] == "."] == []

    (disk / "fill").unlink()
    assert run(root, "add", str(four), "--rights", "national").returncode == 0
    assert catalogued(root) == sorted(path.name for path in four.iterdir())


def test_a_disk_that_is_full_to_the_last_byte_is_told_by_every_verb(
    disk: Path, four: Path, workspace: Callable[..., Path], run: Run
) -> None:
    """Not even the books can be written: a line each, no traceback, and nothing is lost."""
    root = workspace(folder=disk)
    fill(disk)
    for words in (["build", "small"], ["add", str(four)], ["import", "no.csv"], ["plan", "small"]):
        said = run(root, *words)

        assert said.returncode in (0, 2, 3), said.stderr
        assert "Traceback" not in said.stderr
        assert said.stderr.strip() or said.returncode == 0

    (disk / "fill").unlink()
    assert "4 programmes" in run(root, "programmes").stdout


def test_a_workspace_that_may_not_be_written_to(
    disk: Path,
    four: Path,
    workspace: Callable[..., Path],
    run: Run,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """Each verb that writes says which file it was, with exit 3; afterwards all is as before."""
    root = workspace(folder=disk)
    change(disk, "ro")
    for words in (["build", "small"], ["add", str(four)], ["init"]):
        said = run(root, *words)

        assert said.returncode == 3
        assert str(root) in said.stderr
        assert "Traceback" not in said.stderr

    change(disk, f"rw,size={LARGE}")
    assert run(root, "build", "small").returncode == 0
    assert proof(root) == undisturbed[0]
    change(disk, "ro")
    edition = next((root / "editions").iterdir())
    assert run(root, "verify", str(edition)).returncode == 0


def test_a_place_where_no_workspace_can_be(disk: Path, run: Run) -> None:
    """`init` on a disk that may not be written to names the folder and says what to do."""
    change(disk, "ro")
    said = run(disk / "w", "init")

    assert said.returncode == 3
    assert f"{disk / 'w'} — Read-only file system — choose a folder" in said.stderr
