"""Our data discs read back by others: the same names, whole, and the same bytes."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import tools
from pipeline.bundle.iso_names import named
from pipeline.bundle.iso_size import image_bytes, iso_writer
from pipeline.make.write_iso import write_iso
from pipeline.plan.steps import FromSource, IsoFile, WriteIso

LONG = "秦腔传统折子戏选段全集"
FILES = {
    "戏曲/秦腔三滴血.mp4": 3_000_001,
    "戏曲/秦腔三滴血.jpg": 2048,
    "戏曲/" + (LONG * 6)[:60] + ".mp4": 1,  # 64 characters: all that Joliet holds
    "戏曲/" + (LONG * 9)[:80] + "上.mp4": 70_000,
    "戏曲/" + (LONG * 9)[:80] + "下.mp4": 2049,
    "农业/大棚/第一讲/春 (a) & 'b' #1.mp4": 4096,
    "卫生/𠮷野家与𣲗水.mp4": 5000,
    "卫生/空.mp4": 0,
    "开始.html": 300,
}
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
Runner = Callable[..., bytes]


def contents(path: str) -> bytes:
    """The bytes of a file: another's for each path."""
    seed = hashlib.sha256(path.encode()).digest()
    return (seed * (FILES[path] // 32 + 1))[: FILES[path]]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One disc with every kind of name."""
    folder = tmp_path_factory.mktemp("iso")
    files = []
    for number, path in enumerate(FILES):
        (folder / f"{number}").write_bytes(contents(path))
        digest = hashlib.sha256(contents(path)).hexdigest()
        files.append(IsoFile(path, FILES[path], digest, FromSource(f"{number}", "")))
    step = WriteIso("", 0.0, "d", "三下乡惠民", tuple(files), image_bytes(files), iso_writer())
    write_iso(step, lambda one: folder / one.sha256, folder, tools.NEVER, lambda _done: None)
    return folder / "d.iso"


@pytest.fixture(scope="module")
def wanted() -> dict[str, bytes]:
    """What everybody must see."""
    return {one.joliet: contents(one.path) for one in named(tuple(FILES))}


@pytest.fixture
def run(peer, tmp_path: Path) -> Runner:
    """Runs a peer in a folder of its own: what it says."""

    def run(name: str, *arguments: str | Path) -> bytes:
        command = [peer(name), *map(str, arguments)]
        done = subprocess.run(
            command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout

    return run


def below(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, without the list of check sums."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }


def test_xorriso_extracts_what_was_put_in(image, wanted, run, tmp_path) -> None:
    """Names of Rock Ridge, and the list of check sums holds."""
    run("osirrox", "-indev", image, "-extract", "/", tmp_path / "x")

    assert below(tmp_path / "x") == wanted
    sums = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"],
        cwd=tmp_path / "x",
        capture_output=True,
        check=False,
    )
    assert (sums.returncode, sums.stdout) == (0, b"")


def test_xorriso_reads_joliet_too(image, wanted, run, tmp_path) -> None:
    """As a system without Rock Ridge would."""
    run("osirrox", "-read_fs", "norock", "-indev", image, "-extract", "/", tmp_path / "x")

    assert below(tmp_path / "x") == wanted


def test_xorriso_finds_every_name_space_in_the_image(image, run) -> None:
    """And no other: no UDF."""
    told = run("isoinfo", "-d", "-i", image).decode()

    assert "Joliet with UCS level 3 found" in told
    assert "Rock Ridge signatures version 1 found" in told
    assert b"NSR0" not in image.read_bytes()[: 64 * 2048]


def test_isoinfo_finds_and_extracts_what_was_put_in(image, wanted, run) -> None:
    """By the names of Rock Ridge, file by file."""
    listed = run("isoinfo", "-R", "-f", "-i", image).decode().splitlines()

    assert {f"/{path}" for path in wanted} < set(listed)
    for path, data in wanted.items():
        assert run("isoinfo", "-R", "-i", image, "-x", f"/{path}") == data


def test_isoinfo_reads_joliet_as_far_as_it_knows_letters(image, wanted, run) -> None:
    """It knows no Chinese and shows a line for each character: all of them are there."""
    seen = {path: "".join(c if c.isascii() else "_" for c in path) for path in wanted}
    listed = run("isoinfo", "-J", "-f", "-i", image).decode().splitlines()

    assert {f"/{name}" for name in seen.values()} < set(listed)
    for path, name in seen.items():
        if list(seen.values()).count(name) == 1:
            assert run("isoinfo", "-J", "-i", image, "-x", f"/{name}") == wanted[path]


def test_7z_extracts_what_was_put_in(image, wanted, run, tmp_path) -> None:
    """By the names of Joliet, all 64 characters of them."""
    run("7z", "x", image, f"-o{tmp_path / 'x'}")

    assert below(tmp_path / "x") == wanted


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where an image is mounted, and taken away again."""
    place = tmp_path / "mounted"
    place.mkdir()
    yield place
    subprocess.run(["umount", str(place)], capture_output=True, check=False)


def mount(image: Path, folder: Path, options: str) -> str:
    """Why the system does not mount it; "" where it did."""
    command = ["mount", "-t", "iso9660", "-o", options, str(image), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def test_linux_mounts_it_with_rock_ridge(image, folder, wanted, run) -> None:
    """The names and bytes that a PC with Linux has; through FUSE where the kernel has no ISO."""
    if mount(image, folder, "loop,ro"):
        run("fuseiso", "-n", image, folder)

    assert below(folder) == wanted


def test_linux_mounts_it_with_joliet(image, folder, wanted) -> None:
    """As near as Linux comes to what Windows sees; no program stands in for a kernel without it."""
    if why := mount(image, folder, "loop,ro,norock,iocharset=utf8"):
        pytest.skip(f"this kernel does not mount ISO images: {why}")

    assert below(folder) == wanted
