"""How soon the command answers: its help, a plan over 5,000 programmes, a build of what is made.

python -m tests.bench.starting [--rounds 7]

Whole processes, alternating, medians. The help is held against an empty Python; the plan and the
repeated build against a second.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from statistics import median

from catalog.analyses import put_analysis
from catalog.analysis import Analysis, PictureAnalysis, SoundAnalysis
from catalog.database import open_books
from catalog.intake import add_source
from catalog.programme import AudioStream, Programme, Rights, Source, VideoStream
from catalog.sheet import Entry
from pipeline.analyse import ANALYSER
from tests.bench.line import line

PROGRAMMES = 5_000
SUBJECTS = ("AGR.GREENHOUSE", "LIV.SHEEP", "HEA.CARE", "ART.LOCAL", "LAW.SAFETY", "AGR.FRUIT")


def seconds(command: list[str]) -> float:
    """Wall seconds of one whole process."""
    begin = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XIAXIANG_LANG": "zh"},
    )
    return time.perf_counter() - begin


def xiaxiang(root: Path, *words: str) -> list[str]:
    """The command as the installed script runs it."""
    return [str(Path(sys.executable).with_name("xiaxiang")), "--workspace", str(root), *words]


def fill(root: Path) -> None:
    """A workspace with made-up programmes."""
    subprocess.run(xiaxiang(root, "init"), check=True, stdout=subprocess.DEVNULL)
    catalogue(root, "mov", "h264", "aac")


def catalogue(root: Path, container: str, picture: str, sound: str) -> None:
    """Programmes, half of them farming, each with a looked-through source of its own."""
    books = open_books(root / "xiaxiang.db")
    streams = (VideoStream(0, picture, 640, 480), AudioStream(1, sound, 2, 44_100))
    for number in range(PROGRAMMES):
        name = f"节目{number:05d}.mp4"
        source = Source(
            hashlib.sha256(name.encode()).hexdigest(), 10_000_000, name, f"library/{name}",
            container, 900.0 + number % 1800, streams,
        )  # fmt: skip
        said = Programme(
            "", f"节目{number:05d}", subject=(SUBJECTS[number % 6],), language="zh",
            type="feature", months=(11, 12, 1), rights=Rights("county"),
        )  # fmt: skip
        add_source(books, source, datetime.now(UTC), entry=Entry("bench", number, said))
        with books.transaction() as connection:
            put_analysis(connection, looked_through(source, number))
    books.close()


def looked_through(source: Source, number: int) -> Analysis:
    """What looking through a file would have found: another loudness in each."""
    cuts = tuple(float(at) for at in range(50, int(source.seconds) - 50, 50))
    seen = PictureAnalysis(0, int(source.seconds * 25), Fraction(25), cuts=cuts)
    heard = SoundAnalysis(1, "stereo", -20 - number % 100 / 10, 9.0, -3.0, number % 100 / 10 - 3)
    return Analysis(source.sha256, ANALYSER, source.seconds, source.seconds, seen, (heard,))


def main() -> None:
    """Measure and print."""
    rounds = argparse.ArgumentParser()
    rounds.add_argument("--rounds", type=int, default=7)
    count = rounds.parse_args().rounds
    helps, empties = [], []
    for _round in range(count):
        helps.append(seconds(xiaxiang(Path(), "--help")))
        empties.append(seconds([sys.executable, "-c", "pass"]))
    line("xiaxiang --help / python -c pass", median(helps), median(empties), 6.0)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        fill(root)
        plan = xiaxiang(root, "plan", "sanxiaxiang-winter")
        every = xiaxiang(root, "plan", "inbox")
        line(f"plan of the fair set, {PROGRAMMES} programmes / 1 s",
             median(seconds(plan) for _round in range(count)), 1.0, 1.0)  # fmt: skip
        line(f"plan of all {PROGRAMMES} programmes / 1 s",
             median(seconds(every) for _round in range(count)), 1.0, 1.0)  # fmt: skip


if __name__ == "__main__":
    main()
