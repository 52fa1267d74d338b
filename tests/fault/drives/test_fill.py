"""Drives that are filled: what lies there afterwards, in which order it came, and what is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from catalog.problem import Failure
from pipeline import tools
from pipeline.make.drive_job import DriveJob, Filled, Phase, Watch
from pipeline.make.fill_drive import fill
from pipeline.make.medium import Medium
from pipeline.manifest import Item
from pipeline.plan.refresh import Round

Exactly = Callable[[DriveJob], dict[str, str]]
Files = Callable[[Path], dict[str, str]]


@pytest.fixture
def two(shelf, tmp_path: Path):
    """Two editions that share a file, and a drive on which the first lies."""
    same = shelf.piece("data/戏曲/三滴血.mp4", os.urandom(700_000))
    first = shelf.bundle(1, [same, shelf.piece("data/农业/旧.mp4", os.urandom(300_000))])
    new = [shelf.piece("data/农业/新.mp4", os.urandom(1_300_000)), shelf.piece("data/空.vtt", b"")]
    second = shelf.bundle(2, [same, *new], "r1")
    root = tmp_path / "drive"
    root.mkdir()
    shelf.lay(root, first)
    return root, first, second


def test_a_blank_drive_is_filled(shelf, tmp_path: Path, files: Files, exactly: Exactly) -> None:
    """All pieces, all tag files, the code; nothing of the work is left."""
    shelf.register(tmp_path)
    pieces = [shelf.piece(f"data/戏曲/第{n}集.mp4", os.urandom(n * 200_000)) for n in range(4)]
    root = tmp_path / "drive"
    shelf.register(root)
    job = shelf.job(root, None, shelf.bundle(1, pieces))
    result = shelf.fill(job)

    assert (result.ok, result.failure, result.faults) == (True, None, {})
    assert (result.copied, result.kept, result.removed, result.bytes) == (4, 0, 0, 1_200_000)
    assert files(root) == exactly(job)
    assert not (root / "_delivery/next").exists()


def test_an_edition_takes_the_place_of_another(shelf, two, files: Files, exactly: Exactly) -> None:
    """What stays is not written again, what is stale goes with its folder, people's files stay."""
    root, first, second = two
    shelf.write(root, {"照片/合影.jpg": b"people", "_delivery/feedback/需求-1.json": b"{}"})
    stood = (root / "data/戏曲/三滴血.mp4").stat().st_ino
    job = shelf.job(root, first, second)
    result = shelf.fill(job)
    there = files(root)

    assert (result.ok, result.copied, result.kept, result.removed) == (True, 2, 1, 1)
    assert there.pop("照片/合影.jpg") and there.pop("_delivery/feedback/需求-1.json")
    assert there == exactly(job)
    assert (root / "data/戏曲/三滴血.mp4").stat().st_ino == stood


def test_the_same_again_changes_nothing(shelf, two) -> None:
    """A drive that has the edition is looked at, and not one byte of a piece is read or copied."""
    root, first, second = two
    assert shelf.fill(shelf.job(root, first, second)).ok
    stood = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    shelf.opened.clear()
    again = shelf.fill(shelf.job(root, second, second))

    assert (again.ok, again.copied, again.kept, shelf.opened) == (True, 0, 3, [])
    assert {p: p.stat().st_mtime_ns for p in root.rglob("*") if p.is_file()} == stood


def test_each_source_is_read_once_for_all_drives(shelf, tmp_path: Path, files: Files) -> None:
    """Four drives of which each wants other pieces: every source is opened once."""
    pieces = [shelf.piece(f"data/{n}.mp4", os.urandom(600_000)) for n in range(5)]
    jobs = []
    for number in range(4):
        root = tmp_path / f"d{number}"
        shelf.register(root)
        mine = [one for place, one in enumerate(pieces) if place != number]
        jobs.append(shelf.job(root, None, shelf.bundle(1, mine)))
    results = fill(jobs, shelf.place)

    assert [result.ok for result in results] == [True] * 4
    assert sorted(shelf.opened) == sorted(one.sha256 for one in pieces)
    assert [len([p for p in files(j.root) if p.startswith("data/")]) for j in jobs] == [4] * 4


