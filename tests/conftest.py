"""What all tests share: peers that may be missing, and a screen that speaks English."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog import words
from pipeline import tools

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are compared in English, whatever the locale of the machine."""
    words.speak("en")
    yield
    words.speak("en")


@pytest.fixture(scope="session")
def peer() -> Callable[[str], str]:
    """The path of a tool we compare ourselves with: a visible skip without it, a failure in CI."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            why = f"{name} is not installed: make peers"
            if os.environ.get("CI") == "true":
                pytest.fail(why)
            pytest.skip(why)
        return path

    return find


@pytest.fixture(scope="session")
def ffmpeg_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a clip with ffmpeg's own test sources: a name and the arguments before it."""
    folder = tmp_path_factory.mktemp("clips")
    program = str(tools.ffmpeg())

    def make(name: str, *arguments: str) -> Path:
        place = folder / name
        if not place.exists():
            command = [program, "-v", "error", "-y", *arguments, str(place)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=300)
        return place

    return make


@pytest.fixture(scope="session")
def clip(ffmpeg_run: Callable[..., Path]) -> Path:
    """Two seconds of picture and sound in an MP4."""
    return ffmpeg_run(
        "clip.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2"),
        *("-f", "lavfi", "-i", "sine=f=440:d=2"),
        *("-c:v", "mpeg4", "-q:v", "5", "-c:a", "aac", "-movflags", "+faststart"),
    )


@pytest.fixture(scope="session")
def media() -> Callable[[str], Path]:
    """A real clip that lies beside the checkout, never in it; a visible skip where it does not."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / "media" / name
        if not path.exists():
            pytest.skip(f"the clip {name} is not beside this checkout")
        return path

    return find
