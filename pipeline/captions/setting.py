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

_CLAUSE = re.compile(rf"[^{re.escape(_PAUSES)}]*[{re.escape(_PAUSES)}]+ *|[^{re.escape(_PAUSES)}]+")
_FILLED = 0.93  # of the room, as lines seldom break just where they are full
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

Width = Callable[[str], float]
Page = tuple[int, tuple[str, ...]]  # the letters' size, and the lines


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
    laid = functools.lru_cache(maxsize=4096)(lambda text: pages(text, width))
    return [one for stretch in shown for one in _timed(stretch, laid(stretch.text))]


def _timed(shown: Shown, laid: Sequence[Page]) -> list[Setting]:
    """Pages one after another, each as long as its share of the letters."""
    letters = [sum(map(len, lines)) for _size, lines in laid]
    ends = [
        shown.begin + (shown.end - shown.begin) * read // sum(letters)
        for read in itertools.accumulate(letters, initial=0)
    ]
    return [
        Setting(begin, end, size, lines, shown.top)
        for (size, lines), (begin, end) in zip(laid, itertools.pairwise(ends), strict=True)
        if begin < end
    ]


def pages(text: str, width: Width) -> list[Page]:
    """A text as one page of at most three lines, or where it is too long as several, parted at
    pauses. What another language says below the Chinese gives way where both do not fit.
    """
    size, lines = lay(text, width)
    if len(lines) > _MOST_LINES and (chinese := _chinese_of(text)):
        text = chinese
        size, lines = lay(text, width)
    if len(lines) <= _MOST_LINES:
        return [(size, lines)]
    laid = (lay(part, width) for part in _readable(text, width))
    return [(size, some) for size, lines in laid for some in _by_three(lines)]


def _chinese_of(text: str) -> str:
    """The Chinese lines of a text in two languages; empty where it is in one."""
    lines = text.split("\n")
    kept = [line for line in lines if _HAN.search(line)]
    return "\n".join(kept) if len(kept) < len(lines) else ""


def _readable(text: str, width: Width) -> list[str]:
    """A long text in parts of about two lines each, parted after marks where there are any."""
    parts, room = [""], 2 * ROOM / SMALL * _FILLED
    for clause in _CLAUSE.findall(text.replace("\n", " ")):
        if parts[-1] and width(parts[-1] + clause) > room:
            parts.append("")
        parts[-1] += clause
    return parts


def _by_three(lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    count = -(-len(lines) // _MOST_LINES)
    cuts = [len(lines) * part // count for part in range(count + 1)]
    return [lines[begin:end] for begin, end in itertools.pairwise(cuts)]


def lay(text: str, width: Width) -> tuple[int, tuple[str, ...]]:
    """The size and the lines of a text: as large as fits into two lines, else into three, else
    small in as many as it takes.

    Lines that the text has are kept where they fit, else flow together (unless they are of two
    speakers or two languages).
    """
    flowing = text if _chinese_of(text) else re.sub(r"\n(?![-–—－⸺])", " ", text)
    hopeless = width(text.replace("\n", "")) > _MOST_LINES * ROOM / SMALL
    for said in dict.fromkeys((text, flowing)):
        for size, most in () if hopeless else _TRIED:
            lines = [line for one in said.split("\n") for line in wrap(one, width, ROOM / size)]
            if len(lines) <= most:
                return size, tuple(lines)
    return SMALL, tuple(line for one in text.split("\n") for line in wrap(one, width, ROOM / SMALL))


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
