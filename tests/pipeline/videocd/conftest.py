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
