"""ffmpeg command lines for Video CD streams, built and never run (the door of ffmpeg-python).

Facts: reference vcd20.md 6.1 (what the stream may be), encoding.md (what each option is worth).
Every option is written out: ffmpeg-python sorts options by name, and a `-target` would silently
win over those that sort before it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import ffmpeg

from catalog.programme import VideoStream
from pipeline.plan.raster import RASTERS, Raster
from recipes.targets import Standard

Quality = Literal["fast", "best"]

VIDEO, AUDIO = "video.m1v", "audio.mp2"
SAMPLE_RATE = 44_100  # hertz
AUDIO_KBIT = 224
VIDEO_BIT = 1_150_000  # a second, constant; at most 1151929 fit beside the sound
VBV_BIT = 327_680  # 40 KiB


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which pictures of an episode, counted at the raster's rate from its beginning."""

    start: int
    pictures: int


def shape(video: VideoStream | None, raster: Raster) -> tuple[int, int]:
    """Width and height, both even, that a picture takes inside the raster: letterboxed or
    pillarboxed, never squeezed. A picture that is a card already has the raster's size.
    """
    if video is None:
        return raster.width, raster.height
    width, height = video.width * video.sar, Fraction(video.height)
    if video.rotation % 180:
        width, height = height, width
    aspect = width / height / raster.sar  # in the raster's own pixels
    fits = (_at(aspect, raster, less) for less in range(0, _YIELD, 2))
    tried = [(abs(w / (h * aspect) - 1), w, h) for w, h in fits]
    # As large as it may be while round things stay round, else the roundest.
    good = (one for one in tried if one[0] <= _ROUND)
    _error, shown_width, shown_height = next(good, min(tried))
    return shown_width, shown_height


_ROUND = Fraction(1, 250)  # how far a circle may be from round
_YIELD = 16  # pixels that a side may give up for it


def _at(aspect: Fraction, raster: Raster, less: int) -> tuple[int, int]:
    """The even size of an aspect that touches the raster's sides, `less` pixels inside them."""
    if aspect * raster.height >= raster.width:
        width = raster.width - less
        return width, _even(width / aspect)
    height = raster.height - less
    return _even(height * aspect), height


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def _picture(stream: Any, video: VideoStream | None, standard: Standard) -> Any:
    """The filters from a source's picture to the raster: fields, rate, stretch, size, borders."""
    raster = RASTERS[standard]
    width, height = shape(video, raster)
    if video is not None and video.scan == "interlaced":
        # Only what is marked woven, and by each picture's own field order.
        stream = stream.filter("bwdif", mode="send_frame", parity="auto", deint="interlaced")
    return (
        stream.filter("fps", fps=str(raster.rate), start_time=0)
        # Sound may outlast the picture: its last picture stands until the part is full.
        .filter("tpad", stop=-1, stop_mode="clone")
        .filter("trim", start_frame=_FIRST, end_frame=_BEHIND)
        .filter("setpts", "PTS-STARTPTS")
        .filter(
            "scale",
            width,
            height,
            flags="lanczos+accurate_rnd+full_chroma_int",
            out_color_matrix="bt601",
            out_range="tv",
        )
        .filter("pad", raster.width, raster.height, "(ow-iw)/2", "(oh-ih)/2")
        .filter("setsar", str(raster.sar))
        .filter("format", "yuv420p")
    )


def _samples(number: int, standard: Standard) -> int:
    return int(number * SAMPLE_RATE / RASTERS[standard].rate)


def _steady(stream: Any, layout: str) -> Any:
    """A source's sound at 44.1 kHz; gaps and a late start become silence, so that picture and
    sound keep their clock.
    """
    return (
        stream.filter("aresample", SAMPLE_RATE, **{"async": 1, "first_pts": 0})
        .filter("aformat", sample_fmts="s16", channel_layouts=layout)
        .filter("apad")
    )


def _sound(streams: Sequence[Any]) -> Any:
    """The filters from a source's sounds to stereo of exactly the part's length."""
    if len(streams) == 1:
        whole = _steady(streams[0], "stereo")
    else:
        sides = [_steady(stream, "mono") for stream in streams]
        whole = ffmpeg.filter(sides, "join", inputs=2, channel_layout="stereo")
    cut = whole.filter("atrim", start_sample=_FIRST_SAMPLE, end_sample=_BEHIND_SAMPLE)
    return cut.filter("asetpts", "PTS-STARTPTS")


