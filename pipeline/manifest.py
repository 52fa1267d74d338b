"""What should be on a medium, and how that differs from what is; pure, no disk is touched here.

The words are settled: *missing*, *unexpected*, *altered*. Names are relative, parted by `/`, and
compared after Unicode normalisation, since some systems store another form than they were given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from catalog.words import _

Kind = Literal["missing", "unexpected", "altered"]

MOST_FILES = 200_000
LONGEST_NAME = 1024  # characters of a whole relative name
_SUM = re.compile(r"(\\?)([0-9a-fA-F]{64}) [ *](.+)")


@dataclass(frozen=True, slots=True)
class Item:
    """One file: its relative name, bytes (-1 = not known) and SHA-256 ("" = not known)."""

    name: str
    bytes: int = -1
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as it should be; the side where it is not, is None."""

    kind: Kind
    name: str
    expected: Item | None
    found: Item | None


def compare(expected: Iterable[Item], found: Iterable[Item]) -> tuple[Difference, ...]:
    """Differences in the order of names. What one side does not know, bytes or digest, is not
    compared: give digests on both sides to prove contents, names only to prove completeness.
    """
    wanted = {same(item.name): item for item in expected}
    there = {same(item.name): item for item in found}
    differences = []
    for key in sorted(wanted.keys() | there.keys()):
        want, have = wanted.get(key), there.get(key)
        if want is None or have is None:
            kind: Kind = "unexpected" if want is None else "missing"
            differences.append(Difference(kind, key, want, have))
        elif _altered(want, have):
            differences.append(Difference("altered", key, want, have))
    return tuple(differences)


def _altered(want: Item, have: Item) -> bool:
    sizes, digests = (want.bytes, have.bytes), (want.sha256.lower(), have.sha256.lower())
    return (min(sizes) >= 0 and sizes[0] != sizes[1]) or (all(digests) and digests[0] != digests[1])


def same(name: str) -> str:
    """The form of a name under which two spellings of it are one."""
    return unicodedata.normalize("NFC", name)


def name_fault(name: str) -> str:
    """Why this name may not be used on a medium, "" where it may."""
    parts = name.split("/")
    if not name or len(name) > LONGEST_NAME:
        return _("the name is empty or too long")
    if name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name):
        return _("the name must be relative and parted by /")
    if any(part in ("", ".", "..") for part in parts):
        return _("the name has empty parts, . or ..")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        return _("the name has control characters")
    return ""


def collisions(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of names that differ only in case or normalisation: some media hold only one."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(same(name).casefold(), []).append(name)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def read_sums(text: str) -> tuple[tuple[Item, ...], tuple[int, ...]]:
    """Items of a SHA256SUMS text as `sha256sum` writes it, and the numbers of lines that are none
    (names that may not be used included).
    """
    items: list[Item] = []
    bad: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            continue
        match = _SUM.fullmatch(line.removesuffix("\r"))
        name = _unescaped(match[3], bool(match[1])) if match else ""
        if match is None or name_fault(name) or len(items) >= MOST_FILES:
            bad.append(number)
        else:
            items.append(Item(name, -1, match[2].lower()))
    return tuple(items), tuple(bad)


def _unescaped(name: str, escaped: bool) -> str:
    return name.replace("\\n", "\n").replace("\\\\", "\\") if escaped else name


def write_sums(items: Iterable[Item]) -> str:
    """The text of SHA256SUMS for these items, in the order of names; `sha256sum -c` reads it."""
    rows = sorted((same(item.name), item.sha256) for item in items)
    return "".join(f"{digest}  {name}\n" for name, digest in rows)
