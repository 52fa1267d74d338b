"""What there is to do, as values: each kind of step once, each step named by what decides it.

A step's key is the digest of everything that decides its result: its own fields (labels and
estimates apart), the digests of the sources and the keys of the steps it reads. Cache, resume,
"nothing to do" and audit all go by it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields, is_dataclass
from typing import Any, Literal

from pipeline.plan.menu_pages import Shown
from pipeline.videocd.lists import ControlList


@dataclass(frozen=True, slots=True)
class FromSource:
    """A file as it arrived, by its digest; `suffix` (with its dot) for programs that look."""

    sha256: str
    suffix: str


@dataclass(frozen=True, slots=True)
class FromStep:
    """One file that another step makes."""

    key: str
    name: str


Input = FromSource | FromStep

# A step's label is for people, its seconds and its effort are for the clock: none decides a byte.
# (What a menu shows has seconds too, and those are drawn.)
_NOT_DECIDING = {"label", "seconds", "effort"}
# A field that came later decides only where it says anything new: older keys stand.
_LATER = {"later": True}


@dataclass(frozen=True, slots=True)
class Card:
    """Draw a title card as a PNG picture: a programme without a picture, or before a sample."""

    label: str
    width: int
    height: int
    title: str
    line: str
    font: str
    name: str = "card.png"

    @property
    def inputs(self) -> tuple[Input, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class MenuPicture:
    """Draw a still of a menu as a PNG picture, in the pixels of the norm's hi-res still."""

    label: str
    standard: Literal["pal", "ntsc"]
    shown: Shown
    font: str
    name: str = "menu.png"
    artist: str = "menu 1"  # raised whenever the same values are drawn otherwise

    @property
    def inputs(self) -> tuple[Input, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class EncodeStill:
    """Encode a picture twice as a lone I picture: `hi` and `lo`, the pair a menu's segment needs.

    `tool` is the version line of the program.
    """

    label: str
    standard: Literal["pal", "ntsc"]
    picture: FromStep
    tool: str
    hi: str = "hi.m1v"
    lo: str = "lo.m1v"
    coder: str = "still 1"  # raised whenever the same picture is encoded otherwise

    @property
    def inputs(self) -> tuple[Input, ...]:
        return (self.picture,)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.hi, self.lo)


@dataclass(frozen=True, slots=True)
class Encode:
    """Run ffmpeg once: `arguments` name the inputs as `in/0.suffix` and the outputs as `out/NAME`.

    `seconds` of programme come out; `tool` is the version line of the program; `effort` are the
    processor seconds it will take (plan/effort.py), 0 where nothing is known.
    """

    label: str
    seconds: float
    arguments: tuple[str, ...]
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    tool: str
    effort: float = 0.0


@dataclass(frozen=True, slots=True)
class Captions:
    """Make one self-contained ASS file of the subtitles of a source, to be burnt in.

    `inputs` is one file: the source, whose stream number `stream` it is, or with -1 the subtitle
    file itself. Times are divided by `speed` ("25/24" where film plays faster). `font` is the
    line of `typeface.font_name`, `tool` the version line of ffmpeg. `lines` is the height of the
    picture where its width is 384: more than 288 where it is narrower than a television's.
    """

    label: str
    inputs: tuple[Input, ...]
    stream: int
    standard: Literal["pal", "ntsc"]
    speed: str
    font: str
    tool: str
    name: str = "captions.ass"
    writer: str = "captions 1"  # raised whenever the same subtitles are written otherwise
    lines: int = field(default=288, metadata=_LATER)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Join:
    """Make one picture stream of the `inputs`, its chunks in order, each of so many `pictures`."""

    label: str
    seconds: float
    inputs: tuple[FromStep, ...]
    pictures: tuple[int, ...]
    standard: Literal["pal", "ntsc"]
    name: str = "video.m1v"
    joiner: str = "join 1"  # raised whenever the same chunks are joined otherwise

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Track:
    """The elementary streams of one Video CD track."""

    video: FromStep
    audio: FromStep


@dataclass(frozen=True, slots=True)
class StillPair:
    """The two pictures of one still: as sharp as sets get, and the plain one for the others."""

    hi: FromStep
    lo: FromStep


@dataclass(frozen=True, slots=True)
class WriteVideoCd:
    """Multiplex, wrap and checksum tracks into `NAME.bin` and `NAME.cue`; `sectors` is the bound
    that the plan counted with. `entries` are entry points in each track, in seconds; `lists` show
    the `stills` by their place.
    """

    label: str
    seconds: float
    name: str
    standard: Literal["pal", "ntsc"]
    volume_id: str
    album_id: str
    volume_count: int
    volume_number: int
    sectors: int
    tracks: tuple[Track, ...]
    entries: tuple[tuple[float, ...], ...]
    stills: tuple[StillPair, ...]
    lists: tuple[ControlList, ...]
    writer: str

    @property
    def inputs(self) -> tuple[Input, ...]:
        streams = [stream for track in self.tracks for stream in (track.video, track.audio)]
        return (*streams, *(one for still in self.stills for one in (still.hi, still.lo)))


@dataclass(frozen=True, slots=True)
class WebVtt:
    """Make one WebVTT file of the subtitles of a source, for the page of a drive.

    `inputs`, `stream` and `tool` as in `Captions`; times are the source's own.
    """

    label: str
    inputs: tuple[Input, ...]
    stream: int
    tool: str
    name: str = "captions.vtt"
    writer: str = "webvtt 1"  # raised whenever the same subtitles are written otherwise

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True, slots=True)
class IsoFile:
    """One file of a data disc: its Chinese path, parted by `/`, and its bytes: those of `origin`,
    or, where that is None, the `text` in UTF-8.
    """

    path: str
    bytes: int
    sha256: str
    origin: Input | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class WriteIso:
    """Write `NAME.iso` (ISO 9660 level 3, Joliet, Rock Ridge) of these files."""

    label: str
    seconds: float
    name: str
    volume_id: str
    files: tuple[IsoFile, ...]
    bytes: int  # the bound that the plan counted with
    writer: str

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(one.origin for one in self.files if one.origin is not None)


Step = (
    Card | MenuPicture | EncodeStill | Captions | WebVtt | Encode | Join | WriteVideoCd | WriteIso
)


def _plain(value: Any) -> dict[str, Any]:
    """A dataclass as a mapping of what decides, under its own name; its values as they are."""
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no digest")
    idle = _NOT_DECIDING if hasattr(value, "inputs") else ()
    told = (f.name for f in fields(value) if f.name not in idle and not _unsaid(f, value))
    return {"": type(value).__name__} | {name: getattr(value, name) for name in told}


def _unsaid(one: Field[Any], value: Any) -> bool:
    return bool(one.metadata.get("later")) and getattr(value, one.name) == one.default


def digest(value: Any) -> str:
    """SHA-256, in hex, of the canonical JSON of plain values and frozen dataclasses."""
    text = json.dumps(
        value, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


@functools.lru_cache(maxsize=1 << 18)
def key(step: Step) -> str:
    """The name of a step's result: equal keys, equal bytes."""
    return digest(step)


def needs(step: Step) -> Iterator[str]:
    """The keys of the steps that must be made before this one."""
    return (one.key for one in step.inputs if isinstance(one, FromStep))
