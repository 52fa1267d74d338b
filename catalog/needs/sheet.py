"""Sheets of requests and screenings, CSV or XLSX, as entries; knows no books.

Sites stand in the entries as they are written, by id or by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from catalog.cell import Cell
from catalog.cell import Row as Cells
from catalog.characters import shown
from catalog.circulation.entries import Answered, Requested, Screened
from catalog.needs.words import MEDIA, SCREENINGS, STATES, Words, code_in, words_in
from catalog.problem import Problem
from catalog.reading import Unclear, codes_reader, pieces, read_code, read_day, read_id
from catalog.table import Table, read_table
from catalog.words import _

MOST_PEOPLE = 1_000_000
MOST_LETTERS = 2_000
MOST_PROBLEMS = 200

Need = Requested | Answered | Screened
Reader = Callable[[Cell], Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The entries of a sheet, each with its line, and everything wrong with it."""

    file: str
    entries: tuple[tuple[int, Need], ...] = ()
    problems: tuple[Problem, ...] = ()


def read_requests(path: Path) -> Sheet:
    """A sheet of requests; one that was matched or settled gives an answer as well."""
    return _read(path, _REQUESTS, ("on", "site", "text"), _requests)


def read_screenings(path: Path) -> Sheet:
    """A sheet of screenings."""
    return _read(path, _SCREENINGS, ("on", "site", "what"), _screenings)


