"""The verb that does: build."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from catalog import ledger
from catalog.problem import Failure
from catalog.words import _
from pipeline import executors, tools
from pipeline.bars import Bars
from pipeline.cli import DIFFERENT, DONE, FAILED
from pipeline.make.step import Bench
from pipeline.plan.planning import Plan, refuse_empty
from pipeline.plan.steps import Encode, Step, WriteVideoCd
from pipeline.run import Outcome, conduct
from pipeline.screen import clock, say, size
from pipeline.standing import outstanding
from pipeline.verbs.asking import Ready, left_out_lines
from pipeline.videocd.bounds import RAW
from pipeline.workspace import Workspace, alone, free_bytes


def _bytes_needed(todo: list[Step]) -> int:
    """What the disk must take: images, and the streams they are made from."""
    images = sum(step.sectors * RAW for step in todo if isinstance(step, WriteVideoCd))
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
    ready = Ready(root, named)
    refuse_empty(ready.plan, str(ready.recipe_file))
    workspace = ready.workspace
    bars = Bars(workspace.settings.workers)
    for line in left_out_lines(ready.plan.left_out):
        say(_("left out: {what}").format(what=line))
    with alone(workspace):
        _enough_room(outstanding(ready.plan, workspace.workroom, workspace.editions), workspace)
        bench = Bench(
            workspace.workroom, ready.program, ready.file, tools.Stop(), workspace.root / "logs"
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


def _remember(ready: Ready, folder: Path) -> None:
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


def _ended(ready: Ready, outcome: Outcome, as_json: bool) -> int:
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
