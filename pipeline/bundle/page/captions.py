"""Caption files -> the cues that the page itself carries, as JSON texts.

A `<track>` of another file fails on `file://`, so the page adds its cues by script.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.problem import Refusal
from pipeline.bundle.bundle import Offer
from pipeline.captions.read import read

MOST_BYTES = 8 << 20  # of all cues in one page: some ninety films, and old computers still open it


@dataclass(frozen=True, slots=True)
class Captioned:
    """`texts[places[path]]` is the JSON of a caption file: a list of [begin, end, text], times in
    milliseconds. `left_out` are paths whose cues the page does not carry.
    """

    texts: tuple[str, ...]
    left_out: tuple[str, ...]
    places: Mapping[str, int] = field(default_factory=dict)


def captioned(offers: Sequence[Offer], captions: Mapping[str, bytes]) -> Captioned:
    """The cues of as many caption files as fit, of what is asked for and new before the rest."""
    texts: list[str] = []
    left_out: list[str] = []
    places: dict[str, int] = {}
    room = MOST_BYTES
    for path in dict.fromkeys(_paths(offers)):
        data = captions.get(path, b"")
        # Cues are hardly shorter than half their file: what cannot fit is not read for nothing.
        text = _cues(data, path) if data and len(data) <= 2 * room else ""
        size = len(text.encode("utf-8", "replace"))
        if path in captions and (not text or size > room):
            left_out.append(path)
        elif text:
            places[path] = len(texts)
            texts.append(text)
            room -= size
    return Captioned(tuple(texts), tuple(left_out), places)


def _paths(offers: Sequence[Offer]) -> Iterator[str]:
    for offer in sorted(offers, key=lambda one: not (one.asked or one.new)):
        yield from (episode.captions for episode in offer.episodes if episode.captions)


@functools.lru_cache(maxsize=256)  # many drives in one refresh carry the same films
def _cues(data: bytes, path: str) -> str:
    """The JSON of a caption file, "" where it cannot be read: a film is watched without, too."""
    try:
        found = read(data, path)
    except Refusal:
        return ""
    # Old system fonts lack the two-em dash that burnt-in captions are set with.
    cues = [[one.begin, one.end, one.text.replace("⸺", "——")] for one in found]
    return json.dumps(cues, ensure_ascii=False, separators=(",", ":"))
