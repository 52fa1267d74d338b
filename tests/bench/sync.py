"""Whether claps stay in step: a white flash and a click each minute, through the whole encoding.

python -m tests.bench.sync [--minutes 30] [--rates 25,film]

For each rate of pictures a source is made, encoded with the command lines of the plan in two parts
(as on two discs), decoded again, and each flash and each click looked for. `flash` is how far a
flash stands from its time (half a picture is 20 ms at 25 a second), `click` the same of sound,
`drift` how much further the last click
stands from its time than the first. The bar is 20 ms for each.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import tools
from pipeline.plan import raster
from pipeline.plan.chunks import Stretch
from pipeline.plan.encode import Coding, Files, track_arguments
from pipeline.plan.treatment import PictureTreatment, Treatment, Voice

RATE = 44_100
SOURCE_RATE = 48_000
LIMIT = 0.0205  # seconds; half a picture and a sample or two
LONG = 0.3  # seconds that a flash stands
NTSC = Fraction(1000, 1001)
RATES = {
    "15": Fraction(15), "23.976": 24 * NTSC, "24": Fraction(24), "25": Fraction(25),
    "29.97": 30 * NTSC, "30": Fraction(30), "50": Fraction(50), "59.94": 60 * NTSC,
    "60": Fraction(60), "variable": Fraction(60), "film": Fraction(24),
}  # fmt: skip


def arguments(file: str, treatment: Treatment, part: Stretch) -> tuple[str, ...]:
    """The plan's own command line for a part."""
    return track_arguments(Files(file), treatment, part, Coding("pal", "fast"))


def run(command: Sequence[str], folder: Path) -> bytes:
    """Run ffmpeg in a folder."""
    whole = [str(tools.ffmpeg()), "-v", "error", "-y", *command]
    return subprocess.run(whole, cwd=folder, check=True, stdout=subprocess.PIPE).stdout


def shown(name: str, minutes: int) -> Any:
    """The times of a source's pictures."""
    number = np.arange(int(minutes * 60 * RATES[name]))
    if name == "variable":
        number = number[number * number % 7 < 3]
    return number / float(RATES[name])


def claps(name: str, minutes: int) -> list[float]:
    """When the pictures with a flash begin, one a minute."""
    times = shown(name, minutes)
    marks = [60 * minute + 7.0 for minute in range(minutes)]
    return [float(times[np.searchsorted(times, mark - 1e-4)]) for mark in marks]


def make(name: str, minutes: int, place: Path) -> None:
    """A source with a flash and a click at each clap."""
    noise = np.random.default_rng(1)
    sound = noise.normal(0, 0.01, minutes * 60 * SOURCE_RATE).astype(np.float32)
    for time in claps(name, minutes):
        first = round(time * SOURCE_RATE)
        sound[first : first + 480] += 0.7 * noise.choice([-1, 1], 480).astype(np.float32)
    (place.parent / "sound.f32").write_bytes(sound.tobytes())
    keep = "select='lt(mod(n*n,7),3)'" if name == "variable" else "null"
    flash = f"drawbox=t=fill:color=white:enable='between(mod(t,60),6.9999,{7 + LONG})'"
    picture = f"color=black:s=160x120:r={RATES[name]}:d={minutes * 60},{flash},{keep}"
    heard = ["-f", "f32le", "-ar", str(SOURCE_RATE), "-ch_layout", "mono", "-i", "sound.f32"]
    coding = ["-c:v", "mpeg4", "-q:v", "4", "-fps_mode", "passthrough", "-c:a", "pcm_s16le"]
    run(["-f", "lavfi", "-i", picture, *heard, *coding, str(place)], place.parent)


def flashes(folder: Path) -> Any:
    """The numbers of the first bright pictures of a part."""
    small = ["-i", "out/video.m1v", "-vf", "scale=4:4:flags=area,format=gray"]
    raw = run([*small, "-fps_mode", "passthrough", "-f", "rawvideo", "-"], folder)
    bright = np.frombuffer(raw, np.uint8).reshape(-1, 16).mean(axis=1) > 100
    return np.flatnonzero(bright & ~np.roll(bright, 1))


def clicks(folder: Path) -> Any:
    """The numbers of the first samples of a part's clicks."""
    raw = run(["-i", "out/audio.mp2", "-ac", "1", "-f", "f32le", "-"], folder)
    sound = np.frombuffer(raw, np.float32)
    blocks = np.abs(sound[: len(sound) // 44 * 44]).reshape(-1, 44).max(axis=1)
    loud = blocks > 0.35 * blocks.max()
    loud &= ~np.array([loud[max(0, i - 400) : i].any() for i in range(len(loud))])
    begun = np.flatnonzero(loud) * 44
    return np.array([i + np.argmax(np.abs(sound[i : i + 44]) > 0.3 * blocks.max()) for i in begun])


def encoded(name: str, minutes: int, folder: Path) -> tuple[Any, Any]:
    """The seconds of all flashes and all clicks, over both parts."""
    speed = Fraction(25, 24) if name == "film" else Fraction(1)
    seconds = minutes * 60 / speed
    rate = Fraction(0) if name == "variable" else RATES[name]
    picture = PictureTreatment(0, 160, 120, rate=rate)
    voice = Voice(1, "mono", 0.0)
    treatment = Treatment(float(seconds), picture, (voice,), speed=speed)
    rate = raster.RASTERS["pal"].rate
    whole, half = int(seconds * rate), int(seconds * rate / 2) + 1
    (folder / "out").mkdir(exist_ok=True)
    seen, heard = [], []
    for part in (Stretch(0, half), Stretch(half, whole - half)):
        run(arguments("in.mkv", treatment, part), folder)
        first = float(part.start / rate)
        seen.append(first + flashes(folder) / float(rate))
        heard.append(int(part.start * RATE / rate) / RATE + clicks(folder) / RATE)
    return np.concatenate(seen), np.concatenate(heard)


def main() -> int:
    """Measure and print; 1 where a bar is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--minutes", type=int, default=30)
    asked.add_argument("--rates", default=",".join(RATES))
    options = asked.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print(f"{'rate':9} claps  flash ms   click ms  drift")
        for name in options.rates.split(","):
            make(name, options.minutes, folder / "in.mkv")
            seen, heard = encoded(name, options.minutes, folder)
            faster = 25 / 24 if name == "film" else 1.0
            truth = np.array(claps(name, options.minutes)) / faster
            if len(seen) != len(truth) or len(heard) != len(truth):
                print(
                    f"{name:9} {len(truth)} claps, {len(seen)} flashes, {len(heard)} clicks MISSED"
                )
                missed += 1
                continue
            flash, click = seen - truth, heard - truth
            good = max(np.abs(flash).max(), np.abs(click).max()) <= LIMIT
            missed += not good
            print(f"{name:9} {len(truth):5}  {flash.min() * 1e3:+.1f}..{flash.max() * 1e3:+.1f}"
                  f"  {click.min() * 1e3:+.1f}..{click.max() * 1e3:+.1f}"
                  f"  {(click[-1] - click[0]) * 1e3:+.1f} {'' if good else 'MISSED'}",
                  flush=True)  # fmt: skip
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
