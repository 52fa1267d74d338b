"""Who codes the pictures: we, carefully and fast; ffmpeg's preset; mpeg2enc with mplex."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from catalog.problem import Failure
from pipeline import probe
from pipeline.analyse import analyse
from pipeline.plan.coding import Quality, video_options
from pipeline.plan.decide import STILL
from tests.bench.quality.clips import FFMPEG
from tests.bench.quality.score import spent
from tests.bench.quality.shapes import Shot, by_others

Coder = Callable[[Path, Path], list[list[str]]]
_QUIET = [FFMPEG, "-v", "error", "-nostdin", "-y"]


def _ours(quality: Quality) -> Coder:
    def commands(whole: Path, out: Path) -> list[list[str]]:
        options = video_options("pal", quality, still=_stands(whole))
        said = [word for pair in options.items() for word in pair]
        words = [str(word) if i % 2 else f"-{word}" for i, word in enumerate(said)]
        return [[*_QUIET, "-i", str(whole), *words, "-f", "mpeg1video", str(out)]]

    return commands


@cache
def _stands(whole: Path) -> bool:
    """What the house's own analysis says of the picture: slides, or something that moves."""
    found = analyse(whole, probe.source(probe.probe(whole), whole.name, str(whole))).picture
    return found is not None and found.still >= STILL


_PRESET = ["-target", "pal-vcd", "-an", "-threads", "1", "-f", "vcd"]
WHOLE_WAY = "whole way"
"""The preset from the source itself, by ffmpeg's default scaler; compared at TV size only, since
at the raster its pictures would be held against those of our scaler."""


def _target(whole: Path, out: Path) -> list[list[str]]:
    return [[*_QUIET, "-i", str(whole), *_PRESET, str(out)]]


def whole_way(shot: Shot, out: Path) -> list[str]:
    """The command of `WHOLE_WAY`."""
    source = ["-ss", str(shot.clip.start), "-i", str(shot.file), "-vf", by_others(shot)]
    return [*_QUIET, *source, *_PRESET, str(out)]


def _mpeg2enc(whole: Path, out: Path) -> list[list[str]]:
    plain = ["-an", "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "-"]
    coder = ["mpeg2enc", "-v", "0", "-f", "1", "-n", "p", "-a", "2", "-o", str(out)]
    return [[*_QUIET, "-i", str(whole), *plain], coder]


CODERS: Mapping[str, Coder] = {
    "best": _ours("best"),
    "fast": _ours("fast"),
    "target": _target,
    "mpeg2enc": _mpeg2enc,
}


def code(name: str, whole: Path, out: Path) -> None:
    """Code a clip; mpeg2enc's stream is multiplexed too, as its users do."""
    if name != "mpeg2enc":
        spent(*CODERS[name](whole, out))
        return
    if not shutil.which("mpeg2enc"):
        raise Failure("bench-quality", "mpeg2enc is not installed", "make peers")
    raw = out.with_suffix(".raw")
    spent(*_mpeg2enc(whole, raw))
    try:
        spent(["mplex", "-v", "0", "-f", "1", "-o", str(out), str(raw)])
    except subprocess.CalledProcessError:
        # Its own stream runs the buffer dry; it is judged by its pictures all the same.
        print(f"{out.name}: mplex finds under-runs in what mpeg2enc made")
        raw.replace(out)
    raw.unlink(missing_ok=True)


def decides(name: str, whole: Path) -> object:
    """All that decides what a coder makes of a clip."""
    return [
        [str(word).replace(str(whole), "in") for word in one]
        for one in CODERS[name](whole, Path("out"))
    ]
