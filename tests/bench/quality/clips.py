"""The clips that encoders are judged on: real ones beside the checkout, and made-up hard ones."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from pipeline import tools
from tests.bench.quality import made

FFMPEG = str(tools.ffmpeg())
MEDIA = Path(__file__).parents[4] / "shared" / "media"
SECONDS = 20.0
FILM = Fraction(25, 24)


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip: the file (or who makes it), where it begins, how many seconds of it are taken,
    and how much faster it plays on a disc.
    """

    name: str
    file: str
    start: float = 0.0
    seconds: float = SECONDS
    speed: Fraction = Fraction(1)
    make: Callable[[Path, Path], None] | None = None


def _film(source: Path, out: Path) -> None:
    """Grain as of a film print, new in each picture."""
    grain = "scale=1024:576:flags=lanczos,noise=c0s=11:c0f=t+u:c1s=4:c1f=t:c2s=4:c2f=t:all_seed=7"
    _code("-ss", "112", "-t", "12", "-i", source, "-an", "-vf", grain, out=out)


def _tape(source: Path, out: Path) -> None:
    """A worn tape: soft, coloured noise in streaks, colours that lie beside their shapes."""
    worn = (
        "scale=360:576,scale=720:576:flags=bicubic,setsar=16/15,chromashift=cbh=5:crh=-4,"
        "noise=c0s=22:c0f=t:c1s=26:c1f=t:c2s=26:c2f=t:all_seed=9,boxblur=2:1:3:1"
    )
    _code("-t", "12", "-i", source, "-an", "-vf", worn, out=out)


def _code(*arguments: object, out: Path) -> None:
    """Code a picture nearly without loss; its time counts from zero."""
    words = [FFMPEG, "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    words += ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "8", "-pix_fmt", "yuv420p"]
    subprocess.run([*words, str(out)], check=True, stdin=subprocess.DEVNULL)


_BBB = "long_bbb_320x180_DERIVED.mp4"

# Of the shared files every one whose picture is at least 320x180 and three seconds long (a smaller
# one on a television is the same blur whoever codes it, of a shorter one only the start would be
# judged): that leaves out elephant (160x120), mkv_multi (2 s), phone_portrait (2 s), flv_sample,
# bbb_960x540 (1 s) and hevc_phone (0.1 s).
CLIPS = (
    Clip("lecture", "lecture_segment_0.mp4"),
    Clip("tractor", "farm_VP9-tractor.webm"),
    Clip("flower", "nature_flower.mp4"),
    Clip("tree", "nature_tree.avi", seconds=12),
    Clip("exercises", "health_sports2d_demo.mp4"),
    Clip("city", "ps_mpeg2_cityCC0.mpg"),
    Clip("tv-576i", "tv_576i_test-025.ts"),
    Clip("phone", "phone_h263.3gp"),
    Clip("realmedia", "old_realmedia-video.rm"),
    Clip("old-mpeg1", "old_mpeg1_video_only.mpg"),
    Clip("old-avi", "old_mpeg4_mp3_sample.avi", speed=Fraction(25025, 24000)),
    Clip("boy", "awesome movie.mov"),
    Clip("theora", "ogv_short.ogv"),
    Clip("roadtrip", "tenbit_roadtrip-vp92.webm", speed=Fraction(25025, 24000)),
    Clip("av1", "av1-sdr.webm", seconds=12),
    Clip("film-1", _BBB, start=40, seconds=16, speed=FILM),
    Clip("film-2", _BBB, start=300, seconds=16, speed=FILM),
    Clip("film-3", _BBB, start=480, seconds=16, speed=FILM),
    Clip("grain", _BBB, speed=FILM, make=_film),
    Clip("tape", "ps_mpeg2_cityCC0.mpg", make=_tape),
    Clip("slides", "", make=made.slides),
    Clip("opera", "", make=made.opera),
    Clip("foliage", "", make=made.foliage),
)
QUICK = ("lecture", "city", "film-2", "tape", "slides", "opera")


def source(clip: Clip, folder: Path) -> Path | None:
    """The clip's file, made where it has to be; None where a real one is not there."""
    real = MEDIA / clip.file
    if clip.file and not real.exists():
        return None
    if clip.make is None:
        return real
    place = folder / f"{clip.name}.mkv"
    if not place.exists():
        half = place.with_name(f"half-{place.name}")
        clip.make(real, half)
        half.rename(place)
    return place