class Recorded(Medium):
    """A medium that notes what is done to it."""

    done: ClassVar[list[tuple[str, str]]] = []

    def open(self, path: str, flags: int = os.O_RDONLY, mode: int = 0o644) -> int:
        if flags & os.O_CREAT:
            self.done.append(("write", path))
        elif not path.endswith(".part"):
            self.done.append(("read", path))
        return super().open(path, flags, mode)

    def rename(self, old: str, new: str, *, sync: bool = True) -> None:
        self.done.append(("rename", new))
        super().rename(old, new, sync=sync)

    def remove(self, path: str) -> None:
        if self.stat(path) is not None:
            self.done.append(("remove", path))
        super().remove(path)


def test_the_order_is_that_of_the_promise(shelf, two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy, read back, journal, name; tag files under way; page; stale; tag files, seal last."""
    root, first, second = two
    Recorded.done.clear()
    monkeypatch.setattr("pipeline.make.fill_drive.Medium", Recorded)
    assert shelf.fill(shelf.job(root, first, second)).ok
    done, place = Recorded.done, Recorded.done.index
    parts = [step[1] for step in done if step[0] == "write" and "/parts/" in step[1]]
    journal = place(("write", "_delivery/next/confirmed.jsonl"))
    order = [
        place(("write", parts[-1])),
        place(("read", parts[0])),
        journal,
        place(("rename", "data/农业/新.mp4")),
        place(("rename", "_delivery/next/tagmanifest-sha256.txt")),
        place(("rename", "开始.html")),
        place(("remove", "data/农业/旧.mp4")),
        place(("rename", "bag-info.txt")),
        place(("rename", "tagmanifest-sha256.txt")),
        place(("rename", "_delivery/code.js")),
        place(("remove", "_delivery/next/tagmanifest-sha256.txt")),
    ]

    assert len(parts) == 2
    assert order == sorted(order)
    assert max(i for i, step in enumerate(done) if step == ("read", parts[1])) < journal
    last = [new for kind, new in done if kind == "rename" and not new.startswith("_delivery/")]
    assert last[-1] == "tagmanifest-sha256.txt"


def test_a_source_that_changed_fails_its_piece_on_all_drives_alone(
    shelf, tmp_path: Path, files: Files
) -> None:
    """The file is named; other pieces are confirmed, the edition is not sealed; mended, the same
    command reads only what was not confirmed.
    """
    good = shelf.piece("data/a.mp4", os.urandom(900_000))
    bad = shelf.piece("data/b.mp4", os.urandom(900_000))
    right = (shelf.root / bad.sha256).read_bytes()
    (shelf.root / bad.sha256).write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    jobs = []
    for name in "xy":
        shelf.register(tmp_path / name)
        jobs.append(shelf.job(tmp_path / name, None, shelf.bundle(1, [bad, good])))
    results = fill(jobs, shelf.place)

    for result in results:
        assert (result.ok, result.copied) == (False, 1)
        assert bad.sha256 in result.faults["data/b.mp4"]
        assert "1 files are missing" in str(result.failure)
        assert not (result.root / "data/b.mp4").exists()
        assert not (result.root / "tagmanifest-sha256.txt").exists()
    (shelf.root / bad.sha256).write_bytes(right)
    shelf.opened.clear()
    again = fill(jobs, shelf.place)
    assert [(one.ok, one.resumed) for one in again] == [(True, 1)] * 2
    assert shelf.opened == [bad.sha256]


def test_nothing_is_written_over_what_lies_at_a_place(shelf, tmp_path: Path) -> None:
    """A person's file where a piece should go stays, and is told."""
    shelf.register(tmp_path)
    shelf.write(tmp_path, {"data/a.mp4": b"theirs"})
    job = shelf.job(tmp_path, None, shelf.bundle(1, [shelf.piece("data/a.mp4", b"ours")]))
    result = shelf.fill(job)

    assert result.faults == {"data/a.mp4": "something else lies there"}
    assert (tmp_path / "data/a.mp4").read_bytes() == b"theirs"


def test_what_lies_at_its_place_unconfirmed_is_read_again(shelf, tmp_path: Path) -> None:
    """The same bytes are taken as they are; others of the same length are somebody's."""
    shelf.register(tmp_path)
    one, two = (shelf.piece(f"data/{n}.mp4", os.urandom(200_000)) for n in "ab")
    data = (shelf.root / two.sha256).read_bytes()
    shelf.write(tmp_path, {"data/a.mp4": (shelf.root / one.sha256).read_bytes()})
    shelf.write(tmp_path, {"data/b.mp4": b"x" + data[1:]})
    result = shelf.fill(shelf.job(tmp_path, None, shelf.bundle(1, [one, two])))

    assert (result.copied, shelf.opened) == (1, [])
    assert list(result.faults) == ["data/b.mp4"]


def test_a_stale_file_that_is_another_by_now_stays(shelf, two) -> None:
    """Only the given files go, and only in the length that the books know."""
    root, first, second = two
    (root / "data/农业/旧.mp4").write_bytes(b"somebody's own")
    result = shelf.fill(shelf.job(root, first, second))

    assert (result.ok, result.removed, result.left) == (True, 0, ("data/农业/旧.mp4",))
    assert (root / "data/农业/旧.mp4").read_bytes() == b"somebody's own"


def test_another_drive_than_the_planned_one_is_not_written_to(shelf, two, files: Files) -> None:
    """The identity on the drive is not the plan's: not one byte changes."""
    root, first, second = two
    shelf.write(root, {"_delivery/drive.json": b'{"drive": "HXD-T02"}\n'})
    before = files(root)
    result = shelf.fill(shelf.job(root, first, second))

    assert "not the drive that was planned for" in str(result.failure)
    assert files(root) == before


@pytest.mark.parametrize("path", ["_delivery/next", "_delivery/next/parts", "data", "data/戏曲"])
def test_a_link_on_the_drive_leads_nothing_out_of_it(shelf, tmp_path: Path, path: str) -> None:
    """A folder of ours that is a link to one of this computer: refused, nothing lands there."""
    root, outside = tmp_path / "drive", tmp_path / "outside"
    outside.mkdir()
    shelf.register(root)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).symlink_to(outside)
    job = shelf.job(root, None, shelf.bundle(1, [shelf.piece("data/戏曲/a.mp4", b"film")]))
    result = shelf.fill(job)

    assert not result.ok
    assert list(outside.iterdir()) == []


