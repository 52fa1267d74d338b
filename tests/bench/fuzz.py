"""Mutated media headers through probe and analysis: `python -m tests.bench.fuzz [--cases 2000]`.

Each case is read by both children's code in a process of its own, forked from one that has imported
everything, inside the limits of the real children. It must end as a valid answer or as a clear
error; a child that dies is told by its parent as a Failure and is counted apart. A case over its
time, or an answer that makes no sense, is a fault. Prints a table and ends with 1 if there is one.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from catalog.analysis_json import analysis
from pipeline import probe, tools
from pipeline.analysis.__main__ import main as look
from pipeline.examine import main as examine

KINDS = {
    "mp4": ("mpeg4", "aac"), "mkv": ("mpeg4", "aac"), "avi": ("mpeg4", "mp2"),
    "mpg": ("mpeg2video", "mp2"), "ts": ("mpeg2video", "mp2"), "flv": ("flv", "libmp3lame"),
    "ogg": ("libtheora", "libvorbis"), "asf": ("msmpeg4", "wmav2"),
}  # fmt: skip
HEAD = 4096
SECONDS, MEMORY = 60, 4 * tools.GIB


def sources(folder: Path) -> list[Path]:
    """A second of picture and sound in each container."""
    made = []
    for kind, (video, audio) in KINDS.items():
        path = folder / f"whole.{kind}"
        command = [str(tools.ffmpeg()), "-v", "error", "-y", "-f", "lavfi", "-i"]
        command += ["testsrc2=s=176x144:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1"]
        command += ["-c:v", video, "-c:a", audio, "-ar", "44100", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=60)
        made.append(path)
    return made


def mutated(data: bytes, seed: int) -> bytes:
    """`data` with some bytes of its head, or of its index, written over; the same for a seed."""
    chance = random.Random(seed)
    spoilt = bytearray(data)
    index = data.find(b"moov")
    begin = index if index >= 0 and chance.random() < 0.5 else 0
    if chance.random() < 0.15:
        begin = max(0, len(data) - HEAD)
    for _time in range(chance.choice((1, 2, 4, 16, 64))):
        place = min(begin + chance.randrange(HEAD), len(data) - 1)
        spoilt[place] = chance.choice((0, 0xFF, 0x7F, 0x80, chance.randrange(256)))
    if chance.random() < 0.1:
        del spoilt[chance.randrange(1, len(spoilt)) :]
    return bytes(spoilt)


def _child(path: Path, examined: Path, looked: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 26, 1 << 26))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    examine(str(path), str(examined))
    look(str(path), str(looked))


def begun(path: Path) -> int:
    """The number of a process that reads `path` as the children do."""
    number = os.fork()
    if number:
        return number
    try:
        _child(path, path.with_suffix(".probe"), path.with_suffix(".look"))
    finally:
        os._exit(0)


def verdict(path: Path, status: int) -> str:
    """What became of a case: `answer`, `refused`, `died`, or `senseless`, which is a fault."""
    if os.WIFSIGNALED(status):
        return f"died of signal {os.WTERMSIG(status)}"
    try:
        said = json.loads(path.with_suffix(".look").read_text("utf-8"))
        first = json.loads(path.with_suffix(".probe").read_text("utf-8"))
        if "error" not in first:
            probe._probed(first)
        if "error" in said:
            return "refused"
        analysis({**said, "sha256": "", "analyser": "fuzz"})
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"senseless: {error}"
    return "answer"


def run(cases: int, folder: Path) -> collections.Counter[tuple[str, str]]:
    """All cases, two at a time."""
    wholes = sources(folder)
    datas = [(one.suffix, one.read_bytes()) for one in wholes]
    told: collections.Counter[tuple[str, str]] = collections.Counter()
    going: dict[int, tuple[Path, float]] = {}
    todo = iter(range(cases))
    while True:
        while len(going) < 2 and (seed := next(todo, None)) is not None:
            suffix, data = datas[seed % len(datas)]
            path = folder / f"{seed}{suffix}"
            path.write_bytes(mutated(data, seed))
            going[begun(path)] = (path, time.monotonic())
        if not going:
            return told
        number, status = os.waitpid(-1, os.WNOHANG)
        if number:
            path, _since = going.pop(number)
            told[path.suffix, verdict(path, status)] += 1
            for left in folder.glob(f"{path.stem}.*"):
                left.unlink()
        for number, (path, since) in going.items():
            if time.monotonic() - since > 2 * SECONDS:
                os.kill(number, signal.SIGKILL)
                told[path.suffix, "over its time"] += 1
        time.sleep(0.005)


def main() -> int:
    """Run and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cases", type=int, default=2000)
    cases = words.parse_args().cases

    begun_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="xiaxiang-fuzz-") as folder:
        told = run(cases, Path(folder))
    for (suffix, what), count in sorted(told.items()):
        print(f"{suffix:6}{count:6}  {what}")
    faults = sum(n for (_s, what), n in told.items() if what.startswith(("senseless", "over")))
    print(f"{cases} cases, {faults} faults, {time.monotonic() - begun_at:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
