"""Two languages of one file: the first on the left channel, the second on the right."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline import tools

RECIPE = """\
recipe: two
title: 两种语言
select:
  - all: yes
left_right:
  - {programme: P0001, left: LEFT, right: RIGHT}
target:
  video-cd: {quality: fast, menu: no}
"""


def pitch(samples: np.ndarray) -> int:
    """The loudest frequency, in hertz, of one channel at 44.1 kHz."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    return round(float(np.argmax(spectrum)) * 44_100 / len(samples))


def xiaxiang(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "--workspace", str(root), *words],
        capture_output=True,
        text=True,
        env={**os.environ, "XIAXIANG_LANG": "en"},
        check=False,
    )


def test_each_ear_hears_its_language(ffmpeg_run: Callable[..., Path], tmp_path: Path) -> None:
    """A tone of 440 and one of 880 hertz, put left and right the other way round than they lie."""
    two = ffmpeg_run(
        "两种语言.mkv",
        *("-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=2"),
        *("-f", "lavfi", "-i", "sine=f=440:d=2", "-f", "lavfi", "-i", "sine=f=880:d=2"),
        *("-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:v", "mpeg4", "-c:a", "aac"),
    )
    xiaxiang(tmp_path, "init")
    xiaxiang(tmp_path, "add", str(two), "--rights", "county")
    recipe = tmp_path / "recipes" / "two.yaml"
    recipe.write_text(RECIPE.replace("LEFT", "2").replace("RIGHT", "1"), "utf-8")
    assert xiaxiang(tmp_path, "build", "two").returncode == 0
    (sound,) = tmp_path.glob("workroom/[!.]*/out/audio.mp2")
    decode = [str(tools.ffmpeg()), "-v", "error", "-i", str(sound), "-f", "s16le", "-"]
    raw = subprocess.run(decode, capture_output=True, check=True).stdout
    samples = np.frombuffer(raw, np.int16).reshape(-1, 2)[22_050:66_150]

    assert (pitch(samples[:, 0]), pitch(samples[:, 1])) == (880, 440)


def test_a_sound_that_is_not_there_is_refused(clip: Path, tmp_path: Path) -> None:
    """The file has one sound; the recipe's second is told with its place, and nothing is made."""
    xiaxiang(tmp_path, "init")
    xiaxiang(tmp_path, "add", str(clip), "--rights", "county")
    recipe = tmp_path / "recipes" / "two.yaml"
    recipe.write_text(RECIPE.replace("LEFT", "1").replace("RIGHT", "2"), "utf-8")
    done = xiaxiang(tmp_path, "plan", "two")

    assert done.returncode == 2
    assert "two.yaml: left_right[1] — P0001 has 1 sounds, number 2 is not there" in done.stderr
