"""Bytes as they came -> text: UTF-8, UTF-16 with its mark, or GB18030; reads files, keeps none."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from catalog.problem import Failure, Problem
from catalog.words import _

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What may not stand in a sheet or recipe: control characters other than tab and line ends.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


def read_bytes(path: Path, limit: int) -> tuple[bytes, list[Problem]]:
    """The bytes of a file a person named; a file that is not there or too large is a problem.

    `limit` is in bytes. Raises Failure where the disk refuses to read.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        return b"", [
            Problem(name, 0, "", _("there is no such file"), _("look at the name and the folder"))
        ]
    except IsADirectoryError:
        return b"", [Problem(name, 0, "", _("this is a folder"), _("name the file in it"))]
    except OSError as error:
        raise Failure(
            _("reading {file}").format(file=name), str(error), _("look at the disk")
        ) from error
    if len(data) <= limit:
        return data, []
    wrong = _("larger than {limit} KiB").format(limit=limit // 1024)
    return b"", [Problem(name, 0, "", wrong, _("divide it into several files"))]


def decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """The text of a file, or a problem for each row that cannot be read (at most ten).

    The rule: a mark at the start decides. Else a NUL byte is refused. Else strict UTF-8, with one
    exception: where UTF-8 sees nothing but two-byte letters (é, Ж), at least two side by side, and
    GB18030 sees only common Chinese characters, it is GB18030, for in a Chinese library a column
    of bare Greek is rarer than a short Chinese word. Else GB18030, unless more rows are good
    UTF-8 than not: then it is UTF-8 with damaged rows, and these are told.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, file)
    if b"\0" in data:
        return _strict(data, "utf-8", file)
    return _strict(data, _unmarked(data), file)


def shown(text: str, most: int = 40) -> str:
    """A text in quotes, cut where it is long, so that a problem stays one line."""
    flat = " ".join(text.split())
    return f'"{flat}"' if len(flat) <= most else f'"{flat[: most - 1]}…"'


def _unmarked(data: bytes) -> str:
    if _reads(data, "utf-8"):
        return "gb18030" if _looks_like_short_chinese(data) else "utf-8"
    rows = [row for row in data.splitlines() if not row.isascii()]
    good = sum(_reads(row, "utf-8") for row in rows)
    return "utf-8" if 2 * good > len(rows) else "gb18030"


def _looks_like_short_chinese(data: bytes) -> bool:
    """Whether valid UTF-8 is more likely GB2312: only pairs both could read, some in a row."""
    runs = re.findall(rb"[\x80-\xff]+", data)
    pairs = all(re.fullmatch(rb"(?:[\xc2-\xd7][\xa1-\xbf])+", run) for run in runs)
    return bool(runs) and pairs and any(len(run) >= 4 for run in runs)


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _strict(data: bytes, encoding: str, file: str) -> tuple[str, list[Problem]]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-16"):
            row = data[: error.start].decode(encoding, "ignore").count("\n") + 1
            return "", [_unreadable(file, row)]
        rows = data.split(b"\n")
        bad = [n for n, row in enumerate(rows, 1) if not _reads(row, encoding)]
        return "", [_unreadable(file, row) for row in bad[:10] or [1]]
    if found := controls(text, file):
        return "", found
    return text, []


def _unreadable(file: str, row: int) -> Problem:
    return Problem(
        file, row, "", _("the characters cannot be read"), _("save the file as UTF-8 text")
    )


def controls(text: str, file: str) -> list[Problem]:
    """A problem for each control character of a text (at most ten): text never holds any."""
    found = []
    for match in _CONTROLS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        wrong = _("holds the control character {code}").format(code=f"U+{ord(match[0]):04X}")
        found.append(Problem(file, line, "", wrong, _("delete it, or save the file as text")))
        if len(found) == 10:
            break
    return found
