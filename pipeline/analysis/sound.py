"""A sound listened to from end to end: what is on its channels, how loud, where it is silent.

The frames of the one walk through the file go through the same clock and the same choice of
channels as the encoding will have them, so that seconds and loudness are those of the disc. Then
the gain is tried out on the whole sound, read once more, where a limiter or a narrower range makes
it more than a subtraction. Costs about 0.25 s of processor a minute of stereo, and as much again
for each trial (four at the most).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from catalog.analysis import Channels
from pipeline.analysis import sides
from pipeline.analysis.loudness import (
    METER,
    NOTHING,
    Graph,
    Loudness,
    gain_for,
    heard_as,
    read,
    wide,
)
from pipeline.plan.sound import SAMPLE_RATE, SILENT, TO_BOTH, Filter, clock, taken
from pipeline.plan.treatment import Take, Voice

_MAX_SILENCES = 2000
_MAX_GAP = 3600.0  # seconds: a longer one is a wrong time stamp, not silence
_ONE_SIDE = 3.01  # dB more, where one side is played on both

TAKES: dict[Channels, Take] = {
    "silent": "stereo",
    "mono": "mono",
    "left": "left",
    "right": "right",
    "stereo": "stereo",
    "two-voices": "stereo",
    "surround": "surround",
}
"""What is taken of a sound where nobody wishes otherwise."""


def _listening(channels: int) -> tuple[Filter, ...]:
    """Both sides of a set, a tenth of a second at a time, with the meter's reading."""
    if channels > 2:
        take = taken("surround")
    else:
        take = (*taken("mono"), TO_BOTH) if channels == 1 else taken("stereo")
    tenths = Filter("asetnsamples", (("n", str(SAMPLE_RATE // 10)), ("p", "0")))
    return clock(), *take, tenths, METER


class Ears:
    """Takes the decoded frames of one sound in order, then tells what was heard.

    `frame.time` counts from the beginning of the container; gaps are silence.
    """

    def __init__(self, stream: Any) -> None:
        self.index = int(stream.index)
        self._channels, self._graph = 0, Graph(())
        self._blocks: list[sides.Block] = []
        self._short: list[float] = []
        self._last: dict[str, str] = {}
        self._time = 0.0

    def take(self, frame: Any) -> None:
        """The next frame. One that cannot be used is passed over: what follows keeps its time."""
        if frame.pts is None or not frame.samples or abs(frame.time - self._time) > _MAX_GAP:
            return
        if not self._channels:
            self._channels = len(frame.layout.channels)
            self._graph = Graph(_listening(self._channels))
        with contextlib.suppress(av.FFmpegError, ValueError):
            for out in self._graph.put(frame):
                self._listen(out)
        self._time = frame.time

    def _listen(self, out: Any) -> None:
        if reading := out.metadata:  # the last, shorter piece has none
            self._last = reading
            self._short.append(float(reading.get("lavfi.r128.S", NOTHING)))
        two = out.to_ndarray().reshape(-1, 2).T.astype("float32")
        if two.shape[1] == SAMPLE_RATE // 10:
            self._blocks.append(sides.block(two, SAMPLE_RATE))

    def heard(self, path: str) -> dict[str, Any]:
        """The fields of catalog.analysis.SoundAnalysis; `path` is read again for its sound only."""
        with contextlib.suppress(av.FFmpegError, ValueError):
            for out in self._graph.end():
                self._listen(out)
        on = self._on_channels()
        loud = self._loudness(on)
        squeeze = on != "silent" and loud.mean >= SILENT and wide(loud, self._short)
        voice = Voice(self.index, TAKES[on], 0.0, squeeze)
        gain = gain_for(loud, voice, lambda tried: heard_as(tried, frames(path, self.index)))
        return {
            "index": self.index,
            "channels": on,
            "loudness": round(loud.mean, 2),
            "loudness_range": round(loud.range, 2),
            "peak": round(loud.peak, 2),
            "gain": gain,
            "squeeze": squeeze,
            "silence": sides.silences(self._blocks)[:_MAX_SILENCES],
        }

    def _on_channels(self) -> Channels:
        on = sides.heard(self._blocks)
        if on == "silent" or self._channels == 2:
            return on
        return "mono" if self._channels < 2 else "surround"

    def _loudness(self, on: Channels) -> Loudness:
        loud = read(self._last)
        if on in ("left", "right"):
            return Loudness(loud.mean + _ONE_SIDE, loud.range, loud.peak)
        return loud


def frames(path: str, index: int) -> Iterator[Any]:
    """The decoded frames of one sound of a file, counted from the container's beginning; what
    cannot be decoded is left out.
    """
    with av.open(f"file:{path}", options={"protocol_whitelist": "file"}) as container:
        origin = Fraction(container.start_time or 0, 1_000_000)
        with contextlib.suppress(av.FFmpegError):
            for packet in container.demux(container.streams[index]):
                for frame in _decoded(packet):
                    if frame.pts is not None:
                        frame.pts -= round(origin / frame.time_base)
                    yield frame


def _decoded(packet: Any) -> list[Any]:
    with contextlib.suppress(av.FFmpegError):
        return list(packet.decode())
    return []
