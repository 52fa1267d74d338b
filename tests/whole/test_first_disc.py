"""From a folder of downloads to discs that other people's tools accept, by the command itself."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from catalog import ledger
from catalog.database import open_books
from pipeline import tools

RECIPE = """\
recipe: tried
title: 试一试
copies: 3
select:
  - all: yes
target:
  video-cd: {standard: STANDARD, quality: fast}
"""


def xiaxiang(root: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does; anything but the expected end is shown whole."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "--workspace", str(root), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "XIAXIANG_LANG": "en"},
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def downloads(ffmpeg_run: Callable[..., Path]) -> list[Path]:
    """Widescreen, 4:3 without sound, and sound without picture."""
    sound = ("-f", "lavfi", "-i", "sine=f=440:d=3")
    return [
        ffmpeg_run("《羊病防治》.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=3", *sound,
                   "-c:v", "mpeg4", "-c:a", "aac"),
        ffmpeg_run("温棚.avi", "-f", "lavfi", "-i", "testsrc=s=320x240:r=15:d=2", "-c:v", "mpeg4"),
        ffmpeg_run("广播.mp3", *sound, "-c:a", "libmp3lame"),
    ]  # fmt: skip


@pytest.fixture(scope="module", params=["pal", "ntsc"])
def built(
    request: pytest.FixtureRequest, downloads: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A workspace in which the recipe is built; the edition's folder."""
    root = tmp_path_factory.mktemp(request.param)
    xiaxiang(root, "init")
    xiaxiang(root, "add", *map(str, downloads), "--rights", "county")
    (root / "recipes" / "tried.yaml").write_text(RECIPE.replace("STANDARD", request.param), "utf-8")
    xiaxiang(root, "build", "tried")
    (edition,) = (root / "editions").glob("tried-*")
    return edition


