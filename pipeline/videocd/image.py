"""The image of a disc, block by block from its first sector to its last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from pipeline.videocd.info import Info, entries_bytes, info_bytes
from pipeline.videocd.layout import (
    ENTRIES_SECTOR,
    FILES_END,
    FRONT_MARGIN,
    GAP,
    INFO_SECTOR,
    REAR_MARGIN,
    Layout,
    Placed,
    entries,
    root,
)
from pipeline.videocd.sectors import (
    DATA,
    EDC1,
    EOF,
    FORM_2,
    IS_DATA,
    REAL_TIME,
    Block,
    blank,
    seal_form1,
    write_headers,
)
from pipeline.videocd.tree import DESCRIPTOR, Cooked, Labels, tree_sectors
from pipeline.videocd.weave import blank_run, ring, weave

KEPT: Final = 3
"""A block keeps its bytes while so many further blocks are asked for."""


def image(layout: Layout) -> Iterator[Block]:
    """Whole sectors from LSN 0 on, at most 300 a block. The blocks are used again: each is good
    until the third after it is asked for (KEPT).
    """
    yield _files(layout)
    buffers = ring(KEPT + 1)
    for track in layout.tracks:
        yield _gap(track.start - GAP)
        yield _margin(track, track.start, FRONT_MARGIN, 0)
        yield from weave(track.stream, track.number, track.first_pack, buffers)
        yield _margin(track, track.after - REAR_MARGIN, REAR_MARGIN, EOF)
    yield _gap(layout.sectors - GAP)


def _gap(first: int) -> Block:
    return blank_run(first, GAP, bytes((0, 0, FORM_2, 0)), FORM_2)


def _margin(track: Placed, first: int, count: int, end: int) -> Block:
    submode = REAL_TIME | FORM_2
    return blank_run(first, count, bytes((track.number, 0, submode, 0)), submode | end)


def _files(layout: Layout) -> Block:
    """Track 1: empty sectors but for the tree and the tables of the Video CD."""
    block = blank(FILES_END)
    subheaders = np.tile(np.array((0, 0, IS_DATA, 0), np.uint8), (FILES_END, 1))
    for lsn, cooked in _cooked(layout).items():
        subheaders[lsn, 2] = cooked.submode
        block[lsn, DATA:EDC1] = np.frombuffer(cooked.data, np.uint8)
    write_headers(block, 0, subheaders)
    seal_form1(block)
    return block


def _cooked(layout: Layout) -> dict[int, Cooked]:
    disc = layout.disc
    labels = Labels(disc.volume_id, disc.publisher, disc.preparer, disc.application, disc.created)
    pal = tuple(track.stream.header.pal for track in layout.tracks)
    info = Info(disc.album_id, disc.volume_count, disc.volume_number, pal)
    tree = tree_sectors(root(layout), labels, FILES_END)
    return dict(enumerate(tree, DESCRIPTOR)) | {
        INFO_SECTOR: Cooked(IS_DATA | EOF, info_bytes(info)),
        ENTRIES_SECTOR: Cooked(IS_DATA | EOF, entries_bytes(entries(layout))),
    }
