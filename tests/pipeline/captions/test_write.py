"""The face of captions and the ASS file that holds it."""

from __future__ import annotations

import io

import pytest
from fontTools.ttLib import TTFont

from pipeline.captions.cue import clean, without_pictures
from pipeline.captions.face import FAMILY, face_of, lacking
from pipeline.captions.setting import Setting
from pipeline.captions.write import ass


def decoded(text: str) -> bytes:
    """The font out of an ASS file, as its players read it."""
    body = text.partition("fontname: captions_0.otf\n")[2].partition("\n\n")[0].replace("\n", "")
    bits = "".join(f"{ord(letter) - 33:06b}" for letter in body)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))


def test_the_face_is_bold_and_the_same_every_time() -> None:
    """Equal letters, equal bytes; the stem of 一 is that of a heavy weight, not of Thin."""
    face = face_of(set("一苹果abc"))
    font = TTFont(io.BytesIO(face.font))
    glyphs = font.getGlyphSet()
    name = font.getBestCmap()[ord("一")]
    box = font["CFF "].cff.topDictIndex[0].CharStrings[name].calcBounds(glyphs)

    assert face == face_of(set("cba果苹一"))
    assert box[3] - box[1] > 100  # thousandths of the letters' size; Thin has 30
    assert font["name"].getDebugName(1) == FAMILY
    assert face.width("苹果") == 2.0
    assert 0.4 < face.width("a") < 0.7


def test_letters_that_the_face_lacks_are_told() -> None:
    """Chinese, music notes and Japanese are there; Hebrew and emoji are not."""
    assert lacking(set("我們♪♫ａいz…《⸺＼")) == set()
    assert lacking(set("א😀我")) == {"א", "😀"}


def test_emoji_go_and_letters_stay() -> None:
    """Pictures, joiners and selectors are dropped where the face lacks them."""
    text = clean("好👩\u200d🌾\ufe0f吃😀 ♪ א")

    assert without_pictures(text, lacking(set(text))) == "好吃 ♪ א"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_file_holds_its_font(count: int) -> None:
    """What a player reads from the file is the font, whatever its length leaves over."""
    font = bytes(range(256)) * 3 + bytes(count)

    assert decoded(ass([], font).decode()) == font


def test_events_are_written_as_players_read_them() -> None:
    """Times to the hundredth, a style a size and place, lines parted by \\N."""
    shown = [Setting(3_661_239, 3_662_000, 18, ("你好", "再见"), top=True)]
    last = ass(shown, b"").decode().splitlines()[-1]

    assert last == r"Dialogue: 0,1:01:01.23,1:01:02.00,Top18,,0,0,0,,你好\N再见"


@pytest.mark.parametrize("line", ["{\\fs99}", "a\\Nb", "a}", "a\n[Fonts]"])
def test_nothing_that_ass_obeys_is_ever_written(line: str) -> None:
    """The reader cleans it away; should it ever not, nothing is written."""
    with pytest.raises(ValueError, match=r".+"):
        ass([Setting(0, 1000, 20, (line,))], b"")

    assert ass([Setting(0, 1000, 20, tuple(clean(line).split("\n")))], b"")
