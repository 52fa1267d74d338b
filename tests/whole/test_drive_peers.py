"""Drives beside the tools that others use for such copies: what each says of the same damage.

On good drives all agree. Where a peer says that nothing is wrong, or makes wrong right, or deletes
what people added, its answer stands here beside ours.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle import layout
from pipeline.bundle.verdict import Expectation
from pipeline.make.check_drive import Expected, check_drive
from pipeline.make.drive_lists import Sealed
from pipeline.make.drive_report import DriveReport
from pipeline.make.medium import Medium

Lay = Callable[..., Any]
Peer = Callable[[str], str]
Ran = subprocess.CompletedProcess[str]
OPERA, FARM, HARD = "data/戏曲/三滴血.mp4", "data/农业/温棚黄瓜.mp4", "data/健康/冬 季'保健 (2).mp4"
FILES = {OPERA: b"opera" * 5_000, FARM: b"farm" * 6_000, HARD: b"cold" * 100}


@pytest.fixture
def drive(tmp_path: Path, sealed_drive: Lay) -> Any:
    return sealed_drive(tmp_path / "drive", FILES)


def check(drive: Any, depth: str, root: Path | None = None) -> DriveReport:
    told = drive.identity
    who = Expectation(told.drive, told.site, told.token, number=drive.number, root=drive.seal)
    expected = Expected(Sealed(drive.number, drive.seal, drive.items), who=who)
    with Medium(root or drive.root) as medium:
        return check_drive(medium, expected, depth)  # type: ignore[arg-type]


def ours(drive: Any, depth: str, root: Path | None = None) -> list[tuple[str, str]]:
    """Kind and path of what is wrong by our check."""
    report = check(drive, depth, root)
    return [(one.kind, one.path) for one in report.findings if one.severity == "error"]


def ran(folder: Path, *words: str, **more: str) -> Ran:
    environment = os.environ | {"LC_ALL": "C.UTF-8", "HOME": str(folder.parent)} | more
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def missing(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def bagit() -> Callable[..., bool]:
    """Whether bagit-python calls a bag valid; `--fast` compares only its count and bytes."""
    if importlib.util.find_spec("bagit") is None:
        missing("bagit is not installed: pip install bagit")

    def valid(root: Path, *options: str) -> bool:
        command = (sys.executable, "-m", "bagit", "--validate", "--quiet", *options, str(root))
        return ran(root, *command).returncode == 0

    return valid


@pytest.fixture(scope="module")
def ascmhl() -> str:
    path = shutil.which("ascmhl") or shutil.which("ascmhl", path=str(Path(sys.executable).parent))
    if path is None:
        # Never a package of ours: it brings a top-level package `tests` that hides the project's.
        pytest.skip("ascmhl is not there; it wants an environment of its own")
    return path


def sums(peer: Peer, root: Path) -> bool:
    """Whether `sha256sum -c` finds all files of both manifests."""
    program = peer("sha256sum")
    lists = (layout.MANIFEST, layout.TAG_MANIFEST)
    return all(not ran(root, program, "-c", "--strict", "--quiet", one).returncode for one in lists)


def flip(path: Path) -> None:
    """Turn one bit; length and time stay."""
    told = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


@pytest.mark.parametrize("number", [1, 2])
def test_all_agree_on_good_drives(
    tmp_path: Path, sealed_drive: Lay, bagit: Callable[..., bool], peer: Peer, number: int
) -> None:
    """bagit-python, sha256sum and ours, on a first and on a later edition."""
    drive = sealed_drive(tmp_path / "drive", FILES)
    if number == 2:
        first = layout.record_path(1)
        more = {"editions": {first: drive.tags[first]}, "previous": drive.seal}
        files = FILES | {"data/戏曲/火焰驹＊.mp4": b"horse"}
        drive = sealed_drive(tmp_path / "drive", files, number=2, **more)

    assert ours(drive, "deep") == ours(drive, "quick") == []
    assert bagit(drive.root)
    assert bagit(drive.root, "--fast")
    assert sums(peer, drive.root)


def test_a_programme_was_removed(drive: Any, bagit: Callable[..., bool], peer: Peer) -> None:
    """All tools that read the manifest notice; git-annex on a drive without links does not."""
    twin = shutil.copytree(drive.root, drive.root.with_name("twin"))
    annexed = annex(twin, peer)
    for root in (drive.root, twin):
        (root / OPERA).unlink()

    assert ours(drive, "quick") == ours(drive, "deep") == [("missing", OPERA)]
    assert not bagit(drive.root)
    assert not bagit(drive.root, "--fast")
    assert not sums(peer, drive.root)
    assert annexed("fsck").returncode == 0


def test_a_programme_was_replaced(drive: Any, bagit: Callable[..., bool], peer: Peer) -> None:
    """By another of the same length: only who reads the bytes notices."""
    (drive.root / OPERA).write_bytes(b"OPERA" * 5_000)

    assert ours(drive, "quick") == []
    assert ours(drive, "deep") == [("altered", OPERA)]
    assert not bagit(drive.root)
    assert bagit(drive.root, "--fast")
    assert not sums(peer, drive.root)


def test_a_replaced_programme_of_another_length(
    drive: Any, bagit: Callable[..., bool], peer: Peer
) -> None:
    """Quick is enough; where another file shrank as much, bagit's fast check sees nothing."""
    (drive.root / OPERA).write_bytes(FILES[OPERA] + b"more")
    (drive.root / FARM).write_bytes(FILES[FARM][:-4])

    assert sorted(ours(drive, "quick")) == [("altered", FARM), ("altered", OPERA)]
    assert bagit(drive.root, "--fast")
    assert not bagit(drive.root)
    assert not sums(peer, drive.root)


