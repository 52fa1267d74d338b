"""Drives that fill up, vanish, hang, lie or crawl: each ends with its own result, others finish.

What is emulated is said with each test; drives are loop devices, or a file system in Python whose
one fault is known.
"""

from __future__ import annotations

import fcntl
import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.make.drive_job import Filled, Phase, Watch
from pipeline.make.fill_drive import fill

MIB = 1 << 20
SHUTDOWN = 0x8004587D  # FS_IOC_SHUTDOWN
NOW = (2).to_bytes(4, "little")


class At(Watch):
    """Does something to a drive once, when it is in a phase for so many bytes."""

    def __init__(self, root: Path, phase: Phase, bytes: int, what: Callable[[], object]) -> None:
        self.root, self.phase, self.left, self.what = root, phase, bytes, what
        self.done = False
        self.ended: dict[Path, float] = {}
        self.slowed: list[Path] = []

    def progress(self, root: Path, phase: Phase, bytes: int) -> None:
        if (root, phase) == (self.root, self.phase) and not self.done:
            self.left -= bytes
            if self.left <= 0:
                self.done = True
                self.what()

    def begins(self, root: Path, phase: Phase, total: int) -> None:
        if not self.left:
            self.progress(root, phase, 0)

    def slow(self, root: Path) -> None:
        self.slowed.append(root)

    def ends(self, filled: Filled) -> None:
        self.ended[filled.root] = time.monotonic()


@pytest.fixture
def pieces(shelf):
    """Twelve pieces of 1 MiB and some bytes."""
    chance = random.Random(5)
    return [shelf.piece(f"data/秦腔/第{n}集.mp4", chance.randbytes(MIB + n)) for n in range(12)]


@pytest.fixture
def beside(shelf, pieces, memory: Path):
    """A sound drive that is filled in the same call, and its job."""
    shelf.register(memory)
    return shelf.job(memory, None, shelf.bundle(1, pieces))


def broken(shelf, root: Path, pieces, beside, watch: Watch) -> Filled:
    """Fill a drive that breaks and one that does not: the other must be sealed."""
    shelf.register(root)
    results = fill(
        [shelf.job(root, None, shelf.bundle(1, pieces)), beside], shelf.place, watch=watch
    )
    assert results[1].ok, results[1]
    assert getattr(watch, "done", True)
    return results[0]


def test_too_little_room_is_told_before_the_first_byte(shelf, pieces, beside, drive_of) -> None:
    """ext4 of 12 MiB on a loop device: what is needed and what is free are said."""
    root = drive_of("ext4", 12 * MIB)
    result = broken(shelf, root, pieces, beside, Watch())

    assert "bytes are needed and" in str(result.failure)
    assert not (root / "data").exists()


@pytest.mark.parametrize("kind", ["ext4", "exfat", "ntfs"])
def test_a_drive_that_fills_up_meanwhile(shelf, pieces, beside, drive_of, kind: str) -> None:
    """Somebody else takes the room after the look (loop device): nothing is sealed, and with room
    again the same command ends well.
    """
    root = drive_of(kind, 48 * MIB)

    def take() -> None:
        with (root / "other").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(64 << 10))
            except OSError:
                pass

    result = broken(shelf, root, pieces, beside, At(root, "copy", 2 * MIB, take))

    assert not result.ok
    assert "the drive is full" in str(result.failure)
    assert "make room on the drive" in str(result.failure)
    assert not (root / "tagmanifest-sha256.txt").exists()
    (root / "other").unlink()
    assert shelf.fill(shelf.job(root, None, shelf.bundle(1, pieces))).ok


def test_a_drive_that_is_full_only_when_it_is_synced(
    shelf, pieces, beside, drive_of, memory: Path
) -> None:
    """A sparse ext4 on a tmpfs too small for it: every write succeeds, the sync does not."""
    small = memory.parent / f"{memory.name}-small"
    small.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(small)])
    if done.returncode:
        small.rmdir()
        why = "no disk of our own can be mounted here"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
    try:
        root = drive_of("ext4", 64 * MIB, folder=small)
        result = broken(shelf, root, pieces, beside, Watch())
        subprocess.run(["umount", "--lazy", str(root)], check=True)
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)
        small.rmdir()

    assert not result.ok
    assert result.copied == 0
    assert result.failure is not None


def test_a_drive_that_may_not_be_written_to(shelf, pieces, beside, drive_of) -> None:
    """Mounted read-only after it was registered, ext4 on a loop device."""
    root = drive_of("ext4", 32 * MIB)
    shelf.register(root)
    subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)
    results = fill([shelf.job(root, None, shelf.bundle(1, pieces)), beside], shelf.place)

    assert [one.ok for one in results] == [False, True]
    assert "the drive may not be written to" in str(results[0].failure)


def test_a_drive_that_becomes_read_only_meanwhile(shelf, pieces, beside, drive_of) -> None:
    """Remounted read-only while it is read back, as ext4 does by itself after an error."""
    root = drive_of("ext4", 32 * MIB)
    turn = ["mount", "-o", "remount,ro", str(root)]
    watch = At(root, "read back", 1, lambda: subprocess.run(turn, check=True))
    result = broken(shelf, root, pieces, beside, watch)

    assert "the drive may not be written to" in str(result.failure)
    assert result.copied == 0


