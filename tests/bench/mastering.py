"""How fast a full Video CD is mastered: ours against vcdimager and against copying the image.

python -m tests.bench.mastering [--minutes 74] [--rounds 5] [--menu] [--folder DIR]

Makes its material in a temporary folder (about 3 GB for 74 minutes) from one encoded minute,
repeated. Each figure is the median of alternating runs; the disk is synced before each, and all
runs end with the image on the disk (fsync). Ours reads elementary streams, so scanning and
multiplexing are inside its time; vcdimager gets the same content multiplexed.

With --menu the disc has ten stills, eleven playback lists and an entry point a minute; the peer
is vcdxbuild then, which gets the stills multiplexed too.
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
import numpy as np

from pipeline.videocd.sound import FRAME_TICKS, read_audio
from tests.bench.line import HEAD, line

VIDEO = (
    "-c:v mpeg1video -b:v 1150k -minrate 1150k -maxrate 1150k -bufsize 327680 "
    "-g 15 -bf 2 -me_range 64 -aspect 4:3 -f mpeg1video"
)
AUDIO = "-c:a mp2 -b:a 224k -ar 44100 -ac 2 -f mp2"
STILLS = 10
STILL = {
    "lo": ("352x288", 327680, 18),
    "hi": ("704x576", 1835008, 32),
}
CHILD = """
import json, resource, sys, time
from pathlib import Path
from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.layout import Disc, Elementary
from pipeline.videocd.lists import EndList, PlaySegment, PlayTrack, SelectionList
from pipeline.videocd.stills import Still, still_packs
folder, stills, minutes = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
pictures = [Still(folder / f"lo{n}.m1v", folder / f"hi{n}.m1v", "pal") for n in range(stills)]
lists = [SelectionList(f"m{n}", PlaySegment(n), ("end",) * 9) for n in range(stills)]
entries = tuple(60.0 * n for n in range(1, min(minutes, 98)))
disc = Disc(
    "FULL", "FULL", (Elementary(folder / "full.m1v", folder / "full.mp2", "pal"),),
    segments=tuple(pictures), lists=(*lists, EndList("end")) if lists else (),
    entries=(entries,) if lists else (),
)
begin = time.perf_counter()
made = write_videocd(disc, folder, "ours", lambda sectors: None)
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for n, still in enumerate(pictures):
    (folder / f"still{n}.mpg").write_bytes(still_packs(still).tobytes())
print(json.dumps({
    "seconds": seconds, "mib": peak, "packs": made.packs[0],
    "first": made.sectors - 150 - 45 - made.packs[0],
}))
"""
XML = """<?xml version="1.0"?>
<!DOCTYPE videocd PUBLIC "-//GNU//DTD VideoCD//EN"
 "http://www.gnu.org/software/vcdimager/videocd.dtd">
<videocd xmlns="http://www.gnu.org/software/vcdimager/1.0/" class="vcd" version="2.0">
<info><album-id>FULL</album-id><volume-count>1</volume-count><volume-number>1</volume-number></info>
<pvd><volume-id>FULL</volume-id></pvd>
<segment-items>{items}</segment-items>
<sequence-items><sequence-item src="full.mpg" id="film">{entries}</sequence-item></sequence-items>
<pbc>{lists}<endlist id="end"/></pbc>
</videocd>
"""


def write_xml(folder: Path, minutes: int) -> None:
    """The same disc in the words of vcdxbuild."""
    items = "".join(f'<segment-item src="still{n}.mpg" id="s{n}"/>' for n in range(STILLS))
    entries = "".join(
        f'<entry id="e{minute}">{60 * minute}</entry>' for minute in range(1, min(minutes, 98))
    )
    chosen = '<select ref="end"/>' * 9
    lists = "".join(
        f'<selection id="m{n}"><bsn>1</bsn><wait>-1</wait><play-item ref="s{n}"/>'
        f"{chosen}</selection>"
        for n in range(STILLS)
    )
    (folder / "v.xml").write_text(XML.format(items=items, entries=entries, lists=lists))


def draw(folder: Path) -> None:
    """Ten normal and ten high resolution pictures."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    for kind, (size, buffer, slices) in STILL.items():
        for number in range(STILLS):
            source = f"testsrc2=s={size}:r=25,trim=start_frame={number * 9},setsar=12/11"
            options = "-frames:v 1 -c:v mpeg1video -qscale:v 4 -b:v 8000k -maxrate 8000k"
            command = [program, "-v", "error", "-y", "-f", "lavfi", "-i", source, *options.split()]
            command += [
                "-bufsize",
                str(buffer),
                "-slices",
                str(slices),
                "-threads",
                "1",
                "-f",
                "mpeg1video",
            ]
            subprocess.run([*command, folder / f"{kind}{number}.m1v"], check=True)


