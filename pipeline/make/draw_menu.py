"""Make the stills of a menu: pages to choose from, and the request for the next disc.

Everything is laid out on a picture of 768x576 square pixels, as a television shows it, drawn twice
as large and brought to the pixels of the norm at the end. The words are Chinese whatever the
screen speaks: they are part of the disc.
"""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path
from typing import assert_never

from PIL import Image, ImageDraw

from pipeline import lettering
from pipeline.plan.menu_pages import NextDisc, Offer, Page, Volume
from pipeline.plan.steps import MenuPicture

Colour = tuple[int, int, int]

SIZES = {"pal": (704, 576), "ntsc": (704, 480)}
"""Pixels of the hi-res still of a norm, which is shown 4:3 (vcd20.md 5.1)."""

_WIDTH, _HEIGHT, _FINER = 768, 576, 2
_LEFT, _RIGHT, _TOP = 82, 686, 60  # a tenth of each side may be hidden by old sets
_THICK = 4  # anything thinner than two lines flickers on an interlaced set
_SMALLEST = 26  # of letters that are still read when the small picture is shown

_GROUND = (20, 44, 78)  # dark blue: calm on a tube, and far from its limits
_WHITE, _PALE, _GOLD = (244, 244, 236), (196, 212, 230), (240, 196, 84)

# Squares by subject. No saturated red, which bleeds on a tube; white digits are read on all.
_COLOURS: dict[str, Colour] = {
    "AGR": (40, 124, 52),
    "LIV": (130, 84, 36),
    "HEA": (44, 108, 190),
    "ART": (172, 60, 60),
    "LAW": (124, 72, 156),
    "PTY": (150, 84, 20),
    "SCI": (16, 122, 124),
    "YOU": (168, 82, 14),
    "LIT": (100, 104, 112),
}
_OTHER = (88, 96, 108)

_HEAD_RULE, _ROWS_TOP, _ROWS_BOTTOM = 118, 128, 438
_HINT_LINE, _FOOT_LINE, _FOOT = 474, 510, 28
_SQUARE, _SQUARE_ROOM = 60, 74
_TALLEST_ROW, _HIGH_ROW = 120, 90
_LARGEST, _ONE_LINE, _SPACING = 46, 30, 1.18


def _text(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int, colour: Colour
) -> None:
    """A line of letters whose baseline begins at `place`."""
    x, y = place
    face = lettering.font(size * _FINER)
    draw.text((round(x * _FINER), round(y * _FINER)), text, font=face, fill=colour, anchor="ls")


def _long(text: str, size: int) -> float:
    return lettering.font(size * _FINER).getlength(text) / _FINER


def _box(
    draw: ImageDraw.ImageDraw, corners: tuple[float, float, float, float], colour: Colour
) -> None:
    x1, y1, x2, y2 = (round(n * _FINER) for n in corners)
    draw.rectangle((x1, y1, x2 - 1, y2 - 1), fill=colour)


def _lines(text: str, size: int, width: float, most: int) -> list[str]:
    return lettering.balanced(text, size * _FINER, int(width * _FINER), most)


def _room_for(size: int, height: float) -> int:
    """Lines of a size that a height holds, one at least and three at most."""
    return max(1, min(3, int(height / (size * _SPACING))))


def _fits(text: str, size: int, width: float, most: int) -> bool:
    drawn = lettering.wrap(text, size * _FINER, int(width * _FINER), most + 1)
    return len(drawn) <= most


def _largest(text: str, sizes: range, width: float, height: float) -> int:
    """The largest size at which a text fits, else the smallest."""
    fitting = (s for s in sizes if _fits(text, s, width, _room_for(s, height)))
    return next(fitting, sizes[-1])


def _set(text: str, sizes: range, width: float, height: float) -> tuple[list[str], int]:
    """A text in lines, as large as it fits; what is too long even so ends in an ellipsis."""
    size = _largest(text, sizes, width, height)
    return _lines(text, size, width, _room_for(size, height)), size


def _whole(offer: Offer) -> str:
    return offer.name + _part(offer.mark)


