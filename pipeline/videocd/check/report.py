"""What a check says: findings and the report that holds them; values only, nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from catalog.words import _
from pipeline.videocd.bounds import SECOND
from pipeline.videocd.sectors import PREGAP

Severity = Literal["error", "warning", "note"]

RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, however often it occurs.

    `severity`: a player may fail on an `error`, a `warning` is out of the norm, a `note` is
    worth knowing. `field` is the stable dotted name for programs (`sector.edc`), `wrong` the plain
    words. `sector` is the LSN of the first place, `track` the CD track (0 = none), `count` tells
    how many places there are.
    """

    severity: Severity
    field: str
    wrong: str
    sector: int | None = None
    track: int = 0
    file: str = ""
    expected: str = ""
    found: str = ""
    count: int = 1

    @property
    def place(self) -> str:
        """File, track and sector with its address on the disc, as far as they are known."""
        parts = [self.file] if self.file else []
        if self.track:
            parts.append(_("track {number}").format(number=self.track))
        if self.sector is not None:
            parts.append(
                _("sector {sector} ({msf})").format(sector=self.sector, msf=msf(self.sector))
            )
        return ", ".join(parts)

    def __str__(self) -> str:
        said = f"{self.wrong}{self._values()}"
        if self.count > 1:
            said += " " + _("({count} times, first here)").format(count=self.count)
        return f"{severity_word(self.severity)}: {self.place}: {self.field} — {said}"

    def _values(self) -> str:
        if not (self.expected or self.found):
            return ""
        return _(": expected {expected}, found {found}").format(
            expected=self.expected or "-", found=self.found or "-"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, how far, and what was found, worst first.

    `seconds` is the time of reading, `sha256` that of the BIN (empty where it was not read to its
    end), `sectors` and `tracks` what was looked at, `minutes` the length of the pictures;
    `past_cache` tells that the system was asked to forget its own copy before, so that the bytes
    came from the medium. A report on an edition holds those of its images in `parts`; their
    findings are among its own.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    bytes: int = 0
    sha256: str = ""
    sectors: int = 0
    tracks: int = 0
    minutes: float = 0.0
    seconds: float = 0.0
    volume_id: str = ""
    past_cache: bool = False
    parts: tuple[Report, ...] = ()

    @property
    def sound(self) -> bool:
        """Nothing was found that a player may fail on."""
        return all(finding.severity != "error" for finding in self.findings)


def severity_word(severity: Severity) -> str:
    """The word on the screen for a severity."""
    return {"error": _("error"), "warning": _("warning"), "note": _("note")}[severity]


def msf(lsn: int) -> str:
    """Address of a sector as discs write it: minutes, seconds, frames of LSN + 150."""
    seconds, frame = divmod(lsn + PREGAP, SECOND)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{frame:02d}"


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors before warnings before notes, within each in the order of the disc."""
    return tuple(
        sorted(findings, key=lambda f: (RANK[f.severity], f.file, f.sector or 0, f.field, f.wrong))
    )


def in_file(name: str, findings: Iterable[Finding]) -> list[Finding]:
    """The same findings, those that name no file yet placed in `name`."""
    return [f if f.file else replace(f, file=name) for f in findings]


def places(
    severity: Severity,
    field: str,
    wrong: str,
    sectors: NDArray[np.int64],
    *,
    track: int = 0,
    expected: str = "",
    found: str = "",
) -> list[Finding]:
    """One finding for many sectors: their number and the first of them; none for no sector."""
    if not len(sectors):
        return []
    first = int(sectors.min())
    return [Finding(severity, field, wrong, first, track, "", expected, found, len(sectors))]


@dataclass(frozen=True, slots=True)
class Field:
    """A named place in a record: its dotted name, plain name, offset and the bytes it must have."""

    field: str
    name: str
    offset: int
    expected: bytes
    severity: Severity = "error"


def check_fields(data: bytes, sector: int, fields: Iterable[Field]) -> list[Finding]:
    """A finding for each field of `data` (at LSN `sector`) that does not hold its bytes."""
    found = []
    for each in fields:
        there = data[each.offset : each.offset + len(each.expected)]
        if there != each.expected:
            found.append(
                differs(each.severity, each.field, each.name, (each.expected, there), sector)
            )
    return found


def differs(
    severity: Severity, field: str, name: str, values: tuple[object, object], sector: int
) -> Finding:
    """The finding that the value called `name` is not the expected one: `values` are both."""
    wrong = _("{name} is not as it should be").format(name=name)
    expected, there = (shown(v) if isinstance(v, bytes) else str(v) for v in values)
    return Finding(severity, field, wrong, sector, 0, "", expected, there)


def shown(data: bytes) -> str:
    """Bytes for people: printable text as it is, anything else in hexadecimal, long runs cut."""
    text = data.rstrip(b"\0 ")
    if text and all(32 <= byte < 127 for byte in text):
        return text[:40].decode("ascii")
    return data[:12].hex(" ") + (" ..." if len(data) > 12 else "")
