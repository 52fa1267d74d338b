"""What of a plan stands already, and what is still to do: looked up, nothing made."""

from __future__ import annotations

from pathlib import Path

from pipeline.plan.planning import Plan
from pipeline.plan.steps import Step, WriteVideoCd, key, needs
from pipeline.workroom import Workroom

SUMS = "SHA256SUMS"  # written last: a folder without it is no edition


def standing(plan: Plan, editions: Path) -> Path | None:
    """The folder of the plan's edition, if it is there: it got its name only when it was whole."""
    folder = editions / plan.edition
    return folder if (folder / SUMS).is_file() else None


def outstanding(plan: Plan, room: Workroom, editions: Path) -> list[Step]:
    """The steps of a plan that are not made yet; none where its edition stands."""
    if standing(plan, editions):
        return []
    there = {place.name for place in room.root.iterdir()} if room.root.is_dir() else set()
    made = {name for step in plan.steps if (name := key(step)) in there and room.find(name)}
    # What is made needs what it was made from no more; the steps stand inputs before users.
    wanted = {key(step) for step in plan.steps if isinstance(step, WriteVideoCd)} - made
    for step in reversed(plan.steps):
        if key(step) in wanted:
            wanted |= {one for one in needs(step) if one not in made}
    return [step for step in plan.steps if key(step) in wanted]
