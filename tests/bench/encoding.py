"""Whether encoding keeps all cores busy: wall x cores against processor seconds, ten programmes.

python -m tests.bench.encoding [--seconds 60] [--rounds 3]

Builds a set of ten generated programmes from nothing with the command; the processor seconds are
those of the whole tree of processes. Then builds it again, which must encode nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from pipeline import tools
from tests.bench.line import line

RECIPE = """\
recipe: ten
title: 十个节目
select:
  - all: yes
target:
  video-cd: {quality: best}
"""


def generate(folder: Path, seconds: int) -> None:
    """Ten programmes of moving picture and sound."""
    folder.mkdir()
    for number in range(10):
        command = [
            str(tools.ffmpeg()), "-v", "error", "-f", "lavfi", "-i",
            f"mandelbrot=s=640x480:r=25:start_scale={3 - number / 5}", "-f", "lavfi", "-i",
            f"sine=f={300 + 50 * number}", "-t", str(seconds), "-c:v", "mpeg4", "-q:v", "4",
            "-c:a", "aac", str(folder / f"节目{'一二三四五六七八九十'[number]}.mp4"),
        ]  # fmt: skip
        subprocess.run(command, check=True)


def used() -> float:
    """Processor seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    cores = len(os.sched_getaffinity(0))
    busy, again = [], []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        generate(Path(folder) / "in", options.seconds)
        xiaxiang = [sys.executable, "-m", "pipeline", "--workspace", str(root)]
        subprocess.run([*xiaxiang, "init"], check=True, stdout=subprocess.DEVNULL)
        add = [*xiaxiang, "add", str(Path(folder) / "in"), "--rights", "county"]
        subprocess.run(add, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (root / "recipes" / "ten.yaml").write_text(RECIPE, "utf-8")
        for _round in range(options.rounds):
            shutil.rmtree(root / "editions")
            shutil.rmtree(root / "workroom")
            (root / "editions").mkdir()
            spent, begin = used(), time.perf_counter()
            subprocess.run([*xiaxiang, "build", "ten"], check=True, stdout=subprocess.DEVNULL)
            wall = time.perf_counter() - begin
            busy.append((wall * cores, used() - spent))
            begin = time.perf_counter()
            subprocess.run([*xiaxiang, "build", "ten"], check=True, stdout=subprocess.DEVNULL)
            again.append(time.perf_counter() - begin)
    wall, spent = sorted(busy, key=lambda pair: pair[0] / pair[1])[len(busy) // 2]
    line("encoding: wall x cores / processor", wall, spent, 1.15)
    line("second build, nothing to do / 1 s", median(again), 1.0, 1.5)


if __name__ == "__main__":
    main()
