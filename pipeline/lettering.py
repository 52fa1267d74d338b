"""Chinese letters in pictures: lines that fit, and no glyph that is missing."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from pipeline.typeface import FACE, WEIGHT, font_file

_MISSING = "〓"  # the printers' geta mark, which the face is known to have
_FACES_IN_A_COLLECTION = 32
_CLOSING = "，。、：；！？》」』）)】"  # marks that may not begin a line
_OPENING = "《「『（【"  # and that may not end one


@functools.cache
def _index() -> int:
    path = str(font_file())
    for index in range(_FACES_IN_A_COLLECTION):
        if ImageFont.truetype(path, 16, index=index).getname()[0] == FACE:
            return index
    raise LookupError(f"no {FACE} in {path}")


@functools.cache
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """The face at a size of so many pixels."""
    face = ImageFont.truetype(str(font_file()), pixels, index=_index())
    face.set_variation_by_axes([WEIGHT])
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


def balanced(text: str, pixels: int, width: int, lines: int) -> list[str]:
    """As `wrap`, but lines of about equal length: no single character is left on the last one."""
    done = wrap(text, pixels, width, lines)
    for narrower in range(width - pixels // 2, width // 2, -pixels // 2):
        tried = wrap(text, pixels, narrower, lines + 1)
        if len(tried) > len(done):
            break
        done = tried
    return done


def _words(text: str, face: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """What a line may not break: one character or Latin word, with the marks around it."""
    pattern = rf"[\w'.,:;!?&/-]+|[{_OPENING}]*(?:[\w'.,:;!?&/-]+|.)[{_CLOSING}]*"
    for word in re.findall(pattern, text, re.ASCII):
        if face.getlength(word) <= width:
            yield word
        else:
            yield from word
