"""Sources that are read for drives: the bytes that were promised, or a fault with a name."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.problem import Failure
from pipeline.bundle.bundle import Piece
from pipeline.make.copying import depth
from pipeline.make.sources import PIECE, SourceFault, pieces_of, source_fault
from pipeline.plan.steps import FromSource, Input
from pipeline.tools import NEVER, Stop, Stopped

DATA = os.urandom(2 * PIECE + 7)
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "秦腔.mp4"
    path.write_bytes(DATA)
    return path


def test_a_source_comes_in_pieces(source: Path) -> None:
    """All its bytes, in pieces of two MiB."""
    pieces = list(pieces_of(source, len(DATA), DIGEST, NEVER))

    assert b"".join(pieces) == DATA
    assert max(map(len, pieces)) == PIECE


@pytest.mark.parametrize("change", ["longer", "shorter", "altered", "gone", "folder", "pipe"])
def test_a_source_that_is_another_by_now_is_named(source: Path, change: str) -> None:
    """Whatever became of it: a fault with its path, and nothing waits for ever."""
    if change in ("gone", "folder", "pipe"):
        source.unlink()
    match change:
        case "longer":
            source.write_bytes(DATA + b"x")
        case "shorter":
            source.write_bytes(DATA[:-1])
        case "altered":
            source.write_bytes(b"x" + DATA[1:])
        case "folder":
            source.mkdir()
        case "pipe":
            os.mkfifo(source)
    with pytest.raises(SourceFault, match="秦腔"):
        list(pieces_of(source, len(DATA), DIGEST, NEVER))


def test_a_wish_to_stop_is_heard_between_pieces(source: Path) -> None:
    """No more is read."""
    stop = Stop()
    pieces = pieces_of(source, len(DATA), DIGEST, stop)
    next(pieces)
    stop.ask()

    with pytest.raises(Stopped):
        next(pieces)


def test_a_look_tells_what_cannot_be_there_whole(source: Path) -> None:
    """Before anything is removed for it: gone, of another length, or not to be placed."""
    one = FromSource(DIGEST, ".mp4")

    def none(_one: Input) -> Path:
        raise Failure("the library", "is gone")

    assert source_fault(Piece("p", len(DATA), DIGEST, one), lambda _one: source) == ""
    assert "not the file" in source_fault(Piece("p", 5, DIGEST, one), lambda _one: source)
    assert "the library — is gone" in source_fault(Piece("p", 5, DIGEST, one), none)
    source.unlink()
    assert "秦腔" in source_fault(Piece("p", 5, DIGEST, one), lambda _one: source)


def test_queues_hold_the_same_however_many_drives() -> None:
    """Six pieces for one drive, fewer for many, never less than one."""
    assert [depth(drives) for drives in (0, 1, 4, 12, 24, 1000)] == [6, 6, 6, 4, 2, 1]


PROGRAM = """
import hashlib, os, re, sys
from datetime import date
from pathlib import Path
from pipeline.bundle.bundle import Bundle, Piece
from pipeline.make.drive_job import DriveJob
from pipeline.make.fill_drive import fill
from pipeline.plan.refresh import Refresh, Round
from pipeline.plan.steps import FromSource
folder = Path(sys.argv[1])
data = os.urandom(1 << 20)
pieces = []
for number in range(24):
    mine = number.to_bytes(4) + data
    name = hashlib.sha256(mine).hexdigest()
    (folder / name).write_bytes(mine)
    pieces.append(Piece(f"data/{number}.mp4", len(mine), name, FromSource(name, "")))
jobs = []
for drive in range(24):
    root = folder / f"drive{drive}"
    root.mkdir()
    bundle = Bundle("e", 1, "", "d", "s", "s", "c", "t", date(2026, 11, 23), tuple(pieces), ())
    tags = {"tagmanifest-sha256.txt": b"", "开始.html": b"<p>"}
    jobs.append(DriveJob(root, Refresh(bundle, (Round((), tuple(pieces)),), (), (), 0), tags, b""))
done = fill(jobs, lambda one: folder / one.sha256)
assert all(one.ok for one in done), done[0]
# Not ru_maxrss: a child begins with the peak of the process that started it.
print(int(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_memory_does_not_grow_with_the_drives(tmp_path: Path) -> None:
    """Twenty-four drives at once stay below 200 MiB."""
    parent = Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path
    folder = parent / f"xiaxiang-memory-{os.getpid()}"
    folder.mkdir()
    try:
        command = [sys.executable, "-c", PROGRAM, str(folder)]
        told = subprocess.run(
            command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True
        )
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)

    assert int(told.stdout) < 200, told.stdout
