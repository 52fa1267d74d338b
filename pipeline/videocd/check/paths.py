"""The two path tables against the directories they repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from catalog.words import _
from pipeline.videocd.check.report import Finding, differs
from pipeline.videocd.check.tree import Entry, Tree
from pipeline.videocd.check.volume import BLOCK, PVD, Volume

Order = Literal["little", "big"]


def path_table(tree: Tree, order: Order) -> bytes:
    """The path table that the directories of a tree ask for, breadth first."""
    by_parent: dict[str, list[Entry]] = {}
    for entry in tree.entries[1:]:
        if entry.is_directory:
            by_parent.setdefault(entry.path.rpartition("/")[0], []).append(entry)
    row, table, number = [(1, tree.entries[0])], b"", 0
    while row:
        following = []
        for parent, entry in row:
            number += 1
            table += _row(entry, parent, order)
            following += [(number, child) for child in by_parent.get(entry.path, ())]
        row = following
    return table


def _row(entry: Entry, parent: int, order: Order) -> bytes:
    name = entry.path.rpartition("/")[2].encode("latin-1") or b"\0"
    head = bytes((len(name), 0)) + entry.extent.to_bytes(4, order)
    return head + parent.to_bytes(2, order) + name + bytes(len(name) % 2)


def check_paths(cooked: Mapping[int, bytes], volume: Volume, tree: Tree) -> list[Finding]:
    """Both path tables and their length; only for a tree that could be walked."""
    if not tree.complete or not tree.entries:
        return []
    found = []
    expected = path_table(tree, "little")
    if volume.table_bytes != len(expected):
        name = _("the length of the path tables")
        both = (len(expected), volume.table_bytes)
        found.append(differs("error", "pvd.table_bytes", name, both, PVD))
    orders: tuple[tuple[int, Order], ...] = ((volume.little, "little"), (volume.big, "big"))
    for sector, order in orders:
        found += _check_table(cooked, sector, path_table(tree, order), order)
    return found


def _check_table(
    cooked: Mapping[int, bytes], sector: int, expected: bytes, order: Order
) -> list[Finding]:
    there = b"".join(cooked.get(sector + i, b"") for i in range(-(-len(expected) // BLOCK)))
    if there[: len(expected)] == expected and not any(there[len(expected) :]):
        return []
    first = next((i for i, byte in enumerate(expected) if there[i : i + 1] != bytes((byte,))), 0)
    if order == "little":
        name = _("the path table (low byte first)")
    else:
        name = _("the path table (high byte first)")
    both = (expected[first : first + 12], there[first : first + 12])
    return [differs("error", f"path_table.{order}", name, both, sector)]
