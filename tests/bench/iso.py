"""How fast a data disc is mastered and read back: ours against xorriso and against copying it.

python -m tests.bench.iso [--gigabytes 4] [--files 20000] [--rounds 3] [--folder DIR]

Makes its material in a temporary folder (three times the gigabytes). Each figure is the median of
alternating runs in processes of their own. Before each the disk is synced and the system forgets
its copy of the sources; all runs end with the image on the disk (fsync). Ours proves each file by
its SHA-256 and takes that of the image too, which xorriso does not. Reading back is held against
sha256sum, with the system's copy of the image forgotten.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.line import HEAD, line

CHILD = """
import json, pickle, resource, sys, time
from pathlib import Path
begin = time.perf_counter()
from pipeline import tools
from pipeline.bundle.iso_size import image_bytes
from pipeline.bundle.iso_size import iso_writer
from pipeline.make.write_iso import write_iso
from pipeline.plan.steps import FromSource, IsoFile, WriteIso
folder = Path(sys.argv[1])
files = tuple(
    IsoFile(path, size, sha256, FromSource(path, ""))
    for path, size, sha256 in json.loads((folder / "files.json").read_text())
)
step = WriteIso("", 0.0, "ours", "BENCH", files, image_bytes(files), iso_writer())
write_iso(step, lambda one: folder / "src" / one.sha256, folder, tools.NEVER, lambda done: None)
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "mib": peak}))
"""
READER = """
import json, resource, sys, time
from pathlib import Path
from pipeline.make.check_iso import check_iso
begin = time.perf_counter()
report = check_iso(Path(sys.argv[1]), lambda done: None)
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
found = [str(finding) for finding in report.findings]
print(json.dumps({"seconds": seconds, "mib": peak, "found": found}))
"""


def fill(folder: Path, sizes: list[int], each: int) -> None:
    """Files of these sizes, `each` so many in a folder, and the list of them."""
    piece = os.urandom(1 << 20)
    files = []
    for number, size in enumerate(sizes):
        path = f"戏曲{number // each:04d}/秦腔名段选段第{number:05d}集.mp4"
        place = folder / "src" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with place.open("wb") as file:
            first = number.to_bytes(8, "big")[:size]
            for part in (first, *[piece] * ((size - len(first)) >> 20)):
                file.write(part)
                digest.update(part)
            rest = piece[: size - file.tell()]
            file.write(rest)
            digest.update(rest)
        files.append((path, size, digest.hexdigest()))
    (folder / "files.json").write_text(json.dumps(files))


def forget(folder: Path) -> None:
    """The system shall read everything from the disk again."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def child(code: str, *arguments: str) -> dict[str, object]:
    command = [sys.executable, "-c", code, *arguments]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, object] = json.loads(told.stdout)
    return answer


def timed(folder: Path, name: str, *command: str) -> float:
    """Seconds of a command that makes the file `name`, until that file is on the disk."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    descriptor = os.open(folder / name, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
    seconds = time.perf_counter() - begin
    (folder / name).unlink()
    return seconds


def write(folder: Path, rounds: int, what: str, target: float) -> None:
    mine, peer, copied, mib = [], [], [], []
    xorriso = ["xorriso", "-as", "mkisofs", "-iso-level", "3", "-R", "-J", "-joliet-long"]
    for _round in range(rounds):
        forget(folder)
        told = child(CHILD, str(folder))
        mine.append(float(str(told["seconds"])))
        mib.append(float(str(told["mib"])))
        forget(folder)
        peer.append(timed(folder, "x.iso", *xorriso, "-o", "x.iso", "src"))
        forget(folder)
        copied.append(timed(folder, "copy.iso", "cp", "ours.iso", "copy.iso"))
    line(f"{what} / xorriso, s", median(mine), median(peer), target)
    line(f"{what} / cp + fsync of the image, s", median(mine), median(copied), 2.0)
    line(f"{what}: peak memory / 200 MiB", max(mib), 200.0, 1.0)


def read(folder: Path, rounds: int, what: str) -> None:
    mine, peer, mib = [], [], []
    for _round in range(rounds):
        forget(folder)
        told = child(READER, str(folder / "ours.iso"))
        if told["found"]:
            sys.exit(f"the disc should be sound: {told}")
        mine.append(float(str(told["seconds"])))
        mib.append(float(str(told["mib"])))
        forget(folder)
        begin = time.perf_counter()
        subprocess.run(["sha256sum", folder / "ours.iso"], check=True, capture_output=True)
        peer.append(time.perf_counter() - begin)
    if "GB" in what:  # sha256sum has one file to read, however many are in it
        line(f"{what}: reading back / sha256sum, s", median(mine), median(peer), 1.1)
    line(f"{what}: reading back, memory / 200 MiB", max(mib), 200.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=4)
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the material may lie for a while")
    chosen = parser.parse_args()
    print(HEAD)
    large = int(chosen.gigabytes * 1e9 / 8)
    for what, sizes, target in (
        (f"{chosen.gigabytes:g} GB", [large] * 8, 1.0),
        (f"{chosen.files} files", [2000] * chosen.files, 3.0),
    ):
        with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
            fill(Path(name), sizes, 100)
            write(Path(name), chosen.rounds, what, target)
            read(Path(name), chosen.rounds, what)


if __name__ == "__main__":
    main()
