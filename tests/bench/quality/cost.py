"""What a whole command costs: processor seconds a minute of programme, from file to streams."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

from pipeline.analyse import analyse
from pipeline.plan.chunks import Stretch
from pipeline.plan.coding import Quality
from pipeline.plan.decide import Asked, decide
from pipeline.plan.encode import Coding, Files, track_arguments
from pipeline.plan.raster import RASTERS
from pipeline.plan.treatment import Treatment
from tests.bench.quality.clips import FFMPEG
from tests.bench.quality.score import spent
from tests.bench.quality.shapes import Shot

FAST_BAR = 1.3
MOST = 60  # seconds of each file
QUALITIES: tuple[Quality, ...] = ("fast", "best")


def cost(shot: Shot, rounds: int = 3) -> dict[str, float]:
    """CPU seconds a minute of programme of each command on one core, the least of some rounds.

    The plan's own command line for the whole file, with what the analysis decides, beside
    ffmpeg's preset: decoding, filters, picture and sound.
    """
    found = analyse(shot.file, shot.source)
    treated = decide(Asked(shot.source, found, RASTERS["pal"].rate))
    pictures = min(int(treated.seconds * 25), MOST * 25)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("out").mkdir()
        one_core = {min(os.sched_getaffinity(0))}
        return {
            who: min(spent(words, cores=one_core) for _ in range(rounds)) / (pictures / 25 / 60)
            for who, words in _commands(shot.file, treated, pictures).items()
        }


def _commands(file: Path, treated: Treatment, pictures: int) -> Mapping[str, list[str]]:
    part, files = Stretch(0, pictures), Files(str(file))
    asked = [FFMPEG, "-v", "error", "-nostdin", "-y", "-i", str(file)]
    last = ["-target", "pal-vcd", "-threads", "1", "-t", f"{pictures / 25:.2f}", "target.mpg"]
    ours: dict[str, list[str]] = {
        quality: [FFMPEG, *track_arguments(files, treated, part, Coding("pal", quality))]
        for quality in QUALITIES
    }
    return {"target": [*asked, *last], **ours}


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
