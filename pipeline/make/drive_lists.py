"""The lists on a drive that hold its files: seal, tag files, manifest; held against the books.

A drive's own lists are believed only as far as the books know the root they hang on: whoever
changed a programme can write new lists that fit it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from catalog.words import _
from pipeline.bundle import editions, identity, layout
from pipeline.make.drive_report import DriveFinding, shown
from pipeline.make.medium import Medium
from pipeline.manifest import MOST_FILES, Item, compare, read_sums

_LONGEST_PAGE = 64 << 20
_LONGEST_INFO = 64 << 10
_LONGEST_LINE = 8 << 10
_PIECE = 1 << 20
_CUT = 16  # characters of a digest that are shown

Digest = Callable[[str], str]  # of a path on the drive; "" where it cannot be read


@dataclass(frozen=True, slots=True)
class Sealed:
    """One edition of a drive: its number, its root, and its payload files. As the books know it,
    or (`expected_from`) as a drive's own manifest has it under a root that the books know: then the
    lengths of files are not known (-1), only that of all together (`bytes`).
    """

    number: int
    root: str
    items: tuple[Item, ...]
    bytes: int = -1


@dataclass(frozen=True, slots=True)
class Seal:
    """A tag manifest as it lies on a drive: its digest, and the digests it lists by path. `below`:
    the folder it lies in, "" or that of a refresh under way.
    """

    root: str
    listed: Mapping[str, str]
    bad: int
    data: bytes
    below: str = ""

    @property
    def number(self) -> int:
        """The number of the edition that is sealed, by its last record."""
        return max(map(layout.record_number, self.listed), default=0)


def seal_of(medium: Medium, below: str = "") -> Seal | None:
    """The tag manifest of a drive, or of a refresh under way; None where none can be read."""
    try:
        data = small(medium, _joined(below, layout.TAG_MANIFEST), most_of(layout.TAG_MANIFEST))
        if data.count(b"\n") > layout.MOST_EDITIONS + len(layout.SEALED):
            return None
        items, bad = read_sums(data.decode("utf-8"))
    except (OSError, ValueError):
        return None
    listed = {item.name: item.sha256 for item in items}
    return Seal(hashlib.sha256(data).hexdigest(), listed, len(bad), data, below)


def coming_seal(medium: Medium) -> Seal | None:
    """The seal of an edition whose lists are complete and not all in their places yet: from then on
    the drive is judged by it. None before, and where no refresh is under way.
    """
    seal = seal_of(medium, layout.NEXT)
    if seal is None or seal.bad or layout.MANIFEST not in seal.listed:
        return None
    digest = digest_of(medium)
    return seal if all(place_of(seal, path, digest) is not None for path in seal.listed) else None


def place_of(seal: Seal, path: str, digest: Digest) -> str | None:
    """Where the tag file that a seal lists as `path` lies unaltered; None where it does not. While
    the lists of a refresh take their places, one lies here and the next there.
    """
    for place in dict.fromkeys((_joined(seal.below, path), path)):
        if digest(place) == seal.listed[path]:
            return place
    return None


def most_of(path: str) -> int:
    """How many bytes a tag file has at most, also one of a refresh under way: nobody needs to read
    more of it.
    """
    own = path.removeprefix(f"{layout.NEXT}/")
    if layout.record_number(own):
        return editions.MOST_BYTES
    return {
        layout.MANIFEST: layout.LONGEST_MANIFEST,
        layout.TAG_MANIFEST: 4 << 20,
        layout.PAGE: _LONGEST_PAGE,
        layout.IDENTITY: identity.MOST_BYTES,
    }.get(own, _LONGEST_INFO)


def digest_of(medium: Medium) -> Digest:
    """Digests of tag files, each read at most once, and none that is impossibly long."""
    known: dict[str, str] = {}

    def digest(path: str) -> str:
        if path not in known:
            known[path] = _digest(medium, path)
        return known[path]

    return digest


def _digest(medium: Medium, path: str) -> str:
    if not 0 <= medium.size(path) <= most_of(path):
        return ""
    digest = hashlib.sha256()
    try:
        with os.fdopen(medium.open(path), "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()


def small(medium: Medium, path: str, most: int) -> bytes:
    """A small file; ValueError where it has more bytes, without reading them first."""
    if medium.size(path) > most:
        raise ValueError(_("{path} is too long").format(path=shown(path)))
    return medium.read(path, most)


def manifest_items(medium: Medium, place: str) -> tuple[tuple[Item, ...], str]:
    """The payload files of a manifest on a drive; what is wrong with it, "" where nothing is. Read
    line by line: as one text, the longest that may be would fill the memory of an old computer.
    """
    items: list[Item] = []
    bad: list[int] = []
    try:
        if medium.size(place) > most_of(place):
            raise ValueError(_("{path} is too long").format(path=shown(place)))
        with os.fdopen(medium.open(place), "rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), 1):
                if number > MOST_FILES:
                    return (), _("more than {count} lines").format(count=MOST_FILES)
                found, _bad = read_sums(line.decode("utf-8"))
                items += found
                if (not found and line.strip()) or not _of_payload(found):
                    bad.append(number)
    except UnicodeDecodeError:
        return (), _("this list is not written in UTF-8")
    except (OSError, ValueError) as error:
        return (), (error.strerror if isinstance(error, OSError) else "") or str(error)
    lines = ", ".join(map(str, bad[:10]))
    told = _("lines that name no file of the drive: {lines}").format(lines=lines)
    return tuple(items), told if bad else ""


def _of_payload(found: tuple[Item, ...]) -> bool:
    return all(item.name.startswith(f"{layout.PAYLOAD}/") for item in found)


def expected_from(medium: Medium, root: str, number: int = 0) -> Sealed | tuple[DriveFinding, ...]:
    """What a drive shall hold by its own manifest, where the books know no more of the edition than
    its root; findings where the drive's lists do not hang on that root.
    """
    seal = seal_of(medium)
    if seal is None or seal.root != root:
        return (wrong_seal(seal, root),)
    digest = digest_of(medium)
    listed = layout.MANIFEST in seal.listed
    place = place_of(seal, layout.MANIFEST, digest) if listed else None
    items, fault = manifest_items(medium, place) if place else ((), _("it is missing or altered"))
    if fault:
        mend = _("repeat the refresh of this drive: it writes its lists anew from the books")
        return (DriveFinding("error", "manifest", layout.MANIFEST, fault, mend),)
    return Sealed(number or seal.number, root, items, _in_all(medium, seal, digest))


def _in_all(medium: Medium, seal: Seal, digest: Digest) -> int:
    """Bytes of the payload as the sealed bag-info tells them, -1 where it does not."""
    if layout.INFO not in seal.listed or place_of(seal, layout.INFO, digest) is None:
        return -1
    info = small(medium, layout.INFO, most_of(layout.INFO)).decode("utf-8", "replace")
    found = re.search(r"^Payload-Oxum: ([0-9]{1,18})\.", info, re.MULTILINE)
    return int(found[1]) if found else -1


def wrong_seal(seal: Seal | None, root: str) -> DriveFinding:
    """That a drive is not sealed, or with another seal than the books know."""
    mend = _("repeat the refresh of this drive: it writes its lists anew from the books")
    if seal is None:
        wrong = _("the drive is not sealed: this list is missing or cannot be read")
        return DriveFinding("error", "seal", layout.TAG_MANIFEST, wrong, mend)
    wrong = _("the seal is not the one in the books: somebody wrote the lists of this drive anew")
    both = root[:_CUT], seal.root[:_CUT]
    return DriveFinding("error", "seal", layout.TAG_MANIFEST, wrong, mend, *both)


def tag_findings(seal: Seal, there: Mapping[str, int], digest: Digest) -> Iterator[DriveFinding]:
    """Tag files that are missing, altered or that the seal does not list. `there`: lengths of what
    lies at places of ours.
    """
    mend = _("repeat the refresh of this drive: it writes its lists anew from the books")
    for path in sorted(seal.listed):
        if place_of(seal, path, digest) is None:
            gone = path not in there and _joined(seal.below, path) not in there
            wrong = _("the list is missing") if gone else _("the list is not as it was sealed")
            yield DriveFinding("error", "tag", shown(path), wrong, mend)
    for path in sorted(there):
        if layout.record_number(path) and path not in seal.listed:
            wrong = _("a record of an edition that the seal does not know")
            yield DriveFinding("error", "tag", shown(path), wrong, mend)


def rewritten(medium: Medium, edition: Sealed) -> Iterator[DriveFinding]:
    """How the manifest on a drive whose seal is wrong differs from the books."""
    items, fault = manifest_items(medium, layout.MANIFEST)
    mend = _("the books are believed, not this list; look at the findings about each file")
    if fault:
        yield DriveFinding("error", "manifest", layout.MANIFEST, fault, mend)
    wrongs = compare(edition.items, items)
    if wrongs and items:
        wrong = _("the list names {count} files otherwise than the books, first {name}").format(
            count=len(wrongs), name=shown(wrongs[0].name)
        )
        yield DriveFinding("error", "manifest", layout.MANIFEST, wrong, mend)


def _joined(below: str, path: str) -> str:
    return f"{below}/{path}" if below else path
