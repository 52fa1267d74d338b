"""Cues that overlap in any way -> stretches of time, each with all the text that stands in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.captions.cue import Cue

_SLOPPY = 500  # milliseconds that a cue may reach into the next one by mistake
_AT_ONCE = 3  # cues that are shown together; of more, those that came last
_SEEN = 40  # milliseconds that one picture stands


@dataclass(frozen=True, slots=True)
class Shown:
    """Text that stands from `begin` to `end` (milliseconds of the programme), with nothing else
    at that side of the picture in that time.
    """

    begin: int
    end: int
    text: str
    top: bool = False


def timeline(cues: Iterable[Cue], speed: Fraction) -> tuple[Shown, ...]:
    """What stands when in a programme that plays `speed` times as fast, in order of time."""
    known = sorted({replace(one, line=0): one for one in cues}.values(), key=_order)
    paced = [_paced(one, speed) for one in known]
    sides = (_side([one for one in paced if one.top is top], top) for top in (False, True))
    return tuple(sorted((one for side in sides for one in side), key=lambda one: one.begin))


def _order(one: Cue) -> tuple[int, int]:
    return one.begin, one.line


def _paced(one: Cue, speed: Fraction) -> Cue:
    begin = round(one.begin / speed)
    return replace(one, begin=begin, end=max(begin + _SEEN, round(one.end / speed)))


def _parted(cues: list[Cue]) -> list[Cue]:
    """The cues, without the small overlaps that hurried hands leave between two."""
    done = []
    for one, following in zip(cues, [*cues[1:], None], strict=False):
        over = one.end - following.begin if following else 0
        sloppy = 0 < over <= min(_SLOPPY, (one.end - one.begin) // 3)
        done.append(replace(one, end=one.end - over) if sloppy else one)
    return done


def _moments(cues: list[Cue]) -> list[int]:
    """When anything changes; of changes within one picture only the first."""
    done: list[int] = []
    for time in sorted({time for one in cues for time in (one.begin, one.end)}):
        if not done or time - done[-1] >= _SEEN:
            done.append(time)
    return done


def _side(cues: list[Cue], top: bool) -> list[Shown]:
    """What stands at one side of the picture, each change of it a stretch of its own."""
    parted = _parted(cues)
    moments = _moments(parted)
    coming, standing = iter([*parted, None]), list[Cue]()
    following = next(coming)
    done: list[Shown] = []
    for begin, end in itertools.pairwise(moments):
        # What begins or ends within the picture that starts here does so at its start.
        while following and following.begin < begin + _SEEN:
            standing.append(following)
            following = next(coming)
        standing = [one for one in standing if one.end >= begin + _SEEN][-_AT_ONCE:]
        text = "\n".join(dict.fromkeys(one.text for one in standing))
        if done and done[-1].end == begin and done[-1].text == text:
            done[-1] = replace(done[-1], end=end)
        elif text:
            done.append(Shown(begin, end, text, top))
    return done
