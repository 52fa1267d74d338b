"""The verb `audit`: questions to the books, their numbers opened, the chain walked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from catalog.audit import chain as chains
from catalog.audit.answer import Cell, Table, grounds_of, value_of
from catalog.audit.asked import Asked
from catalog.audit.grounds import Behind, behind
from catalog.audit.heads import head
from catalog.audit.questions import question_of, questions
from catalog.audit.told import day_of, kind_word, told
from catalog.database import Connection
from catalog.problem import refusal
from catalog.vocabulary import Scheme, term
from catalog.words import _, speaking
from pipeline.bars import CountBar
from pipeline.cli import DIFFERENT, DONE
from pipeline.screen import one_line, say, table
from pipeline.workspace import enter

_PAGE = 200  # rows on the screen where nobody says how many
_TITLE = "chain"
_CODES: dict[str, Scheme] = {"level": "site_level", "medium": "medium", "mode": "issue_mode",
                             "rights_scope": "rights_scope"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Auditing:
    """What `audit` was asked for."""

    name: str | None = None
    county: str = ""
    site: str = ""
    programme: str = ""
    since: datetime | None = None
    on: datetime | None = None
    days: int = 180
    expect: int = 0
    limit: int | None = None
    after: str = ""
    why: str = ""
    known: str = ""
    csv_file: Path | None = None
    xlsx_file: Path | None = None
    as_json: bool = False


def audit(root: Path, asked: Auditing) -> int:
    """Ask one question; without a name, list them."""
    if asked.name is None:
        return _list(asked.as_json)
    if asked.name == _TITLE:
        with enter(root).books.reading() as connection:
            answer = _chain(connection, asked.known)
        _give(answer, asked)
        return DIFFERENT if answer.wrong else DONE
    question = question_of(asked.name)
    with enter(root).books.reading() as connection:
        answer = question.ask(connection, _asked(asked))
        if asked.why:
            return _open(connection, answer, asked)
    _give(answer, asked)
    return DONE


def _asked(asked: Auditing) -> Asked:
    whole = asked.csv_file or asked.xlsx_file or asked.as_json
    limit = asked.limit if asked.limit is not None else 0 if whole else _PAGE
    return Asked(
        on=asked.on.date() if asked.on else date.today(),
        county=asked.county,
        site=asked.site,
        programme=asked.programme,
        since=asked.since.date() if asked.since else None,
        days=asked.days,
        expect=asked.expect,
        limit=limit,
        after=asked.after,
    )


def _list(as_json: bool) -> int:
    """All questions and what they answer."""
    last = ("chain", _("The chain of the ledger"),
            _("that no event was changed, removed or moved"))  # fmt: skip
    rows = [*((one.name, one.title, one.answers) for one in questions()), last]
    if as_json:
        named = [dict(zip(("name", "title", "answers"), row, strict=True)) for row in rows]
        print(json.dumps(named, ensure_ascii=False, indent=1))
        return DONE
    print(table((_("question"), _("title"), _("answers")), rows))
    return DONE


def _chain(connection: Connection, known: str) -> Table:
    bar = CountBar(chains.count(connection), _("the ledger"), _("events"))
    try:
        return chains.chain(connection, known, bar)
    finally:
        bar.close()


def _give(answer: Table, asked: Auditing) -> None:
    """The answer where it was wanted: a file, JSON, or the screen."""
    if asked.csv_file:
        _write_csv(asked.csv_file, answer)
    if asked.xlsx_file:
        _write_xlsx(asked.xlsx_file, answer)
    if asked.as_json:
        print(json.dumps(_plain(answer), ensure_ascii=False, indent=1))
    elif not (asked.csv_file or asked.xlsx_file):
        _show(answer)


def _show(answer: Table) -> None:
    print(answer.title)
    if answer.rows:
        heads = ("#", *map(head, answer.columns))
        print(table(heads, ((n, *row) for n, row in enumerate(_words(answer), 1))))
    count = len(answer.rows)
    print(_("{count} rows").format(count=count) if count else _("nothing"))
    for note in answer.notes:
        print(note)
    if answer.next:
        say(_("there are more: --after {place}").format(place=answer.next))


def _words(answer: Table) -> list[tuple[str | int | float, ...]]:
    """The rows as a person reads them: codes in words, no control characters."""
    return [
        tuple(_word(name, value_of(cell)) for name, cell in zip(answer.columns, row, strict=True))
        for row in answer.rows
    ]


def _word(column: str, value: Any) -> str | int | float:
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    if column in _CODES and (found := term(_CODES[column], value)):
        return found.zh if speaking() == "zh" else found.en
    if column in ("state", "cycle"):
        return _own_words().get(value, value)
    return one_line(value)


def _own_words() -> dict[str, str]:
    """Codes that are in no list: states of drives and cycles of refreshes."""
    return {
        "held": _("held"), "out": _("on its way"), "lost": _("lost"), "scrapped": _("scrapped"),
        "monthly": _("every month"), "bimonthly": _("every two months"),
        "quarterly": _("every three months"), "halfyear": _("every half-year"),
        "yearly": _("every year"),
    }  # fmt: skip


def _plain(answer: Table) -> dict[str, object]:
    rows = [
        {name: value_of(cell) for name, cell in zip(answer.columns, row, strict=True)}
        for row in answer.rows
    ]
    return {
        "name": answer.name, "title": answer.title, "columns": list(answer.columns),
        "heads": [head(name) for name in answer.columns], "rows": rows,
        "notes": list(answer.notes), "next": answer.next,
    }  # fmt: skip


def _write_csv(path: Path, answer: Table) -> None:
    from catalog.packed import write_file  # noqa: PLC0415

    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(head, answer.columns))
    writer.writerows(map(_harmless, _words(answer)))
    write_file(path, text.getvalue().encode("utf-8-sig"))
    say(_("written: {file}").format(file=path))


def _harmless(row: Iterable[str | int | float]) -> list[str | int | float]:
    """A text that a table program would take for a formula gets a mark before it."""
    return [
        f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
        for cell in row
    ]


def _write_xlsx(path: Path, answer: Table) -> None:
    from catalog.workbook import write_workbook  # noqa: PLC0415 - slow to import

    heads = tuple(map(head, answer.columns))
    notes = tuple((note,) for note in answer.notes)
    write_workbook(path, {answer.title: (heads, *_words(answer), *notes)})
    say(_("written: {file}").format(file=path))


def _open(connection: Connection, answer: Table, asked: Auditing) -> int:
    """The events behind a number, or behind all numbers of a row."""
    found = _behind(connection, answer, asked.why)
    if asked.as_json:
        said = [
            {"serial": one.event.serial, "on": day_of(one.event), "kind": one.event.kind,
             "what": told(one.event), "amount": one.amount}
            for one in found
        ]  # fmt: skip
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return DONE
    rows = [
        (one.event.serial, day_of(one.event), kind_word(one.event.kind),
         one_line(told(one.event)), f"{one.amount}")
        for one in found
    ]  # fmt: skip
    if rows:
        print(table((_("event"), _("day"), _("kind"), _("what"), _("share")), rows))
    total = sum(one.amount for one in found)
    print(_("{count} events, together {total}").format(count=len(found), total=total))
    return DONE


def _behind(connection: Connection, answer: Table, why: str) -> list[Behind]:
    wanted, _colon, column = why.partition(":")
    if not wanted.isdigit() or not 0 < int(wanted) <= len(answer.rows):
        most = _("the answer has {count} rows").format(count=len(answer.rows))
        raise refusal("--why", f"{why}: {most}", _("write ROW or ROW:COLUMN, such as 3:copies"))
    row = answer.rows[int(wanted) - 1]
    if not column:
        grounds = list(dict.fromkeys(grounds_of(row)))
        return [one for each in islice(grounds, 1) for one in behind(connection, each)]
    cell = row[_column(answer, column, why)]
    if isinstance(cell, Cell):
        return list(behind(connection, cell.grounds))
    known = ", ".join(n for n, c in zip(answer.columns, row, strict=True) if isinstance(c, Cell))
    raise refusal("--why", _("{column} is no number that was counted").format(column=column),
                  _("one of these: {names}").format(names=known or "-"))  # fmt: skip


def _column(answer: Table, named: str, why: str) -> int:
    for place, name in enumerate(answer.columns):
        if named in (name, head(name), str(place + 1)):
            return place
    known = ", ".join(answer.columns)
    raise refusal("--why", _("{why}: there is no such column").format(why=why),
                  _("one of these: {names}").format(names=known))  # fmt: skip
