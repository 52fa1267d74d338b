"""How Chinese words are typed without Chinese: the readings of each character, for the search.

The only door of the package pypinyin; it reads its tables when it is first used.
"""

from __future__ import annotations

import functools
import os
import unicodedata


def readings(text: str) -> str:
    """The syllables of a text, a blank between characters and `/` between the readings of one:
    `三滴血` gives `san di xie/xue`. Letters and digits stand for themselves, one by one; signs are
    left out. What a person types matches where each syllable is begun in turn: `sdx`, `sandx`.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return " ".join(filter(None, (_of(letter) for letter in plain)))


@functools.cache
def _of(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else ""
    # Readings of phrases are four fifths of its 55 MiB, and only letters are asked here one by one.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import Style, pinyin  # noqa: PLC0415 - slow, and only a page wants it

    found = pinyin(letter, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    known = (one for one in (found[0] if found else ()) if one.isascii() and one.isalpha())
    return "/".join(sorted(set(known)))
