"""The tag files of a drive, read as a stranger's: sizes, counts and names are limited.

Pure: a function gives the bytes. What is wrong is told as Problems, never raised. A bag that reads
well is not yet ours: only the books' root says whose it is.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog.problem import Problem
from catalog.words import _
from pipeline.bundle import bag, editions, identity, layout, plain_json
from pipeline.bundle.names import alike
from pipeline.manifest import (
    MOST_FILES,
    Difference,
    Item,
    compare,
    read_sums,
)

Files = Callable[[str], bytes | None]  # the bytes of a file on the drive, None where none is

LONGEST_PAGE = 64 << 20
LONGEST_INFO = 64 << 10
_LONGEST_LINE = 8 << 10
_MOST_PROBLEMS = 100
_DIGEST = re.compile(r"\\?[0-9a-fA-F]{64} [ *]")
_OXUM = re.compile(r"([0-9]{1,18})\.([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bag:
    """What a drive's tag files say. `payload` and `tags` as their manifests name them, in order;
    `bytes` of the payload by its own word, -1 where it says none; `number` of the edition.
    """

    payload: tuple[Item, ...]
    tags: tuple[Item, ...]
    info: tuple[tuple[str, str], ...]
    bytes: int
    root: str
    number: int


def most_bytes(path: str) -> int:
    """How many bytes a tag file has at most: nobody needs to read more of it."""
    if layout.record_number(path):
        return editions.MOST_BYTES
    return {
        layout.MANIFEST: layout.LONGEST_MANIFEST,
        layout.TAG_MANIFEST: 4 << 20,
        layout.PAGE: LONGEST_PAGE,
        layout.IDENTITY: identity.MOST_BYTES,
    }.get(path, LONGEST_INFO)


def sealed_number(tags: Iterable[Item]) -> int:
    """The number of the edition that a tag manifest seals: its highest record, 0 without one."""
    return max((layout.record_number(item.name) for item in tags), default=0)


def read_bag(files: Files) -> Bag | tuple[Problem, ...]:
    """A bag from its tag files, or everything that is wrong with them, the first hundred problems.

    `files` may give more bytes than `most_bytes`, not much more. Contents are not compared here
    (`tag_differences`), nor is the payload looked at.
    """
    problems: list[Problem] = []
    declared = _read(files, layout.DECLARATION, problems)
    info = _info(_read(files, layout.INFO, problems), problems)
    payload = _sums(_read(files, layout.MANIFEST, problems), layout.MANIFEST, problems)
    sealed = _read(files, layout.TAG_MANIFEST, problems)
    tags = _sums(sealed, layout.TAG_MANIFEST, problems)
    if not problems:
        problems += _declaration(declared)
        problems += [
            _problem(layout.MANIFEST, _("{value} does not lie in data/"), item.name)
            for item in payload
            if not item.name.startswith(f"{layout.PAYLOAD}/")
        ][:_MOST_PROBLEMS]
        problems += _tags(tags)
    size = -1 if problems else _oxum(info, len(payload), problems)
    if problems:
        return tuple(problems[:_MOST_PROBLEMS])
    return Bag(payload, tags, info, size, bag.root(sealed), sealed_number(tags))


def tag_differences(found: Bag, files: Files) -> tuple[Difference, ...]:
    """Tag files that are missing, or altered since the tag manifest was written."""
    there = []
    for item in found.tags:
        data = files(item.name)
        if data is not None:
            there.append(Item(item.name, -1, hashlib.sha256(data).hexdigest()))
    return compare(found.tags, there)


def _read(files: Files, path: str, problems: list[Problem]) -> bytes:
    data = files(path)
    if data is None:
        problems.append(_problem(path, _("this file is missing")))
    elif len(data) > most_bytes(path):
        problems.append(_problem(path, _("{value} bytes are too many"), str(len(data))))
    else:
        return data
    return b""


def _declaration(data: bytes) -> list[Problem]:
    if data.replace(b"\r\n", b"\n").rstrip(b"\n") == bag.DECLARATION.rstrip(b"\n"):
        return []
    told = data[:200].decode("utf-8", "replace")
    return [_problem(layout.DECLARATION, _("this is not BagIt 1.0 in UTF-8: {value}"), told)]


def _sums(data: bytes, path: str, problems: list[Problem]) -> tuple[Item, ...]:
    """The items of one manifest. It is read line by line: split at once, the longest that may be
    would fill the memory of an old computer.
    """
    lines = data.count(b"\n")
    if lines > MOST_FILES:
        problems.append(_problem(path, _("{value} lines are too many"), str(lines)))
        return ()
    items: list[Item] = []
    seen: set[str] = set()
    for number, line in enumerate(io.BytesIO(data), 1):
        item, wrong = _sum(line.rstrip(b"\r\n"), seen)
        if item is not None:
            items.append(item)
        elif wrong:
            shown = _DIGEST.sub("", line[:200].decode("utf-8", "replace").strip())
            problems.append(_problem(path, wrong, shown, number))
        if len(problems) >= _MOST_PROBLEMS:
            break
    return tuple(items)


def _sum(line: bytes, seen: set[str]) -> tuple[Item | None, str]:
    """The item of one line, or why it is none; neither for an empty line."""
    try:
        items, bad = read_sums(line.decode("utf-8") if len(line) <= _LONGEST_LINE else "-")
    except UnicodeDecodeError:
        return None, _("{value} is no UTF-8")
    if bad:
        return None, _("{value} is no digest with a name that may be used")
    if not items:
        return None, ""
    if "%" in items[0].name:
        return None, _("{value} has a %, which BagIt and sha256sum read otherwise")
    key = alike(items[0].name)
    if key in seen:
        return None, _("{value} stands there twice, or differs only in case or normal form")
    seen.add(key)
    return items[0], ""


def _tags(tags: tuple[Item, ...]) -> list[Problem]:
    """What the tag manifest must name, and what it must not."""
    path, named = layout.TAG_MANIFEST, {item.name for item in tags}
    missing = [one for one in layout.SEALED if one not in named]
    strange = [one for one in named if one not in layout.SEALED and not layout.record_number(one)]
    problems = [_problem(path, _("{value} is not named"), one) for one in missing]
    problems += [
        _problem(path, _("{value} does not belong there"), one)
        for one in sorted(strange)[:_MOST_PROBLEMS]
    ]
    if not sealed_number(tags):
        problems.append(_problem(path, _("{value} is not named"), layout.record_path(1)))
    return problems


def _info(data: bytes, problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    """Labels and values of `bag-info.txt`; a line that begins with a space goes on."""
    found: list[tuple[str, str]] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        label, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif colon and label.strip():
            found.append((label.strip(), value.strip()))
        elif line.strip():
            problems.append(_problem(layout.INFO, _("{value} has no label"), line, number))
    return tuple(found)


def _oxum(info: tuple[tuple[str, str], ...], count: int, problems: list[Problem]) -> int:
    """Bytes of the payload as bag-info tells them; it must tell as many files as the manifest."""
    told = [value for label, value in info if label.lower() == "payload-oxum"]
    if not told:
        return -1
    match = _OXUM.fullmatch(told[0])
    if len(told) > 1 or match is None or int(match[2]) != count:
        wrong = _("{value} does not fit the {count} files of the manifest").format(
            value=plain_json.shown(" ".join(told)), count=count
        )
        problems.append(Problem(layout.INFO, 0, "Payload-Oxum", wrong, plain_json.mend()))
        return -1
    return int(match[1])


def _problem(path: str, wrong: str, value: str = "", line: int = 0) -> Problem:
    told = wrong.format(value=plain_json.shown(value))
    return Problem(path, line, "", told, plain_json.mend())
