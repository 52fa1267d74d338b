"""Picks the stretches of a programme in which its fields are looked at, and sums them up."""

from __future__ import annotations

import contextlib
from typing import Any

import av

from catalog.analysis import FieldOrder
from pipeline.analysis.fields import Kind, kind, order, thinned
from pipeline.analysis.look import Gray, Look
from pipeline.analysis.marks import Mark, Marks

_STRETCHES, _PICTURES = 12, 40
_MOST_STRETCHES = 60
_APART = 60.0  # seconds, where nobody knows how long the programme is
_SOON = 5.0  # seconds until the next stretch where nothing moved in this one
_ENOUGH = 8  # pictures that tell something
_SMALL = 400  # lines: pictures of fewer are hardly ever woven
_AGREE = 0.9


class Weave:
    """Takes all pictures in order, looks at some, and tells how the programme is woven."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._apart = seconds / _STRETCHES if seconds > 0 else _APART
        self._next = 0.0
        self._before: Gray | None = None
        self._stretches: list[list[Kind]] = []
        self._now: list[Kind] | None = None
        self._marks = Marks()
        self._counted: dict[Mark, int] = {"progressive": 0, "top": 0, "bottom": 0}

    def take(self, time: float, look: Look) -> None:
        """Look at the next picture, if it lies in a stretch that is looked at."""
        woven = bool(look.frame.interlaced_frame)
        if self._now is None:
            if time < self._next or len(self._stretches) >= _MOST_STRETCHES:
                return
            if look.height <= _SMALL and not woven:
                self._counted["progressive"] += 1
                return
            self._now, self._before = [], None
        self._mark(look.frame)
        fields = thinned(look.luma)
        if self._before is not None:
            self._now.append(kind(self._before, fields))
        self._before = fields
        if len(self._now) >= _PICTURES:
            self._end(time, self._now)

    def _mark(self, frame: Any) -> None:
        with contextlib.suppress(av.FFmpegError, ValueError):
            self._counted[self._marks.of(frame)] += 1

    def _end(self, time: float, looked: list[Kind]) -> None:
        told = sum(one != "-" for one in looked)
        self._stretches.append(looked)
        self._now, self._before = None, None
        self._next = time + (self._apart if told >= _ENOUGH else min(_SOON, self._apart))

    def told(self, slow: bool) -> tuple[FieldOrder, bool]:
        """The order that the pictures show, and whether their marks agree with it. Pictures that
        come too `slow` for television are not woven: their combs are drawn.
        """
        stretches = [*self._stretches, *([self._now] if self._now else [])]
        seen: FieldOrder = "progressive" if slow else order(stretches)
        every = sum(self._counted.values())
        if seen == "film":
            return seen, False
        return seen, self._counted[seen] >= _AGREE * every
