"""The workroom: wholly there or not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.durable import write_whole
from pipeline.workroom import Made, MadeFile, Workroom


def make(room: Workroom, key: str, data: bytes = b"streams") -> Made:
    with room.bench(key) as bench:
        (bench / "out" / "a.m1v").write_bytes(data)
        return room.keep(Made(key, (MadeFile("a.m1v", len(data)),)), bench)


@pytest.fixture
def room(tmp_path: Path) -> Workroom:
    return Workroom(tmp_path / "workroom")


def test_what_is_kept_is_found(room: Workroom) -> None:
    """A kept result is found by its key, and nothing else lies about."""
    made = make(room, "k1")

    assert room.find("k1") == made
    assert room.path("k1", "a.m1v").read_bytes() == b"streams"
    assert [p.name for p in room.root.iterdir()] == ["k1"]


def test_a_bench_that_fails_leaves_nothing(room: Workroom) -> None:
    """What was half-made goes away with the error."""
    with pytest.raises(OSError, match="full"), room.bench("k1") as bench:
        (bench / "out" / "a.m1v").write_bytes(b"half")
        raise OSError("full")

    assert list(room.root.iterdir()) == []
    assert room.find("k1") is None


def test_a_result_that_was_shortened_is_not_believed(room: Workroom) -> None:
    """A file that lost bytes makes the whole result count as not made; it can be made again."""
    make(room, "k1")
    room.path("k1", "a.m1v").write_bytes(b"str")

    assert room.find("k1") is None
    assert make(room, "k1") == room.find("k1")


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"key": "k2", "files": []}', b"\xff"])
def test_a_damaged_record_is_not_believed(room: Workroom, damage: bytes) -> None:
    """Whatever stands in the record, reading it never fails and never lies."""
    make(room, "k1")
    (room.root / "k1" / "made.json").write_bytes(damage)

    assert room.find("k1") is None


def test_the_second_of_two_makers_throws_its_own_away(room: Workroom) -> None:
    """Two may make the same thing: the place is taken by the first, whole."""
    with room.bench("k1") as second:
        (second / "out" / "a.m1v").write_bytes(b"streams")
        first = make(room, "k1")
        room.keep(Made("k1", (MadeFile("a.m1v", 7),)), second)

    assert room.find("k1") == first
    assert [p.name for p in room.root.iterdir()] == ["k1"]


def test_sweeping_takes_away_what_killed_runs_left(room: Workroom) -> None:
    """Benches of the dead go, finished results stay."""
    made = make(room, "k1")
    (room.root / ".part-dead-1-0" / "out").mkdir(parents=True)
    room.sweep()

    assert [p.name for p in room.root.iterdir()] == ["k1"]
    assert room.find("k1") == made


def test_forgetting_takes_a_result_away(room: Workroom) -> None:
    """What an edition holds, the workroom lets go of."""
    make(room, "k1")
    room.forget("k1")

    assert list(room.root.iterdir()) == []


def test_a_small_file_is_written_whole(tmp_path: Path) -> None:
    """The new text takes the old one's place in one step; no part is left."""
    place = tmp_path / "edition.json"
    write_whole(place, b"old")
    write_whole(place, json.dumps({"a": 1}).encode())

    assert [p.name for p in tmp_path.iterdir()] == ["edition.json"]
    assert json.loads(place.read_bytes()) == {"a": 1}
