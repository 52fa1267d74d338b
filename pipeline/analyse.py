"""Looking through a whole file once: its Analysis, found in a child process with limits."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.analysis import Analysis
from catalog.analysis_json import analysis
from catalog.problem import Failure
from catalog.programme import Source
from catalog.words import _
from pipeline import tools

ANALYSER = "analysis 3"  # another name, and what an older one found is looked for anew

# Looking takes less than the programme lasts, on anything; ten times as much is a hanging decoder.
_SECONDS_EACH, _SECONDS_MORE = 10.0, 300.0
_MEMORY, _FILE_BYTES = 4 * tools.GIB, 1 << 26
_MAX_ANSWER = 1 << 24


def analyse(
    path: Path,
    source: Source,
    stop: tools.Stop = tools.NEVER,
    progress: Callable[[float], None] = lambda seconds: None,
) -> Analysis:
    """Decode the whole file at `path`, which holds `source`, and tell what is in it. `progress` is
    told some times a second how many seconds of the programme are done.

    Raises Failure, with a sentence for a librarian, where nothing in it can be decoded; Stopped
    when `stop` is asked for.
    """
    with tempfile.TemporaryDirectory(prefix="xiaxiang-") as folder:
        said = _child(path, Path(folder), source.seconds, stop, progress)
    if "error" in said:
        raise _failed(path, _("no player could open it ({reason})").format(reason=said["error"]))
    try:
        found = analysis({**said, "sha256": source.sha256, "analyser": ANALYSER})
    except ValueError as error:
        raise _failed(
            path, _("its analysis makes no sense: {reason}").format(reason=error)
        ) from error
    if found.picture is None and not found.sounds:
        raise _failed(path, _("neither picture nor sound could be decoded"))
    return found


def _child(
    path: Path,
    folder: Path,
    seconds: float,
    stop: tools.Stop,
    progress: Callable[[float], None],
) -> dict[str, Any]:
    # A clean name in a folder of its own: the file's own may hold bytes that no library takes.
    suffix = path.suffix.lower()
    link = folder / f"source{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}"
    link.symlink_to(path.absolute())
    answer, done = folder / "answer.json", folder / "done"
    command = [sys.executable, "-m", "pipeline.analysis", *map(str, (link, answer, done))]
    allowed = _SECONDS_MORE + _SECONDS_EACH * seconds
    limits = tools.Limits(allowed, int(2 * allowed), _MEMORY, _FILE_BYTES)

    def tick() -> None:
        with contextlib.suppress(OSError, ValueError):
            progress(float(done.read_text("ascii")))

    try:
        tools.run(command, Path.cwd(), folder / "log", limits=limits, stop=stop, tick=tick)
        if answer.stat().st_size > _MAX_ANSWER:
            raise ValueError(f"{answer.stat().st_size} bytes of answer")
        said = json.loads(answer.read_text("utf-8"))
    except (Failure, OSError, ValueError) as error:
        happened = error.happened if isinstance(error, Failure) else str(error)
        raise _failed(path, _("reading it broke off: {reason}").format(reason=happened)) from error
    return said if isinstance(said, dict) else {"error": "no answer"}


def _failed(path: Path, happened: str) -> Failure:
    return Failure(
        str(path),
        happened,
        _("the file is damaged in a way players do not survive: download it again"),
    )
