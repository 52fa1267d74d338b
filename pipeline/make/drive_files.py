"""How the files of an edition lie on a drive: missing, altered, moved, or good; pure.

What people added is told and never a fault of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from catalog.words import _
from pipeline.bundle import layout
from pipeline.make.drive_dangers import few
from pipeline.make.drive_lists import Sealed
from pipeline.make.drive_report import DriveFinding, shown
from pipeline.make.hash_files import Hashed
from pipeline.make.look_at_drive import Lying
from pipeline.make.medium import Found
from pipeline.manifest import Item, same

_CUT = 16  # characters of a digest that are shown
_MOST_MOVED = 200  # strangers' files that are read to see whether they are one that is missing

Read = Mapping[str, Hashed]  # what was read past the cache, by path; empty for a quick check


def missing(edition: Sealed, lying: Lying) -> list[Item]:
    """Files of the edition that do not lie at their places in their length."""
    there = {item.name for item in lying.known}
    return [item for item in edition.items if item.name not in there]


def strange(edition: Sealed, lying: Lying) -> tuple[Found, ...]:
    """What people added: no file at the place of one of ours, which is altered instead."""
    ours = {item.name for item in edition.items}
    others = (one for one in lying.others if one.path not in ours)
    return (*others, *lying.odd)


def perhaps_moved(edition: Sealed, lying: Lying) -> list[Found]:
    """Strangers' files that a deep check reads, since each may be one that is missing."""
    sizes = {item.bytes for item in missing(edition, lying)} - {0, -1}
    found = [one for one in lying.others if one.bytes in sizes]
    return found[:_MOST_MOVED]


def good_files(lying: Lying, read: Read, deep: bool) -> list[Item]:
    """Files of the edition that are as they should be, as far as was looked."""
    if not deep:
        return list(lying.known)
    return [item for item in lying.known if _unaltered(item, read.get(item.name))]


def file_findings(edition: Sealed, lying: Lying, read: Read, deep: bool) -> list[DriveFinding]:
    """Everything that is wrong with the files of an edition, and what people put among them."""
    gone = missing(edition, lying)
    at = {one.path: one for one in lying.others}
    elsewhere = _by_digest(lying, read) if deep else _by_name(lying)
    found = few([_gone(item, at, elsewhere) for item in gone])
    if deep:
        found += few(list(_read_wrong(lying, read)))
    if not gone:
        found += _in_all(edition, lying)
    added = [one for one in strange(edition, lying) if one.path.startswith(f"{layout.PAYLOAD}/")]
    return found + few([_added(one) for one in added if one.kind == "file"])


_Elsewhere = Callable[[Item], str]  # where a missing file lies, or "", as a sentence says it


def _by_digest(lying: Lying, read: Read) -> _Elsewhere:
    there = {read[one.path].sha256: one.path for one in lying.others if one.path in read}

    def elsewhere(item: Item) -> str:
        other = there.get(item.sha256, "")
        said = _("not at its place; the same file lies at {other}")
        return said.format(other=shown(other)) if other else ""

    return elsewhere


def _by_name(lying: Lying) -> _Elsewhere:
    there = {(one.bytes, _last(one.path)): one.path for one in lying.others}

    def elsewhere(item: Item) -> str:
        other = there.get((item.bytes, _last(item.name)), "")
        said = _("not at its place; perhaps it is the one at {other}")
        return said.format(other=shown(other)) if other else ""

    return elsewhere


def _gone(item: Item, at: Mapping[str, Found], elsewhere: _Elsewhere) -> DriveFinding:
    mend = _("refresh this drive: the file is copied again")
    path = shown(item.name)
    if here := at.get(item.name):
        wrong = _("the file has another length than in the books")
        both = str(item.bytes), str(here.bytes)
        return DriveFinding("error", "altered", path, wrong, mend, *both)
    if wrong := elsewhere(item):
        mend = _("move it back, or refresh this drive")
        return DriveFinding("error", "moved", path, wrong, mend)
    return DriveFinding("error", "missing", path, _("the file is missing"), mend)


def _last(path: str) -> str:
    return same(PurePosixPath(path).name).casefold()


def _read_wrong(lying: Lying, read: Read) -> Iterator[DriveFinding]:
    for item in lying.known:
        got, path = read.get(item.name), shown(item.name)
        if _unaltered(item, got):
            continue
        if got is None or got.fault:
            mend = _("refresh this drive; if the same comes back, the drive is failing")
            fault = got.fault if got else _("it went away while the drive was read")
            wrong = _("the file cannot be read: {reason}").format(reason=fault)
            yield DriveFinding("error", "unread", path, wrong, mend)
        else:
            mend = _("refresh this drive: the file is copied again")
            wrong = _("the bytes are not those of the books, though the length is")
            both = item.sha256[:_CUT], got.sha256[:_CUT]
            yield DriveFinding("error", "altered", path, wrong, mend, *both)


def _unaltered(item: Item, got: Hashed | None) -> bool:
    return got is not None and not got.fault and got.sha256 == item.sha256


def _in_all(edition: Sealed, lying: Lying) -> Iterator[DriveFinding]:
    """Where only the bytes of all files together are known."""
    found = sum(item.bytes for item in lying.known)
    if edition.bytes not in (-1, found):
        wrong = _("the files have another length in all than was sealed")
        mend = _("check the drive with --deep to see which")
        both = str(edition.bytes), str(found)
        yield DriveFinding("error", "altered", layout.PAYLOAD, wrong, mend, *both)


def _added(one: Found) -> DriveFinding:
    wrong = _("people added it; it stays where it is")
    return DriveFinding("note", "unexpected", shown(one.path), wrong)
