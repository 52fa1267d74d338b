"""The lists of a drive as a stranger may have left them: limits, lines that name nothing, seals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.bundle import layout
from pipeline.bundle.bag import root, tag_files
from pipeline.bundle.bundle import Bundle, Offer, Piece
from pipeline.bundle.identity import Identity, write_identity
from pipeline.make.drive_lists import (
    Sealed,
    digest_of,
    expected_from,
    manifest_items,
    most_of,
    rewritten,
    seal_of,
    tag_findings,
)
from pipeline.make.medium import Medium
from pipeline.plan.steps import FromSource

DIGEST = hashlib.sha256(b"film").hexdigest()
FIRST = Bundle(
    "winter", 1, "", "HXD-T02", "HX-T02", "曲子镇", "环县支中心", "冬季资源包", date(2026, 11, 23),
    tuple(Piece(f"data/戏曲/{n}.mp4", 4, DIGEST, FromSource(DIGEST, ".mp4")) for n in range(3)),
    (Offer("P1", "三滴血", "戏曲", ()),),
)  # fmt: skip
IDENTITY = write_identity(Identity("HXD-T02", "HX-T02", "ab" * 16, date(2026, 11, 1), 10**9, "1A"))
TAGS = dict(tag_files(FIRST, b"<html>", IDENTITY, {}))
ROOT = root(TAGS[layout.TAG_MANIFEST])
LINE = b"a" * 64 + b"  "

Lay = Callable[[dict[str, bytes]], Medium]


@pytest.fixture
def lay(tmp_path: Path) -> Iterator[Lay]:
    """Lay the lists of a drive anew, some of them changed."""
    with Medium(tmp_path) as medium:

        def put(change: dict[str, bytes]) -> Medium:
            for path, data in (TAGS | change).items():
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_bytes(data)
            return medium

        yield put


def told(found: tuple[object, ...]) -> str:
    return "\n".join(map(str, found))


def test_what_was_written_is_read(lay: Lay) -> None:
    """Number, root, every file and the bytes of all."""
    found = expected_from(lay({}), ROOT)

    assert isinstance(found, Sealed)
    assert (found.number, found.root, found.bytes) == (1, ROOT, 12)
    assert {(one.name, one.sha256) for one in found.items} == {
        (one.path, one.sha256) for one in FIRST.pieces
    }


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\xff" * 70, "not written in UTF-8"),
        (b"nonsense\n", "name no file of the drive: 1"),
        (LINE + b"data/../../etc/passwd\n", "name no file of the drive: 1"),
        (LINE + b"/etc/passwd\n", "name no file of the drive: 1"),
        (LINE + b"C:/a\n", "name no file of the drive: 1"),
        (LINE + b"data/a\0b\n", "name no file of the drive: 1"),
        (b"\\" + LINE + b"data/a\\nb\n", "name no file of the drive: 1"),
        (LINE + b"data/a\n" + LINE + b"bagit.txt\n", "name no file of the drive: 2"),
        (b"\n" * 200_001, "more than 200000 lines"),
        (b" " * ((32 << 20) + 1), "is too long"),
    ],
)
def test_a_manifest_that_is_none_says_where(lay: Lay, data: bytes, fault: str) -> None:
    """What is wrong with it, and in which lines; a program that makes lists anew is no help."""
    medium = lay({layout.MANIFEST: data})

    assert fault in manifest_items(medium, layout.MANIFEST)[1]
    assert isinstance(expected_from(medium, ROOT), tuple)
    assert fault in told(tuple(rewritten(medium, Sealed(1, ROOT, ()))))


def test_windows_line_ends_are_read_under_another_root(lay: Lay) -> None:
    """An editor that changes line ends breaks the seal, yet the list can be read."""
    medium = lay({path: data.replace(b"\n", b"\r\n") for path, data in TAGS.items()})
    items, fault = manifest_items(medium, layout.MANIFEST)

    assert (len(items), fault) == (3, "")
    assert isinstance(expected_from(medium, ROOT), tuple)


def test_limits_are_told_before_reading() -> None:
    """Nobody reads a 4 GB bagit.txt to find that it is none."""
    assert most_of(layout.DECLARATION) == 64 << 10
    assert most_of(layout.MANIFEST) == most_of(f"{layout.NEXT}/{layout.MANIFEST}") == 32 << 20
    assert most_of(layout.record_path(3)) == 8 << 20


def test_the_longest_manifest_is_read(lay: Lay) -> None:
    """200,000 files, the most there may be."""
    lines = b"".join(LINE + f"data/戏曲/{n:06d}.mp4\n".encode() for n in range(200_000))
    items, fault = manifest_items(lay({layout.MANIFEST: lines}), layout.MANIFEST)

    assert (len(items), fault) == (200_000, "")


BITS = st.binary(max_size=12) | st.sampled_from(
    [b"\0", b"\n", b"\r", b"\xef\xbb\xbf", b"\xff", b"9" * 5000, b"data/../x", b"%0A", b"\\"]
)


@given(st.sampled_from(sorted(TAGS)), st.data())
@settings(
    max_examples=200,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_changed_list_never_hides(lay: Lay, name: str, data: st.DataObject) -> None:
    """Any list, spoiled anywhere: it is read without trouble, and what changed is found."""
    good = TAGS[name]
    start = data.draw(st.integers(0, len(good)))
    end = min(len(good), start + data.draw(st.integers(0, 40)))
    spoilt = good[:start] + data.draw(BITS | st.just(good[start:end] * 2)) + good[end:]
    medium = lay({name: spoilt})
    seal, there = seal_of(medium), dict.fromkeys(TAGS, 1)
    whole = seal is not None and seal.root == ROOT
    found = tuple(tag_findings(seal, there, digest_of(medium))) if seal and whole else ()

    assert (not whole or bool(found)) == (spoilt != good)
    assert whole == (name != layout.TAG_MANIFEST or spoilt == good)
    expected = expected_from(medium, ROOT)
    if isinstance(expected, Sealed):
        assert [one.name for one in expected.items] == sorted(one.path for one in FIRST.pieces)
    else:
        assert spoilt != good and str(expected[0]).isprintable()
