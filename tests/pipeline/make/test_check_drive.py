"""A drive is held against the books: what a quick and a deep check find, and what each does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.problem import Failure
from pipeline.bundle import layout, signing
from pipeline.bundle.verdict import Expectation
from pipeline.make.check_drive import Expected, check_drive, expected_from
from pipeline.make.drive_lists import Sealed
from pipeline.make.drive_report import DriveReport
from pipeline.make.medium import Medium
from pipeline.tools import Stop, Stopped

Lay = Callable[..., Any]
OPERA, FARM = "data/戏曲/三滴血.mp4", "data/农业/温棚黄瓜.mp4"
FILES = {OPERA: b"opera" * 100_000, FARM: b"farm" * 90}


@pytest.fixture
def drive(tmp_path: Path, sealed_drive: Lay) -> Any:
    return sealed_drive(tmp_path / "d", FILES)


def books(drive: Any, **more: Any) -> Expected:
    """What the books know of a drive."""
    told = drive.identity
    who = Expectation(told.drive, told.site, told.token, number=drive.number, root=drive.seal)
    return replace(Expected(Sealed(drive.number, drive.seal, drive.items), who=who), **more)


def check(root: Path, expected: Expected, depth: str = "quick") -> DriveReport:
    with Medium(root) as medium:
        return check_drive(medium, expected, depth)  # type: ignore[arg-type]


def found(report: DriveReport) -> list[tuple[str, str, str]]:
    return [(one.severity, one.kind, one.path) for one in report.findings]


@pytest.mark.parametrize("depth", ["quick", "deep"])
def test_a_whole_drive_has_no_findings(drive: Any, depth: str) -> None:
    """And the report says how deep, how many files and how many bytes."""
    report = check(drive.root, books(drive), depth)

    assert report.findings == ()
    assert report.ok
    assert (report.files, report.bytes) == (2, 500_360)
    assert (report.read > 500_360) == (depth == "deep")
    assert str(report).startswith(f"{drive.root}: {depth} check, 2 files, 0.5 MB")


def test_quick_says_that_it_reads_no_programme(drive: Any) -> None:
    """It is never called verified, and names what it cannot see."""
    report = check(drive.root, books(drive))

    assert not report.verified
    assert report.source == ""
    assert "only found with --deep" in report.summary


def test_a_missing_file(drive: Any) -> None:
    """Once, as an error, with what to do; the other file counts."""
    (drive.root / OPERA).unlink()
    report = check(drive.root, books(drive))

    assert found(report) == [("error", "missing", OPERA)]
    assert not report.ok
    assert report.files == 1
    assert "refresh this drive" in str(report)


def test_a_file_of_another_length(drive: Any) -> None:
    """Altered, with both lengths; no stranger's file."""
    (drive.root / FARM).write_bytes(b"other")
    report = check(drive.root, books(drive))

    assert found(report) == [("error", "altered", FARM)]
    assert (report.findings[0].expected, report.findings[0].found) == ("360", "5")
    assert report.people == ()


def flip(path: Path, place: int = 1000) -> None:
    """Turn one bit of a file, keeping length and time."""
    told = path.stat()
    with path.open("r+b") as file:
        file.seek(place % told.st_size)
        byte = file.read(1)[0]
        file.seek(place % told.st_size)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def test_a_bit_that_flipped_is_found_by_deep_alone(drive: Any) -> None:
    """Length and time are kept: quick finds nothing and says so, deep finds exactly this."""
    flip(drive.root / OPERA)
    quick, deep = (check(drive.root, books(drive), depth) for depth in ("quick", "deep"))

    assert quick.findings == ()
    assert "only found with --deep" in quick.summary
    assert found(deep) == [("error", "altered", OPERA)]
    assert deep.findings[0].expected != deep.findings[0].found
    assert deep.files == 1


def test_a_file_that_was_moved(drive: Any) -> None:
    """Quick guesses by name and length, deep knows by the digest."""
    (drive.root / "我的").mkdir()
    (drive.root / OPERA).rename(drive.root / "我的/三滴血.mp4")
    quick, deep = (check(drive.root, books(drive), depth) for depth in ("quick", "deep"))

    assert found(quick) == found(deep) == [("error", "moved", OPERA)]
    assert "perhaps" in quick.findings[0].wrong
    assert "the same file lies at 我的/三滴血.mp4" in deep.findings[0].wrong


