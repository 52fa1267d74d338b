"""A file as it arrived, and what people watch: values only, no database and no disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from catalog.wishes import NONE, Wishes

ResourceType = Literal["feature", "lecture", "stage", "film", "animation"]
Scope = Literal["national", "province", "county", "unknown"]
Scan = Literal["progressive", "interlaced"]


@dataclass(frozen=True, slots=True)
class VideoStream:
    """Moving picture, as it is stored: `width` and `height` before any turn.

    `sar` is the sample aspect ratio; `rotation` the turn in degrees (a multiple of 90) that sets
    the picture upright; `rate` the average number of pictures a second, 0 where nothing says it;
    `scan` is counted from decoded pictures, not taken from a header.
    """

    index: int
    codec: str
    width: int
    height: int
    sar: Fraction = Fraction(1)
    rate: Fraction = Fraction(0)
    rotation: int = 0
    scan: Scan = "progressive"
    pixel_format: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class AudioStream:
    """Sound; `language` is what the container says (ISO 639), empty where it says nothing."""

    index: int
    codec: str
    channels: int
    sample_rate: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class OtherStream:
    """Subtitles, cover pictures, data: known to be there."""

    index: int
    kind: Literal["subtitle", "cover", "data"]
    codec: str
    language: str = ""


Stream = VideoStream | AudioStream | OtherStream


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A subtitle file (SRT, ASS, VTT) that lies beside a source and belongs to it."""

    sha256: str
    name: str
    path: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it arrived. `sha256` is its identity; `path` is where it lies, relative to the
    workspace where it is inside; `seconds` is what its packets cover, whatever its header claims.
    """

    sha256: str
    bytes: int
    name: str
    path: str
    container: str
    seconds: float
    streams: tuple[Stream, ...]
    tags: tuple[tuple[str, str], ...] = ()
    sidecars: tuple[Sidecar, ...] = ()

    @property
    def video(self) -> VideoStream | None:
        return next((s for s in self.streams if isinstance(s, VideoStream)), None)

    @property
    def audio(self) -> AudioStream | None:
        return next((s for s in self.streams if isinstance(s, AudioStream)), None)


@dataclass(frozen=True, slots=True)
class Rights:
    """How far a programme may be used, and until when (the last day on which it may)."""

    scope: Scope = "unknown"
    until: date | None = None

    def expired(self, today: date) -> bool:
        return self.until is not None and self.until < today


@dataclass(frozen=True, slots=True)
class Episode:
    """One file of a programme; `number` counts from 1 within the programme."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Programme:
    """What people watch: one catalogued title, of one or more episodes.

    The descriptive fields are the Dublin Core set as Chinese video cataloguing uses it
    (reference: domain.md, section 5). Empty means not known. Codes are those of vocabulary.csv.
    `months` is empty where the advice is good all year. `chapters` of the first episode: where each
    begins, in seconds, and its name.
    """

    id: str
    title: str
    episodes: tuple[Episode, ...] = ()
    title_en: str = ""
    subject: tuple[str, ...] = ()
    class_numbers: tuple[str, ...] = ()
    type: ResourceType | Literal[""] = ""
    language: str = ""
    dialect: str = ""
    audience: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()
    description: str = ""
    creator: str = ""
    contributor: str = ""
    publisher: str = ""
    date: str = ""
    identifier: str = ""
    coverage: str = ""
    source: str = ""
    series: str = ""
    chapters: tuple[tuple[float, str], ...] = ()
    minutes: float = 0.0
    rights: Rights = field(default_factory=Rights)
    wishes: Wishes = NONE
    note: str = ""
