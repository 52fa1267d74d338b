"""What the page's script knows, as one JSON text: the drive, the subjects, the programmes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.needs.words import SCREENINGS
from pipeline.bundle.bundle import Offer
from pipeline.bundle.page.captions import Captioned
from pipeline.bundle.page.phone_code import areas
from pipeline.bundle.page.pinyin import readings

# What could end a script element, begin a comment, or end a line in old JavaScript.
_UNSAFE = re.compile("[<>&\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says of the medium it lies on; without a `drive` it is a disc's, which holds
    no day: the same disc made again has the same bytes.
    """

    title: str
    centre: str
    on: date | None = None
    drive: str = ""
    site: str = ""
    site_name: str = ""
    edition: str = ""
    number: int = 0
    feedback: bool = False
    phone: str = ""


def escaped(text: str) -> str:
    """JSON that may stand inside a script element, whatever its strings hold."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def minutes(seconds: float) -> int:
    """Whole minutes as people say them, at least one."""
    return max(1, round(seconds / 60))


def shelf(told: Told, offers: Sequence[Offer], cues: Captioned) -> str:
    """The JSON of everything, safe inside a script element. Programmes are numbered from 1 in the
    order of the offers: people say these numbers by phone.
    """
    known = {
        "title": told.title, "centre": told.centre,
        "on": told.on.isoformat() if told.on else "", "drive": told.drive,
        "site": told.site, "siteName": told.site_name, "edition": told.edition,
        "number": told.number, "feedback": told.feedback, "phone": told.phone,
        "areas": areas(), "kinds": [(code, names[0]) for code, names in SCREENINGS.items()],
        "offers": [told_of(n, one, cues) for n, one in enumerate(offers, 1)],
    }  # fmt: skip
    return escaped(json.dumps(known, ensure_ascii=False, separators=(",", ":"), sort_keys=True))


def told_of(number: int, offer: Offer, cues: Captioned) -> dict[str, Any]:
    """What the script knows of one programme."""
    return {
        "n": number,
        "id": offer.programme,
        "title": offer.title,
        "subject": offer.subject,
        "minutes": minutes(offer.seconds),
        "about": offer.description,
        "creator": offer.creator,
        "dialect": offer.dialect,
        "audience": offer.audience,
        "months": offer.months,
        "new": offer.new,
        "asked": offer.asked,
        "words": _words(offer),
        "typed": [readings(one) for one in (offer.title, *offer.keywords, offer.creator) if one],
        "episodes": [
            {
                "name": one.name,
                "minutes": minutes(one.seconds),
                "video": one.video,
                "poster": one.poster,
                "cues": cues.places.get(one.captions, -1),
            }
            for one in offer.episodes
        ],
    }


def _words(offer: Offer) -> str:
    """All that the search looks through, as it looks: small letters, one form of each sign."""
    said = (
        *offer.keywords, offer.creator, offer.subject, offer.dialect, *offer.audience,
        offer.description, *(one.name for one in offer.episodes),
    )  # fmt: skip
    return unicodedata.normalize("NFKC", " ".join(filter(None, said))).lower()
