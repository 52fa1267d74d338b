"""What is asked of one drive, what came of it, and who hears of it meanwhile; values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from catalog.problem import Failure
from pipeline.plan.refresh import Refresh

# Where bytes that were read back came from: the device's own counters show it; the system's copy
# was passed by, but nothing counts; or neither could be shown.
Whence = Literal["device", "direct", "cache"]
Phase = Literal["look", "copy", "read back", "seal"]


def weakest(found: set[Whence]) -> Whence:
    """What holds of all; nothing shown, nothing claimed."""
    return next((one for one in ("cache", "direct", "device") if one in found), "cache")


@dataclass(frozen=True, slots=True)
class DriveJob:
    """One drive and what becomes of it. `tags` are all tag files by path, the page and the tag
    manifest among them; `interim_page` makes the page that stands while programmes change places,
    of the payload paths that lie there at that moment. By `secret` the journal's notes are marked.
    """

    root: Path
    refresh: Refresh
    tags: Mapping[str, bytes]
    code_js: bytes
    signature: bytes | None = None
    interim_page: Callable[[tuple[str, ...]], bytes] | None = None
    secret: bytes = b""


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of one drive. `ok`: the edition is sealed. `copied` files of `bytes` in all were
    read back, those of an interrupted run before (`resumed`) among them; `confirmed` is what holds
    of all of them. `removed` files are gone. `faults`: pieces that are not there, by path, with the
    reason; `left`: files that were to go and stay, since they are not as the books know them.
    """

    root: Path
    ok: bool
    copied: int = 0
    kept: int = 0
    removed: int = 0
    bytes: int = 0
    resumed: int = 0
    confirmed: Whence = "cache"
    seconds: float = 0.0
    failure: Failure | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()


class Watch:
    """Hears what happens to each drive; this one listens to nothing. Called from several threads,
    for one drive from one at a time.
    """

    def begins(self, root: Path, phase: Phase, total: int) -> None:
        """A phase of a drive begins, with so many bytes to go. Phases come again with batches;
        `copy` is begun once, with all bytes of the call.
        """

    def progress(self, root: Path, phase: Phase, bytes: int) -> None:
        """So many more bytes of a phase are done."""

    def slow(self, root: Path) -> None:
        """The drive holds the others no longer: it goes on by itself."""

    def sealed(self, filled: Filled) -> None:
        """The edition is sealed; its journal still lies on the drive. Who writes the books here
        never meets a drive that is ahead of them. What is raised here ends this drive's result.
        """

    def ends(self, filled: Filled) -> None:
        """All is done to a drive that will be, well or not."""
