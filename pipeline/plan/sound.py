"""From a source's sounds to what a set plays: the filters for it (a door of ffmpeg-python).

A chain is built once, as values, and told in two ways: as ffmpeg-python filters for encoding and
as libavfilter's text for the child that tries the gain out, so that they cannot drift apart.

    clock     gaps and a late start become silence: picture and sound keep their clock
    take      stereo, one side, one channel, or surround mixed so that speech stays in front
    tempo     faster with its pitch kept
    level     the gain, then, where asked, a range made narrower
    limit     at four times the rate, where peaks between the samples show
    both      a single channel on both sides

Levels are in dBFS. What each number is worth was measured with tests/bench/loudness.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import ffmpeg

from pipeline.plan.treatment import Take, Voice
from recipes.targets import Quality

SAMPLE_RATE = 44_100  # hertz
TARGET = -23.0  # LUFS, EBU R128
CEILING = -1.0  # dBTP, of the decoded layer II sound
LIMIT = -3.2  # dBTP before layer II, whose noise adds to a peak
MOST_GAIN = 40.0  # dB
SILENT = -60.0  # LUFS: what is quieter is not brought up

# Short-lived differences between the time stamps and the number of samples are the container's
# rounding; longer ones are gaps. What lies between is caught up with too slowly to be heard.
_CLOCK = {"async": "500", "first_pts": "0", "min_comp": "0.005", "min_hard_comp": "0.02"}

# Speech lies in the middle. The low channel is dropped: on a small set it only eats the level.
_MIDDLE, _FRONT, _BEHIND = Fraction(1), Fraction(7, 10), Fraction(1, 2)
_WHOLE = _MIDDLE + _FRONT + _BEHIND


@dataclass(frozen=True, slots=True)
class Filter:
    """One libavfilter filter and its options, told in the order they are written."""

    name: str
    options: tuple[tuple[str, str], ...] = ()

    def said(self) -> str:
        """The options, as libavfilter reads them."""
        return ":".join(f"{name}='{value}'" for name, value in self.options)

    def __str__(self) -> str:
        return f"{self.name}={self.said()}" if self.options else self.name


def _filter(name: str, **options: str) -> Filter:
    return Filter(name, tuple(options.items()))


def _mixed(layout: str) -> Filter:
    """Any layout brought to one; without a highest value the mix depends on the sample format."""
    return _filter("aresample", out_chlayout=layout, rematrix_maxval="1")


def _share(channel: Fraction) -> str:
    return f"{float(channel / _WHOLE):.6f}"


def _side(side: str) -> str:
    """What one side of a set plays of six channels; never louder than the loudest of them."""
    front, behind = f"F{side}", f"B{side}"
    parts = f"{_share(_MIDDLE)}*FC+{_share(_FRONT)}*{front}+{_share(_BEHIND)}*{behind}"
    return f"{front}={parts}"


# Every layout comes to 5.1 first: side and back, one behind or two, with or without a middle.
_TAKES: dict[Take, tuple[Filter, ...]] = {
    "stereo": (_mixed("stereo"),),
    "mono": (_mixed("mono"),),
    "left": (_filter("pan", args="mono|c0=c0"),),
    "right": (_filter("pan", args="mono|c0=c1"),),
    "surround": (
        _mixed("5.1"),
        _filter("pan", args=f"stereo|{_side('L')}|{_side('R')}"),
    ),
}
_ONE_SIDED = ("mono", "left", "right")
_TO_ONE = _filter("pan", args="mono|c0=0.5*c0+0.5*c1")
TO_BOTH = _filter("pan", args="stereo|c0=c0|c1=c0")


_RATE = str(SAMPLE_RATE)
# A tenth of rubberband's work. It moves what it hears by up to half of its window, whose samples
# are reckoned from the rate: told half of it, claps move by 11 ms and not by 22.
_PRETEND = _filter("asetrate", sample_rate=str(SAMPLE_RATE // 2))


def clock() -> Filter:
    """Sound at 44.1 kHz, in floating point, whose first sample is at second 0."""
    return _filter("aresample", sample_rate=str(SAMPLE_RATE), out_sample_fmt="fltp", **_CLOCK)


def taken(take: Take) -> tuple[Filter, ...]:
    """The channels that are heard: one, or two for `stereo` and `surround`."""
    return _TAKES[take]


def _tempo(speed: Fraction, quality: Quality) -> tuple[Filter, ...]:
    """Faster, at the same pitch. Claps stay within 5 ms (`best`) or 12 ms (`fast`)."""
    if speed == 1:
        return ()
    tempo = f"{float(speed):.15f}"
    if quality == "fast":
        return (_PRETEND, _filter("atempo", tempo=tempo), _filter("asetrate", sample_rate=_RATE))
    # With crisp transients, its default, a pure tone (an opera's fiddle) comes out smeared and off
    # its pitch; with phases locked to each other (laminar) claps wander twice as far, at more cost.
    options = {"transients": "mixed", "phase": "independent", "channels": "together"}
    return (_filter("rubberband", tempo=tempo, **options),)


def _level(voice: Voice) -> tuple[Filter, ...]:
    """The gain, the narrower range and the limit on peaks, without a shift in time."""
    gain = _filter("volume", volume=f"{voice.gain:.2f}dB", precision="float")
    squeeze = (_SQUEEZE,) if voice.squeeze else ()
    return gain, *squeeze, *(_LIMITER if voice.limit else ())


# After the gain, so that it begins at the same loudness in every programme: what is at the target
# stays there, what is 15 dB under it and more comes up by 9 dB, shouting comes down.
_SQUEEZE = _filter(
    "acompressor",
    threshold="0.0126",  # -38 dBFS
    ratio="2.5",
    knee="8",
    attack="30",
    release="600",
    makeup="2.82",
    link="maximum",
)
_LIMITER = (
    _filter("aresample", sample_rate=str(4 * SAMPLE_RATE)),
    _filter(
        "alimiter",
        limit=f"{10 ** (LIMIT / 20):.6f}",
        attack="5",
        release="100",
        level="0",
        latency="1",
    ),
    _filter("aresample", sample_rate=str(SAMPLE_RATE)),
)


def _one_of_two(voice: Voice, speed: Fraction, quality: Quality) -> tuple[Filter, ...]:
    one = () if voice.take in _ONE_SIDED else (_TO_ONE,)
    return (*taken(voice.take), *one, *_tempo(speed, quality), *_level(voice))


def chain_of(
    voice: Voice, speed: Fraction = Fraction(1), quality: Quality = "best"
) -> tuple[Filter, ...]:
    """A voice's whole chain, from what is decoded to what a set plays on both its sides."""
    both = (TO_BOTH,) if voice.take in _ONE_SIDED else ()
    return (clock(), *taken(voice.take), *_tempo(speed, quality), *_level(voice), *both)


