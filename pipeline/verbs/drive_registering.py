"""The verbs drive register and drive key: a drive gets its identity, the county a key to sign."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from catalog.circulation.entries import Drive, Enrolled
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.drives.asking import DriveStanding, standing_of
from catalog.durable import disk_told, write_whole
from catalog.problem import Failure, refusal
from catalog.register import asking
from catalog.register.asking import DriveAt
from catalog.words import _
from pipeline.bundle import layout, signing
from pipeline.bundle.identity import Identity, write_identity
from pipeline.cli import DONE
from pipeline.drive_secret import KEYS
from pipeline.make.look_at_drive import Looked, look
from pipeline.make.medium import Medium
from pipeline.make.take_away import forget_lists
from pipeline.screen import size
from pipeline.verbs.register import here_and_now, unknown
from pipeline.workspace import Workspace, enter

PRIVATE, PUBLIC = "drives.pem", "drives.pub.pem"
_ODD_SIZE = 0.1  # what is sold as 500 GB holds some percent less or more


@dataclass(frozen=True, slots=True)
class Registering:
    """What `drive register` was asked for. `again`: the drive gets a new identity whatever it
    bears, and what lies on it counts as people's own from then on.
    """

    site: str
    drive: str = ""
    again: bool = False
    as_json: bool = False


def register(root: Path, path: Path, asked: Registering) -> int:
    """Write an identity onto a drive and enter it."""
    workspace = enter(root)
    with Medium(path) as medium, workspace.books.transaction() as connection:
        looked = look(medium, ())
        number = _number(connection, asked)
        standing = standing_of(connection, number)
        identity = looked.seen.identity
        same = identity and standing and identity.token == standing.token
        if identity and standing and same and identity.site == asked.site and not asked.again:
            return _done(standing, identity, _("It bears its identity already."), asked.as_json)
        _free_to_take(path, looked, asked)
        identity = Identity(
            number,
            asked.site,
            secrets.token_hex(16),
            here_and_now().date(),
            looked.holding.capacity,
            looked.volume.serial,
        )
        _enter(connection, identity, looked, again=asked.again)
        # Inside the transaction: what cannot be written onto the drive is not in the books either.
        with disk_told(_("registering {path}").format(path=path)):
            forget_lists(medium)
            medium.write_whole(layout.IDENTITY, write_identity(identity))
            for folder in (layout.FEEDBACK, layout.RECEIPTS):
                with medium.folder(folder, make=True):
                    pass
        medium.still_there()
        standing = standing_of(connection, number)
    assert standing is not None  # noqa: S101 - it was entered just now
    return _done(standing, identity, _("It is registered."), asked.as_json)


def _number(connection: Connection, asked: Registering) -> str:
    """Which drive of the register this is: the one named, or the only one meant for the site."""
    ids = asking.site_ids(connection)
    if asked.site not in ids:
        raise unknown(asked.site, ids, "xiaxiang site list")
    if asked.drive:
        return asked.drive
    meant = [one.id for one in _drives_for(connection, asked.site)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        wrong = _("{count} drives are meant for {site}").format(count=len(meant), site=asked.site)
        mend = _("say which: --drive {ids}").format(ids=_(" or ").join(meant[:6]))
    else:
        wrong = _("no drive is meant for {site}").format(site=asked.site)
        mend = _("give it a number: --drive HXD-T02")
    raise refusal("drive register", wrong, mend, "--drive")


def _drives_for(connection: Connection, site: str) -> list[DriveAt]:
    usable = ("held", "out")
    return [d for d in asking.all_drives(connection) if d.home == site and d.state in usable]


def _free_to_take(path: Path, looked: Looked, asked: Registering) -> None:
    """Raise where this drive may not get an identity."""
    if looked.volume.read_only:
        wrong = _("the drive may not be written to")
        raise Failure(str(path), wrong, _("look for a lock switch, or mount it for writing"))
    if asked.again:
        return
    if identity := looked.seen.identity:
        wrong = _("it is {drive} of {site} already").format(
            drive=identity.drive, site=identity.site
        )
        mend = _("use another drive; if this one shall be registered anew all the same: --again")
        raise refusal(str(path), wrong, mend)
    if looked.seen.ours:
        wrong = _("lists of ours lie on it, but no identity that can be read")
        mend = _("see what it is with xiaxiang drive verify; to register it anew: --again")
        raise refusal(str(path), wrong, mend)


def _enter(connection: Connection, identity: Identity, looked: Looked, *, again: bool) -> None:
    """The drive in the register, with what it told of itself; then its identity. `again`: from now
    on it is meant for the site of its identity, whatever it was meant for.
    """
    at, known = here_and_now(), asking.drive(connection, identity.drive)
    elsewhere = known is not None and known.home not in ("", identity.site)
    if known and elsewhere and not again:
        wrong = _("{drive} is meant for {home}").format(drive=identity.drive, home=known.home)
        mend = _("if it shall be for {site} from now on: --again").format(site=identity.site)
        raise refusal("drive register", wrong, mend)
    today = at.date()
    if known is None or elsewhere or _otherwise(known, identity, looked):
        post(connection, at, [_as_it_is(known, identity, looked, today)])
    told = (identity.token, identity.volume, identity.capacity)
    post(connection, at, [Enrolled(identity.drive, identity.site, *told, today)])


def _as_it_is(known: DriveAt | None, identity: Identity, looked: Looked, on: date) -> Drive:
    capacity = round(identity.capacity / 1e9, 1)
    kind = looked.volume.kind
    if known is None:
        return Drive(identity.drive, on, identity.site, identity.site, "held", capacity, kind)
    due = date.fromisoformat(known.due_on) if known.due_on else None
    return Drive(
        known.id, on, identity.site, known.holder, known.state,
        capacity, kind or known.file_system, due, known.note,
    )  # fmt: skip


def _otherwise(known: DriveAt, identity: Identity, looked: Looked) -> bool:
    """Whether the drive is another than the register has it: of another file system or size."""
    told = (known.capacity_gb or 0) * 1e9
    kind = looked.volume.kind
    other_size = abs(told - identity.capacity) > _ODD_SIZE * identity.capacity
    return other_size or bool(kind and kind.casefold() != known.file_system.casefold())


def _done(standing: DriveStanding, identity: Identity, said: str, as_json: bool) -> int:
    if as_json:
        print(json.dumps(asdict(standing) | {"token": ""}, ensure_ascii=False, indent=1))
        return DONE
    print(said)
    print(
        _("{drive} for {site}: {size}, {file_system}").format(
            drive=standing.drive,
            site=standing.site,
            size=size(identity.capacity),
            file_system=standing.file_system or "—",
        )
    )
    print(_("To see what it would get: xiaxiang drive plan PATH; to fill it: drive refresh PATH"))
    return DONE


# -- the key that signs ---------------------------------------------------------------------------


def key(root: Path) -> int:
    """Make the county's pair of keys: from then on every edition of a drive is signed."""
    workspace = enter(root)
    folder = workspace.root / KEYS
    if (folder / PRIVATE).exists():
        print(_("The key is there already: {path}").format(path=folder / PRIVATE))
        return DONE
    pair = signing.new_keys()
    with disk_told(_("making a key in {folder}").format(folder=folder)):
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(folder / PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pair.private)
            file.flush()
            os.fsync(file.fileno())
        write_whole(folder / PUBLIC, pair.public)
    print(_("Private key, for this county alone: {path}").format(path=folder / PRIVATE))
    print(_("Public key, for whoever checks: {path}").format(path=folder / PUBLIC))
    print(_("From now on every edition of a drive is signed."))
    return DONE


def private_key(workspace: Workspace) -> bytes:
    """The key that signs; empty where the county signs nothing."""
    return _key(workspace, PRIVATE)


def public_key(workspace: Workspace) -> bytes:
    """The key by which signatures are checked; empty where the county signs nothing."""
    return _key(workspace, PUBLIC)


def _key(workspace: Workspace, name: str) -> bytes:
    path = workspace.root / KEYS / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        mend = _("see whether the file may be read by you")
        raise Failure(str(path), error.strerror or str(error), mend) from error
