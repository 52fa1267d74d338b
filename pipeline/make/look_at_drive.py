"""What lies on a drive, in one fast walk: names, lengths and days; no programme is read.

Nothing is written and no link is followed. What looks wrong is told, never raised: a drive that
comes home from a village may hold anything.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from catalog.problem import Failure, Problem
from catalog.words import _
from pipeline.bundle import layout, plain_json
from pipeline.bundle.editions import MOST_BYTES as MOST_RECORD
from pipeline.bundle.editions import Chain, read_chain
from pipeline.bundle.identity import MOST_BYTES as MOST_IDENTITY
from pipeline.bundle.identity import Identity, read_identity
from pipeline.bundle.verdict import Seen
from pipeline.make import journal
from pipeline.make.drive_dangers import dangers
from pipeline.make.drive_lists import seal_of, small
from pipeline.make.drive_report import DriveFinding, shown
from pipeline.make.medium import Found, Medium
from pipeline.make.volume import Volume, volume
from pipeline.manifest import Item, same
from pipeline.plan.drive_room import room_of
from pipeline.plan.refresh import Holding

_OURS = {*layout.SEALED, layout.TAG_MANIFEST, layout.CODE, layout.SIGNATURE}
_PART = ".part"  # what `Medium.write_whole` leaves where it was killed
_MOST_RECORDS = 64 << 20  # bytes of all edition records together


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found on a drive. `holding` is for planning: files of a refresh that was broken off
    and were confirmed by its journal count to its `edition`, and the room that unfinished copies
    take counts as free. `seen` is for the judgement which drive it is (bundle/verdict.py); what
    could not be read of it stands in `faults`. `people`: what people added, names as they may be
    shown; `given`: how many files lie where people save them for us; `lists`: the room that
    page, lists and records of editions take.
    """

    holding: Holding
    volume: Volume
    seen: Seen
    under_way: journal.UnderWay | None = None
    faults: tuple[DriveFinding, ...] = ()
    people: tuple[Item, ...] = ()
    given: int = 0
    lists: int = 0


@dataclass(frozen=True, slots=True)
class Lying:
    """Everything on a drive, sorted. `known` and `arrived`: files of the edition before and of the
    one being written, that lie there in their length; `ours` the lists and records around them;
    `given` what people saved for us; `others` what else people added; `odd` links and devices.
    """

    known: tuple[Item, ...]
    arrived: tuple[Item, ...]
    ours: tuple[Found, ...]
    given: tuple[Found, ...]
    others: tuple[Found, ...]
    odd: tuple[Found, ...]

    @property
    def people(self) -> tuple[Item, ...]:
        """What people added, as items without digests."""
        return tuple(Item(one.path, one.bytes) for one in (*self.others, *self.odd))


def look(medium: Medium, known: Sequence[Item]) -> Looked:
    """Look at a drive; `known` are the files that the books have for its edition. Raises Failure
    where it cannot be read at all.
    """
    under_way = _under_way(medium)
    arrived = under_way.confirmed if under_way else ()
    lying = look_over(medium, known, [one for one in arrived if _payload(one.name)])
    told, room = volume(medium.root), medium.room()
    seen, faults = who(medium, lying, told.serial)
    return Looked(
        Holding(
            (*lying.known, *lying.arrived),
            lying.people,
            room.capacity,
            room.free + (under_way.unfinished if under_way else 0),
            room.cluster,
            told.kind,
        ),
        told,
        seen,
        under_way,
        (*faults, *dangers((*lying.others, *lying.given, *lying.odd), known)),
        tuple(Item(shown(item.name), item.bytes) for item in lying.people),
        len(lying.given),
        room_of((o.bytes for o in lying.ours if not _within(o.path, layout.NEXT)), room.cluster),
    )


def _under_way(medium: Medium) -> journal.UnderWay | None:
    """What a refresh left; nothing where strangers made its place into something else."""
    try:
        found = medium.stat(layout.NEXT)
        return journal.under_way(medium) if found and stat.S_ISDIR(found.st_mode) else None
    except (OSError, ValueError):
        medium.still_there()
        return None


def who(medium: Medium, lying: Lying, serial: str) -> tuple[Seen, tuple[DriveFinding, ...]]:
    """What a drive tells of itself, and what of that cannot be read."""
    wrongs: list[DriveFinding] = []
    identity = _identity(medium, lying, wrongs)
    chain = _chain(medium, lying, wrongs)
    seal = seal_of(medium)
    seen = Seen(
        identity,
        serial,
        medium.room().capacity,
        seal.root if seal else "",
        seal.number if seal else 0,
        chain,
        bool(lying.ours) or any(_ours(one.path) for one in lying.odd),
    )
    return seen, tuple(wrongs)


