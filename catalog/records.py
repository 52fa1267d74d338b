"""Sources and programmes in the books: put and fetch; decides nothing, writes no events."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from catalog import database
from catalog.analyses import sidecars
from catalog.database import Connection, Row
from catalog.describe import plain
from catalog.programme import (
    AudioStream,
    Episode,
    OtherStream,
    Programme,
    Rights,
    Sidecar,
    Source,
    Stream,
    VideoStream,
)
from catalog.stored_name import as_named, storable
from catalog.title import same_title
from catalog.wanted import Wanted, matches
from catalog.wishes import NONE, Wishes

_LISTS = ("subject", "class_numbers", "audience", "months", "keywords", "chapters")
_KINDS = {"video": VideoStream, "audio": AudioStream, "other": OtherStream}
_sources, _programmes, _episodes = database.sources, database.programmes, database.episodes
_awaited, _events = database.awaited, database.events
_SOURCE_COLUMNS = [column for column in _sources.columns if column.name != "number"]


def put_source(connection: Connection, source: Source) -> bool:
    """Remember a source; False where one of this sha256 is known (it stays as it was)."""
    if _one_source(connection, _sources.c.sha256 == source.sha256):
        return False
    row = {
        "sha256": source.sha256,
        "bytes": source.bytes,
        "name": storable(source.name),
        "path": storable(source.path),
        "container": source.container,
        "seconds": source.seconds,
        "streams": json.dumps([_plain_stream(s) for s in source.streams], ensure_ascii=False),
        "tags": json.dumps(source.tags),
    }
    connection.execute(_sources.insert(), row)
    return True


def source(connection: Connection, sha256: str) -> Source | None:
    """The source of this digest."""
    return _one_source(connection, _sources.c.sha256 == sha256)


def source_named(connection: Connection, name: str) -> Source | None:
    """The source of this file name that came last."""
    return _one_source(connection, _sources.c.name == storable(name))


def sources(connection: Connection) -> tuple[Source, ...]:
    """All sources, in the order they came."""
    question = _sources.select().with_only_columns(*_SOURCE_COLUMNS).order_by(_sources.c.number)
    beside = sidecars(connection)
    found = connection.execute(question)
    return tuple(_source(row, beside.get(row.sha256, ())) for row in found)


def source_names(connection: Connection) -> tuple[tuple[str, str], ...]:
    """The sha256 and the file name of every source, in the order they came."""
    question = _sources.select().with_only_columns(_sources.c.sha256, _sources.c.name)
    found = connection.execute(question.order_by(_sources.c.number))
    return tuple((row.sha256, as_named(row.name)) for row in found)


def put_programme(connection: Connection, programme: Programme) -> None:
    """Write a programme with its episodes, over what stood there under its id.

    Its sources must be known; a number written twice is refused by the books.
    """
    row = plain(programme)
    row.pop("episodes")
    row |= {name: json.dumps(row[name], ensure_ascii=False) for name in (*_LISTS, "wishes")}
    row["same_title"] = same_title(programme.title)
    there = _programmes.update().where(_programmes.c.id == programme.id)
    if not connection.execute(there, row).rowcount:
        connection.execute(_programmes.insert(), row)
    connection.execute(_episodes.delete().where(_episodes.c.programme_id == programme.id))
    if programme.episodes:
        numbered = [{"number": e.number, "sha256": e.sha256} for e in programme.episodes]
        rows = [{"programme_id": programme.id, **episode} for episode in numbered]
        connection.execute(_episodes.insert(), rows)


def drop_programme(connection: Connection, programme_id: str) -> None:
    """Forget a programme that turned out to be another; the ledger keeps its story."""
    for table in (_episodes, _awaited):
        connection.execute(table.delete().where(table.c.programme_id == programme_id))
    connection.execute(_programmes.delete().where(_programmes.c.id == programme_id))


def programme(connection: Connection, programme_id: str) -> Programme | None:
    """The programme of this id."""
    found = _fetch(connection, _programmes.c.id == programme_id)
    return found[0] if found else None


def programmes_titled(connection: Connection, title: str) -> tuple[Programme, ...]:
    """Programmes of this title, signs and letter case apart, in order of id; at most twenty."""
    ids = _programmes.select().with_only_columns(_programmes.c.id).order_by(_programmes.c.id)
    found = connection.execute(ids.where(_programmes.c.same_title == same_title(title)).limit(20))
    return tuple(_fetch(connection, _programmes.c.id.in_([row.id for row in found])))


def programmes_of_source(connection: Connection, sha256: str) -> tuple[Programme, ...]:
    """Programmes this source is an episode of."""
    holding = _episodes.select().with_only_columns(_episodes.c.programme_id)
    return tuple(
        _fetch(connection, _programmes.c.id.in_(holding.where(_episodes.c.sha256 == sha256)))
    )


def programmes(connection: Connection, wanted: Wanted | None = None) -> tuple[Programme, ...]:
    """All programmes, or those wanted, in order of id (P2 before P10)."""
    found = _fetch(connection)
    return tuple(found if wanted is None else (p for p in found if matches(p, wanted)))


def put_awaited(connection: Connection, name: str, programme_id: str, number: int) -> None:
    """Remember which programme a file that has not arrived belongs to (number 0: not told)."""
    drop_awaited(connection, name)
    row = {"name": storable(name), "programme_id": programme_id, "number": number}
    connection.execute(_awaited.insert(), row)


def awaited(connection: Connection, name: str) -> tuple[str, int] | None:
    """The programme a file of this name is awaited for, and its number there."""
    question = _awaited.select().where(_awaited.c.name == storable(name))
    row = connection.execute(question).first()
    return (row.programme_id, row.number) if row else None


def drop_awaited(connection: Connection, name: str) -> None:
    """The file has come, or is awaited elsewhere."""
    connection.execute(_awaited.delete().where(_awaited.c.name == storable(name)))


def new_ids(connection: Connection, prefix: str = "") -> Iterator[str]:
    """Ids never used before: P0001, or HX-P0001 with the prefix HX.

    The ledger is asked too, so that the id of a programme that is no more does not come back.
    """
    start = f"{prefix}-P" if prefix else "P"
    form = re.compile(rf"(?<![\w-]){re.escape(start)}([0-9]{{1,9}})(?![\w-])")
    told = _events.select().with_only_columns(_events.c.subjects)
    used = [row[0] for row in connection.execute(told.where(_events.c.kind == "described"))]
    used += [
        row[0]
        for row in connection.execute(_programmes.select().with_only_columns(_programmes.c.id))
    ]
    number = max((int(found[1]) for text in used for found in form.finditer(text)), default=0)
    while True:
        number += 1
        yield f"{start}{number:04}"


def next_id(connection: Connection, prefix: str = "") -> str:
    """The next id never used before, as new_ids gives it."""
    return next(new_ids(connection, prefix))


def _one_source(connection: Connection, where: Any) -> Source | None:
    question = _sources.select().with_only_columns(*_SOURCE_COLUMNS).where(where)
    row = connection.execute(question.order_by(_sources.c.number.desc()).limit(1)).first()
    return _source(row, sidecars(connection, [row.sha256]).get(row.sha256, ())) if row else None


def _source(row: Row[Any], beside: tuple[Sidecar, ...]) -> Source:
    streams = tuple(_stream(fields) for fields in json.loads(row.streams))
    tags = tuple((key, value) for key, value in json.loads(row.tags))
    return Source(
        row.sha256,
        row.bytes,
        as_named(row.name),
        as_named(row.path),
        row.container,
        row.seconds,
        streams,
        tags,
        beside,
    )


def _plain_stream(stream: Stream) -> dict[str, Any]:
    kind = next(kind for kind, made in _KINDS.items() if isinstance(stream, made))
    found = {key: str(v) if isinstance(v, Fraction) else v for key, v in asdict(stream).items()}
    return {"is": kind, **found}


def _stream(fields: dict[str, Any]) -> Stream:
    kind = fields.pop("is")
    if kind == "video":
        fields |= {"sar": Fraction(fields["sar"]), "rate": Fraction(fields["rate"])}
    made: Stream = _KINDS[kind](**fields)
    return made


def _fetch(connection: Connection, where: Any = None) -> list[Programme]:
    """Programmes with their episodes, in two questions however many there are."""
    question = _programmes.select()
    held = _episodes.select().order_by(_episodes.c.programme_id, _episodes.c.number)
    if where is not None:
        question = question.where(where)
        ids = _programmes.select().with_only_columns(_programmes.c.id).where(where)
        held = held.where(_episodes.c.programme_id.in_(ids))
    episodes: dict[str, list[Episode]] = {}
    for programme_id, number, sha256 in connection.execute(held):
        episodes.setdefault(programme_id, []).append(Episode(number, sha256))
    result = connection.execute(question)
    names = list(result.keys())
    found = [_programme(dict(zip(names, row, strict=True)), episodes) for row in result]
    return sorted(found, key=lambda programme: _natural(programme.id))


def _programme(row: dict[str, Any], episodes: dict[str, list[Episode]]) -> Programme:
    del row["same_title"]
    until = row.pop("rights_until")
    rights = Rights(row.pop("rights_scope"), date.fromisoformat(until) if until else None)
    for name in _LISTS:
        row[name] = _list(row[name])
    row["wishes"] = _wishes(row["wishes"])
    return Programme(**row, rights=rights, episodes=tuple(episodes.get(row["id"], ())))


# 5,000 programmes share a few hundred subjects, audiences and months.
@lru_cache(maxsize=4096)
def _list(text: str) -> tuple[Any, ...]:
    return tuple(tuple(one) if isinstance(one, list) else one for one in json.loads(text))


@lru_cache(maxsize=256)
def _wishes(text: str) -> Wishes:
    return Wishes(**json.loads(text)) if text != "{}" else NONE


def _natural(programme_id: str) -> list[tuple[int, str]]:
    parts: Iterable[str] = re.split(r"([0-9]+)", programme_id)
    return [(int(part) if part.isdigit() else -1, part) for part in parts]
