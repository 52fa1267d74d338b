"""What a subtitle file says, as values: lines of text, each with its time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST_BYTES = 8 << 20  # of a subtitle file; a film's has a tenth of one MiB
MOST_CUES = 50_000
MOST_LETTERS = 2_000  # of one cue
LAST = 48 * 3600 * 1000  # milliseconds: no programme is longer
_TOLD_NO_END = 2_000  # milliseconds that a cue stands whose end is not after its beginning

# Spaces of all kinds; signs that ASS would obey; and "|", an older form's end of a line.
_SPACES = re.compile("[\t\v\f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+")
_OBEYED = str.maketrans({"{": "(", "}": ")", "\\": "＼", "\r": "\n", "|": "\n", "\u2028": "\n"})
# Emoji, their parts, and the signs that people put in for them.
_PICTURES = re.compile(
    "[\u20e3\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\U0001f000-\U0001faff"
    "\U000e0100-\U000e01ef]"
)


class TooLong(Exception):  # noqa: N818 - it is told as a Refusal
    """More letters than any subtitle has; its argument is the line where the file says it."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Text (lines parted by a line feed) that stands from `begin` to `end`, in milliseconds.

    `top`: at the top of the picture instead of the bottom. `line` is where the file says it,
    counted from 1.
    """

    begin: int
    end: int
    text: str
    top: bool = False
    line: int = 0


def cue(times: tuple[int, int], text: str, top: bool, line: int) -> Cue | None:
    """A cue of what a file says, cleaned; None where nothing of it would be seen.

    Raises TooLong for text that is too long for any subtitle.
    """
    # Before composing letters too, which takes long where marks are heaped up.
    if len(text) > 2 * MOST_LETTERS or len(said := clean(text)) > MOST_LETTERS:
        raise TooLong(line)
    begin, end = times
    if end <= begin:
        end = begin + _TOLD_NO_END
    begin, end = max(0, begin), min(end, LAST)
    return Cue(begin, end, said, top, line) if said and begin < end else None


def clean(text: str) -> str:
    """Text in composed letters, without controls, invisible signs and signs that ASS obeys.

    The Chinese dash becomes one letter, so that it is one stroke and stays on one line.
    """
    plain = unicodedata.normalize("NFC", text.translate(_OBEYED)).replace("——", "⸺")
    kept = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    lines = (_SPACES.sub(" ", line).strip() for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def without_pictures(text: str, lacking: set[str]) -> str:
    """`text` without those emoji and the like that the face does not have."""
    kept = (c for c in text if c not in lacking or not _PICTURES.match(c))
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(kept).split("\n"))
    return "\n".join(line for line in lines if line)
