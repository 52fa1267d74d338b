"""Bars of long work (the door of tqdm); they show only where a person looks at the screen."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, assert_never

from tqdm import tqdm

from catalog.words import _
from pipeline import executors
from pipeline.make.drive_job import Phase
from pipeline.make.drive_job import Watch as DriveWatch
from pipeline.plan.effort import effort, kind
from pipeline.plan.steps import (
    Captions,
    Card,
    Encode,
    EncodeStill,
    Join,
    MenuPicture,
    Step,
    WebVtt,
    WriteIso,
    WriteVideoCd,
    key,
    needs,
)
from pipeline.remaining import Standing, remaining
from pipeline.watch import Watch

if TYPE_CHECKING:
    _Tqdm = tqdm[Never]
else:
    _Tqdm = tqdm  # it takes its type for checkers alone


class _Bar(_Tqdm):
    """A bar that can show a remaining time of its own reckoning, as `left`."""

    left = "?"

    @property
    def format_dict(self) -> dict[str, Any]:
        return {**super().format_dict, "left": self.left}


class Reckoning:
    """What each step of a run costs and how it stands; tells how long the rest will take."""

    def __init__(
        self, todo: Sequence[Step], workers: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workers, self._clock = workers, clock
        self._steps = {key(step): Standing(kind(step), effort(step)) for step in todo}
        self._begun: dict[str, float] = {}

    def stands(self, name: str, done: float) -> None:
        """So much of a step is done, 0 to 1. It began when this was first said of it."""
        if name not in self._steps or self._steps[name].done >= 1:
            return
        now = self._clock()
        one, busy = self._steps[name], now - self._begun.setdefault(name, now)
        self._steps[name] = Standing(one.kind, one.effort, max(one.done, done), busy)

    def left(self) -> float | None:
        """Seconds until all is done, None while nothing is known."""
        return remaining(tuple(self._steps.values()), self._workers)


class Bars(Watch):
    """A bar for each disc and one over all, counted in seconds of programme; the time that is left
    goes by what each step costs. `workers` make steps at once, 0 stands for one a core.

    Called from several threads; tqdm keeps its own lock.
    """

    # Writing and reading back a disc take about so much of the time of encoding it.
    _WRITE, _CHECK = 1 / 150, 1 / 150

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or executors.cores()
        self._bars: dict[str, _Bar] = {}
        self._done: dict[str, float] = {}
        self._discs: dict[str, set[str]] = {}
        self._weights: dict[str, float] = {}
        self._reckoning = Reckoning((), self._workers)
        self._told = 0.0

    def _weight(self, step: Step) -> float:
        match step:
            case Encode() if any(name.endswith((".m1v", ".mp4")) for name in step.outputs):
                return step.seconds
            case WriteVideoCd() | WriteIso():
                return step.seconds * self._WRITE
            # A programme's seconds are those of its picture: its sound is not counted again.
            case Card() | MenuPicture() | EncodeStill() | Captions() | WebVtt() | Encode() | Join():
                return 0.0

    def begins(self, todo: Sequence[Step], discs: Mapping[str, str]) -> None:
        if not todo:
            return
        self._reckoning = Reckoning(todo, self._workers)
        self._weights = {key(step): self._weight(step) for step in todo}
        shape = "{desc} {percentage:3.0f}%|{bar:24}| {n:.0f}/{total:.0f} " + _("s of programme")
        total = sum(self._weights.values())
        self._bars["all"] = self._bar(_("all"), total, shape + " [{elapsed}<{left}]")
        steps = {key(step): step for step in todo}
        for name, write in discs.items():
            if write not in steps:
                continue
            parts = _under(write, steps)
            for one in parts:
                self._discs.setdefault(one, set()).add(name)
            total = sum(self._weights[one] for one in parts)
            self._bars[name] = self._bar(name, total, shape)

    def _bar(self, name: str, total: float, shape: str) -> _Bar:
        return _Bar(
            total=total,
            desc=name,
            bar_format=shape,
            position=len(self._bars),
            file=sys.stderr,
            disable=None,
        )

    def _move(self, name: str, done: float) -> None:
        self._reckoning.stands(name, done)
        self._tell_left()
        weight = self._weights.get(name, 0.0)
        moved = max(0.0, done * weight - self._done.get(name, 0.0))
        self._done[name] = self._done.get(name, 0.0) + moved
        for bar in ("all", *self._discs.get(name, ())):
            if bar in self._bars:
                self._bars[bar].update(moved)

    def _tell_left(self) -> None:
        """Reckon anew once a second: a run may have thousands of steps."""
        if (now := time.monotonic()) - self._told < 1 or "all" not in self._bars:
            return
        self._told = now
        left = self._reckoning.left()
        self._bars["all"].left = "?" if left is None else tqdm.format_interval(left)

    def progress(self, step: Step, done: float) -> None:
        self._move(key(step), done)

    def made(self, step: Step) -> None:
        self._move(key(step), 1.0)

    def close(self) -> None:
        """Leave the bars as they stand and the cursor below them."""
        for bar in reversed(self._bars.values()):
            bar.close()
        self._bars.clear()


def _under(name: str, steps: dict[str, Step]) -> set[str]:
    """The steps to do that a step needs, itself among them: chunks through their join."""
    found: set[str] = set()
    open_ = [name]
    while open_:
        one = open_.pop()
        if one in steps and one not in found:
            found.add(one)
            open_.extend(needs(steps[one]))
    return found


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

    def __call__(self, count: float) -> None:
        self._bar.update(count)

    def close(self) -> None:
        self._bar.close()


def sector_bar(total: int, what: str) -> CountBar:
    """A bar over sectors that are read back."""
    return CountBar(total, what, _("sectors"))


def byte_bar(total: int, what: str) -> CountBar:
    """A bar over bytes of files that are read."""
    return CountBar(total, what, "B")


def second_bar(total: float, what: str) -> CountBar:
    """A bar over seconds of programme."""
    return CountBar(round(total), what, _("s of programme"))


class DriveBars(DriveWatch):
    """A bar for each drive, in bytes, for the phase it is in."""

    def __init__(self) -> None:
        self._bars: dict[Path, _Tqdm] = {}
        self._lock = threading.Lock()

    def begins(self, root: Path, phase: Phase, total: int) -> None:
        with self._lock:
            bar = self._bars.get(root)
            if bar is None:
                shape = "{desc} {percentage:3.0f}%|{bar:24}| {n_fmt}/{total_fmt}B [{remaining}]"
                bar = self._bars[root] = tqdm(
                    total=0, bar_format=shape, unit_scale=True, position=len(self._bars),
                    file=sys.stderr, disable=None,
                )  # fmt: skip
            bar.reset(total=total)
            bar.set_description_str(f"{root} {_phase_word(phase)}")

    def progress(self, root: Path, phase: Phase, bytes: int) -> None:
        with self._lock:
            if root in self._bars:
                self._bars[root].update(bytes)

    def slow(self, root: Path) -> None:
        above(_("{root} is slow; the others do not wait for it").format(root=root))

    def close(self) -> None:
        """Leave the bars as they stand and the cursor below them."""
        for bar in reversed(self._bars.values()):
            bar.close()
        self._bars.clear()


def _phase_word(phase: Phase) -> str:
    match phase:
        case "look":
            return _("looking")
        case "copy":
            return _("copying")
        case "read back":
            return _("reading back")
        case "seal":
            return _("sealing")
        case _:
            assert_never(phase)
