"""Data discs by the command: from a recipe to images that other people's tools read."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.bundle.iso_size import CAPACITY

Peer = Callable[[str], str]
DISC = """\
recipe: disc
title: 农技光盘
copies: 2
select:
  - all: yes
target:
  data-disc: {size: cd74, quality: fast}
"""
NAMES = {
    "戏曲艺术/三滴血.jpg", "戏曲艺术/三滴血.mp4", "农业科技/温棚黄瓜.jpg",
    "农业科技/温棚黄瓜.mp4", "养殖技术/母羊护理.jpg", "养殖技术/母羊护理.mp4",
    "卫生保健/冬季保健.jpg", "卫生保健/冬季保健.mp4", "卫生保健/冬季保健.vtt",
    "开始.html", "SHA256SUMS",
}  # fmt: skip


def edition(county: Any) -> Path:
    (found,) = (county.root / "editions").glob("disc-*")
    return Path(found)


def record(county: Any) -> Any:
    return json.loads((edition(county) / "edition.json").read_text("utf-8"))


@pytest.fixture
def built(county: Any) -> Any:
    """A county that has built its disc."""
    county.recipe("disc", DISC)
    county.said("build", "disc")
    return county


def files_in(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def by_7z(program: str, image: Path, into: Path) -> list[str]:
    return [program, "x", "-y", f"-o{into}", str(image)]


def by_xorriso(program: str, image: Path, into: Path) -> list[str]:
    return [program, "-osirrox", "on", "-indev", str(image), "-extract", "/", str(into)]


@pytest.mark.parametrize(("name", "command"), [("7z", by_7z), ("xorriso", by_xorriso)])
def test_other_tools_take_the_same_files_off_the_disc(
    built: Any, peer: Peer, tmp_path: Path, name: str, command: Callable[..., list[str]]
) -> None:
    """By Joliet and by Rock Ridge: all names, and bytes that `sha256sum -c` accepts."""
    into = tmp_path / "taken"
    image = edition(built) / "disc-01.iso"
    subprocess.run(
        command(peer(name), image, into), check=True, capture_output=True, stdin=subprocess.DEVNULL
    )
    subprocess.run(["chmod", "-R", "u+w", str(into)], check=True)
    sums = [peer("sha256sum"), "-c", "--strict", "--quiet", "SHA256SUMS"]

    assert set(files_in(into)) == NAMES
    assert subprocess.run(sums, cwd=into, check=False).returncode == 0
    assert "冬天要穿暖" in (into / "开始.html").read_text("utf-8")


def test_the_smallest_reader_finds_every_file(built: Any, peer: Peer) -> None:
    """isoinfo, which knows Chinese only by Rock Ridge, lists all of them."""
    image = str(edition(built) / "disc-01.iso")
    command = [peer("isoinfo"), "-R", "-i", image, "-f"]
    done = subprocess.run(command, capture_output=True, check=True)
    listed = done.stdout.decode().splitlines()

    assert {line.removeprefix("/") for line in listed if "." in line or "SUMS" in line} == NAMES


def test_the_record_tells_what_is_on_the_disc(built: Any) -> None:
    """Each programme with its files, and the image by its digest."""
    (volume,) = record(built)["volumes"]
    image = edition(built) / "disc-01.iso"
    named = {
        path
        for one in volume["programmes"]
        for episode in one["episodes"]
        for path in (episode["video"], episode["poster"], episode["captions"])
    }

    assert [one["programme"] for one in volume["programmes"]] == ["P0001", "P0004", "P0002",
                                                                  "P0003"]  # fmt: skip
    assert named - {""} == NAMES - {"开始.html", "SHA256SUMS"}
    assert volume["files"] == [
        {
            "name": "disc-01.iso",
            "bytes": image.stat().st_size,
            "sha256": hashlib.sha256(image.read_bytes()).hexdigest(),
        }
    ]


def test_verify_accepts_what_was_built_and_names_a_file_with_one_turned_bit(
    built: Any, tmp_path: Path
) -> None:
    """The edition in its place, and a copy of its image that was damaged."""
    assert "verified" in built.said("verify", str(edition(built)))
    image = tmp_path / "disc-01.iso"
    data = bytearray((edition(built) / "disc-01.iso").read_bytes())
    data[len(data) // 2] ^= 1
    image.write_bytes(data)

    assert ".mp4" in built.said("verify", str(image), code=4)


def test_a_second_build_makes_nothing(built: Any) -> None:
    """The same recipe again: the same edition, untouched, and a plan with nothing to do."""
    before = {path: path.stat().st_mtime_ns for path in edition(built).iterdir()}
    said = built.said("build", "disc")
    plan = built.answer("plan", "disc")

    assert "Nothing to do" in said
    assert {path: path.stat().st_mtime_ns for path in edition(built).iterdir()} == before
    assert plan["to_do"] == []
    assert plan["discs"][0]["bytes"] == (edition(built) / "disc-01.iso").stat().st_size


def test_equal_inputs_give_equal_bytes(built: Any, county: Any, tmp_path: Path) -> None:
    """Another workspace, where every file is made anew: the same image and record."""
    other = type(county)(tmp_path / "other")
    shutil.copytree(county.root, other.root)
    shutil.rmtree(other.root / "workroom")
    shutil.rmtree(other.root / "editions")
    (other.root / "editions").mkdir()
    other.said("build", "disc")

    assert edition(other).name == edition(built).name
    assert files_in(edition(other)) == files_in(edition(built))


def test_what_one_disc_does_not_hold_goes_onto_several(
    county: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discs of 6 MB: two of four programmes fill one each; every image is on no more than that."""
    monkeypatch.setitem(CAPACITY, "cd74", 6 << 20)
    county.recipe("disc", DISC)
    county.said("build", "disc")
    volumes = record(county)["volumes"]
    programmes = [[one["programme"] for one in volume["programmes"]] for volume in volumes]
    sizes = [one.stat().st_size for one in edition(county).glob("*.iso")]

    assert len(sizes) == len(volumes) > 1
    assert max(sizes) <= 6 << 20
    assert [one for disc in programmes for one in disc] == ["P0001", "P0004", "P0002", "P0003"]
    assert [volume["volume_id"] for volume in volumes] == ["DISC_01", "DISC_02"]
    assert "verified" in county.said("verify", str(edition(county)))


