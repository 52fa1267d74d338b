"""What on a drive may do harm, told from names and kinds alone; pure, nothing is opened.

Links and devices are never followed, programs never started, archives never unpacked by us. They
are told so that somebody looks before a village computer does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from catalog.words import _
from pipeline.make.drive_report import DriveFinding, Kind, shown
from pipeline.make.medium import Found
from pipeline.manifest import Item, collisions, name_fault, same

MOST_TOLD = 100  # findings of one kind; the rest is counted

# What starts by itself, or by the click of somebody who takes it for a folder or a film: how the
# worms of village computers travel.
_STARTS = {
    ".exe", ".scr", ".com", ".bat", ".cmd", ".pif", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta",
    ".lnk", ".msi", ".ps1",
}  # fmt: skip


def dangers(people: Sequence[Found], expected: Iterable[Item] = ()) -> tuple[DriveFinding, ...]:
    """Findings about what people added; `expected` are the files of the edition, with whose names
    nothing may be confused.
    """
    found: list[DriveFinding] = []
    for told in (
        (_odd(one) for one in people if one.kind != "file"),
        (_unsafe(one, fault) for one in people if (fault := name_fault(one.path))),
        (_program(one) for one in people if one.kind == "file" and _starts(one.path)),
        _alike(people, expected),
    ):
        found += few(list(told))
    return tuple(found)


def few(findings: Sequence[DriveFinding]) -> list[DriveFinding]:
    """Not more than anybody reads; the rest is counted in the last."""
    if len(findings) <= MOST_TOLD:
        return list(findings)
    wrong = _("{count} more like this one").format(count=len(findings) - MOST_TOLD)
    last = findings[MOST_TOLD]
    return [*findings[:MOST_TOLD], DriveFinding(last.severity, last.kind, last.path, wrong)]


def _odd(one: Found) -> DriveFinding:
    mend = _("take it off the drive; nobody here needs it")
    if one.kind == "link":
        wrong = _("a link to another place; it was not followed")
        return DriveFinding("warning", "link", shown(one.path), wrong, mend)
    if one.kind == "closed":
        wrong = _("this folder may not be opened, so what is in it is not known")
        mend = _("look into it with the rights of the administrator")
        return DriveFinding("warning", "unread", shown(one.path), wrong, mend)
    wrong = _("neither a file nor a folder; it was not opened")
    return DriveFinding("warning", "device", shown(one.path), wrong, mend)


def _unsafe(one: Found, fault: str) -> DriveFinding:
    mend = _("give it another name on the computer it came from")
    return DriveFinding("warning", "name", shown(one.path), fault, mend)


def _starts(path: str) -> bool:
    name = PurePosixPath(path).name.lower()
    return name == "autorun.inf" or PurePosixPath(name).suffix in _STARTS


def _program(one: Found) -> DriveFinding:
    kind: Kind = "danger"
    mend = _("do not open it; look through the drive with a virus scanner, then take it off")
    if PurePosixPath(one.path).name.lower() == "autorun.inf":
        wrong = _("it can start a program as soon as the drive is plugged in")
    else:
        wrong = _("a program that people may start by mistake")
    return DriveFinding("warning", kind, shown(one.path), wrong, mend)


def _alike(people: Sequence[Found], expected: Iterable[Item]) -> Iterator[DriveFinding]:
    """Names that some systems take for one, where people's files are among them."""
    added = {one.path for one in people}
    for group in collisions([*dict.fromkeys([*(item.name for item in expected), *added])]):
        if not added.intersection(group):
            continue
        apart = len({same(name) for name in group}) > 1
        wrong = (
            _("these names differ only in capital letters: on Windows only one can be opened")
            if apart
            else _("these names look the same: only one can be opened on some computers")
        )
        mend = _("give one of them another name")
        names = ", ".join(shown(name) for name in sorted(group)[:5])
        yield DriveFinding("warning", "collision", names, wrong, mend)
