"""From a recipe and what the catalogue remembers to a Plan: everything decided, nothing touched.

No disk, no clock, no chance, no database, no program: today's date and the tools' versions come in
as values, and the Plan that goes out can be printed, compared and stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from catalog.problem import refusal
from catalog.programme import Programme, Source
from catalog.words import _
from pipeline.plan.fit import FRONT, DiscFit, disc_capacity, fit
from pipeline.plan.menu import Menu
from pipeline.plan.select import LeftOut, select
from pipeline.plan.steps import Step, digest
from pipeline.plan.targets.video_cd import PlannedDisc, Workshop, arrange, menus
from pipeline.videocd.bounds import disc_front, packs_bound
from recipes.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one run would do. `edition` is the name of what it makes: the recipe's id and the
    digest of everything that decides its bytes.
    """

    edition: str
    recipe: Recipe
    discs: tuple[PlannedDisc, ...]
    left_out: tuple[LeftOut, ...]
    steps: tuple[Step, ...]
    workshop: Workshop

    @property
    def seconds(self) -> float:
        """Of programme, on all discs."""
        return sum(track.seconds for disc in self.discs for track in disc.tracks)


def plan(
    recipe: Recipe,
    programmes: Sequence[Programme],
    sources: Mapping[str, Source],
    today: date,
    workshop: Workshop,
) -> Plan:
    """Decide everything. Programmes that may not or cannot be used are in `left_out`."""
    selected = select(recipe, programmes, sources, today)
    chosen = {programme.id: programme for programme in selected.chosen}
    spread = _spread(recipe, selected.chosen, sources, workshop)
    discs, steps = arrange(recipe, spread, chosen, sources, workshop)
    name = digest((recipe.id, recipe.title, tuple(disc.write for disc in discs)))[:10]
    return Plan(f"{recipe.id}-{name}", recipe, discs, selected.left_out, steps, workshop)


def _spread(
    recipe: Recipe,
    chosen: Sequence[Programme],
    sources: Mapping[str, Source],
    workshop: Workshop,
) -> tuple[tuple[DiscFit, Menu], ...]:
    """The discs and their menus, with room in front for the menu of the fullest one. How large a
    menu is shows only when its disc is known, so the room grows until it is enough.
    """
    medium = recipe.target.medium
    packs = partial(packs_bound, standard=medium.standard)
    by_id = {programme.id: programme for programme in chosen}
    front = FRONT
    while True:
        capacity = disc_capacity(medium.standard, medium.disc, packs, front)
        fits = fit(chosen, lambda _programme, sha: sources[sha].seconds, capacity, recipe.order)
        shown = menus(recipe, fits, by_id, workshop)
        needed = max((disc_front(len(one.lists), len(one.stills)) for one in shown), default=FRONT)
        if needed <= front:
            return tuple(zip(fits, shown, strict=True))
        front = needed


def refuse_empty(plan: Plan, file: str) -> None:
    """Raise Refusal where a plan would make nothing at all."""
    if not plan.discs:
        raise refusal(
            file,
            _("no programme of the catalogue may go on this disc"),
            _("see `xiaxiang plan` for what was left out and why"),
            "select",
        )
