"""Taking files off a drive that the books name; a file of anybody else is never touched."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from pipeline.bundle.bundle import Bundle
from pipeline.bundle.layout import (
    CODE,
    DECLARATION,
    DELIVERY,
    EDITIONS,
    INFO,
    MANIFEST,
    NEXT,
    SIGNATURE,
    TAG_MANIFEST,
)
from pipeline.make.medium import Medium
from pipeline.manifest import Item, name_fault, same


def take_away(medium: Medium, items: Sequence[Item], bundle: Bundle) -> tuple[str, ...]:
    """Remove exactly these files, and folders that are empty then. Those stay and are given back
    whose length is another by now, and any that the bundle, or we, have need of. Raises OSError.
    """
    wanted = {_loose(piece.path) for piece in bundle.pieces}
    stay, folders = [], set()
    for item in items:
        size = -1 if _ours(item.name, wanted) else medium.size(item.name)
        if size >= 0 and item.bytes in (-1, size):
            medium.still_there()
            medium.remove(item.name)
            folders.add(item.name.rpartition("/")[0])
        elif size >= 0 or _there(medium, item.name):
            stay.append(item.name)
    for folder in sorted(folders, key=len, reverse=True):
        parts = folder.split("/") if folder else []
        for depth in range(len(parts), 0, -1):
            medium.remove_empty("/".join(parts[:depth]))
    return tuple(stay)


def _ours(name: str, wanted: set[str]) -> bool:
    # Names that differ only in case are one file on FAT: taking the one away would take the other.
    return bool(name_fault(name)) or name.startswith(f"{DELIVERY}/") or _loose(name) in wanted


def _there(medium: Medium, name: str) -> bool:
    try:
        return not name_fault(name) and medium.stat(name) is not None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return True
        raise


def _loose(name: str) -> str:
    return same(name).casefold()


def forget_lists(medium: Medium) -> None:
    """Take away the lists and records of ours, as if no edition had ever been put there. What
    people saved for us, and every programme, stays. Raises OSError.
    """
    # The seal first: what is half forgotten must not look whole.
    for path in (TAG_MANIFEST, MANIFEST, INFO, DECLARATION, SIGNATURE, CODE):
        medium.remove(path)
    for below in (NEXT, EDITIONS):
        found = sorted(medium.walk(below), key=lambda one: len(one.path), reverse=True)
        for one in found:
            (medium.remove_empty if one.kind == "folder" else medium.remove)(one.path)
        medium.remove_empty(below)
