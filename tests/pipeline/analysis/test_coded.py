"""How a file is coded is found while it is looked through; so is where an MP4 has its index."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.analysis import Analysis
from pipeline.analyse import analyse
from pipeline.analysis.coded import faststart
from pipeline.analysis.parameters import kept_pictures
from pipeline.probe import probe, source

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1")
SOUND = ("-f", "lavfi", "-i", "sine=d=1")


def looked(path: Path) -> Analysis:
    return analyse(path, source(probe(path), path.name, str(path)))


def test_h264_and_aac_are_told_to_the_profile(ffmpeg_run: Callable[..., Path]) -> None:
    """Profile, level, depth, sampling of colours, and the bits it takes."""
    path = ffmpeg_run(
        "coded-all.mp4",
        *PICTURE, *SOUND, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv422p10le",
        *("-level", "3", "-b:v", "400k", "-c:a", "aac", "-movflags", "+faststart"),
    )  # fmt: skip
    found = looked(path)

    assert found.picture is not None and found.faststart
    assert (found.picture.profile, found.picture.level) == ("High 4:2:2", 30)
    assert (found.picture.bits, found.picture.chroma) == (10, "422")
    assert 100_000 < found.picture.bit_rate < 1_000_000
    assert [one.profile for one in found.sounds] == ["LC"]


@pytest.mark.parametrize(
    ("name", "options", "at_once"),
    [
        ("coded-first.mp4", ("-movflags", "+faststart"), True),
        ("coded-last.mp4", (), False),
        ("coded-pieces.mp4", ("-movflags", "+frag_keyframe+empty_moov"), False),
        ("coded-other.mkv", (), False),
    ],
)
def test_an_mp4_plays_at_once_where_its_index_comes_first(
    name: str, options: tuple[str, ...], at_once: bool, ffmpeg_run: Callable[..., Path]
) -> None:
    """In one piece and before what it leads to."""
    path = ffmpeg_run(name, *PICTURE, "-c:v", "mpeg4", *options)

    assert faststart(str(path)) == at_once


@pytest.mark.parametrize("suffix", ["mp4", "ts"])
@pytest.mark.parametrize("options", ["", "cqm=jvt", "poc=1:bframes=0"])
def test_the_pictures_that_a_decoder_keeps_are_counted(
    suffix: str, options: str, ffmpeg_run: Callable[..., Path]
) -> None:
    """By the parameters of the stream, with and without matrices of its own."""
    x264 = ("-c:v", "libx264", "-refs", "5", "-g", "50")
    more = ("-x264-params", options) if options else ()
    name = f"coded-kept-{len(options)}.{suffix}"
    found = looked(ffmpeg_run(name, *PICTURE, *x264, "-preset", "fast", *more))

    assert found.picture is not None and found.picture.kept == 5


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\0\0\1\x67", b"\1" * 9, b"\0\0\1\x67" + b"\0" * 99]
)
def test_parameters_that_make_no_sense_say_nothing(data: bytes) -> None:
    """Cut off, empty, or all zeros."""
    assert kept_pictures(data) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"moov",
        struct.pack(">I4s", 0, b"moov"),
        struct.pack(">I4sQ", 1, b"ftyp", 3),
        struct.pack(">I4s", 1, b"ftyp"),
        struct.pack(">I4s", 8, b"ftyp") * 30_000,
        struct.pack(">I4sQ", 1, b"ftyp", 1 << 63),
    ],
)
def test_a_file_that_only_looks_like_one_does_no_harm(data: bytes, tmp_path: Path) -> None:
    """Lengths of nothing, of everything and beyond the end, and no end of atoms."""
    path = tmp_path / "odd.mp4"
    path.write_bytes(data)

    assert faststart(str(path)) in (True, False)
    assert faststart(str(path)) == (data[4:8] == b"moov")
