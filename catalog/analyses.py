"""What the books keep beside a source: its analysis and its subtitle files; put and fetch."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from catalog import database
from catalog.analysis import Analysis
from catalog.analysis_json import from_json, to_json
from catalog.database import Connection
from catalog.programme import Sidecar
from catalog.stored_name import as_named, storable

# SQLite takes no more than 32,766 values in one question, older ones 999.
_AT_ONCE = 500
_analyses, _sidecars = database.analyses, database.sidecars


def put_analysis(connection: Connection, analysis: Analysis) -> None:
    """Remember what was found in a source, over what an earlier look found; the source must be
    known.
    """
    # Half letters in a stranger's title, which no database takes, become escapes of JSON.
    said = to_json(analysis).encode("utf-8", "backslashreplace").decode()
    row = {"analyser": analysis.analyser, "said": said}
    there = _analyses.update().where(_analyses.c.sha256 == analysis.sha256)
    if not connection.execute(there, row).rowcount:
        connection.execute(_analyses.insert(), {"sha256": analysis.sha256, **row})


def analyses(connection: Connection, sha256s: Collection[str]) -> dict[str, Analysis]:
    """The analyses of these sources by sha256, of those that have one, whichever analyser made it.

    One that this program cannot read (another version wrote it) counts as not made.
    """
    found: dict[str, Analysis] = {}
    for some in _portions(sha256s):
        question = _analyses.select().where(_analyses.c.sha256.in_(some))
        for row in connection.execute(question):
            if (read := _read(row.said)) is not None:
                found[row.sha256] = read
    return found


def _portions(sha256s: Collection[str]) -> Iterator[list[str]]:
    left = iter(dict.fromkeys(sha256s))
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _read(said: str) -> Analysis | None:
    try:
        return from_json(said)
    except (ValueError, TypeError, KeyError):
        return None


def put_sidecar(connection: Connection, source_sha256: str, sidecar: Sidecar) -> bool:
    """Remember that a subtitle file belongs to a source, in place of an older one of its name;
    False where it is known already. The source must be known.
    """
    of = _sidecars.c.source_sha256 == source_sha256
    name = storable(sidecar.name)
    held = connection.execute(_sidecars.select().where(of, _sidecars.c.name == name)).first()
    if held is not None and held.sha256 == sidecar.sha256:
        return False
    # The same bytes under another name are one file: the last name stands.
    older = (_sidecars.c.name == name) | (_sidecars.c.sha256 == sidecar.sha256)
    connection.execute(_sidecars.delete().where(of, older))
    row = {
        "source_sha256": source_sha256,
        "sha256": sidecar.sha256,
        "name": name,
        "path": storable(sidecar.path),
        "bytes": sidecar.bytes,
    }
    connection.execute(_sidecars.insert(), row)
    return True


def sidecars(connection: Connection, sha256s: Any = None) -> dict[str, tuple[Sidecar, ...]]:
    """Subtitle files by the sha256 of their source, by name: of all sources, or of these (a list
    or a question).
    """
    question = _sidecars.select().order_by(_sidecars.c.source_sha256, _sidecars.c.name)
    if sha256s is not None:
        question = question.where(_sidecars.c.source_sha256.in_(sha256s))
    found: dict[str, tuple[Sidecar, ...]] = {}
    for row in connection.execute(question):
        one = Sidecar(row.sha256, as_named(row.name), as_named(row.path), row.bytes)
        found[row.source_sha256] = (*found.get(row.source_sha256, ()), one)
    return found
