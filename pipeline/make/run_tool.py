"""Make an Encode step: run ffmpeg on clean names, watch how far it is, count what came out."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from catalog.durable import full_disk
from catalog.problem import Failure
from catalog.words import _
from pipeline import tools
from pipeline.plan.steps import Encode

_TAIL = 512  # bytes of the progress file that hold its last block
# A second, with room: of a Video CD's two streams together; of any file that computers play.
_STREAM_BYTES, _FILE_BYTES = 200_000, 4_000_000
_HARDLY_ANY = 1 << 16  # bytes of free space at which the disk is the cause of any failure


def _limits(seconds: float, outputs: tuple[str, ...]) -> tools.Limits:
    """Generous for any honest file, and an end for one that never ends."""
    whole = any(name.endswith(".mp4") for name in outputs)
    each = _FILE_BYTES if whole else _STREAM_BYTES
    return tools.Limits(
        seconds=600 + 120 * seconds,
        cpu_seconds=int(600 + 120 * seconds),
        memory=6 * tools.GIB,
        file_bytes=int(64_000_000 + each * seconds),
    )


def _seconds_done(progress: Path) -> float:
    with contextlib.suppress(OSError), progress.open("rb") as file:
        file.seek(max(0, progress.stat().st_size - _TAIL))
        times = re.findall(rb"out_time_us=(\d+)", file.read())
        return int(times[-1]) / 1e6 if times else 0.0
    return 0.0


def _disk_is_full(folder: Path, failure: Failure) -> bool:
    full = os.strerror(errno.ENOSPC) in failure.happened
    return full or shutil.disk_usage(folder).free < _HARDLY_ANY


@contextlib.contextmanager
def disk_watched(what: str, folder: Path) -> Iterator[None]:
    """A Failure inside that comes of a full disk says so, not what the program made of it."""
    try:
        yield
    except Failure as failure:
        if _disk_is_full(folder, failure):
            raise full_disk(_("encoding {what}").format(what=what)) from failure
        raise


def run_tool(
    step: Encode,
    program: Path,
    folder: Path,
    stop: tools.Stop,
    progress: Callable[[float], None],
) -> None:
    """Run the program of `step` in `folder`, where `in/` is laid out and `out/` is empty.

    `progress` hears the seconds of programme done so far. Raises Failure when the program fails
    or leaves an output empty.
    """
    log = folder / "log"
    with disk_watched(step.label, folder):
        tools.run(
            [str(program), *step.arguments],
            folder,
            log,
            limits=_limits(step.seconds, step.outputs),
            stop=stop,
            tick=lambda: progress(_seconds_done(folder / "progress")),
        )
    for name in step.outputs:
        made = folder / "out" / name
        if not made.is_file() or not made.stat().st_size:
            raise Failure(
                _("encoding {what}").format(what=step.label),
                _("ffmpeg gave no {name}").format(name=name),
                _("the file may be damaged: play it on a computer, then download it again"),
                str(log),
            )
