"""The chain of picture filters: which stand in it, and in what order; nothing run."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import ffmpeg
import pytest

from catalog.analysis import Box
from pipeline.plan.picture import picture
from pipeline.plan.treatment import PictureTreatment, Treatment


def chain(speed: str = "1", captions: str = "", **how: Any) -> list[str]:
    """The filters of a 720x576 picture treated so, each as ffmpeg reads it."""
    seen = PictureTreatment(0, 720, 576, Fraction(16, 15), **how)
    whole = Treatment(10.0, seen, speed=Fraction(speed))
    made = picture(ffmpeg.input("x")["0"], whole, "pal", first="25", behind="75", captions=captions)
    words: str = made.output("y").get_args()[3]
    return [one.split("]")[1].partition("[")[0] for one in words.split(";")]


def names(filters: list[str]) -> list[str]:
    return [one.partition("=")[0] for one in filters]


def test_the_order_of_the_chain_stands() -> None:
    """Fields, time, length, crop, size, noise, borders, captions, and the time set back last."""
    made = names(
        chain(
            captions="captions.ass",
            fields="top",
            crop=Box(0, 72, 720, 432),
            noise=6.0,
            rate=Fraction(25),
        )
    )

    assert made == [
        *(
            "scale",
            "bwdif",
            "settb",
            "setpts",
            "fps",
            "tpad",
            "trim",
            "crop",
            "scale",
            "format",
            "hqdn3d",
        ),
        *("pad", "setsar", "ass", "format", "setpts"),
    ]


@pytest.mark.parametrize(
    ("fields", "rate", "expected"),
    [
        ("marked", "25", "bwdif=deint=interlaced:mode=send_frame:parity=auto"),
        ("top", "25", "bwdif=deint=all:mode=send_frame:parity=tff"),
        ("bottom", "25", "bwdif=deint=all:mode=send_frame:parity=bff"),
        ("top", "30000/1001", "bwdif=deint=all:mode=send_field:parity=tff"),
        ("top", "0", "bwdif=deint=all:mode=send_field:parity=tff"),
    ],
)
def test_fields_become_pictures(fields: str, rate: str, expected: str) -> None:
    """A picture a frame where the rate stays, a picture a field where it changes."""
    assert chain(fields=fields, rate=Fraction(rate))[1] == expected


def test_progressive_pictures_are_not_touched() -> None:
    """Nothing is deinterlaced, denoised, cut or put into step that does not need it."""
    made = names(chain())

    assert made == [
        "scale",
        "fps",
        "tpad",
        "trim",
        "scale",
        "format",
        "pad",
        "setsar",
        "format",
        "setpts",
    ]


def test_film_played_faster_is_put_on_the_grid() -> None:
    """The quotient is taken in microseconds, never in a time base of a picture each."""
    made = chain(speed="1001/960", fields="film", rate=Fraction(30000, 1001))

    assert names(made)[1:7] == ["fps", "fieldmatch", "bwdif", "decimate", "settb", "setpts"]
    assert made[6] == "setpts=PTS*960/1001"
    assert made[8].startswith("setpts=if(eq(N")


def test_the_picture_is_cut_to_the_part() -> None:
    """The part's pictures are counted at the raster's rate, from the episode's beginning."""
    made = chain()

    assert "fps=fps=25:start_time=0" in made
    assert "trim=end_frame=75:start_frame=25" in made


def test_matrix_and_range_are_said() -> None:
    """What a header says wrongly is not asked again."""
    made = chain(matrix="bt709", full_range=True)

    assert "in_color_matrix=bt709:in_range=pc" in made[4]
    assert "out_range=tv" in made[4]
    assert "colorspace=all=bt470bg:fast=1:iall=bt709" in made
    assert "out_color_matrix=bt601:out_range=tv" in chain(matrix="bt601")[4]


def test_a_card_fills_the_screen() -> None:
    """It is drawn in the shape of the screen and only brought to the raster."""
    made = picture(ffmpeg.input("x"), Treatment(9.0), "ntsc", first="0", behind="9")
    words = made.output("y").get_args()[3]

    assert "scale=352:240" in words
    assert "]pad=" not in words
    assert "setsar=10/11" in words


def test_a_clean_picture_is_never_denoised() -> None:
    """Below the threshold the filter is not there at all; above it grows, up to an end."""
    assert "hqdn3d" not in names(chain(noise=1.0))
    weak, strong, most = (
        next(one for one in chain(noise=noise) if one.startswith("hqdn3d"))
        for noise in (4.0, 6.0, 100.0)
    )
    strengths = [float(one.partition("=")[2].split(":")[2]) for one in (weak, strong, most)]

    assert strengths == sorted(strengths)
    assert strengths[-1] <= 16
