"""What arrives is taken into the books: a file, or a sheet; each change with its event.

One transaction a file or a sheet: source, programme and events, or nothing. What belongs where is
decided in joining.py.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from catalog import ledger, records
from catalog.database import Books, Connection
from catalog.describe import Described, changes, describe, merge, missing
from catalog.joining import (
    free_number,
    may_replace,
    number_in,
    place_for,
    with_episode,
    with_parts_in_order,
    without_source,
)
from catalog.programme import Programme, Rights, Source
from catalog.sheet import Entry
from catalog.title import is_doubtful, read_name

Outcome = Literal["new", "known", "changed"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one file. `known`: these very bytes were there already (`source` is as it
    was); `changed`: new bytes under the name of an older file (`before`), whose place they take
    unless a camera made the name. `created`: the programme is new. `missing`: what a person still
    has to tell, see describe.missing.
    """

    outcome: Outcome
    source: Source
    programme: Programme
    created: bool = False
    before: Source | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """What became of one row of a sheet: its programme, whether it is new, which fields changed,
    and the files it names that have not arrived yet.
    """

    entry: Entry
    programme: Programme
    created: bool = False
    changed: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one transaction is written, when, and which ids it may give."""

    connection: Connection
    at: datetime
    ids: Iterator[str]


def add_source(
    books: Books,
    source: Source,
    at: datetime,
    *,
    entry: Entry | None = None,
    sidecar: Entry | None = None,
    rights: Rights | None = None,
    prefix: str = "",
    beside: Container[str] = (),
) -> Arrival:
    """Take one file in, with what a sheet's row and a sidecar say of it.

    `at` is the moment, with its time zone; `rights` hold where nothing else names any; `prefix`
    begins the ids of new programmes; `beside` has the digests of files that arrived together with
    this one: one of them that has the same name lies in another folder, and is no older version.
    """
    known = describe(source, entry, sidecar)
    if rights:
        known = replace(known, guessed=replace(known.guessed, rights=rights))
    with books.transaction() as connection:
        desk = _Desk(connection, at, records.new_ids(connection, prefix))
        if there := records.source(connection, source.sha256):
            return _again(desk, there, known)
        before = records.source_named(connection, source.name)
        if before and before.sha256 in beside:
            before = None
        records.put_source(connection, source)
        facts = {"name": source.name, "bytes": source.bytes, "seconds": source.seconds}
        ledger.append(connection, at, "added", [source.sha256], facts)
        programme, created = _placed(desk, source, known, before)
    outcome: Outcome = "changed" if before else "new"
    return Arrival(outcome, source, programme, created, before, missing(programme))


def import_sheet(
    books: Books, entries: Iterable[Entry], at: datetime, prefix: str = ""
) -> tuple[Import, ...]:
    """Take a sheet's entries in, all or none: programmes are made or completed, and joined to
    the files they name, be they here or still to come.

    What a row says replaces what was known; what it leaves empty stays.
    """
    with books.transaction() as connection:
        desk = _Desk(connection, at, records.new_ids(connection, prefix))
        return tuple(_imported(desk, entry) for entry in entries)


def _again(desk: _Desk, source: Source, known: Described) -> Arrival:
    """A known file comes again: only what people newly say of it counts."""
    holders = records.programmes_of_source(desk.connection, source.sha256)
    if holders:
        old, created = holders[0], False
        after = merge(replace(known.said, id=old.id), merge(old, known.guessed))
        _write(desk, old, after)
    else:
        after, created = _placed(desk, source, known, None)
    return Arrival("known", source, after, created, missing=missing(after))


def _placed(
    desk: _Desk, source: Source, known: Described, before: Source | None
) -> tuple[Programme, bool]:
    """Find or make the programme of a file and write it; tells whether it was made."""
    found = (
        _awaiting(desk, source, known)
        or _replacing(desk, known, before)
        or _told(desk, known)
        or _of_title(desk, known)
    )
    old, number = found or (None, known.episode or 1)
    after = merge(known.said, merge(old, known.guessed) if old else known.guessed)
    # A sheet that awaited the file has named its programme; a sidecar's id does not undo that.
    after = replace(after, id=old.id if old else after.id or next(desk.ids))
    after = with_episode(after, number, source.sha256)
    if known.part:
        after = with_parts_in_order(after, _names(desk, after))
    records.drop_awaited(desk.connection, source.name)
    _write(desk, old, after)
    return after, old is None


def _awaiting(desk: _Desk, source: Source, known: Described) -> tuple[Programme, int] | None:
    """The programme whose sheet named this file before it came."""
    found = records.awaited(desk.connection, source.name)
    programme = records.programme(desk.connection, found[0]) if found else None
    return (programme, found[1] or known.episode or 1) if found and programme else None


def _replacing(
    desk: _Desk, known: Described, before: Source | None
) -> tuple[Programme, int] | None:
    """The place of an older file of the same name."""
    if before is None or not may_replace(before.name):
        return None
    for programme in records.programmes_of_source(desk.connection, before.sha256):
        if known.said.id in ("", programme.id):
            return programme, next(
                e.number for e in programme.episodes if e.sha256 == before.sha256
            )
    return None


def _told(desk: _Desk, known: Described) -> tuple[Programme, int] | None:
    """The programme whose id a person named."""
    programme = records.programme(desk.connection, known.said.id) if known.said.id else None
    return (programme, known.episode or free_number(programme)) if programme else None


def _of_title(desk: _Desk, known: Described) -> tuple[Programme, int] | None:
    title = known.programme.title
    if known.said.id or is_doubtful(title):
        return None
    same = records.programmes_titled(desk.connection, title)
    return place_for([(programme, _names(desk, programme)) for programme in same], known)


def _names(desk: _Desk, programme: Programme) -> Mapping[str, str]:
    found = [records.source(desk.connection, e.sha256) for e in programme.episodes]
    return {source.sha256: source.name for source in found if source}


def _imported(desk: _Desk, entry: Entry) -> Import:
    here = [s for name in entry.files if (s := records.source_named(desk.connection, name))]
    old = _named_by(desk, entry)
    guess = _guessed_for(desk, entry, here)
    if not entry.programme.id:
        old = guess
    # Where the row names an id, the guess made for its file turns out to be this programme.
    base = merge(old, guess) if old and guess else old or guess
    after = _completed(desk, entry, base, here)
    for holder in _other_holders(desk, after.id, here, guess):
        _release(desk, holder, after)
    changed = _write(desk, old, after, by="sheet")
    coming = [name for name in entry.files if name not in {source.name for source in here}]
    for name in coming:
        records.put_awaited(desk.connection, name, after.id, number_in(entry, name))
    return Import(entry, after, old is None, changed, tuple(coming))


def _named_by(desk: _Desk, entry: Entry) -> Programme | None:
    told = entry.programme.id
    return records.programme(desk.connection, told) if told else None


def _guessed_for(desk: _Desk, entry: Entry, here: list[Source]) -> Programme | None:
    """The programme of a row's files, else of its title. Where the row names an id, only one
    that no sheet has spoken of yet: two programmes of one title may both be meant.
    """
    found: list[Programme] = []
    for source in here:
        found += records.programmes_of_source(desk.connection, source.sha256)
    if entry.programme.title and not here:
        found += records.programmes_titled(desk.connection, entry.programme.title)
    named = entry.programme.id
    return next((p for p in found if not named or p.id == named or _only_guessed(desk, p)), None)


def _only_guessed(desk: _Desk, programme: Programme) -> bool:
    if not programme.episodes:
        return False  # we guess programmes from files alone
    told = ledger.read(desk.connection, "described", programme.id)
    return all(event.details.get("by") != "sheet" for event in told)


def _completed(desk: _Desk, entry: Entry, base: Programme | None, here: list[Source]) -> Programme:
    """What the row says, over what was known of the programme, with the files that are here."""
    after = merge(entry.programme, base) if base else entry.programme
    if not after.title:
        known = describe(here[0]).programme if here else None
        named = read_name(entry.files[0]).title if entry.files else after.id
        after = merge(after, known or Programme("", named))
    after = replace(after, id=after.id or next(desk.ids))
    for source in here:
        after = with_episode(after, number_in(entry, source.name), source.sha256)
    return after


def _other_holders(
    desk: _Desk, programme_id: str, here: list[Source], guess: Programme | None
) -> list[Programme]:
    """The programmes that lose something to this one, each once."""
    found = {guess.id: guess} if guess else {}
    for source in here:
        found |= {p.id: p for p in records.programmes_of_source(desk.connection, source.sha256)}
    return [holder for holder in found.values() if holder.id != programme_id]


def _release(desk: _Desk, holder: Programme, taker: Programme) -> None:
    """Take another programme's files out of this one; if it was only our guess, it is no more."""
    left = holder
    for episode in taker.episodes:
        left = without_source(left, episode.sha256)
    if left.episodes or not _only_guessed(desk, holder):
        _write(desk, holder, left, by="sheet")
        return
    records.drop_programme(desk.connection, holder.id)
    told = {"by": "sheet", "joined": taker.id}
    ledger.append(desk.connection, desk.at, "described", [holder.id, taker.id], told)


def _write(
    desk: _Desk, old: Programme | None, after: Programme, by: str = "file"
) -> tuple[str, ...]:
    """Write a programme and its event, if anything changed; the names of the fields that did."""
    if old == after:
        return ()
    records.put_programme(desk.connection, after)
    told = changes(old, after)
    ledger.append(desk.connection, desk.at, "described", [after.id], {"by": by, "changes": told})
    return tuple(told)
