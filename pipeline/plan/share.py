"""What of a recipe goes onto the drive of one site, by what is known of the site; pure.

Lines of the recipe come one after the other. Within a line, what the site asked for, what its
industries need, what is useful until the next refresh, and what is spoken as people there speak
come first, in the order that the recipe gives (`first`); equals stand as the recipe has them. What
does not fit is left out with its reason, and a smaller one behind it may still fit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from catalog.drives.facts import DriveHere, SiteFacts
from catalog.programme import Programme
from catalog.vocabulary import months_between, subject_matches
from pipeline.plan.drive_room import (
    FAT32_MOST,
    GIGABYTE,
    beside,
    fat32,
    reserve,
    room_of,
    usual_cluster,
)
from recipes.targets import Preference, SiteDrive, percent

ShareReason = Literal["no-room", "quota", "fat32"]
SiteReason = Literal["cannot-play", "no-drive"]
Instead = Literal["video-cd", "leaflets", "any"]

PLAYERS = ("pc", "projector")  # what plays files from a drive
DISC_PLAYERS = ("vcd", "dvd")
# What a drive told as 500 GB holds at least, once its file system is on it.
_FORMATTED = 0.97
_STANDARD = ("", "普通话", "汉语", "zh")


@dataclass(frozen=True, slots=True)
class Choice:
    """A programme that the recipe takes, and the line of `select` that took it, from 1."""

    programme: Programme
    line: int


@dataclass(frozen=True, slots=True)
class DriveRoom:
    """A drive as it is filled: bytes in all, bytes of files that people added (rounded to
    clusters), what files are rounded up to, and the file system as the register or the system
    writes it.
    """

    drive: str
    capacity: int
    others: int = 0
    cluster: int = 4096
    file_system: str = ""


@dataclass(frozen=True, slots=True)
class NotShared:
    """A programme that the recipe takes and this drive does not. `details` (what `tell` needs, in
    bytes and codes: `needs`, `left`, `subject`, `share`, `bytes`) are kept, in no language.
    """

    programme: str
    title: str
    reason: ShareReason
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SiteOut:
    """A site that gets no drive, and what to send `instead`."""

    site: str
    name: str
    reason: SiteReason
    instead: Instead


@dataclass(frozen=True, slots=True)
class Shared:
    """What one drive gets, in this order. `room` bytes are there for programmes, of which `used`
    are taken; with `out`, the site gets nothing.
    """

    site: str
    drive: str
    chosen: tuple[str, ...]
    left_out: tuple[NotShared, ...] = ()
    room: int = 0
    used: int = 0
    out: SiteOut | None = None


@dataclass(slots=True)
class _Quota:
    """How much room is left for what lies under a code."""

    code: str
    share: str
    left: int


def registered(drive: DriveHere) -> DriveRoom:
    """The room of a drive that is not plugged in, as the books have it; 0 where they say nothing.
    What people added is not known then.
    """
    capacity = drive.capacity or int(drive.capacity_gb * GIGABYTE * _FORMATTED)
    cluster = usual_cluster(drive.file_system)
    return DriveRoom(drive.id, capacity, 0, cluster, drive.file_system)


def share(
    choices: Sequence[Choice],
    sizes: Mapping[str, Sequence[int]],
    site: SiteFacts,
    target: SiteDrive,
    drive: DriveRoom | None,
    *,
    today: date,
) -> Shared:
    """Choose for one drive. `choices` in the order of the recipe; `sizes`: the bytes of each file
    of a programme, or the most they can be. `drive` None: the site has none.

    Never stops at the first programme that is too large: all others are tried, in their order.
    """
    named = drive.drive if drive else ""
    if out := site_out(site, drive):
        return Shared(site.id, named, (), out=out)
    assert drive is not None  # noqa: S101 - a site without a drive is out
    kept_free = int(drive.capacity * percent(target.keep_free))
    room = drive.capacity - kept_free - drive.others
    room = max(0, room - reserve(drive.capacity, 0, 0, drive.cluster))
    quotas = [_Quota(code, part, int(room * percent(part))) for code, part in target.quota.items()]
    chosen: list[str] = []
    left_out: list[NotShared] = []
    left = room
    for programme in _in_order(choices, site, target.first, today):
        files = sizes[programme.id]
        needs = _needs(tuple(files), drive.cluster)
        held = [quota for quota in quotas if _about(programme, (quota.code,))]
        if why := _why(programme, files, drive, needs=needs, left=left, quotas=held):
            left_out.append(why)
            continue
        chosen.append(programme.id)
        left -= needs
        for quota in held:
            quota.left -= needs
    return Shared(site.id, named, tuple(chosen), tuple(left_out), room, room - left)


def site_out(site: SiteFacts, drive: DriveRoom | None) -> SiteOut | None:
    """Why a site gets no drive at all: nothing there plays one, or it has none. Venues borrow the
    projector of the county; of a site without a word about equipment nobody knows.
    """
    works = {kind for kind, _count in site.players}
    if site.level != "venue" and site.described and works.isdisjoint(PLAYERS):
        discs = not works.isdisjoint(DISC_PLAYERS)
        return SiteOut(site.id, site.name, "cannot-play", "video-cd" if discs else "leaflets")
    if drive is None:
        return SiteOut(site.id, site.name, "no-drive", "any")
    return None


def _in_order(
    choices: Sequence[Choice], site: SiteFacts, first: Sequence[Preference], today: date
) -> list[Programme]:
    """Line by line; within a line by what comes first for this site, else as the recipe has it."""
    ahead = _months(today, site.months)
    ranks = [_ranked(one, site, ahead) for one in first]

    def place(choice: Choice) -> tuple[int, ...]:
        return choice.line, *[rank(choice.programme) for rank in ranks]

    return list({one.programme.id: one.programme for one in sorted(choices, key=place)}.values())


def _ranked(
    preference: Preference, site: SiteFacts, ahead: frozenset[int]
) -> Callable[[Programme], int]:
    """What tells 0 for a programme that comes first, more for one that comes later."""
    match preference:
        case "requests":
            asked, subjects = frozenset(site.asked), site.asked_subjects
            return lambda one: 0 if one.id in asked else 1 if _about(one, subjects) else 2
        case "industries":
            codes = site.industries
            return lambda one: 0 if _about(one, codes) else 1
        case "season":
            return lambda one: 0 if not one.months or not ahead.isdisjoint(one.months) else 1
        case "dialect":
            here, standard = _spoken(site.dialect), frozenset(_STANDARD)
            return lambda one: (
                0 if (said := _spoken(one.dialect)) <= here or said <= standard else 1
            )


def _about(programme: Programme, codes: tuple[str, ...]) -> bool:
    return bool(codes) and _under(programme.subject, programme.class_numbers, codes)


# Hundreds of sites ask the same of the same programmes: most for the same lists of codes, all for
# the same codes.
@lru_cache(maxsize=1 << 16)
def _under(subject: tuple[str, ...], numbers: tuple[str, ...], codes: tuple[str, ...]) -> bool:
    return any(_lies(subject, numbers, code) for code in codes)


@lru_cache(maxsize=1 << 16)
def _lies(subject: tuple[str, ...], numbers: tuple[str, ...], code: str) -> bool:
    return subject_matches(Programme("", "", subject=subject, class_numbers=numbers), code)


@lru_cache(maxsize=65536)
def _needs(files: tuple[int, ...], cluster: int) -> int:
    return room_of(files, cluster) + beside(len(files), 1, cluster)


def _months(today: date, months: int) -> frozenset[int]:
    """The months in which the drive will be watched: this one, and those to the next refresh. Where
    none is agreed on, a year.
    """
    last = (today.month - 1 + min(months or 12, 11)) % 12 + 1
    return frozenset(months_between(today.month, last))


@lru_cache(maxsize=1024)
def _spoken(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = (word.removesuffix("方言") for word in re.split(r"[;；,，、/\s]+", plain) if word)
    return frozenset(words)


def _why(
    programme: Programme,
    files: Sequence[int],
    drive: DriveRoom,
    *,
    needs: int,
    left: int,
    quotas: Sequence[_Quota],
) -> NotShared | None:
    """Why a programme does not go onto the drive, None where it does."""
    big = [s for s in files if s > FAT32_MOST and fat32(drive.file_system, s)]
    if big:
        return _not(programme, "fat32", bytes=max(big))
    full = next((quota for quota in quotas if needs > quota.left), None)
    if full:
        about = {"subject": full.code, "share": full.share, "left": max(0, full.left)}
        return _not(programme, "quota", needs=needs, **about)
    if needs > left:
        return _not(programme, "no-room", needs=needs, left=left)
    return None


def _not(programme: Programme, reason: ShareReason, **values: object) -> NotShared:
    details = tuple((name, str(value)) for name, value in values.items())
    return NotShared(programme.id, programme.title, reason, details)
