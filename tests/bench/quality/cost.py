"""What a whole command costs: processor seconds a minute of programme, from file to streams."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

from tests.bench.quality.clips import FFMPEG
from tests.bench.quality.score import spent
from tests.bench.quality.shapes import Shot, whole

FAST_BAR = 1.3


def cost(shot: Shot, rounds: int = 3) -> dict[str, float]:
    """CPU seconds a minute of programme of each command on one core, the least of some rounds.

    The house's own command line, decoding, filters and sound with it, beside ffmpeg's preset.
    """
    with tempfile.TemporaryDirectory() as folder:
        one_core = {min(os.sched_getaffinity(0))}
        minutes = shot.pictures / 25 / 60
        return {
            who: min(spent(words, cores=one_core) for _ in range(rounds)) / minutes
            for who, words in _commands(shot, Path(folder)).items()
        }


def _commands(shot: Shot, folder: Path) -> Mapping[str, list[str]]:
    quiet = [FFMPEG, "-v", "error", "-nostdin", "-y"]
    source = ["-ss", str(shot.clip.start), "-i", str(shot.file)]
    last = ["-threads", "1", "-t", f"{shot.pictures / 25:.2f}"]
    return {
        "target": [*quiet, *source, "-target", "pal-vcd", *last, str(folder / "target.mpg")],
        "fast": [*quiet, *whole(shot, "fast", folder)],
        "best": [*quiet, *whole(shot, "best", folder)],
    }


def cost_lines(costs: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The table of costs."""
    lines = ["CPU s a minute    target     fast     best  fast/target best/target"]
    for name, one in costs.items():
        target, fast, best = one["target"], one["fast"], one["best"]
        lines.append(
            f"  {name:12}{target:10.2f}{fast:9.2f}{best:9.2f}"
            f"{fast / target:13.2f}{best / target:12.2f}"
        )
    return lines


def cost_bar(costs: Iterable[Mapping[str, float]]) -> tuple[str, bool]:
    """Whether `fast` is within its bar: the median of all clips."""
    ratio = median(one["fast"] / one["target"] for one in costs)
    return f"CPU of fast against -target {ratio:.2f}, at most {FAST_BAR}", ratio <= FAST_BAR
