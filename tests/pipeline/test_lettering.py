"""Chinese letters in pictures: every glyph there, every line inside its width."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pipeline import lettering
from pipeline.make.draw_card import draw_card
from pipeline.plan.steps import Card
from pipeline.typeface import font_name

LONG = "温棚蔬菜、瓜果、药材种植技术：霜霉病、白粉病和灰霉病的综合防治（2026年修订版）"


def test_the_face_has_chinese_and_is_heavy() -> None:
    """Simplified characters, full-width marks and rare ones of place names are there."""
    assert (
        lettering.legible("温棚《霜霉病》：羊、戏、陇东、瀍河、𬭸")
        == "温棚《霜霉病》：羊、戏、陇东、瀍河、𬭸"
    )
    assert font_name().startswith("Noto Sans CJK SC 700 ")


def test_what_the_face_has_not_becomes_a_mark_and_never_a_box() -> None:
    """Emoji become 〓, control characters and blanks at the ends go."""
    assert lettering.legible("养羊🐑\x07 技术\u200b ") == "养羊〓 技术"


@pytest.mark.parametrize("width", [60, 120, 200, 400])
@pytest.mark.parametrize("text", [LONG, "The Paul Allen Song of the north", "防骗" * 40, "x" * 90])
def test_lines_keep_inside_their_width(text: str, width: int) -> None:
    """Nothing is lost while there is room, and no line is wider than it may be."""
    lines = lettering.wrap(text, 24, width, 99)
    face = lettering.font(24)

    assert "".join(lines).replace(" ", "") == lettering.legible(text).replace(" ", "")
    # A closing mark may hang over the edge rather than begin a line.
    assert all(face.getlength(line[:-1]) <= width for line in lines)


def test_no_line_begins_with_a_closing_mark_and_no_word_is_torn() -> None:
    """Chinese typesetting: ，。》 stay with what they close; Latin words stay whole."""
    for width in range(60, 300, 7):
        for line in lettering.wrap(LONG, 24, width, 99)[1:]:
            assert line[0] not in "，。、：；！？》」』）)】"

    assert lettering.wrap("The Paul Allen Song", 24, 180, 9) == ["The Paul Allen", "Song"]


def test_too_long_ends_in_an_ellipsis() -> None:
    """Two lines are two lines; what is missing is marked."""
    lines = lettering.wrap(LONG, 24, 200, 2)

    assert len(lines) == 2
    assert lines[1].endswith("…")


@pytest.mark.parametrize("title", [LONG, "羊", "🐑" * 30, "x" * 300, " "])
def test_a_card_keeps_its_title_off_the_edges(tmp_path: Path, title: str) -> None:
    """Nothing is drawn in the outer tenth, which old sets hide; equal cards are equal."""
    card = Card("a", 768, 576, title, "环县支中心", font_name())
    draw_card(card, tmp_path)
    first = (tmp_path / card.name).read_bytes()
    draw_card(card, tmp_path)
    picture = Image.open(tmp_path / card.name).convert("RGB")
    ground = picture.getpixel((0, 0))
    inside = picture.crop((77, 57, 691, 519))
    inside_only = Image.new("RGB", picture.size, ground)
    inside_only.paste(inside, (77, 57))

    assert picture.tobytes() == inside_only.tobytes()
    assert (tmp_path / card.name).read_bytes() == first
