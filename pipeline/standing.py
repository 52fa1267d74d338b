"""What of a plan stands already, and what is still to do: looked up, nothing made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.plan.planning import Plan
from pipeline.plan.steps import Encode, Step, WebVtt, key, needs
from pipeline.plan.targets.files import Stock
from pipeline.workroom import Workroom

SUMS = "SHA256SUMS"  # written last: a folder without it is no edition


def standing(plan: Plan, editions: Path) -> Path | None:
    """The folder of the plan's edition, if it is there: it got its name only when it was whole."""
    folder = editions / plan.edition
    return folder if plan.final and (folder / SUMS).is_file() else None


def outstanding(plan: Plan, room: Workroom, editions: Path) -> list[Step]:
    """The steps of a plan that are not made yet; none where its edition stands."""
    if standing(plan, editions):
        return []
    return missing(plan.steps, plan.goals, room)


def missing(steps: Sequence[Step], goals: Collection[str], room: Workroom) -> list[Step]:
    """Of steps that stand inputs before users, those that must be made so that the goals, keys of
    some of them, are there.
    """
    there = {place.name for place in room.root.iterdir()} if room.root.is_dir() else set()
    made = {name for step in steps if (name := key(step)) in there and room.find(name)}
    # What is made needs what it was made from no more.
    wanted = set(goals) - made
    for step in reversed(steps):
        if key(step) in wanted:
            wanted |= {one for one in needs(step) if one not in made}
    return [step for step in steps if key(step) in wanted]


def stock(steps: Sequence[Step], room: Workroom) -> Stock:
    """What of the files for computers is made: media are planned by their bytes."""
    made, texts = {}, dict[str, Path]()
    for step in steps:
        if isinstance(step, Encode | WebVtt) and (found := room.find(key(step))):
            made[found.key] = found
            if isinstance(step, WebVtt):
                texts[found.key] = room.path(found.key, step.name)
    return Stock(made, _Texts(texts))


class _Texts(Mapping[str, bytes]):
    """Contents of small files by a name; each is read when it is asked for, since thousands of
    films have more subtitles than memory is theirs.
    """

    def __init__(self, places: Mapping[str, Path]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> bytes:
        return self._places[name].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
