"""What the screen says of plugged drives: what would be done to them, and what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catalog.problem import Failure, Refusal
from catalog.words import _
from pipeline.bundle.bundle import Offer
from pipeline.cli import DONE, FAILED, REFUSED
from pipeline.make.drive_job import Filled
from pipeline.plan.share_words import tell, told
from pipeline.screen import clock, one_line, say, size
from pipeline.verbs.drive_filling import Going, Prepared
from pipeline.verbs.telling import mute_line

_MANY = 12  # lines of one kind that a person still reads

Refused = list[tuple[Path, Refusal | Failure]]


def code_of(refused: Refused) -> int:
    """The exit code where these drives were not written to."""
    if any(isinstance(error, Refusal) for _path, error in refused):
        return REFUSED
    return FAILED if refused else DONE


def tell_refused(refused: Refused) -> None:
    """Why drives were not written to."""
    for path, error in refused:
        say(_("not written to: {path}").format(path=path))
        say(str(error))


def going_lines(one: Going) -> Iterator[str]:
    """What would be done to one drive."""
    standing, refresh = one.at.standing, one.refresh
    if one.nothing_to_do:
        yield idle_line(one)
        return
    yield _("{path}: {drive} for {site} {name}, edition {before} → {after}").format(
        path=one.at.root, drive=standing.drive, site=one.site.id, name=one.site.name,
        before=standing.number if standing.root else "—", after=one.bundle.number,
    )  # fmt: skip
    yield _("  to copy: {copied} files, {size}; stays: {kept}; to go: {removed}").format(
        copied=len(refresh.copied), size=size(sum(p.bytes for p in refresh.copied)),
        kept=len(refresh.kept), removed=len(_going_away(one)),
    )  # fmt: skip
    yield _("  needs {needed} free, has {free}").format(
        needed=size(refresh.needed), free=size(one.at.looked.holding.free)
    )
    yield from _changes(one)
    if not refresh.side_by_side:
        yield _(
            "  Too small for both editions: programmes change places in {count} rounds."
        ).format(count=len(refresh.rounds))
        for number, each in enumerate(refresh.rounds, start=1):
            yield _("    round {number}: away {away}; there {there}").format(
                number=number,
                away=_titles(one, [item.name for item in each.removed]) or "—",
                there=_titles(one, [piece.path for piece in each.copied]) or "—",
            )
    if people := one.at.looked.people:
        yield _("  {count} files of other people lie there and stay ({size})").format(
            count=len(people), size=size(sum(item.bytes for item in people))
        )


def _changes(one: Going) -> Iterator[str]:
    before = {offer.programme: offer for offer in (one.at.record.offers if one.at.record else ())}
    now = {offer.programme: offer for offer in one.bundle.offers}
    added = [now[id] for id in now if id not in before]
    gone = [before[id] for id in before if id not in now]
    yield from _listed(_("new"), added)
    yield from _listed(_("no more"), gone)
    for left in one.gets.left_out[:_MANY]:
        yield "  " + _("left out: {what}").format(what=tell(left))
    if (rest := len(one.gets.left_out) - _MANY) > 0:
        yield "  " + _("and {count} more (all of them: --json)").format(count=rest)


def _listed(word: str, offers: Sequence[Offer]) -> Iterator[str]:
    for offer in offers[:_MANY]:
        asked = _("  (asked for)") if offer.asked else ""
        yield one_line(f"  {word}: {offer.subject}  {offer.title}  {clock(offer.seconds)}{asked}")
    if (rest := len(offers) - _MANY) > 0:
        yield "  " + _("and {count} more (all of them: --json)").format(count=rest)


def _titles(one: Going, paths: Sequence[str]) -> str:
    """The programmes to which some files belong, once each."""
    offers = [*(one.at.record.offers if one.at.record else ()), *one.bundle.offers]
    of = {
        path: offer.title
        for offer in offers
        for each in offer.episodes
        for path in (each.video, each.poster, each.captions)
    }
    return "、".join(dict.fromkeys(of.get(path, path) for path in paths))


def _going_away(one: Going) -> list[str]:
    rounds = [item.name for each in one.refresh.rounds for item in each.removed]
    return [*rounds, *(item.name for item in one.refresh.stale)]


def idle_line(one: Going) -> str:
    """Of a drive that has everything."""
    standing = one.at.standing
    return _("{path}: {drive}: nothing to do, it holds edition {number} with all this").format(
        path=one.at.root, drive=standing.drive, number=standing.number
    )


def filled_lines(one: Prepared, result: Filled) -> Iterator[str]:
    """What came of one drive."""
    standing = one.going.at.standing
    if not result.ok:
        yield _("{path}: {drive}: NOT refreshed").format(path=result.root, drive=standing.drive)
        yield f"  {result.failure}" if result.failure else ""
        for path, fault in list(result.faults.items())[:_MANY]:
            yield f"  {path}: {fault}"
        return
    yield _("{path}: {drive} for {site} {name}: edition {number} is sealed").format(
        path=result.root, drive=standing.drive, site=one.going.site.id,
        name=one.going.site.name, number=one.record.number,
    )  # fmt: skip
    yield _("  copied {copied} ({size}), kept {kept}, removed {removed}, {seconds:.0f} s").format(
        copied=result.copied, size=size(result.bytes), kept=result.kept,
        removed=result.removed, seconds=result.seconds,
    )  # fmt: skip
    yield "  " + _confirmed(result)
    for path in result.left[:_MANY]:
        yield "  " + _("was to go and stays, since it was changed: {path}").format(path=path)
    if one.mute:
        yield "  " + mute_line(one.mute)
    yield "  " + _("receipt code: {code}").format(code=one.code)


def _confirmed(result: Filled) -> str:
    match result.confirmed:
        case "device":
            return _("verified: every copy was read back from the drive itself")
        case _:
            return _(
                "every copy was read back, but that it came from the drive could not be proven: "
                "unplug it, plug it in again and run xiaxiang drive verify --deep"
            )


# -- JSON -----------------------------------------------------------------------------------------


def as_json(drives: Sequence[dict[str, Any]], refused: Refused) -> str:
    """All drives of a call."""
    said = {
        "drives": list(drives),
        "refused": [{"path": str(path), "why": str(error)} for path, error in refused],
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)


def going_json(one: Going) -> dict[str, Any]:
    """What would be done to one drive."""
    return {
        "path": str(one.at.root),
        "drive": one.at.standing.drive,
        "site": one.site.id,
        "edition": one.bundle.edition,
        "number": one.bundle.number,
        "nothing_to_do": one.nothing_to_do,
        "programmes": [offer.programme for offer in one.bundle.offers],
        "copied": [piece.path for piece in one.refresh.copied],
        "kept": len(one.refresh.kept),
        "removed": _going_away(one),
        "bytes": sum(piece.bytes for piece in one.refresh.copied),
        "needed": one.refresh.needed,
        "side_by_side": one.refresh.side_by_side,
        "people": [asdict(item) for item in one.at.looked.people],
        "left_out": [*map(told, one.gets.left_out)],
    }


def filled_json(one: Prepared, result: Filled) -> dict[str, Any]:
    """What came of one drive."""
    said = asdict(result) | {"failure": str(result.failure) if result.failure else ""}
    return going_json(one.going) | {"result": said, "ok": result.ok, "root": one.record.root,
                                    "code": one.code if result.ok else "",
                                    "mute": list(one.mute)}  # fmt: skip
