"""How fast drives are filled: four in one pass against four runs of rsync, one against cp.

python -m tests.bench.drives [--mib 400] [--rounds 3] [--drives 4] [--folder DIR] [--memory DIR]

Drives are ext4 on loop devices (root is needed), emptied before each run. Their images lie in
memory, so that drives do not share one disk, as real ones do not; the source lies on the disk and
is dropped from memory before each run. All peers end with a sync, as ours does. "Copied" is until
all bytes are hashed and durable; "whole" also reads every byte back from the device and seals.
Medians of alternating runs; ours runs in a process of its own, without its start.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.line import HEAD, line

CHILD = """
import hashlib, json, resource, sys, time
from datetime import date
from pathlib import Path
from pipeline.bundle.bundle import Bundle, Piece
from pipeline.make.drive_job import DriveJob, Watch
from pipeline.make.fill_drive import fill
from pipeline.plan.refresh import Refresh, Round
from pipeline.plan.steps import FromSource
library, roots = Path(sys.argv[1]), [Path(word) for word in sys.argv[2:]]
sums = json.loads((library.parent / "sums.json").read_bytes())
pieces = tuple(
    Piece(f"data/{name}", (library / name).stat().st_size, one, FromSource(name, ""))
    for name, one in sorted(sums.items())
)
bundle = Bundle("e", 1, "", "d", "s", "s", "c", "t", date(2026, 11, 23), pieces, ())
plan = Refresh(bundle, (Round((), pieces),), (), (), 0)
tags = {"tagmanifest-sha256.txt": b"-", "开始.html": b"<p>"}
class Timed(Watch):
    copied = 0.0
    begun = {}
    back = 0.0
    def begins(self, root, phase, total):
        now = time.perf_counter()
        if phase == "read back":
            self.begun[root] = now
begin = time.perf_counter()
watch = Timed()
done = fill([DriveJob(root, plan, tags, b"") for root in roots],
            lambda one: library / one.sha256, watch=watch)
