"""The multiplex: which sector carries which bytes of picture and sound, and under which stamps.

Decided from the indexes of streams.py and sound.py alone; the bytes themselves are fetched when
the image is written (weave.py). README.md, *The multiplex*, has the model and its proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd import packs
from pipeline.videocd.bounds import CLOCK, FIRST_DTS, Standard
from pipeline.videocd.packs import AUDIO, IDLE, VIDEO
from pipeline.videocd.sectors import Block
from pipeline.videocd.slots import (
    SYSTEM_PACKS,
    Cut,
    audio_borders,
    chained,
    earliest_slots,
    first_inside,
    lateness,
    slots_between,
    video_borders,
)
from pipeline.videocd.sound import CODING_DELAY, FRAME_TICKS, RATE, Audio
from pipeline.videocd.streams import (
    HEADERS,
    I_PICTURE,
    PICTURE_HEADER,
    SEQUENCE_END,
    Offsets,
    SequenceHeader,
    Video,
)

_PICTURES: Final[dict[Standard, set[tuple[int, int, int]]]] = {
    "pal": {(352, 288, 3)},
    "ntsc": {(352, 240, 4), (352, 240, 1)},
}


@dataclass(frozen=True, slots=True)
class Odd:
    """A pack that is not laid out like most: what stands before and after its stream bytes."""

    head: bytes
    tail: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One stream's packs: `slots` has the sector of each, rising; `borders` where in the stream
    the bytes of each begin and, last, where they end.
    """

    path: Path
    slots: Offsets
    borders: Offsets


@dataclass(frozen=True, slots=True, eq=False)
class Multiplex:
    """A track's packs: `heads` has for every sector the 28 bytes at which an ordinary pack
    begins (of a sound pack 25 count, of an idle sector none); `odd` the others by sector.
    `stamps` has the presentation time in each sector's headers, -1 where there is none;
    `intra` the sector and the file offsets, from the headers to the picture code, of I pictures.
    """

    header: SequenceHeader
    sight: Lane
    sound: Lane
    heads: Block
    odd: dict[int, Odd]
    stamps: Offsets
    intra: Offsets

    @property
    def odd_slots(self) -> list[int]:
        """The sectors of the odd packs, rising."""
        return sorted(self.odd)

    @property
    def packs(self) -> int:
        """Sectors the multiplex takes, idle ones in between included."""
        return len(self.heads)

    @property
    def classes(self) -> Block:
        """What each sector counts as; the two system packs count as what they declare."""
        classes = np.full(self.packs, IDLE, np.uint8)
        classes[self.sight.slots], classes[self.sound.slots] = VIDEO, AUDIO
        classes[:SYSTEM_PACKS] = (VIDEO, AUDIO)
        return classes


def multiplex(video: Video, audio: Audio, standard: Standard) -> Multiplex:
    """Give every pack of both streams its sector and its stamps.

    Failure where a player's buffers (46 KiB of picture, 4 KiB of sound) would run dry, and where
    the streams are not those of a Video CD or not of one length.
    """
    period = _period(video, standard)
    _check_lengths(video, audio, period)
    sight, dts, pts = _cut_video(video, period)
    sound = _cut_audio(audio, period)
    audio_slots = chained(earliest_slots(sound))
    video_slots = slots_between(earliest_slots(sight), audio_slots)
    _check_arrival(video.path, sight, video_slots)
    _check_arrival(audio.path, sound, audio_slots)

    heads = np.zeros((int(max(video_slots[-1], audio_slots[-1])) + 1, packs.VIDEO_HEAD), np.uint8)
    stamps = np.full(len(heads), -1)
    first = first_inside(sight.borders, video.codes)
    stamps[video_slots] = _at(pts, first)
    heads[video_slots] = packs.video_heads(video_slots, stamps[video_slots], _at(dts, first))
    first = first_inside(sound.borders, audio.starts)
    stamps[audio_slots] = _at(sound.times, first)
    heads[audio_slots] = packs.audio_heads(audio_slots, stamps[audio_slots])
    odd = {slot: Odd(pack, b"") for slot, pack in enumerate(packs.system_packs())}
    odd |= _odd_video(video, sight.borders, video_slots, heads)
    odd |= _odd_audio(sound.borders, audio_slots, heads)
    return Multiplex(
        video.header,
        Lane(video.path, video_slots, sight.borders),
        Lane(audio.path, audio_slots, sound.borders),
        heads,
        odd,
        stamps,
        _intra(video, sight.borders, video_slots),
    )


def _intra(video: Video, borders: Offsets, slots: Offsets) -> Offsets:
    """(count, 3): sector, first byte of the headers and of the picture code of all I pictures."""
    entry = video.kinds == I_PICTURE
    starts = video.starts[entry]
    pack = np.searchsorted(borders, starts, side="right") - 1
    return np.stack((slots[pack], starts, video.codes[entry]), axis=1)


def _ticks(period: Fraction, count: Offsets) -> Offsets:
    return count * period.numerator // period.denominator


def _at(times: Offsets, index: Offsets) -> Offsets:
    """The times of numbered units; -1 where the number is."""
    return np.where(index >= 0, times[index], -1)


