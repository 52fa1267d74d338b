"""Menus can be read: inside the safe area, in large letters, in colours that stand out."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from pipeline import lettering
from pipeline.make import draw_menu as drawing
from pipeline.make.draw_menu import draw_menu
from pipeline.plan.menu_pages import NextDisc, Offer, Page, Shown, Volume
from pipeline.plan.steps import MenuPicture
from pipeline.typeface import font_name

LONG = (
    "家禽家畜春季常见传染病的识别、预防与综合治疗技术讲座：从入门到精通的全部要点（2026年修订版）"
)
VOLUME = Volume("三下乡惠民光盘", 2, 3, "环县支中心")
HUGE = Volume("2026年环县" + LONG, 11, 12, "环县支中心" * 12)


def offer(name: str, **told: object) -> Offer:
    return Offer(
        **{"title": name, "name": name, "mark": "", "seconds": 3000.0, "subject": "AGR"} | told
    )


SHOWN: dict[str, Shown] = {
    "one": Page(VOLUME, (offer("鱼病防治技术"),), 1, 1, 1),
    "six": Page(VOLUME, tuple(offer(f"肉牛、肉羊养殖技术{n}") for n in range(6)), 1, 1, 2),
    "two-digits": Page(VOLUME, tuple(offer("营养与健康") for _ in range(6)), 93, 17, 17),
    "long": Page(
        HUGE, tuple(offer(LONG, mark="12/20", before=10, after=12) for _ in range(6)), 88, 16, 17
    ),
    "emoji": Page(VOLUME, (offer("🐑" * 40), offer("x" * 300), offer(" ")), 1, 1, 1),
    "next": NextDisc(VOLUME, 3, "秦腔《三滴血》", "下"),
    "next-long": NextDisc(HUGE, 12, LONG * 3, "12/20"),
}


def drawn(shown: Shown, folder: Path, standard: str = "pal") -> Image.Image:
    step = MenuPicture("a", standard, shown, font_name())
    draw_menu(step, folder)
    return Image.open(folder / step.name).convert("RGB")


@pytest.mark.parametrize("standard", ["pal", "ntsc"])
@pytest.mark.parametrize("name", SHOWN)
def test_nothing_is_drawn_where_an_old_set_hides_it(
    tmp_path: Path, name: str, standard: str
) -> None:
    """The outer tenth of every side is bare ground, whatever the titles are."""
    picture = drawn(SHOWN[name], tmp_path, standard)
    width, height = picture.size
    inside = (width // 10, height // 10, width - width // 10, height - height // 10)
    bare = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    bare.paste(picture.crop(inside), inside[:2])

    assert (width, height) == drawing.SIZES[standard]
    assert picture.tobytes() == bare.tobytes()
    assert len(picture.getcolors(1 << 20)) > 8


@pytest.mark.parametrize("name", SHOWN)
def test_equal_stills_are_equal_to_the_last_byte(tmp_path: Path, name: str) -> None:
    """No clock and no chance in a still."""
    drawn(SHOWN[name], tmp_path)
    first = (tmp_path / "menu.png").read_bytes()
    drawn(SHOWN[name], tmp_path)

    assert (tmp_path / "menu.png").read_bytes() == first


@pytest.mark.parametrize("name", SHOWN)
def test_every_letter_is_one_that_the_face_has(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No empty box on any still: all that is drawn is legible as it is."""
    said = noted(monkeypatch)
    drawn(SHOWN[name], tmp_path)
    texts = [text for text, _size in said]

    assert texts
    assert [text for text in texts if lettering.legible(text) != text.strip()] == []


def noted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """All texts that are drawn from now on, with their sizes on a picture 576 high."""
    said = []
    plain = drawing._text

    def note(draw, place, text, size, colour):
        said.append((text, size))
        plain(draw, place, text, size, colour)

    monkeypatch.setattr(drawing, "_text", note)
    return said


