"""The tag files of a drive, held against bagit-python, `sha256sum -c` and our own reader."""

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
from pipeline.bundle.bag_reading import Bag, most_bytes, read_bag, tag_differences
from pipeline.bundle.bundle import Bundle, Offer, Piece
from pipeline.bundle.identity import Identity, write_identity
from pipeline.manifest import Item
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


def read(files: dict[str, bytes]) -> Bag:
    found = read_bag(files.get)
    assert isinstance(found, Bag), found
    return found


def told(files: dict[str, bytes]) -> str:
    found = read_bag(files.get)
    assert isinstance(found, tuple), "it reads well"
    return "\n".join(map(str, found))


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


def test_our_reader_finds_what_was_written() -> None:
    """Payload, tag files, information, root and number."""
    bag = read(dict(TAGS))

    assert {(one.name, one.sha256) for one in bag.payload} == {
        (one.path, one.sha256) for one in FIRST.pieces
    }
    assert (bag.number, bag.root, bag.bytes) == (1, root(TAGS[layout.TAG_MANIFEST]), FIRST.bytes)
    assert ("External-Description", "冬季 资源包") in bag.info
    assert tag_differences(bag, dict(TAGS).get) == ()


def test_a_changed_programme_is_found_by_all_three(drive: Path, peer: Callable[[str], str]) -> None:
    """One byte, length kept: bagit-python, sha256sum and the digest in our manifest tell it."""
    path = drive / PATHS[0]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    command = [peer("sha256sum"), "--check", "--strict", "--quiet", layout.MANIFEST]
    done = subprocess.run(command, cwd=drive, capture_output=True, check=False, timeout=60)
    want = {one.name: one.sha256 for one in read(dict(TAGS)).payload}[PATHS[0]]

    assert done.returncode == 1
    assert not bagit.Bag(str(drive)).is_valid()
    assert hashlib.sha256(path.read_bytes()).hexdigest() != want


def test_the_next_edition_keeps_the_records_before() -> None:
    """Records of this edition or later, left by a refresh that did not end, are passed over."""
    record, strange = layout.record_path(1), layout.record_path(7)
    there = {record: TAGS[record], strange: b"left over", layout.record_path(2): b"left over"}
    second = replace(FIRST, number=2, previous=root(TAGS[layout.TAG_MANIFEST]))
    tags = tag_files(second, b"<html>", IDENTITY, there)
    bag = read(dict(tags))

    assert tags[record] == TAGS[record]
    assert strange not in tags
    assert bag.number == 2
    assert bag.root != root(TAGS[layout.TAG_MANIFEST])


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


LINE = b"a" * 64 + b"  "


def bagit_txt(version: str, encoding: str) -> bytes:
    return f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n".encode()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"bagit.txt": bagit_txt("0.97", "UTF-8")}, "not BagIt 1.0"),
        ({"bagit.txt": bagit_txt("1.0", "GBK")}, "not BagIt 1.0"),
        ({"bagit.txt": b""}, "not BagIt 1.0"),
        ({"bag-info.txt": b"no label\n"}, "bag-info.txt:1: no label has no label"),
        ({"bag-info.txt": b"Payload-Oxum: 9.3\n"}, "Payload-Oxum — 9.3 does not fit the 9 files"),
        ({"bag-info.txt": b"Payload-Oxum: x\n"}, "x does not fit"),
        ({"manifest-sha256.txt": b"\xff" * 70}, "manifest-sha256.txt:1: "),
        ({"manifest-sha256.txt": b"nonsense\n"}, "nonsense is no digest with a name"),
        ({"manifest-sha256.txt": LINE + b"data/../../etc/passwd\n"}, "1: data/../../etc/passwd is"),
        ({"manifest-sha256.txt": LINE + b"/etc/passwd\n"}, "is no digest with a name"),
        ({"manifest-sha256.txt": LINE + b"C:/a\n"}, "is no digest with a name"),
        ({"manifest-sha256.txt": LINE + b"data/a\0b\n"}, "is no digest with a name"),
        ({"manifest-sha256.txt": b"\\" + LINE + b"data/a\\nb\n"}, "is no digest with a name"),
        ({"manifest-sha256.txt": LINE + b"bagit.txt\n"}, "bagit.txt does not lie in data/"),
        ({"manifest-sha256.txt": LINE + b"data/50%25\n"}, "data/50%25 has a %"),
        ({"manifest-sha256.txt": (LINE + b"data/a\n") * 2}, "txt:2: data/a stands there twice"),
        ({"manifest-sha256.txt": LINE + b"data/a\n" + b"b" * 64 + b"  data/A\n"}, "twice"),
        ({"manifest-sha256.txt": b"\n" * 200_001}, "200001 lines are too many"),
        ({"manifest-sha256.txt": b" " * ((32 << 20) + 1)}, "33554433 bytes are too many"),
        ({"tagmanifest-sha256.txt": b""}, "bagit.txt is not named"),
        ({"tagmanifest-sha256.txt": LINE + b"_delivery/code.js\n"}, "code.js does not belong"),
    ],
)  # fmt: skip
def test_refuses_a_bag_and_says_where(change: dict[str, bytes], wrong: str) -> None:
    """File, line, what is wrong, what to do."""
    assert wrong in told(dict(TAGS) | change)


