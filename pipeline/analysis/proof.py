"""Tries whether decoding can begin at a cut: the pictures must be those seen on the way through.

It begins to read where the encoder of a chunk will (PREROLL before the cut), so that what is proven
is what will be done.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import av

from pipeline.analysis.cuts import SHOWN, Candidate
from pipeline.analysis.look import Look
from pipeline.plan.chunks import PREROLL

_SHARE = 0.15  # of the programme's pictures may be decoded again for all tries
_LEAST = 600  # pictures that may be decoded in any case
_REACH = 1_500  # pictures before a cut at the most
# How far before the place asked for ffmpeg seeks where pictures are stored in another order than
# they are shown in: the same here, so that what is proven is what ffmpeg will do.
_REORDER_MICROSECONDS = 3 * 1_000_000 // 23
_EXACT = 0.002  # seconds; containers count in milliseconds at the coarsest


def proven(
    container: Any, index: int, origin: float, candidates: list[Candidate], pictures: int
) -> list[float]:
    """Those of `candidates` from which decoding gives the same pictures at the same times.

    `container` is opened for this; `origin` is its start in seconds; `pictures` how many the
    programme has, of which a small share may be decoded again.
    """
    left = max(_LEAST, int(_SHARE * pictures))
    stream = container.streams[index]
    held: list[float] = []
    for one in _spread(candidates):
        if left <= 0:
            break
        came, used = _from(container, stream, origin, one)
        left -= used
        if came == one.digests:
            held.append(one.time)
    return sorted(round(time, 6) for time in held)


def _spread(candidates: list[Candidate]) -> Iterator[Candidate]:
    """All of them, so that the first few lie far apart: there may be no time to try them all."""
    for step, first in ((4, 0), (4, 2), (2, 1)):
        yield from candidates[first::step]


def _from(container: Any, stream: Any, origin: float, cut: Candidate) -> tuple[list[int], int]:
    """The digests of the pictures from a cut on, and how many pictures were decoded to get them."""
    digests: list[int] = []
    used = 0
    with contextlib.suppress(av.FFmpegError, ValueError):
        back = _REORDER_MICROSECONDS if stream.codec_context.has_b_frames else 0
        container.seek(max(0, round((max(0.0, cut.time - PREROLL) + origin) * 1e6) - back))
        for frame in container.decode(stream):
            used += 1
            time = None if frame.time is None else frame.time - origin
            if time is None or used > _REACH:
                break
            if not digests and time > cut.time + _EXACT:
                break  # it began too late
            if time >= cut.time - _EXACT:
                digests.append(Look(frame).digest)
            if len(digests) == SHOWN:
                break
    return digests, used
