"""Killed at any step of a replacement: the drive holds one edition whole, and the same again ends
with exactly the new one.

Emulated: `kill -9` falls just before a chosen call that changes the disk, or half-way through a
write; the drive is a folder in memory, since what a killed program leaves does not depend on the
disk. That names and bytes reach a real disk in this order is the syncs' work and is not shown here.
"""

from __future__ import annotations

import pickle
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.make.drive_job import DriveJob
from pipeline.manifest import Item
from pipeline.plan.refresh import Round

ROOT = Path(__file__).parents[3]
POINTS = 100

# Reads numbers, one a line; for each it forks, fills, and dies at that call. Answers how many calls
# there were, or 0 where it died.
CHILD = """
import os, pickle, signal, sys
from pathlib import Path
from pipeline.make.fill_drive import fill
job, library = pickle.loads(Path(sys.argv[1]).read_bytes())
NAMES = ("write", "rename", "unlink", "rmdir", "mkdir", "open", "fsync", "close")
def counted(name, plain, count, last):
    def call(*args, **words):
        if name != "open" or (len(args) > 1 and args[1] & os.O_CREAT):
            count[0] += 1
            if count[0] == last:
                if name == "write":
                    plain(args[0], args[1][:len(args[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
        return plain(*args, **words)
    return call
for line in sys.stdin:
    read, write = os.pipe()
    child = os.fork()
    if not child:
        count = [0]
        say = os.write
        for name in NAMES:
            setattr(os, name, counted(name, getattr(os, name), count, int(line)))
        done = fill([job], lambda one: Path(library, one.sha256))
        say(write, str(count[0] if done[0].ok else -1).encode())
        os._exit(0)
    os.close(write)
    said = os.read(read, 100)
    os.close(read)
    os.waitpid(child, 0)
    print(said.decode() or 0, flush=True)
"""


@dataclass
class Killer:
    """A program that fills a drive anew and is killed at a call; its parent stays ready."""

    process: subprocess.Popen[str]

    def kill(self, call: int) -> int:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{call}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Callable[[DriveJob, Path], Killer]]:
    begun = []

    def begin(job: DriveJob, library: Path) -> Killer:
        spec = tmp_path / "job.pickle"
        spec.write_bytes(pickle.dumps((job, str(library))))
        words = [sys.executable, "-c", CHILD, str(spec)]
        pipe = subprocess.PIPE
        begun.append(subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, cwd=ROOT))
        return Killer(begun[-1])

    yield begin
    for process in begun:
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=10)


@pytest.fixture
def replaced(shelf, memory: Path):
    """Two editions of which the second keeps, adds, replaces and drops programmes."""
    chance = random.Random(6)
    same = shelf.piece("data/戏曲/三滴血.mp4", chance.randbytes(20_000))
    old = [shelf.piece(f"data/农业/旧{n}.mp4", chance.randbytes(9_000)) for n in range(2)]
    new = [shelf.piece(f"data/健康/新{n}.mp4", chance.randbytes(11_000)) for n in range(2)]
    new.append(shelf.piece("data/健康/长.mp4", chance.randbytes(600_000)))
    first, second = shelf.bundle(1, [same, *old]), shelf.bundle(2, [same, *new], "r1")
    template = memory / "template"
    shelf.lay(template, first)
    shelf.write(template, {"照片.jpg": b"people"})
    return template, shelf.job(memory / "drive", first, second)


def points(most: int, count: int, seed: int) -> list[int]:
    return sorted(random.Random(seed).sample(range(1, most + 1), min(count, most)))


def test_at_a_hundred_points_one_edition_is_whole(
    shelf, replaced, killer, judge, files, exactly
) -> None:
    """After each kill the old edition is whole by its manifest or the new one by its own, people's
    files are there, and the same command ends with exactly the new edition.
    """
    template, job = replaced
    child = killer(job, shelf.root)
    shutil.copytree(template, job.root)
    calls = child.kill(0)
    shutil.rmtree(job.root)
    assert calls >= POINTS
    seen = []
    for call in points(calls, POINTS, 1):
        shutil.copytree(template, job.root)
        assert child.kill(call) == 0
        seen.append(judge(job.root))
        assert seen[-1] in ("e1", "e2"), call
        assert shelf.fill(job).ok
        there = files(job.root)
        assert there.pop("照片.jpg")
        assert there == exactly(job), call
        shutil.rmtree(job.root)

    assert seen == sorted(seen)
    assert set(seen) == {"e1", "e2"}


