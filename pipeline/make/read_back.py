"""Reading files back from a drive, and showing where their bytes came from.

After a copy the system still has the bytes in memory, and reading them proves nothing. So its copy
is dropped first, and the device's own counter tells whether it was read. Through FUSE (exFAT, NTFS)
the driver reads through another copy, that of the block device: it is dropped too, where we may.
The counter counts everybody's reading: it shows that the bytes did come from the device only where
nobody else reads so much from it at that time, which holds for a drive that is being filled.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.make.drive_job import Whence
from pipeline.make.hash_files import PIECE, RING, Hashed, Progress, hash_files
from pipeline.make.medium import Medium
from pipeline.make.syncing import sync_all
from pipeline.make.volume import mount_of
from pipeline.tools import Stop, Stopped

COUNTERS = Path("/sys/dev/block")
_SECTOR = 512
_READ = 2  # place of the sectors read in a device's line of counters
_ENOUGH = 0.95  # of the bytes: the smallest files of NTFS lie in its own tables
_BLKFLSBUF = 0x1261
_IN_MEMORY = {"tmpfs", "ramfs", "overlay"}


class Backing:
    """The device under a medium, as far as it can be found and asked."""

    def __init__(self, medium: Medium) -> None:
        mount = mount_of(medium.root)
        self._medium = medium
        self.kind = mount.kind if mount else ""
        self.device = mount.source if mount and mount.source.startswith("/dev/") else ""
        self._counter = _counter(medium.device, self.device)
        # A folder that stands for a drive shares its file system: syncing that whole would wait
        # for everybody's files.
        self._whole = bool(mount and mount.point == os.path.realpath(medium.root))

    @property
    def through_fuse(self) -> bool:
        """Whether a driver outside of the kernel stands between the files and the device."""
        return self.kind.startswith("fuse")

    def count(self) -> int:
        """Bytes read from the device since it is there; -1 where nothing counts."""
        try:
            return int(self._counter.read_text().split()[_READ]) * _SECTOR if self._counter else -1
        except (OSError, ValueError, IndexError):
            return -1

    def sync(self, paths: Sequence[str], folders: Sequence[str] = ()) -> None:
        """Wait until these files, and the names in these folders, are on the device. Raises OSError
        where they cannot be.
        """
        with self._medium.folder("") as root:
            if self._whole and not self.through_fuse and sync_all(root):
                return
        for path in paths:
            with _opened(self._medium, path) as descriptor:
                os.fsync(descriptor)
        for folder in folders:
            self._medium.sync_folder(folder)
        self._flush(os.fsync)

    def forget(self) -> None:
        """Drop the system's copy of the block device, through which a FUSE driver reads."""
        self._flush(_dropped)

    def _flush(self, how: Callable[[int], None]) -> None:
        if not self.device or not self.through_fuse:
            return
        # Only root may open the device; without it nothing is shown, and nothing claimed.
        with contextlib.suppress(OSError):
            descriptor = os.open(self.device, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                how(descriptor)
            finally:
                os.close(descriptor)


def _counter(number: int, device: str) -> Path | None:
    """Where the counters of a device are: of the file system's own number, or of its source."""
    with contextlib.suppress(OSError):
        for one in (number, os.stat(device).st_rdev if device else 0):  # noqa: PTH116
            place = COUNTERS / f"{os.major(one)}:{os.minor(one)}" / "stat"
            if one and place.is_file():
                return place
    return None


def _dropped(descriptor: int) -> None:
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    with contextlib.suppress(OSError):
        fcntl.ioctl(descriptor, _BLKFLSBUF)


@contextlib.contextmanager
def _opened(medium: Medium, path: str, flags: int = 0) -> Iterator[int]:
    descriptor = medium.open(path, os.O_RDONLY | flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class Proof:
    """From its making on, what is read of a drive comes from its device, if `whence` says so."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing
        backing.forget()
        self._before = backing.count()

    def whence(self, bytes: int) -> Whence:
        """Where so many bytes came from that were read meanwhile: "device" or "cache"."""
        now = self._backing.count()
        read = now - self._before
        shown = min(self._before, now) >= 0 and bytes > 0 and read >= bytes * _ENOUGH
        return "device" if shown else "cache"


def read_back(
    medium: Medium,
    backing: Backing,
    paths: Sequence[str],
    stop: Stop,
    progress: Progress,
    *,
    pieces: int = RING,
) -> tuple[dict[str, Hashed], Whence]:
    """What the device holds of files that were synced, by path, and whether it was the device.

    A file that cannot be read is told in its answer. Raises Failure where the drive is gone. With
    fewer `pieces` it takes less memory: many drives are read at once.
    """
    proof = Proof(backing)
    found = {one.path: one for one in hash_files(medium, paths, stop, progress, pieces=pieces)}
    whence = proof.whence(_bytes(found))
    if whence == "device" or backing.through_fuse or backing.kind in _IN_MEMORY or not found:
        return found, whence
    return _directly(medium, backing, found, stop)


def _directly(
    medium: Medium, backing: Backing, found: dict[str, Hashed], stop: Stop
) -> tuple[dict[str, Hashed], Whence]:
    """The same once more where the system would not let go of its copy, or nothing counts: reading
    beside it, where the file system can.
    """
    proof = Proof(backing)
    again = {}
    try:
        for path, one in found.items():
            again[path] = one if one.fault else _direct(medium, path, stop)
    except OSError:
        return found, "cache"
    return again, "direct" if backing.count() < 0 else proof.whence(_bytes(again))


def _direct(medium: Medium, path: str, stop: Stop) -> Hashed:
    digest, done = hashlib.sha256(), 0
    with _opened(medium, path, os.O_DIRECT) as descriptor, mmap.mmap(-1, PIECE) as page:
        while count := os.readv(descriptor, [page]):
            if stop.asked:
                raise Stopped
            with memoryview(page) as view:
                digest.update(view[:count])
            done += count
    return Hashed(path, done, digest.hexdigest())


def _bytes(found: dict[str, Hashed]) -> int:
    return sum(max(one.bytes, 0) for one in found.values())
