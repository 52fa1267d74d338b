"""Options of coding: what a Video CD may hold whatever is chosen, and that streams obey it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.make.check import check_image
from pipeline.make.write_videocd import write_videocd
from pipeline.plan import coding
from pipeline.plan.encode import LAYER_II_DELAY
from pipeline.plan.raster import RASTERS
from pipeline.videocd.disc import Disc, Elementary
from pipeline.videocd.streams import read_video
from recipes.targets import Standard

Encode = Callable[[str, str, str], Elementary]
# Hard from the first picture; too easy, with cuts; easy and then hard.
PICTURES = {
    "noise": "testsrc2=s={size}:r={rate}:d=3,noise=alls=40:allf=t:all_seed=3",
    "slides": "smptebars=s={size}:r={rate}:d=3,negate=enable='gte(mod(t,2),1)'",
    "burst": "mandelbrot=s={size}:r={rate},trim=end=3,noise=alls=30:allf=t:enable='gte(t,1)'",
}
# What an empty tape shows; `fast` must be told of it.
SNOW = "mandelbrot=s={size}:r={rate},trim=end=3,noise=alls=90:allf=t:enable='gte(t,1)'"


def words(options: dict[str, Any]) -> list[str]:
    return [str(word) for key, value in options.items() for word in (f"-{key}", value)]


@pytest.fixture(scope="module")
def encoded(ffmpeg_run: Callable[..., Path]) -> Encode:
    """Both streams of a clip, coded with the options of the house."""

    def run(picture: str, standard: str, quality: str) -> Elementary:
        raster = RASTERS[standard]  # type: ignore[index]
        size = f"{raster.width}x{raster.height}"
        moving = {**PICTURES, "snow": SNOW}[picture].format(size=size, rate=raster.rate)
        moving += f",setsar={raster.sar.numerator}/{raster.sar.denominator},format=yuv420p"
        name = f"{picture}-{standard}-{quality}"
        kind = {"noisy": picture == "snow", "still": picture == "slides"}
        video = words(coding.video_options(standard, quality, **kind))  # type: ignore[arg-type]
        sound = words(coding.sound_options(1, quality))  # type: ignore[arg-type]
        return Elementary(
            ffmpeg_run(f"{name}.m1v", "-f", "lavfi", "-i", moving, *video),
            ffmpeg_run(f"{standard}-{quality}.mp2", "-f", "lavfi", "-i", "sine=d=3", *sound),
            standard,  # type: ignore[arg-type]
        )

    return run


@pytest.mark.parametrize("quality", ["fast", "best"])
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_the_rate_is_constant_and_within_the_book(
    standard: Standard, quality: coding.Quality
) -> None:
    """One rate, the constrained buffer and groups of at most 18 pictures, in every quality."""
    options = coding.video_options(standard, quality)
    rates = {options["b:v"], options["minrate"], options["maxrate"]}

    assert rates == {1_150_000}
    assert options["bufsize"] == 327_680
    assert options["g"] <= 18
    assert options["me_range"] == 64


def test_two_voices_are_kept_apart() -> None:
    """One programme of sound is stereo, two are one on each channel; the rate is the book's."""
    modes = [coding.sound_options(voices)["mode"] for voices in (0, 1, 2)]

    assert modes == ["stereo", "stereo", "dual_channel"]
    assert coding.sound_options(1)["b:a"] == "224k"
    assert coding.sound_options(2, "fast")["mode"] == "dual_channel"


@pytest.mark.parametrize("voices", [1, 2])
def test_fast_sound_comes_out_where_best_does(voices: int, ffmpeg_run: Callable[..., Path]) -> None:
    """Both coders delay by the same count of samples, which the plan gives up."""
    click = "aevalsrc='0.8*eq(n,22050)|0.8*eq(n,22050)':s=44100:d=1"
    places = []
    for quality in ("fast", "best"):
        options = words(coding.sound_options(voices, quality))
        name = f"click-{voices}-{quality}"
        made = ffmpeg_run(f"{name}.mp2", "-f", "lavfi", "-i", click, *options)
        heard = ffmpeg_run(f"{name}.f32", "-i", str(made), "-f", "f32le").read_bytes()
        places.append(int(np.abs(np.frombuffer(heard, np.float32)[::2]).argmax()))

    assert places == [22_050 + LAYER_II_DELAY] * 2


@pytest.mark.parametrize("quality", ["fast", "best"])
@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_streams_pass_the_checker(
    standard: str, quality: str, encoded: Encode, tmp_path: Path
) -> None:
    """Hard, easy and suddenly hard pictures: on a disc, nothing is found, no buffer runs over."""
    tracks = tuple(encoded(picture, standard, quality) for picture in (*PICTURES, "snow"))
    write_videocd(Disc("CODING", "CODING", tracks), tmp_path, "disc", lambda _sectors: None)
    report = check_image(tmp_path / "disc.cue", lambda _sectors: None)

    assert [str(f) for f in report.findings if f.severity != "note"] == []


@pytest.mark.parametrize("picture", sorted(PICTURES))
def test_headers_say_what_the_book_asks_for(picture: str, encoded: Encode) -> None:
    """Constrained parameters, the constant rate, and an I picture at least every 18th."""
    video = read_video(encoded(picture, "pal", "best").video)
    between = np.diff(np.flatnonzero(video.kinds == 1))

    assert video.header.constrained
    assert (video.header.bit_rate, video.header.vbv_bytes) == (1_150_000, 40_960)
    assert between.max() <= 18
