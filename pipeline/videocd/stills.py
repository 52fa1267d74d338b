"""Still pictures: a normal and a high resolution I picture as the packs of one segment item.

The multiplex is that of reference 5.1: a system header, all packs of the normal picture (E1), then
those of the high resolution one (E2), the clock from 0, and both shown together when all is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd import packs
from pipeline.videocd.bounds import FIRST_SCR, PERIODS, SECTOR_TICKS, Standard
from pipeline.videocd.sectors import PAYLOAD, Block
from pipeline.videocd.streams import (
    GROUP,
    I_PICTURE,
    SEQUENCE,
    SEQUENCE_END,
    SequenceHeader,
    broken,
    fill,
    opened,
    picture_starts,
    sequence_header,
)

NORMAL_MOST: Final = 46 * 1024
HIGH_MOST: Final = 224 * 1024
"""Bytes of a picture at most: what a player's buffer holds (mjpegtools)."""
_SMALLEST_BUFFER: Final = 46
_NORMAL, _HIGH = 0xE1, 0xE2
_SIZES: Final[dict[tuple[int, Standard], tuple[int, int, int]]] = {
    (_NORMAL, "pal"): (352, 288, 3),
    (_NORMAL, "ntsc"): (352, 240, 4),
    (_HIGH, "pal"): (704, 576, 3),
    (_HIGH, "ntsc"): (704, 480, 4),
}
_DECODED_AFTER: Final = 600
"""Ticks from the beginning of the sector after the last to the decoding of the picture."""
_NO_MARGIN: Final = FIRST_SCR // SECTOR_TICKS
"""A segment has no front margin, so its clock begins so many sectors earlier than a track's."""


@dataclass(frozen=True, slots=True)
class Still:
    """A still from raw MPEG-1 streams of one I picture: normal, high resolution, or both."""

    lo: Path | None
    hi: Path | None
    standard: Standard


@dataclass(frozen=True, slots=True)
class Picture:
    """One I picture ready for its packs: the stream id, and its bytes up to the end code."""

    stream: int
    header: SequenceHeader
    data: bytes

    @property
    def buffer(self) -> int:
        """KiB of buffer to declare: what its encoder counted on, and never less than it takes."""
        wanted = max(_SMALLEST_BUFFER, -(-len(self.data) // 1024))
        if self.stream == _NORMAL:
            return wanted
        return min(max(wanted, self.header.vbv_bytes // 1024), HIGH_MOST // 1024)


def still_packs(still: Still) -> Block:
    """(count, 2324): all packs of a still, 1 for the system header and one for each 2296 bytes.

    Failure that names the file where a picture is no single I picture of the standard's size.
    """
    pictures = _pictures(still)
    cuts = [_sizes(picture, picture is pictures[-1]) for picture in pictures]
    count = 1 + sum(map(len, cuts))
    made = [_system_pack(pictures)]
    for picture, sizes in zip(pictures, cuts, strict=True):
        closes = picture is pictures[-1]
        made += _picture_packs(picture, sizes, (len(made), count), still.standard, closes)
    return np.frombuffer(b"".join(made), np.uint8).reshape(count, PAYLOAD)


def _pictures(still: Still) -> list[Picture]:
    files = ((still.lo, _NORMAL), (still.hi, _HIGH))
    pictures = [_read(path, stream, still.standard) for path, stream in files if path]
    if not pictures:
        raise Failure(
            _("laying out a still picture"),
            _("it has neither a normal nor a high resolution picture"),
            _("give one of them, better both"),
        )
    return pictures


def _read(path: Path, stream: int, standard: Standard) -> Picture:
    """The picture of a raw stream: trailing zeros off, the end code on."""
    most = NORMAL_MOST if stream == _NORMAL else HIGH_MOST
    buffer = bytearray(most + 4096)
    with opened(path) as file:
        data = bytes(buffer[: fill(file, memoryview(buffer))])
        overlong = len(file.read(1)) > 0
    data = data.rstrip(b"\0")
    data = data.removesuffix(SEQUENCE_END) + SEQUENCE_END
    if overlong or len(data) > most:
        broken(path, most, _("the picture has more than {most} bytes").format(most=most))
    return Picture(stream, _checked(path, data, stream, standard), data)


def _checked(path: Path, data: bytes, stream: int, standard: Standard) -> SequenceHeader:
    if not data.startswith(SEQUENCE) or len(data) < 12:
        broken(path, 0, _("no sequence header of MPEG-1 video"))
    header = sequence_header(data)
    wanted = _SIZES[stream, standard]
    if (header.width, header.height, header.rate_code) != wanted:
        what = _("{width}x{height} at {rate} pictures a second is no {standard} still").format(
            width=header.width,
            height=header.height,
            rate=f"{float(header.rate):.4g}",
            standard=f"{standard.upper()} {wanted[0]}x{wanted[1]}",
        )
        broken(path, 0, what)
    starts = picture_starts(np.frombuffer(data, np.uint8))
    if len(starts) != 1:
        broken(path, 0, _("{count} pictures; a still has one").format(count=len(starts)))
    if data[int(starts[0]) + 5] >> 3 & 7 != I_PICTURE or GROUP not in data[: int(starts[0])]:
        broken(path, int(starts[0]), _("no I picture that begins a group"))
    return header


def _sizes(picture: Picture, closes: bool) -> list[int]:
    """Bytes of the picture in each of its packs. The last holds the end code of the picture
    whole, and has room for the end code of the still where it `closes` it.
    """
    end = len(SEQUENCE_END)
    rest = len(picture.data) - packs.FIRST_VIDEO_DATA
    if rest + end * closes <= 0:
        return [len(picture.data)]
    sizes = [packs.FIRST_VIDEO_DATA, *(packs.VIDEO_DATA,) * ((rest - 1) // packs.VIDEO_DATA)]
    sizes.append(len(picture.data) - sum(sizes))
    if closes and sizes[-1] > packs.VIDEO_DATA - end:
        sizes.append(0)
    if lacking := max(0, end - sizes[-1]):
        # The pack before gives away so much that what is left of it is closed by stuffing.
        sizes[-2:] = sizes[-2] - lacking, sizes[-1] + lacking
    return sizes


def _system_pack(pictures: list[Picture]) -> bytes:
    declared = b"".join(bytes((picture.stream, 0xE0, picture.buffer)) for picture in pictures)
    head = bytes((0, 0xE0 + len(pictures), 0xFF))
    return packs.system_pack(-_NO_MARGIN, head + declared, 0)


def _picture_packs(
    picture: Picture, sizes: list[int], span: tuple[int, int], standard: Standard, closes: bool
) -> list[bytes]:
    """The packs of one picture. `span`: the number of its first pack, and how many packs the
    still has in all, which is when both its pictures are decoded.
    """
    first, count = span
    slots = np.arange(first, first + len(sizes)) - _NO_MARGIN
    dts = np.full(len(sizes), -1)
    dts[0] = SECTOR_TICKS * count + _DECODED_AFTER
    pts = np.where(dts < 0, -1, dts + PERIODS[standard])
    made, at = [], 0
    for number, head in enumerate(packs.video_heads(slots, pts, dts, picture.stream)):
        size, full, room = sizes[number], head.tobytes(), packs.VIDEO_DATA
        if number == 0:
            full = packs.first_video_head(full, picture.buffer)
            room = packs.FIRST_VIDEO_DATA
        ends = closes and number == len(sizes) - 1
        front, tail = packs.closed(full, room - size, ends)
        made.append(front + picture.data[at : at + size] + tail)
        at += size
    return made
