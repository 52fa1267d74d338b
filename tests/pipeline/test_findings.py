"""What looking through a file found is said in plain words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from catalog import words
from catalog.analysis import (
    Analysis,
    Box,
    Damage,
    PictureAnalysis,
    SoundAnalysis,
    Span,
    Subtitles,
)
from pipeline.findings import findings, warnings

PICTURE = PictureAnalysis(0, 90_000, Fraction(25))
SOUND = SoundAnalysis(1, "stereo", -23.4, 8.2, -3.0)
GOOD = Analysis("a" * 64, "1", 3600.0, 3600.2, PICTURE, (SOUND,))


def test_a_good_file_has_facts_and_no_warning() -> None:
    """One line a stream."""
    assert warnings(GOOD) == ()
    assert findings(GOOD) == (
        "picture: 25 pictures a second; progressive",
        "sound 1: stereo; loudness −23.4 LUFS, range 8 LU",
    )


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        ({"rate": Fraction(30000, 1001), "order": "film"},
         "24 pictures a second in 3:2 pulldown (29.97)"),
        ({"order": "top", "marked": False},
         "25 pictures a second; interlaced, top field first; its own marks say otherwise"),
        ({"order": "bottom"}, "25 pictures a second; interlaced, bottom field first"),
        ({"steady": False, "rate": Fraction(17)},
         "about 17 pictures a second, unsteady; progressive"),
        ({"active": Box(0, 72, 720, 432), "dynamic_range": "pq", "noise": 4.0},
         "25 pictures a second; progressive; black borders, picture 720 x 432 from 0, 72; "
         "HDR (PQ); noise 4 of 255"),
    ],
)  # fmt: skip
def test_a_picture_is_told(picture: dict[str, Any], told: str) -> None:
    """How it is woven, its rate, its borders, its range, its noise."""
    found = replace(GOOD, picture=replace(PICTURE, **picture), sounds=())

    assert findings(found) == (f"picture: {told}",)


def test_sounds_and_subtitles_are_told() -> None:
    """Numbered as the sheet and the recipe number them."""
    left = SoundAnalysis(1, "left", -31.2, 5.0, -9.0, silence=(Span(0, 8), Span(3590, 3600)))
    silent = SoundAnalysis(2, "silent")
    tracks = (
        Subtitles(3, "subrip", True, True, 420, "chi", "简体"),
        Subtitles(4, "hdmv_pgs_subtitle", False, False, 0, "eng"),
    )
    found = replace(GOOD, picture=None, sounds=(left, silent), subtitles=tracks)

    assert findings(found) == (
        "sound 1: only the left side has sound; loudness −31.2 LUFS, range 5 LU; "
        "begins with 8 seconds of silence; ends with 10 seconds of silence",
        "sound 2: silent",
        "subtitles 1: text; Chinese; 420 lines; 简体",
        "subtitles 2: pictures of letters (cannot be burnt in); eng",
    )
    assert warnings(found) == ("no picture",)


def test_what_looks_wrong_is_told_with_its_place() -> None:
    """Cut off, damaged, silent, frozen: how much, and where a player finds it."""
    found = replace(
        GOOD,
        seconds=720.4,
        promised=1800.0,
        picture=replace(PICTURE, frozen=(Span(5, 20), Span(100, 280))),
        sounds=(replace(SOUND, silence=(Span(10, 40), Span(600, 1320))),),
        damage=(Damage(2470, 2473.5, 37),),
    )

    assert warnings(found) == (
        "cut off: 30 minutes promised, 12 minutes there",
        "decodes with 37 errors from 00:41:10 to 00:41:13",
        "no sound for 12 minutes from 00:10:00",
        "picture frozen from 00:01:40 to 00:04:40",
    )


def test_with_several_sounds_the_silent_place_names_its_own() -> None:
    """A track that is silent as a whole is a fact, where another can be heard."""
    second = replace(SOUND, index=2, silence=(Span(0, 75),))
    found = replace(GOOD, sounds=(SoundAnalysis(1, "silent"), second))

    assert warnings(found) == ("sound 2: nothing for 75 seconds from 00:00:00",)


def test_a_file_with_nothing_to_hear_or_see_moving_is_told() -> None:
    """A song with one picture, a film without sound."""
    still = replace(PICTURE, frozen=(Span(0, 3600),))

    assert warnings(replace(GOOD, picture=still)) == ("the picture never moves",)
    assert warnings(replace(GOOD, sounds=())) == ("no sound at all",)


def test_many_damaged_places_are_counted() -> None:
    """The longest five, in order of time, and how many more."""
    damage = tuple(Damage(60.0 * n, 60.0 * n + n / 10, n) for n in range(1, 13))
    told = warnings(replace(GOOD, damage=damage))

    assert [line.split()[2] for line in told[:5]] == ["8", "9", "10", "11", "12"]
    assert told[5:] == ("and 7 more damaged places",)


def test_it_is_told_in_chinese() -> None:
    """As a librarian says it."""
    found = replace(GOOD, promised=7200.0, sounds=(replace(SOUND, channels="two-voices"),))
    try:
        words.speak("zh")
        assert warnings(found) == ("文件不完整：应有 120 分钟，实有 60 分钟",)
        assert findings(found) == (
            "画面：每秒 25 帧；逐行",
            "声音 1：左右声道是两路不同的声音；响度 −23.4 LUFS，强弱范围 8 LU",
        )
    finally:
        words.speak("en")
