"""What a person sees: messages, tables that line up in Chinese, times and sizes."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence


def columns(text: str) -> int:
    """The columns a terminal gives to `text`: two for a Chinese character."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(bool(unicodedata.combining(c)) for c in text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under their heads, the columns lined up; numbers to the right."""
    body = [[str(cell) for cell in row] for row in rows]
    grid = [list(head), *body]
    widths = [max(columns(row[place]) for row in grid) for place in range(len(head))]
    right = [all(_number(row[place]) for row in body) for place in range(len(head))]
    lines = []
    for row in grid:
        cells = []
        for place, cell in enumerate(row):
            gap = " " * (widths[place] - columns(cell))
            cells.append(gap + cell if right[place] else cell + gap)
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "─" * min(sum(widths) + 2 * (len(head) - 1), 100))
    return "\n".join(lines)


def _number(text: str) -> bool:
    return bool(text) and all(c.isdigit() or c in ":.,%-" for c in text)


def clock(seconds: float) -> str:
    """Seconds as 1:02:03 or 2:03."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return (f"{hours}:{minutes:02d}" if hours else f"{minutes}") + f":{whole % 60:02d}"


def size(count: int) -> str:
    """Bytes in the largest unit that leaves a number over one."""
    value = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit in ("B", "KB") else f"{value:.1f} {unit}"
        value /= 1000
    return ""


def one_line(text: str) -> str:
    """`text` with its control characters made harmless: a name from outside is no command to a
    terminal.
    """
    return "".join("�" if unicodedata.category(c) == "Cc" else c for c in text)


def say(text: str) -> None:
    """A message for the person, beside the answer."""
    print(text, file=sys.stderr, flush=True)
