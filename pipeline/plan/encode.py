"""ffmpeg command lines for Video CD streams, built and never run (a door of ffmpeg-python).

What happens to picture and sound is said by a Treatment; the filters are built in picture.py and
sound.py, the coders' options in coding.py. Every option is written out: ffmpeg-python sorts options
by name, and a `-target` would silently win over those that sort before it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import ffmpeg

from pipeline.plan.chunks import OCCUPANCY, Stretch, input_options, seek
from pipeline.plan.coding import Quality, sound_options, video_options
from pipeline.plan.picture import NOISY, picture
from pipeline.plan.raster import RASTERS
from pipeline.plan.sound import SAMPLE_RATE, sound
from pipeline.plan.treatment import Treatment
from recipes.targets import Standard

VIDEO, AUDIO = "video.m1v", "audio.mp2"
LAYER_II_DELAY = 481
"""Samples by which coded and decoded sound comes late (the filter bank's memory, ISO 11172-3; found
with a click through libtwolame); so much of the beginning is given up, and both keep step."""


@dataclass(frozen=True, slots=True)
class Files:
    """What ffmpeg reads, by names seen from where it runs: the source, the card that is shown
    where it has no picture, and the subtitles to burn in; empty where there are none.
    """

    source: str
    card: str = ""
    captions: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """How a track is coded: for which television norm, how carefully."""

    standard: Standard
    quality: Quality = "best"


# Where a part begins and ends, and how loud it is made, is all that differs between most command
# lines of a set: the rest is built once, with these marks where the numbers come.
_FIRST, _BEHIND, _FIRST_SAMPLE, _BEHIND_SAMPLE = "@first@", "@behind@", "@sample@", "@silent@"
_GAINS = (-9001.0, -9002.0)  # of the first voice and the second: written as `-9001.00dB`
_NONE: Mapping[str, Any] = MappingProxyType({})
_SOUGHT = 9003.0  # seconds: written as `9003.000`


def track_arguments(
    files: Files, treatment: Treatment, part: Stretch, coding: Coding
) -> tuple[str, ...]:
    """Ffmpeg's arguments for one part in one go: out/video.m1v and out/audio.mp2 of exactly its
    length, from a file that is read from its beginning.
    """
    marks = _marks(treatment, part, coding)
    return filled(_track(files, deciding(treatment), coding), marks)


def video_arguments(
    files: Files, treatment: Treatment, chunk: Stretch, coding: Coding
) -> tuple[str, ...]:
    """The same for the picture alone, which begins to read at the last cut before the chunk."""
    rate = RASTERS[coding.standard].rate
    begin = seek(chunk.start, treatment.cuts, treatment.speed, rate)
    marks = _marks(treatment, chunk, coding) | {f"{_SOUGHT:.3f}": f"{begin:.3f}"}
    return filled(_video(files, deciding(treatment), coding, begin > 0), marks)


def sound_arguments(
    files: Files, treatment: Treatment, part: Stretch, coding: Coding
) -> tuple[str, ...]:
    """The same for the sound alone."""
    marks = _marks(treatment, part, coding)
    return filled(_audio(files, deciding(treatment), coding), marks)


def deciding(treatment: Treatment) -> Treatment:
    """What of a treatment is in a command line before its marks are filled: many files share it."""
    voices = tuple(
        replace(voice, gain=mark) for voice, mark in zip(treatment.voices, _GAINS, strict=False)
    )
    return replace(treatment, seconds=0.0, cuts=(), reasons=(), voices=voices)


def _marks(treatment: Treatment, part: Stretch, coding: Coding) -> dict[str, str]:
    """What stands in the place of each mark."""
    rate = RASTERS[coding.standard].rate
    behind = part.start + part.pictures
    return {
        _FIRST: str(part.start),
        _BEHIND: str(behind),
        _FIRST_SAMPLE: str(_samples(part.start, rate) + LAYER_II_DELAY),
        _BEHIND_SAMPLE: str(_samples(behind, rate) + LAYER_II_DELAY),
        **gain_marks(treatment),
    }


def gain_marks(treatment: Treatment) -> dict[str, str]:
    """What stands in the place of each voice's gain in a command line of `deciding`."""
    gains = zip(_GAINS, treatment.voices, strict=False)
    return {f"{mark:.2f}dB": f"{voice.gain:.2f}dB" for mark, voice in gains}


