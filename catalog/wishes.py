"""How a programme shall be shown where a person decides it; empty means: by what is found in it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Wishes:
    """One person's word on a programme, in the sheet or the recipe (where the recipe wins).

    `fields` how it is woven; `shape` whole with borders, or filling a 4:3 picture with its sides
    cut; `borders` black ones of its own; `pace` of 24 pictures a second: played faster with its
    pitch kept, blended, or plainly repeated and dropped; `sound` which track, from 1, 0 the first
    that is heard; `side` of a sound with two voices; `subtitles`: `none`, a track's number from 1,
    or the name of a file beside it; `damage`: `accept` takes it however damaged it is.
    """

    fields: Literal["", "progressive", "top", "bottom", "film"] = ""
    shape: Literal["", "letterbox", "centre-cut"] = ""
    borders: Literal["", "keep", "crop"] = ""
    pace: Literal["", "speed-up", "blend", "plain"] = ""
    denoise: Literal["", "none", "gentle", "strong"] = ""
    loudness: Literal["", "keep", "level"] = ""
    sound: int = 0
    side: Literal["", "left", "right", "both"] = ""
    subtitles: str = ""
    damage: Literal["", "accept"] = ""


NONE = Wishes()


def over(upper: Wishes, lower: Wishes) -> Wishes:
    """`lower` with all that `upper` says put over it."""
    said = {f.name: value for f in fields(upper) if (value := getattr(upper, f.name))}
    return replace(lower, **said)
