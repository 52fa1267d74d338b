"""An analysis goes into JSON and comes back the same; anything else is refused."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from catalog.analysis import (
    Analysis,
    Box,
    Damage,
    PictureAnalysis,
    SoundAnalysis,
    Span,
    Subtitles,
)
from catalog.analysis_json import from_json, plain, to_json

FULL = Analysis(
    sha256="ab" * 32,
    analyser="analysis 1",
    seconds=61.5,
    promised=90.0,
    picture=PictureAnalysis(
        index=0,
        pictures=1500,
        rate=Fraction(30_000, 1001),
        order="film",
        active=Box(0, 10, 720, 400),
        frozen=(Span(1.0, 12.0),),
        cuts=(20.0, 45.5),
        profile="High",
        level=31,
        bits=8,
        chroma="420",
        bit_rate=1_234_567,
        kept=4,
    ),
    sounds=(
        SoundAnalysis(1, "two-voices", -23.5, gain=0.5, silence=(Span(0.0, 3.0),), profile="LC"),
    ),
    subtitles=(Subtitles(2, "subrip", True, True, 76, "chi", "字幕"),),
    damage=(Damage(3.0, 4.5, 37),),
    faststart=True,
)


@pytest.mark.parametrize("one", [FULL, Analysis("", "a", 0.0)], ids=["full", "bare"])
def test_what_is_written_is_read_back(one: Analysis) -> None:
    """Every field, and equal analyses give equal text."""
    assert from_json(to_json(one)) == one
    assert to_json(from_json(to_json(one))) == to_json(one)


def test_a_key_of_a_newer_program_is_passed_over() -> None:
    """What nobody here knows does no harm."""
    assert from_json(json.dumps({**plain(FULL), "smell": "roses"})) == FULL


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seconds", "61"), ("seconds", -1), ("seconds", float("nan")), ("seconds", True),
        ("sha256", None), ("sounds", {}), ("sounds", [1]), ("damage", [{"begin": 1}]),
        ("picture", []), ("picture", {"index": 0, "pictures": 1, "rate": "1/0"}),
        ("picture", {"index": 0, "pictures": 1, "rate": "25/1", "order": "sideways"}),
        ("picture", {"index": 0, "pictures": 1, "rate": "25/1", "frozen": [[1]]}),
        ("picture", {"index": 0, "pictures": 1, "rate": "25/1", "active": {"left": -2}}),
    ],
)  # fmt: skip
def test_anything_else_is_refused(key: str, value: object) -> None:
    """Wrong kinds, numbers that are none, words that mean nothing: each names its key."""
    with pytest.raises(ValueError, match=key):
        from_json(json.dumps({**plain(FULL), key: value}))
