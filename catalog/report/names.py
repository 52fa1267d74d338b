"""What the figures of a report are called and counted in; their records as rows of a table."""

from __future__ import annotations

from catalog.report.grounds import Record
from catalog.words import _


def title_of(name: str) -> str:
    """A figure's name for people."""
    titles = {
        "disc_titles": _("disc titles made"),
        "disc_copies_made": _("disc copies made"),
        "disc_copies_issued": _("disc copies issued"),
        "disc_copies_signed_for": _("disc copies signed for"),
        "disc_copies_in_stock": _("disc copies in stock"),
        "sites_receiving_discs": _("sites that received discs"),
        "disc_titles_issued": _("disc titles issued"),
        "leaflet_titles": _("leaflet titles"),
        "leaflet_copies": _("leaflet copies"),
        "lecture_screenings": _("lectures shown"),
        "lecture_attendance": _("attendance of lectures"),
        "community_shows": _("community shows"),
        "community_attendance": _("attendance of community shows"),
        "school_shows": _("school shows"),
        "school_attendance": _("attendance of school shows"),
        "school_venues": _("schools with shows"),
        "info_screenings": _("screenings of practical knowledge"),
        "info_attendance": _("attendance of practical knowledge"),
    }
    return titles[name]


def unit_of(name: str) -> str:
    """What a figure is counted in."""
    if name.endswith("_attendance"):
        return _("person-visits")
    if name in ("lecture_screenings", "community_shows", "school_shows", "info_screenings"):
        return _("showings")
    if "titles" in name:
        return _("kinds")
    units = {"sites_receiving_discs": _("places"), "school_venues": _("schools")}
    return units.get(name, _("pieces"))


def heads() -> tuple[str, ...]:
    """The columns of records."""
    return (
        _("receipt or number"), _("date"), _("site"), _("name"), _("title or kind"), _("amount"),
        _("signed or recorded by"), _("signed on"), _("events"),
    )  # fmt: skip


def cells(record: Record) -> tuple[str | int, ...]:
    """A record under these columns."""
    return (
        record.paper, record.on, record.site, record.name, record.what, record.amount,
        record.signed_by, record.signed_on, ", ".join(map(str, record.serials)),
    )  # fmt: skip
