"""The verbs that ask and do: schema, plan, build."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from catalog import ledger, records
from catalog.problem import Failure
from catalog.programme import Source
from catalog.words import _
from pipeline import executors, lettering, tools
from pipeline.cli import DIFFERENT, DONE, FAILED
from pipeline.make.step import Bench
from pipeline.plan.planning import Plan, refuse_empty
from pipeline.plan.planning import plan as planned
from pipeline.plan.select import tell
from pipeline.plan.steps import Encode, Step, WriteVideoCd
from pipeline.plan.targets.video_cd import PlannedDisc, Workshop
from pipeline.run import Outcome, conduct, outstanding, standing
from pipeline.screen import Bars, clock, say, size, table
from pipeline.workspace import Workspace, alone, enter, free_bytes
from recipes.recipe import read
from recipes.recipe import schema as recipe_schema

SECTOR = 2352
# Processor seconds for a second of programme, measured on SD and HD sources: for the estimate.
_EFFORT = {"fast": 0.09, "best": 0.20}


def schema() -> int:
    """Print the JSON Schema of a recipe."""
    print(json.dumps(recipe_schema(), ensure_ascii=False, indent=2))
    return DONE


class _Ready:
    """A workspace with a recipe read, its plan made, and the tools found."""

    def __init__(self, root: Path, named: str) -> None:
        self.workspace: Workspace = enter(root)
        self.file = self.workspace.recipe(named)
        self.program = tools.ffmpeg(self.workspace.settings.ffmpeg)
        self.workshop = Workshop(tools.version(self.program), lettering.font_name())
        with self.workspace.books.reading() as connection:
            programmes = records.programmes(connection)
            self.sources = {source.sha256: source for source in records.sources(connection)}
        recipe = read(self.file, {programme.id for programme in programmes})
        today = datetime.now(UTC).astimezone().date()
        self.plan: Plan = planned(recipe, programmes, self.sources, today, self.workshop)

    def source(self, sha256: str) -> tuple[Source, Path]:
        source = self.sources[sha256]
        return source, self.workspace.root / source.path


def _effort(todo: list[Step], plan: Plan) -> float:
    """Minutes that the encoding still to do will take here, about."""
    seconds = sum(step.seconds for step in todo if isinstance(step, Encode))
    return seconds * _EFFORT[plan.recipe.target.medium.quality] / executors.cores() / 60


def _disc_lines(disc: PlannedDisc) -> str:
    rows = [
        (number, track.part.programme, track.name, clock(track.seconds))
        for number, track in enumerate(disc.tracks, start=1)
    ]
    seconds = sum(track.seconds for track in disc.tracks)
    head = _("disc {number}: {tracks} tracks, {minutes}, {free} free").format(
        number=disc.number,
        tracks=len(disc.tracks),
        minutes=clock(seconds),
        free=clock(disc.free / 75),
    )
    return f"{head}\n{table((_('no.'), _('id'), _('title'), _('time')), rows)}\n"


def _plan_json(plan: Plan, todo: list[Step], minutes: float) -> str:
    said = {
        "edition": plan.edition,
        "recipe": plan.recipe.model_dump(mode="json", by_alias=True, exclude_none=True),
        "seconds": plan.seconds,
        "discs": [asdict(disc) for disc in plan.discs],
        "left_out": [asdict(one) | {"told": tell(one)} for one in plan.left_out],
        "to_do": [step.label for step in todo],
        "minutes_of_work": round(minutes, 1),
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)


def plan(root: Path, named: str, as_json: bool) -> int:
    """Show what a recipe would make. Nothing is touched."""
    ready = _Ready(root, named)
    plan, room = ready.plan, ready.workspace.workroom
    todo = outstanding(plan, room, ready.workspace.editions)
    minutes = _effort(todo, plan)
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
        for one in plan.left_out:
            print(f"  {tell(one)}")
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
        size=size(sum(disc.sectors for disc in plan.discs) * SECTOR),
    )


def _bytes_needed(todo: list[Step]) -> int:
    """What the disk must take: images, and the streams they are made from."""
    images = sum(step.sectors * SECTOR for step in todo if isinstance(step, WriteVideoCd))
    streams = sum(step.seconds for step in todo if isinstance(step, Encode)) * 174_300
    return int(images + streams)


def _enough_room(todo: list[Step], workspace: Workspace) -> None:
    """Raise Failure where the disk cannot take what is to be made: told before, not after hours."""
    needed, free = _bytes_needed(todo), free_bytes(workspace.root)
    if needed > free:
        raise Failure(
            _("building in {root}").format(root=workspace.root),
            _("the disk has {free} free, {needed} are needed").format(
                free=size(free), needed=size(needed)
            ),
            _("free some space, or build fewer programmes at once"),
        )


def build(root: Path, named: str, as_json: bool) -> int:
    """Make what a recipe asks for, write it into the books, and say where it lies."""
    ready = _Ready(root, named)
    refuse_empty(ready.plan, str(ready.file))
    workspace, bars = ready.workspace, Bars()
    for one in ready.plan.left_out:
        say(_("left out: {what}").format(what=tell(one)))
    with alone(workspace):
        _enough_room(outstanding(ready.plan, workspace.workroom, workspace.editions), workspace)
        bench = Bench(
            workspace.workroom, ready.program, ready.source, tools.Stop(), workspace.root / "logs"
        )
        with executors.here(workspace.settings.workers) as executor:
            try:
                outcome = conduct(ready.plan, bench, executor, workspace.editions, bars)
            except BaseException:
                bench.stop.ask()
                raise
            finally:
                bars.close()
        if outcome.folder:
            _remember(ready, outcome.folder)
    return _ended(ready, outcome, as_json)


def _remember(ready: _Ready, folder: Path) -> None:
    """Write `made` into the ledger, once an edition; also where a run was killed in between."""
    record = folder / "edition.json"
    programmes = {track.part.programme for disc in ready.plan.discs for track in disc.tracks}
    with ready.workspace.books.transaction() as connection:
        if any(ledger.read(connection, "made", ready.plan.edition)):
            return
        details = {
            "recipe": ready.plan.recipe.id,
            "title": ready.plan.recipe.title,
            "discs": len(ready.plan.discs),
            "record_sha256": hashlib.sha256(record.read_bytes()).hexdigest(),
        }
        subjects = [ready.plan.edition, *sorted(programmes)]
        ledger.append(connection, datetime.now(UTC), "made", subjects, details)


def _ended(ready: _Ready, outcome: Outcome, as_json: bool) -> int:
    for step, failure in outcome.failures:
        say(_("failed: {what}: {failure}").format(what=step.label, failure=failure))
    if outcome.failures:
        say(_("The other programmes are kept; the same command tries these again."))
        return FAILED
    if outcome.folder is None:
        for finding in outcome.report.findings if outcome.report else ():
            say(str(finding))
        say(_("Read back, the discs are not what they should be; nothing was kept."))
        return DIFFERENT
    if as_json:
        print((outcome.folder / "edition.json").read_text("utf-8"))
    else:
        print(_told(ready.plan, outcome, outcome.folder))
    return DONE


def _told(plan: Plan, outcome: Outcome, folder: Path) -> str:
    lines = [""]
    if not outcome.fresh:
        lines.append(_("Nothing to do: it is made already."))
    lines.append(
        _("{title}: {discs} disc(s), {programmes} programmes, {time} in all").format(
            title=plan.recipe.title,
            discs=len(plan.discs),
            programmes=sum(len(disc.tracks) for disc in plan.discs),
            time=clock(plan.seconds),
        )
    )
    for disc in plan.discs:
        image = folder / f"{disc.name}.bin"
        lines.append(f"  {image.with_suffix('.cue')}  {size(image.stat().st_size)}")
    if outcome.report:
        lines.append(
            _("read back from the disk at {time:%H:%M:%S}: every sector as it should be").format(
                time=datetime.now(UTC).astimezone()
            )
        )
    lines += [
        _("what is on it: {path}").format(path=folder / "edition.json"),
        _("to look at it: mplayer vcd://2 -cdrom-device CUE; to burn it: any burning program"),
        _("to check it again: xiaxiang verify {folder}").format(folder=folder),
    ]
    return "\n".join(lines)
