"""What the county keeps of an edition: found again as it was, or not believed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.bundle import layout
from pipeline.bundle.bag import tag_files
from pipeline.bundle.bundle import Bundle, Offer, Piece, Watchable
from pipeline.drive_record import DriveRecord, find, keep
from pipeline.plan.steps import FromSource

MOVED = {"copied": 3, "kept": 2, "removed": 1}


def bundle(count: int = 2, number: int = 1, drive: str = "HD-001") -> Bundle:
    """What a drive holds: programmes of a video, a poster and subtitles."""
    pieces: list[Piece] = []
    offers = []
    for n in range(1, count + 1):
        stem = f"data/农业科技/温棚{n}"
        paths = [f"{stem}.mp4", f"{stem}.jpg", f"{stem}.vtt"]
        pieces += [
            Piece(path, 1_000 + n, hashlib.sha256(path.encode()).hexdigest(), FromSource("a", ""))
            for path in paths
        ]
        offers.append(
            Offer(f"HX-P{n:04}", f"温棚{n}", "农业科技", (Watchable("", 60.5, *paths),),
                  "说明", "农技站", "陇东", ("种植户",), (11, 12), ("黄瓜",), new=True)
        )  # fmt: skip
    return Bundle(
        f"winter-{drive}-{number}", number, "b" * 64 if number > 1 else "", drive, "QS-V001",
        "王河村", "清水县文化馆", "冬季", date(2026, 11, 23), tuple(pieces), tuple(offers),
    )  # fmt: skip


def kept(folder: Path, one: Bundle) -> DriveRecord:
    """An edition, written down."""
    return keep(folder, one, "winter", tag_files(one, b"<html>", b"{}", {}), MOVED)


def place(folder: Path, name: str, number: int = 1) -> Path:
    return folder / "HD-001" / f"{number:04}" / name


def test_an_edition_is_found_as_it_was_written(tmp_path: Path) -> None:
    """Every field of it, down to the marks on its page."""
    one = bundle()

    record = kept(tmp_path, one)
    found = find(tmp_path, "HD-001", 1, record.root)

    assert found == record == find(tmp_path, "HD-001", 1)
    assert found is not None
    assert (found.edition, found.recipe, found.on) == (one.edition, "winter", one.on)
    assert found.offers == one.offers
    assert [(i.name, i.bytes, i.sha256) for i in found.items] == [
        (p.path, p.bytes, p.sha256) for p in one.pieces
    ]
    assert (found.copied, found.kept, found.removed) == (3, 2, 1)
    assert found.programmes == ("HX-P0001", "HX-P0002")
    assert found.programme_of["data/农业科技/温棚2.vtt"] == "HX-P0002"
    assert len(found.programme_of) == 6


def test_writing_it_down_again_changes_nothing(tmp_path: Path) -> None:
    """The same edition has the same bytes."""
    kept(tmp_path, bundle())
    before = {name: place(tmp_path, name).read_bytes() for name in
              ("record.json", layout.TAG_MANIFEST)}  # fmt: skip

    kept(tmp_path, bundle())

    assert {name: place(tmp_path, name).read_bytes() for name in before} == before


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    """No drive, no number, another root, one of the two files gone."""
    record = kept(tmp_path, bundle())

    assert find(tmp_path, "HD-002", 1) is None
    assert find(tmp_path, "HD-001", 2) is None
    assert find(tmp_path, "HD-001", 1, "0" * 64) is None
    place(tmp_path, layout.TAG_MANIFEST).unlink()
    assert find(tmp_path, "HD-001", 1, record.root) is None
    kept(tmp_path, bundle())
    place(tmp_path, "record.json").unlink()
    assert find(tmp_path, "HD-001", 1, record.root) is None


def test_a_record_of_another_drive_or_edition_is_not_believed(tmp_path: Path) -> None:
    """A folder that was copied over another says whose it is."""
    kept(tmp_path, bundle())
    shutil.copytree(tmp_path / "HD-001" / "0001", tmp_path / "HD-002" / "0001")
    shutil.copytree(tmp_path / "HD-001" / "0001", tmp_path / "HD-001" / "0002")

    assert find(tmp_path, "HD-002", 1) is None
    assert find(tmp_path, "HD-001", 2) is None


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.data())
def test_no_altered_byte_is_believed(tmp_path: Path, data: st.DataObject) -> None:
    """Wherever it is, in the record or its seal."""
    record = kept(tmp_path, bundle())
    name = data.draw(st.sampled_from(["record.json", layout.TAG_MANIFEST]))
    whole = place(tmp_path, name).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 2))  # the last ends a line
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != whole[at]))

    place(tmp_path, name).write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])

    assert find(tmp_path, "HD-001", 1) is None
    assert find(tmp_path, "HD-001", 1, record.root) is None


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, Change] = {
    "an item's digest": lambda said: said["items"][0].update(sha256="0" * 64),
    "an item's name": lambda said: said["items"][0].update(name="data/x.mp4"),
    "an item's bytes": lambda said: said["items"][0].update(bytes=7),
    "an item gone": lambda said: said["items"].pop(),
    "a programme": lambda said: said["offers"][0].update(programme="HX-P9999"),
    "the order of programmes": lambda said: said["offers"].reverse(),
    "a path of a programme": lambda said: said["offers"][0]["episodes"][0].update(video="data/x"),
    "the number": lambda said: said.update(number=2),
    "the day": lambda said: said.update(on="2026-11-24"),
    "the edition": lambda said: said.update(edition="other"),
    "the root": lambda said: said.update(root="0" * 64),
    "the drive's own record": lambda said: said.update(record=said["record"] + " "),
    "another key": lambda said: said.update(more=1),
    "a key less": lambda said: said.pop("offers"),
    "no list": lambda said: said.update(items=3),
    "no text": lambda said: said.update(record=3),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_the_seal_covers_is_not_believed_even_with_a_new_check_sum(
    tmp_path: Path, what: str
) -> None:
    """Somebody who writes the check sum anew cannot write the seal anew."""
    kept(tmp_path, bundle())
    path = place(tmp_path, "record.json")
    head, body = path.read_bytes().splitlines()
    said = json.loads(body)
    CHANGES[what](said)
    new = json.dumps(said, ensure_ascii=False).encode()
    told = json.loads(head) | {"sha256": hashlib.sha256(new).hexdigest()}

    path.write_bytes(json.dumps(told).encode() + b"\n" + new + b"\n")

    assert find(tmp_path, "HD-001", 1) is None


@pytest.mark.parametrize(
    "junk", [b"", b"3", b"[]", b'"x"\n{}', b"{}\n{}", b"\xff\xfe\n", b"[" * 100_000, b"null\nnull"]
)
def test_junk_in_the_place_of_a_record_is_none(tmp_path: Path, junk: bytes) -> None:
    """A folder that anything may have been copied into."""
    kept(tmp_path, bundle())

    place(tmp_path, "record.json").write_bytes(junk)

    assert find(tmp_path, "HD-001", 1) is None


def test_editions_stand_side_by_side(tmp_path: Path) -> None:
    """Each in a folder of its own number; a lone surrogate in a description does no harm."""
    first = kept(tmp_path, bundle())
    odd = bundle(number=2)
    odd = replace(odd, offers=(replace(odd.offers[0], description="\udc80"), *odd.offers[1:]))

    second = kept(tmp_path, odd)

    assert find(tmp_path, "HD-001", 1) == first
    assert find(tmp_path, "HD-001", 2) == second


def test_a_drive_of_ten_thousand_files_is_kept_and_found(tmp_path: Path) -> None:
    """All of them, as they were."""
    record = kept(tmp_path, bundle(3_400))

    found = find(tmp_path, "HD-001", 1, record.root)

    assert found == record
    assert len(record.items) == 10_200
