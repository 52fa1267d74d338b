"""Short streams, encoded once a session, and the peers that read our discs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import pytest

from pipeline.videocd.bounds import Standard
from pipeline.videocd.lists import (
    Area,
    ControlList,
    EndList,
    PlayList,
    PlaySegment,
    PlayTrack,
    SelectionList,
)
from pipeline.videocd.stills import Still

VIDEO = (
    "-c:v mpeg1video -b:v 1150k -minrate 1150k -maxrate 1150k -bufsize 327680 "
    "-g 15 -bf 2 -me_range 64 -aspect 4:3 -threads 1 -f mpeg1video"
)
AUDIO = "-c:a mp2 -b:a 224k -ar 44100 -ac 2 -f mp2"
PICTURES = {
    "pal": "352x288:r=25",
    "ntsc": "352x240:r=30000/1001",
    "film": "352x240:r=24000/1001",
}
SECONDS = 6


@dataclass(frozen=True)
class Clip:
    """The two elementary streams of one short programme."""

    video: Path
    audio: Path


Run = Callable[..., str]


@pytest.fixture(scope="session")
def ffmpeg() -> Run:
    """Run ffmpeg; any message of it is an error. Gives what it wrote to its output."""
    program = imageio_ffmpeg.get_ffmpeg_exe()

    def run(*arguments: object) -> str:
        command = [program, "-v", "error", "-nostdin", "-y", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return done.stdout

    return run


@pytest.fixture(scope="session")
def peer() -> Run:
    """Run another program in a folder and give all it said; skipped where it is missing, but
    in CI that is an error."""

    def run(folder: Path, program: str, *arguments: object) -> str:
        if shutil.which(program) is None:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{program} is missing")
            pytest.skip(f"{program} is not installed")
        command = [program, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


@pytest.fixture(scope="session")
def clips(ffmpeg: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clip]:
    """Elementary streams by kind: pal, ntsc and film, with B pictures and hard to compress."""
    folder = tmp_path_factory.mktemp("clips")
    made = {}
    for number, (kind, picture) in enumerate(PICTURES.items()):
        clip = Clip(folder / f"{kind}.m1v", folder / f"{kind}.mp2")
        moving = f"testsrc2=s={picture}:d={SECONDS},noise=alls=20:allf=t:all_seed=1"
        sound = f"sine=f={440 + 110 * number}:d={SECONDS}"
        ffmpeg("-f", "lavfi", "-i", moving, *VIDEO.split(), clip.video)
        ffmpeg("-f", "lavfi", "-i", sound, *AUDIO.split(), clip.audio)
        made[kind] = clip
    return made


@pytest.fixture(scope="session")
def muxed(ffmpeg: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same kinds as ffmpeg multiplexes them, for discs that others can make too."""
    folder = tmp_path_factory.mktemp("muxed")
    made = {}
    for kind, picture in PICTURES.items():
        made[kind] = folder / f"{kind}.mpg"
        moving, sound = f"testsrc2=s={picture}:d={SECONDS}", f"sine=f=440:d={SECONDS}"
        ffmpeg(
            "-f", "lavfi", "-i", moving, "-f", "lavfi", "-i", sound,
            "-target", f"{kind}-vcd", "-threads", 1, made[kind],
        )  # fmt: skip
    return made


@dataclass(frozen=True)
class Menus:
    """Raw I pictures by kind, and the still items they make."""

    folder: Path
    raw: dict[str, Path]

    def still(self, kind: str = "both", standard: Standard = "pal") -> Still:
        lo = None if kind == "hi" else self.raw[f"lo-{standard}"]
        return Still(lo, None if kind == "lo" else self.raw[f"hi-{standard}"], standard)


STILLS = {
    "lo-pal": ("352x288", "25", "12/11", 327680, 18),
    "hi-pal": ("704x576", "25", "12/11", 1835008, 32),
    "lo-ntsc": ("352x240", "30000/1001", "10/11", 327680, 15),
    "hi-ntsc": ("704x480", "30000/1001", "10/11", 1835008, 30),
}


@pytest.fixture(scope="session")
def menus(ffmpeg: Run, tmp_path_factory: pytest.TempPathFactory) -> Menus:
    """Raw pictures as menus have them, of both sizes and standards."""
    folder = tmp_path_factory.mktemp("menus")
    raw = {}
    for kind, (size, rate, shape, buffer, slices) in STILLS.items():
        raw[kind] = folder / f"{kind}.m1v"
        ffmpeg(
            *("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate},setsar={shape}"),
            *("-frames:v", 1, "-r", rate, "-c:v", "mpeg1video", "-qscale:v", 4, "-b:v", "8000k"),
            *("-maxrate", "8000k", "-bufsize", buffer, "-slices", slices, "-threads", 1),
            *("-f", "mpeg1video", raw[kind]),
        )
    return Menus(folder, raw)


@pytest.fixture(scope="session")
def pages() -> Callable[[int, int, int], tuple[ControlList, ...]]:
    """Lists of a menu: so many pages of so many choices, which play so many tracks."""
    return _pages


def _pages(stills: int, choices: int, tracks: int) -> tuple[ControlList, ...]:
    """A menu of so many pages, and a list for each choice of each page that shows a still."""
    lists: list[ControlList] = []
    for page in range(stills):
        plays = tuple(f"play-{page}-{choice}" for choice in range(choices))
        before, after = (f"page-{n}" if 0 <= n < stills else None for n in (page - 1, page + 1))
        areas = tuple(Area(20, 10 + 2 * n, 235, 11 + 2 * n) for n in range(choices))
        lists.append(
            SelectionList(
                f"page-{page}",
                PlaySegment(page),
                plays,
                previous=before or "end",
                next=after,
                back="page-0",
                default=plays[0] if plays else None,
                choice_areas=areas,
                delayed=page % 2 == 1,
            )
        )
    for page in range(stills):
        for choice in range(choices):
            lists.append(
                PlayList(
                    f"play-{page}-{choice}",
                    (PlayTrack(1 + (page + choice) % tracks), PlaySegment(page)),
                    back=f"page-{page}",
                    play_seconds=choice * 0.3,
                    wait=(page * 37 + choice * 5) % 2001,
                )
            )
    return (*lists, EndList("end"))