def read_number(cell: Cell) -> str:
    """The number of a paper: XQ-2012-004."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", cell.text):
        wrong = _("{value} cannot be the number of a paper").format(value=shown(cell.text))
        raise Unclear(wrong, _("write it like XQ-2012-004, or leave the cell empty"))
    return cell.text


def read_people(cell: Cell) -> int:
    """How many people came."""
    text = re.sub(r"[,，]|\s|人(次)?$|余|多", "", unicodedata.normalize("NFKC", cell.text))
    if not re.fullmatch("[0-9]{1,7}", text) or int(text) > MOST_PEOPLE:
        wrong = _("{value} is no number of people").format(value=shown(cell.text))
        raise Unclear(wrong, _("write a whole number, 0 or more"))
    return int(text)


def _text(cell: Cell) -> str:
    if len(cell.text) > MOST_LETTERS:
        wrong = _("longer than {most} letters").format(most=MOST_LETTERS)
        raise Unclear(wrong, _("shorten it"))
    return " ".join(cell.text.split())


def _code(words: Words, cell: Cell) -> str:
    if code := code_in(words, cell.text):
        return code
    wrong = _("{value} is not known here").format(value=shown(cell.text))
    raise Unclear(wrong, _("write one of: {words}").format(words=words_in(words)))


def _programmes(cell: Cell) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_id(Cell(piece)) for piece in pieces(cell.text)))


# Our name of a column: the names people give it, and what reads its cells.
_Columns = Mapping[str, tuple[str, Reader]]
_SITE = "site_id site 站点 站点编号 服务点 服务点编号 单位 地点"
_DAY = "日期 登记日期 收到日期"
_REQUESTS: _Columns = {
    "request": ("request_id 需求编号 登记号 编号", read_number),
    "on": (f"received_on {_DAY}", read_day),
    "site": (_SITE, _text),
    "asked_by": ("asked_by 需求人 提出人 申请人 登记人", _text),
    "text": ("text_zh text 需求内容 内容 原话 需求", _text),
    "subject": ("subject 主题 主题代码", codes_reader("subject")),
    "season": ("season 季节 适用季节", partial(read_code, "season")),
    "programme": (
        "matched_programme_id programme_id programme 匹配节目 节目编号 节目号 节目",
        read_id,
    ),
    "status": ("status 状态 办理情况", partial(_code, STATES)),
    "answer": ("answer 答复 答复内容", _text),
    "answered_on": ("answered_on 答复日期 反馈日期", read_day),
    "": ("note 备注 序号", _text),
}
_SCREENINGS: _Columns = {
    "screening": ("screening_id 播放编号 记录编号 编号", read_number),
    "what": ("kind 类别 种类 播放类型 类型", partial(_code, SCREENINGS)),
    "site": (_SITE, _text),
    "on": ("held_on 播放日期 放映日期 日期", read_day),
    "programmes": ("programme_ids programmes 播放节目 节目编号 节目", _programmes),
    "attendance": ("attendance 人次 人数 观众人数 观看人数", read_people),
    "medium": ("medium 介质 载体 播放介质", partial(_code, MEDIA)),
    "recorded_by": ("recorded_by 记录人 登记人 经手人", _text),
    "": ("note 备注 序号", _text),
}


def _read(
    path: Path,
    columns: _Columns,
    needed: tuple[str, ...],
    entries: Callable[[dict[str, Any]], Iterator[Need]],
) -> Sheet:
    table = read_table(path)
    heads, problems = _heads(table, columns, needed)
    if problems := [*table.problems, *problems]:
        return Sheet(table.file, (), tuple(problems))
    found: list[tuple[int, Need]] = []
    for row in table.rows:
        said, wrong = _said(table, heads, row, columns)
        wrong += [
            Problem(table.file, row.number, columns[key][0].split()[0], *_missing())
            for key in needed
            if key not in said and not wrong
        ]
        problems += wrong
        if not wrong:
            found += [(row.number, entry) for entry in entries(said)]
        if len(problems) >= MOST_PROBLEMS:
            break
    return Sheet(table.file, tuple(found), tuple(problems))


def _missing() -> tuple[str, str]:
    return _("is empty"), _("fill in the cell")


def _heads(
    table: Table, columns: _Columns, needed: tuple[str, ...]
) -> tuple[list[str | None], list[Problem]]:
    known = {_folded(word): name for name, (words, _) in columns.items() for word in words.split()}
    heads = [known.get(_folded(head)) for head in table.header]
    problems = []
    for head, name in zip(table.header, heads, strict=True):
        if name is None:
            wrong = _("no column of this name is known")
            mend = _("use the columns: {words}").format(words=", ".join(_usual(columns)))
            problems.append(Problem(table.file, table.header_row, shown(head), wrong, mend))
        elif name and heads.count(name) > 1:
            wrong, mend = _("the same key under another name"), _("delete one of the two")
            problems.append(Problem(table.file, table.header_row, shown(head), wrong, mend))
    for name in needed if table.header else ():
        if name not in heads:
            key = columns[name][0].split()[0]
            wrong, mend = _("there is no such column"), _("add it to the header row")
            problems.append(Problem(table.file, table.header_row, key, wrong, mend))
    return heads, problems


def _usual(columns: _Columns) -> Iterator[str]:
    for name, (words, _reader) in columns.items():
        if name:
            yield next(word for word in words.split() if not word.isascii() or word == words)


def _said(
    table: Table, heads: list[str | None], row: Cells, columns: _Columns
) -> tuple[dict[str, Any], list[Problem]]:
    found: dict[str, Any] = {}
    problems = []
    for head, name, cell in zip(table.header, heads, row.cells, strict=True):
        if name and cell.text:
            try:
                found[name] = columns[name][1](cell)
            except Unclear as unclear:
                told = Problem(table.file, row.number, shown(head), unclear.wrong, unclear.mend)
                problems.append(told)
    return found, problems


def _requests(said: dict[str, Any]) -> Iterator[Need]:
    answered = {name: said.pop(name, None) for name in ("programme", "status", "answer")}
    on = said.pop("answered_on", None)
    said["subject"] = ";".join(said.get("subject", ()))
    asked = Requested(**{"request": "", **said})
    yield asked
    closed = answered["status"] == "closed"
    if closed or answered["programme"] or answered["answer"]:
        programme, answer = answered["programme"] or "", answered["answer"] or ""
        yield Answered(asked.request, on, programme, answer, closed)


def _screenings(said: dict[str, Any]) -> Iterator[Need]:
    yield Screened(**{"screening": "", **said})


def _folded(head: str) -> str:
    text = unicodedata.normalize("NFKC", head).casefold()
    return re.sub(r"\([^)]*\)|[\s_\-*:.]", "", text)
