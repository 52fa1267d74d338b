"""What every verb that goes by a recipe begins with: the recipe read, what it chooses looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from catalog import records
from catalog.analysis import Analysis
from catalog.needs.wanted import asked_for
from catalog.programme import Programme, Sidecar, Source
from pipeline import tools
from pipeline.looking import look_through
from pipeline.plan.drives import DrivesPlan, drives_plan
from pipeline.plan.planning import Plan
from pipeline.plan.planning import plan as planned
from pipeline.plan.select import DAMAGE_ALLOWED, Selected, select
from pipeline.plan.targets.files import NOTHING, Stock
from pipeline.plan.targets.tracks import Workshop
from pipeline.standing import stock
from pipeline.typeface import font_name
from pipeline.workspace import Workspace
from recipes.recipe import Recipe, read
from recipes.targets import SiteDrive


def today() -> date:
    """The day it is here."""
    return datetime.now(UTC).astimezone().date()


class Ready:
    """A workspace with a recipe read, what it chooses looked through, and the tools found."""

    def __init__(self, workspace: Workspace, named: str) -> None:
        self.workspace = workspace
        self.recipe_file = self.workspace.recipe(named)
        self.program = tools.ffmpeg(self.workspace.settings.ffmpeg)
        self.workshop = Workshop(
            tools.version(self.program), font_name(), self.workspace.settings.centre
        )
        with self.workspace.books.reading() as connection:
            programmes = records.programmes(connection)
            self.asked_for = asked_for(connection)
            self.sources = {source.sha256: source for source in records.sources(connection)}
        recipe = read(self.recipe_file, {programme.id for programme in programmes})
        self.recipe = recipe
        self.selected, self.analyses = self._selected(recipe, programmes)
        self.files: dict[str, Source | Sidecar] = {**self.sources}
        self.files |= {s.sha256: s for one in self.sources.values() for s in one.sidecars}

    def _selected(
        self, recipe: Recipe, programmes: Sequence[Programme]
    ) -> tuple[Selected, dict[str, Analysis]]:
        """What the recipe chooses, looked through: where a damaged programme stays away, another
        may come in its place, which is looked through then.
        """
        analyses: dict[str, Analysis] = {}
        seen: set[str] = set()
        while True:
            selected = select(
                recipe, programmes, self.sources, today(), analyses, asked_for=self.asked_for
            )
            wanted = {e.sha256 for one in selected.chosen for e in one.episodes} - seen
            found = look_through(self.workspace, [self.sources[one] for one in sorted(wanted)])
            analyses |= found
            seen |= wanted
            if all(one.lost <= DAMAGE_ALLOWED for one in found.values()):
                return selected, analyses

    def discs(self) -> Plan:
        """The plan of discs, by what is made by now."""
        plan = self._discs(NOTHING)
        return plan if plan.final else self._discs(stock(plan.steps, self.workspace.workroom))

    def _discs(self, stock: Stock) -> Plan:
        return planned(
            self.recipe, self.selected, self.sources, self.workshop, self.analyses, stock=stock
        )

    def drives(self, medium: SiteDrive) -> DrivesPlan:
        """The plan of the drives."""
        return drives_plan(
            self.recipe, medium, self.selected, self.sources, self.analyses, workshop=self.workshop
        )

    def file(self, sha256: str) -> tuple[int, Path]:
        """How many bytes a file of the library has, and where it lies."""
        file = self.files[sha256]
        return file.bytes, self.workspace.root / file.path