def sound_filter_text(voice: Voice) -> str:
    """A voice's whole chain, as one libavfilter graph's text, at its own speed."""
    return ",".join(map(str, chain_of(voice)))


def sound(
    streams: Sequence[Any],
    voices: Sequence[Voice],
    speed: Fraction = Fraction(1),
    quality: Quality = "best",
) -> Any:
    """Stereo at 44.1 kHz from second 0 on, of one voice (on both sides) or of two (the first on
    the left, the second on the right), `speed` times as fast. `streams` are theirs, in order.
    """
    if len(voices) == 1:
        whole = _through(streams[0], chain_of(voices[0], speed, quality))
    else:
        pairs = zip(_clocked(streams, voices), voices, strict=True)
        sides = [_through(stream, _one_of_two(voice, speed, quality)) for stream, voice in pairs]
        whole = ffmpeg.filter(sides, "join", inputs=2, channel_layout="stereo")
    return whole.filter("aformat", sample_fmts="s16", channel_layouts="stereo")


def _clocked(streams: Sequence[Any], voices: Sequence[Voice]) -> Sequence[Any]:
    """Both streams by their clock; the two sides of one stream are split from it."""
    if voices[0].stream != voices[1].stream:
        return [_through(stream, [clock()]) for stream in streams]
    split = _through(streams[0], [clock()]).filter_multi_output("asplit")
    return [split[0], split[1]]


def _through(stream: Any, chain: Sequence[Filter]) -> Any:
    for one in chain:
        stream = stream.filter(one.name, **dict(one.options))
    return stream
