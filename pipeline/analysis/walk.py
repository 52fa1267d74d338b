"""One walk through all packets of a file: decoded, and picture and sound looked at."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import av
import av.container

from pipeline.analysis.coded import faststart, picture_coded, profile
from pipeline.analysis.damage import Errors
from pipeline.analysis.errors import Complaints
from pipeline.analysis.eyes import Eyes
from pipeline.analysis.proof import proven
from pipeline.analysis.sound import Ears
from pipeline.analysis.titles import Titles
from pipeline.examine import MAX_SECONDS, MAX_SIDE, described, open_file, promised

MAX_SOUNDS = 8
_TELL_SECONDS = 0.5  # between two words on how far it is
_THREADS = 2

Tell = Callable[[float], None]


@dataclass(slots=True)
class _Walk:
    """What is collected on the way. `origin` is the container's start: the times of everything
    count from there, as ffmpeg has it.
    """

    origin: float
    complaints: Complaints
    eyes: Eyes | None
    ears: dict[int, Ears]
    titles: dict[int, Titles]
    errors: Errors = field(default_factory=Errors)
    decoded: set[int] = field(default_factory=set)
    first: float = math.inf
    last: float = 0.0
    now: float = 0.0
    picture_bytes: int = 0
    coded: dict[int, dict[str, Any]] = field(default_factory=dict)


def looked_through(path: str, said: str, tell: Tell) -> dict[str, Any]:
    """The fields of an Analysis, JSON-able, but for digest and analyser. `said` is the name of a
    file for what the decoders complain of. Raises ValueError and av.FFmpegError where the file
    cannot be opened at all.
    """
    complaints = Complaints(said)
    with open_file(path) as container:
        streams = described(container)
        promise = promised(container, streams)
        length = min((container.duration or 0) / 1e6, MAX_SECONDS)
        walk = _prepared(container, complaints, max(length, 0.0))
        complaints.new()  # of opening: the same places are read again now
        _through(container, walk, tell)
        walk.coded = _coded(container, walk)
    seconds = min(max(walk.last - min(walk.first, walk.last), 0.0), MAX_SECONDS)
    if walk.eyes and seconds <= 0:
        seconds = walk.eyes.last + walk.eyes.interval * bool(walk.eyes.pictures)
    return _summed(path, walk, seconds, promise)


def _coded(container: Any, walk: _Walk) -> dict[int, dict[str, Any]]:
    """How what was decoded is coded, by stream: decoders know best once they have decoded."""
    said = {index: {"profile": profile(container.streams[index])} for index in walk.ears}
    if walk.eyes:
        stream = container.streams[walk.eyes.index]
        covered = max(walk.last - min(walk.first, walk.last), walk.eyes.last)
        said[walk.eyes.index] = picture_coded(stream, walk.picture_bytes, covered)
    return said


def _prepared(container: Any, complaints: Complaints, length: float) -> _Walk:
    videos = [s for s in container.streams.video if _kind(s) == "video"]
    sounds = [s for s in container.streams.audio if s.codec_context][:MAX_SOUNDS]
    for stream in (*videos[:1], *sounds):
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = _THREADS
    return _Walk(
        origin=(container.start_time or 0) / 1e6,
        complaints=complaints,
        eyes=Eyes(videos[0], length) if videos else None,
        ears={s.index: Ears(s) for s in sounds},
        titles={s.index: Titles(s) for s in container.streams.subtitles},
    )


def _through(container: Any, walk: _Walk, tell: Tell) -> None:
    video = walk.eyes.index if walk.eyes else -1
    wanted = [s for s in container.streams if s.index in {video, *walk.ears, *walk.titles}]
    told = time.monotonic()
    if not wanted:
        return
    try:
        for packet in container.demux(wanted):
            _packet(packet, walk)
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                tell(walk.now)
    except av.FFmpegError:  # what was read until here is what there is
        walk.errors.take(walk.now, walk.now + _spoilt(walk))


def _spoilt(walk: _Walk) -> float:
    return walk.eyes.interval if walk.eyes else 0.05


def _packet(packet: Any, walk: _Walk) -> None:
    if packet.stream.index in walk.titles:
        if packet.size:
            walk.titles[packet.stream.index].take(bytes(packet)[:65_536])
        return
    at = _timed(packet, walk)
    if walk.eyes and packet.stream.index == walk.eyes.index:
        walk.picture_bytes += packet.size
    wrong = 0
    try:
        for frame in packet.decode():
            walk.decoded.add(packet.stream.index)
            wrong += _frame(frame, packet.stream.index, walk)
    except (av.FFmpegError, ValueError, MemoryError):
        wrong += 1
    wrong = max(wrong + bool(packet.is_corrupt), walk.complaints.new())
    if wrong:
        walk.errors.take(at, at + _spoilt(walk), wrong)


def _timed(packet: Any, walk: _Walk) -> float:
    """When a packet is due; its place in the whole is noted."""
    stamp = packet.pts if packet.pts is not None else packet.dts
    if not packet.size and walk.eyes and packet.stream.index == walk.eyes.index:
        return walk.eyes.last  # the end: what still comes follows the last picture
    if stamp is None or not packet.size:
        return walk.now
    begin = float(stamp * packet.time_base) - walk.origin
    if not -MAX_SECONDS < begin < MAX_SECONDS:
        return walk.now
    walk.now = max(begin, 0.0)
    walk.first = min(walk.first, begin)
    walk.last = max(walk.last, begin + float((packet.duration or 0) * packet.time_base))
    return walk.now


def _frame(frame: Any, index: int, walk: _Walk) -> int:
    """Hand a frame to whom it is for, its time counted from the start; how many errors it has."""
    at = None
    if frame.pts is not None and frame.time_base:
        frame.pts -= round(walk.origin / float(frame.time_base))
        at = frame.time
    if at is not None and not -60.0 < at < MAX_SECONDS:
        return 1
    if index in walk.ears:
        walk.ears[index].take(frame)
    elif walk.eyes and max(frame.width, frame.height) <= MAX_SIDE:
        walk.eyes.take(frame, at)
    return int(frame.is_corrupt)


def _summed(path: str, walk: _Walk, seconds: float, promise: float) -> dict[str, Any]:
    picture = None
    if walk.eyes:
        found = walk.eyes.pace()
        for begin, end in found.gaps:
            walk.errors.take(begin, end)
        picture = walk.eyes.seen(
            seconds,
            found,
            lambda cuts, pictures: _proven(path, walk, cuts, pictures),
        )
    return {
        "seconds": round(seconds, 6),
        "promised": round(max(promise, 0.0), 6),
        "picture": picture and {**picture, **walk.coded[picture["index"]]},
        "sounds": [
            {**walk.ears[i].heard(path), **walk.coded[i]}
            for i in sorted(walk.ears)
            if i in walk.decoded
        ],
        "subtitles": [walk.titles[i].read() for i in sorted(walk.titles)],
        "damage": walk.errors.stretches(seconds),
        "faststart": faststart(path),
    }


def _proven(path: str, walk: _Walk, cuts: list[Any], pictures: int) -> list[float]:
    if not cuts or walk.eyes is None:
        return []
    with open_file(path) as container:
        return proven(container, walk.eyes.index, walk.origin, cuts, pictures)


def _kind(stream: Any) -> str:
    """`video` for a stream of pictures that move; a cover is none."""
    attached = 0x400  # AV_DISPOSITION_ATTACHED_PIC
    if stream.codec_context is None or int(stream.disposition) & attached:
        return ""
    return str(stream.type)
