"""One long programme on all cores against one ffmpeg process on one thread, with equal settings.

python -m tests.bench.long [--minutes 60] [--quality best]

Ours: chunks of the picture and the whole sound through `executors.here`, then the join. The other:
one ffmpeg with the same filters and options, every part of it told to use one thread and the whole
pinned to one core (unpinned, ffmpeg still decodes, filters and codes side by side: printed too).
Then what the time left said after a minute, and the PSNR at the seams beside that of the whole.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import tempfile
import threading
import time
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import mean

from pipeline import executors, tools
from pipeline.bars import Reckoning
from pipeline.make.join_streams import join_streams
from pipeline.make.run_tool import run_tool
from pipeline.plan.chunks import OCCUPANCY, Stretch, chunks, input_options, seek
from pipeline.plan.coding import Quality, sound_options, video_options
from pipeline.plan.effort import in_turn, picture_effort, sound_effort
from pipeline.plan.steps import Encode, FromStep, Join, key

RATE, ONE, SIZE = Fraction(25), Fraction(1), (640, 480)
SHARED = Path(__file__).parents[3] / "shared" / "media" / "long_bbb_320x180_DERIVED.mp4"
MOST = 0.6


def generate(place: Path, minutes: int) -> None:
    """A programme of so many minutes at 640x480: the shared film, else a moving pattern, looped."""
    clip, seconds = place.with_name("clip.mp4"), min(300, minutes * 60)
    seen = ["-i", str(SHARED)] if SHARED.exists() else ["-f", "lavfi", "-i", "testsrc2=r=25"]
    ffmpeg = [str(tools.ffmpeg()), "-v", "error", "-y"]
    filters = f"scale={SIZE[0]}:{SIZE[1]},noise=alls=4:allf=t:all_seed=3,fps=25"
    command = [*ffmpeg, *seen, "-f", "lavfi", "-i", "sine=f=330", "-map", "0:v", "-map", "1:a",
               "-t", str(seconds), "-vf", filters, "-c:v", "mpeg4", "-q:v", "4", "-bf", "1",
               "-c:a", "aac", str(clip)]  # fmt: skip
    subprocess.run(command, check=True)
    listed = place.with_name("list.txt")
    listed.write_text(f"file '{clip}'\n" * -(-minutes * 60 // seconds))
    command = [*ffmpeg, "-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy"]
    subprocess.run([*command, "-t", str(minutes * 60), str(place)], check=True)
    clip.unlink()


def grid(first: int, behind: int) -> str:
    """The filters of a plain programme: pictures of the raster's grid, letterboxed."""
    return (
        f"fps=25:start_time=0,tpad=stop=-1:stop_mode=clone,trim=start_frame={first}:"
        f"end_frame={behind},scale=352:264:flags=lanczos+accurate_rnd+full_chroma_int:"
        "out_color_matrix=bt601:out_range=tv,pad=352:288:(ow-iw)/2:(oh-ih)/2,setsar=12/11,"
        "format=yuv420p,setpts=PTS-STARTPTS"
    )


def words(options: dict[str, object]) -> list[str]:
    return [w for name, value in options.items() for w in (f"-{name}", str(value))]


GLOBAL = ("-hide_banner", "-nostdin", "-v", "error", "-nostats", "-progress", "progress", "-y")


def picture_words(part: Stretch, quality: Quality, out: str) -> list[str]:
    behind = part.start + part.pictures
    return ["-map", "0:v", "-vf", grid(part.start, behind), *words(video_options("pal", quality)),
            "-rc_init_occupancy", str(OCCUPANCY), "-f", "mpeg1video", out]  # fmt: skip


def sound_words(seconds: float, out: str) -> list[str]:
    filters = f"aresample=44100:async=1:first_pts=0,apad,atrim=end_sample={int(seconds * 44100)}"
    return ["-map", "0:a", "-af", filters, *words(sound_options(1)), "-f", "mp2", out]


def steps_of(pieces: tuple[Stretch, ...], cuts: list[float], quality: Quality) -> list[Encode]:
    """The steps of a programme in `pieces`, its picture first, its sound last."""
    made = []
    for part in pieces:
        begin = seek(part.start, cuts, ONE, RATE)
        read = [w for name, value in input_options(begin).items()
                for w in ((f"-{name}", value) if value else (f"-{name}",))]  # fmt: skip
        arguments = (
            *GLOBAL,
            *read,
            "-i",
            "in/0.mp4",
            *picture_words(part, quality, "out/video.m1v"),
        )
        seconds = float(part.pictures / RATE)
        cost = picture_effort(SIZE, RATE, seconds, quality)
        made.append(Encode("c", seconds, arguments, (), ("video.m1v",), "", cost))
    seconds = float(sum(part.pictures for part in pieces) / RATE)
    heard = (*GLOBAL, "-i", "in/0.mp4", *sound_words(seconds, "out/audio.mp2"))
    return [*made, Encode("s", seconds, heard, (), ("audio.mp2",), "", sound_effort(seconds))]


