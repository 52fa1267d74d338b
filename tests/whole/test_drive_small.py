"""Drives by the command where the device matters: an ext4 of its own for each, on a loop device."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

RECIPE = """\
recipe: drives
title: 移动硬盘
select:
  - programmes: [{programmes}]
target:
  site-drive: {{sites: {{all: yes}}, quality: fast, keep_free: 0%}}
"""


def ran(*words: str) -> str:
    """Run a program that may be missing or forbidden here: a visible skip, a failure in CI."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        why = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        why = str(error)
    if why:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{words[0]}: {why}")
        pytest.skip(f"{words[0]}: {why}")
    return done.stdout.strip()


@pytest.fixture
def ext4(tmp_path: Path) -> Iterator[Callable[[str, float], Path]]:
    """Make and mount a drive of so many MiB."""
    with ExitStack() as stack:

        def make(name: str, size: float) -> Path:
            image, place = tmp_path / f"{name}.img", tmp_path / name
            place.mkdir()
            with image.open("wb") as file:
                file.truncate(int(size * 1024) << 10)
            ran("mkfs.ext4", "-q", "-O", "^has_journal", "-m", "0", str(image))
            ran("mount", "-o", "loop", str(image), str(place))
            stack.callback(ran, "umount", "--lazy", str(place))
            return place

        yield make


def chosen(county: Any, *programmes: str) -> None:
    county.recipe("drives", RECIPE.format(programmes=", ".join(programmes)))


def test_too_small_for_both_editions_programmes_change_places(
    county: Any, ext4: Callable[..., Path]
) -> None:
    """Room for one large programme: the plan says that they change places, and by which round; the
    refresh does it, and afterwards every byte is as it should be.
    """
    drive = ext4("small", 9)
    county.said("drive", "register", str(drive), "--site", "T")
    chosen(county, "P0001")
    county.said("drive", "refresh", str(drive))
    chosen(county, "P0003")
    plan = county.said("drive", "plan", str(drive))
    zh = county.said("drive", "plan", str(drive), lang="zh")
    (told,) = county.answer("drive", "plan", str(drive))["drives"]
    done = county.answer("drive", "refresh", str(drive))["drives"][0]

    assert not told["side_by_side"]
    assert "Too small for both editions: programmes change places in 1 rounds." in plan
    assert "round 1: away 三滴血; there 母羊护理" in plan
    assert "第 1 轮：拿走 三滴血；放上 母羊护理" in zh
    assert done["ok"]
    assert not (drive / "data/戏曲艺术/三滴血.mp4").exists()
    assert county.answer("drive", "verify", str(drive), "--deep")["ok"]
    page = (drive / "开始.html").read_text("utf-8")
    assert "母羊护理" in page
    assert "三滴血" not in page


def test_what_does_not_fit_is_left_out_and_told(county: Any, ext4: Callable[..., Path]) -> None:
    """Of two large programmes the second has no room, a small one behind it has."""
    drive = ext4("small", 12)
    county.said("drive", "register", str(drive), "--site", "T")
    (plan,) = county.answer("drive", "plan", str(drive))["drives"]
    told = county.said("drive", "plan", str(drive))
    done = county.answer("drive", "refresh", str(drive))["drives"][0]

    assert plan["programmes"] == ["P0001", "P0004", "P0002"]
    assert [(one["programme"], one["reason"]) for one in plan["left_out"]] == [("P0003", "no-room")]
    assert plan["left_out"][0]["told"] in told
    assert done["programmes"] == plan["programmes"]
    assert county.answer("drive", "verify", str(drive), "--deep")["ok"]


@pytest.mark.parametrize("size", [11.25, 11.5, 11.625, 11.75, 11.875, 12, 12.125, 12.25])
def test_whatever_is_chosen_for_a_drive_fits_and_stays(
    county: Any, ext4: Callable[..., Path], size: float
) -> None:
    """Around the size at which the last large programme fits: never refused for want of room, and
    what was there once does not go at the next refresh.
    """
    drive = ext4("brim", size)
    county.said("drive", "register", str(drive), "--site", "T")
    done = county.answer("drive", "refresh", str(drive))["drives"][0]
    again = county.answer("drive", "refresh", str(drive))["drives"][0]

    assert done["ok"]
    assert 3 <= len(done["programmes"]) <= 4
    assert set(again["programmes"]) >= set(done["programmes"])
    assert again["nothing_to_do"]


def test_copies_are_verified_as_read_from_the_device(
    county: Any, ext4: Callable[..., Path]
) -> None:
    """Two drives at once, each on a device of its own: what was read back came from there, by the
    counters; so does a deep check.
    """
    drives = [str(ext4(name, 24)) for name in ("one", "two")]
    for drive, site in zip(drives, "TU", strict=True):
        county.said("drive", "register", drive, "--site", site)
    done = county.answer("drive", "refresh", *drives)["drives"]
    reports = [county.answer("drive", "verify", drive, "--deep") for drive in drives]

    assert [one["result"]["confirmed"] for one in done] == ["device", "device"]
    assert [(one["verified"], one["source"]) for one in reports] == [(True, "device")] * 2


def test_a_whole_copy_on_another_disk_is_known_for_one(
    county: Any, ext4: Callable[..., Path]
) -> None:
    """All files of a drive, copied to another disk: alone in the call, it is told by its volume."""
    drive, other = ext4("one", 24), ext4("two", 24)
    county.said("drive", "register", str(drive), "--site", "T")
    county.said("drive", "refresh", str(drive))
    subprocess.run(["cp", "-a", f"{drive}/.", str(other)], check=True)
    said = county.said("drive", "refresh", str(other), code=2)
    report = county.said("drive", "verify", str(other), code=4)

    assert "is the volume" in said
    assert "is the volume" in report
    assert json.loads((other / "_delivery/drive.json").read_bytes())["drive"] == "D1"


def test_a_drive_that_may_not_be_written_to(county: Any, ext4: Callable[..., Path]) -> None:
    """Mounted for reading alone: neither registered nor filled, exit 3, and what to look for."""
    drive = ext4("locked", 24)
    ran("mount", "-o", "remount,ro", str(drive))
    new = county.said("drive", "register", str(drive), "--site", "T", code=3)
    ran("mount", "-o", "remount,rw", str(drive))
    county.said("drive", "register", str(drive), "--site", "T")
    ran("mount", "-o", "remount,ro", str(drive))
    filling = county.said("drive", "refresh", str(drive), code=3)

    assert "look for a lock switch" in new
    assert "look for a lock switch" in filling
    assert county.answer("drive", "show", "D1")["editions"] == []
