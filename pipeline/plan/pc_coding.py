"""How picture, sound and poster of a file for computers are coded: options as values, never run.

H.264 Main at level 3.1 with AAC in an MP4 plays on PCs, boxes and browsers since about 2008; what
it costs and looks like: reference encoding.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pipeline.plan.coding import Quality
from pipeline.plan.raster import Raster
from pipeline.plan.sound import SAMPLE_RATE

AUDIO_KBIT: Final = 128
BUFFER_SECONDS: Final = 2
AHEAD: Final = "lookahead-threads=2"
"""Looking ahead may have its own threads; coding may not: bound to a rate, the coder gives other
bytes each time where frames are coded side by side, sliced or not.
"""

_EXACT: Final[dict[str, Any]] = {
    "fflags": "+bitexact",
    "map_metadata": -1,
    "map_chapters": -1,
}
_MP4: Final[dict[str, Any]] = {"f": "mp4", "movflags": "+faststart"} | _EXACT


@dataclass(frozen=True, slots=True)
class Looks:
    """How carefully a picture is coded, and the kilobits a second that it takes at most."""

    quality: Quality
    most: int


def bounds(looks: Looks) -> tuple[str, str]:
    """The most bits a second, and of so many seconds, as ffmpeg's options have them."""
    return f"{looks.most}k", f"{looks.most * BUFFER_SECONDS}k"


def picture_options(shape: Raster, looks: Looks) -> dict[str, Any]:
    """Options of libx264: of even looks, with a bound on what any two seconds may take."""
    return {
        "c:v": "libx264",
        "preset": "medium" if looks.quality == "best" else "veryfast",
        "crf": 23,
        "profile:v": "main",
        "level": "3.1",
        "pix_fmt": "yuv420p",
        **dict(zip(("maxrate", "bufsize"), bounds(looks), strict=True)),
        "g": shape.gop,
        "r": str(shape.rate),
        "a53cc": 0,
        "threads": 1,
        "x264-params": AHEAD,
        "flags:v": "+bitexact",
    }


def sound_options() -> dict[str, Any]:
    """Options of AAC-LC, two channels."""
    return {
        "c:a": "aac",
        "profile:a": "aac_low",
        "b:a": f"{AUDIO_KBIT}k",
        "ar": SAMPLE_RATE,
        "ac": 2,
        "flags:a": "+bitexact",
    }


def file_options() -> dict[str, Any]:
    """Options of an MP4 that plays before all of it was read, and holds no clock and no names."""
    return dict(_MP4)


def poster_options() -> dict[str, Any]:
    """Options of one JPEG picture."""
    jpeg = {"c:v": "mjpeg", "q:v": 4, "frames:v": 1, "f": "image2", "update": 1, "threads": 1}
    return jpeg | {"flags:v": "+bitexact"} | _EXACT


def colour_marks(shape: Raster) -> dict[str, str]:
    """What the picture says of its own colours, as options of `setparams`."""
    if shape.matrix == "bt709":
        said = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}
    else:
        said = {
            "colorspace": "smpte170m", "color_primaries": "smpte170m", "color_trc": "smpte170m",
        }  # fmt: skip
    return said | {"range": "tv", "field_mode": "prog"}