# What encoding.md found to win at this rate: B pictures, rate-distortion decisions, trellis, the
# whole buffer. `me_range` keeps the vectors inside the constrained parameters and sets their flag.
_BEST = {
    "mbd": "rd",
    "trellis": 2,
    "cmp": "satd",
    "subcmp": "satd",
    "dia_size": 4,
    "pre_dia_size": 4,
    "last_pred": 3,
    "mpv_flags": "+mv0",
}


def _video_options(standard: Standard, quality: Quality) -> dict[str, Any]:
    raster = RASTERS[standard]
    return {
        "c:v": "mpeg1video",
        "b:v": VIDEO_BIT,
        "minrate": VIDEO_BIT,
        "maxrate": VIDEO_BIT,
        "bufsize": VBV_BIT,
        "g": raster.gop,
        "bf": 2,
        "me_range": 64,
        "rc_max_vbv_use": 1,
        "qdiff": 31,
        "threads": 1,
        "r": str(raster.rate),
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
    } | (_BEST if quality == "best" else {})


def _sound_options(voices: int) -> dict[str, Any]:
    return {
        "c:a": "libtwolame",
        "b:a": f"{AUDIO_KBIT}k",
        # Two languages are two programmes of sound, which a set can play one at a time.
        "mode": "stereo" if voices == 1 else "dual_channel",
        "ar": SAMPLE_RATE,
        "ac": 2,
        "fflags": "+bitexact",
        "flags:a": "+bitexact",
    }


@dataclass(frozen=True, slots=True)
class Reading:
    """What ffmpeg reads: the file with its picture (None where there is none, then the `card` is
    shown) and the indexes of its sound streams: none for silence, one to be heard as it is, two for
    two languages, the first on the left channel and the second on the right.
    """

    file: str
    video: VideoStream | None
    sounds: tuple[int, ...]
    card: str = ""


def _inputs(reading: Reading, standard: Standard) -> tuple[Any, list[Any]]:
    """The streams to see and to hear; the file is opened once for both."""
    file = ffmpeg.input(reading.file, protocol_whitelist="file,pipe")
    silence = ffmpeg.input(f"anullsrc=r={SAMPLE_RATE}:cl=stereo", f="lavfi")
    card = ffmpeg.input(reading.card, loop=1, framerate=str(RASTERS[standard].rate))
    seen = card if reading.video is None else file[str(reading.video.index)]
    heard = [file[str(index)] for index in reading.sounds] or [silence]
    return seen, heard


# Where a part begins and ends is all that differs between most command lines of a set: the rest is
# built once, with these marks where the numbers come.
_FIRST, _BEHIND, _FIRST_SAMPLE, _BEHIND_SAMPLE = "@first@", "@behind@", "@sample@", "@silent@"


def video_cd_arguments(
    reading: Reading, part: Stretch, standard: Standard, quality: Quality
) -> tuple[str, ...]:
    """Ffmpeg's arguments for one part: out/video.m1v and out/audio.mp2 of exactly its length."""
    behind = part.start + part.pictures
    marks = {
        _FIRST: part.start,
        _BEHIND: behind,
        _FIRST_SAMPLE: _samples(part.start, standard),
        _BEHIND_SAMPLE: _samples(behind, standard),
    }
    return tuple(_filled(word, marks) for word in _template(reading, standard, quality))


def _filled(word: str, marks: Mapping[str, int]) -> str:
    if "@" not in word:
        return word
    for mark, number in marks.items():
        word = word.replace(mark, str(number))
    return word


@functools.lru_cache(maxsize=1024)
def _template(reading: Reading, standard: Standard, quality: Quality) -> tuple[str, ...]:
    seen, heard = _inputs(reading, standard)
    outputs = (
        ffmpeg.output(
            _picture(seen, reading.video, standard),
            f"out/{VIDEO}",
            f="mpeg1video",
            **_video_options(standard, quality),
        ),
        ffmpeg.output(_sound(heard), f"out/{AUDIO}", f="mp2", **_sound_options(len(heard))),
    )
    return (*_GLOBAL, *ffmpeg.merge_outputs(*outputs).get_args())


_GLOBAL = ("-hide_banner", "-nostdin", "-v", "warning", "-nostats", "-progress", "progress", "-y")