def _identity(medium: Medium, lying: Lying, wrongs: list[DriveFinding]) -> Identity | None:
    if all(one.path != layout.IDENTITY for one in (*lying.ours, *lying.odd)):
        return None
    try:
        found = read_identity(small(medium, layout.IDENTITY, MOST_IDENTITY))
    except (OSError, ValueError) as error:
        wrongs.append(_unread("identity", layout.IDENTITY, error))
        return None
    if isinstance(found, Identity):
        return found
    wrongs += [_told("identity", one) for one in found]
    return None


def _chain(medium: Medium, lying: Lying, wrongs: list[DriveFinding]) -> Chain:
    records: dict[str, bytes] = {}
    most = _MOST_RECORDS
    for one in lying.ours:
        if not layout.record_number(one.path):
            continue
        try:
            records[one.path] = small(medium, one.path, min(MOST_RECORD, most))
            most -= len(records[one.path])
        except (OSError, ValueError) as error:
            wrongs.append(_unread("chain", one.path, error))
    found = read_chain(records)
    if isinstance(found, Chain):
        return found
    wrongs += [_told("chain", one) for one in found]
    return Chain()


def _unread(kind: Literal["identity", "chain"], path: str, error: Exception) -> DriveFinding:
    said = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return DriveFinding("error", kind, shown(path), said, plain_json.mend())


def _told(kind: Literal["identity", "chain"], problem: Problem) -> DriveFinding:
    wrong = " — ".join(part for part in (problem.key, problem.wrong) if part)
    return DriveFinding("error", kind, shown(problem.file), wrong, problem.mend)


def look_over(medium: Medium, known: Sequence[Item], coming: Sequence[Item] = ()) -> Lying:
    """Walk a drive once and sort what is there. Raises Failure where it cannot be read."""
    try:
        found = list(medium.walk())
    except OSError as error:
        medium.still_there()
        raise Failure(
            _("looking at {path}").format(path=medium.root),
            error.strerror or str(error),
            _("plug it in again; if this comes back, the drive is failing"),
        ) from error
    return _sorted_out(medium, found, known, coming)


def _sorted_out(
    medium: Medium, found: Iterable[Found], known: Sequence[Item], coming: Sequence[Item]
) -> Lying:
    things = [one for one in found if one.kind != "folder"]
    files = {one.path: one.bytes for one in things if one.kind == "file"}
    spelled = {same(path).casefold(): path for path in files}
    here: dict[str, Item] = {}
    taken: dict[str, Item] = {}
    for items, into in ((known, here), (coming, taken)):
        for item in items:
            path = _place_of(medium, item, files, spelled)
            if path and path not in here:
                into[path] = Item(item.name, files[path], item.sha256)
    ours, given, others, odd = [], [], [], []
    for one in things:
        if one.path in here or one.path in taken:
            continue
        if one.kind != "file":
            odd.append(one)
        elif _ours(one.path):
            ours.append(one)
        elif _within(one.path, layout.FEEDBACK) or _within(one.path, layout.RECEIPTS):
            given.append(one)
        else:
            others.append(one)
    parts = (tuple(sorted(part, key=_path)) for part in (ours, given, others, odd))
    return Lying(tuple(here.values()), tuple(taken.values()), *parts)


def _path(one: Found) -> str:
    return one.path


def _place_of(
    medium: Medium, item: Item, files: Mapping[str, int], spelled: Mapping[str, str]
) -> str:
    """The path as the drive spells it where this item lies in its length, else "".

    Some systems give names in another case or normal form than they were given: then the file is
    there if it can be opened by the name that the page has for it.
    """
    if item.name in files:
        return item.name if item.bytes in (-1, files[item.name]) else ""
    other = spelled.get(same(item.name).casefold(), "")
    if not other or item.bytes not in (-1, files[other]):
        return ""
    try:
        return other if medium.size(item.name) == files[other] else ""
    except (OSError, ValueError):
        return ""


def _within(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")


def _payload(path: str) -> bool:
    return _within(path, layout.PAYLOAD)


def _ours(path: str) -> bool:
    plain = path.removesuffix(_PART)
    return plain in _OURS or layout.record_number(plain) > 0 or _within(path, layout.NEXT)
