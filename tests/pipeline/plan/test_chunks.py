"""Where a long programme is divided, and that reading from there gives the very same pictures."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.plan.chunks import (
    LEAST,
    PREROLL,
    UNDIVIDED,
    Stretch,
    chunks,
    input_options,
    picture_at,
    seek,
)

PAL, NTSC, ONE, FILM = Fraction(25), Fraction(30000, 1001), Fraction(1), Fraction(25, 24)
HOUR = Stretch(0, 3600 * 25)
CUTS = tuple(12.5 + 47 * n for n in range(76))


def test_an_hour_is_divided_at_cuts_near_every_150_seconds():
    """Chunks begin at cuts, are about as long as meant, and together are the part."""
    found = chunks(HOUR, CUTS, ONE, PAL)

    at_cuts = {picture_at(cut, ONE, PAL) for cut in CUTS}
    assert 22 <= len(found) <= 25
    assert all(one.start in at_cuts for one in found[1:])
    assert all(60 * 25 <= one.pictures <= 240 * 25 for one in found)
    assert sum(one.pictures for one in found) == HOUR.pictures


@pytest.mark.parametrize(
    ("part", "cuts"),
    [
        (Stretch(0, 239 * 25), CUTS),
        (HOUR, ()),
        (HOUR, (10.0, 3590.0)),
    ],
    ids=["short", "no cuts", "cuts at the ends alone"],
)
def test_what_cannot_be_divided_stays_whole(part, cuts):
    """A short part, and one without a cut that serves, is one piece."""
    assert chunks(part, cuts, ONE, PAL) == (part,)


def test_where_a_disc_ends_does_not_move_the_other_boundaries():
    """The same programme, split elsewhere, keeps every chunk that lies inside the split."""
    whole = chunks(HOUR, CUTS, ONE, PAL)
    first = chunks(Stretch(0, 1800 * 25), CUTS, ONE, PAL)
    second = chunks(Stretch(1800 * 25, 1800 * 25), CUTS, ONE, PAL)

    same = set(whole) & set(first + second)
    assert len(same) >= len(whole) - 3


@given(
    st.lists(st.floats(0, 4000), max_size=200),
    st.integers(0, 40_000),
    st.integers(1, 100_000),
    st.sampled_from([ONE, FILM]),
    st.sampled_from([PAL, NTSC]),
)
def test_whatever_the_cuts_the_chunks_are_the_part(cuts, start, pictures, speed, rate):
    """No picture twice, none lost, none of the pieces shorter than the least."""
    part = Stretch(start, pictures)
    found = chunks(part, sorted(cuts), speed, rate)

    assert found[0].start == start
    assert all(a.start + a.pictures == b.start for a, b in pairwise(found))
    assert found[-1].start + found[-1].pictures == start + pictures
    assert len(found) == 1 or all(one.pictures >= LEAST * rate for one in found)
    assert len(found) == 1 or pictures >= UNDIVIDED * rate


def test_a_film_that_plays_faster_is_cut_where_the_picture_comes_then():
    """The cut at 24 s of a film is picture 576, which plays at 25 a second."""
    assert picture_at(24.0, FILM, PAL) == 576
    assert picture_at(24.0, ONE, PAL) == 600
    assert picture_at(10.01, ONE, NTSC) == 300


def test_reading_begins_before_the_last_cut_that_serves():
    """The cut may be that of the chunk itself; before the first cut it is the beginning."""
    assert seek(picture_at(CUTS[5], ONE, PAL), CUTS, ONE, PAL) == CUTS[5] - PREROLL
    assert seek(picture_at(CUTS[5], ONE, PAL) - 1, CUTS, ONE, PAL) == CUTS[4] - PREROLL
    assert seek(100, CUTS, ONE, PAL) == 0.0
    assert input_options(0.0) == {}
    assert input_options(99.5) == {"ss": "99.500", "copyts": None, "start_at_zero": None}


SOURCES = {
    "mp4 at 24, B pictures, late start": (
        "24", "clip.mp4", "-c:v libx264 -preset ultrafast -bf 3 -g 100 -output_ts_offset 1.48"),
    "mkv at 29.97": ("30000/1001", "clip.mkv", "-c:v libx264 -preset ultrafast -bf 2 -g 90"),
    "mkv, slides": (
        "25", "clip.mkv",
        "-vf select='not(mod(n\\,45))' -fps_mode vfr -c:v libx264 -preset ultrafast -g 5"),
    "avi at 15": ("15", "clip.avi", "-c:v mpeg4 -bf 2 -g 60"),
    "flv at 50": ("50", "clip.flv", "-c:v flv -g 100"),
    "wmv at 23.976": ("24000/1001", "clip.wmv", "-c:v wmv2 -g 60"),
    "mpeg-2 programme at 25": ("25", "clip.mpg", "-c:v mpeg2video -bf 2 -g 12"),
    "transport at 29.97": ("30000/1001", "clip.ts", "-c:v mpeg2video -bf 2 -g 12"),
    "webm at 60": ("60", "clip.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 120"),
}  # fmt: skip


def pictures(source: Path, filters: str, seconds: float) -> list[str]:
    """The digests of the pictures that the filters give when reading begins at such a second."""
    options = [
        word
        for name, value in input_options(seconds).items()
        for word in ([f"-{name}", value] if value else [f"-{name}"])
    ]
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *options, "-i", str(source),
        "-an", "-vf", filters, "-f", "framemd5", "-",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split(",")[-1] for line in done.stdout.splitlines() if line[0] != "#"]


def grid(first: int, behind: int, speed: Fraction, rate: Fraction) -> str:
    return (
        f"setpts=PTS*{speed.denominator}/{speed.numerator},fps={rate}:start_time=0,"
        f"tpad=stop=-1:stop_mode=clone,trim=start_frame={first}:end_frame={behind},"
        "setpts=PTS-STARTPTS"
    )


@pytest.mark.parametrize("kind", SOURCES)
def test_chunks_have_the_very_pictures_of_the_whole(kind, tmp_path):
    """Reading from a cut gives, picture for picture, what reading from the beginning gives."""
    rate, name, options = SOURCES[kind]
    source = tmp_path / name
    moving = f"testsrc2=s=160x120:r={rate}:d=16"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", moving]
    subprocess.run([*command, *options.split(), "-q:v", "4", str(source)], check=True)
    cuts = (5.4, 9.0, 12.6)  # each of these rates and the slides have a picture there, or nearly
    raster = NTSC if "24" in rate else PAL
    speed = FILM if rate == "24" else ONE
    edges = [0, *(picture_at(cut, speed, raster) for cut in cuts), int(15 / speed * raster)]

    whole = pictures(source, grid(0, edges[-1], speed, raster), 0.0)
    parts = [
        one
        for first, behind in pairwise(edges)
        for one in pictures(
            source, grid(first, behind, speed, raster), seek(first, cuts, speed, raster)
        )
    ]

    assert len(whole) == edges[-1]
    assert parts == whole
