"""Sheets of runs, deliveries, slips and fairs, CSV or XLSX, row by row; knows no books."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.cell import Cell
from catalog.characters import shown
from catalog.circulation.papers import MOST_COPIES
from catalog.problem import Problem
from catalog.reading import Unclear, pieces, read_code, read_day, read_id
from catalog.table import read_table
from catalog.words import _

MOST_LETTERS = 500
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet by field, each with its line, and everything wrong with it."""

    file: str
    rows: tuple[tuple[int, Said], ...] = ()
    problems: tuple[Problem, ...] = ()


def read_productions(path: Path) -> Sheet:
    """Runs of copies: production, what, title, copies, on, medium, programmes, minutes, ..."""
    return _read(path, _PRODUCTIONS, ("title", "copies", "on"))


def read_deliveries(path: Path, *, dated: bool = True) -> Sheet:
    """Lines of receipts: receipt, production, site or recipient, copies, on, mode, by, ...; the day
    may be missing where they are not `dated`.
    """
    return _read(path, _DELIVERIES, ("production", "copies", *(("on",) if dated else ())))


def read_slips(path: Path) -> Sheet:
    """Signed receipts: receipt, by, signed_on."""
    return _read(path, _SLIPS, ("receipt", "by", "signed_on"))


def _text(cell: Cell) -> str:
    if len(cell.text) > MOST_LETTERS:
        wrong = _("longer than {most} letters").format(most=MOST_LETTERS)
        raise Unclear(wrong, _("shorten it"))
    return " ".join(cell.text.split())


def _copies(cell: Cell) -> int:
    text = re.sub(r"[,，\s]|[张份块]$|\.0$", "", unicodedata.normalize("NFKC", cell.text))
    if not re.fullmatch("[0-9]{1,7}", text) or not 0 < int(text) <= MOST_COPIES:
        wrong = _("{value} is no number of copies").format(value=shown(cell.text))
        raise Unclear(wrong, _("write a whole number, 1 or more"))
    return int(text)


def _minutes(cell: Cell) -> float:
    text = unicodedata.normalize("NFKC", cell.text).removesuffix("分钟").strip()
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        wrong = _("{value} is no running time").format(value=shown(cell.text))
        raise Unclear(wrong, _("write the minutes, like 72"))
    return float(text)


def _programmes(cell: Cell) -> tuple[str, ...]:
    return tuple(read_id(Cell(piece)) for piece in pieces(cell.text))


def _chosen(words: Mapping[str, str]) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        if cell.text in words:
            return words[cell.text]
        wrong = _("{value} is not known here").format(value=shown(cell.text))
        raise Unclear(wrong, _("write one of: {words}").format(words=", ".join(words)))

    return read


_WHAT = {
    "disc": "disc", "data-disc": "data-disc", "leaflet": "leaflet", "光盘": "disc", "光碟": "disc",
    "VCD光盘": "disc", "数据光盘": "data-disc", "宣传资料": "leaflet",
}  # fmt: skip
_BASIS = {"gift": "gift", "cost": "cost", "免费赠送": "gift", "成本价": "cost"}

# Names of the columns, and what a cell of them means.
_Column = tuple[str, Callable[[Cell], Any]]
_PRODUCTIONS: Mapping[str, _Column] = {
    "production": ("production_id 登录号 制作号 编号", _text),
    "what": ("kind 种类 类型", _chosen(_WHAT)),
    "title": ("title_zh title 题名 名称", _text),
    "copies": ("copies 数量 份数 张数 复制份数", _copies),
    "on": ("made_on 制作日期 日期", read_day),
    "medium": ("medium 媒体 介质", lambda cell: read_code("medium", cell)),
    "programmes": ("programme_ids 节目号 节目编号 节目", _programmes),
    "minutes": ("total_min 片长 时长 分钟", _minutes),
    "price_basis": ("price_basis 价格", _chosen(_BASIS)),
    "county": ("county 县级支中心 制作单位", _text),
    "source": ("source 来源", _text),
}
_DELIVERIES: Mapping[str, _Column] = {
    "receipt": ("receipt_no 签收单号 签收单 单号", _text),
    "production": ("production_id 登录号 制作号 编号", _text),
    "site": ("site_id 站点 站点号 接收单位", _text),
    "recipient": ("recipient 接收人 领取人", _text),
    "copies": ("copies 数量 份数 张数", _copies),
    "numbers": ("numbers 盘号 起止号", _text),
    "on": ("issued_on 发放日期 日期", read_day),
    "mode": ("mode 发放方式", lambda cell: read_code("issue_mode", cell)),
    "approval": ("approval 批准人 批准", _text),
    "by": ("signed_by 签收人", _text),
    "signed_on": ("signed_on 签收日期", read_day),
    "note": ("note 备注", _text),
}
_SLIPS: Mapping[str, _Column] = {
    "receipt": ("receipt_no 签收单号 签收单 单号 编号", _text),
    "by": ("signed_by 签收人 签名", _text),
    "signed_on": ("signed_on 签收日期 日期", read_day),
}


def _read(path: Path, columns: Mapping[str, _Column], needed: tuple[str, ...]) -> Sheet:
    table = read_table(path)
    problems = list(table.problems)
    names = {_plain(name): field for field, (said, _r) in columns.items() for name in said.split()}
    heads = [names.get(_plain(head), "") for head in table.header]
    known = ", ".join(said.split()[0] for said, _reader in columns.values())
    for head, field in zip(table.header, heads, strict=True):
        if not field or heads.count(field) > 1:
            wrong = _("the column is not known here, or there twice")
            mend = _("name it one of: {names}").format(names=known)
            problems.append(Problem(table.file, table.header_row, head, wrong, mend))
    for field in needed if table.header else ():
        if field not in heads:
            name = columns[field][0].split()[0]
            wrong = _("the column is missing")
            problems.append(Problem(table.file, table.header_row, name, wrong, _("add it")))
    if problems:
        return Sheet(table.file, problems=tuple(sorted(problems)))
    rows = []
    for row in table.rows:
        said: Said = {}
        for head, field, cell in zip(table.header, heads, row.cells, strict=True):
            try:
                if cell.text:
                    said[field] = columns[field][1](cell)
                elif field in needed:
                    raise Unclear(_("the cell is empty"), _("fill it in"))
            except Unclear as told:
                problem = Problem(table.file, row.number, head, told.wrong, told.mend)
                problems.append(problem)
        rows.append((row.number, said))
    return Sheet(table.file, tuple(rows), tuple(problems))


def _plain(head: str) -> str:
    return re.sub(r"\([^)]*\)|[\s_\-*:]", "", unicodedata.normalize("NFKC", head).casefold())