def test_a_programme_that_no_disc_holds_is_left_out_with_its_reason(
    county: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discs of 3 MB: the two large ones stay away, and the plan says so."""
    monkeypatch.setitem(CAPACITY, "cd74", 3 << 20)
    county.recipe("disc", DISC)
    plan = county.answer("plan", "disc")
    told = county.said("plan", "disc", lang="zh")

    assert [one["programme"] for one in plan["left_out"]] == ["P0001", "P0003"]
    assert [one["reason"] for one in plan["left_out"]] == ["too-large"] * 2
    assert "三滴血" in told.partition("没有上盘的：")[2]


def test_copies_of_a_data_disc_are_entered_as_such(built: Any) -> None:
    """A run of copies knows its kind and programmes; delivered, the audit finds them at the site,
    and a recall reaches them.
    """
    run = built.answer("copies", edition(built).name, "--count", "3")
    paper = built.said("deliver", "T", f"{run['production']}=2")
    where = built.said("audit", "where", "--programme", "P0002")
    (back,) = built.answer("recall", "P0002")

    assert run["copies"] == 3
    assert "Data disc (ISO image)" in paper
    assert "Data disc (ISO image)" in where
    assert (back["site"], back["copies"]) == ("T", 2)


def test_copies_without_a_count_are_as_many_as_the_recipe_says(built: Any) -> None:
    """`copies: 2` in the recipe."""
    assert built.answer("copies", edition(built).name)["copies"] == 2


def test_the_whole_is_said_in_chinese(county: Any) -> None:
    """Plan, build and the end of it, as a county librarian reads them."""
    county.recipe("disc", DISC)
    told = county.said("plan", "disc", lang="zh") + county.said("build", "disc", lang="zh")
    plain = told.replace(str(county.root), "").replace("disc", "")

    assert "第 1 张：4 个节目" in told
    assert "刻录" in told
    assert not [word for word in ("the ", "files", "programmes", "Nothing") if word in plain]