def test_what_people_added_is_listed_and_no_fault(drive: Any) -> None:
    """Among our programmes it is noted; beside them it is only listed."""
    (drive.root / "data/戏曲/婚礼.mp4").write_bytes(b"wedding")
    (drive.root / "照片.zip").write_bytes(b"PK")
    report = check(drive.root, books(drive), "deep")

    assert report.ok
    assert found(report) == [("note", "unexpected", "data/戏曲/婚礼.mp4")]
    assert sorted(item.name for item in report.people) == ["data/戏曲/婚礼.mp4", "照片.zip"]


@pytest.mark.parametrize("path", [layout.PAGE, layout.INFO, layout.record_path(1), layout.MANIFEST])
@pytest.mark.parametrize("depth", ["quick", "deep"])
def test_a_list_that_was_changed(drive: Any, path: str, depth: str) -> None:
    """Every tag file is held by the seal, also at the quick depth."""
    data = (drive.root / path).read_bytes()
    (drive.root / path).write_bytes(data.replace(b"e", b"f").replace(b"1", b"2"))
    kinds = {one[1:] for one in found(check(drive.root, books(drive), depth))}

    assert ("tag", path) in kinds
    assert kinds <= {("tag", path), ("chain", path)}


def test_a_seal_that_the_books_do_not_know(drive: Any) -> None:
    """New lists around altered programmes are not believed, whatever fits them."""
    manifest = drive.root / layout.MANIFEST
    manifest.write_text(manifest.read_text("utf-8").replace("1", "2"), "utf-8")
    seal = drive.root / layout.TAG_MANIFEST
    seal.write_text(seal.read_text("utf-8").replace("c", "d"), "utf-8")
    report = check(drive.root, books(drive))

    assert {one[1] for one in found(report)} == {"seal", "manifest", "identity"}
    assert "the list names 2 files otherwise than the books" in str(report)


def test_a_drive_without_a_seal(drive: Any) -> None:
    """No manifest, no delivery."""
    (drive.root / layout.TAG_MANIFEST).unlink()
    report = check(drive.root, books(drive))

    assert ("error", "seal", layout.TAG_MANIFEST) in found(report)
    assert "not sealed" in str(report)


def test_two_drives_that_were_swapped(tmp_path: Path, sealed_drive: Lay, drive: Any) -> None:
    """The other site's drive is whole by itself, and not the one that is asked for."""
    other = sealed_drive(tmp_path / "e", FILES, drive="HX-D002", site="HX-0002")
    report = check(other.root, books(drive))

    assert ("error", "identity", layout.IDENTITY) in found(report)
    assert ("error", "seal", layout.TAG_MANIFEST) in found(report)
    assert "plug in HX-D001" in str(report)
    assert check(other.root, books(other)).ok


def test_a_signature_is_looked_at_where_a_key_is_given(drive: Any) -> None:
    """Right, missing, by another key, of another seal."""
    keys, others = signing.new_keys(), signing.new_keys()
    seal = drive.tags[layout.TAG_MANIFEST]
    expected = books(drive, public_key=keys.public)
    place = drive.root / layout.SIGNATURE

    assert found(check(drive.root, expected)) == [("error", "signature", layout.SIGNATURE)]
    place.write_bytes(signing.sign(keys.private, seal))
    assert check(drive.root, expected).ok
    place.write_bytes(signing.sign(others.private, seal))
    assert found(check(drive.root, expected)) == [("error", "signature", layout.SIGNATURE)]
    place.write_bytes(signing.sign(keys.private, seal + b"\n"))
    assert found(check(drive.root, expected)) == [("error", "signature", layout.SIGNATURE)]


def test_the_manifest_is_believed_under_the_root_of_the_books(drive: Any) -> None:
    """Where the record of an edition is not at hand: names and digests from the drive, held by the
    root; the length of all together from its sealed bag-info.
    """
    with Medium(drive.root) as medium:
        told = expected_from(medium, drive.seal)
        assert isinstance(told, Sealed)
        assert check_drive(medium, Expected(told), "deep").ok
        (drive.root / FARM).write_bytes(b"other")
        quick, deep = (check_drive(medium, Expected(told), depth) for depth in ("quick", "deep"))

    assert told.number == 1
    assert {item.name: item.sha256 for item in told.items} == {
        item.name: item.sha256 for item in drive.items
    }
    assert found(quick) == [("error", "altered", "data")]
    assert ("error", "altered", FARM) in found(deep)


