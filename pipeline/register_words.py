"""What the register holds, in the words of the screen: fields, levels, states, drives."""

from __future__ import annotations

from catalog.register.asking import DriveAt
from catalog.register.fields import EXTRA, equipment_of
from catalog.vocabulary import Scheme, term
from catalog.words import _, speaking


def level_word(code: str) -> str:
    """A level in words."""
    return _term("site_level", code)


def fact_word(field: str) -> str:
    """The name of a fact."""
    return _fact_words().get(field, field.removeprefix(EXTRA))


def value_word(field: str, value: str) -> str:
    """What a fact says."""
    if field.startswith("equipment:"):
        count, state, owner = equipment_of(value)
        return " ".join(part for part in (str(count), state_word(state), owner) if part)
    if field in ("level", "access"):
        return _term("site_level" if field == "level" else "access", value)
    if field == "industries":
        return "、".join(_term("subject", code) for code in value.split(";"))
    return cycle_word(value) if field == "cycle" else value


def players_words(players: str) -> str:
    """The players of a site that work."""
    return "、".join(_fact_words().get(f"equipment:{kind}", kind) for kind in players.split())


def state_word(state: str) -> str:
    """The state of equipment or of a drive."""
    words = {
        "working": _("working"),
        "broken": _("broken"),
        "not-issued": _("not issued"),
        "held": _("held"),
        "out": _("on its way"),
        "lost": _("lost"),
        "scrapped": _("scrapped"),
    }
    return words.get(state, state)


def cycle_word(cycle: str) -> str:
    """How often a drive is refreshed."""
    words = {
        "monthly": _("every month"),
        "quarterly": _("every quarter"),
        "halfyear": _("every half-year"),
        "yearly": _("every year"),
    }
    return words.get(cycle, cycle)


def since_words(since: str) -> str:
    """From when a fact holds; nothing where nobody knows."""
    return _("(since {day})").format(day=since) if since else ""


def drive_line(drive: DriveAt) -> str:
    """A drive in one line."""
    parts = [drive.id, size_word(drive.capacity_gb), drive.file_system, state_word(drive.state)]
    parts += [_("at {site}").format(site=drive.holder)] if drive.holder else []
    parts += [since_words(drive.since)]
    parts += [_("due back {day}").format(day=drive.due_on)] if drive.due_on else []
    return "  ".join(part for part in parts if part)


def size_word(capacity: float | None) -> str:
    """The size of a drive."""
    return f"{capacity:g} GB" if capacity else ""


def _term(scheme: Scheme, code: str) -> str:
    found = term(scheme, code)
    if found is None:
        return code
    return found.zh if speaking() == "zh" else found.en


def _fact_words() -> dict[str, str]:
    return {
        "level": _("level"),
        "kind": _("kind"),
        "parent": _("belongs to"),
        "name": _("name"),
        "pinyin": _("pinyin"),
        "code": _("region code"),
        "code_status": _("state of the code"),
        "source": _("origin"),
        "access": _("network access"),
        "industries": _("crops and stock"),
        "dialect": _("dialect"),
        "route": _("route"),
        "distance_km": _("distance (km)"),
        "population": _("population"),
        "weekly_hours": _("hours open a week"),
        "cycle": _("refresh cycle"),
        "last_refresh": _("last refresh"),
        "manager": _("manager"),
        "manager_since": _("manager since"),
        "phone": _("phone"),
        "owner": _("owner of the equipment"),
        "closed_on": _("closed on"),
        "note": _("note"),
        "equipment:vcd": _("VCD player"),
        "equipment:dvd": _("DVD player"),
        "equipment:tv": _("TV set"),
        "equipment:pc": _("PC"),
        "equipment:projector": _("projector"),
    }
