"""MPEG-1 packs of 2324 bytes: clocks, headers and padding as bytes; which bytes they carry is
decided in mux.py. Field layout after ISO 11172-1, choice of fields as in README.md, *The packs*.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.videocd.bounds import FIRST_SCR, SECTOR_TICKS
from pipeline.videocd.sectors import PAYLOAD, Block
from pipeline.videocd.streams import Offsets

VIDEO_BUFFER: Final = 46 * 1024
AUDIO_BUFFER: Final = 32 * 128
"""Bytes that a player's input buffers hold, and that packs declare."""

VIDEO_HEAD: Final = 28
VIDEO_DATA: Final = PAYLOAD - VIDEO_HEAD
FIRST_VIDEO_DATA: Final = VIDEO_DATA - 2
"""The first video pack also declares the buffer, which takes two bytes."""
AUDIO_HEAD: Final = 25
AUDIO_TAIL: Final = 20
"""Zero bytes that end every sound pack."""
AUDIO_DATA: Final = PAYLOAD - AUDIO_HEAD - AUDIO_TAIL

IDLE, VIDEO, AUDIO, SECOND_SOUND, SUBTITLE = range(5)
"""Classes of sector in a track; packs of padding alone are idle too."""
SUBHEADERS: Final = np.array(
    [
        (0, 0, 0x60, 0x00),
        (0, 1, 0x62, 0x0F),
        (0, 1, 0x64, 0x7F),
        (0, 2, 0x64, 0x7F),
        (0, 2, 0x62, 0x0F),
    ],
    np.uint8,
)
"""The sub-header of each class, but for the file number of the track."""

PROGRAM_END: Final = b"\0\0\1\xb9"

_MUX_RATE: Final = bytes.fromhex("801b91")  # 3528 units of 50 bytes a second: 75 * 2352
_VIDEO_STD: Final = bytes((0x60, VIDEO_BUFFER // 1024))
_AUDIO_STD: Final = bytes((0x40, AUDIO_BUFFER // 128))
_NO_STAMP: Final = b"\x0f"
_MOST_STUFFING: Final = 6
_SCR, _PTS_ALONE, _PTS, _DTS = 2, 2, 3, 1


def stamps(tag: int, ticks: Offsets) -> Block:
    """(count, 5): times of 33 bits with their marker bits, `tag` in the first four bits."""
    fields = (
        tag << 4 | ticks >> 29 & 0xE | 1,
        ticks >> 22 & 0xFF,
        ticks >> 14 & 0xFE | 1,
        ticks >> 7 & 0xFF,
        ticks << 1 & 0xFE | 1,
    )
    made = np.empty((len(ticks), 5), np.uint8)
    for place, field in enumerate(fields):
        made[:, place] = field
    return made


def pack_heads(slots: Offsets, stream: int, length: int) -> Block:
    """(count, 28) the pack header of each slot and the first six bytes of its only packet, which
    has `length` bytes after them; the rest is left zero.
    """
    heads = np.zeros((len(slots), VIDEO_HEAD), np.uint8)
    heads[:, :4] = (0, 0, 1, 0xBA)
    heads[:, 4:9] = stamps(_SCR, FIRST_SCR + SECTOR_TICKS * slots)
    heads[:, 9:12] = tuple(_MUX_RATE)
    heads[:, 12:18] = (0, 0, 1, stream, length >> 8, length & 0xFF)
    return heads


def video_heads(slots: Offsets, pts: Offsets, dts: Offsets, stream: int = 0xE0) -> Block:
    """(count, 28) heads of full video packs; stamps of -1 are absent, equal ones written once."""
    heads = pack_heads(slots, stream, PAYLOAD - 18)
    field = heads[:, 18:]
    field[:, :9] = 0xFF
    field[:, 9] = _NO_STAMP[0]
    alone, both = (pts >= 0) & (pts == dts), (pts >= 0) & (pts != dts)
    field[alone, 5:] = stamps(_PTS_ALONE, pts[alone])
    field[both, :5] = stamps(_PTS, pts[both])
    field[both, 5:] = stamps(_DTS, dts[both])
    return heads


def audio_heads(slots: Offsets, pts: Offsets) -> Block:
    """(count, 28) heads of sound packs, of which the first 25 bytes count."""
    heads = pack_heads(slots, 0xC0, PAYLOAD - 18 - AUDIO_TAIL)
    heads[:, 18:20] = tuple(_AUDIO_STD)
    heads[:, 20:25] = stamps(_PTS_ALONE, pts)
    silent = pts < 0
    heads[silent, 18:25] = tuple(b"\xff" * 4 + _AUDIO_STD + _NO_STAMP)
    return heads


def padding(room: int) -> bytes:
    """A padding packet of `room` bytes; at least 7, or none at all."""
    if not room:
        return b""
    return b"\0\0\1\xbe" + (room - 6).to_bytes(2, "big") + _NO_STAMP + b"\xff" * (room - 7)


def shortened(head: bytes, room: int) -> tuple[bytes, bytes]:
    """A full pack's head and what follows its data when `room` bytes of data are missing.

    Too little room for a padding packet is stuffed into the packet's header.
    """
    if room <= _MOST_STUFFING:
        return head[:18] + b"\xff" * room + head[18:], b""
    length = int.from_bytes(head[16:18], "big") - room
    return head[:16] + length.to_bytes(2, "big") + head[18:], padding(room)


def closed(head: bytes, room: int, closes: bool) -> tuple[bytes, bytes]:
    """Like `shortened`, with the program end code as the last bytes where it `closes` a track
    and has room for it.
    """
    if not closes or room < len(PROGRAM_END):
        return shortened(head, room)
    head, tail = shortened(head, room - len(PROGRAM_END))
    # The end code stands behind the last packet, not in it.
    length = int.from_bytes(head[16:18], "big") - len(PROGRAM_END)
    return head[:16] + length.to_bytes(2, "big") + head[18:], tail + PROGRAM_END


def first_video_head(head: bytes, buffer: int = VIDEO_BUFFER // 1024) -> bytes:
    """The head of the first video pack from its ordinary one: it declares the buffer, in KiB."""
    return head[:18] + bytes((_VIDEO_STD[0], buffer)) + head[18:]


def system_packs() -> tuple[bytes, bytes]:
    """The two packs that open every stream: one declares the picture, one the sound buffer."""
    # Numbers of streams with locks and the mark of constrained parameters, then the buffer.
    video = b"\x01\xe1\xff\xe0" + bytes((_VIDEO_STD[0] | 0x80, _VIDEO_STD[1]))
    audio = b"\x05\xe0\xff\xc0" + bytes((_AUDIO_STD[0] | 0x80, _AUDIO_STD[1]))
    return system_pack(0, video, 0), system_pack(1, audio, AUDIO_TAIL)


def system_pack(slot: int, declared: bytes, tail: int) -> bytes:
    """A pack of a system header alone, padded; `declared` are its bytes after the rate, and
    `tail` the zeros that end the pack.
    """
    head = pack_heads(np.array([slot]), 0, 0)[0, :12].tobytes()
    length = len(_MUX_RATE) + len(declared)
    system = b"\0\0\1\xbb" + length.to_bytes(2, "big") + _MUX_RATE + declared
    return head + system + padding(PAYLOAD - len(head) - len(system) - tail) + bytes(tail)
