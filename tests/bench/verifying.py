"""How fast a full Video CD is verified: ours against sha256sum, which only reads and hashes.

python -m tests.bench.verifying [--minutes 74] [--rounds 5] [--folder DIR]

Makes its material in a temporary folder (about 2 GB for 74 minutes) from one encoded minute,
repeated and mastered by our own writer. Each figure is the median of alternating runs. Both read
past the system's copy of the file, which is dropped before each run; ours runs in a process of its
own, but without its start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import imageio_ffmpeg

from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.disc import Disc, Elementary
from pipeline.videocd.sound import FRAME_TICKS, read_audio
from tests.bench.line import HEAD, line

VIDEO = (
    "-c:v mpeg1video -b:v 1150k -minrate 1150k -maxrate 1150k -bufsize 327680 "
    "-g 15 -bf 2 -me_range 64 -aspect 4:3 -f mpeg1video"
)
AUDIO = "-c:a mp2 -b:a 224k -ar 44100 -ac 2 -f mp2"
CHILD = """
import json, resource, sys, time
from pathlib import Path
from pipeline.make.check import check_image
begin = time.perf_counter()
report = check_image(Path(sys.argv[1]), lambda sectors: None)
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
found = [str(finding) for finding in report.findings]
print(json.dumps({"seconds": seconds, "mib": peak, "found": found, "sha256": report.sha256}))
"""


def encode(folder: Path, minutes: int) -> None:
    """One minute as the house encodes it, repeated; the sound is cut where the picture ends."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    moving = "testsrc2=s=352x288:r=25:d=60,noise=alls=20:allf=t:all_seed=1"
    for source, options, name in (
        (moving, VIDEO, "m1v"),
        ("sine=f=440:d=60", AUDIO, "mp2"),
    ):
        minute = folder / f"minute.{name}"
        command = [program, "-v", "error", "-y", "-f", "lavfi", "-i", source]
        subprocess.run([*command, *options.split(), minute], check=True)
        with (folder / f"full.{name}").open("wb") as file:
            for _minute in range(minutes):
                file.write(minute.read_bytes())
    sound = read_audio(folder / "full.mp2")
    frames = int(minutes * 60 * 90000 / FRAME_TICKS)
    os.truncate(folder / "full.mp2", int(sound.starts[frames]))


def drop(path: Path) -> None:
    """Have the system forget its copy of a file."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def ours(image: Path) -> dict[str, object]:
    """Verify once in a process of its own."""
    drop(image)
    command = [sys.executable, "-c", CHILD, str(image)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, object] = json.loads(told.stdout)
    return answer


def theirs(image: Path) -> tuple[float, str]:
    """Seconds of sha256sum, and what it says."""
    drop(image)
    begin = time.perf_counter()
    said = subprocess.run(["sha256sum", str(image)], check=True, capture_output=True, text=True)
    return time.perf_counter() - begin, said.stdout.split()[0]


def measure(image: Path, rounds: int) -> None:
    mine, peer, mib = [], [], []
    for _round in range(rounds):
        told = ours(image)
        seconds, digest = theirs(image)
        if told["found"] or told["sha256"] != digest:
            sys.exit(f"the disc should be sound: {told}")
        mine.append(float(str(told["seconds"])))
        mib.append(float(str(told["mib"])))
        peer.append(seconds)
    print(HEAD)
    line("verifying / sha256sum of BIN, s", median(mine), median(peer), 2.0)
    line("peak memory / 200 MiB", max(mib), 200.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=74)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the material may lie for a while")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        encode(folder, chosen.minutes)
        film = Elementary(folder / "full.m1v", folder / "full.mp2", "pal")
        disc = Disc("FULL", "FULL", (film,))
        write_videocd(disc, folder, "full", lambda _sectors: None)
        measure(folder / "full.bin", chosen.rounds)


if __name__ == "__main__":
    main()
