"""File names as text that any database takes, and back again; reads no disk."""

from __future__ import annotations

import re

_BYTES = "bytes:"


def storable(name: str) -> str:
    """A file name as text for the database; bytes that were no UTF-8 are kept as hexadecimal."""
    if name.startswith(_BYTES) or re.search("[\ud800-\udfff]", name):
        return _BYTES + name.encode("utf-8", "surrogateescape").hex()
    return name


def as_named(stored: str) -> str:
    """The file name that `storable` made this text of."""
    if not stored.startswith(_BYTES):
        return stored
    return bytes.fromhex(stored.removeprefix(_BYTES)).decode("utf-8", "surrogateescape")
