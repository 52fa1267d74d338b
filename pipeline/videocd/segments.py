"""Segment play items: stills of ours and multiplexed streams of others, as sectors of track 1.

An item takes whole units of 150 sectors. How a sector is marked is decided as GNU VCDImager
decides it (reference 1.3 and 1.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn, assert_never

import numpy as np

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import UNIT
from pipeline.videocd.muxed import (
    HIGH_STILL,
    STILL,
    UNKNOWN,
    classify_streams,
    count_packs,
)
from pipeline.videocd.packs import AUDIO, SECOND_SOUND, VIDEO
from pipeline.videocd.points import pack_points, packets, pause_packs, read_blocks
from pipeline.videocd.sectors import (
    DATA,
    EDC2,
    EOF,
    EOR,
    PAYLOAD,
    TRIGGER,
    Block,
    blank,
    seal_form2,
    write_headers,
)
from pipeline.videocd.stills import Still, still_packs
from pipeline.videocd.streams import SEQUENCE, SEQUENCE_END, sequence_header

UNITS: Final = 1980
"""Units of a disc at most: the play item number of the last is 2979."""
_CONTINUED: Final = 0x20
_IDLE: Final = (1, 0, 0x60, 0x00)
_NORMAL, _HIGH = (1, 2, 0x62, 0x1F), (1, 3, 0x62, 0x3F)
_MOVING, _HEARD = (1, 1, 0x62, 0x0F), (1, 1, 0x64, 0x7F)
# Of sound: stereo, joint stereo, dual channel, one channel, as the frame's header counts them.
_SOUNDS: Final = (2, 2, 3, 1)
_PAL: Final = 4


@dataclass(frozen=True, slots=True)
class MuxedSegment:
    """A segment from a multiplexed stream of 2324-byte packs of any kind, taken as it is;
    players pause at the `auto_pauses`, in seconds from its first stamp on.
    """

    path: Path
    auto_pauses: tuple[float, ...] = ()


Segment = Still | MuxedSegment


@dataclass(frozen=True, slots=True)
class PlacedSegment:
    """A segment in its place: its first unit, its packs, the content byte that INFO.VCD has of
    it, and the numbers of the packs at which players pause.
    """

    segment: Segment
    unit: int
    packs: int
    content: int
    triggers: tuple[int, ...] = ()

    @property
    def units(self) -> int:
        """Units that the item fills."""
        return -(-self.packs // UNIT)

    @property
    def contents(self) -> bytes:
        """The content bytes of all its units."""
        return bytes((self.content, *(self.content | _CONTINUED,) * (self.units - 1)))


def place_segment(segment: Segment, unit: int) -> PlacedSegment:
    """Read a segment that is to begin at a unit; Failure where it is none."""
    match segment:
        case Still():
            packs = still_packs(segment)
            return PlacedSegment(segment, unit, len(packs), _content([packs]))
        case MuxedSegment(path, pauses):
            count = count_packs(path)
            content = _content(_classified(path, count))
            triggers = pause_packs(pack_points(path, count), pauses) if pauses else ()
            return PlacedSegment(segment, unit, count, content, triggers)
        case _:
            assert_never(segment)


def segment_sectors(placed: PlacedSegment, area: int) -> Iterator[Block]:
    """The sectors of a segment, sealed, a unit at a time; `area` is the LSN of unit 0."""
    rest = placed.packs
    for number, packs in enumerate(_units(placed)):
        block, subheaders = blank(UNIT), np.tile(np.array(_IDLE, np.uint8), (UNIT, 1))
        block[: len(packs), DATA:EDC2] = packs
        subheaders[: len(packs)] = _subheaders(packs)
        for trigger in placed.triggers:
            if number * UNIT <= trigger < (number + 1) * UNIT:
                subheaders[trigger - number * UNIT, 2] |= TRIGGER
        if rest <= UNIT:
            subheaders[rest - 1, 2] |= EOF
        rest -= UNIT
        write_headers(block, area + (placed.unit + number) * UNIT, subheaders)
        seal_form2(block)
        yield block


def _units(placed: PlacedSegment) -> Iterator[Block]:
    """The packs of a segment, 150 at a time."""
    match placed.segment:
        case Still():
            packs = still_packs(placed.segment)
            if len(packs) != placed.packs:
                _broken(placed.segment.lo or placed.segment.hi, _("the file has changed"))
            yield packs
        case MuxedSegment(path):
            rows = (row for block in read_blocks(path, placed.packs) for row in block.copy())
            while len(unit := list(islice(rows, UNIT))):
                yield np.stack(unit)
        case _:
            assert_never(placed.segment)


def _classified(path: Path, count: int) -> Iterator[Block]:
    """The blocks of a stream, each of whose rows is a pack."""
    if not count:
        _broken(path, _("there is no pack in this stream"))
    done = 0
    for block in read_blocks(path, count):
        wrong = np.flatnonzero(classify_streams(block)[0] == UNKNOWN)
        if len(wrong):
            what = _("byte {offset}: {what}").format(
                offset=(done + int(wrong[0])) * PAYLOAD,
                what=_("no MPEG-1 pack of 2324 bytes begins here"),
            )
            _broken(path, what)
        done += len(block)
        yield block


def _broken(path: Path | None, happened: str) -> NoReturn:
    raise Failure(
        _("reading the stream {file}").format(file=path),
        happened,
        _("make it again as a Video CD stream with packs of 2324 bytes"),
    )


def _subheaders(packs: Block) -> Block:
    """The sub-header of each pack, with the mark of a still's end code."""
    classes, found = classify_streams(packs)
    made = np.tile(np.array(_IDLE, np.uint8), (len(packs), 1))
    made[classes == VIDEO] = _MOVING
    made[(classes == AUDIO) | (classes == SECOND_SOUND)] = _HEARD
    made[found & HIGH_STILL != 0] = _HIGH
    made[found & STILL != 0] = _NORMAL
    for row in np.flatnonzero(found & (STILL | HIGH_STILL)):
        if SEQUENCE_END in packs[row].tobytes():
            made[row, 2] |= EOR
    return made


def _content(blocks: Sequence[Block] | Iterator[Block]) -> int:
    """The content byte: what is heard in bits 0-1, what is seen in bits 2-4."""
    heights, sound = {}, 0
    for block in blocks:
        for pack in block:
            for packet in packets(pack.tobytes()):
                if packet.stream >= 0xE0 and packet.stream not in heights:
                    if (height := _height(packet.data)) is not None:
                        heights[packet.stream] = height
                elif packet.stream == 0xC0 and not sound:
                    sound = _sound(packet.data)
    return sound | _picture(heights) << 2


def _picture(heights: dict[int, int]) -> int:
    """Motion before high resolution before the normal still; PAL by the lines of the picture."""
    for stream, kind in ((0xE0, 3), (0xE2, 2), (0xE1, 1)):
        if stream in heights:
            return kind + _PAL * (heights[stream] in {288, 576})
    return 0


def _height(data: bytes) -> int | None:
    at = data.find(SEQUENCE)
    return sequence_header(data[at : at + 12]).height if 0 <= at <= len(data) - 12 else None


def _sound(data: bytes) -> int:
    """The channels that the first frame of layer II in these bytes tells of."""
    at = data.find(b"\xff\xfd")
    at = data.find(b"\xff\xfc") if at < 0 else at
    return _SOUNDS[data[at + 3] >> 6] if 0 <= at <= len(data) - 4 else 0