def _part(mark: str) -> str:
    return f"（{mark}）" if mark else ""


def _one_size(offers: tuple[Offer, ...], width: float, height: float) -> int:
    """The size of a page's names: all that can be set in one line without being small are."""
    least = _ONE_LINE if height < _HIGH_ROW else _ONE_LINE + 8
    sizes = range(_LARGEST, least - 1, -2)
    short = [name for name in map(_whole, offers) if _fits(name, least, width, 1)]
    return next((s for s in sizes if all(_fits(n, s, width, 1) for n in short)), least)


def _named(offer: Offer, size: int, width: float, height: float) -> tuple[list[str], int]:
    """A programme's name in lines; where it is too long it loses its end, but never its part."""
    if _fits(_whole(offer), size, width, 1):
        return [lettering.legible(_whole(offer))], size
    size = _largest(_whole(offer), range(size, _SMALLEST - 1, -2), width, height)
    most, name = _room_for(size, height), lettering.legible(offer.name)

    def cut(kept: int) -> str:
        return (name if kept == len(name) else name[:kept].rstrip() + "…") + _part(offer.mark)

    lengths = range(1, len(name) + 1)
    kept = bisect_left(lengths, True, key=lambda n: not _fits(cut(n), size, width, most))
    text = cut(kept)
    return _lines(text, size, width, most), size


def _time(seconds: float) -> str:
    return f"{round(seconds / 60)}分钟" if seconds >= 59.5 else f"{max(1, round(seconds))}秒"


def _asides(offer: Offer) -> list[str]:
    """What stands at the right of a name: its running time, and where its other parts are."""
    after = [f"下接第{offer.after}张"] if offer.after else []
    before = [f"上接第{offer.before}张"] if offer.before else []
    return [_time(offer.seconds), *after, *before]


def _head(draw: ImageDraw.ImageDraw, volume: Volume) -> None:
    """The set's title, and which of its discs this is."""
    told = f"第{volume.number}张/共{volume.count}张" if volume.count > 1 else ""
    wide = _long(told, _FOOT)
    room = _RIGHT - _LEFT - (wide + 16 if told else 0)
    lines, size = _set(volume.title, range(42, 22, -2), room, _HEAD_RULE - _TOP)
    middle = (_TOP + _HEAD_RULE) / 2 - 2
    _block(draw, (_LEFT, middle), lines, size, _WHITE)
    _block(draw, (_RIGHT - wide, middle), [told], _FOOT, _GOLD)
    _box(draw, (_LEFT, _HEAD_RULE, _RIGHT, _HEAD_RULE + _THICK), _GOLD)


def _block(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    lines: list[str],
    size: int,
    colour: Colour,
) -> None:
    """Lines that stand around the height of `place` and begin there; at the right edge, end."""
    x, middle = place
    for number, line in enumerate(lines):
        # A Chinese character stands on its baseline with 38 % of its size above its middle.
        above = (number - (len(lines) - 1) / 2) * size * _SPACING
        left = x - _long(line, size) if x == _RIGHT else x
        _text(draw, (left, middle + above + size * 0.38), line, size, colour)


def _foot(draw: ImageDraw.ImageDraw, hint: str, volume: Volume, right: str) -> None:
    """What the keys do, who made the disc, and which page this is."""
    _text(draw, (_LEFT, _HINT_LINE), hint, _FOOT, _GOLD)
    wide = _long(right, _FOOT)
    room = _RIGHT - _LEFT - (wide + 16 if right else 0)
    lines, size = _set(volume.centre, range(_FOOT, _SMALLEST - 3, -2), room, 0)
    _text(draw, (_LEFT, _FOOT_LINE), lines[0], size, _PALE)
    _text(draw, (_RIGHT - wide, _FOOT_LINE), right, _FOOT, _PALE)


def _hint(page: Page) -> str:
    if page.count == 1:
        return "按数字键选节目，按“播放”键连着放"
    if page.number < page.count:
        return "按数字键选节目，翻页按“下一曲”键"
    return "按数字键选节目，翻页按“上一曲”键"


