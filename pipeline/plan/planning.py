"""From a recipe and what the catalogue remembers to a Plan: everything decided, nothing touched.

No disk, no clock, no chance, no database, no program: the selection and the tools' versions come in
as values, and the Plan that goes out can be printed, compared and stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import assert_never

from catalog.analysis import Analysis
from catalog.problem import refusal
from catalog.programme import Source
from catalog.words import _
from pipeline.plan.raster import RASTERS
from pipeline.plan.select import LeftOut, Selected
from pipeline.plan.showing import showings
from pipeline.plan.steps import FromStep, Step, digest
from pipeline.plan.targets.data_disc import PlannedIso, data_discs
from pipeline.plan.targets.files import NOTHING, Filed, Stock, filed, steps_of
from pipeline.plan.targets.tracks import Workshop
from pipeline.plan.targets.video_cd import PlannedDisc, video_cds
from recipes.recipe import Recipe
from recipes.targets import DataDisc, SiteDrive, VideoCd

Volume = PlannedDisc | PlannedIso


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one run would do. `edition` is the name of what it makes: the recipe's id and the
    digest of everything that decides its bytes. `goals` are the keys of what is wanted in the end;
    all other steps lead there. A plan that is not `final` makes files whose bytes are not known
    yet: planned once more when they are, it goes on to the discs.
    """

    edition: str
    recipe: Recipe
    discs: tuple[Volume, ...]
    left_out: tuple[LeftOut, ...]
    steps: tuple[Step, ...]
    workshop: Workshop
    goals: tuple[str, ...]
    final: bool = True

    @property
    def seconds(self) -> float:
        """Of programme, on all discs."""
        return sum(disc.seconds for disc in self.discs)

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of what is on the discs, each once."""
        return tuple(dict.fromkeys(one for disc in self.discs for one in disc.programmes))


def plan(
    recipe: Recipe,
    selected: Selected,
    sources: Mapping[str, Source],
    workshop: Workshop,
    analyses: Mapping[str, Analysis] = MappingProxyType({}),
    *,
    stock: Stock = NOTHING,
) -> Plan:
    """Decide everything for what was selected. `sources` and `analyses` are by sha256; a file that
    was not looked through is taken by its header's word. `stock` is what was made already, for
    media that are planned by the bytes of their files. What may not or cannot be used is in
    `left_out`.
    """
    match recipe.target.medium:
        case VideoCd() as medium:
            rate = RASTERS[medium.standard].rate
            chosen = showings(recipe, selected.chosen, sources, analyses, rate)
            discs, steps = video_cds(recipe, medium, chosen, sources, workshop)
            return _of_discs(recipe, discs, selected.left_out, steps, workshop)
        case DataDisc() as medium:
            files = filed(recipe, medium, selected.chosen, sources, analyses, workshop=workshop)
            return _data_discs(recipe, medium, (files, selected.left_out), workshop, stock)
        case SiteDrive():
            raise ValueError("a plan of drives is made in plan/drives.py")
        case _:
            assert_never(recipe.target.medium)


def _of_discs(
    recipe: Recipe,
    discs: Sequence[Volume],
    left_out: tuple[LeftOut, ...],
    steps: tuple[Step, ...],
    workshop: Workshop,
) -> Plan:
    goals = tuple(disc.write for disc in discs)
    name = f"{recipe.id}-{digest((recipe.id, recipe.title, goals))[:10]}"
    return Plan(name, recipe, tuple(discs), left_out, steps, workshop, goals)


def _data_discs(
    recipe: Recipe,
    medium: DataDisc,
    chosen: tuple[Mapping[str, Filed], tuple[LeftOut, ...]],
    workshop: Workshop,
    stock: Stock,
) -> Plan:
    files, left_out = chosen
    discs, writes, too_large = data_discs(
        recipe, medium, tuple(files.values()), stock, workshop.centre
    )
    left_out = (*left_out, *too_large)
    out = {one.programme for one in too_large}
    steps = steps_of(one for id, one in files.items() if id not in out)
    if writes or not discs:
        return _of_discs(recipe, discs, left_out, (*steps, *writes), workshop)
    goals = tuple({origin.key: None for disc in discs for piece in disc.pieces
                   if isinstance(origin := piece.origin, FromStep)})  # fmt: skip
    return Plan(recipe.id, recipe, discs, left_out, steps, workshop, goals, final=False)


def refuse_empty(plan: Plan, file: str) -> None:
    """Raise Refusal where a plan would make nothing at all."""
    if not plan.discs:
        raise refusal(
            file,
            _("no programme of the catalogue may go on this disc"),
            _("see `xiaxiang plan` for what was left out and why"),
            "select",
        )
