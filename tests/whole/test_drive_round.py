"""A drive from its first filling over a refresh to the next look: each part believes the others.

The parts are called as a verb calls them: look, plan, fill, check, look again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle import bag, layout
from pipeline.bundle.bundle import Bundle, Piece
from pipeline.bundle.identity import Identity, write_identity
from pipeline.bundle.receipt_code import receipt_code
from pipeline.bundle.verdict import Expectation, judge
from pipeline.make.check_drive import Expected, check_drive
from pipeline.make.drive_job import DriveJob
from pipeline.make.drive_lists import Sealed
from pipeline.make.fill_drive import fill
from pipeline.make.look_at_drive import Looked, look
from pipeline.make.medium import Medium
from pipeline.make.take_back import take_back
from pipeline.manifest import Item
from pipeline.plan.refresh import Refresh
from pipeline.plan.refreshing import refresh
from pipeline.plan.steps import FromSource

TODAY = date(2026, 11, 23)
WHO = Identity("HX-D001", "HX-0001", "1" * 32, date(2026, 10, 1), 0)
FIRST = {"data/戏曲/三滴血.mp4": b"opera" * 999, "data/农业/温棚黄瓜.mp4": b"farm" * 99}
SECOND = {"data/戏曲/三滴血.mp4": b"opera" * 999, "data/戏曲/火焰驹.mp4": b"horse" * 99}


class Centre:
    """A county with one drive: its library, its books, and what a verb does."""

    def __init__(self, folder: Path) -> None:
        self.library, self.root = folder / "library", folder / "drive"
        self.library.mkdir()
        self.books = Sealed(0, "", ())
        self.records: dict[str, bytes] = {}
        (self.root / "_delivery").mkdir(parents=True)
        (self.root / layout.IDENTITY).write_bytes(write_identity(WHO))

    def looked(self) -> Looked:
        with Medium(self.root) as medium:
            return look(medium, self.books.items)

    def bundle(self, files: Mapping[str, bytes]) -> Bundle:
        pieces = []
        for path, data in files.items():
            sha256 = hashlib.sha256(data).hexdigest()
            (self.library / sha256).write_bytes(data)
            pieces.append(Piece(path, len(data), sha256, FromSource(sha256, ".mp4")))
        number = self.books.number + 1
        return Bundle(
            f"e{number}", number, self.books.root, WHO.drive, WHO.site, "双城村", "环县图书馆",
            "冬季", TODAY, tuple(pieces), (),
        )  # fmt: skip

    def job(self, bundle: Bundle) -> DriveJob:
        plan = refresh(bundle, self.looked().holding)
        assert isinstance(plan, Refresh)
        tags = bag.tag_files(bundle, b"<!doctype html>", write_identity(WHO), self.records)
        code = bag.code_js(receipt_code(bag.root(tags[layout.TAG_MANIFEST])))
        return DriveJob(self.root, plan, tags, code)

    def filled(self, bundle: Bundle) -> DriveJob:
        job = self.job(bundle)
        done = fill([job], lambda one: self.library / getattr(one, "sha256", ""))[0]
        assert done.ok, done
        self.note(bundle, job)
        return job

    def note(self, bundle: Bundle, job: DriveJob) -> None:
        seal = bag.root(job.tags[layout.TAG_MANIFEST])
        items = tuple(Item(one.path, one.bytes, one.sha256) for one in bundle.pieces)
        self.books = Sealed(bundle.number, seal, items)
        self.records = {p: d for p, d in job.tags.items() if layout.record_number(p)}

    def expected(self) -> Expected:
        who = Expectation(
            WHO.drive, WHO.site, WHO.token, number=self.books.number, root=self.books.root
        )
        return Expected(self.books, who=who)

    def checked(self, depth: Any = "deep") -> list[tuple[str, str]]:
        with Medium(self.root) as medium:
            report = check_drive(medium, self.expected(), depth)
        return [(one.kind, one.path) for one in report.findings]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def test_the_life_of_a_drive(centre: Centre) -> None:
    """Registered, filled, checked, sent, brought home with people's files, refreshed, checked."""
    centre.filled(centre.bundle(FIRST))
    assert centre.checked() == []
    (centre.root / "婚礼.mp4").write_bytes(b"wedding")
    with Medium(centre.root) as medium:
        came = take_back(medium, centre.books.items, WHO.site, TODAY)
    assert [one.path for one in came.strangers] == ["婚礼.mp4"]

    job = centre.filled(centre.bundle(SECOND))
    assert [one.path for one in job.refresh.copied] == ["data/戏曲/火焰驹.mp4"]
    assert centre.checked() == centre.checked("quick") == []
    assert not (centre.root / "data/农业/温棚黄瓜.mp4").exists()
    assert (centre.root / "婚礼.mp4").read_bytes() == b"wedding"

    seen = centre.looked().seen
    assert (seen.number, seen.root) == (2, centre.books.root)
    assert judge(seen, centre.expected().who).kind == "known"
    again = centre.job(centre.bundle(SECOND)).refresh
    assert (again.copied, again.stale, again.needed) == ((), (), 0)


class Pulled(BaseException):
    """The command ends at once, as by kill -9, but in this process."""


@pytest.mark.parametrize("call", range(1, 60, 6))
def test_a_refresh_that_is_broken_off_anywhere_can_be_judged(
    centre: Centre, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended before any write, rename or removal: the check never calls a programme missing or
    altered, and after the same refresh again it finds nothing.
    """
    centre.filled(centre.bundle(FIRST))
    bundle = centre.bundle(SECOND)
    count = iter(range(1_000))
    for name in ("write_whole", "rename", "remove", "remove_empty"):
        monkeypatch.setattr(Medium, name, _until(getattr(Medium, name), count, call))
    job = centre.job(bundle)
    try:
        done = fill([job], lambda one: centre.library / getattr(one, "sha256", ""))[0]
    except Pulled:
        done = None
    monkeypatch.undo()
    coming = Sealed(2, bag.root(job.tags[layout.TAG_MANIFEST]), tuple(map(_item, bundle.pieces)))
    with Medium(centre.root) as medium:
        known = Expected(centre.books, coming)
        report = check_drive(medium, known, "deep")
        alone = check_drive(medium, Expected(centre.books), "deep")

    assert report.ok, report
    assert {one.kind for one in report.findings} <= {"under-way"}
    if centre.looked().seen.root != coming.root:  # then it is ahead of these books, and told so
        assert not {one.kind for one in alone.findings} & {"missing", "altered", "moved"}
    if done is None or not done.ok:
        centre.filled(bundle)
    else:
        centre.note(bundle, job)
    assert centre.checked() == []


def _item(one: Piece) -> Item:
    return Item(one.path, one.bytes, one.sha256)


def _until(real: Callable[..., Any], count: Any, last: int) -> Callable[..., Any]:
    def call(self: Medium, *words: Any, **more: Any) -> Any:
        if next(count) >= last:
            raise Pulled
        return real(self, *words, **more)

    return call
