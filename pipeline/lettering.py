"""Chinese letters in pictures: one face, its weight, lines that fit, and no glyph that is missing.

The face is always the one that a package brings, not the system's: the same recipe must give the
same bytes on every machine.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FACE = "Noto Sans CJK SC"
_WEIGHT = 700  # the variable font's default instance is Thin, which a television swallows
_MISSING = "〓"  # the printers' geta mark, which the face is known to have
_FACES_IN_A_COLLECTION = 32
_CLOSING = "，。、：；！？》」』）)】"  # marks that may not begin a line


def _font_file() -> Path:
    with as_file(files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc") as path:
        return path


@functools.cache
def font_name() -> str:
    """The face, its weight and its package's version: part of every key that letters decide."""
    return f"{_FACE} {_WEIGHT} {version('manimgx-fonts-cjk')}"


@functools.cache
def _index() -> int:
    path = str(_font_file())
    for index in range(_FACES_IN_A_COLLECTION):
        if ImageFont.truetype(path, 16, index=index).getname()[0] == _FACE:
            return index
    raise LookupError(f"no {_FACE} in {path}")


@functools.cache
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """The face at a size of so many pixels."""
    face = ImageFont.truetype(str(_font_file()), pixels, index=_index())
    face.set_variation_by_axes([_WEIGHT])
    return face


@functools.cache
def _blank() -> bytes:
    """What the face draws for a character that it does not have."""
    return _drawn("\U0010fffd")


def _drawn(character: str) -> bytes:
    picture = Image.new("L", (48, 48))
    ImageDraw.Draw(picture).text((4, 0), character, font=font(32), fill=255)
    return picture.tobytes()


@functools.lru_cache(maxsize=8192)
def _has(character: str) -> bool:
    return character.isspace() or _drawn(character) != _blank()


def legible(text: str) -> str:
    """`text` in characters that the face has: emoji and the like become 〓, controls go."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    kept = (c for c in plain if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Mn"))
    return "".join(c if _has(c) else _MISSING for c in kept)


def wrap(text: str, pixels: int, width: int, lines: int) -> list[str]:
    """`text` in at most `lines` lines of `width` pixels; what is too long ends in an ellipsis.

    Breaks between any two Chinese characters but keeps closing marks off a line's start and Latin
    words whole; only a word that is longer than a line is broken.
    """
    face, done, line = font(pixels), [], ""
    for word in _words(legible(text), face, width):
        if line and face.getlength((line + word).rstrip()) > width:
            done.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    done.append(line.rstrip())
    if len(done) <= lines:
        return done
    last = done[lines - 1]
    while last and face.getlength(last + "…") > width:
        last = last[:-1]
    return [*done[: lines - 1], last + "…"]


def _words(text: str, face: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """What a line may not break: one character with the marks that close it, or a Latin word."""
    for word in re.findall(rf"[\w'.,:;!?&/-]+|.[{_CLOSING}]*", text, re.ASCII):
        if face.getlength(word) <= width:
            yield word
        else:
            yield from word
