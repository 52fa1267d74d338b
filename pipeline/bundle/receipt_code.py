"""The receipt code of an edition: what a village reads out by phone, `7K3M-9QXA-T`.

40 bits of the root in Crockford's alphabet (no I, L, O, U), and a check character of the same: the
weighted sum of all nine over GF(32) is nought. All weights differ and none is nought, so any one
wrong character is caught, and any two that changed places. Turned down: ISO 7064 mod 37,36, which
lets some swaps of neighbours pass and may end in I, L, O or U; Crockford's own, whose *~$= nobody
can say aloud.
"""

from __future__ import annotations

import re
import unicodedata

from catalog.problem import Refusal, refusal
from catalog.words import _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS = 8  # of 5 bits each: the first 40 of the root
_FIELD = 0b100101  # x^5 + x^2 + 1: by it the powers of x are all different

# As it is heard or copied: letters that look like digits, and digits as they are spoken.
_HEARD = str.maketrans("OIL〇零一幺二两三四五六七八九", "0110011223456789")
_PARTING = re.compile(r"[\s\-‐-―−ー·.,、。_]+")


def receipt_code(root: str) -> str:
    """The code of the edition that has this root (64 hexadecimal digits)."""
    if not re.fullmatch(r"[0-9a-f]{64}", root):
        raise ValueError(f"no root of an edition: {root!r}")
    bits = int(root[:10], 16)
    values = [bits >> 5 * place & 31 for place in reversed(range(_CHARACTERS))]
    return _grouped(values)


def _grouped(values: list[int]) -> str:
    letters = "".join(ALPHABET[value] for value in [*values, _sum(values)])
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _sum(values: list[int]) -> int:
    """The sum of all values, each times x once more than the one after it (Horner's rule)."""
    total = 0
    for value in values:
        total = _times_x(total ^ value)
    return total


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ _FIELD if value & 32 else value


def read_code(text: str) -> str:
    """The code that somebody told or typed, as `receipt_code` writes it: small letters, spaces,
    full-width and Chinese digits, O for 0, I and L for 1 do no harm. Raises Refusal with why.
    """
    letters = _plain(text)
    if strange := sorted(set(letters) - set(ALPHABET)):
        raise _refused(
            text,
            _("{value} never stands in a receipt code").format(value=" ".join(strange)[:20]),
        )
    if len(letters) != _CHARACTERS + 1:
        raise _refused(
            text,
            _("a receipt code has 9 characters, this has {count}").format(count=len(letters)),
        )
    values = [ALPHABET.index(letter) for letter in letters]
    if _sum(values[:-1]) != values[-1]:
        raise _refused(text, _("a character is wrong, or two have changed places"))
    return _grouped(values[:-1])


def _plain(text: str) -> str:
    told = unicodedata.normalize("NFKC", text[:200]).removeprefix("签收码").lstrip(":： ")
    return _PARTING.sub("", told.upper().translate(_HEARD))


def _refused(text: str, wrong: str) -> Refusal:
    shown = "".join(char if char.isprintable() else "�" for char in text[:40])
    return refusal(shown, wrong, _("have it read out again, one character after the other"))