def test_letters_are_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Usual titles are set in a line of 30 or more of 576, and nothing of them below 26."""
    said = noted(monkeypatch)
    drawn(SHOWN["six"], tmp_path)
    names = [size for text, size in said if text.startswith("肉牛")]
    drawn(SHOWN["long"], tmp_path)

    assert len(names) == 6
    assert min(names) >= 30
    assert min(size for text, size in said if text not in HUGE.centre) >= 24


def test_a_name_too_long_keeps_its_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the title goes, 上 or 下 never does."""
    said = noted(monkeypatch)
    drawn(Page(VOLUME, (offer(LONG * 3, mark="下"),) * 6, 1, 1, 1), tmp_path)

    assert sum(text.endswith("…（下）") for text, _size in said) == 6


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one", {"第2张/共3张", "50分钟", "环县支中心", "按数字键选节目，按“播放”键连着放"}),
        ("six", {"第1页/共2页", "1", "6", "按数字键选节目，翻页按“下一曲”键"}),
        ("two-digits", {"第17页/共17页", "93", "98", "按数字键选节目，翻页按“上一曲”键"}),
        ("next", {"请放入", "第3张光盘", "继续播放", "秦腔《三滴血》（下）", "3"}),
    ],
)
def test_a_still_says_what_to_press(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: set[str]
) -> None:
    """Which disc and page this is, what the keys do, who made it."""
    said = noted(monkeypatch)
    drawn(SHOWN[name], tmp_path)

    assert words <= {text for text, _size in said}


def light(colour: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG defines it."""
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_letters_stand_out_from_their_grounds() -> None:
    """Text seven to one from the ground, digits four and a half to one from their squares, and no
    colour so red that it bleeds on a tube.
    """
    texts = (drawing._WHITE, drawing._PALE, drawing._GOLD)
    squares = [*drawing._COLOURS.values(), drawing._OTHER]

    assert min(contrast(one, drawing._GROUND) for one in texts) >= 7
    assert min(contrast(drawing._WHITE, one) for one in squares) >= 4.5
    assert max(max(one) for one in squares) <= 192


def test_squares_are_coloured_by_subject(tmp_path: Path) -> None:
    """Nine fields, nine colours; a subject of its own kind is grey-blue like none of them."""
    fields = [*drawing._COLOURS, "XYZ"]
    seen = []
    for field in fields:
        picture = drawn(Page(VOLUME, (offer("甲", subject=field + ".A"),), 1, 1, 1), tmp_path)
        # The most frequent colour of the square's inside is its own.
        inside = picture.crop((76, 258, 116, 308)).getcolors(1 << 16)
        seen.append(max(inside)[1])

    assert seen == [*drawing._COLOURS.values(), drawing._OTHER]


def test_rules_and_frames_are_no_single_lines(tmp_path: Path) -> None:
    """What is thinner than two lines flickers on an interlaced set: rules outlive an erosion."""
    picture = drawn(SHOWN["one"], tmp_path).convert("L")
    worn = picture.filter(ImageFilter.MinFilter(3))
    rule = [worn.getpixel((350, y)) for y in range(100, 130)]
    frame = [picture.getpixel((95, y)) for y in range(240, 282)]

    assert max(rule) > 150
    assert sum(one > 200 for one in frame[:30]) >= 2


@pytest.mark.parametrize("width", range(90, 400, 23))
def test_an_opening_mark_never_ends_a_line(width: int) -> None:
    """《 and （ go with what they open, （上） stays in one piece."""
    lines = lettering.wrap("秦腔《三滴血》（上）和京剧《The Phoenix》音配像", 24, width, 99)

    assert [line for line in lines if line[-1] in "《（"] == []
    assert sum("（上）" in line for line in lines) == 1


def test_lines_are_of_about_equal_length() -> None:
    """No single character is left over; nothing of the text is."""
    text = "温棚蔬菜、瓜果、药材种植技术"
    plain = lettering.wrap(text, 24, 24 * 13, 2)
    even = lettering.balanced(text, 24, 24 * 13, 2)

    assert plain[1] == "术"
    assert "".join(even) == text
    assert min(map(len, even)) >= 6
