"""An event in words, as a librarian would read it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.ledger import Event
from catalog.words import _

_LONGEST = 160


def kind_word(kind: str) -> str:
    """The word for a kind of event."""
    words = {
        "added": _("file taken in"), "described": _("programme described"),
        "copied": _("copies made"), "delivered": _("delivered"), "signed": _("receipt signed"),
        "returned": _("copies returned"), "lost": _("copies lost"),
        "restocked": _("back in stock"), "scrapped": _("scrapped"), "recalled": _("recalled"),
        "registered": _("site registered"), "changed": _("site changed"), "drive": _("drive moved"),
        "enrolled": _("drive marked as ours"), "refreshed": _("drive refreshed"),
        "confirmed": _("receipt code came"), "checked": _("drive read back"),
        "requested": _("request written down"), "answered": _("request answered"),
        "screened": _("screening"), "corrected": _("correction"), "made": _("edition made"),
    }  # fmt: skip
    return words.get(kind, kind)


def day_of(event: Event) -> str:
    """The day an event tells of; the day it was written where it tells none."""
    return str(event.details.get("on") or event.at.date().isoformat())


def told(event: Event) -> str:
    """What happened, on one line."""
    said = event.details
    match event.kind:
        case "delivered":
            receiver = said.get("site") or said.get("recipient", "")
            lines = "、".join(map(_line, said.get("lines", ())))
            return f"{said.get('receipt', '')} → {receiver}: {lines}"
        case "copied":
            return f"{said.get('production', '')} {said.get('title', '')} ×{said.get('copies', 0)}"
        case "refreshed":
            count = len(said.get("programmes", ()))
            what = _("edition {number}: {count} programmes").format(
                number=said.get("number", ""), count=count
            )
            return f"{said.get('drive', '')} → {said.get('site', '')}: {what}"
        case "signed":
            return f"{said.get('receipt', '')}: {said.get('by', '')}"
        case "registered" | "changed":
            return f"{said.get('site', '')}: {_facts(said.get('facts', {}))}"
        case _:
            return _facts({name: value for name, value in said.items() if name != "on"})


def _line(line: Mapping[str, Any]) -> str:
    numbers = f" ({line['numbers']})" if line.get("numbers") else ""
    return f"{line.get('production', '')} ×{line.get('copies', 0)}{numbers}"


def _facts(facts: Mapping[str, Any]) -> str:
    parts = (_plain(value) for value in facts.values() if value not in ("", None, [], {}))
    whole = " · ".join(parts)
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(_plain, value))
    return " ".join(map(_plain, value.values())) if isinstance(value, Mapping) else str(value)
