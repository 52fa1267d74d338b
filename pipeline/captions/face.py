"""The letters of captions: which the face has, how wide they are, and a small font of just them.

The font goes inside the ASS file, so that no system font can take its place and the same
subtitles give the same pictures everywhere (the door of fontTools).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont

from pipeline.typeface import FACE, WEIGHT, font_file

FAMILY = "Xiaxiang Captions"  # a name that no system has a font of
_UNITS = 1000
_ABOVE, _BELOW = 960, 240  # of a line: libass takes the size of letters and the pitch from them
LINE = (_ABOVE + _BELOW) / _UNITS  # a line's height, as a multiple of the letters' size
_SHOWN_FOR_NONE = ".notdef"


@dataclass(frozen=True, slots=True)
class Face:
    """Letters in one weight: their widths as a share of the letters' size, and the font file."""

    widths: Mapping[str, float]
    font: bytes = field(repr=False)

    def width(self, text: str) -> float:
        """How wide a text is, as a multiple of the letters' size."""
        return sum(self.widths[letter] for letter in text)


def _named(collection: TTCollection) -> TTFont:
    for one in collection.fonts:
        if one["name"].getDebugName(1) == FACE:
            return one
    raise LookupError(f"no {FACE} in {font_file()}")


def lacking(letters: set[str]) -> set[str]:
    """Those of some letters that the face does not have."""
    with TTCollection(str(font_file()), lazy=True) as collection:
        known = _named(collection).getBestCmap()
        return {letter for letter in letters if ord(letter) not in known}


def face_of(letters: set[str]) -> Face:
    """The face with just these letters, all of which it must have (see `lacking`)."""
    with TTCollection(str(font_file()), lazy=True) as collection:
        whole = _named(collection)
        known = whole.getBestCmap()
        names = {ord(letter): known[ord(letter)] for letter in sorted({" ", *letters})}
        # The variable font's outlines, taken where its weight axis stands at ours.
        outlines = whole.getGlyphSet(location={"wght": WEIGHT})
        order = [_SHOWN_FOR_NONE, *dict.fromkeys(names.values())]
        widths = {name: round(outlines[name].width) for name in order}
        glyphs = {}
        for name in order:
            pen = T2CharStringPen(widths[name], outlines)
            outlines[name].draw(pen)
            glyphs[name] = pen.getCharString()
    font = _built(order, names, widths, glyphs)
    return Face({chr(code): widths[name] / _UNITS for code, name in names.items()}, font)


def _built(
    order: list[str], names: dict[int, str], widths: dict[str, int], glyphs: dict[str, object]
) -> bytes:
    """An OpenType font of these glyphs, without a time in it: equal letters, equal bytes."""
    builder = FontBuilder(_UNITS, isTTF=False)
    builder.font.recalcTimestamp = False
    builder.setupHead(unitsPerEm=_UNITS, created=0, modified=0)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupCFF(FAMILY.replace(" ", ""), {}, glyphs, {})
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=_ABOVE, descent=-_BELOW)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupOS2(
        sTypoAscender=_ABOVE, sTypoDescender=-_BELOW, usWinAscent=_ABOVE, usWinDescent=_BELOW
    )
    builder.setupPost(keepGlyphNames=False)
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()
