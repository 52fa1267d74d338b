"""A sound stream as the encoder left it: where its layer II frames begin (ISO 11172-3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.words import _
from pipeline.videocd.sectors import Block
from pipeline.videocd.streams import Offsets, broken, opened, size_within

SAMPLES: Final = 1152
"""Samples of a frame, in each channel."""
RATE: Final = 44100
FRAME_TICKS: Final = Fraction(SAMPLES * 90000, RATE)
"""How long a frame sounds, in ticks of 90 kHz."""
CODING_DELAY: Final = 481
"""Samples that decoded layer II lies behind what was encoded: the delay of its filter bank."""

# Bytes of a frame by its third byte: 224 kbit/s at 44.1 kHz, without and with padding slot.
_LENGTH: Final = [0] * 0xB0 + [731, 731, 732, 732] + [0] * 0x4C
_PIECE: Final = 1 << 19


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A sound stream; `starts` has the first byte of each frame of 1152 samples."""

    path: Path
    bytes: int
    starts: Offsets


def read_audio(path: Path) -> Audio:
    """Index a layer II stream; Failure with the offset of a frame that a Video CD cannot have."""
    parts, at = [], 0
    with opened(path) as file:
        size = size_within(file, path)
        while at < size:
            file.seek(at)
            piece = file.read(_PIECE)
            starts, length = _frames(piece)
            if not length:
                broken(path, at, _what_is_wrong(piece))
            parts.append(starts + at)
            at += length
    if not parts:
        broken(path, 0, _("the sound stream is empty"))
    return Audio(path, size, np.concatenate(parts))


def _frames(piece: bytes) -> tuple[Offsets, int]:
    """The whole, right frames that follow each other from the first byte, and their bytes."""
    found, at, lengths, most = [], 0, _LENGTH, len(piece)
    while at + 4 <= most and (length := lengths[piece[at + 2]]) and at + length <= most:
        found.append(at)
        at += length
    starts = np.array(found, np.int64)
    data = np.frombuffer(piece, np.uint8)
    wrong = np.flatnonzero(~_right(data[starts], data[starts + 1], data[starts + 3]))
    if len(wrong):
        return starts[: wrong[0]], int(starts[wrong[0]])
    return starts, at


def _right(first: Block, second: Block, fourth: Block) -> NDArray[np.bool_]:
    """Sync word and layer II; not mono: a Video CD wants stereo, joint stereo or two channels."""
    right: NDArray[np.bool_] = (first == 0xFF) & (second & 0xFE == 0xFC) & (fourth < 0xC0)
    return right


def _what_is_wrong(piece: bytes) -> str:
    head = np.frombuffer(piece[:4].ljust(4, b"\0"), np.uint8)
    if len(piece) < _LENGTH[head[2]] and _right(*head[[0, 1, 3], None]).all():
        return _("the stream ends within a sound frame")
    return _("no layer II frame of 44.1 kHz, 224 kbit/s and two channels, but {header}").format(
        header=piece[:4].hex(" ")
    )
