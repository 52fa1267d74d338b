"""Settings of captions -> the bytes of one ASS file that holds its own font."""

from __future__ import annotations

import binascii
from collections.abc import Iterable

from pipeline.captions.face import FAMILY, LINE
from pipeline.captions.setting import HEIGHT, LARGE, SMALL, WIDTH, Setting

_OUTLINE, _SHADOW = 1.5, 0.7  # in ASS's own measure; thinner ones drown in a bright picture
_SIDE = 38  # a tenth of the width
# From the bottom: inside what a set shows, and half in the border under a wide picture.
_BOTTOM, _TOP = 16, 18
_WHITE, _BLACK, _SHADE = "&H00FFFFFF", "&H00000000", "&H60000000"
_STYLE_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
    "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, "
    "Alignment, MarginL, MarginR, MarginV, Encoding"
)
_FONT_LINE = 80  # letters; ASS writes three bytes as four letters from "!" on


def ass(settings: Iterable[Setting], font: bytes, lines: int = HEIGHT) -> bytes:
    """The ASS file of these captions in their own font, for a picture that is `lines` high where
    its width is 384: equal captions, equal bytes.

    Raises ValueError for a line with a sign that ASS would obey.
    """
    head = [
        "[Script Info]",
        "ScriptType: v4.00+",
        f"PlayResX: {WIDTH}",
        f"PlayResY: {lines}",
        "WrapStyle: 2",
        "ScaledBorderAndShadow: yes",
        "",
        "[V4+ Styles]",
        f"Format: {_STYLE_FIELDS}",
        *(_style(size, top) for size in (LARGE, SMALL) for top in (False, True)),
        "",
        "[Fonts]",
        "fontname: captions_0.otf",
        *_uuencoded(font),
        "",
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]
    return "\n".join([*head, *map(_event, settings), ""]).encode()


def _name(size: int, top: bool) -> str:
    return f"{'Top' if top else 'Bottom'}{size}"


def _style(size: int, top: bool) -> str:
    values: tuple[object, ...] = (
        *(_name(size, top), FAMILY, f"{size * LINE:g}"),
        *(_WHITE, _WHITE, _BLACK, _SHADE),
        *(0, 0, 0, 0, 100, 100, 0, 0),
        *(1, _OUTLINE, _SHADOW),
        *(8 if top else 2, _SIDE, _SIDE, _TOP if top else _BOTTOM, 1),
    )
    return "Style: " + ",".join(map(str, values))


def _uuencoded(data: bytes) -> list[str]:
    """Bytes in ASS's own manner: six bits a letter, and no padding at the end."""
    letters = 4 * (len(data) // 3) + (0, 2, 3)[len(data) % 3]
    told = binascii.b2a_base64(data, newline=False)[:letters].translate(_LETTERS).decode()
    return [told[at : at + _FONT_LINE] for at in range(0, letters, _FONT_LINE)]


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LETTERS = bytes.maketrans(_BASE64, bytes(range(33, 97)))


def _event(one: Setting) -> str:
    text = r"\N".join(one.lines)
    if any(sign in line for line in one.lines for sign in "{}\\\n\r"):
        raise ValueError(text)
    times = f"{clock(one.begin)},{clock(one.end)}"
    return f"Dialogue: 0,{times},{_name(one.size, one.top)},,0,0,0,,{text}"


def clock(milliseconds: int) -> str:
    """A time to the hundredth, which ASS counts in."""
    hundredths = milliseconds // 10
    seconds, part = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{part:02}"
