"""A sheet of programmes (YAML, CSV or XLSX) as entries, each with its file and row; no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from catalog.cell import Cell, cell_of
from catalog.characters import shown
from catalog.columns import column_of, near_columns
from catalog.document import Document, Place, dotted, read_yaml
from catalog.problem import Problem
from catalog.programme import Programme, Rights
from catalog.reading import (
    Unclear,
    codes_reader,
    pieces,
    read_chapters,
    read_class_numbers,
    read_code,
    read_date_text,
    read_episode,
    read_id,
    read_language,
    read_last_day,
    read_minutes,
    read_months,
    read_season,
)
from catalog.table import Table, read_table
from catalog.title import bare_title, same_title
from catalog.wish_words import of as wishes_of
from catalog.wish_words import readers as wish_readers
from catalog.words import _

MOST_TITLE = 200
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says of one programme: fields that are not said are empty (so is the id).

    `files` are the names of its files, in order; `episode` is the number of the first of them,
    0 where it is not told.
    """

    file: str
    row: int
    programme: Programme
    files: tuple[str, ...] = ()
    episode: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The entries of a sheet in its order, and everything wrong with it."""

    file: str
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """One filled cell: our name of its column, the header as written, and where it stands."""

    column: str
    header: str
    cell: Cell
    line: int


def read_sheet(path: Path) -> Sheet:
    """The entries of a sheet; a YAML file holds one programme (keys) or a list of them.

    Nothing of a sheet with problems should be taken in. Raises Failure only where the disk cannot
    be read.
    """
    if path.suffix.lower() in (".yaml", ".yml"):
        return _sheet_of_document(read_yaml(path))
    return _sheet_of_table(read_table(path))


def _sheet_of_table(table: Table) -> Sheet:
    columns, problems = _columns(table)
    problems = [*table.problems, *problems]
    if problems and not table.rows:
        return Sheet(table.file, (), tuple(problems))
    rows = []
    for row in table.rows:
        heads = zip(columns, table.header, row.cells, strict=True)
        said = [_Said(c, head, cell, row.number) for c, head, cell in heads if cell.text and c]
        rows.append((row.number, said))
    return _sheet(table.file, rows, problems)


def _columns(table: Table) -> tuple[list[str], list[Problem]]:
    """Our name for each column (empty: left aside), and what is wrong with the header."""
    columns: list[str] = []
    problems: list[Problem] = []
    for place, head in enumerate(table.header):
        column = column_of(head) if head else ""
        if column is None or (not head and any(row.cells[place].text for row in table.rows)):
            problems.append(_unknown_column(table, head, place))
        elif column and column in columns:
            first = table.header[columns.index(column)]
            wrong = _("the same column as {first}, a second time").format(first=shown(first))
            told = Problem(table.file, table.header_row, head, wrong, _("delete one of the two"))
            problems.append(told)
        columns.append(column or "")
    parted = not any("，" in head for head in table.header)
    if table.header and parted and not {"id", "title", "file"} & set(columns):
        wrong = _("no column tells which programme it is")
        mend = _("write the header row with a column title (题名), id or file (文件)")
        problems.append(Problem(table.file, table.header_row, "", wrong, mend))
    return columns, problems


def _unknown_column(table: Table, head: str, place: int) -> Problem:
    if "，" in head:
        wrong, mend = _("the columns are parted by ，"), _("part them by , and save the file again")
        return Problem(table.file, table.header_row, "", wrong, mend)
    if not head:
        wrong = _("column {place} has no name").format(place=place + 1)
        return Problem(table.file, table.header_row, "", wrong, _("give it one, or delete it"))
    return _unknown(table.file, table.header_row, head)


def _unknown(file: str, line: int, head: str) -> Problem:
    near = _(" or ").join(map(shown, near_columns(head)))
    mend = _("did you mean {word}?").format(word=near) if near else _("delete it, or rename it")
    wrong = _("no column of this name is known")
    return Problem(file, line, shown(head), wrong, mend)


def _sheet_of_document(document: Document) -> Sheet:
    value = document.value
    problems = list(document.problems)
    if document.broken:
        return Sheet(document.file, (), tuple(problems))
    rows: list[tuple[Place, Any]] = [((), value)] if isinstance(value, dict) else []
    if isinstance(value, list):
        rows = [((place,), item) for place, item in enumerate(value)]
    if not rows:
        mend = _("write keys such as title: or 题名:, or a list of such programmes")
        problems.append(Problem(document.file, 0, "", _("holds no programme"), mend))
    said = [(document.line_of(at), list(_keys(document, at, item, problems))) for at, item in rows]
    return _sheet(document.file, said, problems)


def _keys(document: Document, at: Place, item: Any, problems: list[Problem]) -> Iterator[_Said]:
    if not isinstance(item, dict):
        wrong, mend = _("is not a programme"), _("write keys such as title: or 题名:")
        problems.append(Problem(document.file, document.line_of(at), dotted(at), wrong, mend))
        return
    seen: set[str] = set()
    for key, value in item.items():
        line = document.line_of((*at, key), key=True)
        column = column_of(key)
        if column is None:
            problems.append(_unknown(document.file, line, key))
        elif column in seen:
            wrong, mend = _("the same key under another name"), _("delete one of the two")
            problems.append(Problem(document.file, line, key, wrong, mend))
        elif column and _nested(value):
            wrong, mend = _("is not plain text"), _("write the text beside the key, or a list")
            problems.append(Problem(document.file, line, key, wrong, mend))
        elif column and (cell := _cell(document, (*at, key), value)).text:
            seen.add(column)
            yield _Said(column, key, cell, line)


def _nested(value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return any(isinstance(part, dict | list) for part in parts)


def _cell(document: Document, at: Place, value: Any) -> Cell:
    """A YAML value as if it stood in a cell; a list is written as sheets write one."""
    if isinstance(value, list):
        cells = [_cell(document, (*at, place), item) for place, item in enumerate(value)]
        return Cell(";".join(cell.text for cell in cells), any(cell.number for cell in cells))
    return Cell(document.text_of(at).strip(), cell_of(value).number, cell_of(value).day)


def _sheet(file: str, rows: Iterable[tuple[int, list[_Said]]], problems: list[Problem]) -> Sheet:
    entries: list[Entry] = []
    for number, said in rows:
        entry, wrong = _entry(file, number, said)
        problems += wrong
        entries += [entry] if said else []
        if len(problems) >= MOST_PROBLEMS:
            break
    problems += _twice(entries)
    return Sheet(file, tuple(entries), tuple(sorted(problems)[:MOST_PROBLEMS]))


def _text(most: int, cell: Cell) -> str:
    if len(cell.text) > most:
        wrong = _("longer than {most} letters").format(most=most)
        raise Unclear(wrong, _("shorten it"))
    return " ".join(cell.text.split())


def _title(cell: Cell) -> str:
    return bare_title(_text(MOST_TITLE, cell))


def _words(cell: Cell) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pieces(cell.text)))


def _files(cell: Cell) -> tuple[str, ...]:
    """File names; a folder before a name is left off, for it is that of the writer's machine."""
    named = pieces(cell.text, "[;；|\n]+")
    return tuple(dict.fromkeys(name.replace("\\", "/").rsplit("/", 1)[-1] for name in named))


