"""The journal of a refresh under way: torn, forged or stale, it confirms only what is there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.make import journal
from pipeline.make.journal import Confirmed, UnderWay
from pipeline.make.medium import Medium
from pipeline.manifest import Item


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Medium]:
    with Medium(tmp_path) as one:
        yield one


def noted(root: Path, path: str, data: bytes = b"film") -> Confirmed:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return Confirmed(path, len(data), "5" * 64, place.stat().st_mtime_ns, "device")


def test_what_was_noted_is_read_again(medium: Medium, tmp_path: Path) -> None:
    """Two notes, one after the other; Chinese names as they are."""
    one, two = noted(tmp_path, "data/秦腔.mp4"), noted(tmp_path, "data/b.mp4")
    journal.append(medium, [one])
    journal.append(medium, [two])

    assert journal.read(medium) == {one.path: one, two.path: two}
    assert journal.stands(medium, one.path, one)


def test_a_torn_line_loses_only_itself(medium: Medium, tmp_path: Path) -> None:
    """Killed while noting: what was noted before and after counts."""
    one, two, three = (noted(tmp_path, f"data/{name}") for name in "abc")
    journal.append(medium, [one, two])
    place = tmp_path / journal.JOURNAL
    os.truncate(place, place.stat().st_size - 20)
    journal.append(medium, [three])

    assert list(journal.read(medium)) == [one.path, three.path]


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "7",
        "{",
        "[" * 100_000,
        json.dumps({"path": "../a", "bytes": 1, "sha256": "", "mtime_ns": 1}),
        json.dumps({"path": "/a", "bytes": 1, "sha256": "", "mtime_ns": 1}),
        json.dumps({"path": "a", "bytes": True, "sha256": "", "mtime_ns": 1}),
        json.dumps({"path": ["a"], "bytes": 1, "sha256": "", "mtime_ns": 1}),
        json.dumps({"path": "a", "bytes": 1, "sha256": "", "mtime_ns": 1, "whence": "heaven"}),
        json.dumps({"path": "a", "bytes": 1, "sha256": "", "mtime_ns": 1, "more": 1}),
    ],
)
def test_a_line_that_is_none_is_passed_over(medium: Medium, tmp_path: Path, line: str) -> None:
    """Whatever somebody wrote into it, nothing is raised and nothing is believed."""
    (tmp_path / "_delivery/next").mkdir(parents=True)
    (tmp_path / journal.JOURNAL).write_text(line + "\n", "utf-8")

    assert journal.read(medium) == {}


def test_a_file_that_changed_is_not_confirmed(medium: Medium, tmp_path: Path) -> None:
    """Another length, or another time by more than FAT's two seconds; or a folder, or nothing."""
    one = noted(tmp_path, "data/a.mp4")
    place = tmp_path / one.path
    os.utime(place, ns=(0, one.mtime_ns + 1_900_000_000))
    assert journal.stands(medium, one.path, one)
    os.utime(place, ns=(0, one.mtime_ns + 3_000_000_000))
    assert not journal.stands(medium, one.path, one)
    place.write_bytes(b"films")
    os.utime(place, ns=(0, one.mtime_ns))
    assert not journal.stands(medium, one.path, one)
    place.unlink()
    assert not journal.stands(medium, one.path, one)
    assert not journal.stands(medium, one.path, None)


def test_a_planner_is_told_what_lies_there(medium: Medium, tmp_path: Path) -> None:
    """Confirmed files at their places, bytes of partial ones, and whether tag files are whole."""
    assert journal.under_way(medium) is None
    one = noted(tmp_path, "data/a.mp4")
    journal.append(medium, [one, Confirmed("data/gone.mp4", 4, "6" * 64, 1)])
    noted(tmp_path, f"{journal.PARTS}/0123", b"half")

    expected = UnderWay((Item("data/a.mp4", 4, "5" * 64),), 4, False)
    assert journal.under_way(medium) == expected


def test_a_note_of_somebody_else_is_not_believed(tmp_path: Path) -> None:
    """With a secret, notes without its mark, or with that of another drive, are passed over."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.mp4").write_bytes(b"a")
    when = (tmp_path / "data" / "a.mp4").stat().st_mtime_ns
    one = Confirmed("data/a.mp4", 1, "0" * 64, when)
    for secret, believed in ((b"", False), (b"another", False), (b"ours", True)):
        (tmp_path / journal.JOURNAL).unlink(missing_ok=True)
        with Medium(tmp_path, secret) as medium:
            journal.append(medium, [one])
        with Medium(tmp_path, b"ours") as medium:
            assert bool(journal.read(medium)) == believed
            told = journal.under_way(medium)

        assert told is not None
        assert bool(told.confirmed) == believed
