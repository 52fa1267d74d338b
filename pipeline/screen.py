"""What a person sees: tables that line up in Chinese, times, sizes, and bars of long work."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence

from catalog.words import _
from pipeline.plan.planning import Plan
from pipeline.plan.steps import Card, Encode, Step, WriteVideoCd, key, needs
from pipeline.run import Watch


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


def say(text: str) -> None:
    """A message for the person, beside the answer."""
    print(text, file=sys.stderr, flush=True)


class Bars(Watch):
    """A bar for each disc and one over all, counted in seconds of programme.

    Called from several threads; tqdm keeps its own lock.
    """

    # Writing and reading back a disc take about so much of the time of encoding it.
    _WRITE, _CHECK = 1 / 150, 1 / 150

    def __init__(self) -> None:
        self._bars: dict[str, object] = {}
        self._done: dict[str, float] = {}
        self._discs: dict[str, list[str]] = {}
        self._weights: dict[str, float] = {}

    def _weight(self, step: Step) -> float:
        match step:
            case Encode():
                return step.seconds
            case WriteVideoCd():
                return step.seconds * self._WRITE
            case Card():
                return 0.0

    def begins(self, plan: Plan, todo: Sequence[Step]) -> None:
        if not todo:
            return
        from tqdm import tqdm  # noqa: PLC0415 - only where there is something to wait for

        self._weights = {key(step): self._weight(step) for step in todo}
        total = sum(self._weights.values())
        shape = "{desc} {percentage:3.0f}%|{bar:24}| {n:.0f}/{total:.0f} " + _("s of programme")
        self._bars["all"] = tqdm(
            total=total,
            desc=_("all"),
            bar_format=shape + " [{elapsed}<{remaining}]",
            position=0,
            file=sys.stderr,
            disable=None,
        )
        for disc in plan.discs:
            write = next((s for s in todo if key(s) == disc.write), None)
            if not isinstance(write, WriteVideoCd):
                continue
            parts = [disc.write, *(one for one in set(needs(write)) if one in self._weights)]
            for one in parts:
                self._discs.setdefault(one, []).append(disc.name)
            self._bars[disc.name] = tqdm(
                total=sum(self._weights[one] for one in parts),
                desc=disc.name,
                bar_format=shape,
                position=len(self._bars),
                file=sys.stderr,
                disable=None,
            )

    def _move(self, name: str, done: float) -> None:
        weight = self._weights.get(name, 0.0)
        moved = max(0.0, done * weight - self._done.get(name, 0.0))
        self._done[name] = self._done.get(name, 0.0) + moved
        for bar in ("all", *self._discs.get(name, ())):
            if bar in self._bars:
                self._bars[bar].update(moved)  # type: ignore[attr-defined]

    def progress(self, step: Step, done: float) -> None:
        self._move(key(step), done)

    def made(self, step: Step) -> None:
        self._move(key(step), 1.0)

    def close(self) -> None:
        """Leave the bars as they stand and the cursor below them."""
        for bar in reversed(self._bars.values()):
            bar.close()  # type: ignore[attr-defined]
        self._bars.clear()


def above(text: str) -> None:
    """A line of the answer while a bar stands below it."""
    from tqdm import tqdm  # noqa: PLC0415

    tqdm.write(text, file=sys.stderr)


class CountBar:
    """One bar over so many of something, on the screen only where a person looks at it."""

    def __init__(self, total: int, what: str, unit: str) -> None:
        from tqdm import tqdm  # noqa: PLC0415

        self._bar = tqdm(
            total=total,
            desc=what,
            bar_format="{desc} {percentage:3.0f}%|{bar:24}| {n_fmt}/{total_fmt} "
            + unit
            + " [{elapsed}<{remaining}]",
            unit_scale=True,
            leave=False,
            file=sys.stderr,
            disable=None,  # a log file is no place for a bar
        )

    def __call__(self, count: int) -> None:
        self._bar.update(count)

    def close(self) -> None:
        self._bar.close()


def sector_bar(total: int, what: str) -> CountBar:
    """A bar over sectors that are read back."""
    return CountBar(total, what, _("sectors"))


def byte_bar(total: int, what: str) -> CountBar:
    """A bar over bytes of files that are read."""
    return CountBar(total, what, "B")
