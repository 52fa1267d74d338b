"""The verbs that ask before anything is touched: schema, plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, assert_never

from catalog.words import _
from pipeline.cli import DONE
from pipeline.plan.left_out import tell
from pipeline.plan.planning import Plan, Volume
from pipeline.plan.steps import Encode, Step
from pipeline.plan.targets.data_disc import PlannedIso
from pipeline.plan.targets.video_cd import PlannedDisc
from pipeline.plan.treatment import Reason
from pipeline.plan.treatment_words import tell as told
from pipeline.screen import clock, size, table
from pipeline.standing import outstanding, standing
from pipeline.verbs import drive_planning
from pipeline.verbs.ready import Ready
from pipeline.verbs.telling import left_out_lines, minutes_of, mute_line
from pipeline.workspace import Workspace, enter
from recipes.recipe import schema as recipe_schema
from recipes.targets import SiteDrive


def schema() -> int:
    """Print the JSON Schema of a recipe."""
    print(json.dumps(recipe_schema(), ensure_ascii=False, indent=2))
    return DONE


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
    mute = [mute_line(disc.mute)] if disc.mute else []
    return "\n".join([head, listed, *treated, *(cut if disc.shortened else []), *mute, ""])


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
    ready = Ready(enter(root), named)
    if isinstance(medium := ready.recipe.target.medium, SiteDrive):
        return drive_planning.show(ready, medium, as_json)
    plan, room = ready.discs(), ready.workspace.workroom
    todo = outstanding(plan, room, ready.workspace.editions)
    minutes = minutes_of(todo)
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