def test_a_bit_flipped_and_length_and_time_stayed(
    drive: Any, tmp_path: Path, bagit: Callable[..., bool], peer: Peer, ascmhl: str
) -> None:
    """Quick does not notice and says so, deep does. rsync takes the file for the same and leaves
    it, ascmhl's diff and git-annex find nothing; bagit-python, sha256sum and ascmhl's next
    generation read it.
    """
    library, twin, third = (
        shutil.copytree(drive.root, tmp_path / name) for name in ("library", "twin", "third")
    )
    annexed = annex(twin, peer)
    assert ran(third, ascmhl, "create", "-h", "md5", ".").returncode == 0
    for root in (drive.root, twin, third):
        flip(root / OPERA)

    quick = check(drive, "quick")
    assert quick.ok
    assert "only found with --deep" in quick.summary
    assert ours(drive, "deep") == [("altered", OPERA)]
    assert not bagit(drive.root)
    assert bagit(drive.root, "--fast")
    assert not sums(peer, drive.root)
    told = ran(tmp_path, peer("rsync"), "-ai8", f"{library}/", f"{drive.root}/")
    assert (told.returncode, "三滴血" in told.stdout) == (0, False)
    assert ours(drive, "deep") == [("altered", OPERA)]
    assert ran(third, ascmhl, "diff", ".").returncode == 0
    assert ran(third, ascmhl, "create", "-h", "md5", ".").returncode != 0
    assert annexed("fsck").returncode == 0


def annex(root: Path, peer: Peer) -> Callable[..., Ran]:
    """Take a copy of the programmes into git-annex as on a drive without links (FAT, exFAT): the
    files lie there as they are. Gives a function that runs its commands there.
    """
    program = peer("git-annex")
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)

    def run(*words: str) -> Ran:
        names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b"}
        names |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
        return ran(root, program, *words, **names)

    assert run("init", "drive").returncode == 0
    assert run("config", "--set", "annex.addunlocked", "true").returncode == 0
    assert run("add", "data").returncode == 0
    return run


def test_lists_that_were_deleted_and_written_anew(
    drive: Any, bagit: Callable[..., bool], peer: Peer, ascmhl: str
) -> None:
    """bagit-python's save, sha256sum and a new ascmhl bless the damage; the books do not."""
    flip(drive.root / OPERA)
    assert not bagit(drive.root)
    rebuild = "import bagit, sys; bagit.Bag(sys.argv[1]).save(manifests=True)"
    assert ran(drive.root, sys.executable, "-c", rebuild, str(drive.root)).returncode == 0

    assert bagit(drive.root)
    assert sums(peer, drive.root)
    assert ran(drive.root, ascmhl, "create", "-h", "md5", ".").returncode == 0
    assert {kind for kind, _path in ours(drive, "quick")} >= {"seal", "manifest"}
    assert ("altered", OPERA) in ours(drive, "deep")


def test_a_junk_autorun_and_a_wedding_film(
    drive: Any, tmp_path: Path, bagit: Callable[..., bool], peer: Peer
) -> None:
    """Ours warns of the one, lists the other and is content with the programmes. bagit-python says
    nothing of the first and calls the bag broken for the second; rsync --delete deletes both.
    """
    shutil.copytree(drive.root, tmp_path / "library")
    (drive.root / "autorun.inf").write_bytes(b"[autorun]\nopen=worm.exe\n")
    assert bagit(drive.root)
    (drive.root / "data/戏曲/婚礼.mp4").write_bytes(b"wedding")
    report = check(drive, "deep")

    assert report.ok
    assert [item.name for item in report.people] == ["autorun.inf", "data/戏曲/婚礼.mp4"]
    told = {(one.kind, one.path) for one in report.findings}
    assert told == {("danger", "autorun.inf"), ("unexpected", "data/戏曲/婚礼.mp4")}
    assert not bagit(drive.root)
    assert sums(peer, drive.root)
    library = f"{tmp_path / 'library'}/"
    assert ran(tmp_path, peer("rsync"), "-a", "--delete", library, f"{drive.root}/").returncode == 0
    assert not (drive.root / "data/戏曲/婚礼.mp4").exists()


def test_two_drives_that_were_swapped(
    drive: Any, tmp_path: Path, sealed_drive: Lay, bagit: Callable[..., bool], peer: Peer
) -> None:
    """Each is a good bag, which is all that the others ask; ours says which drive it is."""
    files = {OPERA: FILES[OPERA], "data/戏曲/火焰驹.mp4": b"horse"}
    other = sealed_drive(tmp_path / "other", files, drive="HX-D002", site="HX-0002")

    assert bagit(other.root)
    assert sums(peer, other.root)
    found = ours(drive, "quick", other.root)
    assert ("identity", layout.IDENTITY) in found
    assert ("seal", layout.TAG_MANIFEST) in found
    assert ours(other, "deep") == []


def test_a_whole_copy_of_another_drive(
    drive: Any, tmp_path: Path, bagit: Callable[..., bool], peer: Peer
) -> None:
    """A copy by rsync is the same to every tool, and to ours: but for its volume, which the books
    know of the drive that was registered.
    """
    copied = tmp_path / "copy"
    assert ran(tmp_path, peer("rsync"), "-a", f"{drive.root}/", f"{copied}/").returncode == 0
    assert bagit(copied)
    assert sums(peer, copied)

    assert ours(drive, "deep", copied) == []
    told = drive.identity
    who = Expectation(told.drive, told.site, told.token, "", 1 << 50, 1, drive.seal)
    expected = Expected(Sealed(1, drive.seal, drive.items), who=who)
    with Medium(copied) as medium:
        report = check_drive(medium, expected, "quick")
    assert [one.kind for one in report.findings] == ["identity"]
