"""Make a Join step: chunks of one programme's pictures become one stream, proven to play.

Nothing is decoded. What stands between the chunks is put right: the end codes inside go, the time
codes count on, and each picture says how full the decoder's buffer truly is (vbv_delay), which an
encoder that saw its chunk alone cannot know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final, NoReturn

import numpy as np

from catalog.problem import Failure
from catalog.words import _
from pipeline import tools
from pipeline.plan.steps import Join
from pipeline.videocd.streams import (
    GROUP,
    SEQUENCE_END,
    Offsets,
    Video,
    opened,
    read_video,
)
from pipeline.videocd.vbv import Buffer, delay, held, standing

_AT_ONCE: Final = 250  # pictures between two looks at the clock
_PIECE: Final = 1 << 20
_ROW: Final = 16  # lines
_CLOSED: Final = 1 << 6
_STANDING_HEAD: Final = 9
"""Bytes of a B picture's header; none has a group or a sequence before it."""


@dataclass(frozen=True, slots=True)
class _Seam:
    """What the joined stream says of each picture, in coded order: its buffer, and whether it
    must stand still.
    """

    levels: Sequence[int]
    held: frozenset[int]


def join_streams(
    step: Join,
    videos: Sequence[Path],
    out: Path,
    stop: tools.Stop = tools.NEVER,
    progress: Callable[[float], None] = lambda _done: None,
) -> int:
    """Write the streams `videos`, the chunks of `step` in order, as one stream `out`; gives how
    many pictures were made to stand still where the chunks together asked too much of the buffer.
    `progress` hears 0 to 1.

    Raises Failure where a chunk has not the pictures it should, where the chunks are not of one
    kind, or where the buffer would run dry; Stopped when `stop` is asked for.
    """
    chunks = [_chunk(step, *one) for one in zip(videos, step.pictures, strict=True)]
    _check_alike(step, chunks)
    sizes = [int(size) * 8 for chunk in chunks for size in np.diff(_borders(chunk))]
    kinds = [int(kind) for chunk in chunks for kind in chunk.kinds]
    seam = _seam(step, sizes, kinds, chunks[0])
    with out.open("wb") as file:
        done = 0
        for chunk in chunks:
            for data in _pictures(chunk, done, seam):
                file.write(data)
                done += 1
                if not done % _AT_ONCE:
                    progress(done / len(sizes))
                    if stop.asked:
                        raise tools.Stopped
        if chunks[-1].ended:
            file.write(SEQUENCE_END)
    progress(1.0)
    return len(seam.held)


def _refuse(step: Join, happened: str) -> NoReturn:
    raise Failure(
        _("joining {what}").format(what=step.label),
        happened,
        _("start again: the chunks are encoded anew where they are missing"),
    )


def _chunk(step: Join, path: Path, pictures: int) -> Video:
    video = read_video(path)
    if len(video.codes) != pictures:
        _refuse(
            step,
            _("{file} has {found} pictures, {wanted} were asked for").format(
                file=path, found=len(video.codes), wanted=pictures
            ),
        )
    return video


def _check_alike(step: Join, chunks: Sequence[Video]) -> None:
    """A player reads size, rate and buffer where it begins; each chunk must say the same."""
    for chunk in chunks:
        if chunk.header != chunks[0].header or _first_group(chunk) & _CLOSED == 0:
            _refuse(
                step,
                _("{file} does not begin like the chunk before it").format(file=chunk.path),
            )


def _first_group(chunk: Video) -> int:
    """The 32 bits behind the first group's start code."""
    with opened(chunk.path) as file:
        head = file.read(int(chunk.codes[0]) + 8)
    at = head.find(GROUP)
    return int.from_bytes(head[at + 4 : at + 8], "big") if at >= 0 else 0


def _borders(chunk: Video) -> Offsets:
    """Where each picture of a chunk begins, headers included, and where the last one ends."""
    end = chunk.bytes
    if chunk.ended:
        with opened(chunk.path) as file:
            file.seek(max(0, end - 64))
            end = max(0, end - 64) + file.read().rfind(SEQUENCE_END)
    return np.append(chunk.starts, end)


def _seam(step: Join, sizes: list[int], kinds: list[int], first: Video) -> _Seam:
    """The buffer along the whole stream, with as few standing pictures as it takes."""
    buffer = Buffer(first.header.rate)
    still = 8 * len(standing(bytes(_STANDING_HEAD), first.header.height // _ROW))
    chosen, dry = held(sizes, kinds, still, buffer)
    if dry >= 0:
        seconds = dry / float(first.header.rate)
        _refuse(step, _("the picture buffer runs dry at {seconds:.1f} s").format(seconds=seconds))
    levels = buffer.levels([still if n in chosen else size for n, size in enumerate(sizes)])
    return _Seam(levels, chosen)


def _pictures(chunk: Video, first: int, seam: _Seam) -> Iterator[bytes]:
    """The pictures of a chunk with their headers put right; `first` is the number of its first
    picture in the joined stream. One at a time: none is larger than the buffer.
    """
    borders, codes = _borders(chunk).tolist(), chunk.codes.tolist()
    with opened(chunk.path) as raw, BufferedReader(raw, _PIECE) as file:
        for number, code in enumerate(codes):
            file.seek(borders[number])
            data = file.read(borders[number + 1] - borders[number])
            at = code - borders[number]
            if first + number in seam.held:
                data = standing(data[:_STANDING_HEAD], chunk.header.height // _ROW)
            yield _put_right(data, at, first + number, seam, round(chunk.header.rate))


def _put_right(data: bytes, at: int, number: int, seam: _Seam, rate: int) -> bytes:
    """A picture whose start code is at `at`, with its own buffer delay, and its group's time."""
    # temporal reference 10 bits, type 3, vbv_delay 16
    head = int.from_bytes(data[at + 4 : at + 8], "big")
    head = head & ~(0xFFFF << 3) | delay(seam.levels[number]) << 3
    made = bytearray(data)
    made[at + 4 : at + 8] = head.to_bytes(4, "big")
    if (group := data.rfind(GROUP, 0, at)) >= 0:
        told = int.from_bytes(data[group + 4 : group + 8], "big")
        time = time_code(number, rate) << 7 | told & 0x7F
        made[group + 4 : group + 8] = time.to_bytes(4, "big")
    return bytes(made)


def time_code(picture: int, rate: int) -> int:
    """The 25 bits of a group's time code: `rate` whole pictures a second, none ever dropped from
    the count, as ffmpeg counts them.
    """
    seconds, pictures = divmod(picture, rate)
    minutes, hours = seconds // 60, seconds // 3600 % 24
    return hours << 19 | minutes % 60 << 13 | 1 << 12 | seconds % 60 << 6 | pictures
