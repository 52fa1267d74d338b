"""What a drive or a data disc shall hold: its files, and its programmes as its page shows them.

Values only. A bundle is decided in the books; what happens to lie on a medium never adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.plan.steps import Input


@dataclass(frozen=True, slots=True)
class Piece:
    """One payload file. `path` is relative to the medium's root, parted by `/`; `origin` says
    where its bytes lie here: a file of the library, or what a step made. Until that step is made,
    `bytes` is the most it can be and `sha256` is empty.
    """

    path: str
    bytes: int
    sha256: str
    origin: Input


@dataclass(frozen=True, slots=True)
class Watchable:
    """One episode: `video`, `poster` and `captions` are paths of pieces, "" where there is none."""

    name: str
    seconds: float
    video: str
    poster: str = ""
    captions: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One programme as the page shows it. `subject` is the Chinese name of its subject area, also
    its folder; `new`: not on the drive before; `asked`: somebody of this site asked for it.
    """

    programme: str
    title: str
    subject: str
    episodes: tuple[Watchable, ...]
    description: str = ""
    creator: str = ""
    dialect: str = ""
    audience: tuple[str, ...] = ()  # as people say it, in Chinese
    months: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()
    new: bool = False
    asked: bool = False

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.episodes)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one drive shall hold from one refresh to the next. `number` counts the editions of this
    drive from 1; `previous` is the root of the edition before, "" for the first.
    """

    edition: str
    number: int
    previous: str
    drive: str
    site: str
    site_name: str
    centre: str
    title: str
    on: date
    pieces: tuple[Piece, ...]
    offers: tuple[Offer, ...]

    @property
    def bytes(self) -> int:
        return sum(piece.bytes for piece in self.pieces)