def _period(video: Video, standard: Standard) -> Fraction:
    """Ticks a picture lasts, where its size and rate are of the standard."""
    header = video.header
    if (header.width, header.height, header.rate_code) not in _PICTURES[standard]:
        raise Failure(
            _("laying out the stream {file}").format(file=video.path),
            _("{width}x{height} at {rate} pictures a second is no {standard} Video CD").format(
                width=header.width,
                height=header.height,
                rate=f"{float(header.rate):.4g}",
                standard=standard.upper(),
            ),
            _("encode it as PAL 352x288 at 25, or as NTSC 352x240 at 29.97 or 23.976"),
        )
    return CLOCK / header.rate


def _check_lengths(video: Video, audio: Audio, period: Fraction) -> None:
    """Sound that outlasts the picture has no clock to follow."""
    sight, sound = len(video.codes) * period, len(audio.starts) * FRAME_TICKS
    if sound > sight + FRAME_TICKS:
        raise Failure(
            _("laying out the stream {file}").format(file=audio.path),
            _("the sound is {sound} s long, the picture {sight} s").format(
                sound=f"{float(sound) / CLOCK:.3f}", sight=f"{float(sight) / CLOCK:.3f}"
            ),
            _("encode both again to the same length"),
        )


def _cut_video(video: Video, period: Fraction) -> tuple[Cut, Offsets, Offsets]:
    """The picture stream in packs, with decoding and presentation times of its pictures."""
    end = video.bytes + (0 if video.ended else len(SEQUENCE_END))
    dts = FIRST_DTS + _ticks(period, np.arange(len(video.codes)))
    pts = FIRST_DTS + _ticks(period, video.shown + 1)
    entry = video.kinds == I_PICTURE
    first, after = video.starts[entry], video.codes[entry] + PICTURE_HEADER
    long = np.flatnonzero(after - first > HEADERS)
    if len(long):
        raise Failure(
            _("laying out the stream {file}").format(file=video.path),
            _("byte {offset}: the headers of a picture do not fit one pack").format(
                offset=first[long[0]]
            ),
            _("encode it without user data"),
        )
    borders = video_borders(end, first, after)
    ends = np.append(video.starts[1:], end)
    return Cut(borders, ends, dts, packs.VIDEO_BUFFER), dts, pts


def _cut_audio(audio: Audio, period: Fraction) -> Cut:
    """The sound stream in packs; its first sound belongs to the first picture that is shown."""
    shown = FIRST_DTS + period - Fraction(CODING_DELAY * CLOCK, RATE)
    times = int(shown) + _ticks(FRAME_TICKS, np.arange(len(audio.starts)))
    ends = np.append(audio.starts[1:], audio.bytes)
    return Cut(audio_borders(audio.bytes), ends, times, packs.AUDIO_BUFFER)


def _check_arrival(file: Path, cut: Cut, slots: Offsets) -> None:
    late = lateness(cut, slots)
    if late.max() > 0:
        unit = int(np.argmax(late > 0))
        seconds = (cut.times[unit] - FIRST_DTS) / CLOCK
        raise Failure(
            _("laying out the stream {file}").format(file=file),
            _("picture or frame {number} at {seconds} s arrives up to {late} ms late").format(
                number=unit + 1, seconds=f"{seconds:.2f}", late=f"{late.max() / (CLOCK / 1000):.1f}"
            ),
            _("encode it again at a constant rate of 1150 kbit/s with a buffer of 40 KiB"),
        )


def _odd_video(video: Video, borders: Offsets, slots: Offsets, heads: Block) -> dict[int, Odd]:
    """The first pack, those cut short, and those that bring the sequence end code along."""
    sizes = np.diff(borders)
    sizes[0] += packs.VIDEO_DATA - packs.FIRST_VIDEO_DATA
    is_odd = (sizes < packs.VIDEO_DATA) | (borders[1:] > video.bytes)
    is_odd[[0, -1]] = True
    odd = {}
    for pack in np.flatnonzero(is_odd).tolist():
        slot = int(slots[pack])
        head = heads[slot].tobytes()
        if pack == 0:
            head = packs.first_video_head(head)
        begin, stop = int(borders[pack]) - video.bytes, int(borders[pack + 1]) - video.bytes
        brought = SEQUENCE_END[max(0, begin) : max(0, stop)]
        closes = slot == len(heads) - 1
        head, tail = packs.closed(head, packs.VIDEO_DATA - int(sizes[pack]), closes)
        odd[slot] = Odd(head, brought + tail)
    return odd


def _odd_audio(borders: Offsets, slots: Offsets, heads: Block) -> dict[int, Odd]:
    """The last pack, where it is shorter or ends the whole multiplex."""
    slot, size = int(slots[-1]), int(borders[-1] - borders[-2])
    head, tail = packs.shortened(heads[slot, : packs.AUDIO_HEAD].tobytes(), packs.AUDIO_DATA - size)
    zeros = bytes(packs.AUDIO_TAIL)
    if slot == len(heads) - 1:
        zeros = zeros[len(packs.PROGRAM_END) :] + packs.PROGRAM_END
    return {slot: Odd(head, tail + zeros)}