def test_the_record_tells_what_is_on_the_disc(built: Path, downloads: list[Path]) -> None:
    """Each track knows its programme and source; every digest is that of the file."""
    record = json.loads((built / "edition.json").read_text("utf-8"))
    (volume,) = record["volumes"]
    sources = {hashlib.sha256(path.read_bytes()).hexdigest() for path in downloads}

    assert {track["source"] for track in volume["tracks"]} == sources
    assert {track["title"] for track in volume["tracks"]} == {"羊病防治", "温棚", "广播"}
    assert sorted(round(track["seconds"]) for track in volume["tracks"]) == [2, 3, 3]
    for file in volume["files"]:
        data = (built / file["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])


def test_the_sums_are_what_sha256sum_accepts(built: Path) -> None:
    """Somebody without our program can check an edition."""
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=built, check=False
    )

    assert done.returncode == 0


def test_verify_accepts_what_build_made_and_sees_one_flipped_bit(
    built: Path, tmp_path: Path
) -> None:
    """The edition and its image are verified; one bit of picture is told with its sector."""
    xiaxiang(tmp_path, "verify", str(built))
    data = bytearray((built / "disc-01.bin").read_bytes())
    data[2352 * 600 + 1000] ^= 1
    (tmp_path / "disc-01.bin").write_bytes(data)
    (tmp_path / "disc-01.cue").write_bytes((built / "disc-01.cue").read_bytes())
    said = xiaxiang(tmp_path, "verify", str(tmp_path / "disc-01.cue"), code=4).stdout

    assert "sector 600 (" in said
    assert "edc" in said.lower()


def test_vcd_info_finds_a_video_cd_and_nothing_to_warn_of(
    built: Path, peer: Callable[[str], str]
) -> None:
    """The reference reader says VCD 2.0, without a warning and without a field it does not know."""
    command = [peer("vcd-info"), "-c", str(built / "disc-01.cue")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "VCD 2.0 detected" in done.stdout
    assert "WARN" not in done.stdout + done.stderr
    assert "? @0x" not in done.stdout


def test_ripped_streams_decode_without_a_message(
    built: Path, peer: Callable[[str], str], tmp_path: Path
) -> None:
    """What vcdxrip takes off the disc, ffmpeg decodes in silence, all of it."""
    command = [peer("vcdxrip"), "-c", str(built / "disc-01.cue"), "-o", "rip.xml"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    streams = sorted(tmp_path.glob("avseq*.mpg"))
    for stream in streams:
        command = [str(tools.ffmpeg()), "-v", "warning", "-i", str(stream), "-f", "null", "-"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ""

    assert len(streams) == 3


def test_a_second_build_makes_nothing(built: Path) -> None:
    """The same recipe again: the same edition, untouched, and one `made` in the books."""
    root = built.parents[1]
    before = {path: path.stat().st_mtime_ns for path in built.iterdir()}
    said = xiaxiang(root, "build", "tried").stdout
    books = open_books(root / "xiaxiang.db")
    with books.reading() as connection:
        made = list(ledger.read(connection, "made"))
        breaks = ledger.check(connection)
    books.close()

    assert "Nothing to do" in said
    assert {path: path.stat().st_mtime_ns for path in built.iterdir()} == before
    assert [event.subjects[0] for event in made] == [built.name]
    assert breaks == ()


def test_one_programme_more_encodes_one_programme(
    built: Path, ffmpeg_run: Callable[..., Path]
) -> None:
    """The plan of a recipe that grew by one has one encoding to do."""
    root = built.parents[1]
    more = ffmpeg_run(
        "新片.mp4", "-f", "lavfi", "-i", "testsrc=s=160x120:r=25:d=1", "-c:v", "mpeg4"
    )
    xiaxiang(root, "add", str(more), "--rights", "county")
    plan = json.loads(xiaxiang(root, "plan", "tried", "--json").stdout)

    assert [one["label"] for one in plan["to_do"] if one["step"] == "Encode"] == ["新片"]
    assert [one["label"] for one in plan["to_do"] if one["step"] == "WriteVideoCd"] == ["disc-01"]


def test_equal_inputs_give_equal_bytes(built: Path, downloads: list[Path], tmp_path: Path) -> None:
    """Another workspace, the same files and recipe: the same image, CUE and record."""
    record = json.loads((built / "edition.json").read_text("utf-8"))
    standard = record["recipe"]["target"]["video-cd"]["standard"]
    xiaxiang(tmp_path, "init")
    xiaxiang(tmp_path, "add", *map(str, downloads), "--rights", "county")
    (tmp_path / "recipes" / "tried.yaml").write_text(RECIPE.replace("STANDARD", standard), "utf-8")
    xiaxiang(tmp_path, "build", "tried")
    (again,) = (tmp_path / "editions").glob("tried-*")

    assert again.name == built.name
    assert (again / "SHA256SUMS").read_bytes() == (built / "SHA256SUMS").read_bytes()


def test_the_disc_opens_with_its_menu(
    built: Path, peer: Callable[[str], str], tmp_path: Path
) -> None:
    """The first list is a selection that shows a still and leads to every programme by number;
    each programme leads to the next, the last one back.
    """
    command = [peer("vcdxrip"), "-c", str(built / "disc-01.cue"), "-o", "rip.xml"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    space = {"v": "http://www.gnu.org/software/vcdimager/1.0/"}
    control = ElementTree.parse(tmp_path / "rip.xml").getroot().find("v:pbc", space)
    assert control is not None
    menu, *others = list(control)
    plays = {one.get("id"): one for one in others if one.tag.endswith("playlist")}
    chosen = [one.get("ref") for one in menu.findall("v:select", space)]
    ends = [play.find("v:next", space).get("ref") for play in plays.values()]

    assert menu.tag.endswith("selection")
    assert menu.find("v:play-item", space).get("ref") == "segment-0000"
    assert chosen == list(plays)
    assert ends == [*list(plays)[1:], menu.get("id")]
    assert (tmp_path / "item0001.mpg").stat().st_size % 2324 == 0
