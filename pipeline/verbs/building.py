"""The verb that does: build."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from catalog import ledger
from catalog.words import _
from pipeline.cli import DIFFERENT, DONE, FAILED
from pipeline.plan.planning import Plan, Volume, refuse_empty
from pipeline.plan.targets.data_disc import PlannedIso
from pipeline.plan.targets.video_cd import PlannedDisc
from pipeline.run import Outcome, conduct
from pipeline.screen import clock, say, size
from pipeline.standing import outstanding
from pipeline.verbs import drive_planning
from pipeline.verbs.making import at_work, enough_room, file_bytes
from pipeline.verbs.ready import Ready
from pipeline.verbs.telling import say_failures, say_left_out
from pipeline.workspace import alone, enter
from recipes.targets import SiteDrive, VideoCd


def build(root: Path, named: str, as_json: bool) -> int:
    """Make what a recipe asks for, write it into the books, and say where it lies."""
    ready = Ready(enter(root), named)
    if isinstance(medium := ready.recipe.target.medium, SiteDrive):
        return drive_planning.make_ready(ready, medium, as_json)
    plan = ready.discs()
    refuse_empty(plan, str(ready.recipe_file))
    say_left_out(plan.left_out)
    with alone(ready.workspace):
        outcome = _made(ready, plan)
        if not plan.final and not outcome.failures:
            # Only now the bytes of all files are known, and what goes on which disc.
            before, plan = plan, ready.discs()
            say_left_out([one for one in plan.left_out if one not in before.left_out])
            refuse_empty(plan, str(ready.recipe_file))
            outcome = _made(ready, plan)
        if outcome.folder:
            _remember(ready, plan, outcome.folder)
    return _ended(plan, outcome, as_json)


def _made(ready: Ready, plan: Plan) -> Outcome:
    """Make what a plan asks for, with bars."""
    workspace = ready.workspace
    pieces = [p for disc in plan.discs if isinstance(disc, PlannedIso) for p in disc.pieces]
    todo = outstanding(plan, workspace.workroom, workspace.editions)
    enough_room(todo, file_bytes(pieces), workspace)
    with at_work(ready) as (bench, executor, bars):
        return conduct(plan, bench, executor, workspace.editions, bars)


def _remember(ready: Ready, plan: Plan, folder: Path) -> None:
    """Write `made` into the ledger, once an edition; also where a run was killed in between."""
    record = folder / "edition.json"
    with ready.workspace.books.transaction() as connection:
        if any(ledger.read(connection, "made", plan.edition)):
            return
        details = {
            "recipe": plan.recipe.id,
            "title": plan.recipe.title,
            "discs": len(plan.discs),
            "record_sha256": hashlib.sha256(record.read_bytes()).hexdigest(),
        }
        subjects = [plan.edition, *sorted(plan.programmes)]
        ledger.append(connection, datetime.now(UTC), "made", subjects, details)


def _ended(plan: Plan, outcome: Outcome, as_json: bool) -> int:
    say_failures(outcome.failures)
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
        print(_told(plan, outcome, outcome.folder))
    return DONE


def _told(plan: Plan, outcome: Outcome, folder: Path) -> str:
    lines = [""]
    if not outcome.fresh:
        lines.append(_("Nothing to do: it is made already."))
    lines.append(
        _("{title}: {discs} disc(s), {programmes} programmes, {time} in all").format(
            title=plan.recipe.title,
            discs=len(plan.discs),
            programmes=sum(len(disc.listed) for disc in plan.discs),
            time=clock(plan.seconds),
        )
    )
    lines += [_image_line(disc, folder) for disc in plan.discs]
    if outcome.report:
        lines.append(
            _("read back from the disk at {time:%H:%M:%S}: every sector as it should be").format(
                time=datetime.now(UTC).astimezone()
            )
        )
    lines += [
        _("what is on it: {path}").format(path=folder / "edition.json"),
        _looking(plan),
        _("to check it again: xiaxiang verify {folder}").format(folder=folder),
    ]
    return "\n".join(lines)


def _image_line(disc: Volume, folder: Path) -> str:
    """The file that is burnt, and how large the image is."""
    image = folder / (f"{disc.name}.bin" if isinstance(disc, PlannedDisc) else f"{disc.name}.iso")
    burnt = image.with_suffix(".cue") if isinstance(disc, PlannedDisc) else image
    return f"  {burnt}  {size(image.stat().st_size)}"


def _looking(plan: Plan) -> str:
    if isinstance(plan.recipe.target.medium, VideoCd):
        return _(
            "to look at it: mplayer vcd://2 -cdrom-device CUE; to burn it: any burning program"
        )
    return _("to look at it: open the ISO and 开始.html in it; to burn it: any burning program")
