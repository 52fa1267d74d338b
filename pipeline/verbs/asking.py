"""The verbs that ask before anything is touched: schema, plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, assert_never

from catalog import records
from catalog.analysis import Analysis
from catalog.needs.wanted import asked_for
from catalog.programme import Programme, Sidecar, Source
from catalog.words import _
from pipeline import executors, tools
from pipeline.cli import DONE
from pipeline.looking import look_through
from pipeline.plan.effort import effort
from pipeline.plan.left_out import LeftOut, tell
from pipeline.plan.planning import Plan, Volume
from pipeline.plan.planning import plan as planned
from pipeline.plan.select import DAMAGE_ALLOWED, Selected, select
from pipeline.plan.steps import Encode, Step
from pipeline.plan.targets.data_disc import PlannedIso
from pipeline.plan.targets.files import NOTHING, Stock
from pipeline.plan.targets.tracks import Workshop
from pipeline.plan.targets.video_cd import PlannedDisc
from pipeline.plan.treatment import Reason
from pipeline.plan.treatment_words import tell as told
from pipeline.screen import clock, size, table
from pipeline.standing import outstanding, standing, stock
from pipeline.typeface import font_name
from pipeline.workspace import Workspace, enter
from recipes.recipe import Recipe, read
from recipes.recipe import schema as recipe_schema

_MANY = 12  # lines of one reason that a person still reads


def schema() -> int:
    """Print the JSON Schema of a recipe."""
    print(json.dumps(recipe_schema(), ensure_ascii=False, indent=2))
    return DONE


class Ready:
    """A workspace with a recipe read, its plan made, and the tools found."""

    def __init__(self, root: Path, named: str) -> None:
        self.workspace: Workspace = enter(root)
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
        self.plan = self.planned(NOTHING)
        if not self.plan.final:
            self.plan_again()
        self.files: dict[str, Source | Sidecar] = {**self.sources}
        self.files |= {s.sha256: s for one in self.sources.values() for s in one.sidecars}

    def _selected(
        self, recipe: Recipe, programmes: Sequence[Programme]
    ) -> tuple[Selected, dict[str, Analysis]]:
        """What the recipe chooses, looked through: where a damaged programme stays away, another
        may come in its place, which is looked through then.
        """
        today = datetime.now(UTC).astimezone().date()
        analyses: dict[str, Analysis] = {}
        seen: set[str] = set()
        while True:
            selected = select(
                recipe, programmes, self.sources, today, analyses, asked_for=self.asked_for
            )
            wanted = {e.sha256 for one in selected.chosen for e in one.episodes} - seen
            found = look_through(self.workspace, [self.sources[one] for one in sorted(wanted)])
            analyses |= found
            seen |= wanted
            if all(one.lost <= DAMAGE_ALLOWED for one in found.values()):
                return selected, analyses

    def planned(self, stock: Stock) -> Plan:
        """The plan, given what is made already."""
        return planned(
            self.recipe, self.selected, self.sources, self.workshop, self.analyses, stock=stock
        )

    def plan_again(self) -> None:
        """Plan once more by what was made since."""
        self.plan = self.planned(stock(self.plan.steps, self.workspace.workroom))

    def file(self, sha256: str) -> tuple[int, Path]:
        """How many bytes a file of the library has, and where it lies."""
        file = self.files[sha256]
        return file.bytes, self.workspace.root / file.path


def _minutes(todo: Sequence[Step]) -> float:
    """Minutes that the work still to do will take here, about."""
    return sum(map(effort, todo)) / executors.cores() / 60


def _disc_lines(disc: Volume) -> str:
    match disc:
        case PlannedDisc():
            return _video_cd_lines(disc)
        case PlannedIso():
            return _data_disc_lines(disc)
        case _:
            assert_never(disc)


def _video_cd_lines(disc: PlannedDisc) -> str:
    rows = [
        (number, track.part.programme, track.name, clock(track.seconds))
        for number, track in enumerate(disc.tracks, start=1)
    ]
    head = _("disc {number}: {tracks} tracks, {minutes}, {free} free").format(
        number=disc.number,
        tracks=len(disc.tracks),
        minutes=clock(disc.seconds),
        free=clock(disc.free / 75),
    )
    listed = table((_("no."), _("id"), _("title"), _("time")), rows)
    return "\n".join([head, listed, *_treated([track.reasons for track in disc.tracks]), ""])


def _data_disc_lines(disc: PlannedIso) -> str:
    rows = [
        (number, one.programme, one.name, clock(one.seconds), size(one.bytes))
        for number, one in enumerate(disc.files, start=1)
    ]
    head = _("disc {number}: {programmes} programmes, {size}, {free} free").format(
        number=disc.number, programmes=len(rows), size=size(disc.bytes), free=size(disc.free)
    )
    if not disc.write:
        head += _(" (at most; files that are not made yet are counted as large as they can be)")
    listed = table((_("no."), _("id"), _("title"), _("time"), _("size")), rows)
    cut = [_("names shortened for some systems: {names}").format(names="、".join(disc.shortened))]
    treated = _treated([one.reasons for one in disc.files])
    return "\n".join([head, listed, *treated, *(cut if disc.shortened else []), ""])


def _treated(tracks: Sequence[Sequence[Reason]]) -> Iterator[str]:
    """What is done to the tracks of a disc, those alike together."""
    alike: dict[str, list[int]] = {}
    for number, reasons in enumerate(tracks, start=1):
        if said := "；".join(dict.fromkeys(map(told, reasons))):
            alike.setdefault(said, []).append(number)
    if alike:
        yield _("Picture and sound:")
    for said, numbers in alike.items():
        yield f"  {','.join(map(str, numbers))}: {said}"


def _disc_json(disc: Volume) -> dict[str, Any]:
    listed, held = (
        ("tracks", disc.tracks) if isinstance(disc, PlannedDisc) else ("files", disc.files)
    )
    treated = [asdict(one) | {"treatment": [*map(told, one.reasons)]} for one in held]
    return asdict(disc) | {listed: treated}


def left_out_lines(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """What was left out, a line each; where one reason has very many, the first and how many."""
    for _reason, group in groupby(sorted(left_out, key=_reason_of), key=_reason_of):
        same = list(group)
        shown = same if len(same) <= _MANY else same[: _MANY // 2]
        yield from map(tell, shown)
        if rest := len(same) - len(shown):
            yield _("and {count} more for the same reason (all of them: --json)").format(count=rest)


def _reason_of(one: LeftOut) -> str:
    return one.reason


def _plan_json(plan: Plan, todo: list[Step], minutes: float) -> str:
    said = {
        "edition": plan.edition,
        "recipe": plan.recipe.model_dump(mode="json", by_alias=True, exclude_none=True),
        "seconds": plan.seconds,
        "discs": [_disc_json(disc) for disc in plan.discs],
        "left_out": [asdict(one) | {"told": tell(one)} for one in plan.left_out],
        "to_do": [{"step": type(step).__name__, "label": step.label} for step in todo],
        "minutes_of_work": round(minutes, 1),
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)


def plan(root: Path, named: str, as_json: bool) -> int:
    """Show what a recipe would make. Nothing is touched."""
    ready = Ready(root, named)
    plan, room = ready.plan, ready.workspace.workroom
    todo = outstanding(plan, room, ready.workspace.editions)
    minutes = _minutes(todo)
    if as_json:
        print(_plan_json(plan, todo, minutes))
        return DONE
    print(
        _("{title}: {discs} disc(s), {copies} copies of each").format(
            title=plan.recipe.title, discs=len(plan.discs), copies=plan.recipe.copies
        )
        + "\n"
    )
    for disc in plan.discs:
        print(_disc_lines(disc))
    if plan.left_out:
        print(_("Left out:"))
        for line in left_out_lines(plan.left_out):
            print(f"  {line}")
        print()
    print(_work_line(plan, todo, minutes, ready.workspace))
    return DONE


def _work_line(plan: Plan, todo: list[Step], minutes: float, workspace: Workspace) -> str:
    if folder := standing(plan, workspace.editions):
        return _("Nothing to do: it is made already, in {folder}").format(folder=folder)
    encodings = sum(isinstance(step, Encode) for step in todo)
    return _(
        "To do: {encodings} encodings (about {minutes:.0f} minutes here), "
        "{discs} image(s) of {size}"
    ).format(
        encodings=encodings,
        minutes=max(1, minutes),
        discs=len(plan.discs),
        size=size(sum(disc.image_bytes for disc in plan.discs)),
    )
