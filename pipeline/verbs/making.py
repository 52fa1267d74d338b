"""What verbs that make things share: room on the disk, asked for before, and what steps need."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from catalog.problem import Failure
from catalog.words import _
from pipeline import executors, tools
from pipeline.bars import Bars
from pipeline.bundle.bundle import Piece
from pipeline.plan.pc_file import PcFile
from pipeline.plan.steps import Encode, FromStep, Step, WriteIso, WriteVideoCd, key
from pipeline.screen import size
from pipeline.verbs.ready import Ready
from pipeline.videocd.bounds import RAW
from pipeline.workspace import Workspace, free_bytes

if TYPE_CHECKING:
    from pipeline.make.step import Bench

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


def file_bytes(pieces: Iterable[Piece | PcFile]) -> dict[str, int]:
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


@contextlib.contextmanager
def at_work(ready: Ready) -> Iterator[tuple[Bench, Executor, Bars]]:
    """What steps are made with; whatever ends the work ends every program that is running."""
    from pipeline.make.step import Bench  # noqa: PLC0415 - 300 ms, and often nothing is to do

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
