"""What looking through a whole file found: facts about picture, sound, subtitles and damage.

An analysis is made once for a source by decoding it from end to end, and kept in the books under
the source's sha256. It states what is there and decides nothing (pipeline/plan/treatment.py does).
All times are seconds from the beginning of the file as its container counts it, which is where
picture and sound both begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

FieldOrder = Literal["progressive", "top", "bottom", "film"]
DynamicRange = Literal["sdr", "pq", "hlg"]
Matrix = Literal["bt601", "bt709", "bt2020"]
Channels = Literal["silent", "mono", "stereo", "left", "right", "two-voices", "surround"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the upright picture (after any turn), in its own pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PictureAnalysis:
    """The moving picture. `order`: how its pictures are woven of fields, counted from what they
    show: `film` is 24 pictures a second in a 3:2 pulldown; `marked` says that the pictures' own
    marks tell the same. `rate` is pictures a second as they come; `steady` that they come evenly.
    `active` is the picture inside black borders that stand throughout, None where there are none.
    `noise` is the standard deviation of the luma (of 255) between two pictures where nothing
    moves, at the size of a Video CD picture. `cuts` are changes of scene from which decoding was
    tried and gave the same pictures: there a long programme may be divided. `frozen` are stretches
    of ten seconds and more without any change; `still` is the share of the time, 0 to 1, in which
    the picture stands for a second or longer (slides). How it is coded: `profile` as ffmpeg names
    it and `level` (31 is 3.1; 0 where the codec has none), `bits` of its luma, `chroma` ("420"; ""
    where it is no such picture), `bit_rate` a second on average; of H.264 `kept`, how many
    pictures its decoder must keep for others, 0 where that is not known.
    """

    index: int
    pictures: int
    rate: Fraction
    steady: bool = True
    order: FieldOrder = "progressive"
    marked: bool = True
    active: Box | None = None
    dynamic_range: DynamicRange = "sdr"
    matrix: Matrix = "bt601"
    full_range: bool = False
    noise: float = 0.0
    frozen: tuple[Span, ...] = ()
    still: float = 0.0
    cuts: tuple[float, ...] = ()
    profile: str = ""
    level: int = 0
    bits: int = 0
    chroma: str = ""
    bit_rate: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class SoundAnalysis:
    """One sound. `channels` is what is heard on them, whatever the header claims: `left` and
    `right` have one side silent, `two-voices` two different monos. Loudness by EBU R128 of what a
    set would play (surround mixed down): `loudness` in LUFS (integrated; -70 is silence),
    `loudness_range` in LU, `peak` in dBTP. `gain` in dB brings it to the target through the
    limiter of plan/sound.py, tried out; `squeeze` says that its range was compressed for that.
    `silence` are stretches of at least two seconds without sound. `profile` is how it is coded, as
    ffmpeg names it.
    """

    index: int
    channels: Channels
    loudness: float = -70.0
    loudness_range: float = 0.0
    peak: float = -70.0
    gain: float = 0.0
    squeeze: bool = False
    silence: tuple[Span, ...] = ()
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A subtitle track: `text` where it holds letters (not pictures); `chinese` where most of its
    letters are; `lines` how many there are.
    """

    index: int
    codec: str
    text: bool
    chinese: bool
    lines: int
    language: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch that could not be decoded wholly, and how many errors it gave."""

    begin: float
    end: float
    errors: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that looking through one file found. `analyser` names the version of the program that
    looked: an older one's analysis is made anew. `promised` is the length the container claims,
    0 where it claims none. `faststart` says of an MP4 that what leads through it lies before its
    contents, in one piece.
    """

    sha256: str
    analyser: str
    seconds: float
    promised: float = 0.0
    picture: PictureAnalysis | None = None
    sounds: tuple[SoundAnalysis, ...] = ()
    subtitles: tuple[Subtitles, ...] = ()
    damage: tuple[Damage, ...] = ()
    faststart: bool = False

    @property
    def lost(self) -> float:
        """The share of the programme, 0 to 1, that is missing or damaged."""
        whole = max(self.promised, self.seconds)
        if whole <= 0:
            return 0.0
        broken = sum(one.end - one.begin for one in self.damage)
        return min(1.0, (whole - self.seconds + broken) / whole)
