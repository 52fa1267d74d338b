"""What is known of a programme, in words and as plain values."""

from __future__ import annotations

from catalog import words
from catalog.programme import Programme
from catalog.wishes import Wishes
from pipeline.facts import facts, field_word, value_words


def test_wishes_are_shown_as_a_sheet_says_them() -> None:
    """Only those that somebody has; nothing where nobody has any."""
    programme = Programme("P1", "羊病", wishes=Wishes(shape="centre-cut", sound=2))
    said = facts(programme)["wishes"]
    english = value_words("wishes", said)
    try:
        words.speak("zh")
        chinese = f"{field_word('wishes')}: {value_words('wishes', said)}"
    finally:
        words.speak("en")

    assert said == {"shape": "centre-cut", "sound": 2}
    assert english == "shape = centre-cut、sound = 2"
    assert chinese == "播放要求: 画幅 = 居中裁切、声轨 = 2"
    assert facts(Programme("P2", "猪病"))["wishes"] == {}
