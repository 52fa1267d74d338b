"""How fast a drive is checked, and looked at: ours against `cat` and SHA-256 alone.

python -m tests.bench.verify_drive [--mb 1000] [--files 10000] [--rounds 5] [--folder DIR]

Makes its material in a temporary folder. A deep check may take as long as the slower of the two:
`cat` of the same files with the system's copy dropped, or SHA-256 of as many bytes that lie in
memory. Reading and hashing go on side by side, so this holds where two processors are free; the
processor seconds hold on a busy machine too. Each figure is the median of alternating runs; ours
runs in a process of its own, without its start.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from pipeline.bundle.bag import root as seal_root
from pipeline.bundle.bag import tag_files
from pipeline.bundle.bundle import Bundle, Piece
from pipeline.bundle.identity import Identity, write_identity
from pipeline.bundle.layout import TAG_MANIFEST
from pipeline.plan.steps import FromSource
from tests.bench.line import HEAD, line

FILE = 50_000_000  # bytes of a programme
CHILD = """
import json, re, sys, time
from pathlib import Path
from pipeline.make.check_drive import Expected, check_drive
from pipeline.make.drive_lists import Sealed, expected_from
from pipeline.make.look_at_drive import look
from pipeline.make.medium import Medium
from pipeline.manifest import Item
root = Path(sys.argv[1])
with Medium(root) as medium:
    told = expected_from(medium, sys.argv[2])
    items = tuple(Item(one.name, medium.size(one.name), one.sha256) for one in told.items)
    begin, spent = time.perf_counter(), time.process_time()
    if sys.argv[3] == "look":
        found = look(medium, items)
        assert len(found.holding.edition) == len(items) and not found.holding.others
        said = ""
    else:
        report = check_drive(medium, Expected(Sealed(1, sys.argv[2], items)), sys.argv[3])
        assert report.ok and report.files == len(items), str(report)
        said = report.source
    seconds, spent = time.perf_counter() - begin, time.process_time() - spent
mib = int(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({"seconds": seconds, "cpu": spent, "mib": mib, "source": said}))
"""


def fill(root: Path, count: int, size: int) -> str:
    """A sealed drive of so many files; its root."""
    pieces = []
    for number in range(count):
        path = f"data/科目{number % 20:02}/节目{number:05}.mp4"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        data = os.urandom(size)
        (root / path).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        pieces.append(Piece(path, size, digest, FromSource(digest, ".mp4")))
    on = date(2026, 11, 23)
    identity = write_identity(Identity("D1", "S1", "0" * 32, on, 0))
    bundle = Bundle("e1", 1, "", "D1", "S1", "村", "馆", "冬季", on, tuple(pieces), ())
    tags = tag_files(bundle, b"<!doctype html>", identity, {})
    for path, tag in tags.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(tag)
    return seal_root(tags[TAG_MANIFEST])


def drop(root: Path) -> None:
    """Have the system forget its copy of all files."""
    os.sync()
    for path in root.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def ours(root: Path, seal: str, what: str) -> dict[str, float | str]:
    """One look or check in a process of its own."""
    command = [sys.executable, "-c", CHILD, str(root), seal, what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    told: dict[str, float | str] = json.loads(done.stdout)
    return told


def cat(root: Path) -> tuple[float, float]:
    """Seconds, on the wall and of processor, in which all files are only read."""
    files = sorted(str(path) for path in (root / "data").rglob("*.mp4"))
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["cat", *files], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - begin, spent


def sha256(count: int) -> tuple[float, float]:
    """Seconds, on the wall and of processor, in which so many bytes are only hashed."""
    piece = os.urandom(1 << 20)
    digest = hashlib.sha256()
    begin, spent = time.perf_counter(), time.process_time()
    for _piece in range(count >> 20):
        digest.update(piece)
    return time.perf_counter() - begin, time.process_time() - spent


def deep(folder: Path, count: int, rounds: int) -> None:
    """A deep check of large files against reading and hashing alone."""
    root = folder / "large"
    files = max(count // FILE, 1)
    seal = fill(root, files, FILE)
    mine, reading, hashing = [], [], []
    mib = 0.0
    for _round in range(rounds):
        drop(root)
        told = ours(root, seal, "deep")
        if told["source"] != "device":
            print(f"the bytes came from: {told['source']}")
        mine.append((float(told["seconds"]), float(told["cpu"])))
        mib = max(mib, float(told["mib"]))
        drop(root)
        reading.append(cat(root))
        hashing.append(sha256(files * FILE))
    wall, spent = (median(one[kind] for one in mine) for kind in (0, 1))
    read, hashed = (median(one[0] for one in kind) for kind in (reading, hashing))
    both = sum(median(one[1] for one in kind) for kind in (reading, hashing))
    print(f"  cat {read:.3f} s, SHA-256 {hashed:.3f} s")
    line("verifying a drive, deep / the slower of both, s", wall, max(read, hashed), 1 / 0.9)
    line("the same in processor seconds / sum of both", spent, both, 1 / 0.9)
    line("peak memory / 200 MiB", mib, 200.0, 1.0)


def quick(folder: Path, count: int, rounds: int) -> None:
    """A look at many unchanged files, which is all that a refresh with nothing to do reads."""
    root = folder / "many"
    seal = fill(root, count, 100)
    for what in ("look", "quick", "deep"):
        told = [ours(root, seal, what) for _round in range(rounds)]
        seconds = median(float(one["seconds"]) for one in told)
        name = f"{what}, {count} files / 1 s" if what != "deep" else f"deep, {count} files / 10 s"
        line(name, seconds, 10.0 if what == "deep" else 1.0, 1.0)
    line("peak memory / 200 MiB", max(float(one["mib"]) for one in told), 200.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=1_000)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the material may lie for a while")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        print(HEAD)
        deep(Path(name), chosen.mb * 1_000_000, chosen.rounds)
        quick(Path(name), chosen.files, chosen.rounds)


if __name__ == "__main__":
    main()
