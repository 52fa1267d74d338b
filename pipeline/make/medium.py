"""The files of a drive, held by its root folder: no path out of it, no link followed.

Every path is walked from an open root, a folder at a time, without following links. A drive that
was pulled, or another that was put in its place, is noticed (`still_there`): writing by path would
go on into the empty mount point, on the disk of this computer (measured.md).
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from catalog.problem import Failure
from catalog.words import _

MOST_FOUND = 200_000  # files and folders that are walked before giving up
DEEPEST = 32
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Found:
    """One thing on a medium. `kind`: file, folder, link, closed (a folder that may not be looked
    into: told beside the folder itself), or other (devices, pipes).
    """

    path: str
    kind: str
    bytes: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of a file system: in all, free for us, and what files are rounded up to."""

    capacity: int
    free: int
    cluster: int


class Medium:
    """A mounted drive (or any folder that stands for one). Use it in a `with`. `secret`: what only
    the county knows of this drive, by which it knows its own notes again; empty: none is asked for.
    """

    def __init__(self, root: Path, secret: bytes = b"") -> None:
        self.root = root
        self.secret = secret
        try:
            self._fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise Failure(
                str(root),
                _("the drive cannot be opened: {reason}").format(reason=error.strerror),
                _("see whether it is plugged in and mounted there"),
            ) from error
        self._stood = _identity(os.fstat(self._fd))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._fd)

    @property
    def device(self) -> int:
        """The number of the device (`st_dev`) that the drive's root lies on."""
        return self._stood[0]

    def still_there(self) -> None:
        """Raise Failure where the path leads to another file system by now, or nowhere."""
        try:
            now = _identity(self.root.stat())
        except OSError:
            now = (-1, -1)
        if now != self._stood:
            raise Failure(
                str(self.root),
                _("the drive is gone, or another lies there now"),
                _("plug it in again and repeat the command: it goes on where it was"),
            )

    def room(self) -> Room:
        """How much the file system holds and has free."""
        told = os.fstatvfs(self._fd)
        return Room(told.f_blocks * told.f_frsize, told.f_bavail * told.f_frsize, told.f_frsize)

    @contextlib.contextmanager
    def folder(self, path: str, make: bool = False) -> Iterator[int]:
        """A descriptor of a folder below the root ("" is the root). Raises OSError where a part is
        missing (unless `make`), a link, or no folder.
        """
        at = os.dup(self._fd)
        try:
            for name in _parts(path):
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(name, dir_fd=at)
                inner = os.open(name, _FOLDER, dir_fd=at)
                os.close(at)
                at = inner
            yield at
        finally:
            os.close(at)

    def open(self, path: str, flags: int = os.O_RDONLY, mode: int = 0o644) -> int:
        """A descriptor of a file below the root; links are never followed, pipes never waited for.
        Folders on the way are made where the file may be created.
        """
        above, name = _split(path)
        with self.folder(above, make=bool(flags & os.O_CREAT)) as at:
            flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            return os.open(name, flags, mode, dir_fd=at)

    def stat(self, path: str) -> os.stat_result | None:
        """What is there, without following a link; None where nothing is."""
        above, name = _split(path)
        try:
            with self.folder(above) as at:
                return os.stat(name, dir_fd=at, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def size(self, path: str) -> int:
        """Bytes of a plain file; -1 where there is none."""
        found = self.stat(path)
        return found.st_size if found and stat.S_ISREG(found.st_mode) else -1

    def read(self, path: str, most: int) -> bytes:
        """The whole of a small plain file. Raises OSError; ValueError where it has more bytes."""
        descriptor = self.open(path)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ValueError(_("{path} is no file").format(path=path))
            data = file.read(most + 1)
        if len(data) > most:
            raise ValueError(_("{path} is too long").format(path=path))
        return data

    def write_whole(self, path: str, data: bytes) -> None:
        """Write a small file so that it is wholly there or not there, durably."""
        part = f"{path}.part"
        self.remove(part)  # rather than writing into it: it may be a second name of another file
        with os.fdopen(self.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self.rename(part, path)

    def rename(self, old: str, new: str, *, sync: bool = True) -> None:
        """Give a file another name, durably unless who calls syncs many names at once; what bore
        the new name is gone.
        """
        (above, name), (below, named) = _split(old), _split(new)
        with self.folder(above) as source, self.folder(below, make=True) as target:
            os.rename(name, named, src_dir_fd=source, dst_dir_fd=target)
            if sync:
                _synced(target)
            if sync and above != below:
                _synced(source)

    def remove(self, path: str) -> None:
        """Take a file away; nothing happens where it is gone already. Never a folder's contents."""
        above, name = _split(path)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), self.folder(above) as at:
            os.unlink(name, dir_fd=at)

    def remove_empty(self, path: str) -> None:
        """Take a folder away if nothing is in it."""
        above, name = _split(path)
        with contextlib.suppress(OSError), self.folder(above) as at:
            os.rmdir(name, dir_fd=at)

    def sync_folder(self, path: str) -> None:
        """Wait until the names in a folder are on the drive."""
        with self.folder(path) as at:
            _synced(at)

    def walk(self, below: str = "") -> Iterator[Found]:
        """Everything below a folder, in no order, links told and not followed. Stops silently at
        `DEEPEST` folders; raises Failure after `MOST_FOUND` things.
        """
        count = 0
        waiting = [(below, 0)]
        while waiting:
            folder, depth = waiting.pop()
            try:
                found = list(self._listed(folder))
            except (FileNotFoundError, NotADirectoryError):
                continue
            except PermissionError:
                if folder != "lost+found":  # ext4's own, of which only root may know more
                    yield Found(folder, "closed")
                continue
            for one in found:
                count += 1
                if count > MOST_FOUND:
                    raise Failure(
                        str(self.root),
                        _("there are more than {count} files").format(count=MOST_FOUND),
                        _("this is no drive of ours, or somebody keeps other things on it"),
                    )
                if one.kind == "folder" and depth < DEEPEST:
                    waiting.append((one.path, depth + 1))
                yield one

    def _listed(self, folder: str) -> Iterator[Found]:
        with self.folder(folder) as at, os.scandir(at) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                yield _found(entry, path)


def _found(entry: os.DirEntry[str], path: str) -> Found:
    try:
        told = entry.stat(follow_symlinks=False)
    except OSError:
        return Found(path, "other")
    if stat.S_ISREG(told.st_mode):
        return Found(path, "file", told.st_size, told.st_mtime_ns)
    if stat.S_ISDIR(told.st_mode):
        return Found(path, "folder")
    return Found(path, "link" if stat.S_ISLNK(told.st_mode) else "other")


def _identity(told: os.stat_result) -> tuple[int, int]:
    return told.st_dev, told.st_ino


def _parts(path: str) -> list[str]:
    parts = path.split("/") if path else []
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ValueError(f"no path below a root: {path!r}")
    return parts


def _split(path: str) -> tuple[str, str]:
    parts = _parts(path)
    if not parts:
        raise ValueError("the root itself is no file")
    return "/".join(parts[:-1]), parts[-1]


def _synced(descriptor: int) -> None:
    # Some file systems (FAT through FUSE) know no fsync of a folder: nothing more can be done.
    with contextlib.suppress(OSError):
        os.fsync(descriptor)
