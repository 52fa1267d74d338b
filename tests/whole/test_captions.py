"""Captions as ffmpeg burns them in: with their own face, in the safe area, at the right time."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from catalog.problem import Failure
from pipeline import tools
from pipeline.make.write_captions import write_captions
from pipeline.plan.steps import Captions, FromSource
from pipeline.typeface import font_name

SRT = "1\n00:00:00,480 --> 00:00:01,440\n我们在山上种苹果，今年收成好，大家都高兴\n"


def made(source: Path, folder: Path, stream: int = -1, speed: str = "1") -> Path:
    (folder / "in").mkdir(parents=True)
    (folder / "out").mkdir()
    (folder / "in" / f"0{source.suffix}").symlink_to(source)
    inputs = (FromSource("0" * 64, source.suffix),)
    step = Captions("test", inputs, stream, "pal", speed, font_name(), "ffmpeg")
    write_captions(step, tools.ffmpeg(), folder, tools.NEVER)
    return folder / "out" / step.name


def pictures(file: Path, size: tuple[int, int], first: int = 0, behind: int = 50) -> np.ndarray:
    """The luma of gray pictures with captions, as the picture chain burns them in."""
    width, height = size
    chain = f"trim=start_frame={first}:end_frame={behind},ass=f={file.name}:original_size=384x288"
    done = subprocess.run(
        [
            *(str(tools.ffmpeg()), "-v", "error", "-f", "lavfi"),
            *("-i", f"color=gray:s={width}x{height}:r=25:d=2,format=yuv420p"),
            *("-vf", f"{chain},setpts=PTS-STARTPTS,format=gray", "-f", "rawvideo", "-"),
        ],
        cwd=file.parent,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width).astype(int)


@pytest.fixture(scope="module")
def subtitles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("subtitles") / "a.srt"
    file.write_bytes(SRT.encode("gb18030"))
    return file


@pytest.fixture(scope="module")
def captions(subtitles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(subtitles, tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize("size", [(352, 288), (352, 240)])
def test_captions_are_large_and_inside_the_safe_area(captions: Path, size: tuple[int, int]) -> None:
    """White letters with a black outline, a tenth from the sides, above the lowest twentieth."""
    seen = pictures(captions, size)
    letters = np.argwhere(seen[20] > 200)
    inked = np.argwhere(abs(seen[20] - seen[0]) > 8)
    width, height = size

    assert inked[:, 1].min() >= 0.095 * width and inked[:, 1].max() <= 0.905 * width
    assert 0.76 * height < inked[:, 0].min() and inked[:, 0].max() <= 0.955 * height
    assert letters[:, 0].max() - letters[:, 0].min() > 0.13 * height
    assert seen[20].max() > 230 and seen[20].min() < 25
    # A heavy face covers much; Thin, or boxes for missing letters, would not.
    assert len(letters) > 0.012 * width * height


def test_captions_come_and_go_in_time_in_any_part(captions: Path) -> None:
    """They stand from picture 12 to 35, whether the part begins before, amid or behind."""
    whole = pictures(captions, (352, 288))
    shown = [bool((picture > 200).any()) for picture in whole]
    part = pictures(captions, (352, 288), 20, 40)

    assert shown == [12 <= number < 36 for number in range(50)]
    assert (part == whole[20:40]).all()


def test_no_other_font_can_take_their_place(captions: Path, tmp_path: Path) -> None:
    """The picture is that of the font inside the file: without it, it is another one."""
    text = captions.read_text("utf-8")
    head, _mark, rest = text.partition("[Fonts]")
    bare = tmp_path / "bare.ass"
    bare.write_text(head + "[Events]" + rest.partition("[Events]")[2], "utf-8")

    assert (pictures(captions, (352, 288))[20] != pictures(bare, (352, 288))[20]).any()


def test_equal_subtitles_give_equal_bytes(subtitles: Path, captions: Path, tmp_path: Path) -> None:
    """No clock and no chance is in the file."""
    assert made(subtitles, tmp_path / "again").read_bytes() == captions.read_bytes()


def test_a_track_of_a_film_is_taken_out(subtitles: Path, tmp_path: Path) -> None:
    """From a Matroska file, at the speed at which the film plays."""
    film = tmp_path / "film.mkv"
    command = [str(tools.ffmpeg()), "-v", "error", "-sub_charenc", "GB18030", "-i", str(subtitles)]
    subprocess.run([*command, "-c:s", "srt", str(film)], check=True, timeout=60)
    text = made(film, tmp_path / "made", 0, str(Fraction(25, 24))).read_text("utf-8")

    assert "Dialogue: 0,0:00:00.46,0:00:01.38,Bottom" in text
    assert text.endswith("我们在山上种苹果，\\N今年收成好，大家都高兴\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            SRT + "\n2\n00:00:02,000 --> 00:00:03,000\n阿א\n",
            'the letter "א" (U+05D0) at line 6, 0:00:02',
        ),
        ("农村科技", "no subtitle with a time"),
    ],
)
def test_what_cannot_be_shown_is_told(text: str, said: str, tmp_path: Path) -> None:
    """The letter, its place and what to do; nothing is written."""
    file = tmp_path / "a.srt"
    file.write_text(text, "utf-8")

    with pytest.raises(Failure) as caught:
        made(file, tmp_path / "made")
    assert said in str(caught.value) and "none" in caught.value.next
    assert list((tmp_path / "made" / "out").iterdir()) == []


def test_real_subtitles_are_made(media: Callable[[str], Path], tmp_path: Path) -> None:
    """Every cue of a real Chinese WebVTT file is there."""
    text = made(media("subs_itaccess_zh-cn.vtt"), tmp_path / "made").read_text("utf-8")

    assert text.count("\nDialogue: ") >= 76
