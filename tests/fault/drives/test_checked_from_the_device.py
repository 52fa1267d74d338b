"""A deep check reads the drive, not the memory: its counters show it, damage beneath the cache too.

Emulated: the drives are images on loop devices; exFAT and NTFS go through FUSE, as on systems
whose kernel knows neither. Writing into the image is what a failing disk does to bytes that the
system still has right in its memory.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.make.check_drive import Expected, check_drive
from pipeline.make.drive_lists import Sealed
from pipeline.make.drive_report import DriveReport
from pipeline.make.look_at_drive import look
from pipeline.make.medium import Medium
from pipeline.make.volume import volume

Lay = Callable[..., Any]
OPERA = "data/戏曲/三滴血.mp4"
MARK = b"a place in the middle of the opera"
FILES = {
    OPERA: os.urandom(3 << 20) + MARK + os.urandom(3 << 20),
    "data/农业/温棚黄瓜.mp4": os.urandom(2 << 20),
}
KINDS = {"ext4": "ext4", "exfat": "exFAT", "ntfs": "NTFS"}


def check(drive: Any) -> DriveReport:
    with Medium(drive.root) as medium:
        return check_drive(medium, Expected(Sealed(1, drive.seal, drive.items)), "deep")


def sectors(device: str) -> int:
    """Sectors of 512 bytes that were read from a block device, as the kernel counts them."""
    number = Path(device).stat().st_rdev
    told = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}/stat").read_text()
    return int(told.split()[2])


@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_come_from_the_device(
    kind: str, drive_of: Callable[..., Path], sealed_drive: Lay
) -> None:
    """Just written and warm, twice: each check reads all of it from the device, and says so."""
    drive = sealed_drive(drive_of(kind, 48 << 20), FILES)
    device = volume(drive.root).source
    for _again in range(2):
        (drive.root / OPERA).read_bytes()
        before = sectors(device)
        report = check(drive)

        assert report.findings == ()
        assert (sectors(device) - before) * 512 >= sum(map(len, FILES.values()))
        assert (report.source, report.verified) == ("device", True)
        assert "read back from the drive itself" in report.summary


@pytest.mark.parametrize("kind", KINDS)
def test_damage_beneath_the_cache_is_found(
    kind: str, drive_of: Callable[..., Path], sealed_drive: Lay
) -> None:
    """One bit changes in the image while the system still has the right bytes in memory: reading
    the file by itself shows nothing, the check exactly this file.
    """
    drive = sealed_drive(drive_of(kind, 48 << 20), FILES)
    assert check(drive).verified
    right = (drive.root / OPERA).read_bytes()
    image = image_of(volume(drive.root).source)
    place = image.read_bytes().index(MARK)
    with image.open("r+b") as file:
        file.seek(place)
        file.write(b"A")
    assert (drive.root / OPERA).read_bytes() == right
    report = check(drive)

    assert [(one.kind, one.path) for one in report.findings] == [("altered", OPERA)]


def image_of(device: str) -> Path:
    told = ["losetup", "--noheadings", "--output", "BACK-FILE", device]
    return Path(subprocess.run(told, check=True, capture_output=True, text=True).stdout.strip())


def test_memory_is_never_called_a_device(memory: Path, sealed_drive: Lay) -> None:
    """On a file system in memory nothing can be proven, and nothing is claimed."""
    report = check(sealed_drive(memory / "d", FILES))

    assert report.ok
    assert (report.source, report.verified) == ("cache", False)
    assert "could not be proven" in report.summary


@pytest.mark.parametrize("kind", KINDS)
def test_the_volume_is_told_as_blkid_tells_it(kind: str, drive_of: Callable[..., Path]) -> None:
    """The serial is that of the file system, its kind as the register writes it."""
    place = drive_of(kind, 16 << 20)
    told = volume(place)
    said = ["blkid", "-p", "-s", "UUID", "-o", "value", told.source]
    wanted = subprocess.run(said, check=True, capture_output=True, text=True).stdout.strip()

    assert told.serial == wanted != ""
    assert told.kind == KINDS[kind]
    with Medium(place) as medium:
        assert look(medium, ()).holding.file_system == KINDS[kind]


def test_a_drive_that_is_read_only_is_told(drive_of: Callable[..., Path]) -> None:
    """As the file system is mounted."""
    place = drive_of("ext4", 16 << 20)
    assert not volume(place).read_only
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)

    assert volume(place).read_only
