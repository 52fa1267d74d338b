"""Text -> lines that fit a television's safe area, broken where a reader would pause."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.captions.timeline import Shown
from pipeline.captions.together import TOGETHER

WIDTH, HEIGHT = 384, 288  # what ASS measures in: a 4:3 picture of square pixels
ROOM = 304  # across, which leaves a tenth of the picture at either side, and the outline's width
LARGE, SMALL = 20, 18  # a Chinese letter's height; eighteen is the least that old eyes read
_MOST_LINES = 3
_TRIED = ((LARGE, 2), (SMALL, 2), (SMALL, _MOST_LINES))
_GREEDY_FROM = 4  # lines: longer text is shown in pages and needs no even lines

_CLOSING = (
    "，。、：；！？》〉」』）】〕”’％…—⸺～·々ー,.:;!?%)]}〗〞ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
_OPENING = "《〈「『（【〔“‘([{〖〝￥$"
_WORD = re.compile(
    rf"[{re.escape(_OPENING)}]*(?:[^\W\u2e80-\uffdc\U00020000-\U0003ffff](?:[\w'’.,:/&@#+-]*"
    rf"[^\W\u2e80-\uffdc\U00020000-\U0003ffff])?|[^ ])(?:[{re.escape(_CLOSING)}])*| +"
)
_CLINGING = "的了着过吗呢吧啊们地得么"  # words that end what stands before them
_PAUSES = "，。、：；！？…—⸺,.:;!?”」』）"
# What a break costs, as a share of the room: nothing after a pause, more inside a phrase.
_AFTER_PAUSE, _AT_SPACE, _INSIDE, _IN_A_WORD = 0.0, 0.05, 0.3, 0.6

Width = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of one size that stand from `begin` to `end` (milliseconds)."""

    begin: int
    end: int
    size: int
    lines: tuple[str, ...]
    top: bool = False


def settings(shown: Sequence[Shown], width: Width) -> list[Setting]:
    """Lines for all that is shown; `width` tells a text's as a multiple of the letters' size."""
    laid = functools.lru_cache(maxsize=4096)(lambda text: lay(text, width))
    return [one for stretch in shown for one in _paged(stretch, *laid(stretch.text))]


def lay(text: str, width: Width) -> tuple[int, tuple[str, ...]]:
    """The size and the lines of a text: as large as fits into two lines, else into three, else
    small in as many as it takes.

    Lines that the text has are kept where they fit, else flow together.
    """
    flowing = re.sub(r"\n(?![-–—－])", " ", text)
    for said in dict.fromkeys((text, flowing)):
        for size, most in _TRIED:
            lines = [line for one in said.split("\n") for line in wrap(one, width, ROOM / size)]
            if len(lines) <= most:
                return size, tuple(lines)
    return SMALL, tuple(lines)


def _paged(shown: Shown, size: int, lines: tuple[str, ...]) -> list[Setting]:
    """One setting, or where there are too many lines one after another, each as long as its share
    of the letters.
    """
    pages = -(-len(lines) // _MOST_LINES)
    cuts = [len(lines) * page // pages for page in range(pages + 1)]
    shares = [lines[a:b] for a, b in itertools.pairwise(cuts)]
    letters = [sum(map(len, share)) for share in shares]
    done, before = [], 0
    for share, count in zip(shares, letters, strict=True):
        begin, end = (
            shown.begin + (shown.end - shown.begin) * part // sum(letters)
            for part in (before, before + count)
        )
        done.append(Setting(begin, end, size, share, shown.top))
        before += count
    return done


def wrap(text: str, width: Width, room: float) -> list[str]:
    """One paragraph in as few lines of `room` as it takes, of even length, broken at pauses."""
    words = [part for word in _WORD.findall(text) for part in _parts(word, width, room)]
    widths = [width(word) for word in words]
    greedy = _greedy(words, widths, room)
    if len(greedy) == 1 or len(greedy) >= _GREEDY_FROM:
        return greedy
    return _even(words, widths, room, len(greedy)) or greedy


def _parts(word: str, width: Width, room: float) -> list[str]:
    """A word, in pieces only where it is longer than a line."""
    if width(word) <= room:
        return [word]
    parts, part = [], ""
    for letter in word:
        if part and width(part + letter) > room:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


def _greedy(words: list[str], widths: list[float], room: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for word, wide in zip(words, widths, strict=True):
        if line.strip() and not word.isspace() and used + wide > room:
            lines.append(line.strip())
            line, used = "", 0.0
        if line or not word.isspace():
            line, used = line + word, used + wide
    return [*lines, line.strip()]


def _even(words: list[str], widths: list[float], room: float, count: int) -> list[str]:
    """The text in `count` lines where breaks and unevenness cost least; empty where none fits."""
    target = sum(widths) / count
    best: dict[int, tuple[float, list[str]]] = {0: (0.0, [])}
    for number in range(1, count + 1):
        reached: dict[int, tuple[float, list[str]]] = {}
        for begin, (cost, lines) in best.items():
            used = 0.0
            for end in range(begin + 1, len(words) + 1):
                used += widths[end - 1]
                line = "".join(words[begin:end]).strip()
                if used - _spaces(words[begin:end], widths[begin:end]) > room:
                    break
                last = end == len(words)
                if last is not (number == count) or not line:
                    continue
                price = cost + ((used - target) / room) ** 2
                price += 0.0 if last else _break_cost(words, end)
                if end not in reached or price < reached[end][0]:
                    reached[end] = (price, [*lines, line])
        best = reached
    return best.get(len(words), (0.0, []))[1]


def _spaces(words: list[str], widths: list[float]) -> float:
    """The width of the spaces at a line's ends, which are not shown."""
    ends = {0, len(words) - 1}
    return sum(widths[n] for n in ends if words[n].isspace())


def _break_cost(words: list[str], place: int) -> float:
    before, after = words[place - 1], words[place]
    if before[-1] in _PAUSES or (
        before.isspace() and place > 1 and words[place - 2][-1] in _PAUSES
    ):
        return _AFTER_PAUSE
    if before.isspace() or after.isspace():
        return _AT_SPACE
    parted = before[-1] + after[0] in TOGETHER or after[0] in _CLINGING
    return _IN_A_WORD if parted else _INSIDE
