"""Whether a receipt code is that of an edition, as far as the books can tell.

The code's eight first signs are the first 40 bits of the root in Crockford's alphabet. Its check
sign, and how people say a code, are known where codes are made and read (pipeline/bundle).
"""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIGNS = 8
_MEANT = str.maketrans("OIL", "011")


def tidy(code: str) -> str:
    """A code in its one form: `7K3M-9QXA-T`."""
    plain = _plain(code)
    parts = (plain[:4], plain[4:_SIGNS], plain[_SIGNS:])
    return "-".join(part for part in parts if part)


def fits(root: str, code: str) -> bool:
    """Whether a code begins as this root wants it, and has as many signs as a code has."""
    bits = int(root[:10], 16)
    due = "".join(_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
    plain = _plain(code)
    return len(plain) == _SIGNS + 1 and plain.startswith(due)


def _plain(code: str) -> str:
    return "".join(code.upper().replace("-", "").split()).translate(_MEANT)
