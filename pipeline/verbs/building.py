"""The verb that does: build."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

from catalog import ledger
from catalog.problem import Failure
from catalog.words import _
from pipeline import executors, tools
from pipeline.bars import Bars
from pipeline.bundle.bundle import Piece
from pipeline.cli import DIFFERENT, DONE, FAILED
from pipeline.make.step import Bench
from pipeline.plan.planning import Plan, Volume, refuse_empty
from pipeline.plan.steps import Encode, FromStep, Step, WriteIso, WriteVideoCd, key
from pipeline.plan.targets.data_disc import PlannedIso
from pipeline.plan.targets.video_cd import PlannedDisc
from pipeline.run import Outcome, conduct
from pipeline.screen import clock, say, size
from pipeline.standing import outstanding
from pipeline.verbs.asking import Ready, left_out_lines
from pipeline.videocd.bounds import RAW
from pipeline.workspace import Workspace, alone, free_bytes
from recipes.targets import VideoCd

_STREAMS = 174_300  # bytes of a second of a Video CD's picture and sound


def bytes_needed(todo: Sequence[Step], files: Mapping[str, int]) -> int:
    """What the disk must take for these steps: images, and what they are made from. `files` are
    the bytes of those that have a bound of their own, by the key of their step.
    """
    return sum(files[key(step)] if key(step) in files else _bytes_of(step) for step in todo)


def _bytes_of(step: Step) -> int:
    match step:
        case WriteVideoCd():
            return step.sectors * RAW
        case WriteIso():
            return step.bytes
        case Encode():
            return round(step.seconds * _STREAMS)
        case _:
            return 0


def file_bytes(pieces: Iterable[Piece]) -> dict[str, int]:
    """The most that the files of a medium take, by the step that makes them."""
    return {p.origin.key: p.bytes for p in pieces if isinstance(p.origin, FromStep)}


def enough_room(todo: Sequence[Step], files: Mapping[str, int], workspace: Workspace) -> None:
    """Raise Failure where the disk cannot take what is to be made: told before, not after hours."""
    needed, free = bytes_needed(todo, files), free_bytes(workspace.root)
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
    for line in left_out_lines(ready.plan.left_out):
        say(_("left out: {what}").format(what=line))
    with alone(ready.workspace):
        outcome = _made(ready)
        if not ready.plan.final and not outcome.failures:
            # Only now the bytes of all files are known, and what goes on which disc.
            ready.plan_again()
            outcome = _made(ready)
        if outcome.folder:
            _remember(ready, outcome.folder)
    return _ended(ready, outcome, as_json)


def _made(ready: Ready) -> Outcome:
    """Make what a plan asks for, with bars."""
    workspace, plan = ready.workspace, ready.plan
    pieces = [p for disc in plan.discs if isinstance(disc, PlannedIso) for p in disc.pieces]
    todo = outstanding(plan, workspace.workroom, workspace.editions)
    enough_room(todo, file_bytes(pieces), workspace)
    with at_work(ready) as (bench, executor, bars):
        return conduct(plan, bench, executor, workspace.editions, bars)


@contextlib.contextmanager
def at_work(ready: Ready) -> Iterator[tuple[Bench, Executor, Bars]]:
    """What steps are made with; whatever ends the work ends every program that is running."""
    workspace = ready.workspace
    bars = Bars(workspace.settings.workers)
    logs = workspace.root / "logs"
    bench = Bench(workspace.workroom, ready.program, ready.file, tools.Stop(), logs)
    with executors.here(workspace.settings.workers) as executor:
        try:
            yield bench, executor, bars
        except BaseException:
            bench.stop.ask()
            raise
        finally:
            bars.close()


def _remember(ready: Ready, folder: Path) -> None:
    """Write `made` into the ledger, once an edition; also where a run was killed in between."""
    record = folder / "edition.json"
    with ready.workspace.books.transaction() as connection:
        if any(ledger.read(connection, "made", ready.plan.edition)):
            return
        details = {
            "recipe": ready.plan.recipe.id,
            "title": ready.plan.recipe.title,
            "discs": len(ready.plan.discs),
            "record_sha256": hashlib.sha256(record.read_bytes()).hexdigest(),
        }
        subjects = [ready.plan.edition, *sorted(ready.plan.programmes)]
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
