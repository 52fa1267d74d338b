"""Names of pieces on the file systems of drives: written, and read back letter by letter.

FAT32 is an image filled by mtools, for want of a kernel driver; exFAT and NTFS are mounted through
FUSE on images, which takes root.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.bundle.arranging import WantedPath, arranged

TITLES = (
    "秦腔《三滴血》、全本：上", "秦" * 120, "秦" * 130, 'a<b>:"/\\|?*%$c', "con", "CON",
    "Aux.全集", "..", " 前后有空格 ", "句号。...", "e\u0301te\u0301", "ÉTÉ", "𠀀腔" * 50,
    "第一行\n第二行", "-rf", "~", "#1;&'`", "左\u202e右", "ﬁ", "ß", "ss", "Ａ", "ａ", "İ", "ı",
)  # fmt: skip
WANTED = [WantedPath(f"P{place}", "戏曲", title, ".mp4") for place, title in enumerate(TITLES)]
PATHS = arranged([*WANTED, WantedPath("P", "戏曲", "三" * 90, ".mp4", "第" * 90)], {})


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        check=True, capture_output=True, timeout=120, encoding="utf-8",
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return done.stdout


def blank(image: Path, megabytes: int) -> Path:
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    return image


def contents(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in (root / "data").rglob("*")
        if path.is_file()
    }


def test_fat32_holds_every_name(peer: Callable[[str], str], tmp_path: Path) -> None:
    """Written by mtools, found sound by fsck.vfat, read back by mtools. Left out are letters that
    mtools itself writes otherwise: beyond 65,535, and those that it takes for letters of DOS.
    """
    names = [path for path in PATHS if not set(path) & set("𠀀ﬁßＡａİıéÉ")]
    image = blank(tmp_path / "fat.img", 64)
    run(peer("mkfs.vfat"), "-F", "32", image)
    for path in names:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path, "utf-8")
    run(peer("mcopy"), "-s", "-Q", "-i", image, tmp_path / "data", "::")
    run(peer("fsck.vfat"), "-n", image)
    back = tmp_path / "back"
    back.mkdir()
    run(peer("mcopy"), "-s", "-Q", "-i", image, "::data", back)

    assert contents(back) == {path: path for path in names}


@contextmanager
def mounted(program: list[str], image: Path, place: Path) -> Iterator[Path]:
    """The image mounted there, as a device; where that is not allowed, the test skips."""
    place.mkdir()
    device = ""
    try:
        device = run("losetup", "--find", "--show", image).strip()
        run(*program, device, place)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        if device:
            run("losetup", "--detach", device)
        if isinstance(error, FileNotFoundError) and os.environ.get("CI") == "true":
            raise
        pytest.skip(f"{program[0]} cannot mount here: {getattr(error, 'stderr', error)}")
    try:
        yield place
    finally:
        run("umount", place)
        run("losetup", "--detach", device)
    place.rmdir()


@pytest.mark.parametrize(
    ("make", "mount"),
    [
        (["mkfs.exfat"], ["mount.exfat-fuse"]),
        (["mkntfs", "-F", "-Q", "-q"], ["ntfs-3g", "-o", "windows_names"]),
    ],
)
def test_exfat_and_ntfs_hold_every_name(
    make: list[str], mount: list[str], peer: Callable[[str], str], tmp_path: Path
) -> None:
    """Through FUSE, NTFS with the rules of Windows on; mounted again before reading."""
    image, place = blank(tmp_path / "disk.img", 64), tmp_path / "drive"
    run(peer(make[0]), *make[1:], image)
    program = [peer(mount[0]), *mount[1:]]
    with mounted(program, image, place):
        for path in PATHS:
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            with (place / path).open("x", encoding="utf-8") as file:
                file.write(path)
    with mounted(program, image, place):
        assert contents(place) == {path: path for path in PATHS}
