"""Why a drive does not get a programme, a site no drive, or a drive no refresh: in words."""

from __future__ import annotations

from typing import assert_never

from catalog.vocabulary import lookup
from catalog.words import _, speaking
from pipeline.plan.refreshing import RefreshFault
from pipeline.plan.share import Instead, NotShared, SiteOut
from pipeline.screen import size

_SHOWN = 3  # paths that are named


def tell(one: NotShared) -> str:
    """The reason for the screen, and how to mend it, in one line without the line's end."""
    details = dict(one.details)
    for name in ("needs", "left", "bytes"):
        if name in details:
            details[name] = size(int(details[name]))
    if "subject" in details:
        details["subject"] = _subject(details["subject"])
    wrong, mend = _words(one)
    said = f"{one.programme} {one.title}".strip()
    return f"{said}: {wrong.format(**details)} — {mend.format(**details)}"


def told(one: NotShared) -> dict[str, object]:
    """For JSON, with its reason in words. `dataclasses.asdict` would take seconds for thousands on
    each of many drives.
    """
    return {
        "programme": one.programme, "title": one.title, "reason": one.reason,
        "details": one.details, "told": tell(one),
    }  # fmt: skip


def tell_site(one: SiteOut) -> str:
    """Why a site gets no drive, and what to send instead."""
    match one.reason:
        case "cannot-play":
            wrong = _("nothing there plays a drive (no PC, no projector that works)")
        case "no-drive":
            wrong = _("no drive is meant for it that is not lost or scrapped")
        case _:
            assert_never(one.reason)
    return f"{one.site} {one.name}".strip() + f": {wrong} — {_instead(one.instead)}"


def tell_fault(one: RefreshFault) -> str:
    """Why a drive cannot be refreshed as planned, and how to mend it."""
    paths = ", ".join(one.paths[:_SHOWN]) + " …" * (len(one.paths) > _SHOWN)
    match one.kind:
        case "too-small":
            wrong = _("{needed} are needed, {free} can be made free at most")
            mend = _("take less in the recipe, or a larger drive")
        case "path-taken":
            wrong = _("other files lie where these should: {paths}")
            mend = _("plan the refresh again; if it stays, rename what people added")
        case "same-path":
            wrong = _("two files would have one name: {paths}")
            mend = _("give the programmes different titles")
        case "fat32":
            wrong = _("FAT32 holds no file of 4 GiB and more: {paths}")
            mend = _("format the drive anew as exFAT, or leave these programmes out")
        case _:
            assert_never(one.kind)
    told = wrong.format(needed=size(one.needed), free=size(one.free), paths=paths)
    return f"{one.drive}: {told} — {mend}"


def _words(one: NotShared) -> tuple[str, str]:
    match one.reason:
        case "no-room":
            wrong = _("needs {needs}, the drive has {left} left")
            return wrong, _("take less before it in the recipe, or a larger drive")
        case "quota":
            wrong = _("{subject} has {share} of the drive at most: {left} are left, needs {needs}")
            return wrong, _("raise the quota in the recipe to take it")
        case "fat32":
            wrong = _("one file has {bytes}, and FAT32 holds none of 4 GiB and more")
            return wrong, _("format the drive as exFAT, or choose a smaller picture (height)")
        case _:
            assert_never(one.reason)


def _instead(instead: Instead) -> str:
    match instead:
        case "video-cd":
            return _("send video CDs: a recipe with the target video-cd")
        case "leaflets":
            return _("send leaflets, and put its equipment on the list of repairs")
        case "any":
            return _("register a drive for it, or send data discs")
        case _:
            assert_never(instead)


def _subject(code: str) -> str:
    found = lookup("subject", code)
    if found is None:
        return code
    return found.zh if speaking() == "zh" else found.en