@pytest.mark.parametrize("path", [layout.MANIFEST, layout.TAG_MANIFEST])
def test_a_manifest_without_the_root_is_not_believed(drive: Any, path: str) -> None:
    """A changed manifest, or a changed seal: findings, nothing to go by."""
    with (drive.root / path).open("ab") as file:
        file.write(b"0" * 64 + b"  data/x.mp4\n")
    with Medium(drive.root) as medium:
        told = expected_from(medium, drive.seal)

    assert isinstance(told, tuple)
    assert [one.kind for one in told] == ["manifest" if path == layout.MANIFEST else "seal"]


def test_a_drive_in_the_middle_of_a_refresh(tmp_path: Path, sealed_drive: Lay, drive: Any) -> None:
    """By N while all of N lies there; by N+1 once its lists are complete and N has begun to go;
    right only where the books know the root of N+1.
    """
    new = {OPERA: FILES[OPERA], "data/戏曲/火焰驹.mp4": b"horse" * 50}
    editions = {layout.record_path(1): drive.tags[layout.record_path(1)]}
    told = {"number": 2, "previous": drive.seal, "editions": editions}
    after = sealed_drive(tmp_path / "after", new, **told)
    (drive.root / "data/戏曲/火焰驹.mp4").write_bytes(b"horse" * 50)
    for path, data in after.tags.items():
        place = drive.root / layout.NEXT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (drive.root / layout.PAGE).write_bytes(after.tags[layout.PAGE])
    coming = Sealed(2, after.seal, after.items)
    known, unknown = Expected(books(drive).edition, coming), Expected(books(drive).edition)

    report = check(drive.root, unknown, "deep")
    assert found(report)[0][:2] == ("warning", "under-way")
    assert (report.number, report.ok) == (1, True)

    (drive.root / FARM).unlink()
    report = check(drive.root, known, "deep")
    assert found(report) == [("warning", "under-way", layout.NEXT)]
    assert (report.number, report.ok, report.people) == (2, True, ())

    report = check(drive.root, unknown, "deep")
    assert found(report) == [("error", "under-way", layout.NEXT)]
    assert report.number == 2

    for path in (layout.MANIFEST, layout.record_path(2)):  # half of the lists took their places
        (drive.root / layout.NEXT / path).replace(drive.root / path)
    assert found(check(drive.root, known)) == [("warning", "under-way", layout.NEXT)]


def test_a_refresh_that_has_only_begun_is_judged_by_the_edition_before(drive: Any) -> None:
    """Partial copies are nobody's fault and nobody's files."""
    (drive.root / layout.NEXT / "parts").mkdir(parents=True)
    (drive.root / layout.NEXT / "parts/x").write_bytes(b"half")
    report = check(drive.root, books(drive))

    assert found(report) == [("warning", "under-way", layout.NEXT)]
    assert (report.number, report.ok, report.people) == (1, True, ())


def test_a_check_stops_when_it_is_told(drive: Any) -> None:
    """Between two pieces."""
    stop = Stop()
    stop.ask()
    with Medium(drive.root) as medium, pytest.raises(Stopped):
        check_drive(medium, books(drive), "deep", stop)


def test_a_drive_that_goes_away_is_a_failure(drive: Any) -> None:
    """Another folder lies there when the check ends: nothing is said of it."""

    def swap(_bytes: int) -> None:
        if not drive.root.with_name("gone").exists():
            drive.root.rename(drive.root.with_name("gone"))
            drive.root.mkdir()

    with Medium(drive.root) as medium, pytest.raises(Failure, match="the drive is gone"):
        check_drive(medium, books(drive), "deep", progress=swap)


def test_progress_tells_all_bytes(drive: Any) -> None:
    """What is told adds up to what the report says was read."""
    told: list[int] = []
    with Medium(drive.root) as medium:
        report = check_drive(medium, books(drive), "deep", progress=told.append)

    assert sum(told) >= report.read > 500_000
