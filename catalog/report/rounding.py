"""Numbers as work reports write them: 4068 is 4000多, 246 is 240余, 300 stays 300.

Always down, never up: a report claims no more than the records hold. Signs and units are Chinese,
whatever the language of the screen: the report is a Chinese paper.
"""

from __future__ import annotations

from typing import Literal

Suffix = Literal["多", "余"]
Punctuation = Literal["ascii", "fullwidth"]

SMALL = 100  # below this a number is written in full
_FULLWIDTH = str.maketrans(",();:?!", "，（）；：？！")
_DIGITS = "零一两三四五六七八九十"


def rounded(value: int, suffix: Suffix = "余") -> str:
    """`value` down to its two leading digits, with `suffix` if something was cut off; numbers under
    100 in full.
    """
    return _cut(value, 10 ** (len(str(value)) - 2), suffix) if value >= SMALL else str(value)


def tens(value: int, suffix: Suffix = "余") -> str:
    """As `rounded`, but 11 is 10余 too: for lines that are written so (展播10余场次)."""
    return _cut(value, 10, suffix) if 10 <= value < SMALL else rounded(value, suffix)


def _cut(value: int, unit: int, suffix: str) -> str:
    kept = value // unit * unit
    return str(kept) if kept == value else f"{kept}{suffix}"


def how_many(value: int) -> str:
    """A small number of things as it is spoken before a measure word: 两, 三 … 十, then 11."""
    return _DIGITS[value] if 0 < value <= 10 else str(value)


def punctuated(text: str, punctuation: Punctuation) -> str:
    """`text` with the punctuation of web copies (, ( )) or that of formal papers (，（ ）)."""
    return text.translate(_FULLWIDTH) if punctuation == "fullwidth" else text
