"""The two pictures of a still are what the Video CD wants, and look like the drawing."""

from __future__ import annotations

import itertools
import math
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from catalog.problem import Failure
from pipeline import tools
from pipeline.make import encode_still as encoding
from pipeline.make.draw_menu import SIZES, draw_menu
from pipeline.make.encode_still import encode_still, grades, still_arguments
from pipeline.plan.menu_pages import Offer, Page, Volume
from pipeline.plan.steps import EncodeStill, FromStep, MenuPicture
from pipeline.typeface import font_name

VOLUME = Volume("三下乡惠民光盘", 2, 3, "环县支中心")
PAGE = Page(
    VOLUME,
    tuple(
        Offer(t, t, "", 2400.0, s)
        for t, s in (
            ("温棚蔬菜、瓜果、药材种植技术", "AGR"),
            ("肉牛、肉羊养殖技术", "LIV"),
            ("营养与健康", "HEA"),
            ("《秦香莲》全本", "ART"),
            ("农村土地承包法律知识", "LAW"),
            ("党员先进性教育", "PTY"),
        )
    ),
    1,
    1,
    2,
)


def encoded(folder: Path, standard: str, picture: Path | None = None) -> Path:
    """The folder that the two pictures of a still are in."""
    (folder / "in").mkdir(parents=True)
    (folder / "out").mkdir()
    if picture is None:
        draw_menu(MenuPicture("a", standard, PAGE, font_name(), "0.png"), folder / "in")
    else:
        (folder / "in" / "0.png").write_bytes(picture.read_bytes())
    step = EncodeStill("菜单", standard, FromStep("", "menu.png"), "")
    encode_still(step, tools.ffmpeg(), folder, tools.NEVER)
    return folder / "out"


def bits(data: bytes, at: int, count: int) -> int:
    return int.from_bytes(data[:16], "big") >> (128 - at - count) & ((1 << count) - 1)


def decoded(file: Path) -> Image.Image:
    place = file.with_suffix(".png")
    subprocess.run(
        [tools.ffmpeg(), "-v", "error", "-xerror", "-i", file, place], check=True, timeout=60
    )
    return Image.open(place).convert("L")


def psnr(one: Image.Image, other: Image.Image) -> float:
    squares = ImageStat.Stat(ImageChops.difference(one, other)).rms[0]
    return 20 * math.log10(255 / squares)


@pytest.mark.parametrize(("standard", "aspect", "rate"), [("pal", 8, 3), ("ntsc", 12, 4)])
def test_both_are_one_ended_picture_with_a_true_header(
    tmp_path: Path, standard: str, aspect: int, rate: int
) -> None:
    """The sequence header tells size, aspect, rate and buffer; one closed group, one I picture."""
    out = encoded(tmp_path / "a", standard)
    for name, grade, vbv in zip(("hi.m1v", "lo.m1v"), grades(standard), (112, 20), strict=True):
        data = (out / name).read_bytes()
        group = data.index(b"\x00\x00\x01\xb8")
        picture = data.index(b"\x00\x00\x01\x00")

        assert data.startswith(b"\x00\x00\x01\xb3")
        assert (bits(data, 32, 12), bits(data, 44, 12)) == (grade.width, grade.height)
        assert (bits(data, 56, 4), bits(data, 60, 4)) == (aspect, rate)
        assert (bits(data, 64, 18), bits(data, 83, 10)) == (20_000, vbv)
        assert data[group + 7] & 0x40
        assert data.count(b"\x00\x00\x01\x00") == 1
        assert data[picture + 5] >> 3 & 7 == 1
        assert data.count(b"\x00\x00\x01\xb7") == 1
        assert data.endswith(b"\x00\x00\x01\xb7")
        assert not data.removesuffix(b"\x00\x00\x01\xb7").endswith(b"\0")
        assert len(data) <= grade.most + 4


@pytest.mark.parametrize("standard", ["pal", "ntsc"])
def test_what_is_decoded_looks_like_the_drawing(tmp_path: Path, standard: str) -> None:
    """Letters stay letters: the hi-res picture beside the drawing, the normal one beside the
    drawing at its size. Bounds are some decibels below what was measured.
    """
    out = encoded(tmp_path / "a", standard)
    drawing = Image.open(tmp_path / "a" / "in" / "0.png").convert("L")
    half = drawing.resize((352, SIZES[standard][1] // 2), Image.Resampling.LANCZOS)

    assert psnr(decoded(out / "hi.m1v"), drawing) > 37
    assert psnr(decoded(out / "lo.m1v"), half) > 37


def test_equal_drawings_give_equal_bytes(tmp_path: Path) -> None:
    """No clock, no name of a program and no thread decides a byte."""
    one, other = encoded(tmp_path / "a", "pal"), encoded(tmp_path / "b", "pal")

    assert (one / "hi.m1v").read_bytes() == (other / "hi.m1v").read_bytes()
    assert (one / "lo.m1v").read_bytes() == (other / "lo.m1v").read_bytes()


def test_a_busy_picture_is_made_coarser_until_it_fits(tmp_path: Path) -> None:
    """Soft noise, far too much for the finest scale, still ends inside both limits."""
    noise = Image.effect_noise((176, 144), 60).resize((704, 576), Image.Resampling.BICUBIC)
    noise.convert("RGB").save(tmp_path / "noise.png")
    out = encoded(tmp_path / "a", "pal", tmp_path / "noise.png")
    hi, lo = grades("pal")

    assert hi.most / 2 < (out / "hi.m1v").stat().st_size <= hi.most + 4
    assert lo.most / 2 < (out / "lo.m1v").stat().st_size <= lo.most + 4


def test_a_picture_that_no_scale_makes_small_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure names the step and the limit."""
    small = encoding.Grade(352, 288, 40 << 10, 100, 9)
    monkeypatch.setattr(encoding, "grades", lambda _standard: (small, small))

    with pytest.raises(Failure, match="菜单 — the still does not get smaller than 100 bytes"):
        encoded(tmp_path / "a", "pal")


def test_a_drawing_that_is_none_is_a_failure_with_a_log(tmp_path: Path) -> None:
    """ffmpeg's own words reach the person."""
    (tmp_path / "bad.png").write_bytes(b"no picture")

    with pytest.raises(Failure) as failure:
        encoded(tmp_path / "a", "pal", tmp_path / "bad.png")
    assert Path(failure.value.log).is_file()


def test_the_command_line_is_whole() -> None:
    """All that 5.2 asks for, and nothing that a default may change."""
    _hi, lo = grades("ntsc")
    words = still_arguments(lo, "ntsc", 4, "lo.m1v")
    told = dict(itertools.pairwise(words))

    assert told["-b:v"] == told["-maxrate"] == "8000000"
    assert told["-bufsize"] == "327680"
    assert (told["-r"], told["-slices"], told["-threads"]) == ("30000/1001", "15", "1")
    assert (told["-qscale:v"], told["-frames:v"], told["-f"]) == ("4", "1", "mpeg1video")
    assert told["-vf"].startswith("scale=352:240:")
    assert ",setsar=10/11," in told["-vf"]
    assert words[-1] == "out/lo.m1v"
