"""From what a drive holds to what it shall hold: what stays, what is copied, what goes, and when.

Pure. Side by side wherever there is room: then the edition before stays whole until the new one is
confirmed. Else programmes change places in rounds: nothing goes before something that is coming
needs its room, a programme's older version goes only in the round that brings the new one or
later, and what leaves the drive anyway goes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Literal

from pipeline.bundle.bundle import Bundle, Piece
from pipeline.bundle.names import alike
from pipeline.manifest import Item, same
from pipeline.plan.drive_room import fat32, reserve, room_of, unit_of
from pipeline.plan.refresh import Holding, Refresh, Round

FaultKind = Literal["too-small", "path-taken", "same-path", "fat32"]
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RefreshFault:
    """Why a drive cannot be refreshed as planned. `paths` are those concerned; `needed` and `free`
    in bytes where it is too small, even with all of the edition before gone.
    """

    kind: FaultKind
    drive: str
    paths: tuple[str, ...] = ()
    needed: int = 0
    free: int = 0


@dataclass(slots=True, eq=False)
class _Unit:
    """One programme: pieces that come and files that go, with the room they take."""

    coming: list[Piece]
    going: list[Item]
    needs: int = 0
    frees: int = 0


def refresh(
    bundle: Bundle, holding: Holding, programmes: Mapping[str, str] = _NOTHING
) -> Refresh | tuple[RefreshFault, ...]:
    """All that is to be done to a drive, or why it cannot be.

    `programmes`: which programme each file of the edition before belonged to, where it is known;
    else files of one name in one folder are taken for one programme. `stale` of what comes out are
    the files that no round has removed already. Nothing to do: no rounds, nothing stale, and
    nothing needed.
    """
    there = {same(item.name): item for item in holding.edition}
    kept = tuple(piece for piece in bundle.pieces if _lies(piece, there))
    staying = {same(piece.path) for piece in kept}
    copied = [piece for piece in bundle.pieces if same(piece.path) not in staying]
    stale = [item for item in holding.edition if same(item.name) not in staying]
    if faults := tuple(_faults(bundle, copied, holding)):
        return faults
    if not copied and not stale:
        return Refresh(bundle, (), kept, (), 0)
    keep = reserve(holding.capacity, len(bundle.pieces), len(bundle.offers), holding.cluster)
    room = holding.free - keep
    cluster = holding.cluster
    needs = room_of((piece.bytes for piece in copied), cluster)
    if needs <= room:
        at_once = (Round((), tuple(copied)),) if copied else ()
        return Refresh(bundle, at_once, kept, tuple(stale), keep + needs)
    units = _units(bundle, copied, stale, programmes, cluster)
    frees = sum(unit.frees for unit in units)
    if needs > room + frees:
        return (RefreshFault("too-small", bundle.drive, (), keep + needs, holding.free + frees),)
    rounds = tuple(_rounds(units, room))
    gone = {item.name for one in rounds for item in one.removed}
    left = tuple(item for item in stale if item.name not in gone)
    return Refresh(bundle, rounds, kept, left, max(0, keep + _peak(rounds, cluster)))


def _lies(piece: Piece, there: Mapping[str, Item]) -> bool:
    item = there.get(same(piece.path))
    return (
        item is not None
        and bool(piece.sha256)
        and item.sha256.lower() == piece.sha256.lower()
        and item.bytes in (-1, piece.bytes)
    )


def _faults(bundle: Bundle, copied: Sequence[Piece], holding: Holding) -> Iterator[RefreshFault]:
    """What no order of copies can mend: paths that are taken, files that FAT32 cannot hold."""
    files = {alike(item.name) for item in (*holding.edition, *holding.others)}
    folders = {above for path in files for above in _above(path)}
    wanted: dict[str, int] = {}
    for piece in bundle.pieces:
        wanted[alike(piece.path)] = wanted.get(alike(piece.path), 0) + 1
    taken = [
        piece.path for piece in copied
        if alike(piece.path) in files or alike(piece.path) in folders
        or any(above in files for above in _above(alike(piece.path)))
    ]  # fmt: skip
    if taken:
        yield RefreshFault("path-taken", bundle.drive, tuple(taken))
    if twice := [piece.path for piece in bundle.pieces if wanted[alike(piece.path)] > 1]:
        yield RefreshFault("same-path", bundle.drive, tuple(twice))
    if big := [piece.path for piece in copied if fat32(holding.file_system, piece.bytes)]:
        yield RefreshFault("fat32", bundle.drive, tuple(big))


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _units(
    bundle: Bundle,
    copied: Iterable[Piece],
    stale: Iterable[Item],
    programmes: Mapping[str, str],
    cluster: int,
) -> list[_Unit]:
    """What comes and goes, programme by programme: those of the bundle in its order, then those
    that leave, in the order of their names.
    """
    offered = {
        same(path): offer.programme
        for offer in bundle.offers
        for one in offer.episodes
        for path in (one.video, one.poster, one.captions)
        if path
    }
    named = {unit_of(path): programme for path, programme in offered.items()}
    before = {same(path): programme for path, programme in programmes.items()}
    units: dict[str, _Unit] = {}
    for piece in copied:
        key = offered.get(same(piece.path)) or unit_of(piece.path)
        units.setdefault(key, _Unit([], [])).coming.append(piece)
    for item in sorted(stale, key=lambda item: item.name):
        unit = unit_of(item.name)
        key = before.get(same(item.name)) or named.get(unit) or unit
        units.setdefault(key, _Unit([], [])).going.append(item)
    for one in units.values():
        one.needs = room_of((piece.bytes for piece in one.coming), cluster)
        one.frees = room_of((item.bytes for item in one.going), cluster)
    return list(units.values())


def _rounds(units: Sequence[_Unit], room: int) -> Iterator[Round]:
    """Rounds that end with all pieces there; `room` with all that goes is enough for them."""
    waiting = sorted((unit for unit in units if unit.coming), key=lambda unit: unit.needs)
    leaving = [unit for unit in units if unit.going and not unit.coming]
    if not waiting and room < 0:  # the new tag files need room too
        yield Round(_files(_sufficient(leaving, -room) or leaving), ())
    while waiting:
        chosen, gone = _next(waiting, leaving, room)
        room += sum(unit.frees for unit in gone) - sum(unit.needs for unit in chosen)
        # Whatever fits now beside them comes along, older versions staying for the moment.
        taken = set(chosen)
        for unit in waiting:
            if unit.needs > room:
                break
            if unit not in taken:
                chosen.append(unit)
                room -= unit.needs
        yield Round(_files(gone), tuple(piece for unit in chosen for piece in unit.coming))
        taken, away = set(chosen), set(gone)
        waiting = [unit for unit in waiting if unit not in taken]
        leaving = [unit for unit in (*leaving, *chosen) if unit.going and unit not in away]


def _next(
    waiting: Sequence[_Unit], leaving: Sequence[_Unit], room: int
) -> tuple[list[_Unit], list[_Unit]]:
    """Which of those waiting, the smallest first, come next, and which go first for them.

    The smallest need is served first, so that as little as possible goes at a time. Only if all
    that leaves anyway is not enough, a programme's own older version goes before it; if even that
    is not, several change places in one round.
    """
    least = waiting[0]
    if least.needs <= room:
        return [], []
    if (gone := _sufficient(leaving, least.needs - room)) is not None:
        return [least], gone
    spare = sum(unit.frees for unit in leaving)
    able = [unit for unit in waiting if unit.needs - unit.frees <= room + spare]
    if able:
        one = min(able, key=lambda unit: (unit.needs - unit.frees, unit.needs))
        return [one], [*(_sufficient(leaving, one.needs - one.frees - room) or ()), one]
    chosen, room = [], room + spare
    for unit in sorted(waiting, key=lambda unit: unit.needs - unit.frees):
        chosen.append(unit)
        room += unit.frees - unit.needs
        if room >= 0:
            break
    return chosen, [*leaving, *(unit for unit in chosen if unit.going)]


def _sufficient(leaving: Sequence[_Unit], wanted: int) -> list[_Unit] | None:
    """The fewest of these that make so much room: the smallest one that does, else the largest and
    what then suffices beside it. None where all of them do not.
    """
    taken: list[_Unit] = []
    left = [unit for unit in leaving if unit.frees > 0]
    while wanted > 0:
        if not left:
            return None
        one = min(left, key=lambda u: u.frees if u.frees >= wanted else inf)
        if one.frees < wanted:
            one = max(left, key=lambda unit: unit.frees)
        taken.append(one)
        left = [unit for unit in left if unit is not one]
        wanted -= one.frees
    return taken


def _files(units: Iterable[_Unit]) -> tuple[Item, ...]:
    return tuple(item for unit in units for item in unit.going)


def _peak(rounds: Iterable[Round], cluster: int) -> int:
    """How much more than at the beginning is in use at the most crowded instant, when a round has
    come to its end; less than nothing where every round takes more away than it brings.
    """
    used, ends = 0, []
    for one in rounds:
        used -= room_of((item.bytes for item in one.removed), cluster)
        used += room_of((piece.bytes for piece in one.copied), cluster)
        ends.append(used)
    return max(ends, default=0)
