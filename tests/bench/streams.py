"""Twenty minutes of real and made-up material through our encoder and multiplex, judged.

python -m tests.bench.streams [--media FOLDER] [--minutes 20]

Encodes what lies in FOLDER (clips that may not be there) and generated material with the command
lines of the house, writes one disc, and prints what the checker says of it: the pack clock, the
buffers, the access points. Then ffmpeg's own multiplex of the very same streams goes through the
same check, which must find its clock. Ends with 1 where either is not as it should be.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from catalog.problem import Failure
from pipeline import probe, tools
from pipeline.analyse import analyse
from pipeline.make.check import check_image
from pipeline.make.write_videocd import write_videocd
from pipeline.plan.chunks import Stretch
from pipeline.plan.decide import Asked, decide
from pipeline.plan.encode import Coding, Files, track_arguments
from pipeline.videocd.disc import Disc, Elementary, Muxed
from pipeline.videocd.layout import lay_out
from pipeline.videocd.muxed import read_packs
from pipeline.videocd.points import points
from pipeline.videocd.streams import read_video

PICTURES_A_MINUTE = 25 * 60
GENERATED = (
    ("mandelbrot=s=640x480:r=25", "sine=f=330"),
    ("testsrc2=s=352x288:r=25,noise=alls=30:allf=t:all_seed=3", "anoisesrc=c=pink:a=0.2"),
    ("life=s=320x240:r=25:mold=10:seed=5:death_color=#C83232:life_color=#00ff00", "sine=f=500"),
    ("color=c=white:s=640x480:r=25", "anullsrc"),
)


def encode(folder: Path, source: Path) -> Elementary | None:
    """One file as the house encodes it; None where it cannot be read or has no picture."""
    try:
        found = probe.source(probe.probe(source), source.name, str(source))
    except Failure:
        return None
    if found.video is None:
        return None
    (folder / "in").mkdir(parents=True)
    (folder / "out").mkdir()
    name = f"in/0{source.suffix.lower()}"
    (folder / name).symlink_to(source.absolute())
    treatment = decide(Asked(found, analyse(source, found), Fraction(25)))
    part = Stretch(0, max(1, int(treatment.seconds * 25)))
    arguments = track_arguments(Files(name), treatment, part, Coding("pal"))
    command = [str(tools.ffmpeg()), *arguments]
    tools.run(command, folder, folder / "log")
    return Elementary(folder / "out" / "video.m1v", folder / "out" / "audio.mp2", "pal")


def generate(folder: Path, seconds: float) -> Iterator[Path]:
    """Material that encoders find hard, and some that they find too easy."""
    for number, (picture, sound) in enumerate(GENERATED):
        place = folder / f"made-{number}.mkv"
        command = [
            str(tools.ffmpeg()), "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi",
            "-i", sound, "-t", f"{seconds:.2f}", "-c:v", "mpeg4", "-q:v", "3", "-c:a", "aac",
            str(place),
        ]  # fmt: skip
        subprocess.run(command, check=True)
        yield place


def remultiplexed(track: Elementary, place: Path) -> Muxed:
    """ffmpeg's own Video CD multiplex of the same streams."""
    command = [
        str(tools.ffmpeg()), "-v", "error", "-y", "-r", "25", "-i", str(track.video), "-i",
        str(track.audio), "-c", "copy", "-f", "vcd", "-packetsize", "2324", "-muxrate", "1411200",
        "-muxpreload", "0.44", str(place),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return Muxed(place)


def judged(folder: Path, name: str, tracks: tuple[Elementary | Muxed, ...]) -> set[str]:
    """Write a disc, check it, print what is found; the fields of all errors and warnings."""
    write_videocd(Disc("STREAMS", "STREAMS", tracks), folder, name, lambda _sectors: None)
    report = check_image(folder / f"{name}.cue", lambda _sectors: None)
    print(f"{name}: {report.tracks} tracks, {report.minutes:.1f} min, {report.sectors} sectors")
    for finding in report.findings[:12]:
        print(f"    {finding}")
    return {one.field for one in report.findings if one.severity != "note"}


def main() -> int:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--media", type=Path, default=Path("../shared/media"))
    asked.add_argument("--minutes", type=float, default=20.0)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        real = sorted(options.media.iterdir()) if options.media.is_dir() else []
        tracks = [encode(folder / f"real-{n}", path) for n, path in enumerate(real)]
        there = [track for track in tracks if track]
        count = sum(read_video(track.video).kinds.size for track in there)
        print(f"{len(there)} real clips, {count / PICTURES_A_MINUTE:.1f} min")
        left = max(4.0, options.minutes * 60 - count / 25) / len(GENERATED)
        for number, path in enumerate(generate(folder, left)):
            if track := encode(folder / f"made-{number}", path):
                there.append(track)
        ours = judged(folder, "ours", tuple(there))
        pictures = sum(int((read_video(track.video).kinds == 1).sum()) for track in there)
        laid = lay_out(Disc("STREAMS", "STREAMS", tuple(there)))
        reached = sum(len(points(track.stream).access) for track in laid.tracks)
        print(f"{pictures} I pictures, {reached} of them access points")
        peers = tuple(remultiplexed(t, folder / f"{n}.mpg") for n, t in enumerate(there))
        packs = sum(read_packs(track.path).packs for track in peers)
        theirs = judged(folder, "ffmpeg", peers)
    good = not ours and reached == pictures and "pack.clock" in theirs
    print(f"ours: {len(ours)} kinds of finding; ffmpeg: {sorted(theirs)} in {packs} packs")
    print("ok" if good else "short")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
