"""Numbers of copies as people write them, `1-7,9`: read, written, taken away, put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Ranges = tuple[tuple[int, int], ...]  # first and last of each run, apart and rising

LIMIT = 1_000_000  # copies of one production
_TEXT = re.compile(r"\s*(\d{1,7})\s*(?:[-–—~]\s*(\d{1,7}))?\s*")


def read_numbers(text: str) -> Ranges:
    """Ranges from `1-7,9`; ValueError where it is none, or names a number twice or beyond LIMIT."""
    runs = [_run(part) for part in re.split(r"[,，、;；]", text)] if text.strip() else []
    joined = together(runs)
    if count(joined) != sum(last - first + 1 for first, last in runs):
        raise ValueError(text)
    return joined


def _run(part: str) -> tuple[int, int]:
    found = _TEXT.fullmatch(part)
    if not found:
        raise ValueError(part)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 0 < first <= last <= LIMIT:
        raise ValueError(part)
    return first, last


def written(ranges: Ranges) -> str:
    """Ranges as text."""
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def count(ranges: Ranges) -> int:
    """How many numbers these are."""
    return sum(last - first + 1 for first, last in ranges)


def together(runs: Iterable[tuple[int, int]]) -> Ranges:
    """All of them, each number once."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def without(ranges: Ranges, taken: Ranges) -> Ranges:
    """`ranges` less `taken`; ValueError where one of these is not among them."""
    left = tuple(_cut(ranges, taken))
    if count(left) != count(ranges) - count(taken):
        raise ValueError(written(taken))
    return left


def _cut(ranges: Ranges, taken: Ranges) -> Iterator[tuple[int, int]]:
    for first, last in ranges:
        at = first
        for begin, end in taken:
            if end < at or begin > last:
                continue
            if begin > at:
                yield at, begin - 1
            at = max(at, end + 1)
        if at <= last:
            yield at, last


def first_of(ranges: Ranges, wanted: int) -> Ranges:
    """The first `wanted` of them; ValueError where there are fewer."""
    taken: list[tuple[int, int]] = []
    for first, last in ranges:
        if wanted <= 0:
            break
        end = min(last, first + wanted - 1)
        taken.append((first, end))
        wanted -= end - first + 1
    if wanted > 0:
        raise ValueError(wanted)
    return tuple(taken)


def common(ranges: Ranges, others: Ranges) -> Ranges:
    """Those that are among both."""
    both = []
    for first, last in ranges:
        for begin, end in others:
            if begin <= last and end >= first:
                both.append((max(first, begin), min(last, end)))
    return together(both)
