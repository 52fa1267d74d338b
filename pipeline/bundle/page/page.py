"""The page on a drive or data disc: one self-contained HTML file that opens from `file://`.

Written for browsers since about 2015 without network and server: old JavaScript, no request to
anything but the files beside it. Pure: the same values give the same bytes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files

from pipeline.bundle.bundle import Bundle, Offer
from pipeline.bundle.page.captions import Captioned, captioned
from pipeline.bundle.page.shelf import Told, escaped, shelf
from pipeline.bundle.page.wall import wall

NAME = "开始.html"
_SCRIPTS = ("dom", "find", "list", "play", "picker", "code", "notes", "forms", "page")
_PLACE = re.compile(r"\{\{([a-z_]+)\}\}")


def page(
    bundle: Bundle,
    *,
    feedback: bool = True,
    captions: Mapping[str, bytes] | None = None,
    phone: str = "",
) -> bytes:
    """The page of a drive. `captions` are the contents of WebVTT pieces by their paths (those too
    many to hold are told by `without_captions`); `phone` is the centre's number for people to call;
    without `feedback` there are no forms.
    """
    told = Told(
        bundle.title, bundle.centre, bundle.on, bundle.drive, bundle.site, bundle.site_name,
        bundle.edition, bundle.number, feedback, phone,
    )  # fmt: skip
    return _filled(told, bundle.offers, captioned(bundle.offers, captions or {}))


def disc_page(
    title: str,
    centre: str,
    offers: Sequence[Offer],
    on: date | None = None,
    *,
    captions: Mapping[str, bytes] | None = None,
    phone: str = "",
) -> bytes:
    """The page of a data disc: the same list, search and player, no forms and no receipt code."""
    return _filled(Told(title, centre, on, phone=phone), offers, captioned(offers, captions or {}))


def without_captions(offers: Sequence[Offer], captions: Mapping[str, bytes]) -> tuple[str, ...]:
    """Paths of caption files that the page does not show: more than it can hold, or unreadable.
    They lie beside their videos all the same.
    """
    return captioned(offers, captions).left_out


def _filled(told: Told, offers: Sequence[Offer], cues: Captioned) -> bytes:
    drive = '<script src="_delivery/code.js"></script>' if told.drive else ""
    holes = {
        "title": html.escape(" · ".join(filter(None, (told.site_name, told.title, told.centre)))),
        "style": _source("page.css"),
        "wall": wall(told, offers),
        "shelf": shelf(told, offers, cues),
        "cues": "\n".join(
            f'<script type="application/json" id="cues-{n}">{escaped(text)}</script>'
            for n, text in enumerate(cues.texts)
        ),
        "receipt": drive,
        "script": "\n".join(_source(f"{name}.js") for name in _SCRIPTS),
    }
    # In one pass, so that a title that looks like a place is not filled in.
    text = _PLACE.sub(lambda found: holes[found[1]], _source("page.html"))
    return text.encode("utf-8", "replace")


def _source(name: str) -> str:
    return (files("pipeline.bundle.page") / name).read_text("utf-8")
