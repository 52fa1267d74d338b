"""What a refresh under way has done to a drive, written on the drive itself.

All of it lies below `_delivery/next/`: copies that are not confirmed yet (`parts/`), the journal of
confirmed ones (`confirmed.jsonl`), and at last the tag files of the edition to come. A line of the
journal is written once a copy was read back and before it gets its name, so that nothing of ours
ever lies at its place without being known. A line counts only while a file of its length and time
lies there, and, where the medium has a secret, only with the mark that the secret gives it: a drive
that was away may bring a journal of somebody else's making.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import get_args

from pipeline.bundle.bundle import Piece
from pipeline.bundle.layout import MOST_EDITIONS, NEXT, TAG_MANIFEST
from pipeline.make.drive_job import Whence
from pipeline.make.medium import Medium
from pipeline.manifest import Item, name_fault, read_sums

PARTS = f"{NEXT}/parts"
JOURNAL = f"{NEXT}/confirmed.jsonl"

_MOST = 64 << 20  # bytes of a journal or a manifest
_MOST_TAGS = MOST_EDITIONS + 16
_COARSE = 2_000_000_000  # nanoseconds: FAT keeps times in steps of two seconds


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One copy that was read back from the drive with this digest."""

    path: str
    bytes: int
    sha256: str
    mtime_ns: int
    whence: Whence = "cache"
    mark: str = ""


def _marked(one: Confirmed, secret: bytes) -> Confirmed:
    """The note with the mark by which we know it for ours; with none where there is no secret."""
    if not secret:
        return replace(one, mark="")
    told = json.dumps([one.path, one.bytes, one.sha256, one.mtime_ns, one.whence])
    return replace(one, mark=hmac.new(secret, told.encode(), "sha256").hexdigest())


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What an interrupted refresh left: `confirmed` lie at their places as they were confirmed,
    `unfinished` are bytes of partial copies, which the same refresh uses or throws away.
    `sealed`: a whole set of tag files of the edition to come lies below `_delivery/next/`.
    """

    confirmed: tuple[Item, ...]
    unfinished: int
    sealed: bool


def part(piece: Piece) -> str:
    """Where a copy lies until it is confirmed."""
    name = hashlib.sha256(f"{piece.path}\0{piece.sha256}".encode("utf-8", "surrogateescape"))
    return f"{PARTS}/{name.hexdigest()[:32]}"


def read(medium: Medium) -> dict[str, Confirmed]:
    """What the journal says, by path; lines that are none, a torn last one too, are passed over."""
    try:
        text = medium.read(JOURNAL, _MOST).decode("utf-8", "replace")
    except (OSError, ValueError):
        return {}
    said = (_line(line) for line in text.split("\n") if line)
    return {one.path: one for one in said if one is not None and _ours(one, medium.secret)}


def _ours(one: Confirmed, secret: bytes) -> bool:
    return not secret or hmac.compare_digest(_marked(one, secret).mark, one.mark)


def _line(text: str) -> Confirmed | None:
    try:
        said = json.loads(text)
        one = Confirmed(**said)
    except (ValueError, TypeError, RecursionError):
        return None
    numbers = all(type(value) is int for value in (one.bytes, one.mtime_ns))
    texts = all(type(value) is str for value in (one.path, one.sha256, one.mark))
    known = one.whence in get_args(Whence)
    return one if numbers and texts and known and not name_fault(one.path) else None


def append(medium: Medium, confirmed: Iterable[Confirmed]) -> None:
    """Note copies durably. Every note begins a line, whatever a kill has left of the one before."""
    marked = (_marked(one, medium.secret) for one in confirmed)
    lines = [json.dumps(asdict(one), ensure_ascii=False) for one in marked]
    if not lines:
        return
    descriptor = medium.open(JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with os.fdopen(descriptor, "wb") as file:
        file.write(("\n" + "\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))
        file.flush()
        os.fsync(descriptor)


def stands(medium: Medium, path: str, said: Confirmed | None) -> bool:
    """Whether the file at `path` has the length and time that were noted."""
    found = medium.stat(path) if said else None
    if said is None or found is None or medium.size(path) != said.bytes:
        return False
    return abs(found.st_mtime_ns - said.mtime_ns) <= _COARSE


def under_way(medium: Medium) -> UnderWay | None:
    """What a planner must know before it plans again; None where no refresh is under way."""
    if medium.stat(NEXT) is None:
        return None
    noted = read(medium)
    there = (one for one in noted.values() if stands(medium, one.path, one))
    items = tuple(Item(one.path, one.bytes, one.sha256) for one in there)
    left = sum(found.bytes for found in medium.walk(PARTS) if found.kind == "file")
    return UnderWay(items, left, whole_set(medium) is not None)


def whole_set(medium: Medium, below: str = NEXT) -> Mapping[str, str] | None:
    """Digests of the tag files below a folder ("": those that have the seal), by path, where all
    that their tag manifest lists is there and unaltered; else None.
    """
    at = f"{below}/" if below else ""
    try:
        seal = medium.read(f"{at}{TAG_MANIFEST}", _MOST)
        items, bad = read_sums(seal.decode("utf-8"))
        found = {one.name: one.sha256 for one in items}
        if bad or not 0 < len(found) <= _MOST_TAGS:
            return None
        for path, digest in found.items():
            if hashlib.sha256(medium.read(f"{at}{path}", _MOST)).hexdigest() != digest:
                return None
    except (OSError, ValueError):
        return None
    return found | {TAG_MANIFEST: hashlib.sha256(seal).hexdigest()}
