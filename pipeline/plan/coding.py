"""How picture and sound are coded for a Video CD: options of ffmpeg as values, never run.

What the stream may be: vcd20.md 6.1. What each choice is worth was measured clip by clip:
tests/bench/quality/README.md.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pipeline.plan.raster import RASTERS
from pipeline.plan.sound import SAMPLE_RATE
from recipes.targets import Standard

AUDIO_KBIT: Final = 224
VIDEO_BIT: Final = 1_150_000  # a second, constant; at most 1151929 fit beside the sound
VBV_BIT: Final = 327_680  # 40 KiB

Quality = Literal["fast", "best"]

_BEST: Final[dict[str, Any]] = {
    "mbd": "rd",
    "trellis": 2,
    "cmp": "satd",
    "subcmp": "satd",
    "dia_size": 4,
    "pre_dia_size": 4,
    "last_pred": 3,
    "mpv_flags": "+mv0",
}


# Slides: decisions give away nothing more of what stands for seconds (+1.5 dB), which would cost
# what moves 1 dB. What is saved so may go to the first picture.
_STILL: Final[dict[str, Any]] = {"lmin": 24, "rc_init_cplx": 100}


def video_options(
    standard: Standard, quality: Quality, *, noisy: bool = False, still: bool = False
) -> dict[str, Any]:
    """Options of ffmpeg's mpeg1video for a track: constant rate, constrained parameters.

    `noisy` is for pictures as of an empty tape: without trellis, which `best` always has, they
    would need more than the rate even at the coarsest quantiser. `still` is for slides.
    """
    options = {
        "c:v": "mpeg1video",
        "b:v": VIDEO_BIT,
        "minrate": VIDEO_BIT,
        "maxrate": VIDEO_BIT,
        "bufsize": VBV_BIT,
        "g": RASTERS[standard].gop,
        "bf": 2,
        # Keeps the vectors inside the constrained parameters and sets their flag.
        "me_range": 64,
        # The whole buffer may be used, and the quantiser may go where it must at once.
        "rc_max_vbv_use": 1,
        "qdiff": 31,
        # Lambda, 118 a step of the quantiser. Easy pictures go down to quantiser 1; the ceiling
        # beyond 31 lets trellis drop what even the coarsest quantiser keeps too much of (snow of an
        # empty tape overran the buffer); bounds that bend.
        "qmin": 1,
        "lmin": 118,
        "lmax": 8000,
        "qsquish": 1,
        # No I picture at quantiser 1: edges would need levels beyond 255 and be cut short (34 dB),
        # and it would take most of the buffer. Harder pictures feel nothing of it.
        "i_qoffset": 155,
        # What a picture is thought to cost before one was seen, so that the first is not too dear.
        "rc_init_cplx": 150,
        "threads": 1,
        "r": str(RASTERS[standard].rate),
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
    }
    careful = _BEST if quality == "best" else {"trellis": 1} if noisy else {}
    return options | (_STILL if still else {}) | careful


def sound_options(voices: int, quality: Quality = "best") -> dict[str, Any]:
    """Options of layer II sound; of two voices each is heard alone on one channel.

    `fast` codes as ffmpeg's preset does, without a model of the ear, at half the work. Only
    libtwolame can say that channels are two voices; its model -1 is the same.
    """
    both = voices < 2
    plain = both and quality == "fast"
    options = {
        "c:a": "mp2" if plain else "libtwolame",
        "b:a": f"{AUDIO_KBIT}k",
        "ar": SAMPLE_RATE,
        "ac": 2,
        "fflags": "+bitexact",
        "flags:a": "+bitexact",
    }
    if plain:
        return options
    # Two languages are two programmes of sound, which a set can play one at a time.
    options |= {"mode": "stereo" if both else "dual_channel"}
    return options | ({"psymodel": -1} if quality == "fast" else {})
