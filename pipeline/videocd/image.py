"""The image of a disc, block by block from its first sector to its last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.videocd.filing import front_sectors
from pipeline.videocd.layout import FRONT_MARGIN, GAP, REAR_MARGIN, Layout, Placed
from pipeline.videocd.sectors import EOF, FORM_2, REAL_TIME, Block
from pipeline.videocd.weave import blank_run, ring, weave

KEPT: Final = 3
"""A block keeps its bytes while so many further blocks are asked for."""


def image(layout: Layout) -> Iterator[Block]:
    """Whole sectors from LSN 0 on, at most 300 a block. The blocks are used again: each is good
    until the third after it is asked for (KEPT).
    """
    yield from front_sectors(layout)
    buffers = ring(KEPT + 1)
    for track in layout.tracks:
        yield _gap(track.start - GAP)
        yield _margin(track, track.start, FRONT_MARGIN, 0)
        yield from weave(track.stream, track.number, track.first_pack, buffers, track.triggers)
        yield _margin(track, track.after - REAR_MARGIN, REAR_MARGIN, EOF)
    yield _gap(layout.sectors - GAP)


def _gap(first: int) -> Block:
    return blank_run(first, GAP, bytes((0, 0, FORM_2, 0)), FORM_2)


def _margin(track: Placed, first: int, count: int, end: int) -> Block:
    submode = REAL_TIME | FORM_2
    return blank_run(first, count, bytes((track.number, 0, submode, 0)), submode | end)
