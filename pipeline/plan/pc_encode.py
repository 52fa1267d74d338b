"""ffmpeg command lines for files that computers play, built and never run (a door of
ffmpeg-python). Every option is written out; no clock and no chance comes into the bytes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import ffmpeg

from pipeline.plan.encode import GLOBAL, Files, deciding, filled, gain_marks
from pipeline.plan.pc_coding import (
    Looks,
    bounds,
    colour_marks,
    file_options,
    picture_options,
    poster_options,
    sound_options,
)
from pipeline.plan.picture import on_raster
from pipeline.plan.raster import Raster
from pipeline.plan.sound import SAMPLE_RATE, sound
from pipeline.plan.treatment import Treatment

VIDEO, POSTER = "programme.mp4", "poster.jpg"
_RELEVELLED = {"bsf:v": "h264_metadata=level=3.1"}
_LOCAL = {"protocol_whitelist": "file,pipe"}
# How long a film is, how loud, and how many bits it may take is all that differs between most of
# them: the rest of a line is built once, with these marks where the numbers come.
_PICTURES, _SAMPLES, _MOST = "@pictures@", "@samples@", 9_005_000


def copied_arguments(
    source: str, streams: tuple[int, ...], *, relevel: bool = False
) -> tuple[str, ...]:
    """Ffmpeg's arguments for out/programme.mp4 of these streams as they are; with `relevel` the
    level that the picture's parameters claim becomes 3.1.
    """
    file = ffmpeg.input(source, **_LOCAL)
    taken = [file[str(stream)] for stream in streams]
    options = {"c": "copy"} | (_RELEVELLED if relevel else {}) | file_options()
    return _line(ffmpeg.output(*taken, f"out/{VIDEO}", **options))


def sound_made_arguments(
    source: str, treatment: Treatment, *, relevel: bool = False
) -> tuple[str, ...]:
    """The same with the picture as it is and the sound as the treatment says."""
    marks = gain_marks(treatment) | {_SAMPLES: str(round(treatment.seconds * SAMPLE_RATE))}
    return filled(_sound_made_line(source, deciding(treatment), relevel), marks)


@lru_cache(maxsize=256)
def _sound_made_line(source: str, treatment: Treatment, relevel: bool) -> tuple[str, ...]:
    file = ffmpeg.input(source, **_LOCAL)
    if treatment.picture is None:
        raise ValueError("no picture to copy")
    heard = _heard(file, treatment)
    picture = file[str(treatment.picture.stream)]
    options = {"c:v": "copy"} | sound_options() | file_options()
    options |= _RELEVELLED if relevel else {}
    return _line(ffmpeg.output(picture, heard, f"out/{VIDEO}", **options))


def encoded_arguments(
    files: Files, treatment: Treatment, shape: Raster, coding: Looks
) -> tuple[str, ...]:
    """The same with picture and sound as the treatment says, of exactly its length; without a
    sound where it has no voice.
    """
    pictures = max(1, round(treatment.seconds * shape.rate))
    samples = round(pictures * SAMPLE_RATE / shape.rate)
    marks = gain_marks(treatment) | {_PICTURES: str(pictures), _SAMPLES: str(samples)}
    marked = replace(coding, most=_MOST)
    exact = dict(zip(bounds(marked), bounds(coding), strict=True))
    words = filled(_encoded_line(files, deciding(treatment), shape, marked), marks)
    return tuple(exact.get(word, word) for word in words)


@lru_cache(maxsize=1024)
def _encoded_line(
    files: Files, treatment: Treatment, shape: Raster, coding: Looks
) -> tuple[str, ...]:
    # A picture that changes its size on the way must not begin the graph, and its count, anew.
    file = ffmpeg.input(files.source, **{"reinit_filter:v": 0}, **_LOCAL)
    if treatment.picture is None:
        seen = ffmpeg.input(files.card, loop=1, framerate=1)
    else:
        seen = file[str(treatment.picture.stream)]
    shown = on_raster(
        seen, treatment, shape, first="0", behind=_PICTURES, captions=files.captions
    ).filter("setparams", **colour_marks(shape))
    options = picture_options(shape, coding) | file_options()
    if not treatment.voices:
        return _line(ffmpeg.output(shown, f"out/{VIDEO}", **options))
    heard = _heard(file, treatment)
    return _line(ffmpeg.output(shown, heard, f"out/{VIDEO}", **options | sound_options()))


def poster_arguments(
    source: str, begin: float, seconds: float, size: tuple[int, int]
) -> tuple[str, ...]:
    """Ffmpeg's arguments for out/poster.jpg: of the key pictures of a stretch (where it is short,
    of some of all its pictures) the most ordinary one that is not black; whatever there is before
    it where all are black, or none is there.
    """
    marks = {_BEGIN: f"{begin:.3f}", _LENGTH: f"{seconds:.3f}"}
    words = _poster_line(source, seconds > _SHORT, size)
    return tuple(marks.get(word, word) for word in words)


_BEGIN, _LENGTH = "begin", "length"  # stand where a poster's own times come


# Building a graph takes a millisecond, and catalogues are long.
@lru_cache(maxsize=512)
def _poster_line(source: str, keys: bool, size: tuple[int, int]) -> tuple[str, ...]:
    only = {"skip_frame": "nokey"} if keys else {}
    # From the key picture before, so that there is one however far apart they are.
    file = ffmpeg.input(source, noaccurate_seek=None, **only, ss=_BEGIN, t=_LENGTH, **_LOCAL)
    stream = file["v:0"] if keys else file["v:0"].filter("framestep", step=_STEP)
    each = stream.filter_multi_output("split")
    bright = (
        each[0]
        .filter("select", "gte(t,0)")
        .filter("blackframe", amount=0, threshold=40)
        .filter("metadata", mode="select", key="lavfi.blackframe.pblack", value=85, function="less")
    )
    one = [stream.filter("thumbnail", n=_LOOKED_AT) for stream in (bright, each[1])]
    # Its time counts from what was sought and may be before it: ffmpeg would drop it.
    found = ffmpeg.concat(*one).filter("setpts", "N")
    return _line(_poster(found, size))


def card_poster_arguments(card: str, size: tuple[int, int]) -> tuple[str, ...]:
    """The same of a card that was drawn."""
    return _line(_poster(ffmpeg.input(card, **_LOCAL), size))


_LOOKED_AT = 60  # pictures: each is held in memory
_SHORT, _STEP = 20.0, 12  # seconds that are decoded wholly, and every which picture is looked at


def _poster(stream: Any, size: tuple[int, int]) -> Any:
    # JPEG is of BT.601 and full range by its own standard.
    small = stream.filter("scale", *size, flags="lanczos+accurate_rnd+full_chroma_int",
                          out_color_matrix="bt601", out_range="pc")  # fmt: skip
    made = small.filter("setsar", "1").filter("format", "yuvj420p")
    return ffmpeg.output(made, f"out/{POSTER}", **poster_options())


def _heard(file: Any, treatment: Treatment) -> Any:
    """What is heard, as long as the mark will say."""
    streams = [file[str(voice.stream)] for voice in treatment.voices]
    whole = sound(streams, treatment.voices, treatment.speed)
    cut = whole.filter("apad").filter("atrim", end_sample=_SAMPLES)
    return cut.filter("asetpts", "PTS-STARTPTS")


def _line(output: Any) -> tuple[str, ...]:
    return (*GLOBAL, *output.get_args())
