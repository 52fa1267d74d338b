"""By which edition a drive is judged: the one the books know, or the next while it takes its place.

Edition N counts while all of its files are there; once the lists of N+1 lie below `_delivery/next/`
N+1 counts, if the books know its root. By its own word alone a drive is never right.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from catalog.words import _
from pipeline.bundle import layout
from pipeline.bundle.verdict import Expectation
from pipeline.make import journal
from pipeline.make.drive_lists import (
    Seal,
    Sealed,
    coming_seal,
    digest_of,
    manifest_items,
    place_of,
    seal_of,
    wrong_seal,
)
from pipeline.make.drive_report import DriveFinding
from pipeline.make.medium import Medium
from pipeline.manifest import Item


@dataclass(frozen=True, slots=True)
class Expected:
    """What the books know of a drive: its edition, and the next where one was planned and a refresh
    may have been broken off; who it should be (None: not judged); the key that signs (PEM).
    """

    edition: Sealed
    coming: Sealed | None = None
    who: Expectation | None = None
    public_key: bytes = b""


@dataclass(frozen=True, slots=True)
class Judged:
    """The edition that counts, files of the other one (no fault, and nobody's own), and the seal by
    which the lists are looked at (None: not one that the books know). `page`: the digest of the
    page that may lie there already.
    """

    edition: Sealed
    other: tuple[Item, ...]
    seal: Seal | None
    page: str = ""
    findings: tuple[DriveFinding, ...] = ()


def judged(medium: Medium, expected: Expected) -> Judged:
    """Find out by what this drive is to be judged, and what is wrong with its seal."""
    now, coming = expected.edition, expected.coming
    seal, next_seal = seal_of(medium), coming_seal(medium)
    if next_seal and next_seal.root == now.root:
        next_seal = None  # sealed already, and not tidied up
    if next_seal and coming and next_seal.root == coming.root:
        return Judged(coming, now.items, next_seal, "", (_broken_off(),))
    here = arrived(medium)
    begun = (_broken_off(),) if next_seal or _begun(medium) else ()
    if seal and coming and seal.root == coming.root:
        return Judged(coming, now.items, seal, "", begun)
    if seal and seal.root == now.root:
        if next_seal and not _all_there(medium, now):
            return _by_itself(medium, next_seal, now)
        others = (*here, *(coming.items if coming else ()))
        page = next_seal.listed.get(layout.PAGE, "") if next_seal else ""
        return Judged(now, others, seal, page, begun)
    if next_seal:
        return _by_itself(medium, next_seal, now)
    return Judged(now, here, None, "", (wrong_seal(seal, now.root), *begun))


def tags_of(seal: Seal, page: str) -> Seal:
    """The seal with the digest of a page that was put in place before the seal was."""
    listed = dict(seal.listed) | ({layout.PAGE: page} if page else {})
    return Seal(seal.root, listed, seal.bad, seal.data, seal.below)


def _by_itself(medium: Medium, seal: Seal, now: Sealed) -> Judged:
    """By the lists of a refresh that the books know nothing of yet: told, never called right."""
    place = place_of(seal, layout.MANIFEST, digest_of(medium))
    items, fault = manifest_items(medium, place) if place else ((), "")
    wrong = _("the drive holds edition {number}, which the books do not know yet: by its own lists")
    found = DriveFinding(
        "error", "under-way", layout.NEXT, wrong.format(number=seal.number), _again()
    )
    more = (DriveFinding("error", "manifest", layout.MANIFEST, fault, _again()),) if fault else ()
    return Judged(Sealed(seal.number, seal.root, items), now.items, seal, "", (found, *more))


def _all_there(medium: Medium, edition: Sealed) -> bool:
    return all(medium.size(item.name) in _lengths(item) for item in edition.items)


def _lengths(item: Item) -> Container[int]:
    return (item.bytes,) if item.bytes >= 0 else range(1 << 62)


def _begun(medium: Medium) -> bool:
    return medium.stat(layout.NEXT) is not None


def arrived(medium: Medium) -> tuple[Item, ...]:
    """Copies of the next edition that lie at their places, by the journal."""
    noted = journal.read(medium).values()
    ours = (one for one in noted if one.path.startswith(f"{layout.PAYLOAD}/"))
    return tuple(Item(one.path, one.bytes, one.sha256) for one in ours)


def _broken_off() -> DriveFinding:
    wrong = _("a refresh of this drive was begun and not ended")
    return DriveFinding("warning", "under-way", layout.NEXT, wrong, _again())


def _again() -> str:
    return _("repeat the refresh: it goes on where it was")
