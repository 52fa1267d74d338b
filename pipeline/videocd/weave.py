"""Streams into sectors: blocks of finished form 2 sectors, a track's packs from first to last.

The only reader of stream bytes on the way to the image; they are read from the file straight
into their places in the block.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import FileIO
from itertools import cycle
from pathlib import Path
from typing import Final, assert_never

import numpy as np

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import RAW
from pipeline.videocd.mux import Lane, Multiplex
from pipeline.videocd.muxed import PackStream
from pipeline.videocd.packs import AUDIO_DATA, AUDIO_HEAD, AUDIO_TAIL, SUBHEADERS, VIDEO_HEAD
from pipeline.videocd.sectors import (
    DATA,
    EDC2,
    EOR,
    PAYLOAD,
    TRIGGER,
    Block,
    blank,
    seal_form2,
    write_headers,
)
from pipeline.videocd.streams import fill, opened

BLOCK: Final = 256
"""Sectors of a full block: 588 KiB stay in the cache of one core."""


@dataclass(frozen=True, slots=True, eq=False)
class Buffer:
    """A block to be filled again and again, with views of where stream bytes go in each row."""

    block: Block
    packs: tuple[memoryview, ...]
    video: tuple[memoryview, ...]
    audio: tuple[memoryview, ...]


def ring(count: int) -> Iterator[Buffer]:
    """`count` buffers in turn, for ever: a block is overwritten after `count - 1` others."""
    return cycle([_buffer() for _turn in range(count)])


def _buffer() -> Buffer:
    block = blank(BLOCK)
    whole = block.data.cast("B")
    rows = [whole[row * RAW + DATA : row * RAW + EDC2] for row in range(BLOCK)]
    return Buffer(
        block,
        tuple(rows),
        tuple(row[VIDEO_HEAD:] for row in rows),
        tuple(row[AUDIO_HEAD : AUDIO_HEAD + AUDIO_DATA] for row in rows),
    )


def blank_run(first: int, count: int, subheader: bytes, last_submode: int) -> Block:
    """Empty form 2 sectors from LSN `first`; the last may have a submode of its own."""
    block = blank(count)
    subheaders = np.tile(np.frombuffer(subheader, np.uint8), (count, 1))
    subheaders[-1:, 2] = last_submode
    write_headers(block, first, subheaders)
    seal_form2(block)
    return block


def weave(
    stream: Multiplex | PackStream,
    track: int,
    first: int,
    buffers: Iterator[Buffer],
    triggers: Sequence[int] = (),
) -> Iterator[Block]:
    """The packs of MPEG track number `track` (from 1) as sealed sectors from LSN `first`; the
    packs whose numbers are `triggers` make a player pause.
    """
    table, classes = SUBHEADERS.copy(), stream.classes
    table[:, 0] = track
    with ExitStack() as files:
        write_packs = _writer(stream, files)
        for done in range(0, stream.packs, BLOCK):
            buffer = next(buffers)
            block = buffer.block[: stream.packs - done]
            subheaders = table[classes[done : done + len(block)]]
            if done + len(block) == stream.packs:
                subheaders[-1, 2] |= EOR
            for trigger in triggers:
                if done <= trigger < done + len(block):
                    subheaders[trigger - done, 2] |= TRIGGER
            write_headers(block, first + done, subheaders)
            write_packs(buffer, done, len(block))
            seal_form2(block)
            yield block


def _writer(stream: Multiplex | PackStream, files: ExitStack) -> Callable[[Buffer, int, int], None]:
    """What puts the packs from a number on, so and so many, into the rows of a buffer."""
    match stream:
        case PackStream():
            file = files.enter_context(opened(stream.path))
            return lambda buffer, done, count: _read(
                file, stream.path, list(buffer.packs[:count]), done * PAYLOAD
            )
        case Multiplex():
            sight = files.enter_context(opened(stream.sight.path))
            sound = files.enter_context(opened(stream.sound.path))
            return partial(_write_multiplex, stream, (sight, sound))
        case _:
            assert_never(stream)


def _write_multiplex(
    mux: Multiplex, files: tuple[FileIO, FileIO], buffer: Buffer, done: int, count: int
) -> None:
    packs = buffer.block[:count, DATA:EDC2]
    packs[:, :VIDEO_HEAD] = mux.heads[done : done + count]
    pictures, sounds = _span(mux.sight, done, count), _span(mux.sound, done, count)
    idle = np.ones(count, np.bool_)
    for lane, span in ((mux.sight, pictures), (mux.sound, sounds)):
        idle[lane.slots[span] - done] = False
    packs[idle, VIDEO_HEAD:] = 0
    packs[mux.sound.slots[sounds] - done, -AUDIO_TAIL:] = 0
    odd = _write_odd(mux, buffer, done, count)
    _read_lane(files[0], mux.sight, pictures, done, _views(buffer.video, odd))
    _read_lane(files[1], mux.sound, sounds, done, _views(buffer.audio, odd))


def _span(lane: Lane, done: int, count: int) -> slice:
    """The packs of a lane that lie in `count` sectors from number `done` on."""
    begin, stop = np.searchsorted(lane.slots, (done, done + count))
    return slice(int(begin), int(stop))


def _write_odd(mux: Multiplex, buffer: Buffer, done: int, count: int) -> dict[int, memoryview]:
    """Write what odd packs bring along; the views of what is left for the stream, by row."""
    views = {}
    for slot in mux.odd_slots[bisect_left(mux.odd_slots, done) :]:
        if slot >= done + count:
            break
        pack, odd = buffer.packs[slot - done], mux.odd[slot]
        stop = PAYLOAD - len(odd.tail)
        pack[: len(odd.head)], pack[stop:] = odd.head, odd.tail
        views[slot - done] = pack[len(odd.head) : stop]
    return views


def _views(usual: tuple[memoryview, ...], odd: dict[int, memoryview]) -> Sequence[memoryview]:
    if not odd:
        return usual
    views = list(usual)
    for row, view in odd.items():
        views[row] = view
    return views


def _read_lane(
    file: FileIO, lane: Lane, span: slice, done: int, views: Sequence[memoryview]
) -> None:
    rows = (lane.slots[span] - done).tolist()
    if rows:
        _read(file, lane.path, [views[row] for row in rows], int(lane.borders[span.start]))


def _read(file: FileIO, path: Path, views: list[memoryview], offset: int) -> None:
    """Fill the views one after the other from an offset in the file."""
    wanted = sum(map(len, views))
    if hasattr(os, "preadv"):
        got = os.preadv(file.fileno(), views, offset)
    else:
        file.seek(offset)
        got = sum(fill(file, view) for view in views)
    if got != wanted:
        raise Failure(
            _("reading the stream {file}").format(file=path),
            _("byte {offset}: the file has become shorter").format(offset=offset + got),
            _("leave it alone while the disc is made, and start again"),
        )
