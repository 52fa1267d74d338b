"""What a returned drive brings is read within limits; nothing on it is changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.circulation.entries import Requested
from pipeline.bundle.feedback import Feedback
from pipeline.bundle.receipt_code import receipt_code
from pipeline.make import take_back as module
from pipeline.make.medium import Medium
from pipeline.make.take_back import Receipt, TakenBack, read_receipt, take_back

Lay = Callable[..., Any]
TODAY = date(2026, 12, 20)
CODE = receipt_code("7" * 64)
FILES = {"data/戏曲/三滴血.mp4": b"opera" * 100}


@pytest.fixture
def drive(tmp_path: Path, sealed_drive: Lay) -> Any:
    return sealed_drive(tmp_path / "d", FILES)


def wish(text: str) -> bytes:
    entry = {"entry": "request", "on": "2026-12-01", "text": text, "asked_by": "王大爷"}
    told = {"xiaxiang": "feedback", "version": 1, "drive": "HX-D001", "entries": [entry]}
    return json.dumps(told, ensure_ascii=False).encode()


def save(drive: Any, path: str, data: bytes) -> Path:
    place = Path(drive.root) / "_delivery" / path
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    return place


def back(drive: Any, seen: frozenset[str] = frozenset()) -> TakenBack:
    with Medium(drive.root) as medium:
        return take_back(medium, drive.items, "HX-0001", TODAY, seen)


def state(root: Path) -> dict[str, object]:
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_size, path.lstat().st_ino)
        for path in root.rglob("*")
        if not path.is_dir()
    }


def test_feedback_and_receipts_come_back_as_values(drive: Any) -> None:
    """A request counts for the caller's site; a receipt gives its code as it is written."""
    save(drive, "feedback/需求-20261201-0900.json", wish("想看秦腔"))
    told = {"code": CODE.lower().replace("-", " "), "by": "李支书", "on": "2026-12-02"}
    save(drive, "receipts/签收.json", json.dumps(told).encode())
    came = back(drive)

    assert came.unread == ()
    request, receipt = (one.said for one in came.brought)
    assert isinstance(request, Feedback)
    assert isinstance(request.entries[0], Requested)
    assert (request.entries[0].site, request.entries[0].text) == ("HX-0001", "想看秦腔")
    name = "_delivery/receipts/签收.json"
    assert receipt == Receipt(name, CODE, "李支书", date(2026, 12, 2))


def test_nothing_on_the_drive_is_changed(drive: Any) -> None:
    """Neither what is read, nor what cannot be, nor what people added."""
    save(drive, "feedback/a.json", wish("想看秦腔"))
    save(drive, "feedback/b.json", b"no json")
    (drive.root / "照片.jpg").write_bytes(b"x")
    before = state(drive.root)
    back(drive)

    assert state(drive.root) == before


def test_what_was_taken_in_before_is_not_taken_in_again(drive: Any) -> None:
    """Files stay on the drive: the books know them by their digests."""
    data = wish("想看秦腔")
    save(drive, "feedback/a.json", data)
    save(drive, "feedback/b.json", wish("想看电影"))
    came = back(drive, frozenset({hashlib.sha256(data).hexdigest()}))

    assert came.seen == 1
    assert [one.file for one in came.brought] == ["_delivery/feedback/b.json"]


def test_what_people_added_is_listed_with_its_day(drive: Any) -> None:
    """By name, length and day; a day that cannot be is none."""
    place = drive.root / "照片/合影.jpg"
    place.parent.mkdir()
    place.write_bytes(b"photo")
    os.utime(place, (0, 1_796_083_200))  # 2026-12-01
    came = back(drive)

    assert [(one.path, one.bytes, one.on) for one in came.strangers] == [
        ("照片/合影.jpg", 5, date(2026, 12, 1))
    ]
    assert came.strange_bytes == 5


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.json", b"no json", "not written as the page of a drive writes it"),
        ("a.json", b"[" * 100_000, "not written as the page of a drive writes it"),
        ("a.json", b"\xff" * 20, "not written as the page of a drive writes it"),
        ("a.json", b" " * (256 * 1024 + 1), "is too long"),
        ("a.json.crdownload", b"{", "only files that the page saved"),
        ("a.zip", b"PK\x03\x04", "only files that the page saved"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_stays(
    drive: Any, name: str, data: bytes, why: str
) -> None:
    """With its name and the reason; the others are read."""
    bad = save(drive, f"feedback/{name}", data)
    save(drive, "feedback/z.json", wish("想看秦腔"))
    came = back(drive)

    assert [one.file for one in came.unread] == [f"_delivery/feedback/{name}"]
    assert why in came.unread[0].wrong
    assert len(came.brought) == 1
    assert bad.read_bytes() == data


def test_links_and_pipes_for_feedback_are_not_read(drive: Any, tmp_path: Path) -> None:
    """A link may lead to the librarian's own files, a pipe waits for ever: both are told."""
    (tmp_path / "private.json").write_bytes(wish("secret"))
    save(drive, "feedback/a.json", wish("想看秦腔"))
    folder = drive.root / "_delivery/feedback"
    (folder / "b.json").symlink_to(tmp_path / "private.json")
    os.mkfifo(folder / "c.json")
    came = back(drive)

    assert [one.file for one in came.brought] == ["_delivery/feedback/a.json"]
    assert {one.kind for one in came.dangers} == {"link", "device"}
    assert {one.path for one in came.strangers} == {
        "_delivery/feedback/b.json", "_delivery/feedback/c.json",
    }  # fmt: skip


def test_only_the_newest_files_are_read(drive: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a thousand (three here) are no village's work: the rest is counted."""
    monkeypatch.setattr(module, "MOST_FILES", 3)
    for number in range(5):
        place = save(drive, f"feedback/{number}.json", wish(f"片子{number}"))
        os.utime(place, (0, 1_796_000_000 - number))
    came = back(drive)

    assert [Path(one.file).name for one in came.brought] == ["0.json", "1.json", "2.json"]
    assert [one.wrong for one in came.unread] == ["2 more files lie there than are read at once"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"code": "7K3M-9QXA-U", "by": "李", "on": "2026-12-02"}, ""),
        ({"code": CODE, "by": "李", "on": "2027-01-01"}, "2027-01-01 cannot be the day"),
        ({"code": CODE, "by": "李", "on": "1999-12-31"}, "1999-12-31 cannot be the day"),
        ({"code": CODE, "by": "李", "on": "yesterday"}, "yesterday is no day"),
        ({"code": CODE, "by": 7, "on": "2026-12-02"}, "7 is no text"),
        ({"code": CODE, "on": "2026-12-02"}, "this key is missing"),
        ({"code": CODE, "by": "李", "on": "2026-12-02", "x": 1}, "this key is not known here"),
        ([CODE], "is not the format"),
        (None, "is not the format"),
    ],
)
def test_a_receipt_that_is_wrong_is_refused_with_the_reason(told: object, why: str) -> None:
    """Every mistake is told, none is taken in."""
    found = read_receipt(json.dumps(told).encode(), "a.json", TODAY)

    assert isinstance(found, tuple)
    assert why in found[0].wrong


def test_a_receipt_may_name_its_format() -> None:
    """As a program writes it, and as a hand does."""
    told = {"code": CODE, "by": "李 支书", "on": "2026-12-02"}
    named = {"format": "xiaxiang receipt 1", **told}
    found = [read_receipt(json.dumps(one).encode(), "a.json", TODAY) for one in (told, named)]

    assert found == [Receipt("a.json", CODE, "李 支书", date(2026, 12, 2))] * 2
