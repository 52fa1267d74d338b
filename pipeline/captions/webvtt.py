"""Cues -> the bytes of one plain WebVTT file: UTF-8, times and text, nothing a browser obeys."""

from __future__ import annotations

import html
from collections.abc import Iterable
from fractions import Fraction

from pipeline.captions.cue import Cue
from pipeline.captions.timeline import timeline


def webvtt(cues: Iterable[Cue]) -> bytes:
    """The WebVTT file of these cues: equal cues, equal bytes."""
    shown = sorted(timeline(cues, Fraction(1)), key=lambda one: (one.begin, one.top, one.end))
    said = (f"{_clock(one.begin)} --> {_clock(one.end)}\n{_text(one.text)}\n" for one in shown)
    return "\n".join(["WEBVTT\n", *said]).encode()


def _text(text: str) -> str:
    # The dash of burnt-in letters is one sign, which many faces of old PCs do not have.
    return html.escape(text.replace("⸺", "——"), quote=False)


def _clock(milliseconds: int) -> str:
    seconds, part = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{part:03}"
