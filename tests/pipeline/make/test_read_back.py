"""Reading back: digests of what lies there, and a word on where they came from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.make import read_back as module
from pipeline.make import syncing
from pipeline.make.drive_job import weakest
from pipeline.make.medium import Medium
from pipeline.make.read_back import Backing, Proof, read_back
from pipeline.tools import NEVER, Stop, Stopped

DATA = {"a.mp4": os.urandom(1_300_001), "data/空.vtt": b"", "data/b.jpg": os.urandom(4096)}


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Medium]:
    (tmp_path / "data").mkdir()
    for path, data in DATA.items():
        (tmp_path / path).write_bytes(data)
    with Medium(tmp_path) as one:
        yield one


def test_files_are_read_as_they_lie_there(medium: Medium) -> None:
    """Digests and lengths, all bytes told as they come; what cannot be read says why."""
    heard: list[int] = []
    backing = Backing(medium)
    backing.sync(list(DATA), ("", "data"))
    found, whence = read_back(medium, backing, [*DATA, "data", "none"], NEVER, heard.append)

    for path, data in DATA.items():
        assert (found[path].sha256, found[path].bytes) == (
            hashlib.sha256(data).hexdigest(),
            len(data),
        )
    assert found["none"].fault and found["data"].fault
    assert sum(heard) == sum(map(len, DATA.values()))
    assert whence in ("device", "direct", "cache")


def test_a_wish_to_stop_is_heard(medium: Medium) -> None:
    """Between two pieces."""
    stop = Stop()
    stop.ask()

    with pytest.raises(Stopped):
        read_back(medium, Backing(medium), list(DATA), stop, lambda _bytes: None)


class Counted(Backing):
    """A device whose counter runs as the test says, and that keeps its copy."""

    told: Iterator[int]

    def count(self) -> int:
        return next(self.told)

    def forget(self) -> None:
        return None


@pytest.mark.parametrize(
    ("before", "after", "whence"),
    [
        (1000, 11_000, "device"),
        (1000, 10_600, "device"),  # 0.95 and more: tiny files lie in the tables of NTFS
        (1000, 10_400, "cache"),
        (1000, 1000, "cache"),
        (-1, -1, "cache"),
        (1000, -1, "cache"),
    ],
)
def test_only_the_counter_proves_the_device(
    medium: Medium, before: int, after: int, whence: str
) -> None:
    """So many bytes must have been read from it; without a counter nothing is proven."""
    backing = Counted(medium)
    backing.told = iter((before, after))

    assert Proof(backing).whence(10_000) == whence


def test_nothing_read_is_nothing_proven(medium: Medium) -> None:
    """No bytes, no proof."""
    backing = Counted(medium)
    backing.told = iter((5, 5))

    assert Proof(backing).whence(0) == "cache"


def test_without_a_counter_it_reads_beside_the_copy(
    medium: Medium, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O_DIRECT, where the file system can: the same digests, and not more is said than that."""
    try:
        os.close(medium.open("a.mp4", os.O_RDONLY | os.O_DIRECT))
    except OSError:
        pytest.skip("this file system cannot read beside its copy")
    monkeypatch.setattr(module, "_IN_MEMORY", set())
    backing = Counted(medium)
    backing.kind = "nfs"
    backing.told = iter([-1] * 9)
    found, whence = read_back(medium, backing, list(DATA), NEVER, lambda _bytes: None)

    assert whence == "direct"
    assert [found[path].sha256 for path in DATA] == [
        hashlib.sha256(data).hexdigest() for data in DATA.values()
    ]


def test_the_weakest_word_holds_for_all() -> None:
    """One file from a copy, and no more can be said of the drive."""
    assert weakest({"device"}) == "device"
    assert weakest({"device", "direct"}) == "direct"
    assert weakest({"device", "direct", "cache"}) == "cache"
    assert weakest(set()) == "cache"


def test_a_system_without_these_calls_goes_without(
    medium: Medium, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No syncfs, no sync_file_range: told, or silently left, and nothing breaks."""
    monkeypatch.setattr(syncing, "_call", lambda _name: None)
    with (tmp_path / "a.mp4").open("r+b") as file:
        syncing.push(file.fileno(), 2 * syncing.WINDOW)
        assert syncing.sync_all(file.fileno()) is False
    Backing(medium).sync(list(DATA), ("data",))


def test_syncing_what_is_no_file_system_is_an_error(tmp_path: Path) -> None:
    """A closed descriptor: the system's reason is passed on."""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    os.close(descriptor)

    with pytest.raises(OSError, match="Bad file descriptor"):
        syncing.sync_all(descriptor)