def test_killed_again_and_again_it_still_ends(
    shelf, replaced, killer, judge, files, exactly
) -> None:
    """Each run is killed some calls further on; at no kill is the drive without a whole edition."""
    template, job = replaced
    child = killer(job, shelf.root)
    chance = random.Random(2)
    shutil.copytree(template, job.root)
    calls = child.kill(0)
    shutil.rmtree(job.root)
    for _chain in range(4):
        shutil.copytree(template, job.root)
        kills = 0
        while child.kill(chance.randrange(5, calls)) == 0:
            kills += 1
            assert judge(job.root) in ("e1", "e2")
            assert kills < 100
        there = files(job.root)
        assert there.pop("照片.jpg")
        assert there == exactly(job)
        shutil.rmtree(job.root)
        assert kills


def test_what_was_confirmed_before_a_kill_is_not_read_again(shelf, replaced, killer) -> None:
    """Killed while it seals: the same again opens no source and reads back no piece."""
    template, job = replaced
    child = killer(job, shelf.root)
    shutil.copytree(template, job.root)
    calls = child.kill(0)
    shutil.rmtree(job.root)
    shutil.copytree(template, job.root)
    child.kill(calls // 2)
    noted = (job.root / "_delivery/next/confirmed.jsonl").read_text("utf-8")
    assert noted.count("sha256") == 3
    result = shelf.fill(job)

    assert (result.ok, result.resumed, shelf.opened) == (True, 3, [])


def test_a_plan_that_changed_after_a_kill_never_leaves_the_drive_without_an_edition(
    shelf, replaced, killer, judge, files, exactly, memory: Path
) -> None:
    """Killed while stale files go, planned otherwise since, killed at many calls of that:
    the drive holds the edition under way or the new one, whole.
    """
    template, job = replaced
    child = killer(job, shelf.root)
    shutil.copytree(template, job.root)
    call = child.kill(0)
    while True:  # back from the end to where a stale file is gone and the seal is the old one
        call -= 3
        shutil.rmtree(job.root)
        shutil.copytree(template, job.root)
        child.kill(call)
        if "e1" in (job.root / "bag-info.txt").read_text("utf-8"):
            break
    assert not (job.root / "data/农业/旧1.mp4").exists()
    assert judge(job.root) == "e2"
    half = memory / "half"
    shutil.move(job.root, half)
    other = shelf.bundle(3, [*job.refresh.bundle.pieces, shelf.piece("data/又.mp4", b"more")])
    again = shelf.job(job.root, job.refresh.bundle, other)
    second = killer(again, shelf.root)
    shutil.copytree(half, job.root)
    most = second.kill(0)
    for at in points(most, 25, 5):
        shutil.rmtree(job.root)
        shutil.copytree(half, job.root)
        assert second.kill(at) == 0
        assert judge(job.root) in ("e2", "e3"), at
    assert shelf.fill(again).ok
    there = files(job.root)
    assert there.pop("照片.jpg")
    assert there == exactly(again)


def test_on_a_small_drive_every_programme_is_whole_at_any_kill(
    shelf, memory: Path, killer, files, exactly
) -> None:
    """Programmes that change places: each is there in its old or its new form but for the one
    whose turn it is, whole files only, and the same again ends with exactly the new edition.
    """
    chance = random.Random(3)
    old = [shelf.piece(f"data/{n}旧.mp4", chance.randbytes(8_000)) for n in range(4)]
    new = [shelf.piece(f"data/{n}新.mp4", chance.randbytes(8_000)) for n in range(4)]
    first, second = shelf.bundle(1, old), shelf.bundle(2, new, "r1")
    rounds = [
        Round((Item(a.path, a.bytes, a.sha256),), (b,)) for a, b in zip(old, new, strict=True)
    ]
    template = memory / "template"
    shelf.lay(template, first)
    job = shelf.job(memory / "drive", first, second, rounds)
    child = killer(job, shelf.root)
    shutil.copytree(template, job.root)
    calls = child.kill(0)
    shutil.rmtree(job.root)
    right = {one.path: one.sha256 for one in (*old, *new)}
    for call in points(calls, 30, 4):
        shutil.copytree(template, job.root)
        child.kill(call)
        there = {p: d for p, d in files(job.root).items() if p.startswith("data/")}
        assert there.items() <= right.items(), call
        assert len({path[5] for path in there}) >= 3, call
        assert shelf.fill(job).ok
        assert files(job.root) == exactly(job), call
        shutil.rmtree(job.root)
