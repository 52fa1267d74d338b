"""The words above the columns of an answer."""

from __future__ import annotations

from catalog.vocabulary import term
from catalog.words import _, speaking


def head(column: str) -> str:
    """The word for a column; subject areas have theirs from the vocabulary."""
    words = _words()
    if column in words:
        return words[column]
    subject = term("subject", column)
    if subject is None:
        return column or _("no subject")
    return subject.zh if speaking() == "zh" else subject.en


def _words() -> dict[str, str]:
    return {
        "site": _("site"), "name": _("name"), "township": _("township"), "level": _("level"),
        "production": _("production"), "medium": _("medium"), "numbers": _("copy numbers"),
        "copies": _("copies"), "here": _("still there"), "issued_on": _("issued on"),
        "receipt": _("receipt"), "signed_by": _("signed by"), "signed_on": _("signed on"),
        "manager": _("manager"), "phone": _("phone"), "title": _("title"),
        "players": _("plays"), "last_on": _("last on"), "days": _("days"),
        "mode": _("way of issue"),
        "note": _("note"), "cycle": _("cycle"), "last_refresh": _("last refresh"),
        "due_on": _("due on"), "route": _("route"), "distance_km": _("km"), "drive": _("drive"),
        "drives": _("drives"), "state": _("state"), "home": _("meant for"), "holder": _("now with"),
        "since": _("since"), "capacity_gb": _("GB"), "made": _("made"), "issued": _("issued"),
        "in_stock": _("in stock"), "scrapped": _("scrapped"), "signed": _("signed"),
        "unsigned": _("not signed"), "returned": _("returned"), "lost": _("lost"),
        "balance": _("balance"), "made_on": _("made on"), "request": _("request"),
        "received_on": _("received on"), "asked_by": _("asked by"), "text": _("own words"),
        "subject": _("subject"), "programme": _("programme"), "programmes": _("programmes"),
        "screening": _("screening"), "on": _("day"), "attendance": _("attendance"),
        "why": _("why"), "rights_scope": _("rights"), "rights_until": _("rights until"),
        "ended": _("ended"), "productions": _("productions"), "places": _("number of places"),
        "what": _("what"), "about": _("about"), "found": _("found"), "expected": _("expected"),
        "place": _("place"), "figure": _("figure"), "this_period": _("this period"),
        "year_before": _("year before"), "same": _("same"), "event": _("event"),
        "of": _("of event"),
        "reason": _("reason"), "year": _("year"), "begins_with": _("begins with"),
        "first": _("first number"), "last": _("last number"), "missing": _("missing"),
        "fault": _("fault"),
        "count": _("count"), "answers": _("answers"), "edition": _("edition"),
        "confirmed": _("receipt confirmed"),
    }  # fmt: skip
