"""A plugged drive on its way to its next edition: what it gets, its lists, page and record."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from catalog.drives.facts import SiteFacts
from catalog.durable import disk_told
from catalog.problem import Refusal, refusal
from catalog.words import _
from pipeline.bundle import layout, signing
from pipeline.bundle.bag import code_js, root, tag_files
from pipeline.bundle.bundle import Bundle, Offer
from pipeline.bundle.identity import write_identity
from pipeline.bundle.page.page import page, without_captions
from pipeline.bundle.receipt_code import receipt_code
from pipeline.drive_record import DriveRecord, find, keep
from pipeline.drive_secret import secret_of
from pipeline.make.drive_job import DriveJob
from pipeline.make.drive_lists import most_of, seal_of
from pipeline.make.medium import Medium
from pipeline.plan.drive_room import room_of, rounded
from pipeline.plan.drives import DrivesPlan, bundle
from pipeline.plan.refresh import Holding, Refresh
from pipeline.plan.refreshing import refresh
from pipeline.plan.share import DriveRoom, Shared
from pipeline.plan.share_words import tell_fault
from pipeline.plan.targets.files import Stock
from pipeline.verbs.drive_at_hand import AtHand, drives_of
from pipeline.workspace import Workspace

_STEP = 64 << 10


@dataclass(frozen=True, slots=True)
class Going:
    """A drive with what it gets: `refresh` is what would be done to it."""

    at: AtHand
    site: SiteFacts
    gets: Shared
    refresh: Refresh

    @property
    def bundle(self) -> Bundle:
        return self.refresh.bundle

    @property
    def nothing_to_do(self) -> bool:
        """Whether the drive holds all this already, and says so on its page."""
        held = {item.name for item in self.at.edition.items}  # else left by a refresh that ended
        gone = any(item.name in held for item in self.refresh.stale)
        change = self.refresh.rounds or gone or not self.at.listed
        sealed = self.at.looked.seen.root == self.at.standing.root != ""
        told = self.at.record.offers if self.at.record else ()
        same = [_plain(one) for one in told] == [_plain(one) for one in self.bundle.offers]
        return sealed and same and not change


def _plain(offer: Offer) -> tuple[object, ...]:
    """What the page says of a programme, apart from marks that belong to one edition."""
    return (
        offer.programme, offer.title, offer.subject, offer.episodes, offer.description,
        offer.creator, offer.dialect, offer.audience, offer.months, offer.keywords,
    )  # fmt: skip


def room_at(at: AtHand) -> DriveRoom:
    """The room of a drive that is plugged in. What its file system has taken for itself is no room
    either; rounded, since with new folders it grows a little and no programme shall go for that.
    """
    holding = at.looked.holding
    others = room_of((max(item.bytes, 0) for item in holding.others), holding.cluster)
    lying = room_of((item.bytes for item in holding.edition), holding.cluster)
    taken = holding.capacity - holding.free - others - lying - at.looked.lists
    kind = holding.file_system or at.standing.file_system
    away = others + rounded(taken, _STEP)
    return DriveRoom(at.standing.drive, holding.capacity, away, holding.cluster, kind)


def _holding(at: AtHand) -> Holding:
    """What lies on a drive; the room of its lists is set aside for lists, old and new."""
    holding = at.looked.holding
    return replace(holding, free=holding.free + at.looked.lists)


def going(
    plan: DrivesPlan, at: AtHand, site: SiteFacts, gets: Shared, *, stock: Stock, on: date
) -> Going:
    """What would be done to a drive. Raises Refusal where it cannot be."""
    wanted = bundle(
        plan, gets, site, at.standing, stock=stock, taken=_taken(at.looked.holding), on=on
    )
    known = at.record.programme_of if at.record else {}
    planned = refresh(wanted, _holding(at), known)
    if isinstance(planned, Refresh):
        return Going(at, site, gets, planned)
    raise _refused(at, "; ".join(map(tell_fault, planned)))


def _refused(at: AtHand, why: str) -> Refusal:
    return refusal(str(at.root), why, _("nothing was changed on this drive"))


def _taken(holding: Holding) -> dict[str, str]:
    """What lies on a drive, by path: a person's file has no digest, and is never written over."""
    others = {item.name: "" for item in holding.others}
    return others | {item.name: item.sha256 for item in holding.edition}


# -- the job ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """A drive with all that is written onto it, and the record of it that the county keeps. `mute`
    are paths of captions that its page does not show.
    """

    going: Going
    job: DriveJob
    record: DriveRecord
    mute: tuple[str, ...]

    @property
    def code(self) -> str:
        """The receipt code of its new edition."""
        return receipt_code(self.record.root)


def prepared(
    workspace: Workspace, recipe: str, one: Going, stock: Stock, private: bytes
) -> Prepared:
    """Set up everything for a drive, and write down what it will hold before it is touched.
    `recipe` is the id of the recipe, `private` the key that signs, empty where nothing is signed.
    """
    phone, new = workspace.settings.phone, one.bundle
    captions = stock.captions(new.pieces)
    tags = tag_files(
        new,
        page(new, captions=captions, phone=phone),
        write_identity(one.at.identity),
        _earlier(workspace, one.at),
        phone,
    )
    seal = tags[layout.TAG_MANIFEST]
    moved = {
        "copied": len(one.refresh.copied),
        "kept": len(one.refresh.kept),
        "removed": len(one.refresh.stale) + sum(len(each.removed) for each in one.refresh.rounds),
    }
    with disk_told(_("writing down what {drive} gets").format(drive=new.drive)):
        record = keep(drives_of(workspace), new, recipe, tags, moved)
    job = DriveJob(
        root=one.at.root,
        refresh=one.refresh,
        tags=tags,
        code_js=code_js(receipt_code(root(seal))),
        signature=signing.sign(private, seal) if private else None,
        interim_page=_interim(one, captions, phone),
        secret=secret_of(workspace.root, one.at.identity.token),
    )
    return Prepared(one, job, record, without_captions(new.offers, captions))


def _earlier(workspace: Workspace, at: AtHand) -> dict[str, bytes]:
    """The records of the editions before: those on the drive that the seal in the books holds, else
    as the county keeps them, else as they lie there. The county's come with the whole list of their
    edition, so that they are read only where they are wanted.
    """
    found: dict[str, bytes] = {}
    with Medium(at.root) as medium:
        seal = seal_of(medium)
        listed = seal.listed if seal and seal.root == at.standing.root else {}
        for number in range(1, at.standing.number + 1):
            path = layout.record_path(number)
            if data := _sealed(medium, path, listed.get(path, "")):
                found[path] = data
            elif kept := find(drives_of(workspace), at.standing.drive, number):
                found[path] = kept.record
            elif medium.size(path) >= 0:
                found[path] = medium.read(path, most_of(path))
    return found


def _sealed(medium: Medium, path: str, digest: str) -> bytes:
    """A record that lies there with this digest; empty where it does not."""
    with contextlib.suppress(OSError, ValueError):
        data = medium.read(path, most_of(path))
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    return b""


def _interim(
    one: Going, captions: Mapping[str, bytes], phone: str
) -> Callable[[tuple[str, ...]], bytes]:
    """The page while programmes change places: what of both editions lies there whole."""
    before = one.at.record.offers if one.at.record else ()

    def made(there: tuple[str, ...]) -> bytes:
        lies = set(there)
        whole = {
            offer.programme: offer
            for offer in (*before, *one.bundle.offers)
            if all(episode.video in lies for episode in offer.episodes)
        }
        return page(
            replace(one.bundle, offers=tuple(whole.values())), captions=captions, phone=phone
        )

    return made
