"""How picture and sound are coded, and whether an MP4 can be played from its beginning."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from pipeline.analysis.parameters import kept_pictures

_MAX_ATOMS = 20_000
_MP4_MARKS = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")


def picture_coded(stream: Any, coded_bytes: int, seconds: float) -> dict[str, Any]:
    """The fields of PictureAnalysis about coding; `coded_bytes` are those of its packets."""
    context = stream.codec_context
    bits, chroma = _samples(context.format)
    return {
        "profile": profile(stream),
        "level": max(0, int(context.level or 0)),
        "bits": bits,
        "chroma": chroma,
        "bit_rate": round(coded_bytes * 8 / seconds) if seconds > 0 else 0,
        "kept": kept_pictures(context.extradata or b"") if context.name == "h264" else 0,
    }


def profile(stream: Any) -> str:
    """The profile of a stream, as ffmpeg names it; "" where it has none."""
    return str(stream.codec_context.profile or "")[:100]


def _samples(shape: Any) -> tuple[int, str]:
    """The bits of a picture's luma and how its colours are sampled, such as "420"."""
    if shape is None or not shape.components:
        return 0, ""
    bits = int(shape.components[0].bits)
    if shape.is_rgb or len(shape.components) < 3:
        return bits, ""
    halved = int(shape.chroma_width(16)), int(shape.chroma_height(16))
    return bits, {(8, 8): "420", (8, 16): "422", (16, 16): "444", (4, 16): "411"}.get(halved, "")


def faststart(path: str) -> bool:
    """Whether a file is an MP4 (QuickTime) whose `moov` lies before its only kind of contents,
    `mdat`; one in fragments is not. Reads the heads of its outermost atoms alone.
    """
    seen: list[bytes] = []
    size = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        at = 0
        while at + 8 <= size and len(seen) < _MAX_ATOMS:
            file.seek(at)
            length, name = struct.unpack(">I4s", file.read(8))
            if length == 1:
                length = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))[0]
            if not seen and name not in _MP4_MARKS:
                return False
            seen.append(name)
            if name == b"moof" or (name == b"mdat" and b"moov" not in seen):
                return False
            if length < 8:  # 0: to the end of the file
                break
            at += length
    return b"moov" in seen
