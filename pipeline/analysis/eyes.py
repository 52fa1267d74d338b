"""All that is looked at in a moving picture while it is decoded, once, from end to end."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from catalog.analysis import Box, DynamicRange, Matrix
from pipeline.analysis.borders import Borders, upright
from pipeline.analysis.colours import colours
from pipeline.analysis.cuts import Candidate, Cuts
from pipeline.analysis.look import Gray, Look
from pipeline.analysis.noise import Noise
from pipeline.analysis.pace import Pace, pace
from pipeline.analysis.still import Still
from pipeline.analysis.weave import Weave

_BORDERS_EACH = 0.5  # seconds
_NOISE_LOOKS = 200
_SLOWEST_WOVEN = 20  # pictures a second: fields come twice as fast, as television has them
_MAX_PICTURES = 10_000_000  # more than a day at 100 a second

Prove = Callable[[list[Candidate], int], list[float]]


class Eyes:
    """`take` each picture in order; `seen` at the end. `seconds` is how long the programme is
    thought to be, 0 where nobody knows: looks are spread over it.
    """

    def __init__(self, stream: Any, seconds: float = 0.0) -> None:
        self.index = int(stream.index)
        self._said = Fraction(stream.average_rate or stream.guessed_rate or 0)
        self._tick = float(stream.time_base or 0)
        self._times = array("d")
        self._colours: Counter[tuple[Matrix, bool, DynamicRange]] = Counter()
        self._shape, self._rotation = (0, 0), 0
        self._weave, self._still, self._noise = Weave(seconds), Still(), Noise()
        self._borders, self._cuts = Borders(), Cuts(seconds)
        self._next_borders = self._next_noise = 0.0
        self._noise_each = max(0.5, seconds / _NOISE_LOOKS)
        self._quiet: list[Gray] = []

    @property
    def pictures(self) -> int:
        return len(self._times)

    @property
    def last(self) -> float:
        """When the last picture came."""
        return self._times[-1] if self._times else 0.0

    @property
    def interval(self) -> float:
        """Seconds from a picture to the next, as the container claims or as usual."""
        return 1.0 / float(self._said) if 1 <= self._said <= 1000 else 0.04

    def take(self, frame: Any, time: float | None) -> None:
        """Look at a decoded picture, shown at `time` (None: the container does not say)."""
        if self.pictures >= _MAX_PICTURES:
            return
        time = self.last + self.interval * bool(self._times) if time is None else time
        if self._times and time < self.last:
            return  # shown out of order: a player passes over it as well
        look = Look(frame)
        if not self._times:
            self._shape, self._rotation = (look.width, look.height), int(frame.rotation or 0)
        self._times.append(time)
        self._still.take(time, look.thumb)
        self._cuts.take(time, look.thumb, look.digest, bool(frame.key_frame))
        self._weave.take(time, look)
        self._now_and_then(time, look)

    def _now_and_then(self, time: float, look: Look) -> None:
        if time >= self._next_borders:
            self._next_borders = time + _BORDERS_EACH
            said = colours(look.frame)
            self._colours[said] += 1
            self._borders.take(look.luma, said[1])
        if time >= self._next_noise or self._quiet:
            self._quiet.append(look.small())
        if len(self._quiet) == 3:
            self._noise.take(*self._quiet)
            self._quiet, self._next_noise = [], time + self._noise_each

    def pace(self) -> Pace:
        """How the pictures come, and where some are missing."""
        return pace(self._times, self._said, self._tick)

    def seen(self, seconds: float, found: Pace, prove: Prove) -> dict[str, Any] | None:
        """The fields of PictureAnalysis, JSON-able; None where no picture could be decoded.
        `prove` tries candidates for cuts, with how many pictures it may decode for them.
        """
        if not self._times:
            return None
        self._still.end(max(seconds, self.last))
        order, marked = self._weave.told(slow=0 < found.rate < _SLOWEST_WOVEN)
        matrix, full, light = self._colours.most_common(1)[0][0]
        box = self._borders.box()
        cuts = self._cuts.candidates() if order != "film" else []
        return {
            "index": self.index,
            "pictures": self.pictures,
            "rate": f"{found.rate.numerator}/{found.rate.denominator}",
            "steady": found.steady,
            "order": order,
            "marked": marked,
            "active": _plain(box and upright(box, *self._shape, self._rotation)),
            "dynamic_range": light,
            "matrix": matrix,
            "full_range": full,
            "noise": self._noise.noise(),
            "frozen": self._still.spans,
            "still": round(min(1.0, self._still.stood / max(seconds, self.last, 0.001)), 3),
            "cuts": prove(cuts, self.pictures),
        }


def _plain(box: Box | None) -> dict[str, int] | None:
    if box is None:
        return None
    return {"left": box.left, "top": box.top, "width": box.width, "height": box.height}