def test_a_drive_that_is_named_twice_is_filled_once(shelf, two) -> None:
    """The second name of one drive is a failure of its own; the first is filled."""
    root, first, second = two
    job = shelf.job(root, first, second)
    again = shelf.job(root / ".." / root.name, first, second)
    results = fill([job, again], shelf.place)

    assert [one.ok for one in results] == [True, False]
    assert "it is the same drive as" in str(results[1].failure)


def test_a_path_without_a_drive_does_not_hold_the_others(shelf, two, tmp_path: Path) -> None:
    """What cannot be opened is told; the others are filled."""
    root, first, second = two
    results = fill(
        [shelf.job(tmp_path / "none", first, second), shelf.job(root, first, second)], shelf.place
    )

    assert [one.ok for one in results] == [False, True]
    assert "the drive cannot be opened" in str(results[0].failure)


def test_told_to_stop_it_keeps_what_is_confirmed(shelf, two, files: Files, exactly) -> None:
    """Stopped in the middle: the edition before is whole, and the same again ends well."""
    root, first, second = two
    stop = tools.Stop()

    class Stopping(Watch):
        def progress(self, root: Path, phase: Phase, bytes: int) -> None:
            if phase == "copy":
                stop.ask()

    job = shelf.job(root, first, second)
    with pytest.raises(tools.Stopped):
        fill([job], shelf.place, stop, Stopping())
    there = files(root)
    assert there.items() >= {one.path: one.sha256 for one in first.pieces}.items()
    assert shelf.fill(job).ok
    assert files(root) == exactly(job)


