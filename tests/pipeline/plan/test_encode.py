"""ffmpeg's command lines: shape, length and limits, nothing run."""

from __future__ import annotations

from fractions import Fraction

import pytest

from catalog.programme import VideoStream
from pipeline.plan.encode import Reading, Stretch, shape, video_cd_arguments
from pipeline.plan.raster import RASTERS
from recipes.targets import Standard


def stream(
    width: int, height: int, sar: str = "1", rotation: int = 0, scan: str = "progressive"
) -> VideoStream:
    return VideoStream(0, "h264", width, height, Fraction(sar), Fraction(25), rotation, scan)  # type: ignore[arg-type]


def after(arguments: tuple[str, ...], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def command(reading: Reading, part: Stretch) -> tuple[str, ...]:
    return video_cd_arguments(reading, part, "pal", "best")


@pytest.mark.parametrize("standard", ["pal", "ntsc"])
@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (500, 500), (1920, 817), (720, 1280)])
@pytest.mark.parametrize("sar", ["1", "64/45", "16/15", "427/426"])
@pytest.mark.parametrize("rotation", [0, 90, -90, 180])
def test_a_circle_stays_a_circle(
    standard: Standard, size: tuple[int, int], sar: str, rotation: int
) -> None:
    """Whatever its shape and turn, the picture keeps its proportions on the screen within 1 %."""
    raster = RASTERS[standard]
    width, height = shape(stream(*size, sar, rotation), raster)
    aspect = Fraction(size[0]) * Fraction(sar) / size[1]
    if rotation % 180:
        aspect = 1 / aspect

    assert abs(float(width * raster.sar / height / aspect) - 1) < 0.01
    assert width % 2 == height % 2 == 0
    assert (width, height) <= (raster.width, raster.height)
    assert width > raster.width - 16 or height > raster.height - 16


def test_four_to_three_fills_the_screen() -> None:
    """A 4:3 picture has no borders in either norm, also when it is stored as 720x576."""
    assert shape(stream(640, 480), RASTERS["pal"]) == (352, 288)
    assert shape(stream(720, 576, "16/15"), RASTERS["pal"]) == (352, 288)
    assert shape(stream(640, 480), RASTERS["ntsc"]) == (352, 240)


def test_the_stream_is_what_a_video_cd_may_hold() -> None:
    """Rate, buffer and group of pictures are written out; no preset that would override them."""
    made = command(Reading("in/0.mp4", stream(640, 480), (1,)), Stretch(0, 100))

    assert "-target" not in made
    assert [after(made, f"-{o}") for o in ("b:v", "minrate", "maxrate")] == ["1150000"] * 3
    assert after(made, "-bufsize") == "327680"
    assert after(made, "-g") == "15"
    assert after(made, "-me_range") == "64"
    assert (after(made, "-b:a"), after(made, "-ar"), after(made, "-ac")) == ("224k", "44100", "2")


def test_strangers_files_are_read_locally_only() -> None:
    """No playlist inside a file may lead ffmpeg onto the network."""
    made = command(Reading("in/0.mp4", stream(640, 480), (1,)), Stretch(0, 100))

    assert after(made, "-protocol_whitelist") == "file,pipe"
    assert made.index("-protocol_whitelist") < made.index("-i")


def graph(reading: Reading, part: Stretch) -> str:
    return after(command(reading, part), "-filter_complex")


def test_only_woven_pictures_are_deinterlaced() -> None:
    """bwdif for interlaced sources, nothing for the others."""
    woven = graph(
        Reading("in/0.ts", stream(720, 576, "64/45", scan="interlaced"), (1,)), Stretch(0, 9)
    )
    plain = graph(Reading("in/0.ts", stream(720, 576, "64/45"), (1,)), Stretch(0, 9))

    assert "bwdif" in woven
    assert "bwdif" not in plain


def test_a_part_is_cut_at_the_same_moment_in_picture_and_sound() -> None:
    """Pictures 100 to 350 at 25 a second are samples 176400 to 617400 at 44.1 kHz."""
    made = graph(Reading("in/0.mp4", stream(640, 480), (1,)), Stretch(100, 250))

    assert "trim=end_frame=350:start_frame=100" in made
    assert "atrim=end_sample=617400:start_sample=176400" in made


def test_no_sound_becomes_silence() -> None:
    """A silent film still gets the sound stream that players require."""
    made = command(Reading("in/0.webm", stream(640, 480), ()), Stretch(0, 100))

    assert "anullsrc=r=44100:cl=stereo" in made


def test_no_picture_becomes_the_card() -> None:
    """A sound file plays under the card, for as long as it lasts."""
    made = video_cd_arguments(
        Reading("in/0.mp3", None, (0,), "in/1.png"), Stretch(0, 50), "ntsc", "fast"
    )

    assert made[made.index("-loop") : made.index("-loop") + 2] == ("-loop", "1")
    assert made.count("-i") == 2
    assert after(made, "-r") == "30000/1001"


def test_two_languages_go_left_and_right() -> None:
    """Each sound becomes one channel, and the encoder is told that they are two programmes."""
    made = command(Reading("in/0.mkv", stream(640, 480), (1, 2)), Stretch(0, 25))

    assert "join=channel_layout=stereo:inputs=2" in after(made, "-filter_complex")
    assert after(made, "-filter_complex").count("channel_layouts=mono") == 2
    assert after(made, "-mode") == "dual_channel"
