"""Files for computers of real clips: what becomes of each, its bytes, and the work it was.

python -m tests.bench.pc_files [--height 720] [--quality best] [FILE ...]

Without files all of ../shared/media. `bytes` beside the bound that a plan counts with, `MB/h` of
the video, processor seconds of its steps beside the estimate (plan/pc_effort.py), and, of what was
encoded at the source's own rate, the VMAF at its size.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from catalog.problem import Failure
from catalog.programme import Episode, Programme
from pipeline import tools
from pipeline.analyse import analyse
from pipeline.make.step import Bench, make
from pipeline.plan.decide import Asked, decide
from pipeline.plan.effort import effort
from pipeline.plan.pc_decision import decision_of
from pipeline.plan.pc_file import PcSteps, pc_steps
from pipeline.plan.pc_fitness import ForPc
from pipeline.plan.steps import FromStep
from pipeline.plan.targets.tracks import Workshop
from pipeline.probe import probe, source
from pipeline.typeface import font_name
from pipeline.workroom import Workroom
from recipes.targets import ForComputers

MEDIA = Path(__file__).parents[3] / "shared" / "media"
SKIPPED = {".csv", ".md", ".json", ".xml", ".vtt", ".srt"}


def episode(path: Path, medium: ForComputers) -> ForPc:
    """A file, looked through, as an episode."""
    one = source(probe(path), path.name, str(path))
    found = analyse(path, one)
    treatment = decide(Asked(one, found, Fraction(0)))
    programme = Programme(path.name, path.name, (Episode(1, one.sha256),))
    return ForPc(programme, 1, one, found, treatment, medium)


def used() -> float:
    """Processor seconds of all programs that were run so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def vmaf(made: Path, path: Path, piece: ForPc) -> str:
    """How like its source a picture is, at its own size, where they can be laid side by side."""
    seen, shape = piece.treatment.picture, decision_of(piece).shape
    if not seen or seen.shown_rate != shape.rate or seen.crop or seen.fields != "progressive":
        return "-"
    if piece.source.video is None or piece.source.video.rotation % 360 or piece.seen is None:
        return "-"
    if piece.seen.pictures != round(piece.treatment.seconds * shape.rate):
        return "-"  # some are missing in the source, and were filled in
    even = f"settb=1/1000,setpts=N*40,scale={shape.width}:{shape.height}:flags=lanczos"
    graph = f"[0:v]{even}[a];[1:v:0]{even}[b];[a][b]libvmaf=n_threads=2"
    command = [str(tools.ffmpeg()), "-i", str(made), "-i", str(path), "-lavfi", graph]
    done = subprocess.run(
        [*command, "-f", "null", "-"], capture_output=True, text=True, check=False
    )
    found = re.search(r"VMAF score: ([\d.]+)", done.stderr)
    return f"{float(found[1]):.1f}" if found else "?"


def worked(wanted: PcSteps, path: Path, sha256: str, folder: Path) -> tuple[Path, float]:
    """Make the steps; where the video lies, and the processor seconds they took."""
    files = {sha256: (path.stat().st_size, path)}
    bench = Bench(Workroom(folder), tools.ffmpeg(), files.__getitem__, tools.Stop())
    before = used()
    for step in wanted.steps:
        make(step, bench, lambda done: None)
    spent = used() - before
    origin = wanted.video.origin
    made = bench.room.path(origin.key, origin.name) if isinstance(origin, FromStep) else path
    return made, spent


def main() -> int:
    """Every clip; 1 where one takes more bytes than its bound."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--quality", default="best")
    parser.add_argument("files", nargs="*", type=Path)
    asked = parser.parse_args()
    medium = ForComputers(height=asked.height, quality=asked.quality)
    files = asked.files or sorted(p for p in MEDIA.iterdir() if p.suffix not in SKIPPED)
    print(f"{'clip':30} {'way':10} {'bytes':>10} {'bound':>10} {'MB/h':>6} {'cpu':>7} vmaf")
    worst = 0
    for path in files:
        try:
            piece = episode(path, medium)
        except Failure as failure:
            print(f"{path.name:30} refused: {failure.happened}")
            continue
        wanted = pc_steps(piece, Workshop("bench", font_name()))
        with tempfile.TemporaryDirectory() as folder:
            made, spent = worked(wanted, path, piece.source.sha256, Path(folder))
            size = made.stat().st_size
            alike = vmaf(made, path, piece) if wanted.way == "encoded" else "-"
        worst |= size > wanted.video.bytes
        hourly = size / 1e6 / max(wanted.seconds, 0.1) * 3600
        told = sum(map(effort, wanted.steps))
        print(
            f"{path.name:30} {wanted.way:10} {size:10} {wanted.video.bytes:10} {hourly:6.0f}"
            f" {spent:3.0f}/{told:3.0f} {alike}"
        )
    return worst


if __name__ == "__main__":
    sys.exit(main())
