"""What is done to a programme's picture and sound: decisions as values, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from catalog.analysis import Box, DynamicRange, Matrix

# `marked`: by each picture's own mark; `top`, `bottom`: all of them, in that order; `film`: the
# 24 pictures of a film taken out of their 3:2 pulldown.
Fields = Literal["progressive", "marked", "top", "bottom", "film"]
Fit = Literal["letterbox", "centre-cut"]
Pace = Literal["plain", "blend"]
Take = Literal["stereo", "mono", "left", "right", "surround"]


def without_pulldown(rate: Fraction) -> Fraction:
    """The pictures a second of a film that comes at `rate` in a 3:2 pulldown."""
    return rate * Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class PictureTreatment:
    """From a source's picture to the raster. `width`, `height` and `sar` are of the upright
    picture, before `crop`; `noise` is what denoising is scaled to, 0 for none. `rate` is pictures
    a second as the source has them (two fields are one), 0 where not known or uneven.
    `alpha` says that one may see through it: black is then behind it; `still` that it stands most
    of the time, as slides do.
    """

    stream: int
    width: int
    height: int
    sar: Fraction = Fraction(1)
    fields: Fields = "progressive"
    crop: Box | None = None
    fit: Fit = "letterbox"
    pace: Pace = "plain"
    dynamic_range: DynamicRange = "sdr"
    matrix: Matrix = "bt601"
    full_range: bool = False
    noise: float = 0.0
    rate: Fraction = Fraction(0)
    alpha: bool = False
    still: bool = False

    @property
    def shown_rate(self) -> Fraction:
        """Pictures a second once fields were made into pictures; 0 where not known or uneven."""
        return without_pulldown(self.rate) if self.fields == "film" else self.rate


@dataclass(frozen=True, slots=True)
class Voice:
    """One sound to be heard: a stream, what is taken of it, and its level: `gain` in dB, then,
    with `squeeze`, a range made narrower, then, with `limit`, the limiter on its peaks.
    """

    stream: int
    take: Take = "stereo"
    gain: float = 0.0
    squeeze: bool = False
    limit: bool = True


@dataclass(frozen=True, slots=True)
class CaptionsFrom:
    """Where subtitles to burn in come from: a track of the source, or (`sha256`, `name`) a file."""

    stream: int = -1
    sha256: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision for people: `what` was decided, `why`, codes that treatment_words.py tells;
    `values` fill their places; `wished` where a person decided it.
    """

    what: str
    values: tuple[tuple[str, str], ...] = ()
    wished: bool = False


@dataclass(frozen=True, slots=True)
class Treatment:
    """All that decides how one episode becomes a track. `speed` is how much faster it plays (25/24
    for film); `seconds` how long it then lasts; `cuts` where it may be divided, in the source's
    own seconds. No voice is silence, two are left and right.
    """

    seconds: float
    picture: PictureTreatment | None = None
    voices: tuple[Voice, ...] = ()
    captions: CaptionsFrom | None = None
    speed: Fraction = Fraction(1)
    cuts: tuple[float, ...] = ()
    reasons: tuple[Reason, ...] = field(default=(), compare=False)