def _square(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], number: int, tall: float, colour: Colour
) -> None:
    """A number in white on its colour, framed, `place` being the middle of its left side."""
    x, middle = place
    wide = _SQUARE
    _box(draw, (x, middle - tall / 2, x + wide, middle + tall / 2), _WHITE)
    inner = tall / 2 - 3
    _box(draw, (x + 3, middle - inner, x + wide - 3, middle + inner), colour)
    size = int(tall * 0.72)
    left = x + (wide - _long(str(number), size)) / 2
    _text(draw, (left, middle + size * 0.365), str(number), size, _WHITE)


def _page(draw: ImageDraw.ImageDraw, page: Page) -> None:
    _head(draw, page.volume)
    offers = page.offers
    tall = min(_TALLEST_ROW, (_ROWS_BOTTOM - _ROWS_TOP) / len(offers))
    aside = max(_long(text, _SMALLEST) for offer in offers for text in _asides(offer))
    name = _LEFT + _SQUARE_ROOM
    room = _RIGHT - aside - 14 - name
    size = _one_size(offers, room, tall)
    middle = (_ROWS_TOP + _ROWS_BOTTOM - tall * (len(offers) - 1)) / 2
    for number, offer in enumerate(offers, start=page.first):
        colour = _COLOURS.get(offer.subject.partition(".")[0], _OTHER)
        _square(draw, (_LEFT, middle), number, min(tall - 8, _SQUARE), colour)
        lines, own = _named(offer, size, room, tall)
        _block(draw, (name, middle), lines, own, _WHITE)
        told = _asides(offer)[: _room_for(_SMALLEST, tall)]
        _block(draw, (_RIGHT, middle), told, _SMALLEST, _PALE)
        middle += tall
    told_page = f"第{page.number}页/共{page.count}页" if page.count > 1 else ""
    _foot(draw, _hint(page), page.volume, told_page)


def _next_disc(draw: ImageDraw.ImageDraw, shown: NextDisc) -> None:
    """A disc with its number, for whoever cannot read; what to do, for whoever can."""
    _head(draw, shown.volume)
    x, y, far = 188, 222, 86
    _ring(draw, (x, y), far, _GOLD)
    _ring(draw, (x, y), far - 6, _WHITE)
    number = str(shown.number)
    size = 112 if len(number) == 1 else 84
    _text(draw, (x - _long(number, size) / 2, y + size * 0.365), number, size, _GROUND)
    _text(draw, (312, 178), "请放入", 44, _WHITE)
    _text(draw, (312, 248), f"第{number}张光盘", 60, _GOLD)
    _text(draw, (312, 306), "继续播放", 44, _WHITE)
    title = shown.title if "《" in shown.title else f"《{shown.title}》"
    top, sizes = 322, range(44, _SMALLEST - 1, -2)
    text, room = title + _part(shown.mark), _RIGHT - _LEFT
    lines, size = _set(text, sizes, room, _ROWS_BOTTOM - top)
    _block(draw, (_LEFT, (top + _ROWS_BOTTOM) / 2), lines, size, _WHITE)
    _foot(draw, "不换光盘：按“返回”键看本盘节目", shown.volume, "")


def _ring(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], far: float, colour: Colour
) -> None:
    x, y = (n * _FINER for n in place)
    draw.ellipse((x - far * _FINER, y - far * _FINER, x + far * _FINER, y + far * _FINER), colour)


def draw_menu(step: MenuPicture, out: Path) -> None:
    """Draw the still of `step` into `out`, in the pixels of its norm (see `SIZES`)."""
    picture = Image.new("RGB", (_WIDTH * _FINER, _HEIGHT * _FINER), _GROUND)
    draw = ImageDraw.Draw(picture)
    match step.shown:
        case Page():
            _page(draw, step.shown)
        case NextDisc():
            _next_disc(draw, step.shown)
        case _:
            assert_never(step.shown)
    small = picture.resize(SIZES[step.standard], Image.Resampling.LANCZOS)
    small.save(out / step.name, format="PNG")
