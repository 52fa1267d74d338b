"""What the tests that fill drives share: sources, editions, drives of several file systems, and a
judge that reads a drive by its own manifests alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from pipeline.bundle.bundle import Bundle, Piece
from pipeline.make.drive_job import DriveJob, Filled, Watch
from pipeline.make.fill_drive import fill
from pipeline.manifest import Item, read_sums, write_sums
from pipeline.plan.refresh import Refresh, Round
from pipeline.plan.steps import FromSource, Input

SEAL = "tagmanifest-sha256.txt"
CODE = b'window.XIAXIANG = {"code": "7K3M-9QXA-T"};\n'
IDENTITY = b'{"drive": "HXD-T01"}\n'


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Shelf:
    """Sources by their digest, and the pieces, editions and jobs that come of them."""

    root: Path
    opened: list[str] = field(default_factory=list)

    def piece(self, path: str, data: bytes) -> Piece:
        name = digest(data)
        place = self.root / name
        if not place.exists():
            place.write_bytes(data)
        return Piece(path, len(data), name, FromSource(name, ".mp4"))

    def place(self, one: Input) -> Path:
        assert isinstance(one, FromSource)
        self.opened.append(one.sha256)
        return self.root / one.sha256

    def bundle(self, number: int, pieces: Sequence[Piece], previous: str = "") -> Bundle:
        return Bundle(
            f"e{number}", number, previous, "HXD-T01", "T01", "曲子镇", "环县图书馆", "冬季",
            date(2026, 11, 23), tuple(pieces), (),
        )  # fmt: skip

    def tags(self, bundle: Bundle) -> dict[str, bytes]:
        sums = write_sums(Item(one.path, one.bytes, one.sha256) for one in bundle.pieces)
        tags = {
            "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": f"External-Identifier: {bundle.edition}\n".encode(),
            "manifest-sha256.txt": sums.encode(),
            "开始.html": f"<!doctype html><title>{bundle.edition}</title>".encode(),
            "_delivery/drive.json": IDENTITY,
        }
        for number in range(1, bundle.number + 1):
            tags[f"_delivery/editions/{number:04d}.json"] = f'{{"number": {number}}}\n'.encode()
        listed = write_sums(Item(path, len(data), digest(data)) for path, data in tags.items())
        return tags | {SEAL: listed.encode()}

    def lay(self, root: Path, bundle: Bundle) -> None:
        """Have an edition lie on a drive, as if it had been filled long ago."""
        for piece in bundle.pieces:
            place = root / piece.path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / piece.sha256, place)
        self.write(root, {**self.tags(bundle), "_delivery/code.js": b"old"})

    def register(self, root: Path) -> None:
        self.write(root, {"_delivery/drive.json": IDENTITY})

    def write(self, root: Path, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)

    def job(
        self, root: Path, before: Bundle | None, after: Bundle, rounds: Sequence[Round] = ()
    ) -> DriveJob:
        """A refresh side by side, or in the rounds that are given."""
        old = {(one.path, one.sha256): one for one in before.pieces} if before else {}
        kept = tuple(one for one in after.pieces if (one.path, one.sha256) in old)
        copied = tuple(one for one in after.pieces if (one.path, one.sha256) not in old)
        names = {item.name for one in rounds for item in one.removed}
        stale = tuple(
            Item(one.path, one.bytes, one.sha256)
            for key, one in old.items()
            if one not in kept and one.path not in names
        )
        plan = Refresh(after, tuple(rounds) or (Round((), copied),), kept, stale, 0)
        return DriveJob(root, plan, self.tags(after), CODE)

    def fill(self, *jobs: DriveJob, watch: Watch | None = None, patience: float = 5.0) -> Filled:
        """Fill drives; the result of the first."""
        return fill(jobs, self.place, watch=watch, patience=patience)[0]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    root = tmp_path / "library"
    root.mkdir()
    return Shelf(root)


def files_below(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): digest(path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and "lost+found" not in path.parts
    }


@pytest.fixture(scope="session")
def files() -> Callable[[Path], dict[str, str]]:
    """Digests of all that lies on a drive, by path."""
    return files_below


def whole_by(root: Path, below: Path) -> str:
    """The edition by whose own manifests a drive is whole, read without any code of ours that
    fills; "" where it is not.
    """
    try:
        tags = sums_of(below / SEAL)
        if not all(digest((below / path).read_bytes()) == one for path, one in tags.items()):
            return ""
        payload = sums_of(below / "manifest-sha256.txt")
        if not all(digest((root / path).read_bytes()) == one for path, one in payload.items()):
            return ""
        return (below / "bag-info.txt").read_text("utf-8").split(": ")[1].strip()
    except OSError:
        return ""


def sums_of(path: Path) -> dict[str, str]:
    items, bad = read_sums(path.read_text("utf-8"))
    assert not bad
    return {item.name: item.sha256 for item in items}


@pytest.fixture(scope="session")
def judge() -> Callable[[Path], str]:
    """The edition that a drive holds whole: by the tag files under way where those are a whole set,
    else by those that have the seal; "" for none.
    """

    def look(root: Path) -> str:
        return whole_by(root, root / "_delivery/next") or whole_by(root, root)

    return look


@pytest.fixture(scope="session")
def exactly() -> Callable[[DriveJob], dict[str, str]]:
    """What must lie on a drive after a job, and nothing else, by path and digest."""

    def wanted(job: DriveJob) -> dict[str, str]:
        tags = {path: digest(data) for path, data in job.tags.items()}
        pieces = {one.path: one.sha256 for one in job.refresh.bundle.pieces}
        return dict(sorted((tags | pieces | {"_delivery/code.js": digest(CODE)}).items()))

    return wanted


# -- drives of several file systems ---------------------------------------------------------------


def ran(*words: str) -> None:
    """Run a program. One that is not installed is a failure in CI, elsewhere a skip; one that this
    kernel or this container does not let do its work is a skip that says so.
    """
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    except OSError as error:
        missing(f"{words[0]}: {error}")
    if done.returncode:
        pytest.skip(f"{words[0]}: {done.stderr.strip()}")


def missing(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


MAKERS = {
    "ext4": ("mkfs.ext4", "-q", "-O", "^has_journal", "-m", "0"),
    "exfat": ("mkfs.exfat",),
    "ntfs": ("mkfs.ntfs", "-q", "-F", "-f"),
}
MOUNTERS = {
    "ext4": ("mount",),
    "exfat": ("mount.exfat-fuse",),
    "ntfs": ("ntfs-3g",),
}


@contextmanager
def loop_drive(folder: Path, kind: str, size: int, *options: str) -> Iterator[Path]:
    image, place = folder / f"{kind}.img", folder / kind
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(size)
    ran(*MAKERS[kind], *options, str(image))
    done = subprocess.run(["losetup", "-f", "--show", str(image)], capture_output=True, text=True)
    if done.returncode:
        missing(f"no loop device: {done.stderr.strip()}")
    device = done.stdout.strip()
    try:
        ran(*MOUNTERS[kind], device, str(place))
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)
    finally:
        subprocess.run(["losetup", "-d", device], capture_output=True, check=False)


@pytest.fixture
def drive_of() -> Iterator[Callable[..., Path]]:
    """Make and mount a drive of a kind (ext4, exfat, ntfs) and size, on a loop device."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        count = iter(range(100))

        def make(kind: str, size: int, *options: str, folder: Path = folder) -> Path:
            below = folder / str(next(count))
            below.mkdir()
            return stack.enter_context(loop_drive(below, kind, size, *options))

        yield make


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, where syncs cost nothing: the order of calls is what counts there."""
    parent = "/dev/shm" if Path("/dev/shm").is_dir() else None
    folder = Path(tempfile.mkdtemp(dir=parent))
    yield folder
    with suppress(OSError):
        shutil.rmtree(folder)


# -- drives that misbehave, as a file system of ours -----------------------------------------------

# Passes everything through to a folder, but for one thing that it does badly: `slow` sleeps for
# each MiB written, `lying` turns a bit in every write of 64 KiB and more, `small` keeps nothing
# after so many bytes in all, as a counterfeit does, `hanging` never ends a write.
FUSE_CHILD = """
import os, sys, threading, time
from fuse import FUSE, Operations
fault, much, back, place = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
class Passing(Operations):
    kept = 0
    def at(self, path): return back + path
    def getattr(self, path, fh=None):
        told = os.lstat(self.at(path))
        names = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size",
                 "st_uid", "st_ino")
        return {name: getattr(told, name) for name in names}
    def readdir(self, path, fh): return [".", "..", *os.listdir(self.at(path))]
    def mkdir(self, path, mode): return os.mkdir(self.at(path), mode)
    def rmdir(self, path): return os.rmdir(self.at(path))
    def unlink(self, path): return os.unlink(self.at(path))
    def rename(self, old, new): return os.rename(self.at(old), self.at(new))
    def statfs(self, path):
        told = os.statvfs(back)
        return {name: getattr(told, name) for name in dir(told) if name.startswith("f_")}
    def open(self, path, flags): return os.open(self.at(path), flags)
    def create(self, path, mode, fi=None):
        return os.open(self.at(path), os.O_RDWR | os.O_CREAT, mode)
    def truncate(self, path, length, fh=None): os.truncate(self.at(path), length)
    def read(self, path, size, offset, fh): return os.pread(fh, size, offset)
    def write(self, path, data, offset, fh):
        if fault == "slow": time.sleep(much * len(data) / (1 << 20))
        if fault == "hanging" and "/parts/" in path: threading.Event().wait()
        keep = data
        if fault == "lying" and len(data) >= 65536: keep = bytes([data[0] ^ 1]) + data[1:]
        if fault == "small" and self.kept > much: keep = bytes(len(data))
        self.kept += len(data)
        os.pwrite(fh, keep, offset)
        return len(data)
    def fsync(self, path, datasync, fh): return 0
    def release(self, path, fh): return os.close(fh)
    def utimens(self, path, times=None): os.utime(self.at(path), times)
FUSE(Passing(), place, foreground=True, big_writes=True, fsname="faulty")
"""


@pytest.fixture
def faulty() -> Iterator[Callable[..., Path]]:
    """Mount a drive with a fault: its name, how much of it, and the folder behind it."""
    begun = []

    def make(folder: Path, fault: str, much: float = 0) -> Path:
        if importlib.util.find_spec("fuse") is None:
            missing("fusepy is not installed")
        why = "" if Path("/dev/fuse").exists() else "there is no /dev/fuse"
        back, place = folder / f"{fault}-behind", folder / fault
        back.mkdir(parents=True)
        place.mkdir()
        words = [sys.executable, "-c", FUSE_CHILD, fault, str(much), str(back), str(place)]
        process = None if why else subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        begun.append((process, place))
        until = time.monotonic() + 10
        while process and not os.path.ismount(place):
            if process.poll() is not None or time.monotonic() > until:
                why = process.stderr.read() if process.poll() is not None else "no answer"
                break
            time.sleep(0.02)
        if why:
            pytest.skip(f"a file system of our own: {why}")
        return place

    yield make
    for process, place in begun:
        subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)
        if process:
            process.kill()
            process.communicate(timeout=10)
