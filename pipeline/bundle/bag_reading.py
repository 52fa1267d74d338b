"""The tag files of a drive, read as a stranger's: sizes, counts and names are limited.

Pure: a function gives the bytes. What is wrong is told as Problems, never raised. A bag that reads
well is not yet ours: only the books' root says whose it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog.problem import Problem
from catalog.words import _
from pipeline.bundle import bag, editions, identity, layout, plain_json
from pipeline.manifest import (
    MOST_FILES,
    Difference,
    Item,
    collisions,
    compare,
    read_sums,
)

Files = Callable[[str], bytes | None]  # the bytes of a file on the drive, None where none is

LONGEST_MANIFEST = 64 << 20
LONGEST_PAGE = 64 << 20
LONGEST_INFO = 64 << 10
_MOST_TAGS = layout.MOST_EDITIONS + len(layout.SEALED)
_MOST_PROBLEMS = 100
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
        layout.MANIFEST: LONGEST_MANIFEST,
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
    size = _oxum(info, len(payload), problems)
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
    """The items of one manifest."""
    if data.count(b"\n") > MOST_FILES:
        told = str(data.count(b"\n"))
        problems.append(_problem(path, _("{value} lines are too many"), told))
        return ()
    try:
        lines = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(_problem(path, _("this is no UTF-8"), line=line))
        return ()
    items, bad = read_sums(lines)
    if bad:
        split = lines.split("\n")
        for number in bad[:_MOST_PROBLEMS]:
            wrong = _("{value} is no digest with a name that may be used")
            problems.append(_problem(path, wrong, split[number - 1][:2000], number))
    problems += _doubtful(items, path)[:_MOST_PROBLEMS]
    return items


def _doubtful(items: tuple[Item, ...], path: str) -> list[Problem]:
    """Names that stand twice, that some media hold as one, or that two programs read as two."""
    wrong = _("{value} stands there twice, or differs only in case or normal form")
    problems = [
        _problem(path, wrong, " = ".join(group))
        for group in collisions([one.name for one in items])
    ]
    wrong = _("{value} has a % or a \\, which BagIt and sha256sum read otherwise")
    problems += [_problem(path, wrong, one.name) for one in items if "%" in one.name]
    return problems


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
