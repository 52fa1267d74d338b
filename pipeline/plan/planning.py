"""From a recipe and what the catalogue remembers to a Plan: everything decided, nothing touched.

No disk, no clock, no chance, no database, no program: the selection and the tools' versions come in
as values, and the Plan that goes out can be printed, compared and stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from catalog.analysis import Analysis
from catalog.problem import refusal
from catalog.programme import Source
from catalog.words import _
from pipeline.plan.raster import RASTERS
from pipeline.plan.select import LeftOut, Selected
from pipeline.plan.showing import showings
from pipeline.plan.steps import Step, digest
from pipeline.plan.targets.tracks import Workshop
from pipeline.plan.targets.video_cd import PlannedDisc, video_cds
from recipes.recipe import Recipe
from recipes.targets import VideoCd


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
        return sum(disc.seconds for disc in self.discs)


def plan(
    recipe: Recipe,
    selected: Selected,
    sources: Mapping[str, Source],
    workshop: Workshop,
    analyses: Mapping[str, Analysis] = MappingProxyType({}),
) -> Plan:
    """Decide everything for what was selected. `sources` and `analyses` are by sha256; a file that
    was not looked through is taken by its header's word. What may not or cannot be used is in
    `left_out`.
    """
    match recipe.target.medium:
        case VideoCd() as medium:
            rate = RASTERS[medium.standard].rate
            chosen = showings(recipe, selected.chosen, sources, analyses, rate)
            discs, steps = video_cds(recipe, medium, chosen, sources, workshop)
        case _:
            raise NotImplementedError
    name = digest((recipe.id, recipe.title, tuple(disc.write for disc in discs)))[:10]
    return Plan(f"{recipe.id}-{name}", recipe, discs, selected.left_out, steps, workshop)


def refuse_empty(plan: Plan, file: str) -> None:
    """Raise Refusal where a plan would make nothing at all."""
    if not plan.discs:
        raise refusal(
            file,
            _("no programme of the catalogue may go on this disc"),
            _("see `xiaxiang plan` for what was left out and why"),
            "select",
        )
