"""What several verbs tell alike: what was left out, how long the work will take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from catalog.problem import Failure
from catalog.words import _
from pipeline import executors
from pipeline.plan.effort import effort
from pipeline.plan.left_out import LeftOut, tell
from pipeline.plan.steps import Step
from pipeline.screen import say

_MANY = 12  # lines of one reason that a person still reads


def minutes_of(todo: Sequence[Step]) -> float:
    """Minutes that the work still to do will take here, about."""
    return sum(map(effort, todo)) / executors.cores() / 60


def mute_line(paths: Sequence[str]) -> str:
    """Whose captions a page does not show, the first by their paths."""
    told = _("captions of {count} films are not shown by the page, they lie beside them: {paths}")
    shown = "、".join(paths[: _MANY // 2]) + (" …" if len(paths) > _MANY // 2 else "")
    return told.format(count=len(paths), paths=shown)


def left_out_lines(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """What was left out, a line each; where one reason has very many, the first and how many."""
    for _reason, group in groupby(sorted(left_out, key=_reason_of), key=_reason_of):
        same = list(group)
        shown = same if len(same) <= _MANY else same[: _MANY // 2]
        yield from map(tell, shown)
        if rest := len(same) - len(shown):
            yield _("and {count} more for the same reason (all of them: --json)").format(count=rest)


def say_left_out(left_out: Sequence[LeftOut]) -> None:
    """The same beside the answer, before the work begins."""
    for line in left_out_lines(left_out):
        say(_("left out: {what}").format(what=line))


def say_failures(failures: Sequence[tuple[Step, Failure]]) -> None:
    """What could not be made, and why."""
    for step, failure in failures:
        say(_("failed: {what}: {failure}").format(what=step.label, failure=failure))


def _reason_of(one: LeftOut) -> str:
    return one.reason