@pytest.mark.parametrize("phase", ["copy", "read back", "seal"])
def test_a_cable_that_is_pulled(shelf, pieces, beside, drive_of, phase: Phase) -> None:
    """ext4 is shut down in each phase (FS_IOC_SHUTDOWN), which refuses everything from then on."""
    root = drive_of("ext4", 32 * MIB)

    def pull() -> None:
        descriptor = os.open(root, os.O_RDONLY)
        fcntl.ioctl(descriptor, SHUTDOWN, NOW)
        os.close(descriptor)

    result = broken(shelf, root, pieces, beside, At(root, phase, 300, pull))

    assert not result.ok
    assert "the drive does not answer any more" in str(result.failure)
    assert "it goes on where it was" in str(result.failure)


@pytest.mark.parametrize("phase", ["copy", "read back", "seal"])
def test_a_mount_that_vanishes_lets_nothing_onto_our_disk(
    shelf, pieces, beside, drive_of, phase: Phase
) -> None:
    """`umount -l` under the writer, in each phase: the folder on our disk stays empty; mounted
    again, the same command goes on.
    """
    root = drive_of("ext4", 32 * MIB)
    device = subprocess.run(
        ["findmnt", "-no", "SOURCE", str(root)], capture_output=True, text=True, check=True
    ).stdout.strip()
    away = ["umount", "--lazy", str(root)]
    watch = At(root, phase, 300, lambda: subprocess.run(away, check=True))
    result = broken(shelf, root, pieces, beside, watch)

    assert "the drive is gone, or another lies there now" in str(result.failure)
    assert not root.is_mount()
    assert list(root.iterdir()) == []
    subprocess.run(["mount", device, str(root)], check=True)
    assert shelf.fill(shelf.job(root, None, shelf.bundle(1, pieces))).ok


def test_a_driver_that_dies(shelf, pieces, beside, faulty, tmp_path: Path) -> None:
    """A FUSE drive whose program ends in the middle (ENOTCONN); nothing lands in its folder."""
    root = faulty(tmp_path, "passing")

    def end() -> None:
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = process.read_bytes().split(b"\0")
            except OSError:
                continue
            if words[-2:-1] == [str(root).encode()] and b"passing" in words:
                os.kill(int(process.parent.name), 9)

    result = broken(shelf, root, pieces, beside, At(root, "copy", 2 * MIB, end))

    assert not result.ok
    assert "the drive" in str(result.failure)
    subprocess.run(["umount", "--lazy", str(root)], check=True)
    assert list(root.iterdir()) == []


def test_a_drive_that_lies_is_found_out(shelf, pieces, beside, faulty, tmp_path: Path) -> None:
    """A file system in Python that turns one bit in every long write: no piece is believed."""
    root = faulty(tmp_path, "lying")
    result = broken(shelf, root, pieces, beside, Watch())

    assert (result.ok, result.copied) == (False, 0)
    said = set(result.faults.values())
    assert said == {"the drive gives back other bytes than were written to it"}
    assert not (root / "tagmanifest-sha256.txt").exists()


def test_a_counterfeit_is_found_out(shelf, pieces, beside, faulty, tmp_path: Path) -> None:
    """A drive that says it has room and keeps only the first 5 MiB (file system in Python): what it
    kept is confirmed, all else is not, and it is not sealed.
    """
    root = faulty(tmp_path, "small", 5 * MIB)
    result = broken(shelf, root, pieces, beside, Watch())

    assert not result.ok
    assert (result.copied, len(result.faults)) in ((4, 8), (5, 7))


@pytest.mark.parametrize("kind", ["ext4", "exfat"])
def test_a_bit_that_flips_below_the_file_system_is_found(
    shelf, pieces, beside, drive_of, kind: str
) -> None:
    """One bit of one piece is turned in the image behind the loop device once all is synced: only
    a reading past every cache can see it, and it names exactly that piece.
    """
    root = drive_of(kind, 32 * MIB)
    image = root.with_suffix(".img")
    mark = (shelf.root / pieces[7].sha256).read_bytes()[4096:4128]

    def flip() -> None:
        with image.open("r+b") as file:
            place = file.read().index(mark)
            file.seek(place)
            file.write(bytes([mark[0] ^ 4]))

    watch = At(root, "read back", 0, flip)
    result = broken(shelf, root, pieces, beside, watch)

    assert list(result.faults) == ["data/秦腔/第7集.mp4"]
    assert result.copied == 11
    assert shelf.fill(shelf.job(root, None, shelf.bundle(1, pieces))).ok


def test_a_slow_drive_does_not_hold_the_others(
    shelf, pieces, memory: Path, faulty, tmp_path: Path
) -> None:
    """A file system in Python that needs 0.4 s for each MiB: the other is sealed long before, and
    the slow one is sealed too, by itself.
    """
    slow = faulty(tmp_path, "slow", 0.4)
    jobs = []
    for root in (slow, memory / "fast"):
        shelf.register(root)
        jobs.append(shelf.job(root, None, shelf.bundle(1, pieces)))
    watch = At(slow, "seal", 1 << 40, lambda: None)
    begun = time.monotonic()
    results = fill(jobs, shelf.place, watch=watch, patience=0.3)

    assert [one.ok for one in results] == [True, True]
    assert watch.slowed == [slow]
    fast = watch.ended[memory / "fast"] - begun
    assert fast < (watch.ended[slow] - begun) / 2


def test_a_drive_that_hangs_is_not_waited_for(
    shelf, pieces, beside, faulty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system in Python that never ends a write: the other drive is sealed, and this one's
    result says that it does not answer.
    """
    monkeypatch.setattr("pipeline.make.copying.DEAD", 1.0)
    root = faulty(tmp_path, "hanging")
    shelf.register(root)
    results = fill(
        [shelf.job(root, None, shelf.bundle(1, pieces)), beside], shelf.place, patience=0.2
    )

    assert [one.ok for one in results] == [False, True]
    assert "the drive has not answered" in str(results[0].failure)
