"""What the figures of a report are called, and what they are counted in."""

from __future__ import annotations

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
        return _("screenings")
    if "titles" in name:
        return _("kinds")
    units = {"sites_receiving_discs": _("sites"), "school_venues": _("schools")}
    return units.get(name, _("copies"))
