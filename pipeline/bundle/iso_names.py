"""Chinese paths as the three name spaces of a data disc have them; pure, no disc is touched here.

Windows shows the Joliet names, Linux those of Rock Ridge: these two are always the same, because
links of a page and SHA256SUMS can hold only one. They are the path itself wherever Joliet can hold
it. The bare ISO 9660 names are for very old players.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.manifest import name_fault, same

DEEPEST: Final = 8  # parts of a path; ISO 9660 counts the root as one more level of folders
JOLIET_UNITS: Final = 64
"""Chinese characters of one Joliet name at most."""
_PATH_UNITS: Final = 240  # of a whole path; with a drive letter, old Windows opens no longer one
_LAST: Final = "\uffff"  # Joliet has no letters beyond
_MISSING: Final = "〓"  # as printers set it for a character that they have not
_PLAIN: Final = 21  # characters of a bare ISO name before its ending; with it at most 30
_ENDING: Final = 8
_FORBIDDEN: Final = str.maketrans('*/:;?\\<>"|', "＊／：；？＼＜＞＂｜")
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_TO_PLAIN: Final = str.maketrans(" -.", "___")
_PLAIN_CHARS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


@dataclass(frozen=True, slots=True)
class IsoName:
    """One path in each name space, parted by `/`; `iso` without its version `;1`. `shortened`:
    people see another name than the path: cut, or told apart from a like one.
    """

    path: str
    iso: str
    joliet: str
    rock_ridge: str
    shortened: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Things of one folder that keep a common stem: a programme, its poster, its subtitles."""

    stem: str
    turn: int  # counts things that would have one name: the second is told apart by a number
    endings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Folder:
    groups: dict[tuple[str, int], _Group] = field(default_factory=dict)
    things: dict[tuple[str, bool], tuple[_Group, str]] = field(default_factory=dict)
    folders: dict[str, _Folder] = field(default_factory=dict)


def named(paths: Sequence[str]) -> tuple[IsoName, ...]:
    """The names of files on a disc, in the order of `paths`; the same paths give the same names.

    What is too long is cut between characters, before the ending; what then, or by case or normal
    form alone, would have another's name gets ` (2)` before its ending, in the order of `paths`.
    Files that share a folder and a stem (a film and its poster) go on sharing it. Raises
    ValueError for a path that is no relative path, is deeper than `DEEPEST` or stands twice.
    """
    root = _tree(paths)
    deepest = max((path.count("/") + 1 for path in paths), default=1)
    longest = min(JOLIET_UNITS, (_PATH_UNITS - deepest + 1) // deepest)
    plain = dict(_walked(root, "", _numbered))
    shown = dict(_walked(root, "", lambda groups: _cut(groups, longest)))
    return tuple(
        IsoName(path, plain[path], shown[path], shown[path], shown[path] != same(path))
        for path in paths
    )


def _tree(paths: Sequence[str]) -> _Folder:
    root = _Folder()
    seen = set()
    for path in paths:
        parts = path.split("/")
        fault = name_fault(path)
        if fault or len(parts) > DEEPEST or path in seen:
            raise ValueError(f"not a path of a data disc: {path!r} {fault}".rstrip())
        seen.add(path)
        folder = root
        for part in parts[:-1]:
            _put(folder, part, True)
            folder = folder.folders.setdefault(part, _Folder())
        _put(folder, parts[-1], False)
    return root


def _put(folder: _Folder, name: str, is_folder: bool) -> None:
    if (name, is_folder) in folder.things:
        return
    stem, ending = (_clean(name), "") if is_folder else _parted(_clean(name))
    turn = 0
    while True:
        group = folder.groups.setdefault((stem, turn), _Group(stem, turn))
        if ending.casefold() not in map(str.casefold, group.endings):
            break
        turn += 1
    group.endings.append(ending)
    folder.things[name, is_folder] = group, ending


def _clean(name: str) -> str:
    """The name with the letters that no system refuses; never empty."""
    text = same(name)
    if not text.isprintable():
        text = "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)
    if max(text, default="") > _LAST:
        text = "".join(c if c <= _LAST else _MISSING for c in text)
    return text.translate(_FORBIDDEN).strip().rstrip(". ") or "_"


def _parted(name: str) -> tuple[str, str]:
    """A file's name before its ending, and the ending with its dot ("" where it has none)."""
    stem, dot, ending = name.rpartition(".")
    if stem and ending.isascii() and ending.isalnum() and len(ending) <= _ENDING:
        return stem, dot + ending
    return name, ""


def _walked(
    folder: _Folder,
    prefix: str,
    stems: Callable[[Sequence[_Group]], Sequence[str]],
    above: str = "",
) -> Iterator[tuple[str, str]]:
    """The path of each file, and what becomes of it when groups get these stems."""
    groups = list(folder.groups.values())
    chosen: Mapping[tuple[str, int], str] = {
        (group.stem, group.turn): stem for group, stem in zip(groups, stems(groups), strict=True)
    }
    plain = stems is _numbered
    for (name, is_folder), (group, ending) in folder.things.items():
        new = chosen[group.stem, group.turn] + (ending.upper() if plain else ending)
        if is_folder:
            inner = folder.folders[name]
            yield from _walked(inner, f"{prefix}{name}/", stems, f"{above}{new}/")
        else:
            yield prefix + name, above + new


def _cut(groups: Sequence[_Group], longest: int) -> list[str]:
    """A stem for each group: the longest beginning that fits with its endings, no other's."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    chosen = []
    for group in groups:
        room = longest - max(map(len, group.endings))
        stem = _beginning(group.stem, room)
        first, number = stem.casefold(), counts.get(stem.casefold(), 2)
        while not taken.isdisjoint(_names(stem, group)):
            told = f" ({number})"
            stem = _beginning(group.stem, room - len(told)) + told
            number += 1
        counts[first] = number
        taken.update(_names(stem, group))
        chosen.append(stem)
    return chosen


def _names(stem: str, group: _Group) -> set[str]:
    """What nobody else of the folder may be called, in any case: a folder may be called `a.mp4`."""
    return {(stem + ending).casefold() for ending in ("", *group.endings)}


def _beginning(stem: str, room: int) -> str:
    """As much of a stem as has room, cut where a letter with its marks ends."""
    if len(stem) <= room:
        return stem
    end = room
    while end > 1 and unicodedata.category(stem[end]).startswith("M"):
        end -= 1
    return stem[:end].rstrip(". ") or "_"


def _numbered(groups: Sequence[_Group]) -> list[str]:
    """Bare ISO stems: plain letters stay; Chinese titles are counted, in the order of the disc."""
    plain = [_plain(group) for group in groups]
    taken: set[str] = set()
    for place, name in enumerate(plain):
        if name in taken:
            plain[place] = ""
        taken.add(name)
    width = max(3, len(str(len(groups))))
    number = 0
    for place in range(len(plain)):
        while not plain[place]:
            number += 1
            new = f"{number:0{width}d}"
            plain[place] = "" if new in taken else new
    return plain


def _plain(group: _Group) -> str:
    text = group.stem.upper().translate(_TO_PLAIN)
    usable = group.stem.isascii() and len(text) <= _PLAIN and _PLAIN_CHARS.issuperset(text)
    return text if usable else ""
