"""An edition's folder against its lists, honest and hostile."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from catalog.problem import Failure
from pipeline.make.check_edition import check_edition, read_volumes
from pipeline.make.write_videocd import write_videocd
from pipeline.manifest import Item, write_sums
from pipeline.videocd.disc import Disc, Elementary


def silent(_sectors: int) -> None:
    pass


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_lists(folder: Path, **changes: object) -> None:
    """edition.json and SHA256SUMS for what lies in the folder."""
    names = ("disc-01.bin", "disc-01.cue")
    files = [
        {"name": name, "bytes": (folder / name).stat().st_size, "sha256": digest(folder / name)}
        for name in names
    ]
    volume = {"number": 1, "files": files, "volume_id": "DISC_01", "tracks": [{"title": "一"}]}
    edition = {"format": 1, "edition": "2026-001", "recipe": {}, "volumes": [volume], **changes}
    (folder / "edition.json").write_text(json.dumps(edition), "utf-8")
    write_sums_of(folder)


def write_sums_of(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
    items = [Item(name, -1, digest(folder / name)) for name in names]
    (folder / "SHA256SUMS").write_text(write_sums(items), "utf-8")


@pytest.fixture
def edition(clips, tmp_path) -> Path:
    """A whole edition of one disc."""
    clip = clips["pal"]
    disc = Disc("DISC_01", "ALBUM", (Elementary(clip.video, clip.audio, "pal"),))
    write_videocd(disc, tmp_path, "disc-01", silent)
    write_lists(tmp_path)
    return tmp_path


def fields(folder: Path) -> list[tuple[str, str]]:
    return [(each.field, each.file) for each in check_edition(folder, silent).findings]


def test_a_whole_edition_has_no_finding(edition):
    """Lists, disc and digests fit; the progress ends at all sectors."""
    told: list[int] = []

    report = check_edition(edition, told.append)

    assert report.findings == ()
    assert report.sound
    assert report.tracks == 1
    assert report.parts[0].sha256 == digest(edition / "disc-01.bin")
    assert told == sorted(told)
    assert told[-1] >= report.sectors > 0


def test_one_bit_flipped_is_altered_and_found_on_the_disc(edition):
    """The list tells that the file is altered, the check of the image where."""
    data = bytearray((edition / "disc-01.bin").read_bytes())
    data[600 * 2352 + 1000] ^= 1
    (edition / "disc-01.bin").write_bytes(data)

    found = fields(edition)

    assert sorted(found) == [("edition.altered", "disc-01.bin"), ("sector.edc", "disc-01.bin")]


def test_a_missing_file_and_a_stranger_are_told(edition):
    """A file gone, one nobody listed, and a link that is not followed."""
    (edition / "disc-01.cue").unlink()
    (edition / "holiday.txt").write_text("x")
    (edition / "link").symlink_to("/etc")

    found = fields(edition)

    assert ("edition.missing", "disc-01.cue") in found
    assert ("edition.unexpected", "holiday.txt") in found
    assert ("edition.link", "link") in found


@pytest.mark.parametrize("name", ["edition.json", "SHA256SUMS"])
def test_a_missing_list_is_told(edition, name):
    """Without one of the lists the other is still used."""
    (edition / name).unlink()

    assert ("edition.list", name) in fields(edition)


def test_lists_that_disagree_are_told(edition):
    """edition.json with another digest than SHA256SUMS."""
    text = (edition / "edition.json").read_text("utf-8")
    changed = text.replace(digest(edition / "disc-01.bin"), "0" * 64)
    (edition / "edition.json").write_text(changed, "utf-8")
    write_sums_of(edition)

    assert ("edition.disagree", "disc-01.bin") in fields(edition)


def test_another_disc_under_the_name_is_told(edition):
    """The volume id and the number of films of the disc are those of the list."""
    write_lists(edition)
    text = (edition / "edition.json").read_text("utf-8")
    changed = text.replace("DISC_01", "DISC_02").replace('"tracks": [', '"tracks": [1, ')
    (edition / "edition.json").write_text(changed, "utf-8")
    write_sums_of(edition)

    found = fields(edition)

    assert found == [("edition.tracks", "disc-01.bin"), ("edition.volume_id", "disc-01.bin")]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "null", '{"format": 2}', '{"format": 1, "volumes": {}}', "[" * 100_000,
        '{"format": 1, "volumes": [7]}', '{"format": 1, "volumes": [{"files": [1]}]}',
        '{"format": 1, "volumes": [{"files": [{"name": "../x", "bytes": 1, "sha256": ""}]}]}',
        '{"format": 1, "volumes": [{"files": [{"name": "a/b", "bytes": 1, "sha256": ""}]}]}',
        '{"format": 1, "volumes": [{"files": [{"name": "a", "bytes": true, "sha256": 5}]}]}',
    ],
)  # fmt: skip
def test_a_hostile_list_is_a_finding(tmp_path, text):
    """Wrong types, depths and names in edition.json never raise."""
    (tmp_path / "edition.json").write_text(text, "utf-8")
    write_sums_of(tmp_path)

    found = fields(tmp_path)

    assert found == [("edition.list", "edition.json")]


def test_bytes_that_are_no_text_are_a_finding(tmp_path):
    """Lists that are not UTF-8."""
    for name in ("edition.json", "SHA256SUMS"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00")

    assert {field for field, _file in fields(tmp_path)} == {"edition.list"}


def test_reads_the_volumes_of_an_honest_list():
    """Names, bytes and digests as they stand; tracks not listed are not compared."""
    row = {"name": "a.bin", "bytes": 3, "sha256": "AB" * 32}

    volumes, wrong = read_volumes({"format": 1, "volumes": [{"files": [row]}]})

    assert volumes[0].files == (Item("a.bin", 3, "ab" * 32),)
    assert volumes[0].tracks is None
    assert wrong == []


def test_a_folder_that_is_not_there_is_a_failure(tmp_path):
    """The world failed: nothing was checked."""
    with pytest.raises(Failure, match="nowhere"):
        check_edition(tmp_path / "nowhere", silent)
