"""What a check of a drive says: findings and the report that holds them; values, nothing is read.

The words are those of the manifest: missing, unexpected, altered. What people added to a drive is
listed and never a fault of theirs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalog.words import _
from pipeline.make.drive_job import Whence
from pipeline.manifest import Item

Depth = Literal["quick", "deep"]
Severity = Literal["error", "warning", "note"]
Kind = Literal[
    "missing", "unexpected", "altered", "moved",  # files of the edition
    "seal", "tag", "manifest", "signature",  # the lists that hold them
    "identity", "chain", "under-way",  # which drive it is, and how far it is
    "link", "device", "name", "collision", "danger", "unread",  # what may do harm
]  # fmt: skip

RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}
MOST_SHOWN = 200  # characters of a name or a value


@dataclass(frozen=True, slots=True)
class DriveFinding:
    """One thing on a drive that is not as the books have it. `path` is shown with everything that
    could disturb a screen written as a code; `wrong` says what, `mend` what to do.
    """

    severity: Severity
    kind: Kind
    path: str
    wrong: str
    mend: str = ""
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        wrong = self.wrong
        if self.expected or self.found:
            wrong += _(": expected {expected}, found {found}").format(
                expected=self.expected or "-", found=self.found or "-"
            )
        said = " — ".join(part for part in (self.path, wrong, self.mend) if part)
        return f"{severity_word(self.severity)}: {said}"


@dataclass(frozen=True, slots=True)
class DriveReport:
    """What was found on a drive, worst first, and how it was looked at.

    `number` and `root` name the edition that it was judged by. `files` and `bytes` of that edition
    lie there unaltered as far as `depth` tells: "quick" compares names and lengths of the
    programmes and digests of the lists, "deep" digests of everything. `read` bytes of programmes
    were read, and `source` says from where: "device" where its own counters show it, "direct" where
    nothing counts but the system's copy was passed by, "cache" where neither could be shown, ""
    where none was read. `people`: what people added.
    """

    place: str
    depth: Depth
    at: datetime
    number: int
    root: str
    findings: tuple[DriveFinding, ...] = ()
    people: tuple[Item, ...] = ()
    files: int = 0
    bytes: int = 0
    read: int = 0
    source: Whence | Literal[""] = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the edition is there whole and unaltered, as far as `depth` tells."""
        return not any(one.severity == "error" for one in self.findings)

    @property
    def verified(self) -> bool:
        """Whether every byte was read back from the drive itself and is right (promise 5)."""
        return self.ok and self.depth == "deep" and self.source in ("device", "direct")

    def __str__(self) -> str:
        return "\n".join([*map(str, self.findings), self.summary])

    @property
    def summary(self) -> str:
        """One sentence: how deep, how much, from where, when."""
        told = self.place, self.files, self.bytes / 1e6, f"{self.at.astimezone():%Y-%m-%d %H:%M}"
        if self.depth == "quick":
            said = _(
                "{place}: quick check, {files} files, {mb:.1f} MB by name and length, {at}; "
                "a file whose bytes changed while its length did not is only found with --deep"
            )
        elif self.source in ("device", "direct"):
            said = _(
                "{place}: deep check, {files} files, {mb:.1f} MB read back from the drive itself, "
                "{at}"
            )
        else:
            said = _(
                "{place}: deep check, {files} files, {mb:.1f} MB read, {at}; that they came from "
                "the drive and not from memory could not be proven: unplug it, plug it in again "
                "and repeat"
            )
        return said.format(place=told[0], files=told[1], mb=told[2], at=told[3])


def severity_word(severity: Severity) -> str:
    """The word a librarian reads."""
    return {"error": _("error"), "warning": _("warning"), "note": _("note")}[severity]


def worst_first(findings: Iterable[DriveFinding]) -> tuple[DriveFinding, ...]:
    """Findings, each once, in the order in which somebody should read them."""
    once = dict.fromkeys(findings)
    return tuple(sorted(once, key=lambda one: (RANK[one.severity], one.kind, one.path)))


def shown(name: str) -> str:
    """A name as it may stand on a screen: control characters, direction marks and bytes that are
    no text are written as codes, what is too long is cut.
    """
    text = "".join(_visible(char) for char in name[: MOST_SHOWN + 1])
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _visible(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cs":  # a byte that is no text stands behind each of these
        return rf"\x{ord(char) & 0xFF:02x}"
    return rf"\u{ord(char):04x}" if kind in ("Cc", "Cf", "Zl", "Zp") else char