whole = time.perf_counter() - begin
copied = max(watch.begun.values()) - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
said = [one.confirmed if one.ok else str(one) for one in done]
print(json.dumps({"copied": copied, "whole": whole, "mib": peak, "said": said}))
"""


def material(folder: Path, mib: int) -> Path:
    """Films, posters and captions of so many MiB in all; and their digests."""
    library, chance, sums = folder / "library", random.Random(1), {}
    library.mkdir()
    film, left, number = chance.randbytes(32 << 20), mib << 20, 0
    while left > 0:
        sizes = {"mp4": min(left, chance.randrange(8 << 20, 120 << 20)), "jpg": 90_000, "vtt": 9000}
        for kind, size in sizes.items():
            place = library / f"{number:03d}.{kind}"
            with place.open("wb") as file:
                for at in range(0, size, len(film)):
                    file.write(number.to_bytes(4) + film[4 : size - at])
            told = subprocess.run(["sha256sum", place], check=True, capture_output=True, text=True)
            sums[place.name] = told.stdout.split()[0]
        left -= sizes["mp4"]
        number += 1
    (folder / "sums.json").write_text(json.dumps(sums))
    os.sync()
    return library


@contextmanager
def drives(folder: Path, count: int, mib: int) -> Iterator[list[Path]]:
    """So many ext4 drives on loop devices."""
    with ExitStack() as stack:
        roots = []
        for number in range(count):
            image, root = folder / f"{number}.img", folder / f"drive{number}"
            root.mkdir()
            with image.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, (mib * 5 // 4 + 64) << 20)
            subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
            subprocess.run(["mount", "-o", "loop", str(image), str(root)], check=True)
            stack.callback(subprocess.run, ["umount", "--lazy", str(root)], check=True)
            roots.append(root)
        yield roots


def fresh(roots: Sequence[Path], library: Path) -> None:
    """Empty the drives, have everything written, and nothing of it in memory."""
    for root in roots:
        for below in root.iterdir():
            if below.name != "lost+found":
                shutil.rmtree(below) if below.is_dir() else below.unlink()
    os.sync()
    for path in library.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def ours(library: Path, roots: Sequence[Path]) -> dict[str, float]:
    """Fill drives once, in a process of its own."""
    fresh(roots, library)
    command = [sys.executable, "-c", CHILD, str(library), *map(str, roots)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    answer = json.loads(told.stdout)
    if answer["said"] != ["device"] * len(roots):
        sys.exit(f"the drives should be sound: {answer['said']}")
    return {n: float(answer[n]) for n in answer if n != "said"}


def timed(act: Callable[[Path, Path], object], library: Path, roots: Sequence[Path]) -> float:
    """Seconds that a peer takes for all drives, one after the other, each synced."""
    fresh(roots, library)
    begin = time.perf_counter()
    for root in roots:
        act(library, root)
        subprocess.run(["sync", "--file-system", str(root)], check=True)
    return time.perf_counter() - begin


def rsync(library: Path, root: Path) -> None:
    """One run of rsync."""
    subprocess.run(["rsync", "-a", f"{library}/", f"{root}/data/"], check=True)


def cp(library: Path, root: Path) -> None:
    """One run of cp."""
    subprocess.run(["cp", "-r", str(library), f"{root}/data"], check=True)


def cp_hashed(library: Path, root: Path) -> None:
    """cp, and sha256sum of what was copied."""
    cp(library, root)
    names = sorted(library.iterdir())
    subprocess.run(["sha256sum", *names], check=True, capture_output=True)


def cp_checked(library: Path, root: Path) -> None:
    """cp, synced, the copy dropped from memory, and read back by sha256sum."""
    cp(library, root)
    subprocess.run(["sync", "--file-system", str(root)], check=True)
    for path in (root / "data").iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    names = sorted((root / "data").iterdir())
    subprocess.run(["sha256sum", *names], check=True, capture_output=True)


def measure(library: Path, roots: Sequence[Path], rounds: int) -> None:
    """All runs, alternating; then the lines."""
    found: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        found.setdefault(name, []).append(seconds)

    for _round in range(rounds):
        for name, some in (("all", roots), ("one", roots[:1])):
            for what, value in ours(library, some).items():
                note(f"{name} {what}", value)
        note("rsync", timed(rsync, library, roots))
        note("cp", timed(cp, library, roots[:1]))
        note("hashed", timed(cp_hashed, library, roots[:1]))
        note("checked", timed(cp_checked, library, roots[:1]))
    middle = {name: median(values) for name, values in found.items()}
    count = len(roots)
    print(HEAD)
    line(f"{count} drives copied / {count} x rsync, s", middle["all copied"], middle["rsync"], 0.6)
    line(f"{count} drives whole / {count} x rsync, s", middle["all whole"], middle["rsync"], 1.0)
    line("1 drive copied / cp and sync, s", middle["one copied"], middle["cp"], 1.15)
    line("the same / with sha256sum, s", middle["one copied"], middle["hashed"], 1.15)
    line("1 drive whole / cp, sync, sha256sum, s", middle["one whole"], middle["checked"], 1.0)
    line("peak memory / 200 MiB", max(found["all mib"]), 200.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--drives", type=int, default=4)
    parser.add_argument("--folder", type=Path, help="where the material may lie for a while")
    parser.add_argument("--memory", type=Path, default=Path("/dev/shm"), help="of the drives")
    chosen = parser.parse_args()
    fresh_folder = partial(tempfile.TemporaryDirectory, ignore_cleanup_errors=True)
    with fresh_folder(dir=chosen.folder) as disk, fresh_folder(dir=chosen.memory) as memory:
        library = material(Path(disk), chosen.mib)
        with drives(Path(memory), chosen.drives, chosen.mib) as roots:
            measure(library, roots, chosen.rounds)


if __name__ == "__main__":
    main()
