"""How pictures are woven of fields, told by what they show: marks and headers lie.

Two pictures that follow each other hold four fields. Woven together, two fields of one instant
give a smooth picture and two of different instants a comb. Which pairs comb, where something
moves, tells how the pictures were made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from catalog.analysis import FieldOrder
from pipeline.analysis.look import Gray

# What two pictures show: `P` the first is of one instant; `T` its top field came first, `B` its
# bottom field; `t` and `b` the same, and its second field is of one instant with the next picture's
# first: pictures that were put together of fields of two. `-`: nothing moves, or nothing is clear.
Kind = Literal["P", "T", "B", "t", "b", "-"]

_COLUMNS = 480  # looked at
_CLEARLY = 1.3  # times as much comb
_MOVES = 10.0  # of 255, at the least
_MOVING = 0.002  # of the picture must move, to count
_FILM = "PTttP", "PBbbP"
_DECIDED = 10  # pictures of a stretch, before it tells a cadence
_WOVEN = 0.25  # of the pictures, before a programme is called woven

Signed = npt.NDArray[np.int16]


def thinned(luma: Gray) -> Gray:
    """Every line, and as many columns as are needed; a copy that outlives the picture."""
    step = max(1, luma.shape[1] // _COLUMNS)
    return np.ascontiguousarray(luma[: luma.shape[0] // 2 * 2, ::step])


def kind(now: Gray, after: Gray) -> Kind:
    """What a picture and the next show of how the first is woven."""
    if now.shape != after.shape or now.shape[0] < 8:
        return "-"
    top, bottom = _fields(now)
    top_after, bottom_after = _fields(after)
    change = np.maximum(np.abs(top_after - top), np.abs(bottom_after - bottom))[:-1]
    # Noise moves everywhere and a little: what moves must stand out of it.
    moving = change > min(max(_MOVES, 4.0 * float(np.median(change))), 40.0)
    if int(moving.sum()) < max(100, _MOVING * moving.size):
        return "-"
    itself = _comb(top, bottom, moving)
    with_next_top = _comb(top_after, bottom, moving)
    with_next_bottom = _comb(top, bottom_after, moving)
    return _told(itself, with_next_top, with_next_bottom)


def _fields(picture: Gray) -> tuple[Signed, Signed]:
    return picture[0::2].astype(np.int16), picture[1::2].astype(np.int16)


def _comb(top: Signed, bottom: Signed, moving: npt.NDArray[np.bool_]) -> float:
    """How far a bottom line lies from between its two top lines, where something moves."""
    return float(np.abs(top[:-1] + top[1:] - 2 * bottom[:-1])[moving].mean()) + 1.0


def _told(itself: float, next_top: float, next_bottom: float) -> Kind:
    if itself * _CLEARLY < min(next_top, next_bottom):
        return "P"
    if next_top * _CLEARLY < next_bottom:
        return "t" if itself > _CLEARLY * next_top else "T"
    if next_bottom * _CLEARLY < next_top:
        return "b" if itself > _CLEARLY * next_bottom else "B"
    return "-"


def is_film(kinds: Sequence[Kind]) -> bool:
    """Whether pictures that follow each other have the cadence of a 3:2 pulldown."""
    decided = sum(one != "-" for one in kinds)
    if decided < _DECIDED:
        return False
    best = max(_matches(kinds, film, phase) for film in _FILM for phase in range(5))
    mixed = sum(one in "tb" for one in kinds)
    return best >= 0.8 * decided and mixed >= max(2, 0.15 * decided)


def _matches(kinds: Sequence[Kind], film: str, phase: int) -> int:
    return sum(one == film[(i + phase) % 5] for i, one in enumerate(kinds))


def order(stretches: Sequence[Sequence[Kind]]) -> FieldOrder:
    """How a programme is woven, by the votes of all stretches that were looked at."""
    told = [s for s in stretches if any(one != "-" for one in s)]
    film = sum(map(is_film, told))
    long = sum(sum(one != "-" for one in s) >= _DECIDED for s in told)
    if film and film * 2 >= long:
        return "film"
    votes = Counter(one for s in told for one in s)
    top, bottom = votes["T"] + votes["t"], votes["B"] + votes["b"]
    woven = top + bottom
    if (
        woven < 3
        or woven < _WOVEN * (woven + votes["P"])
        or max(top, bottom) < 2 * min(top, bottom)
    ):
        return "progressive"  # pictures that agree on no order are torn in some other way
    return "top" if top >= bottom else "bottom"
