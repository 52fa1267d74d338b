"""Files that are wholly there or not there, and what to say where a disk refuses."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from catalog.problem import Failure
from catalog.words import _


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def disk_told(doing: str) -> Iterator[None]:
    """Whatever the disk refuses meanwhile is a Failure while `doing` something; no bug of ours."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise full_disk(doing) from error
        raise Failure(
            doing,
            _("the disk refuses: {reason}").format(reason=error.strerror or error),
            _("see whether the disk is there and may be written to, and start again"),
        ) from error


def full_disk(doing: str) -> Failure:
    """What to say where the disk took no more."""
    happened = _("the disk is full")
    return Failure(doing, happened, _("make room on this disk, or choose another, and start again"))


@contextlib.contextmanager
def whole(path: Path) -> Iterator[FileIO]:
    """A file, unbuffered, that gets its name only when everything written to it is on the disk."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb", buffering=0) as file:
            yield file
            os.fsync(file.fileno())
        part.replace(path)
        sync(path.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that it is wholly there or not there, durably."""
    with whole(path) as file:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]
