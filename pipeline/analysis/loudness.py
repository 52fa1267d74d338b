"""Sound through a libavfilter graph, and how loud it comes out (EBU R128), inside the child."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import av
import av.filter

from pipeline.plan.sound import LIMIT, MOST_GAIN, SILENT, TARGET, Filter, chain_of
from pipeline.plan.treatment import Voice

NOTHING = -70.0  # LUFS and dBTP: what the meter gives for silence
CLOSE = 0.3  # LU: a gain this near the target stands
TRIALS = 4
_EATEN = 8.0  # dB: as much of a peak may go to the limiter
_RANGE = 18.0  # LU: a wider range is not followed in a room with people in it
_DEPTH = 30.0  # LU below the mean is still programme, where R128 looks at 20 only

METER = Filter("ebur128", (("peak", "true"), ("metadata", "1")))


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS, its range in LU and the highest true peak in dBTP."""

    mean: float = NOTHING
    range: float = 0.0
    peak: float = NOTHING


class Graph:
    """A chain of filters, made when the first frame tells what comes in. Later frames in another
    form (a broadcast that changes from two channels to six) are brought to the first one's.
    """

    def __init__(self, filters: Sequence[Filter]) -> None:
        self.filters = filters
        self._graph: Any = None
        self._same: Any = None

    def _begin(self, frame: Any) -> Any:
        graph = av.filter.Graph()
        last = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=frame.time_base,
        )
        for one in (*self.filters, Filter("abuffersink")):
            added = graph.add(one.name, one.said()) if one.options else graph.add(one.name)
            last.link_to(added)
            last = added
        graph.configure()
        self._form = (frame.sample_rate, frame.format.name, frame.layout.name)
        return graph

    def _alike(self, frame: Any) -> list[Any]:
        rate, form, layout = self._form
        if (frame.sample_rate, frame.format.name, frame.layout.name) == self._form:
            return [frame]
        if self._same is None:
            self._same = av.AudioResampler(form, layout, rate)
        return list(self._same.resample(frame))

    def put(self, frame: Any) -> Iterator[Any]:
        """What comes out once this frame went in."""
        if self._graph is None:
            self._graph = self._begin(frame)
        for one in self._alike(frame):
            with contextlib.suppress(av.FFmpegError, ValueError):
                self._graph.push(one)
            yield from self._out()

    def end(self) -> Iterator[Any]:
        """What comes out after the last frame."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._out()

    def _out(self) -> Iterator[Any]:
        while True:
            try:
                yield self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return


def read(meter: Mapping[str, str]) -> Loudness:
    """What the meter has written to a frame: of all sound up to there."""
    # The filter tells loudness in LUFS, but peaks as amplitudes.
    peak = max(_number(meter, f"true_peaks_ch{side}", 0.0) for side in (0, 1))
    high = 20 * math.log10(peak) if peak > 0 else NOTHING
    return Loudness(_number(meter, "I", NOTHING), _number(meter, "LRA", 0.0), max(high, NOTHING))


def _number(meter: Mapping[str, str], name: str, least: float) -> float:
    value = float(meter.get(f"lavfi.r128.{name}", least))
    return min(max(value, least), 100.0) if math.isfinite(value) else least


def wide(loud: Loudness, short: Sequence[float]) -> bool:
    """Whether the range must be made narrower: `short` is the loudness of each three seconds.

    R128's own range leaves out what is 20 LU under the mean, and so all that is whispered in a
    play with shouting; here it counts. Or the peaks stand so high that the limiter would be heard.
    """
    if loud.peak + (TARGET - loud.mean) - LIMIT > _EATEN or loud.range > _RANGE:
        return True
    heard = sorted(one for one in short if one > max(loud.mean - _DEPTH, NOTHING))
    if not heard:
        return False
    return heard[int(0.95 * (len(heard) - 1))] - heard[int(0.1 * (len(heard) - 1))] > _RANGE


def gain_for(loud: Loudness, voice: Voice, hear: Callable[[Voice], float]) -> float:
    """The gain in dB that brings a voice to the target, tried out with `hear` (LUFS of a voice as
    it leaves its chain) wherever anything but the gain itself changes the loudness.
    """
    if loud.mean < SILENT:
        return 0.0
    gain = min(TARGET - loud.mean, MOST_GAIN)
    if not voice.squeeze and loud.peak + gain <= LIMIT:
        return round(gain, 2)
    tried: list[tuple[float, float]] = []
    for _trial in range(TRIALS):
        voice = Voice(voice.stream, voice.take, round(gain, 2), voice.squeeze)
        off = TARGET - hear(voice)
        tried.append((off, voice.gain))
        if abs(off) <= CLOSE:
            break
        gain = _next(tried, off, gain)
    return min(tried, key=lambda one: abs(one[0]))[1]


def _next(tried: Sequence[tuple[float, float]], off: float, gain: float) -> float:
    """The next gain to try: a squeezed or limited sound gives less than it is given."""
    steep = 1.0
    if len(tried) > 1:
        (before, less), (after, more) = tried[-2:]
        steep = min(max((before - after) / ((more - less) or 1.0), 0.25), 1.0)
    return min(max(gain + off / steep, -60.0), MOST_GAIN)


def heard_as(voice: Voice, frames: Iterator[Any]) -> float:
    """LUFS of a voice as its whole chain gives it; `frames` are the stream's, decoded."""
    graph = Graph((*chain_of(voice), Filter("ebur128", (("metadata", "1"),))))
    last: dict[str, str] = {}
    for out in chain.from_iterable(map(graph.put, frames)):
        last = out.metadata or last
    for out in graph.end():
        last = out.metadata or last
    return read(last).mean
