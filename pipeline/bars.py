"""Bars of long work (the door of tqdm); they show only where a person looks at the screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Never

from tqdm import tqdm

from catalog.words import _
from pipeline.plan.planning import Plan
from pipeline.plan.steps import (
    Card,
    Encode,
    EncodeStill,
    MenuPicture,
    Step,
    WriteVideoCd,
    key,
    needs,
)
from pipeline.watch import Watch


class Bars(Watch):
    """A bar for each disc and one over all, counted in seconds of programme.

    Called from several threads; tqdm keeps its own lock.
    """

    # Writing and reading back a disc take about so much of the time of encoding it.
    _WRITE, _CHECK = 1 / 150, 1 / 150

    def __init__(self) -> None:
        self._bars: dict[str, tqdm[Never]] = {}
        self._done: dict[str, float] = {}
        self._discs: dict[str, list[str]] = {}
        self._weights: dict[str, float] = {}

    def _weight(self, step: Step) -> float:
        match step:
            case Encode():
                return step.seconds
            case WriteVideoCd():
                return step.seconds * self._WRITE
            case Card() | MenuPicture() | EncodeStill():
                return 0.0

    def begins(self, plan: Plan, todo: Sequence[Step]) -> None:
        if not todo:
            return
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
                self._bars[bar].update(moved)

    def progress(self, step: Step, done: float) -> None:
        self._move(key(step), done)

    def made(self, step: Step) -> None:
        self._move(key(step), 1.0)

    def close(self) -> None:
        """Leave the bars as they stand and the cursor below them."""
        for bar in reversed(self._bars.values()):
            bar.close()
        self._bars.clear()


def above(text: str) -> None:
    """A line of the answer while a bar stands below it."""
    tqdm.write(text, file=sys.stderr)


class CountBar:
    """One bar over so many of something, on the screen only where a person looks at it."""

    def __init__(self, total: int, what: str, unit: str) -> None:
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
