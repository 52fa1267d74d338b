"""Make a WebVtt step: subtitles of a source or a file beside it, for players and pages."""

from __future__ import annotations

from pathlib import Path

from pipeline import tools
from pipeline.captions.webvtt import webvtt
from pipeline.make.write_captions import cues_of
from pipeline.plan.steps import WebVtt


def write_webvtt(step: WebVtt, program: Path, folder: Path, stop: tools.Stop) -> None:
    """Write `folder`/out/captions.vtt from the file that is laid out in `folder`/in.

    Raises Failure where the subtitles cannot be read or hold none; Stopped where the run was told
    to stop.
    """
    cues = cues_of(step, program, folder, stop)
    if stop.asked:
        raise tools.Stopped
    (folder / "out" / step.name).write_bytes(webvtt(cues))