def test_a_watch_hears_all_bytes_of_all_phases(shelf, two) -> None:
    """What is told adds up to what was said to come; sealed comes before the end."""
    root, first, second = two
    said: dict[str, int] = {}
    heard: dict[str, int] = {}
    ends: list[tuple[str, bool]] = []

    class Listening(Watch):
        def begins(self, root: Path, phase: Phase, total: int) -> None:
            said[phase] = said.get(phase, 0) + total

        def progress(self, root: Path, phase: Phase, bytes: int) -> None:
            heard[phase] = heard.get(phase, 0) + bytes

        def sealed(self, filled: Filled) -> None:
            ends.append(("sealed", (filled.root / "_delivery/next/confirmed.jsonl").exists()))

        def ends(self, filled: Filled) -> None:
            ends.append(("ends", filled.ok))

    shelf.fill(shelf.job(root, first, second), watch=Listening())

    assert said == heard
    assert said["copy"] == said["read back"] == 1_300_000
    assert ends == [("sealed", True), ("ends", True)]


def test_books_that_cannot_be_written_leave_the_journal(shelf, two) -> None:
    """What is raised while the books are written is this drive's failure, and nothing is lost."""
    root, first, second = two

    class Broken(Watch):
        def sealed(self, filled: Filled) -> None:
            raise Failure("writing the books", "the disk is full")

    result = shelf.fill(shelf.job(root, first, second), watch=Broken())

    assert (result.ok, str(result.failure)) == (False, "writing the books — the disk is full")
    assert (root / "_delivery/next/confirmed.jsonl").exists()
    assert shelf.fill(shelf.job(root, first, second)).ok


# -- too small for both editions ------------------------------------------------------------------


@pytest.fixture
def swap(shelf, tmp_path: Path):
    """Programmes that change places one by one, and the job for it."""
    old = [shelf.piece(f"data/旧{n}.mp4", os.urandom(200_000)) for n in range(3)]
    new = [shelf.piece(f"data/新{n}.mp4", os.urandom(200_000)) for n in range(3)]
    first, second = shelf.bundle(1, old), shelf.bundle(2, new, "r1")
    rounds = [
        Round((Item(a.path, a.bytes, a.sha256),), (b,)) for a, b in zip(old, new, strict=True)
    ]
    root = tmp_path / "drive"
    root.mkdir()
    shelf.lay(root, first)
    return root, shelf.job(root, first, second, rounds), old, new


def test_programmes_change_places_one_by_one(shelf, swap, files: Files, exactly: Exactly) -> None:
    """Before each removal the page offers only what stays, and the copy before is confirmed."""
    root, job, _old, _new = swap
    pages: list[tuple[str, ...]] = []

    def page(there: tuple[str, ...]) -> bytes:
        assert all((root / path).is_file() for path in there)
        pages.append(tuple(sorted(path[-6:-4] for path in there)))
        return "\n".join(there).encode()

    result = shelf.fill(DriveJob(root, job.refresh, job.tags, job.code_js, None, page))

    assert result.ok and result.removed == 3
    assert pages == [("旧1", "旧2"), ("新0", "旧2"), ("新0", "新1")]
    assert files(root) == exactly(job)


def test_nothing_more_is_removed_once_a_copy_fails(shelf, swap) -> None:
    """A source that is not there stops the rounds before its removal, not after."""
    root, job, old, new = swap
    (shelf.root / new[1].sha256).unlink()
    result = shelf.fill(job)

    assert not result.ok
    assert "nothing more is taken off this drive" in str(result.failure)
    assert [(root / one.path).exists() for one in old] == [False, True, True]
    assert (root / new[0].path).exists()


def test_a_drive_that_swaps_reads_with_those_that_do_not(shelf, swap, tmp_path: Path) -> None:
    """A drive in rounds and one without: each source is still read once."""
    _root, job, _old, new = swap
    other = tmp_path / "other"
    shelf.register(other)
    results = fill([shelf.job(other, None, shelf.bundle(1, list(reversed(new)))), job], shelf.place)

    assert [one.ok for one in results] == [True, True]
    # Once to be read, and once to look at before anything is removed for it.
    assert max(map(shelf.opened.count, shelf.opened)) == 2
