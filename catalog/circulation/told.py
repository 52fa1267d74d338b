"""What is written into the books about sites, drives and needs: values, taken up by entries.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Registered:
    """A site is new in the register; `facts` by field name, as they are from `since` on."""

    kind: ClassVar[str] = "registered"

    site: str
    facts: Mapping[str, str]
    since: date | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.site,)


@dataclass(frozen=True, slots=True)
class Changed:
    """Facts of a site are others from `since` on."""

    kind: ClassVar[str] = "changed"

    site: str
    facts: Mapping[str, str]
    since: date | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.site,)


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive as it stands from `on`: registered, moved, lost. `state`: held, out, lost, scrapped;
    `home` the site it is for, `holder` the one that has it.
    """

    kind: ClassVar[str] = "drive"

    drive: str
    on: date
    home: str = ""
    holder: str = ""
    state: str = "held"
    capacity_gb: float = 0.0
    file_system: str = ""
    due_on: date | None = None
    note: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in (self.drive, self.home, self.holder) if one))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """`drive register` wrote an identity onto a drive that is in the register, for its home `site`.
    `token` is told by no other drive, `volume` names its file system, `capacity` are its bytes.
    Again for the same drive (a new disk): the older token is void, nothing lies on it.
    """

    kind: ClassVar[str] = "enrolled"

    drive: str
    site: str
    token: str
    volume: str
    capacity: int
    on: date

    @property
    def subjects(self) -> tuple[str, ...]:
        return self.drive, self.site


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A drive holds edition `number` of its own now (the last one and one more), and exactly these
    programmes. `files` and `bytes` of the whole edition; `copied`, `removed`, `kept` count files;
    `free` are bytes. `confirmed`: copies were read back from the device, or may have come from a
    cache. `record_sha256` is the digest of `_delivery/editions/NNNN.json`.
    """

    kind: ClassVar[str] = "refreshed"

    drive: str
    site: str
    edition: str
    number: int
    root: str
    on: date
    programmes: tuple[str, ...]
    files: int
    bytes: int
    copied: int
    removed: int
    kept: int
    free: int
    confirmed: str
    record_sha256: str
    recipe: str

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.drive, self.site, self.edition)))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The receipt code of an edition was told by phone, or came back on the drive (`way`: phone,
    drive): somebody has the drive and has looked at it.
    """

    kind: ClassVar[str] = "confirmed"

    drive: str
    number: int
    code: str
    by: str
    on: date
    way: str = "phone"

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.drive,)


@dataclass(frozen=True, slots=True)
class Checked:
    """A drive was read back at the centre. `root` of the edition that lies on it (empty: none could
    be read); `depth`: quick (names and lengths) or deep (every byte); `findings`: how many.
    """

    kind: ClassVar[str] = "checked"

    drive: str
    root: str
    depth: str
    ok: bool
    findings: int
    on: date

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.drive,)


@dataclass(frozen=True, slots=True)
class Requested:
    """A site asked for something, in its own words. An empty `request` gets the next number."""

    kind: ClassVar[str] = "requested"

    request: str
    on: date
    site: str
    text: str
    asked_by: str = ""
    subject: str = ""
    season: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return self.request, self.site


@dataclass(frozen=True, slots=True)
class Answered:
    """A request was matched to a programme, or answered otherwise; `closed` if that settles it."""

    kind: ClassVar[str] = "answered"

    request: str
    on: date | None
    programme: str = ""
    answer: str = ""
    closed: bool = True

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(one for one in (self.request, self.programme) if one)


@dataclass(frozen=True, slots=True)
class Screened:
    """Programmes were shown to people. An empty `screening` gets the next number."""

    kind: ClassVar[str] = "screened"

    screening: str
    what: str  # lecture, community_show, school_show, ...
    site: str
    on: date
    programmes: tuple[str, ...] = ()
    attendance: int = 0
    medium: str = ""
    recorded_by: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return self.screening, self.site, *self.programmes
