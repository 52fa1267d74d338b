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
