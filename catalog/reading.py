"""What a cell of a sheet means: dates, months, minutes, codes; or why it means nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from catalog.cell import Cell
from catalog.characters import shown
from catalog.class_number import is_class_number, tidy, with_dot
from catalog.title import numeral
from catalog.vocabulary import (
    Scheme,
    Term,
    lookup,
    months_between,
    season_months,
    suggestions,
    terms,
)
from catalog.words import _

MOST_ITEMS = 100  # in one cell
MOST_MINUTES = 6_000

_DAY = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ]0?0:00(?::00(?:\.0+)?)?)?"
)
_MONTH = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})月?|年)?")
# What Excel makes of 3-4, as it shows it in Chinese and English.
_DATED = re.compile(r"[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-[0-9]{1,2}")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:E[-+]?[0-9]+)?", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:(?P<h>[0-9]{1,2})(?:小时|时|h))?(?:(?P<m>[0-9]{1,4}(?:\.[0-9]+)?)(?:分钟?|min(?:utes?)?|')?)?"
    r"(?:(?P<s>[0-9]{1,2})(?:秒|s|\"))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9]):([0-5][0-9])")
_CHAPTER = re.compile(
    r"(?:(?P<h>[0-9]{1,2})[:：])?(?P<m>[0-9]{1,3})[:：](?P<s>[0-5][0-9])(?P<name>.*)", re.DOTALL
)
_NO_END = ("永久", "长期", "无限期", "不限", "none", "-")
_ALL_YEAR = ("全年", "all", "常年", "四季")


class Unclear(Exception):  # noqa: N818 - a finding about a cell on its way to the sheet's problems
    """A cell that cannot be understood: what is `wrong`, and how to `mend` it."""

    def __init__(self, wrong: str, mend: str) -> None:
        self.wrong, self.mend = wrong, mend
        super().__init__(wrong, mend)


def read_last_day(cell: Cell) -> date:
    """The last day on which something may be done; `date.max` for words such as 永久 (no end)."""
    return date.max if _narrow(cell.text).lower() in _NO_END else read_day(cell)


def read_day(cell: Cell) -> date:
    """A full date: 2012-08-01, 2012/8/1, 2012.8.1, 2012年8月1日 or a date of the sheet."""
    if cell.day:
        return _usual(cell.day, cell)
    text = _narrow(cell.text)
    found = _DAY.fullmatch(text)
    if not found:
        if cell.number:
            wrong = _("{value} is a number, not a date").format(value=cell.text)
            raise Unclear(wrong, _("format the column as a date, or write it like 2012-08-01"))
        raise Unclear(_no_date(cell), _("write it like 2012-08-01"))
    try:
        return _usual(date(*map(int, found.groups())), cell)
    except ValueError as error:
        wrong = _("{value}: there is no such day").format(value=shown(cell.text))
        raise Unclear(wrong, _("look it up again, and write it like 2012-08-01")) from error


def read_date_text(cell: Cell) -> str:
    """A date of publication: a day, a month (2012-08) or a year, in ISO form."""
    text = _narrow(cell.text)
    found = _MONTH.fullmatch(text)
    if cell.day or not found:
        return read_day(cell).isoformat()
    year, month = int(found[1]), int(found[2] or 1)
    if not (1900 <= year <= 2200 and 1 <= month <= 12):
        raise Unclear(_no_date(cell), _("write it like 2012-08-01, 2012-08 or 2012"))
    return f"{year}-{month:02}" if found[2] else str(year)


def read_months(cell: Cell) -> tuple[int, ...]:
    """Months as 11-3 (over the year's end), 3-4;9-10 or 3,4,5; none where it is all year."""
    if cell.day or _DATED.fullmatch(_narrow(cell.text)):
        wrong = _("the sheet took the months for the date {value}").format(value=cell.text)
        raise Unclear(wrong, _("format the column as text and write it again, like 3-4"))
    if _narrow(cell.text) in _ALL_YEAR:
        return ()
    months: set[int] = set()
    for piece in re.split(r"[;；,，、\s]+", _narrow(cell.text)):
        found = re.fullmatch(r"([0-9]{1,2})月?(?:[-~—–至到]+([0-9]{1,2})月?(?:份)?)?", piece)
        ends = [int(end) for end in found.groups() if end] if found else []
        if not ends or not all(1 <= end <= 12 for end in ends):
            wrong = _("{value} are no months").format(value=shown(cell.text))
            raise Unclear(wrong, _("write them like 11-3 or 3-4;9-10"))
        months.update(months_between(ends[0], ends[-1]))
    return () if len(months) == 12 else tuple(sorted(months))


def read_season(cell: Cell) -> tuple[int, ...]:
    """The months of one or several seasons; none where it is all year."""
    months: set[int] = set()
    for piece in pieces(cell.text):
        word = f"{piece}季" if piece in "春夏秋冬" else piece
        term = _term("season", word)
        if term.code == "all":
            return ()
        months.update(season_months(term.code))
    return tuple(sorted(months))


def read_minutes(cell: Cell) -> float:
    """A running time in minutes: 72, 72分钟, 1小时12分 or 1:12:00."""
    text = "".join(_narrow(cell.text).split())
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = map(int, clock.groups())
        told = hours * 60 + minutes + seconds / 60
    elif text and (found := _LENGTH.fullmatch(text)):
        told = int(found["h"] or 0) * 60 + float(found["m"] or 0) + int(found["s"] or 0) / 60
    else:
        told = 0.0
    if not 0 < told <= MOST_MINUTES:
        wrong = _("{value} is no running time").format(value=shown(cell.text))
        raise Unclear(wrong, _("write the minutes, like 72"))
    return round(told, 2)


def read_chapters(cell: Cell) -> tuple[tuple[float, str], ...]:
    """Where chapters begin, and their names: 5:00 选种; 1:12:30 播种. In order, each time once."""
    found = []
    for piece in pieces(cell.text, "[;；|\n]+"):
        if not (told := _CHAPTER.fullmatch(piece.strip())):
            wrong = _("{value} does not begin with a time").format(value=shown(piece))
            raise Unclear(wrong, _("write the chapters like 5:00 选种; 12:30 播种"))
        hours, minutes, seconds = int(told["h"] or 0), int(told["m"]), int(told["s"])
        found.append((float(hours * 3600 + minutes * 60 + seconds), told["name"].strip()[:60]))
    times = [seconds for seconds, _name in found]
    if times != sorted(set(times)):
        wrong = _("the chapters are not in order of time")
        raise Unclear(wrong, _("write them from the first to the last, each time once"))
    return tuple(found)


def read_class_numbers(cell: Cell) -> tuple[str, ...]:
    """One or several class numbers, as text; refuses what a sheet has turned into a number."""
    numbers = []
    for piece in pieces(cell.text, r"[;；,，、|\s]+"):
        if _NUMBER.fullmatch(piece):
            wrong = _("{value} is a bare number: the letter is missing, or the sheet reckoned")
            mend = _("format the column as text and write the whole class number, like S823.9+2")
            raise Unclear(wrong.format(value=piece), mend)
        if not is_class_number(piece):
            better = with_dot(piece) or "S823.9+2"
            wrong = _("{value} is no class number").format(value=shown(piece))
            raise Unclear(wrong, _("write it like {example}").format(example=better))
        numbers.append(tidy(piece))
    return tuple(dict.fromkeys(numbers))


def codes_reader(scheme: Scheme) -> Callable[[Cell], tuple[str, ...]]:
    """A reader of one or several codes or words of a list; gives the codes."""

    def read(cell: Cell) -> tuple[str, ...]:
        if whole := lookup(scheme, cell.text):
            return (whole.code,)
        terms: list[Term] = []
        for piece in pieces(cell.text, "[;；|\n]+"):
            found = lookup(scheme, piece)
            smaller = [piece] if found else pieces(piece, "[,，、]+")
            terms += [_term(scheme, part) for part in smaller]
        return tuple(dict.fromkeys(term.code for term in terms))

    return read


def read_code(scheme: Scheme, cell: Cell) -> str:
    """Exactly one code of a list."""
    return _term(scheme, cell.text).code


def read_language(cell: Cell) -> str:
    """A language code: a word of our list, or else any code of the form zh, bo, zh-TW."""
    if known := lookup("language", cell.text):
        return known.code
    text = _narrow(cell.text).replace("_", "-")
    if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        return text
    return _term("language", cell.text).code


def read_episode(cell: Cell) -> int:
    """The number of an episode: 3, 03 or 第三集."""
    text = re.sub(r"^第|[集讲课回期部]$", "", _narrow(cell.text))
    if not 0 < (number := numeral(text)) <= 999:
        wrong = _("{value} is no episode number").format(value=shown(cell.text))
        raise Unclear(wrong, _("write it like 3"))
    return number


def read_id(cell: Cell) -> str:
    """A programme's id: letters, digits, hyphens, dots and underscores, at most 32."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", cell.text):
        wrong = _("{value} cannot be the number of a programme").format(value=shown(cell.text))
        raise Unclear(wrong, _("write it like HX-P0001, or leave the cell empty"))
    return cell.text


def pieces(text: str, separator: str = "[;；,，、|\n]+") -> list[str]:
    """The parts of a cell that holds several, without blanks around; refuses absurdly many."""
    found = [piece.strip() for piece in re.split(separator, text) if piece.strip()]
    if len(found) > MOST_ITEMS:
        wrong = _("more than {most} in one cell").format(most=MOST_ITEMS)
        raise Unclear(wrong, _("keep those that matter"))
    return found


def _term(scheme: Scheme, word: str) -> Term:
    if found := lookup(scheme, word):
        return found
    wrong = _("{value} is not known here").format(value=shown(word))
    if scheme == "subject" and is_class_number(word):
        raise Unclear(wrong, _("a class number belongs in the column class_number (分类号)"))
    if near := suggestions(scheme, word):
        mend = _("did you mean {word}?").format(word=_choice(near))
    else:
        mend = _("write one of: {words}").format(words=_choice(terms(scheme)[:20]))
    raise Unclear(wrong, mend)


def _choice(known: tuple[Term, ...]) -> str:
    return " / ".join(f"{term.code} {term.zh}" for term in known)


def _usual(day: date, cell: Cell) -> date:
    if not 1900 <= day.year <= 2200:
        raise Unclear(_no_date(cell), _("write it like 2012-08-01"))
    return day


def _no_date(cell: Cell) -> str:
    return _("{value} is not a date").format(value=shown(cell.text))


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
