"""The child that reads strangers' media: `python -m pipeline.examine FILE ANSWER`.

It is run inside limits by `probe`; the child that analyses opens files by the same rules. The
digest is taken by one thread while another walks through the packets, so that the file comes off
its disk once. Nothing is decoded but the first pictures, which tell the scan and the turn.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import sys
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.container
import av.logging

MAX_STREAMS = 64
MAX_SIDE = 16_384  # pixels
MAX_SECONDS = 24 * 3600.0
MAX_TEXT = 500  # characters of a tag
PICTURES_LOOKED_AT = 50
PIECE = 1 << 20

# Containers that write down how long they are; elsewhere the length is a guess from the bit rate.
_TELLS_LENGTH = {"mov", "matroska", "avi", "asf", "flv", "rm"}
_COVER = 0x400  # AV_DISPOSITION_ATTACHED_PIC


class _Digest(threading.Thread):
    """SHA-256 of a whole file, beside whoever else reads it."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self.path, self.bytes, self.sha256 = path, 0, hashlib.sha256()

    def run(self) -> None:
        with open(self.path, "rb", buffering=0) as file:  # noqa: PTH123 - unbuffered on purpose
            while piece := file.read(PIECE):
                self.sha256.update(piece)
                self.bytes += len(piece)


def _words(metadata: dict[str, str]) -> list[tuple[str, str]]:
    return sorted((k[:MAX_TEXT].lower(), v[:MAX_TEXT]) for k, v in list(metadata.items())[:100])


def _described(stream: Any) -> dict[str, Any]:
    """What the container says of a stream."""
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else ""
    language = stream.metadata.get("language", "").replace("und", "")[:20]
    said = {"index": stream.index, "codec": codec, "language": language}
    if stream.type == "video" and not int(stream.disposition) & _COVER:
        return said | {
            "is": "video",
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "sar": str(Fraction(stream.sample_aspect_ratio or 1)),
            "rate": str(Fraction(stream.average_rate or stream.guessed_rate or 0)),
            "pixel_format": stream.codec_context.pix_fmt or "",
        }
    if stream.type == "audio":
        return said | {
            "is": "audio",
            "channels": stream.codec_context.channels,
            "sample_rate": stream.codec_context.sample_rate,
        }
    kind = {"video": "cover", "subtitle": "subtitle"}.get(stream.type, "data")
    return said | {"is": "other", "kind": kind}


class _Span:
    """From the first time stamp of a stream to the end of its last packet, in seconds."""

    def __init__(self) -> None:
        self.first, self.last, self.packets = math.inf, -math.inf, 0

    def take(self, packet: Any) -> None:
        self.packets += 1
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is not None:
            begin = float(stamp * packet.time_base)
            self.first = min(self.first, begin)
            self.last = max(self.last, begin + float((packet.duration or 0) * packet.time_base))


def _walk(container: av.container.InputContainer, wanted: list[int]) -> tuple[float, Any]:
    """Through all packets: how many seconds they cover, and the first pictures' look."""
    spans = {index: _Span() for index in wanted}
    looked: list[Any] = []
    video = next((s for s in container.streams.video if s.index in spans), None)
    try:
        for packet in container.demux([container.streams[i] for i in wanted]):
            if packet.size:
                spans[packet.stream_index].take(packet)
                if video and packet.stream_index == video.index:
                    _look(packet, looked)
    except av.FFmpegError:
        pass  # what was read until here is what there is; the length tells
    spans = {index: span for index, span in spans.items() if span.packets}
    first = min((s.first for s in spans.values()), default=math.inf)
    last = max((s.last for s in spans.values()), default=-math.inf)
    seconds = last - first if math.isfinite(last - first) else 0.0
    if video and video.index in spans and seconds <= 0 and video.average_rate:
        # A bare elementary stream carries no time stamps: its pictures are counted.
        seconds = float(spans[video.index].packets / video.average_rate)
    return min(max(seconds, 0.0), MAX_SECONDS), (looked, set(spans))


def _look(packet: Any, looked: list[Any]) -> None:
    if len(looked) < PICTURES_LOOKED_AT:
        with contextlib.suppress(av.FFmpegError):  # a damaged picture says nothing
            looked.extend((f.interlaced_frame, f.rotation) for f in packet.decode())


def open_file(path: str) -> av.container.InputContainer:
    """A file that someone gave us, opened: no other file or address is followed from it."""
    return av.open(f"file:{path}", options={"protocol_whitelist": "file"})


def described(container: av.container.InputContainer) -> list[dict[str, Any]]:
    """All streams. Raises ValueError where there are too many, or a picture is too large."""
    if len(container.streams) > MAX_STREAMS:
        raise ValueError(f"{len(container.streams)} streams, more than {MAX_STREAMS}")
    streams = [_described(s) for s in container.streams]
    for said in streams:
        if said["is"] == "video" and not 0 < max(said["width"], said["height"]) <= MAX_SIDE:
            raise ValueError(f"picture of {said['width']} x {said['height']}")
    return streams


def promised(container: av.container.InputContainer, streams: list[dict[str, Any]]) -> float:
    """The seconds that the container writes down as its length; 0 where it only guesses."""
    # Subtitles may end long after the picture, and count in what a container promises.
    titled = any(s.get("kind") == "subtitle" for s in streams)
    tells = bool(_TELLS_LENGTH & set(container.format.name.split(","))) and not titled
    return (container.duration or 0) / 1e6 if tells else 0.0


def _examined(path: str) -> dict[str, Any]:
    av.logging.set_level(av.logging.PANIC)
    with open_file(path) as container:
        streams = described(container)
        wanted = [s["index"] for s in streams if s["is"] in ("video", "audio")]
        seconds, (looked, present) = _walk(container, wanted) if wanted else (0.0, ([], set()))
        for said in streams:
            if said["is"] == "video":
                woven = sum(bool(frame[0]) for frame in looked)
                said["scan"] = "interlaced" if woven * 2 > len(looked) else "progressive"
                said["rotation"] = int(looked[0][1]) if looked else 0
        kept = [s for s in streams if s["is"] == "other" or s["index"] in present]
        return {
            "container": container.format.name,
            "seconds": seconds,
            "promised": promised(container, streams),
            "streams": kept,
            "tags": _words(container.metadata),
        }


def main(path: str, answer: str) -> None:
    """Be the child: write what FILE holds, or `error`, as JSON to ANSWER."""
    digest = _Digest(path)
    digest.start()
    try:
        said = _examined(path)
    except Exception as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        said = {"error": reason.replace(path, "")[:MAX_TEXT]}
    digest.join()
    said |= {"sha256": digest.sha256.hexdigest(), "bytes": digest.bytes}
    Path(answer).write_text(json.dumps(said), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
