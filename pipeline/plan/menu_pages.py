"""What the pictures of a menu show, as values: pages of programmes, and which disc comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from catalog.programme import Programme
from pipeline.plan.fit import DiscFit, Part, part_name

ROWS = 6
"""Programmes a page at most: with six, letters stay large enough for poor eyes on a small set."""


@dataclass(frozen=True, slots=True)
class Volume:
    """One disc of a set: the set's title, disc `number` of `count`, and the centre that made it."""

    title: str
    number: int
    count: int
    centre: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One track as the menu offers it: `name` without its part, `mark` the part (上, 2/5; empty
    where whole), `subject` a code. `before` and `after` are the discs on which the programme
    `title` was and goes on (0: neither), `after_mark` names the part that follows.
    """

    title: str
    name: str
    mark: str
    seconds: float
    subject: str
    before: int = 0
    after: int = 0
    after_mark: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a menu: its offers, numbered on from `first`; page `number` of `count`."""

    volume: Volume
    offers: tuple[Offer, ...]
    first: int
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class NextDisc:
    """Put in disc `number`: there `title` goes on with its part `mark`."""

    volume: Volume
    number: int
    title: str
    mark: str


Shown = Page | NextDisc


def pages_of(volume: Volume, offers: Sequence[Offer]) -> tuple[Page, ...]:
    """The pages of a menu. They are about equally full: fewer rows are larger rows."""
    count = -(-len(offers) // ROWS)
    each = [len(offers) // count + (n < len(offers) % count) for n in range(count)]
    pages, first = [], 1
    for number, rows in enumerate(each, start=1):
        shown = tuple(offers[first - 1 : first - 1 + rows])
        pages.append(Page(volume, shown, first, number, count))
        first += rows
    return tuple(pages)


Lies = Mapping[str, Sequence[tuple[int, Part]]]


def lies_of(fits: Sequence[DiscFit]) -> Lies:
    """Where each programme of a set lies: its parts with their discs, from 1, in order."""
    lies: dict[str, list[tuple[int, Part]]] = {}
    for number, fit in enumerate(fits, start=1):
        for part in fit.parts:
            lies.setdefault(part.programme, []).append((number, part))
    return lies


def offers_of(
    parts: Sequence[Part],
    number: int,
    lies: Lies,
    programmes: Mapping[str, Programme],
    rate: Fraction,
) -> tuple[Offer, ...]:
    """What disc `number` (from 1) of a set offers with its `parts`, in the order of its tracks;
    `rate` is the target's, in pictures a second.
    """
    first = {part.programme: at for at, part in reversed(list(enumerate(parts)))}
    last = {part.programme: at for at, part in enumerate(parts)}
    offers = []
    for at, part in enumerate(parts):
        programme = programmes[part.programme]
        before, after = _neighbours(lies[part.programme], number)
        offer = Offer(
            title=programme.title,
            name=_name(programme, part),
            mark=part_name(part),
            seconds=float(part.pictures / rate),
            subject=next(iter(programme.subject), ""),
        )
        if before and first[part.programme] == at:
            offer = replace(offer, before=before[0])
        if after and last[part.programme] == at:
            offer = replace(offer, after=after[0], after_mark=part_name(after[1]))
        offers.append(offer)
    return tuple(offers)


def _name(programme: Programme, part: Part) -> str:
    return programme.title + (f" 第{part.episode}集" if len(programme.episodes) > 1 else "")


def _neighbours(
    lies: Sequence[tuple[int, Part]], disc: int
) -> tuple[tuple[int, Part] | None, tuple[int, Part] | None]:
    """The nearest discs before and behind on which a programme lies, and its part there."""
    before = [one for one in lies if one[0] < disc]
    after = [one for one in lies if one[0] > disc]
    return (before[-1] if before else None), (after[0] if after else None)
