"""Make a title card: the picture of a programme that has only sound."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from pipeline import lettering
from pipeline.plan.steps import Card

_GROUND = (24, 52, 84)  # dark blue: calm on a television, and far from its limits
_TITLE, _LINE, _RULE = (250, 250, 240), (200, 215, 230), (220, 170, 60)
_SAFE = 0.1  # of each side that an old set may hide
_TITLE_LINES = 4


def draw_card(step: Card, out: Path) -> None:
    """Draw the card of `step` into `out`, in pixels of the shape that the set shows."""
    picture = Image.new("RGB", (step.width, step.height), _GROUND)
    draw = ImageDraw.Draw(picture)
    size, small = step.height // 9, step.height // 16
    room = int(step.width * (1 - 2 * _SAFE))
    lines = lettering.wrap(step.title, size, room, _TITLE_LINES)
    height = int(size * 1.35)
    top = (step.height - height * len(lines) - small * 2) // 2
    for number, line in enumerate(lines):
        place = (step.width // 2, top + number * height)
        draw.text(place, line, font=lettering.font(size), fill=_TITLE, anchor="ma")
    rule = top + height * len(lines) + small // 2
    draw.line((step.width * 0.3, rule, step.width * 0.7, rule), _RULE, max(2, step.height // 180))
    below = lettering.wrap(step.line, small, room, 1)[0]
    place = (step.width // 2, rule + small // 2)
    draw.text(place, below, font=lettering.font(small), fill=_LINE, anchor="ma")
    picture.save(out / step.name, format="PNG")
