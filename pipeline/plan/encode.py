"""ffmpeg command lines for Video CD streams, built and never run (the door of ffmpeg-python).

Facts: reference vcd20.md 6.1 (what the stream may be), encoding.md (what each option is worth).
Every option is written out: ffmpeg-python sorts options by name, and a `-target` would silently
win over those that sort before it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import ffmpeg

from catalog.programme import VideoStream

Standard = Literal["pal", "ntsc"]
Quality = Literal["fast", "best"]

VIDEO, AUDIO = "video.m1v", "audio.mp2"
SAMPLE_RATE = 44_100  # hertz
AUDIO_KBIT = 224
VIDEO_BIT = 1_150_000  # a second, constant; at most 1151929 fit beside the sound
VBV_BIT = 327_680  # 40 KiB


@dataclass(frozen=True, slots=True)
class Raster:
    """The picture of a television norm: pixels, their shape, pictures a second, GOP length."""

    width: int
    height: int
    sar: Fraction
    rate: Fraction
    gop: int


RASTERS: dict[Standard, Raster] = {
    "pal": Raster(352, 288, Fraction(12, 11), Fraction(25), 15),
    "ntsc": Raster(352, 240, Fraction(10, 11), Fraction(30_000, 1001), 18),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which pictures of an episode, counted at the raster's rate from its beginning."""

    start: int
    pictures: int


def pictures(seconds: float, standard: Standard) -> int:
    """How many pictures cover so many seconds; at least one."""
    # A millionth of a picture is rounding of a container's clock, not a picture.
    return max(1, math.ceil(seconds * float(RASTERS[standard].rate) - 1e-6))


def shape(video: VideoStream | None, raster: Raster) -> tuple[int, int]:
    """Width and height, both even, that a picture takes inside the raster: letterboxed or
    pillarboxed, never squeezed. A picture that is a card already has the raster's size."""
    if video is None:
        return raster.width, raster.height
    width, height = video.width * video.sar, Fraction(video.height)
    if video.rotation % 180:
        width, height = height, width
    screen = raster.width * raster.sar / raster.height
    aspect = width / height
    if aspect >= screen:
        return raster.width, _even(raster.width * raster.sar / aspect)
    return _even(raster.height * aspect / raster.sar), raster.height


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def _picture(stream: Any, video: VideoStream | None, standard: Standard, part: Stretch) -> Any:
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
        .filter("trim", start_frame=part.start, end_frame=part.start + part.pictures)
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


def _sound(stream: Any, standard: Standard, part: Stretch) -> Any:
    """The filters from a source's sound to 44.1 kHz stereo of exactly the part's length."""
    start = _samples(part.start, standard)
    end = _samples(part.start + part.pictures, standard)
    # Gaps and a late start become silence, so that picture and sound keep their clock.
    return (
        stream.filter("aresample", SAMPLE_RATE, **{"async": 1, "first_pts": 0})
        .filter("aformat", sample_fmts="s16", channel_layouts="stereo")
        .filter("apad")
        .filter("atrim", start_sample=start, end_sample=end)
        .filter("asetpts", "PTS-STARTPTS")
    )


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


_SOUND_OPTIONS = {
    "c:a": "libtwolame",
    "b:a": f"{AUDIO_KBIT}k",
    "mode": "stereo",
    "ar": SAMPLE_RATE,
    "ac": 2,
    "fflags": "+bitexact",
    "flags:a": "+bitexact",
}


def video_cd_arguments(
    source: str,
    video: VideoStream | None,
    sound: int | None,
    part: Stretch,
    target: tuple[Standard, Quality],
    card: str = "",
) -> tuple[str, ...]:
    """ffmpeg's arguments for one part: reads `source` (and `card` where there is no picture),
    writes out/video.m1v and out/audio.mp2 of exactly the same length.

    `video` is the stream to show, None for the card; `sound` the index of the sound stream, None
    for silence.
    """
    standard, quality = target
    read = ffmpeg.input(source, protocol_whitelist="file,pipe") if video or sound is not None else None
    if video is not None:
        assert read is not None
        seen = read[str(video.index)]
    else:
        seen = ffmpeg.input(card, loop=1, framerate=str(RASTERS[standard].rate))
    if sound is not None:
        assert read is not None
        heard = read[str(sound)]
    else:
        heard = ffmpeg.input(f"anullsrc=r={SAMPLE_RATE}:cl=stereo", f="lavfi")
    graph = [
        ffmpeg.output(
            _picture(seen, video, standard, part),
            f"out/{VIDEO}",
            f="mpeg1video",
            **_video_options(standard, quality),
        ),
        ffmpeg.output(_sound(heard, standard, part), f"out/{AUDIO}", f="mp2", **_SOUND_OPTIONS),
    ]
    return (*_GLOBAL, *ffmpeg.merge_outputs(*graph).get_args())


_GLOBAL = ("-hide_banner", "-nostdin", "-v", "warning", "-nostats", "-progress", "progress", "-y")
