"""How long a run will still take, from how fast its own steps went. Pure; no clock is read here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_TELLING: Final = 0.03
"""The share of a step that must be done before its speed says something: programs take their time
to begin."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a step stands: its estimated `effort`, the share `done` of it, 0 to 1, and the seconds
    on the wall it has been at work. Steps of one `kind` are estimated alike, so they err alike.
    """

    kind: str
    effort: float
    done: float = 0.0
    busy: float = 0.0


def remaining(steps: Sequence[Standing], workers: int) -> float | None:
    """Seconds until all steps are done, `workers` at once; None while nothing is known.

    Each kind goes on as fast as it went so far, a kind not begun yet as the others on average.
    """
    telling = [step for step in steps if step.done >= _TELLING and step.busy > 0]
    if not telling:
        return None
    usual = _pace(telling)
    known = {one.kind for one in telling}
    paces = {kind: _pace(one for one in telling if one.kind == kind) for kind in known}
    left = [
        step.effort * (1 - step.done) * paces.get(step.kind, usual)
        for step in steps
        if step.done < 1
    ]
    # No more can be at work at once than there are steps: the longest may be the last.
    return max(sum(left) / workers, max(left, default=0.0))


def _pace(steps: Iterable[Standing]) -> float:
    """Seconds on the wall that a worker took for each second of estimated effort."""
    busy = done = 0.0
    for step in steps:
        busy += step.busy
        done += step.effort * step.done
    return busy / done