def encode(folder: Path) -> None:
    """One minute of moving test picture and of tone, as the house encodes them."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    moving = "testsrc2=s=352x288:r=25:d=60,noise=alls=20:allf=t:all_seed=1"
    for source, options, name in (
        (moving, VIDEO, "minute.m1v"),
        ("sine=f=440:d=60", AUDIO, "minute.mp2"),
    ):
        command = [program, "-v", "error", "-y", "-f", "lavfi", "-i", source]
        subprocess.run([*command, *options.split(), folder / name], check=True)


def lengthen(folder: Path, minutes: int) -> None:
    """The minute repeated; the sound is cut where the picture ends."""
    for name in ("m1v", "mp2"):
        data = (folder / f"minute.{name}").read_bytes()
        with (folder / f"full.{name}").open("wb") as file:
            for _minute in range(minutes):
                file.write(data)
    sound = read_audio(folder / "full.mp2")
    frames = int(minutes * 60 * 90000 / FRAME_TICKS)
    os.truncate(folder / "full.mp2", int(sound.starts[frames]))


def ours(folder: Path, stills: int, minutes: int) -> dict[str, float]:
    """Master once in a process of its own."""
    command = [sys.executable, "-c", CHILD, str(folder), str(stills), str(minutes)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(told.stdout)


def take_packs(folder: Path, first: int, packs: int) -> None:
    """The multiplexed stream out of our image, for the peer; it begins at the sector `first`."""
    with (folder / "ours.bin").open("rb") as image, (folder / "full.mpg").open("wb") as stream:
        image.seek(first * 2352)
        for done in range(0, packs, 512):
            count = min(512, packs - done)
            rows = np.frombuffer(image.read(count * 2352), np.uint8).reshape(count, 2352)
            stream.write(rows[:, 24:2348].tobytes())


def timed(folder: Path, name: str, *command: str) -> float:
    """Seconds of a command that makes the file `name`, until that file is on the disk."""
    (folder / name).unlink(missing_ok=True)
    os.sync()
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    descriptor = os.open(folder / name, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
    seconds = time.perf_counter() - begin
    (folder / name).unlink()
    return seconds


def measure(folder: Path, rounds: int, minutes: int, menu: bool) -> None:
    stills = STILLS if menu else 0
    first = ours(folder, stills, minutes)
    take_packs(folder, int(first["first"]), int(first["packs"]))
    mine, peer, copied, mib = [], [], [], [first["mib"]]
    name = "vcdxbuild with a menu" if menu else "vcdimager"
    command = ["vcdimager", "-t", "vcd2", "-c", "v.cue", "-b", "v.bin", "full.mpg"]
    if menu:
        write_xml(folder, minutes)
        command = ["vcdxbuild", "-c", "v.cue", "-b", "v.bin", "v.xml"]
    for _round in range(rounds):
        (folder / "ours.bin").unlink()
        os.sync()
        told = ours(folder, stills, minutes)
        mine.append(told["seconds"])
        mib.append(told["mib"])
        peer.append(timed(folder, "v.bin", *command))
        copied.append(timed(folder, "copy.bin", "cp", "ours.bin", "copy.bin"))
    print(HEAD)
    line(f"mastering / {name}, s", median(mine), median(peer), 0.5)
    line("mastering / cp + fsync of BIN, s", median(mine), median(copied), 2.0)
    line("peak memory / 200 MiB", max(mib), 200.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=74)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--menu", action="store_true", help="with lists, stills and entry points")
    parser.add_argument("--folder", type=Path, help="where the material may lie for a while")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        encode(folder)
        lengthen(folder, chosen.minutes)
        if chosen.menu:
            draw(folder)
        measure(folder, chosen.rounds, chosen.minutes, chosen.menu)


if __name__ == "__main__":
    main()
