"""How many bytes a page needs for a programme, before its files have their last names. Pure."""

from __future__ import annotations

import json

from pipeline.bundle.bundle import Offer
from pipeline.bundle.page.captions import Captioned
from pipeline.bundle.page.shelf import escaped, told_of
from pipeline.bundle.page.wall import row

PAGE_BYTES = 320 << 10
"""The most of a page without programmes: its script, its look, titles and subjects."""
_MOST = 99_999  # programmes are numbered
# A path stands in the list and in what the script knows; a number may still come into it.
_OF_A_PATH = 64
_NO_CUES = Captioned((), ())


def offer_bytes(offer: Offer) -> int:
    """The most bytes that a page has of this programme, its subtitles apart."""
    known = json.dumps(
        told_of(_MOST, offer, _NO_CUES), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    text = escaped(known) + row(_MOST, offer, True)
    return len(text.encode("utf-8", "replace")) + _OF_A_PATH * (1 + len(offer.episodes))


def captions_told(size: int) -> int:
    """The most bytes that a page has of the cues of a caption file of so many bytes."""
    return 2 * size + _OF_A_PATH