_line = partial(_text, 2_000)
_READERS: dict[str, Callable[[Cell], Any]] = {
    "id": read_id,
    "title": _title,
    "title_en": partial(_text, MOST_TITLE),
    "subject": codes_reader("subject"),
    "class_numbers": read_class_numbers,
    "type": partial(read_code, "resource_type"),
    "language": read_language,
    "minutes": read_minutes,
    "episode": read_episode,
    "season": read_season,
    "months": read_months,
    "keywords": _words,
    "audience": codes_reader("audience"),
    "rights_scope": partial(read_code, "rights_scope"),
    "rights_until": read_last_day,
    "date": read_date_text,
    "chapters": read_chapters,
    "file": _files,
    **wish_readers(),
}


def _entry(file: str, row: int, said: Iterable[_Said]) -> tuple[Entry, list[Problem]]:
    """One row read; a cell that is not understood counts as empty and is told."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for one in said:
        try:
            found[one.column] = _READERS.get(one.column, _line)(one.cell)
        except Unclear as unclear:
            problems.append(Problem(file, one.line, one.header, unclear.wrong, unclear.mend))
    files, episode = found.pop("file", ()), found.pop("episode", 0)
    rights = Rights(found.pop("rights_scope", "unknown"), found.pop("rights_until", None))
    wishes = wishes_of(found)
    # The months are the exact word; a season beside them only says the same more loosely.
    season = found.pop("season", ())
    found.setdefault("months", season)
    told = {one.column for one in said}
    if not told & {"id", "title", "file"} and told:
        wrong, mend = _("the row names no programme"), _("write its title, its id or its file")
        problems.append(Problem(file, row, "", wrong, mend))
    who = {"id": found.pop("id", ""), "title": found.pop("title", "")}
    said_of_it = Programme(**who, **found, rights=rights, wishes=wishes)
    return Entry(file, row, said_of_it, files, episode), problems


def _twice(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Programmes and files that stand in the sheet twice."""
    seen: dict[tuple[str, str, int], int] = {}
    for entry in entries:
        for key, shown_as in _identities(entry):
            if (first := seen.setdefault(key, entry.row)) != entry.row:
                wrong = _("{value} stands in row {first} already")
                told = wrong.format(value=shown(shown_as), first=first)
                mend = _("delete one of the two, or tell them apart by id or episode (集号)")
                yield Problem(entry.file, entry.row, key[0], told, mend)


def _identities(entry: Entry) -> Iterator[tuple[tuple[str, str, int], str]]:
    """What no two rows may share: the id, else title and episode; and each file."""
    said = entry.programme
    if said.id:
        yield ("id", said.id, 0), said.id
    elif said.title:
        yield ("title", same_title(said.title) or said.title, entry.episode), said.title
    for name in entry.files:
        yield ("file", name, 0), name
