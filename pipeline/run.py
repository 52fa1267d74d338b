"""The conductor: a plan, an executor and a workroom; then the edition, and the books."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.durable import disk_told
from catalog.problem import Failure
from catalog.words import _
from pipeline import edition
from pipeline.plan.effort import in_turn
from pipeline.plan.planning import Plan
from pipeline.plan.steps import Step, key, needs
from pipeline.standing import outstanding, standing
from pipeline.watch import Watch
from pipeline.workroom import Made, Workroom

if TYPE_CHECKING:
    from pipeline.make.step import Bench
    from pipeline.videocd.check.report import Report

_WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `folder` is the finished edition, None where there is none; `fresh` says
    that this run finished it; `report` is what reading it back found.
    """

    folder: Path | None
    fresh: bool = False
    made: Mapping[str, Made] = field(default_factory=dict)
    failures: tuple[tuple[Step, Failure], ...] = ()
    report: Report | None = None


class _Conducting:
    """One run at work: what waits, what is being made, what is made, what failed."""

    def __init__(self, todo: Sequence[Step], bench: Bench, watch: Watch) -> None:
        self.waiting = in_turn(todo)
        self.open = {key(step) for step in todo}
        self.bench, self.watch = bench, watch
        self.made: dict[str, Made] = {}
        self.failures: list[tuple[Step, Failure]] = []
        self.at_work: dict[Future[Made], Step] = {}

    def start(self, executor: Executor) -> None:
        """Give the executor every step whose inputs are made."""
        from pipeline.make.step import make  # noqa: PLC0415 - 300 ms, and often nothing is to do

        ready = [s for s in self.waiting if not any(one in self.open for one in needs(s))]
        self.waiting = [s for s in self.waiting if s not in ready]
        for step in ready:
            told = _teller(self.watch, step)
            self.at_work[executor.submit(make, step, self.bench, told)] = step

    def take(self, future: Future[Made]) -> None:
        """Take in what a step gave. One that failed stays open: what needs it is never started."""
        step = self.at_work.pop(future)
        try:
            self.made[key(step)] = future.result()
        except Failure as failure:
            self.failures.append((step, failure))
            self.watch.failed(step, failure)
        else:
            self.open.discard(key(step))
            self.watch.made(step)

    def all(self, executor: Executor) -> None:
        """Until nothing is at work and nothing more can begin."""
        self.start(executor)
        while self.at_work:
            done, _left = wait(self.at_work, _WAIT_SECONDS, FIRST_COMPLETED)
            for future in done:
                self.take(future)
            if done:
                self.start(executor)


def _teller(watch: Watch, step: Step) -> Callable[[float], None]:
    return lambda done: watch.progress(step, min(1.0, done))


def conduct(plan: Plan, bench: Bench, executor: Executor, editions: Path, watch: Watch) -> Outcome:
    """Make what a plan asks for and is not there yet, and the edition of it, read back; of a plan
    that is not final, only the files that it waits for.

    One step that fails never stops the others; the edition is finished only when none failed.
    """
    todo = outstanding(plan, bench.room, editions)
    watch.begins(todo, {disc.name: disc.write for disc in plan.discs})
    _sweep(plan, bench.room, editions)
    if folder := standing(plan, editions):
        return Outcome(folder)
    work = carry_out(todo, bench, executor, watch)
    if work.failures or not plan.final:
        return work
    with disk_told(_("finishing {edition}").format(edition=plan.edition)):
        return _finish(plan, bench.room, editions, watch)


def carry_out(todo: Sequence[Step], bench: Bench, executor: Executor, watch: Watch) -> Outcome:
    """Make these steps, and nothing of them. Ends all programs at work where it is stopped."""
    work = _Conducting(todo, bench, watch)
    try:
        work.all(executor)
    except BaseException:
        # Stopped by hand, or a bug: end every program that is still running before it shows.
        bench.stop.ask()
        wait(work.at_work)
        raise
    return Outcome(None, made=work.made, failures=tuple(work.failures))


def _sweep(plan: Plan, room: Workroom, editions: Path) -> None:
    """Take away what runs that were killed left behind, of this recipe or of another."""
    room.sweep()
    for part in editions.glob(".*.part"):
        shutil.rmtree(part, ignore_errors=True)
    if standing(plan, editions):
        for disc in plan.discs:
            room.forget(disc.write)


def _finish(plan: Plan, room: Workroom, editions: Path, watch: Watch) -> Outcome:
    """Lay the edition out, read it back, and only then give it its name."""
    from pipeline.make.check_edition import check_edition  # noqa: PLC0415 - slow to import

    made = {disc.write: room.find(disc.write) for disc in plan.discs}
    images = {name: one for name, one in made.items() if one is not None}
    part = editions / f".{plan.edition}.part"
    edition.assemble(plan, images, room, part)
    report = check_edition(part, watch.checking)
    if any(finding.severity == "error" for finding in report.findings):
        shutil.rmtree(part, ignore_errors=True)
        for name in images:
            room.forget(name)
        return Outcome(None, made=images, report=report)
    place = editions / plan.edition
    shutil.rmtree(place, ignore_errors=True)  # without its sums it was no edition
    edition.seal(part, place)
    for name in images:
        room.forget(name)
    return Outcome(place, True, images, report=report)