def filled(words: tuple[str, ...], marks: Mapping[str, str]) -> tuple[str, ...]:
    """A command line with its marks taken out."""
    found = list(words)
    for place in _marked(words):
        for mark, number in marks.items():
            found[place] = found[place].replace(mark, number)
    return tuple(found)


@functools.lru_cache(maxsize=1024)
def _marked(words: tuple[str, ...]) -> tuple[int, ...]:
    """Which words may hold marks; thousands of files share one command line."""
    return tuple(n for n, word in enumerate(words) if "@" in word or "900" in word)


def _samples(number: int, rate: Fraction) -> int:
    return int(number * SAMPLE_RATE / rate)


# -- the command lines, with their marks ----------------------------------------------------------


@functools.lru_cache(maxsize=1024)
def _track(files: Files, treatment: Treatment, coding: Coding) -> tuple[str, ...]:
    file = _source(files, {})
    outputs = _video_output(file, files, treatment, coding), _audio_output(file, treatment, coding)
    return (*GLOBAL, *ffmpeg.merge_outputs(*outputs).get_args())


@functools.lru_cache(maxsize=1024)
def _video(files: Files, treatment: Treatment, coding: Coding, sought: bool) -> tuple[str, ...]:
    file = _source(files, input_options(_SOUGHT) if sought else {})
    smooth = {"rc_init_occupancy": OCCUPANCY}
    return (*GLOBAL, *_video_output(file, files, treatment, coding, smooth).get_args())


@functools.lru_cache(maxsize=1024)
def _audio(files: Files, treatment: Treatment, coding: Coding) -> tuple[str, ...]:
    return (*GLOBAL, *_audio_output(_source(files, {}), treatment, coding).get_args())


def _source(files: Files, options: Mapping[str, str | None]) -> Any:
    # A picture that changes its size on the way must not begin the graph, and its count, anew.
    steady = {"reinit_filter:v": 0}
    return ffmpeg.input(files.source, protocol_whitelist="file,pipe", **steady, **options)


def _video_output(
    file: Any, files: Files, treatment: Treatment, coding: Coding, extra: Mapping[str, Any] = _NONE
) -> Any:
    if treatment.picture is None:
        rate = str(RASTERS[coding.standard].rate)
        seen = ffmpeg.input(files.card, loop=1, framerate=rate)
    else:
        seen = file[str(treatment.picture.stream)]
    shown = picture(
        seen, treatment, coding.standard,
        first=_FIRST, behind=_BEHIND, captions=files.captions,
    )  # fmt: skip
    options = {**_video_options(treatment, coding), **extra}
    return ffmpeg.output(shown, f"out/{VIDEO}", f="mpeg1video", **options)


def _video_options(treatment: Treatment, coding: Coding) -> dict[str, Any]:
    seen = treatment.picture
    noisy = seen is not None and seen.noise >= NOISY
    return video_options(
        coding.standard,
        coding.quality,
        noisy=noisy,
        still=seen is None or seen.still,  # a card stands all the time
    )


def _audio_output(file: Any, treatment: Treatment, coding: Coding) -> Any:
    if treatment.voices:
        streams = [file[str(voice.stream)] for voice in treatment.voices]
        heard = sound(streams, treatment.voices, treatment.speed, coding.quality)
    else:
        heard = ffmpeg.input(f"anullsrc=r={SAMPLE_RATE}:cl=stereo", f="lavfi")
    cut = (
        heard.filter("apad")
        .filter("atrim", start_sample=_FIRST_SAMPLE, end_sample=_BEHIND_SAMPLE)
        .filter("asetpts", "PTS-STARTPTS")
    )
    options = sound_options(len(treatment.voices), coding.quality)
    return ffmpeg.output(cut, f"out/{AUDIO}", f="mp2", **options)


GLOBAL = ("-hide_banner", "-nostdin", "-v", "warning", "-nostats", "-progress", "progress", "-y")
