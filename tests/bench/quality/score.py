"""How a coded clip compares with what was coded: PSNR, SSIM and VMAF, and what coding cost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from tests.bench.quality.clips import FFMPEG
from tests.bench.quality.shapes import TV, Shot, to_raster, to_television

# Pictures are paired by their count: time stamps of a coded stream need not be those of a file.
_COUNTED = "settb=1/25,setpts=N"


@dataclass(frozen=True, slots=True)
class Score:
    """One coder on one clip: PSNR in dB of luma and of all, SSIM, VMAF and the mark that 95 % of
    its pictures reach, at the raster and at TV size; bits a second.
    """

    psnr_y: float
    psnr: float
    ssim: float
    vmaf: float
    vmaf_5: float
    tv: float
    tv_5: float
    kbit: float


def spent(*commands: Sequence[str], cores: set[int] | None = None) -> float:
    """Processor seconds of a line of commands, each reading what the last one writes; `cores` are
    those it may use. Raises CalledProcessError, with what was said, where one fails.
    """
    mine = os.sched_getaffinity(0)
    with tempfile.TemporaryFile() as said:
        os.sched_setaffinity(0, cores or mine)  # of this thread; what it starts inherits it
        try:
            running = _started(commands, said)
        finally:
            os.sched_setaffinity(0, mine)
        seconds = sum(_ended(process) for process in running)
        said.seek(0)
        words = said.read().decode("utf-8", "replace")
    for process in running:
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args, words)
    return seconds


def _started(commands: Sequence[Sequence[str]], said: IO[bytes]) -> list[subprocess.Popen[bytes]]:
    running: list[subprocess.Popen[bytes]] = []
    for number, command in enumerate(commands, start=1):
        before = running[-1].stdout if running else None
        process = subprocess.Popen(
            command,
            stdin=before or subprocess.DEVNULL,
            stdout=subprocess.PIPE if number < len(commands) else said,
            stderr=said,
        )
        if before:
            before.close()  # the next one has it now
        running.append(process)
    return running


def _ended(process: subprocess.Popen[bytes]) -> float:
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def reference(shot: Shot, folder: Path) -> Path:
    """The clip's pictures as they shall be on the disc, without loss; made once."""
    place = folder / f"{shot.clip.name}-{_digest(shot)}.ref.mkv"
    if not place.exists():
        half = place.with_name(f"half-{place.name}")
        spent([FFMPEG, "-v", "error", "-nostdin", "-y", *to_raster(shot, half)])
        half.rename(place)
    return place


def _digest(shot: Shot) -> str:
    told = repr((shot.source.sha256, shot.clip.start, to_raster(shot, Path("x"))))
    return hashlib.sha256(told.encode()).hexdigest()[:10]


def score(shot: Shot, whole: Path, coded: Path) -> Score:
    """Compare a coded stream with its reference and, at TV size, with its source."""
    near = _compared(["-i", str(whole)], _COUNTED, coded, _COUNTED)
    far = _compared(
        ["-ss", str(shot.clip.start), "-i", str(shot.file)],
        f"{to_television(shot)},{_COUNTED}",
        coded,
        f"scale={TV[0]}:{TV[1]}:flags=bicubic,setsar=1,{_COUNTED}",
    )
    kbit = coded.stat().st_size * 8 / shot.pictures * 25 / 1000
    return Score(*near, far[3], far[4], kbit)


def _compared(
    source: list[str], shaped: str, coded: Path, shown: str
) -> tuple[float, float, float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        graph = (
            f"[0:v]{shown},split=3[a][b][c];[1:v]{shaped},split=3[x][y][z];"
            "[a][x]psnr[p];[b][y]ssim[q];[c][z]libvmaf=log_fmt=json:log_path=vmaf.json[r]"
        )
        sinks = [word for pad in "pqr" for word in ("-map", f"[{pad}]", "-f", "null", "-")]
        command = [FFMPEG, "-hide_banner", "-nostdin", "-i", str(coded.absolute()), *source]
        command += ["-filter_complex", graph, *sinks]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=True, errors="replace"
        )
        log = json.loads((Path(folder) / "vmaf.json").read_text("utf-8"))
    marks = sorted(picture["metrics"]["vmaf"] for picture in log["frames"])
    luma, average = _told(done.stderr, r"PSNR y:(\S+).*average:(\S+)")
    ssim = _told(done.stderr, r"SSIM .*All:(\S+)")[0]
    return luma, average, ssim, sum(marks) / len(marks), marks[len(marks) // 20]


def _told(said: str, pattern: str) -> list[float]:
    found = re.search(pattern, said)
    assert found, said[-500:]
    return [min(float(word), 100.0) for word in found.groups()]


def kept(folder: Path, *decides: object) -> Path:
    """Where a result is kept that all of `decides` decide."""
    return folder / (hashlib.sha256(repr(decides).encode()).hexdigest()[:20] + ".json")


def load(place: Path) -> Score | None:
    """A score that was kept."""
    return Score(**json.loads(place.read_text("utf-8"))) if place.exists() else None


def keep(place: Path, what: Score) -> None:
    """Keep a score, whole or not at all."""
    half = place.with_suffix(".half")
    half.write_text(json.dumps(asdict(what)), "utf-8")
    half.rename(place)