@pytest.mark.parametrize(
    "name", [layout.DECLARATION, layout.INFO, layout.MANIFEST, layout.TAG_MANIFEST]
)
def test_a_missing_list_is_told(name: str) -> None:
    """Each of the four without which it is no bag."""
    files = {path: data for path, data in TAGS.items() if path != name}

    assert f"{name}: this file is missing" in told(files)


def test_only_the_first_hundred_problems_are_told() -> None:
    """A manifest of nonsense neither floods the screen nor takes long."""
    found = read_bag((dict(TAGS) | {layout.MANIFEST: b"x\n" * 199_999}).get)

    assert isinstance(found, tuple)
    assert len(found) == 100


def test_changed_and_missing_tag_files_are_told_apart() -> None:
    """In the settled words."""
    bag = read(dict(TAGS))
    there = dict(TAGS) | {layout.PAGE: b"<script>"}
    del there[layout.record_path(1)]

    assert {(one.kind, one.name) for one in tag_differences(bag, there.get)} == {
        ("altered", "开始.html"),
        ("missing", "_delivery/editions/0001.json"),
    }


def test_manifests_made_anew_have_another_root(drive: Path) -> None:
    """bagit-python blesses what it finds; the root that the books know does not fit any more."""
    (drive / PATHS[0]).write_bytes(b"corrupted")
    bag = bagit.Bag(str(drive))
    bag.save(manifests=True)

    assert bagit.Bag(str(drive)).is_valid()
    assert root((drive / layout.TAG_MANIFEST).read_bytes()) != root(TAGS[layout.TAG_MANIFEST])


def test_windows_line_ends_are_read() -> None:
    """An editor that changes line ends changes the root, yet the lists can be read."""
    files = {path: data.replace(b"\n", b"\r\n") for path, data in TAGS.items()}

    assert read(files).payload == read(dict(TAGS)).payload
    assert read(files).root != read(dict(TAGS)).root


def test_limits_are_told_before_reading() -> None:
    """Nobody reads a 4 GB bagit.txt to find that it is none."""
    assert most_bytes("bagit.txt") == 64 << 10
    assert most_bytes(layout.MANIFEST) == 32 << 20
    assert most_bytes(layout.record_path(3)) == 8 << 20


def test_a_long_manifest_is_read_in_time() -> None:
    """200,000 files, the most there may be."""
    items = [Item(f"data/戏曲/{number:06d}.mp4", 1, "a" * 64) for number in range(200_000)]
    lines = "".join(f"{one.sha256}  {one.name}\n" for one in items).encode()
    info = b"Payload-Oxum: 200000.200000\n"

    assert len(read(dict(TAGS) | {layout.MANIFEST: lines, layout.INFO: info}).payload) == 200_000
