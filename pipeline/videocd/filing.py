"""The sectors of track 1: tree, tables, segments and further files, in the order of the disc."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from catalog.words import _
from pipeline.videocd.bounds import COOKED, LOT_SECTOR, PSD_SECTOR, RAW
from pipeline.videocd.front import ENTRIES_SECTOR, INFO_SECTOR, MIXED, PlacedFile
from pipeline.videocd.info import Info, entries_bytes, info_bytes
from pipeline.videocd.layout import Layout, entries, root
from pipeline.videocd.sectors import (
    DATA,
    EDC1,
    EOF,
    IS_DATA,
    Block,
    blank,
    seal_form1,
    write_headers,
)
from pipeline.videocd.segments import segment_sectors
from pipeline.videocd.streams import broken, fill, opened
from pipeline.videocd.tree import DESCRIPTOR, Cooked, Labels, tree_sectors

_BLOCK: Final = 300


def front_sectors(layout: Layout) -> Iterator[Block]:
    """Track 1 from LSN 0 on, at most 300 sectors a block."""
    front = layout.front
    yield from _form1((0, front.segment_area), _tables(layout))
    for segment in front.segments:
        yield from segment_sectors(segment, front.segment_area)
    yield from _form1((front.ext, front.files_from), _ext(layout), 1)
    after = front.files_from
    for placed in front.files:
        yield from _mixed_file(placed) if placed.file.mixed else _file(placed)
        after += placed.sectors
    yield from _form1((after, front.after), {})


def _form1(
    span: tuple[int, int], cooked: Mapping[int, Cooked], file_number: int = 0
) -> Iterator[Block]:
    """Form 1 sectors from one LSN to before another, empty where nothing is `cooked`."""
    for first in range(*span, _BLOCK):
        block = blank(min(_BLOCK, span[1] - first))
        subheaders = np.tile(np.array((file_number, 0, IS_DATA, 0), np.uint8), (len(block), 1))
        for row in range(len(block)):
            if one := cooked.get(first + row):
                subheaders[row, 2] = one.submode
                block[row, DATA:EDC1] = np.frombuffer(one.data, np.uint8)
        write_headers(block, first, subheaders)
        seal_form1(block)
        yield block


def _tables(layout: Layout) -> dict[int, Cooked]:
    disc, front = layout.disc, layout.front
    labels = Labels(disc.volume_id, disc.publisher, disc.preparer, disc.application, disc.created)
    made = dict(enumerate(tree_sectors(root(layout), labels, front.after), DESCRIPTOR))
    made |= _cooked(INFO_SECTOR, info_bytes(_info(layout)))
    made |= _cooked(ENTRIES_SECTOR, entries_bytes(entries(layout)))
    if front.playback:
        made |= _cooked(LOT_SECTOR, front.playback.lot)
        made |= _cooked(PSD_SECTOR, front.playback.psd)
    return made


def _info(layout: Layout) -> Info:
    disc, front = layout.disc, layout.front
    return Info(
        disc.album_id,
        disc.volume_count,
        disc.volume_number,
        tuple(track.stream.header.pal for track in layout.tracks),
        disc.flags,
        len(front.playback.psd) if front.playback else 0,
        len(disc.lists),
        front.segment_area,
        front.contents,
    )


def _ext(layout: Layout) -> dict[int, Cooked]:
    tables, first = layout.front.playback, layout.front.ext
    if tables is None:
        return {}
    lot = _cooked(first, tables.lot_x)
    return lot | _cooked(first + len(lot), tables.psd_x)


def _cooked(first: int, data: bytes) -> dict[int, Cooked]:
    """The sectors of a file from LSN `first`; the last one is marked as such."""
    parts = [data[at : at + COOKED].ljust(COOKED, b"\0") for at in range(0, len(data), COOKED)]
    made = {first + at: Cooked(IS_DATA, part) for at, part in enumerate(parts)}
    if parts:
        made[first + len(parts) - 1] = Cooked(IS_DATA | EOF, parts[-1])
    return made


def _file(placed: PlacedFile) -> Iterator[Block]:
    """An ordinary file, in sectors of 2048 bytes."""
    span = placed.start, placed.start + placed.sectors
    for first, data in _pieces(placed, COOKED):
        made = _cooked(first, data)
        last = first + len(made) - 1
        if last + 1 < span[1]:
            made[last] = Cooked(IS_DATA, made[last].data)
        yield from _form1((first, last + 1), made, 1)


def _mixed_file(placed: PlacedFile) -> Iterator[Block]:
    """A file of sectors as they are but for sync, address and mode."""
    for first, data in _pieces(placed, MIXED):
        block = blank(len(data) // MIXED)
        write_headers(block, first, bytes(4))
        block[:, RAW - MIXED :] = np.frombuffer(data, np.uint8).reshape(-1, MIXED)
        yield block


def _pieces(placed: PlacedFile, sector: int) -> Iterator[tuple[int, bytes]]:
    """The bytes of a file, 300 sectors at a time, with the LSN of each piece."""
    with opened(placed.file.path) as file:
        for done in range(0, placed.sectors, _BLOCK):
            wanted = min(_BLOCK * sector, placed.bytes - done * sector)
            data = bytearray(wanted)
            if fill(file, memoryview(data)) != wanted:
                _changed(placed.file.path, done * sector)
            yield placed.start + done, bytes(data)


def _changed(path: Path, offset: int) -> None:
    broken(path, offset, _("the file has become shorter"))
