"""Class numbers of the Chinese Library Classification (中图法), kept as text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# One letter of the 22 main classes; T (industry) has a second one. A dot after three digits.
_SHAPE = re.compile(
    r"(?:T[A-Z]?|[A-KN-SUVXZ])"
    r"(?:[0-9]{1,2}|[0-9]{3}(?:\.[0-9]+)*)?"
    r"(?:[-+=][0-9]+(?:\.[0-9]+)*|\([0-9]+(?:\.[0-9]+)*\))*"
)
_DOTLESS = re.compile(r"(?:T[A-Z]?|[A-KN-SUVXZ])([0-9]{4,})")
# The filing order of the tables: at one number, the auxiliary signs come before further digits.
_ORDER = str.maketrans("-(=+:0123456789", "abcdefghijklmno", ".)")


def tidy(text: str) -> str:
    """A class number with the slips of the pen taken out: full-width signs, blanks, small letters.

    >>> tidy(" ｓ823．9＋2 ")
    'S823.9+2'
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).upper().replace("。", ".")


def is_class_number(text: str) -> bool:
    """Whether a text has the shape of a class number (that it is in the tables is not checked)."""
    return bool(_SHAPE.fullmatch(tidy(text)))


def with_dot(text: str) -> str:
    """The number with the dot that was forgotten after the third digit, or an empty text."""
    found = _DOTLESS.fullmatch(tidy(text))
    return f"{tidy(text)[: -len(found[1])]}{found[1][:3]}.{found[1][3:]}" if found else ""


def sort_key(text: str) -> tuple[str, str]:
    """Orders class numbers as on the shelf: by letter, then digit by digit: S512 < S52 < S6.

    What follows `-`, `(`, `=` or `+` comes after the bare number and before its next digit.
    """
    number = tidy(text)
    letters = number[: len(number) - len(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    return letters, number[len(letters) :].translate(_ORDER)


def under(number: str, prefix: str) -> bool:
    """Whether a class number lies under (or is) a class: S823.9+2 under S8, S52 not under S512."""
    wanted = _dotless(prefix)
    return bool(wanted) and _dotless(number).startswith(wanted)


# A choice out of 5,000 programmes asks for the same few hundred numbers again and again.
@lru_cache(maxsize=8192)
def _dotless(number: str) -> str:
    return tidy(number).replace(".", "")
