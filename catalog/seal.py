"""What vouches for the books: number, digest and day of their last event, to be printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalog import ledger
from catalog.database import Connection
from catalog.words import _


@dataclass(frozen=True, slots=True)
class Seal:
    """The last event of some books: with its digest the whole ledger is vouched for."""

    serial: int = 0
    digest: str = ""
    at: datetime | None = None

    def __str__(self) -> str:
        if self.at is None:
            return _("nothing written yet")
        day = self.at.astimezone().date().isoformat()
        told = _("No. {serial} of {day}: {digest}")
        return told.format(serial=self.serial, day=day, digest=in_groups(self.digest))


def in_groups(digest: str) -> str:
    """A digest in groups of eight, as people compare it."""
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))


def seal(connection: Connection) -> Seal:
    """The last event of these books."""
    event = ledger.last(connection)
    return Seal(event.serial, event.digest, event.at) if event else Seal()


def last_digest_line(connection: Connection) -> str:
    """A line for the foot of papers: number, day and digest of the last event."""
    return _("Books: {seal}").format(seal=seal(connection))


def page(found: Seal, name: str, sha256: str) -> bytes:
    """The page that belongs to a copy `name`: printed, and kept in another place."""
    at = found.at.astimezone().isoformat(" ", "minutes") if found.at else "-"
    lines = (
        _("A copy of the books"),
        "",
        _("file: {name}").format(name=name),
        f"SHA-256: {sha256}",
        _("last event: No. {serial}").format(serial=found.serial),
        _("written: {at}").format(at=at),
        _("digest: {digest}").format(digest=in_groups(found.digest) or "-"),
        found.digest,
        "",
        _("Print this page and keep it elsewhere: it proves later that nothing was taken away."),
        f"xiaxiang audit chain --known {found.digest}" if found.digest else "",
    )
    return ("\n".join(lines).rstrip() + "\n").encode()
