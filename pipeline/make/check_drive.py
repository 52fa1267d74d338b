"""Check a drive against the books: quickly by names and lengths, or every byte, past the cache.

Nothing on the drive is changed, followed, opened as an archive or started. A report says how deep
it went and where its bytes came from; "verified" is said only of bytes read from the drive itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from catalog.problem import Failure
from catalog.words import _
from pipeline.bundle import layout, signing
from pipeline.bundle.verdict import judge
from pipeline.make.drive_dangers import dangers
from pipeline.make.drive_files import file_findings, good_files, perhaps_moved, strange
from pipeline.make.drive_job import Whence, weakest
from pipeline.make.drive_judging import Expected, Judged, judged, tags_of
from pipeline.make.drive_lists import (
    Digest,
    digest_of,
    expected_from,
    most_of,
    rewritten,
    seal_of,
    small,
    tag_findings,
)
from pipeline.make.drive_report import Depth, DriveFinding, DriveReport, shown, worst_first
from pipeline.make.hash_files import Hashed
from pipeline.make.look_at_drive import Lying, look_over, who
from pipeline.make.medium import Medium
from pipeline.make.read_back import Backing, read_back
from pipeline.make.volume import volume
from pipeline.manifest import Item
from pipeline.tools import NEVER, Stop

__all__ = ["Expected", "Progress", "check_drive", "expected_from", "most_read"]

BATCH = 2 << 30  # bytes that are read before the counters are asked
_MOST_BATCH = 1_000  # files of it
_MOST_SIGNATURE = 64 << 10

Progress = Callable[[int], None]  # told the bytes read since it was last told


def check_drive(
    medium: Medium,
    expected: Expected,
    depth: Depth,
    stop: Stop = NEVER,
    progress: Progress = lambda _bytes: None,
) -> DriveReport:
    """Hold a drive against what the books know of it. Raises Failure where it cannot be read or
    goes away, Stopped where `stop` is asked for; everything else is a finding.
    """
    at, begun, deep = datetime.now(UTC), time.monotonic(), depth == "deep"
    try:
        by = judged(medium, expected)
        lying = look_over(medium, by.edition.items, by.other)
        read = _read(medium, by, lying, stop, progress) if deep else _Reading()
        findings = [*by.findings, *_who(medium, lying, expected), *_signed(medium, expected)]
        findings += _lists(medium, by, lying, read)
    except OSError as error:
        raise _gone(medium, error) from error
    medium.still_there()
    findings += file_findings(by.edition, lying, read.found, deep)
    people = strange(by.edition, lying)
    findings += dangers((*people, *lying.given), by.edition.items)
    good = good_files(lying, read.found, deep)
    return DriveReport(
        place=str(medium.root),
        depth=depth,
        at=at,
        number=by.edition.number,
        root=by.edition.root,
        findings=worst_first(findings),
        people=tuple(Item(shown(one.path), one.bytes) for one in people),
        files=len(good),
        bytes=sum(item.bytes for item in good),
        read=sum(max(one.bytes, 0) for one in read.found.values()),
        source=read.whence,
        seconds=time.monotonic() - begun,
    )


def most_read(expected: Expected) -> int:
    """About how many bytes a deep check reads, for whoever shows how far it is."""
    return sum(max(item.bytes, 0) for item in expected.edition.items)


def _gone(medium: Medium, error: OSError) -> Failure:
    medium.still_there()
    return Failure(
        _("checking {path}").format(path=medium.root),
        error.strerror or str(error),
        _("plug it in again; if this comes back, the drive is failing"),
    )


# -- reading ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read past the cache, by path, and where it came from."""

    found: dict[str, Hashed] = field(default_factory=dict)
    whence: Whence | Literal[""] = ""


def _read(medium: Medium, by: Judged, lying: Lying, stop: Stop, progress: Progress) -> _Reading:
    """All files of the edition, its lists, and what may be one of them at another place."""
    backing = Backing(medium)
    with suppress(OSError):  # nothing waits to be written on a drive that is read only
        backing.sync(())
    found: dict[str, Hashed] = {}
    whences: set[Whence] = set()
    for paths in _batches(_wanted(by, lying)):
        some, whence = read_back(medium, backing, paths, stop, progress)
        found |= some
        whences.add(whence)
    return _Reading(found, weakest(whences) if whences else "")


def _wanted(by: Judged, lying: Lying) -> Iterator[tuple[str, int]]:
    for one in lying.ours:
        if one.bytes <= most_of(one.path):
            yield one.path, one.bytes
    yield from sorted((item.name, item.bytes) for item in lying.known)
    yield from ((one.path, one.bytes) for one in perhaps_moved(by.edition, lying))


def _batches(wanted: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for path, count in wanted:
        if batch and (size + count > BATCH or len(batch) >= _MOST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(path)
        size += count
    if batch:
        yield batch


# -- what holds the files ---------------------------------------------------------------------


def _lists(medium: Medium, by: Judged, lying: Lying, read: _Reading) -> Iterator[DriveFinding]:
    """The tag files by the seal that the books know; else how the drive's own list differs."""
    if by.seal is None:
        yield from rewritten(medium, by.edition)
        return
    digest = _fresh(read) if read.found else digest_of(medium)
    page = by.page if by.page and digest(layout.PAGE) == by.page else ""
    there = {one.path: one.bytes for one in lying.ours}
    yield from tag_findings(tags_of(by.seal, page), there, digest)


def _fresh(read: _Reading) -> Digest:
    def digest(path: str) -> str:
        return read.found[path].sha256 if path in read.found else ""

    return digest


def _who(medium: Medium, lying: Lying, expected: Expected) -> Iterator[DriveFinding]:
    """Which drive it is, and whether its chain holds."""
    seen, faults = who(medium, lying, volume(medium.root).serial)
    yield from faults
    if expected.who is None:
        return
    verdict = judge(seen, expected.who)
    if not verdict.known:
        yield DriveFinding("error", "identity", layout.IDENTITY, verdict.why, verdict.mend)


def _signed(medium: Medium, expected: Expected) -> Iterator[DriveFinding]:
    seal = seal_of(medium) if expected.public_key else None
    if seal is None:
        return
    try:
        signature = small(medium, layout.SIGNATURE, _MOST_SIGNATURE)
        fault = signing.verified(signature, seal.data, expected.public_key)
    except (OSError, ValueError):
        fault = _("the signature is missing or cannot be read")
    if fault:
        mend = _("do not trust this drive before its files are checked against the books")
        yield DriveFinding("error", "signature", layout.SIGNATURE, fault, mend)
