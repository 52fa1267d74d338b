"""Whole files looked through in the child: woven, film, bordered, turned, broken, real ones."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from catalog.analysis import Analysis, Box
from catalog.analysis_json import from_json, to_json
from catalog.problem import Failure
from catalog.programme import Source
from pipeline import probe, tools
from pipeline.analyse import ANALYSER, analyse

STILL = ("-f", "lavfi", "-i", "testsrc2=s=720x576:r=50:d=0.02")
MPEG2 = ("-c:v", "mpeg2video", "-q:v", "4")
WOVEN = ("-flags", "+ilme+ildct")

Clip = Callable[..., Path]


def source(path: Path) -> Source:
    return probe.source(probe.probe(path), path.name, str(path))


def looked(path: Path) -> Analysis:
    found = analyse(path, source(path))
    assert from_json(to_json(found)) == found
    return found


@pytest.fixture(scope="module")
def whole(ffmpeg_run: Clip) -> Path:
    """60 pictures at 50 a second that move all over, 720 x 576, lossless."""
    return ffmpeg_run(
        "whole.mkv",
        *STILL,
        "-vf",
        "loop=60:1,setpts=N/50/TB,scroll=h=0.008:v=0.003",
        "-t",
        "1.2",
        "-c:v",
        "huffyuv",
    )


@pytest.mark.parametrize(
    ("name", "filters", "more", "seen"),
    [
        ("top", "tinterlace=interleave_top,setfield=tff", WOVEN, ("top", True)),
        ("bottom", "tinterlace=interleave_bottom,setfield=bff", WOVEN, ("bottom", True)),
        ("hidden", "tinterlace=interleave_top,setfield=prog", (), ("top", False)),
        ("wrong", "tinterlace=interleave_bottom,setfield=tff", WOVEN, ("bottom", False)),
        ("plain", "fps=25,setfield=prog", (), ("progressive", True)),
        ("claimed", "fps=25,setfield=tff", WOVEN, ("progressive", False)),
    ],
)
def test_the_weave_is_seen_whatever_is_marked(
    name: str,
    filters: str,
    more: tuple[str, ...],
    seen: tuple[str, bool],
    whole: Path,
    ffmpeg_run: Clip,
) -> None:
    """Marked rightly, wrongly, not at all; and whole pictures that claim to be woven."""
    found = looked(ffmpeg_run(f"{name}.mpg", "-i", str(whole), "-vf", filters, *MPEG2, *more))

    assert found.picture is not None
    assert (found.picture.order, found.picture.marked) == seen
    assert found.picture.rate == 25


def test_film_in_television_is_seen(ffmpeg_run: Clip, whole: Path) -> None:
    """24 pictures a second in 3:2 pulldown: 29.97, and no place to divide is offered."""
    path = ffmpeg_run(
        "film.mpg", "-i", str(whole), "-vf",
        "setpts=N*1001/24000/TB,fps=24000/1001,scale=720:480,telecine", *MPEG2,
    )  # fmt: skip
    found = looked(path).picture

    assert found is not None
    assert (found.order, found.rate, found.cuts) == ("film", Fraction(30_000, 1001), ())


def test_borders_are_told_in_the_upright_picture(ffmpeg_run: Clip, whole: Path) -> None:
    """A letterbox with unequal bars, and the same lying on its side."""
    level = ffmpeg_run(
        "level.mp4", "-i", str(whole), "-vf",
        "fps=25,scale=720:404,pad=720:576:0:40", "-c:v", "libx264", "-preset", "ultrafast",
    )  # fmt: skip
    lying = ffmpeg_run("lying.mp4", "-display_rotation", "90", "-i", str(level), "-c", "copy")
    found, turned = looked(level).picture, looked(lying).picture

    assert found is not None
    assert turned is not None
    assert found.active == Box(0, 40, 720, 404)
    assert turned.active == Box(40, 0, 404, 720)


def test_what_was_cut_off_or_spoilt_is_told_by_its_place(
    ffmpeg_run: Clip, whole: Path, tmp_path: Path
) -> None:
    """A third of the bytes: two thirds are lost. Zeros in the middle: damage there only."""
    good = ffmpeg_run(
        "good.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=20", "-c:v", "libx264", "-g",
        "25", "-preset", "ultrafast", "-movflags", "+faststart",
    )  # fmt: skip
    data = bytearray(good.read_bytes())
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 3])
    for place in range(len(data) // 2, len(data) // 2 + 60_000, 7_000):
        data[place : place + 400] = bytes(400)
    (tmp_path / "spoilt.mp4").write_bytes(data)
    cut, spoilt, clean = (looked(p) for p in (tmp_path / "cut.mp4", tmp_path / "spoilt.mp4", good))

    assert 0.5 < cut.lost < 0.8
    assert clean.damage == ()
    assert clean.lost == 0
    assert spoilt.damage
    assert all(8 < one.begin <= one.end < 15 for one in spoilt.damage)


def test_cuts_are_proven_and_progress_is_told(ffmpeg_run: Clip) -> None:
    """Two minutes with a change of scene each 16 s: cuts at scenes, at least 20 s apart."""
    path = ffmpeg_run(
        "scenes.mp4", "-f", "lavfi", "-i",
        "nullsrc=s=160x120:r=12:d=130,geq=lum='40+mod(floor(T/16)*53,160)+mod(X+Y+N,16)':cb=128:cr=128",
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "48",
    )  # fmt: skip
    told: list[float] = []
    found = analyse(path, source(path), progress=told.append)

    assert found.picture is not None
    assert len(found.picture.cuts) == 3
    assert all(b - a >= 20 for a, b in pairwise(found.picture.cuts))
    assert all(cut == pytest.approx(round(cut / 16) * 16, abs=0.05) for cut in found.picture.cuts)
    assert found.analyser == ANALYSER
    assert told == sorted(told)


def test_subtitle_tracks_are_told_by_what_they_hold(ffmpeg_run: Clip, tmp_path: Path) -> None:
    """A Chinese and an English track: only one is Chinese."""
    for name, words in (("zh.srt", "你好，世界"), ("en.srt", "hello world")):
        (tmp_path / name).write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{words}\n", "utf-8")
    path = ffmpeg_run(
        "titled.mkv", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=2", "-i",
        str(tmp_path / "zh.srt"), "-i", str(tmp_path / "en.srt"), "-map", "0", "-map", "1", "-map",
        "2", "-c:v", "mpeg4", "-c:s", "srt",
    )  # fmt: skip
    found = looked(path).subtitles

    assert [(s.codec, s.text, s.chinese, s.lines) for s in found] == [
        ("subrip", True, True, 1),
        ("subrip", True, False, 1),
    ]


def test_what_nobody_can_decode_fails_with_a_sentence(tmp_path: Path, clip: Path) -> None:
    """The file was a programme once; now it is none."""
    (tmp_path / "gone.mp4").write_bytes(b"\0" * 5000)
    with pytest.raises(Failure) as failure:
        analyse(tmp_path / "gone.mp4", source(clip))

    assert "no player could open it" in failure.value.happened
    assert str(tmp_path / "gone.mp4") in failure.value.doing


def test_looking_stops_when_asked(clip: Path) -> None:
    """A stopped analysis is no failure."""
    stop = tools.Stop()
    stop.ask()
    with pytest.raises(tools.Stopped):
        analyse(clip, source(clip), stop)


def test_headers_that_lie_are_not_believed(media: Callable[[str], Path]) -> None:
    """A broadcast marked interlaced that shows whole pictures; a 1000 pictures a second that are
    30; a lecture of two a second with drawn combs; a recording on its side.
    """
    names = ("tv_576i_test-025.ts", "flv_sample.flv", "lecture_segment_0.mp4", "phone_portrait.MOV")
    found = {name: looked(media(name)).picture for name in names}
    seen = {name: (p.order, p.marked, p.rate) for name, p in found.items() if p is not None}

    assert seen["tv_576i_test-025.ts"] == ("progressive", False, 25)
    assert seen["flv_sample.flv"] == ("progressive", True, 30)
    assert seen["lecture_segment_0.mp4"][0] == "progressive"
    assert seen["phone_portrait.MOV"] == ("progressive", True, Fraction(30_000, 1001))
