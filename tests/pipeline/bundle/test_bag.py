"""The tag files of a drive, held against bagit-python and `sha256sum -c`."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import bagit
import pytest

from pipeline.bundle import layout
from pipeline.bundle.arranging import WantedPath, arranged
from pipeline.bundle.bag import bag_info, code_js, root, tag_files
from pipeline.bundle.bundle import Bundle, Offer, Piece
from pipeline.bundle.identity import Identity, write_identity
from pipeline.plan.steps import FromSource

# Titles with everything that BagIt, sha256sum or a file system reads in its own way.
TITLES = (
    "秦腔《三滴血》",
    "增收50%的办法",
    "a\\b*c?",
    "第一行\n第二行",
    "$HOME",
    "~root",
    "-c",
    "#1 é",
    "con",
)
CONTENTS = {title: f"film {title}".encode() for title in TITLES}
PATHS = arranged([WantedPath(title, "戏曲", title, ".mp4") for title in TITLES], {})
IDENTITY = write_identity(
    Identity("HXD-T02", "HX-T02", "ab" * 16, date(2026, 11, 1), 500_000_000_000)
)


def piece(path: str, data: bytes) -> Piece:
    digest = hashlib.sha256(data).hexdigest()
    return Piece(path, len(data), digest, FromSource(digest, ".mp4"))


FIRST = Bundle(
    "winter-0a1b", 1, "", "HXD-T02", "HX-T02", "曲子镇", "环县支中心", "冬季\n资源包",
    date(2026, 11, 23),
    tuple(piece(path, data) for path, data in zip(PATHS, CONTENTS.values(), strict=True)),
    tuple(Offer(f"P{number}", title, "戏曲", ()) for number, title in enumerate(TITLES)),
)  # fmt: skip
TAGS = tag_files(FIRST, b"<html>", IDENTITY, {}, phone="0934-4421234")


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """A whole drive in a folder, with what people and the seal add."""
    files = dict(TAGS) | dict(zip(PATHS, CONTENTS.values(), strict=True))
    files[layout.CODE] = code_js("7K3M-9QXA-T")
    files[f"{layout.FEEDBACK}/需求.json"] = b"{}"
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def test_the_tag_files_are_those_of_the_layout() -> None:
    """And the seal comes last, which names all others."""
    assert list(TAGS) == [
        "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "开始.html", "_delivery/drive.json",
        "_delivery/editions/0001.json", "tagmanifest-sha256.txt",
    ]  # fmt: skip
    assert root(TAGS[layout.TAG_MANIFEST]) == hashlib.sha256(list(TAGS.values())[-1]).hexdigest()
    assert tag_files(replace(FIRST), b"<html>", IDENTITY, {}, phone="0934-4421234") == TAGS


def test_the_information_is_told_in_one_line_each() -> None:
    """Labels of BagIt, Chinese in UTF-8, sums of the payload."""
    total = sum(map(len, CONTENTS.values()))

    assert bag_info(FIRST, "0934-4421234").decode() == (
        "Source-Organization: 环县支中心\nContact-Phone: 0934-4421234\n"
        "External-Description: 冬季 资源包\nExternal-Identifier: winter-0a1b\n"
        "Internal-Sender-Identifier: HX-T02\nInternal-Sender-Description: 曲子镇\n"
        "Bag-Group-Identifier: HXD-T02\nBagging-Date: 2026-11-23\nBag-Software-Agent: xiaxiang\n"
        f"Bag-Size: {total} B\nPayload-Oxum: {total}.9\n"
    )


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (999_600, "1 MB"),
        (123_456_789_012, "123 GB"),
        (4 * 10**12, "4 TB"),
    ],
)
def test_a_size_is_told_as_people_say_it(size: int, said: str) -> None:
    """Three figures and a unit."""
    bundle = replace(FIRST, pieces=(replace(FIRST.pieces[0], bytes=size),))

    assert f"Bag-Size: {said}\n" in bag_info(bundle).decode()


def test_bagit_python_finds_the_bag_valid(drive: Path) -> None:
    """The peer everybody uses: complete, every digest right, the information read."""
    bag = bagit.Bag(str(drive))

    assert bag.validate()
    assert bag.info["Bag-Group-Identifier"] == "HXD-T02"
    assert sorted(bag.payload_files()) == sorted(PATHS)


@pytest.mark.parametrize("name", [layout.MANIFEST, layout.TAG_MANIFEST])
def test_sha256sum_checks_both_manifests(
    drive: Path, name: str, peer: Callable[[str], str]
) -> None:
    """Strictly: not one line that it cannot read."""
    command = [peer("sha256sum"), "--check", "--strict", "--quiet", name]
    done = subprocess.run(command, cwd=drive, capture_output=True, check=False, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_changed_programme_is_found_by_all_three(drive: Path, peer: Callable[[str], str]) -> None:
    """One byte, length kept: bagit-python, sha256sum and the digest in the books tell it."""
    path = drive / PATHS[0]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    command = [peer("sha256sum"), "--check", "--strict", "--quiet", layout.MANIFEST]
    done = subprocess.run(command, cwd=drive, capture_output=True, check=False, timeout=60)
    want = {one.path: one.sha256 for one in FIRST.pieces}[PATHS[0]]

    assert done.returncode == 1
    assert not bagit.Bag(str(drive)).is_valid()
    assert hashlib.sha256(path.read_bytes()).hexdigest() != want


def test_the_next_edition_keeps_the_records_before() -> None:
    """Records of this edition or later, left by a refresh that did not end, are passed over."""
    record, strange = layout.record_path(1), layout.record_path(7)
    there = {record: TAGS[record], strange: b"left over", layout.record_path(2): b"left over"}
    second = replace(FIRST, number=2, previous=root(TAGS[layout.TAG_MANIFEST]))
    tags = tag_files(second, b"<html>", IDENTITY, there)

    assert tags[record] == TAGS[record]
    assert strange not in tags
    assert tags[layout.record_path(2)] != b"left over"
    assert root(tags[layout.TAG_MANIFEST]) != root(TAGS[layout.TAG_MANIFEST])


@pytest.mark.parametrize(
    ("pieces", "wrong"),
    [
        ((Piece("戏曲/a.mp4", 1, "a" * 64, FromSource("", "")),), "no path of a payload file"),
        ((Piece("data/../a", 1, "a" * 64, FromSource("", "")),), "cannot be the name"),
        ((Piece("data/50%.mp4", 1, "a" * 64, FromSource("", "")),), "cannot be the name"),
        ((Piece("data/e\u0301", 1, "a" * 64, FromSource("", "")),), "no path of a payload file"),
        ((Piece("data/a.mp4", 1, "", FromSource("", "")),), "is not made yet"),
        (
            (
                Piece("data/a.mp4", 1, "a" * 64, FromSource("", "")),
                Piece("data/A.mp4", 1, "a" * 64, FromSource("", "")),
            ),
            "pieces in one place",
        ),
    ],
)
def test_refuses_a_bundle_that_could_not_be_read_back(
    pieces: tuple[Piece, ...], wrong: str
) -> None:
    """Paths and digests are looked at before anything is written."""
    with pytest.raises(ValueError, match=wrong):
        tag_files(replace(FIRST, pieces=pieces), b"", IDENTITY, {})


def test_manifests_made_anew_have_another_root(drive: Path) -> None:
    """bagit-python blesses what it finds; the root that the books know does not fit any more."""
    (drive / PATHS[0]).write_bytes(b"corrupted")
    bag = bagit.Bag(str(drive))
    bag.save(manifests=True)

    assert bagit.Bag(str(drive)).is_valid()
    assert root((drive / layout.TAG_MANIFEST).read_bytes()) != root(TAGS[layout.TAG_MANIFEST])
