"""Whether a drive is the one that is meant: never written to where that is not certain.

Pure. What a drive tells of itself is held against what the books know of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from catalog.words import _
from pipeline.bundle.editions import Chain
from pipeline.bundle.identity import Identity

Kind = Literal["known", "blank", "unknown", "another", "copy", "ahead"]

# Drivers count a file system's bytes differently (reserved blocks, tables); disks of two sizes
# that are sold differ by more.
_ODD_SIZE = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies on a drive. `identity`: None where none lies there or it cannot be read; `volume`
    and `capacity` as the file system tells them now ("" and 0: it does not); `root` and `number` of
    the edition that is sealed there ("" and 0: none); `chain` of the records; `ours`: whether
    anything lies there under a name of ours.
    """

    identity: Identity | None
    volume: str = ""
    capacity: int = 0
    root: str = ""
    number: int = 0
    chain: Chain = field(default_factory=Chain)
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the books know of the drive that is meant. `number`, `edition` and `root` of its last
    edition (0 and "" before the first); `coming`: the root of the edition that is being written,
    if that is known already; `also`: other places in this call where the same token was seen.
    """

    drive: str
    site: str
    token: str
    volume: str = ""
    capacity: int = 0
    number: int = 0
    edition: str = ""
    root: str = ""
    coming: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a drive is, why, and what to do. Only what is `known` may be written to; what is `blank`
    may be registered.
    """

    kind: Kind
    why: str
    mend: str = ""

    @property
    def known(self) -> bool:
        return self.kind == "known"


def judge(seen: Seen, wanted: Expectation | None) -> Verdict:
    """What this drive is to the books; `wanted` is None where they know no drive by its token, its
    number or the site it is plugged in for.
    """
    identity = seen.identity
    if identity is None:
        return _nameless(seen)
    if wanted is None:
        return Verdict(
            "unknown",
            _("it says it is {drive} of {site}, which the books do not know").format(
                drive=identity.drive, site=identity.site
            ),
            _("see whether it belongs to another centre, or the books are an older copy"),
        )
    return _other(identity, wanted) or _copied(seen, identity, wanted) or _placed(seen, wanted)


def _nameless(seen: Seen) -> Verdict:
    if seen.ours or seen.root or seen.number:
        return Verdict(
            "unknown",
            _("files of ours lie on it, yet no identity that can be read"),
            _("run drive return first to save what people added, then drive register"),
        )
    return Verdict(
        "blank",
        _("no identity lies on it"),
        _("register it first: xiaxiang drive register PATH --site ID"),
    )


def _other(identity: Identity, wanted: Expectation) -> Verdict | None:
    """Another drive than the one that is meant."""
    if identity.drive == wanted.drive and identity.token != wanted.token:
        why = _("it says it is {drive}, but since then another disk was registered as {drive}")
        mend = _("use the other disk, or register this one again")
    elif (identity.drive, identity.token) != (wanted.drive, wanted.token):
        why = _("it is {drive} of {site}, not {wanted}")
        mend = _("plug in {wanted}, or plan for {drive}")
    elif identity.site != wanted.site:
        why = _("it was registered for {site}, not for {home}")
        mend = _("register it for {home}, or send it to {site}")
    else:
        return None
    told = {
        "drive": identity.drive,
        "site": identity.site,
        "wanted": wanted.drive,
        "home": wanted.site,
    }
    return Verdict("another", why.format(**told), mend.format(**told))


def _copied(seen: Seen, identity: Identity, wanted: Expectation) -> Verdict | None:
    """A drive whose files came from another: by itself it tells the right name."""
    why = ""
    volume = wanted.volume or identity.volume
    capacity = wanted.capacity or identity.capacity
    if wanted.also:
        why = _("the same identity lies on {places} too").format(places=", ".join(wanted.also))
    elif volume and seen.volume and seen.volume != volume:
        why = _("its files lie on the volume {volume}; {drive} is the volume {known}").format(
            volume=seen.volume, drive=wanted.drive, known=volume
        )
    elif capacity and seen.capacity and abs(seen.capacity - capacity) > capacity * _ODD_SIZE:
        why = _("it has {size} GB; {drive} has {known} GB").format(
            size=_gb(seen.capacity), drive=wanted.drive, known=_gb(capacity)
        )
    return _copy(why) if why else None


def _placed(seen: Seen, wanted: Expectation) -> Verdict:
    """Where its editions stand to those of the books."""
    if wanted.coming and seen.root == wanted.coming:
        return Verdict("known", _("the new edition is on it already"))
    if seen.number > wanted.number:
        return _ahead(seen, wanted)
    if seen.root == wanted.root:
        return Verdict("known", _("it is as the books know it"))
    if _proven(seen, wanted):
        return Verdict(
            "known",
            _("the lists of edition {known} on it were changed or deleted").format(
                known=wanted.number
            ),
            _("run xiaxiang drive verify PATH to see what was changed"),
        )
    return _aside(seen, wanted)


def _proven(seen: Seen, wanted: Expectation) -> bool:
    """Whether a drive whose seal is broken or gone is still itself: its volume says so, and what
    records it has left end with the edition of the books.
    """
    last = seen.chain.records[-1:]
    volume = bool(seen.volume) and seen.volume == wanted.volume
    return volume and all(
        (one.number, one.edition) == (wanted.number, wanted.edition) for one in last
    )


def _ahead(seen: Seen, wanted: Expectation) -> Verdict:
    before = seen.chain.root_of(wanted.number)
    if before and before != wanted.root:
        return _aside(seen, wanted)
    return Verdict(
        "ahead",
        _("it holds edition {found}; the books know {known}").format(
            found=seen.number, known=wanted.number
        ),
        _(
            "a refresh ended before it was entered, or the books are an older copy: "
            "bring the books up to date, or register the drive again"
        ),
    )


def _aside(seen: Seen, wanted: Expectation) -> Verdict:
    """Behind the books' chain, or beside it."""
    if seen.number == wanted.number:
        return _copy(_("its edition {known} is not the one of the books").format(known=seen.number))
    return _copy(
        _("it holds edition {found}; the books know {known}").format(
            found=seen.number, known=wanted.number
        )
    )


def _copy(why: str) -> Verdict:
    return Verdict(
        "copy",
        why,
        _("look for the right drive; to go on with this one, register it again"),
    )


def _gb(count: int) -> str:
    return f"{count / 1e9:.3g}"
