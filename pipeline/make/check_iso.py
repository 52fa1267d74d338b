"""Read a finished data disc back from its medium: every file against the check sums on the disc.

Whatever is wrong becomes a finding; only a path that is no file and a medium that cannot be read
stop the check (`Failure`). Directories are understood by `bundle/iso_tree.py`, not by the library
that wrote them.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from catalog.words import _
from pipeline.bundle.iso_size import SECTOR, SUMS
from pipeline.bundle.iso_tree import Extent, Tree, read_tree
from pipeline.make.check_reading import Progress, forget_cached, opened
from pipeline.make.read_extents import Digests, read_extents
from pipeline.manifest import Difference, Item, compare, read_sums, same
from pipeline.videocd.bounds import RAW
from pipeline.videocd.check.report import Finding, Report, Severity, in_file, worst_first

MOST_TEXT = 32 << 20  # bytes of SHA256SUMS
_MOST_TOLD = 20
_EMPTY = hashlib.sha256().hexdigest()


def check_iso(path: Path, progress: Progress) -> Report:
    """Read a data disc's image and hold every file against SHA256SUMS on it, and the three name
    spaces against each other. `progress` is told like that of `check_image`.

    A `Failure` is raised only where the path is no readable file.
    """
    begin = time.monotonic()
    with opened(path) as (descriptor, size):
        past_cache = forget_cached(descriptor)
        tree = read_tree(partial(_read, descriptor))
        found = [*_faults(tree), *_lengths(tree, size), *_agree(tree)]
        extents, over = _in_order(tree, size)
        found += over
        sums, wrong = _sums(descriptor, tree, size)
        found += wrong
        told = lambda done: progress(done // RAW)  # noqa: E731
        digests = read_extents(path, descriptor, extents, told)
    if sums is not None:
        found += _compared(tree, sums, digests)
    return Report(
        name=path.name,
        findings=worst_first(in_file(path.name, found)),
        bytes=digests.bytes,
        sha256=digests.whole,
        sectors=digests.bytes // SECTOR,
        seconds=time.monotonic() - begin,
        volume_id=tree.volume,
        past_cache=past_cache,
    )


def _read(descriptor: int, at: int, length: int) -> bytes:
    """Bytes of the directories; what cannot be read there is missing, and told when it is read."""
    try:
        return os.pread(descriptor, length, at)
    except OSError:
        return b""


def _faults(tree: Tree) -> list[Finding]:
    found = [Finding("error", "iso.tree", fault) for fault in tree.faults]
    if tree.iso is not None and tree.joliet is None:
        wrong = _("the disc has no Joliet names: Windows shows no Chinese titles")
        found.append(Finding("error", "iso.joliet", wrong))
    if tree.iso is not None and tree.rock_ridge is None:
        wrong = _("the disc has no Rock Ridge names: Linux shows other titles")
        found.append(Finding("error", "iso.rock_ridge", wrong))
    return found


def _lengths(tree: Tree, size: int) -> list[Finding]:
    wanted = tree.sectors * SECTOR
    if tree.iso is None or wanted == size:
        return []
    wrong = _("the image is not as long as it says of itself")
    severity: Severity = "error" if wanted > size else "warning"
    return [Finding(severity, "iso.length", wrong, expected=str(wanted), found=str(size))]


def _files(tree: Tree) -> Mapping[str, Extent]:
    """The files under the names that SHA256SUMS has."""
    return tree.rock_ridge or tree.joliet or tree.iso or {}


def _in_order(tree: Tree, size: int) -> tuple[list[Extent], list[Finding]]:
    """Extents in the order of the disc, none beyond its end and none over another."""
    spaces = (tree.iso, tree.joliet, tree.rock_ridge)
    names = {extent: path for space in spaces for path, extent in (space or {}).items()}
    found, kept, end = [], [], 0
    for extent in sorted(names, key=lambda one: (one.sector, one.bytes)):
        last = extent.sector * SECTOR + extent.bytes
        wrong = ""
        if extent.bytes and extent.sector * SECTOR < end:
            wrong = _("the file lies over another")
        elif last > size:
            wrong = _("the file lies beyond the end of the image")
        elif extent.bytes:
            kept.append(extent)
            end = last
        if wrong:
            found.append(Finding("error", "iso.place", wrong, file=names[extent]))
    return kept, found[:_MOST_TOLD]


def _agree(tree: Tree) -> list[Finding]:
    """Whether Windows and Linux see the same files under the same names."""
    if tree.joliet is None or tree.rock_ridge is None:
        return []
    wrong = _("Windows and Linux see other bytes under this name")
    other = _("only one of Windows and Linux sees this name")
    found = [
        Finding("error", "iso.names", wrong, file=path)
        for path, extent in tree.joliet.items()
        if path in tree.rock_ridge and not _same_bytes(extent, tree.rock_ridge[path])
    ]
    alone = sorted(tree.joliet.keys() ^ tree.rock_ridge.keys())
    found += [Finding("error", "iso.names", other, file=path) for path in alone]
    return found[:_MOST_TOLD]


def _same_bytes(one: Extent, other: Extent) -> bool:
    return one == other or not (one.bytes or other.bytes)


def _sums(descriptor: int, tree: Tree, size: int) -> tuple[tuple[Item, ...] | None, list[Finding]]:
    """What SHA256SUMS on the disc lists; None where there is no such list."""
    extent = _files(tree).get(SUMS)
    if extent is None:
        wrong = _("there is no list of check sums on the disc; nothing was compared")
        return None, [Finding("error", "iso.sums", wrong)]
    if extent.bytes > MOST_TEXT or extent.sector * SECTOR + extent.bytes > size:
        wrong = _("this list is impossibly long")
        return None, [Finding("error", "iso.sums", wrong, file=SUMS, found=str(extent.bytes))]
    try:
        text = _read(descriptor, extent.sector * SECTOR, extent.bytes).decode("utf-8")
    except UnicodeDecodeError:
        wrong = _("this list is not written in UTF-8")
        return None, [Finding("error", "iso.sums", wrong, file=SUMS)]
    items, bad = read_sums(text)
    if bad:
        wrong, lines = (
            _("lines that are no check sum of a file here"),
            ", ".join(map(str, bad[:10])),
        )
        return items, [Finding("error", "iso.sums", wrong, file=SUMS, found=lines)]
    return items, []


def _compared(tree: Tree, sums: Iterable[Item], digests: Digests) -> list[Finding]:
    there = [
        Item(path, extent.bytes, digests.files.get(extent, "" if extent.bytes else _EMPTY))
        for path, extent in _files(tree).items()
        if path != SUMS
    ]
    known = {same(item.name): item for item in there}
    unread = [name for name, item in known.items() if not item.sha256]
    found = [
        Finding("error", "iso.unread", _("the file was not read"), file=name) for name in unread
    ]
    found += [_told(each) for each in compare(sums, there)]
    return found


def _told(each: Difference) -> Finding:
    if each.kind == "unexpected":
        return Finding("warning", "iso.unexpected", _("the file is on no list"), file=each.name)
    if each.kind == "missing":
        return Finding("error", "iso.missing", _("the file is missing"), file=each.name)
    wrong = _("the file is not the one that was put on the disc")
    expected, there = (item.sha256[:16] if item else "-" for item in (each.expected, each.found))
    return Finding("error", "iso.altered", wrong, None, 0, each.name, expected, there)
