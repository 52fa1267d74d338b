"""The lines of the report: figures in the house wording, ready to be pasted."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from catalog.report.figures import NAMES, Figures
from catalog.report.rounding import (
    Punctuation,
    Suffix,
    how_many,
    punctuated,
    rounded,
    tens,
)

if TYPE_CHECKING:  # pydantic costs 50 ms, and only the texts are needed here
    from catalog.report.wording import Template, Wording

MOST_NAMED = 6  # places named in a line; of more, the first ones and 等


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is written; `suffix` overrides what the lines themselves ask for."""

    punctuation: Punctuation = "ascii"
    suffix: Suffix | None = None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line as it is pasted, and the figures it uses. `lacking` names what was not in the records:
    then there is no text.
    """

    id: str
    text: str
    uses: tuple[str, ...]
    lacking: tuple[str, ...] = ()


def lines(figures: Figures, said: Wording, style: Style | None = None) -> tuple[ReportLine, ...]:
    """All lines of the wording, those without records without a text."""
    chosen = style or Style(said.punctuation or "ascii", said.suffix)
    words = _words(figures, said.unit or figures.unit)
    return tuple(_line(each, figures.values, words, chosen) for each in said.lines)


def _line(
    template: Template, values: Mapping[str, int], words: Mapping[str, str], style: Style
) -> ReportLine:
    parts, lacking = [], []
    for text, name, spec, _conversion in string.Formatter().parse(template.text):
        parts.append(text)
        if name is None:
            continue
        if name in NAMES:
            parts.append(_number(values[name], spec or "", style.suffix or template.suffix or "余"))
        else:
            parts.append(words[name])
        if not (values.get(name) or words.get(name)):
            lacking.append(name)
    text = "" if lacking else punctuated("".join(parts), style.punctuation)
    return ReportLine(template.id, text, template.uses, tuple(lacking))


def _number(value: int, spec: str, suffix: Suffix) -> str:
    if spec == "full":
        return str(value)
    return tens(value, suffix) if spec == "tens" else rounded(value, suffix)


def _words(figures: Figures, unit: str) -> dict[str, str]:
    """What lines say besides numbers, from the register; empty where it is not known."""
    return {
        "communities": _places(figures, "community_shows", "community", "社区", "个社区"),
        "schools": _places(figures, "school_venues", "venue", "", "所学校"),
        "period": f"{day_said(figures.begin)}至{day_said(figures.end)}",
        "unit": unit,
    }


def _places(figures: Figures, figure: str, level: str, ending: str, measure: str) -> str:
    """北关、南关两个社区: the places of a figure's records, by their names in the register."""
    found = {r.site: r.name for r in figures[figure].records if r.level == level and r.name}
    names = [found[site] for site in sorted(found)]
    if not names:
        return ""
    if len(names) == 1:
        return names[0]
    short = [name.removesuffix(ending) for name in names] if _all_end(names, ending) else names
    etc = "等" if len(short) > MOST_NAMED else ""
    return f"{'、'.join(short[:MOST_NAMED])}{etc}{how_many(len(names))}{measure}"


def _all_end(names: list[str], ending: str) -> bool:
    return all(name.endswith(ending) and name != ending for name in names)


def day_said(day: date) -> str:
    """A day as papers write it: 2012年1月1日."""
    return f"{day.year}年{day.month}月{day.day}日"
