"""What is written into the books about copies, sites and needs: one value a kind of entry.

An entry becomes one event of the ledger (`kind`, `subjects`, `details`) and the rows that follow
from it (posting.py). Days are `datetime.date`; numbers of copies are texts such as `1-7,9`; what is
not known is empty. A field left empty is not written into the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar

from catalog.circulation.told import (
    Answered,
    Changed,
    Checked,
    Confirmed,
    Drive,
    Enrolled,
    Refreshed,
    Registered,
    Requested,
    Screened,
)

__all__ = [
    "Answered", "Changed", "Checked", "Confirmed", "Copied", "Corrected", "Delivered", "Drive",
    "Enrolled", "Entry", "Line", "Lost", "Recalled", "Refreshed", "Registered", "Requested",
    "Restocked", "Returned", "Scrapped", "Screened", "Signed", "details_of", "entry_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a receipt: so many copies of one production, by their numbers."""

    production: str
    copies: int
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """A run of numbered copies was made, of an edition or of something else (a leaflet).

    `what` is disc, data-disc or leaflet; `medium` vcd, iso, leaflet; `county` the id of the centre
    that made it.
    """

    kind: ClassVar[str] = "copied"

    production: str
    title: str
    copies: int
    on: date
    what: str = "disc"
    medium: str = "vcd"
    edition: str = ""
    programmes: tuple[str, ...] = ()
    minutes: float = 0.0
    price_basis: str = "gift"
    county: str = ""
    source: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(one for one in (self.production, self.edition) if one)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Copies were handed out on a receipt: to a site, or to `recipient` where it is none.

    `mode`: direct, fair_gift, market_gift, dept, targeted, cost (which needs a named `approval`).
    An empty `receipt` gets the next number of the year.
    """

    kind: ClassVar[str] = "delivered"

    receipt: str
    on: date
    lines: tuple[Line, ...]
    site: str = ""
    recipient: str = ""
    mode: str = "direct"
    approval: str = ""
    note: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        named = (self.receipt, self.site, *(line.production for line in self.lines))
        return tuple(dict.fromkeys(one for one in named if one))


@dataclass(frozen=True, slots=True)
class Signed:
    """A receipt came back signed."""

    kind: ClassVar[str] = "signed"

    receipt: str
    by: str
    on: date
    note: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.receipt,)


@dataclass(frozen=True, slots=True)
class Returned:
    """Copies of a receipt came back to the centre."""

    kind: ClassVar[str] = "returned"

    receipt: str
    production: str
    numbers: str
    on: date
    reason: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return self.receipt, self.production


@dataclass(frozen=True, slots=True)
class Lost:
    """Copies of a receipt are lost where they were sent."""

    kind: ClassVar[str] = "lost"

    receipt: str
    production: str
    numbers: str
    on: date
    reason: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return self.receipt, self.production


@dataclass(frozen=True, slots=True)
class Restocked:
    """Returned copies were looked at and lie in stock again."""

    kind: ClassVar[str] = "restocked"

    production: str
    numbers: str
    on: date
    reason: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.production,)


@dataclass(frozen=True, slots=True)
class Scrapped:
    """Copies in stock, or returned ones, are no more."""

    kind: ClassVar[str] = "scrapped"

    production: str
    numbers: str
    on: date
    reason: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.production,)


@dataclass(frozen=True, slots=True)
class Recalled:
    """The sites that hold a programme were asked to send it back."""

    kind: ClassVar[str] = "recalled"

    programme: str
    on: date
    reason: str = ""
    sites: int = 0
    copies: int = 0

    @property
    def subjects(self) -> tuple[str, ...]:
        return (self.programme,)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The counter-entry of a wrong entry: event number `of` counts no more."""

    kind: ClassVar[str] = "corrected"

    of: int
    reason: str
    on: date

    @property
    def subjects(self) -> tuple[str, ...]:
        return (f"event:{self.of}",)


Entry = (
    Copied | Delivered | Signed | Returned | Lost | Restocked | Scrapped | Recalled | Registered
    | Changed | Drive | Enrolled | Refreshed | Confirmed | Checked | Requested | Answered
    | Screened | Corrected
)  # fmt: skip

_KINDS: Mapping[str, type[Any]] = {
    each.kind: each
    for each in (
        Copied, Delivered, Signed, Returned, Lost, Restocked, Scrapped, Recalled, Registered,
        Changed, Drive, Enrolled, Refreshed, Confirmed, Checked, Requested, Answered, Screened,
        Corrected,
    )
}  # fmt: skip
_NAMES = {each: tuple(f.name for f in fields(each)) for each in _KINDS.values()}
_DAYS = {"on", "since", "due_on"}
# What an event does not tell because it was empty, where the entry cannot do without.
_ABSENT: Mapping[str, Mapping[str, Any]] = {
    "answered": {"on": None, "closed": False},
    "enrolled": {"volume": "", "capacity": 0},
    "refreshed": {
        "programmes": (), "recipe": "",
        **dict.fromkeys(("files", "bytes", "copied", "removed", "kept", "free"), 0),
    },
    "checked": {"root": "", "ok": False, "findings": 0},
}  # fmt: skip


def details_of(entry: Entry) -> dict[str, Any]:
    """An entry's fields as JSON keeps them."""
    said = ((name, getattr(entry, name)) for name in _NAMES[type(entry)])
    return {name: _plain(value) for name, value in said if value not in ("", None, (), 0, {})}


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
        case Line():
            return {name: getattr(value, name) for name in ("production", "copies", "numbers")}
        case Mapping():
            return dict(value)
        case _:
            return value


def entry_of(kind: str, details: Mapping[str, Any]) -> Entry | None:
    """The entry that an event tells of; None for kinds that are none of ours."""
    if kind not in _KINDS:
        return None
    model = _KINDS[kind]
    absent = _ABSENT.get(kind, {})
    return model(**{**absent, **{k: _read(k, v) for k, v in details.items()}})  # type: ignore[no-any-return]


def _read(name: str, value: Any) -> Any:
    if name in _DAYS and isinstance(value, str):
        return date.fromisoformat(value)
    if name == "lines":
        return tuple(Line(**line) for line in value)
    return tuple(value) if isinstance(value, list) else value
