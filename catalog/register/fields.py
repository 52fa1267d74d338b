"""What can be said of a site: the names of its facts, and how each is written.

A fact is a text in one form: a number without needless zeros, a day in ISO form, a code of our
lists, `2 working` for equipment. `tidy` brings what people write into this form.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog.cell import Cell
from catalog.characters import shown
from catalog.reading import Unclear, pieces, read_day
from catalog.vocabulary import Scheme, Term, lookup, suggestions, terms
from catalog.words import _

EQUIPMENT = ("vcd", "dvd", "tv", "pc", "projector")
STATES = ("working", "broken", "not-issued")
LEVELS = ("county", "township", "village", "community", "venue")
EXTRA = "extra:"  # before the name of a column that we do not know and keep as it is
MOST_LETTERS = 2_000
MOST_FIELD = 40  # letters in the name of a fact, as the table holds it

_STATE_WORDS = {
    "working": "working ok 好 良好 正常 完好 可用",
    "broken": "broken 坏 损坏 故障 待修 已坏",
    "not-issued": "not-issued 未配发 未发 未配",
}
_LEVEL_WORDS = {
    "county": "县级 县 县中心 支中心",
    "township": "乡镇级 乡镇 乡 镇 街道 乡镇点",
    "village": "村级 村 行政村 村点 村级点",
    "community": "社区级 社区",
    "venue": "场所 放映点 学校",
}
_CYCLES = {
    "monthly": "每月 月 按月",
    "quarterly": "每季 季 季度 每季度 按季",
    "halfyear": "半年 每半年 half-year",
    "yearly": "每年 年 一年 annual",
}


def tidy(field: str, text: str) -> str:
    """The one form of a fact. Raises Unclear where it cannot be understood; empty stays empty."""
    text = " ".join(text.split())
    if len(text) > MOST_LETTERS:
        wrong = _("longer than {most} letters").format(most=MOST_LETTERS)
        raise Unclear(wrong, _("shorten it"))
    return _reader(field)(text) if text else ""


def known(field: str) -> bool:
    """Whether a fact may bear this name."""
    if field.startswith(EXTRA):
        return len(EXTRA) < len(field) <= MOST_FIELD
    return field in FIELDS


def near(field: str) -> tuple[str, ...]:
    """Names of facts that look like this one."""
    return tuple(difflib.get_close_matches(field, FIELDS, n=2, cutoff=0.5))


def equipment_of(value: str) -> tuple[int, str, str]:
    """Count, state and owner in the fact of a kind of equipment."""
    count, _blank, rest = value.partition(" ")
    state, _blank, owner = rest.partition(" ")
    return int(count or 0), state or ("working" if int(count or 0) else ""), owner


def plays(facts: Mapping[str, str]) -> str:
    """The kinds of player that work, sorted, parted by blanks."""
    held = {kind: equipment_of(facts.get(f"equipment:{kind}", "")) for kind in EQUIPMENT}
    return " ".join(sorted(k for k, (n, state, _o) in held.items() if n and state == "working"))


def _plain(text: str) -> str:
    return text


def read_amount(text: str, most: float) -> str:
    """A number from 0 to `most`, in its one form."""
    return _number(text, most=most)


def _number(text: str, *, most: float, whole: bool = False) -> str:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = -1
    if not 0 <= value <= most or (whole and not value.is_integer()):
        wrong = _("{value} is no number from 0 to {most}").format(value=shown(text), most=most)
        raise Unclear(wrong, _("write a number, such as 12"))
    return str(int(value)) if value.is_integer() else str(value)


def _amount(most: float, whole: bool = False) -> Callable[[str], str]:
    return lambda text: _number(text, most=most, whole=whole)


def _day(text: str) -> str:
    return read_day(Cell(text)).isoformat()


def _code(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) in (6, 9, 12)):
        wrong = _("{value} is no region code").format(value=shown(text))
        mend = _("write 6, 9 or 12 digits, and format the cell as text")
        raise Unclear(wrong, mend)
    return text


def read_site_id(text: str) -> str:
    """The id of a site or a drive: letters, digits, hyphens, dots, underscores; at most 32."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", text):
        wrong = _("{value} cannot be the id of a site or a drive").format(value=shown(text))
        raise Unclear(wrong, _("write it like HX-T01"))
    return text


def _listed(scheme: Scheme, own: Mapping[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if found := lookup(scheme, text):
            return found.code
        if code := _word_in(own, text):
            return code
        near_ones: tuple[Term, ...] = suggestions(scheme, text) or terms(scheme)
        raise _unknown(text, " / ".join(f"{term.code} {term.zh}" for term in near_ones))

    return read


def _chosen(own: Mapping[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if code := _word_in(own, text):
            return code
        raise _unknown(text, " / ".join(f"{c} {words.split()[0]}" for c, words in own.items()))

    return read


def _word_in(own: Mapping[str, str], text: str) -> str:
    word = text.casefold()
    return next((c for c, words in own.items() if word == c or word in words.split()), "")


def _unknown(text: str, words: str) -> Unclear:
    wrong = _("{value} is not known here").format(value=shown(text))
    return Unclear(wrong, _("write one of: {words}").format(words=words))


def _subjects(text: str) -> str:
    read = _listed("subject", {})
    return ";".join(dict.fromkeys(read(piece) for piece in pieces(text)))


def _equipment(text: str) -> str:
    """`2`, `2 working`, `1 broken`, `1坏`, `1 working 组织部` (whose it is)."""
    found = re.fullmatch(r"([0-9]+(?:\.0+)?)\s*(?:台|部|个|套)?\s*(\S*)\s*(.*)", text)
    if not found:
        wrong = _("{value} is no number of machines").format(value=shown(text))
        raise Unclear(wrong, _("write it like 2, or 1 broken"))
    count = int(_number(found[1], most=9999, whole=True))
    state = _chosen(_STATE_WORDS)(found[2]) if found[2] else "working"
    return f"{count} {state} {found[3]}".strip() if count or found[2] else "0"


FIELDS: Mapping[str, Callable[[str], str]] = {
    "level": _listed("site_level", _LEVEL_WORDS),
    "kind": _plain,
    "parent": read_site_id,
    "name": _plain,
    "pinyin": _plain,
    "code": _code,
    "code_status": _plain,
    "source": _plain,
    "access": _listed("access", {}),
    "industries": _subjects,
    "dialect": _plain,
    "route": _plain,
    "distance_km": _amount(5_000),
    "population": _amount(200_000_000, whole=True),
    "weekly_hours": _amount(168),
    "cycle": _chosen(_CYCLES),
    "last_refresh": _day,
    "manager": _plain,
    "manager_since": _day,
    "phone": _plain,
    "owner": _plain,
    "closed_on": _day,
    "note": _plain,
    **{f"equipment:{kind}": _equipment for kind in EQUIPMENT},
}


def _reader(field: str) -> Callable[[str], str]:
    return FIELDS.get(field, _plain)


def columns_of(facts: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a site's row that its facts fill, `parent` apart; empty if not said."""
    row: dict[str, Any] = {
        name: facts.get(name, "")
        for name in FIELDS
        if name != "parent" and not name.startswith("equipment:")
    }
    for name, kind in (("distance_km", float), ("weekly_hours", float), ("population", int)):
        row[name] = kind(row[name]) if row[name] else None
    return row | {"players": plays(facts)}
