"""Drives of every file system: filled, refreshed, read back from the device itself."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.make.drive_job import Phase, Watch
from pipeline.make.fill_drive import fill
from pipeline.make.medium import Medium
from pipeline.make.read_back import Backing
from pipeline.tools import Stop, Stopped

MIB = 1 << 20
MOUNTERS = {"ext4": ["mount"], "exfat": ["mount.exfat-fuse"], "ntfs": ["ntfs-3g"]}
NAMES = (
    "data/戏曲/秦腔《三滴血》全本：虎口缘、花园卖水.mp4",
    "data/农业/温棚黄瓜（第１集）.mp4",
    "data/农业/温棚黄瓜（第１集）.vtt",
    "data/健康/" + "长" * 70 + ".mp4",
)


class Counting(Watch):
    """Notes the device's own counter when reading back begins and when sealing begins."""

    def __init__(self, device: int) -> None:
        self.counter = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat")
        self.before = self.after = 0

    def count(self) -> int:
        return int(self.counter.read_text().split()[2]) * 512

    def begins(self, root: Path, phase: Phase, total: int) -> None:
        if phase == "read back":
            self.before = self.count()
        elif phase == "seal":
            self.after = self.count()


@pytest.fixture
def editions(shelf):
    """Two editions in long Chinese names, with large and tiny files."""
    chance = random.Random(7)
    sizes = (5 * MIB + 1, 3 * MIB, 700, 2 * MIB)
    first = [shelf.piece(n, chance.randbytes(s)) for n, s in zip(NAMES, sizes, strict=True)]
    second = [*first[:2], shelf.piece("data/少儿/a.mp4", chance.randbytes(4 * MIB))]
    return shelf.bundle(1, first), shelf.bundle(2, second, "r1")


@pytest.mark.parametrize("kind", ["ext4", "exfat", "ntfs"])
def test_a_drive_is_filled_refreshed_and_read_from_its_device(
    shelf, editions, drive_of, files, exactly, kind: str
) -> None:
    """A loop device: what is confirmed came from the device, by the kernel's own counter, which is
    read here independently; after the refresh exactly the new edition lies there.
    """
    root = drive_of(kind, 48 * MIB)
    shelf.register(root)
    first, second = editions
    for before, after in ((None, first), (first, second)):
        counting = Counting(root.stat().st_dev)
        job = shelf.job(root, before, after)
        result = shelf.fill(job, watch=counting)

        assert result.ok, result
        assert result.confirmed == "device"
        assert counting.after - counting.before >= result.bytes
        assert files(root) == exactly(job)


@pytest.mark.parametrize("kind", ["ext4", "exfat", "ntfs"])
def test_unplugged_before_the_seal_and_plugged_in_again_nothing_is_copied_twice(
    shelf, editions, drive_of, files, exactly, kind: str
) -> None:
    """Stopped when all is confirmed, unmounted and mounted anew: times of files hold through that,
    no source is opened and no piece is read back a second time.
    """
    root = drive_of(kind, 48 * MIB)
    shelf.register(root)
    job = shelf.job(root, None, editions[0])
    stop = Stop()

    class Stopping(Watch):
        def progress(self, root: Path, phase: Phase, bytes: int) -> None:
            if phase == "seal":
                stop.ask()

    with pytest.raises(Stopped):
        fill([job], shelf.place, stop, Stopping())
    find = ["findmnt", "-no", "SOURCE", str(root)]
    device = subprocess.run(find, capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(["umount", str(root)], check=True)
    subprocess.run([*MOUNTERS[kind], device, str(root)], check=True)
    shelf.opened.clear()
    counting = Counting(root.stat().st_dev)
    again = shelf.fill(job, watch=counting)

    assert (again.ok, again.resumed, again.confirmed) == (True, 4, "device")
    assert (shelf.opened, counting.before) == ([], 0)
    assert files(root) == exactly(job)


def test_without_dropping_its_cache_nothing_comes_from_an_exfat_device(
    shelf, editions, drive_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why a re-read is no verification on FUSE: the driver's copy answers. We then say so."""
    root = drive_of("exfat", 48 * MIB)
    shelf.register(root)
    monkeypatch.setattr(Backing, "forget", lambda _self: None)
    counting = Counting(root.stat().st_dev)
    result = shelf.fill(shelf.job(root, None, editions[0]), watch=counting)

    assert counting.after - counting.before < result.bytes / 2
    assert (result.ok, result.confirmed) == (True, "cache")


def test_in_memory_nothing_is_claimed(shelf, editions, memory: Path) -> None:
    """A folder in memory has no device: the bytes were compared, and more is not said."""
    shelf.register(memory)
    result = shelf.fill(shelf.job(memory, None, editions[0]))

    assert (result.ok, result.confirmed) == (True, "cache")


def test_the_weakest_confirmation_is_told(shelf, editions, drive_of) -> None:
    """What an interrupted run confirmed keeps its word, through the journal."""
    root = drive_of("ext4", 48 * MIB)
    shelf.register(root)
    job = shelf.job(root, None, editions[0])
    assert shelf.fill(job).ok
    one = job.refresh.copied[0]
    told = (root / one.path).stat()
    line = (
        f'{{"path": "{one.path}", "bytes": {one.bytes}, "sha256": "{one.sha256}", '
        f'"mtime_ns": {told.st_mtime_ns}, "whence": "cache"}}\n'
    )
    shelf.write(root, {"_delivery/next/confirmed.jsonl": line.encode()})
    again = shelf.fill(job)

    assert (again.ok, again.resumed, again.confirmed) == (True, 4, "cache")


def test_what_was_written_fits_a_fat32_drive(
    shelf, editions, tmp_path: Path, peer: Callable[[str], str], exactly, files
) -> None:
    """No FAT driver is here: what a drive holds goes into a FAT32 image by mtools; fsck.vfat finds
    nothing to mend, and the names and bytes that come out are those that went in.
    """
    root, out, image = tmp_path / "drive", tmp_path / "out", tmp_path / "fat.img"
    shelf.register(root)
    job = shelf.job(root, None, editions[0])
    assert shelf.fill(job).ok
    out.mkdir()
    with image.open("wb") as file:
        file.truncate(64 * MIB)
    surroundings = os.environ | {"LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "1"}
    tops = sorted(str(path) for path in root.iterdir())
    for words in (
        [peer("mkfs.vfat"), "-F", "32", str(image)],
        [peer("mcopy"), "-i", str(image), "-s", *tops, "::"],
        [peer("fsck.vfat"), "-n", str(image)],
        [peer("mcopy"), "-i", str(image), "-s", "-n", "::*", str(out)],
    ):
        done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)

    assert files(out) == exactly(job)


def test_the_device_under_a_drive_is_found(drive_of) -> None:
    """The kind and the counter of a FUSE drive on a block device are those of the device."""
    root = drive_of("exfat", 16 * MIB)
    with Medium(root) as medium:
        backing = Backing(medium)

        assert backing.through_fuse
        assert backing.device.startswith("/dev/loop")
        assert backing.count() > 0