def ours(source: Path, folder: Path, steps: list[Encode], told: dict[int, float]) -> Path:
    """Make all steps and the join; `told` gets the whole time expected after so many seconds."""
    program, begin, lock = tools.ffmpeg(), time.monotonic(), threading.Lock()
    reckoning = Reckoning(steps, executors.cores())

    def stands(step: Encode, share: float) -> None:
        with lock:
            reckoning.stands(key(step), share)
            passed = int(time.monotonic() - begin)
            if passed % 30 == 0 and passed not in told and (left := reckoning.left()) is not None:
                told[passed] = passed + left

    def make(step: Encode) -> None:
        place = folder / key(step)
        for name in ("in", "out"):
            (place / name).mkdir(parents=True)
        (place / "in" / "0.mp4").symlink_to(source)
        run_tool(step, program, place, tools.NEVER, lambda done: stands(step, done / step.seconds))
        stands(step, 1.0)

    with executors.here() as executor:
        for one in [executor.submit(make, step) for step in in_turn(steps)]:
            one.result()
    videos = [folder / key(step) / "out" / "video.m1v" for step in steps[:-1]]
    counts = tuple(round(step.seconds * RATE) for step in steps[:-1])
    seconds = sum(step.seconds for step in steps[:-1])
    join = Join("j", seconds, tuple(FromStep(v.name, "") for v in videos), counts, "pal")
    joined, start = folder / "joined.m1v", time.monotonic()
    stood = join_streams(join, videos, joined)
    print(f"joined {len(videos)} chunks in {time.monotonic() - start:.1f} s, {stood} stand still")
    return joined


def single(source: Path, folder: Path, pictures: int, quality: Quality, pinned: bool) -> Path:
    """The same by one ffmpeg process with one thread for each of its parts."""
    folder.mkdir()
    out = folder / "whole.m1v"
    command = [str(tools.ffmpeg()), *GLOBAL, "-filter_threads", "1", "-filter_complex_threads", "1",
               "-threads", "1", "-i", str(source),
               *picture_words(Stretch(0, pictures), quality, str(out)),
               *sound_words(float(pictures / RATE), str(folder / "audio.mp2"))]  # fmt: skip
    core = min(os.sched_getaffinity(0))
    pin = partial(os.sched_setaffinity, 0, {core}) if pinned else None
    subprocess.run(command, check=True, cwd=folder, preexec_fn=pin)
    return out


def psnr(video: Path, source: Path, pictures: int) -> list[float]:
    """PSNR of the luma of each picture against what the encoder was given."""
    table = video.with_suffix(".psnr")
    paired = (f"[0:v]settb=1/25,setpts=N[a];[1:v]{grid(0, pictures)},settb=1/25,setpts=N[b];"
              f"[a][b]psnr=stats_file={table}")  # fmt: skip
    subprocess.run([str(tools.ffmpeg()), "-v", "error", "-i", str(video), "-i", str(source),
                    "-filter_complex", paired, "-f", "null", "-"], check=True)  # fmt: skip
    found = re.findall(r"psnr_y:(\S+)", table.read_text())
    return [min(99.0, float(value)) for value in found]


def used() -> float:
    """Processor seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--minutes", type=int, default=60)
    asked.add_argument("--quality", choices=("fast", "best"), default="best")
    options = asked.parse_args()
    pictures = options.minutes * 60 * 25
    cuts = [float(second) for second in range(47, options.minutes * 60, 47)]
    pieces = chunks(Stretch(0, pictures), cuts, ONE, RATE)
    with tempfile.TemporaryDirectory() as place:
        folder, source = Path(place), Path(place) / "programme.mp4"
        generate(source, options.minutes)
        steps = steps_of(pieces, cuts, options.quality)
        walls, told = {}, dict[int, float]()
        runs = {
            "ours": lambda: ours(source, folder / "ours", steps, told),
            "pinned": lambda: single(source, folder / "pinned", pictures, options.quality, True),
            "unpinned": lambda: single(source, folder / "free", pictures, options.quality, False),
        }  # fmt: skip
        made = {}
        for name, run in runs.items():
            begin, spent = time.monotonic(), used()
            made[name] = run()
            walls[name] = time.monotonic() - begin
            print(f"{name:10} wall {walls[name]:8.1f} s, processor {used() - spent:8.1f} s")
        for passed, whole in sorted(told.items()):
            print(
                f"after {passed:4} s: {whole:7.1f} s expected, {whole / walls['ours']:5.2f} of it"
            )
        edges = [part.start for part in pieces[1:]]
        for name in ("ours", "pinned"):
            values = psnr(made[name], source, pictures)
            near = [mean(values[at : at + 15]) for at in edges]
            seams = (
                f"first 15 after each seam {mean(near):.3f}, worst {min(near):.3f}" if near else ""
            )
            print(f"{name:10} PSNR-Y {mean(values):.3f} dB of {len(values)}, {seams}")
    for name in ("pinned", "unpinned"):
        share = walls["ours"] / walls[name]
        verdict = "" if name == "unpinned" else ("ok" if share <= MOST else "short")
        label, our, other = f"long programme: ours / one {name}", walls["ours"], walls[name]
        print(f"{label:44} {our:9.1f} {other:9.1f} {share:7.2f} {MOST:7.2f}  {verdict}")


if __name__ == "__main__":
    main()
