"""What the county keeps of each edition of each drive: `drives/<drive>/<number>/` in a workspace.

The books know an edition's root. The root is the digest of the tag manifest, which holds that of
the manifest and of the edition's own record: names, digests, programmes and title. The rest, which
nothing seals, carries its own check sum. A record that was changed is found out and passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from catalog.durable import write_whole
from pipeline.bundle import layout
from pipeline.bundle.bag import root
from pipeline.bundle.bundle import Bundle, Offer, Watchable
from pipeline.bundle.editions import EditionRecord, read_edition_record
from pipeline.manifest import Item, read_sums, write_sums

FORMAT = 1
_RECORD, _SEAL = "record.json", layout.TAG_MANIFEST
_MOST = 256 << 20


@dataclass(frozen=True, slots=True)
class DriveRecord:
    """One edition of one drive as the county keeps it. `items` are its payload files; `files` which
    of these belong to which programme; `record` the bytes of its `_delivery/editions/NNNN.json`.
    """

    edition: str
    number: int
    root: str
    on: date
    recipe: str
    items: tuple[Item, ...]
    offers: tuple[Offer, ...]
    record: bytes
    kept: int = 0
    removed: int = 0
    copied: int = 0

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of what lies on the drive."""
        return tuple(offer.programme for offer in self.offers)

    @property
    def programme_of(self) -> dict[str, str]:
        """Which programme each file belongs to, by path."""
        return {
            path: offer.programme
            for offer in self.offers
            for one in offer.episodes
            for path in (one.video, one.poster, one.captions)
            if path
        }


def keep(
    folder: Path, bundle: Bundle, recipe: str, tags: Mapping[str, bytes], moved: Mapping[str, int]
) -> DriveRecord:
    """Write an edition down before a drive is touched; `moved`: how many files are `copied`,
    `kept` and `removed`.
    """
    seal = tags[layout.TAG_MANIFEST]
    record = DriveRecord(
        edition=bundle.edition,
        number=bundle.number,
        root=root(seal),
        on=bundle.on,
        recipe=recipe,
        items=tuple(Item(one.path, one.bytes, one.sha256) for one in bundle.pieces),
        offers=bundle.offers,
        record=tags[layout.record_path(bundle.number)],
        **moved,
    )
    place = folder / bundle.drive / f"{bundle.number:04d}"
    place.mkdir(parents=True, exist_ok=True)
    write_whole(place / _RECORD, _written(record))
    write_whole(place / _SEAL, seal)
    return record


def find(folder: Path, drive: str, number: int, known: str = "") -> DriveRecord | None:
    """The record of an edition; None where there is none, or where it is not what its own seal says
    (or has another root than `known`).
    """
    place = folder / drive / f"{number:04d}"
    try:
        seal = (place / _SEAL).read_bytes()
        if (place / _RECORD).stat().st_size > _MOST:
            return None
        found = _read((place / _RECORD).read_bytes())
        true = root(seal) == found.root and known in ("", found.root) and _sealed(found, seal)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    named = found.number == number and _record_of(found).drive == drive
    return found if true and named else None


def _record_of(found: DriveRecord) -> EditionRecord:
    """What the edition's own record tells. Raises ValueError where it is none."""
    told = read_edition_record(found.record)
    if not isinstance(told, EditionRecord):
        raise ValueError("no record of an edition")
    return told


def _sealed(found: DriveRecord, seal: bytes) -> bool:
    """Whether the seal holds the manifest of these files and this record, and the record tells of
    the same programmes and files.
    """
    listed = {item.name: item.sha256 for item in read_sums(seal.decode("utf-8", "replace"))[0]}
    manifest = sha256(write_sums(found.items).encode()).hexdigest()
    if listed.get(layout.MANIFEST) != manifest:
        return False
    if listed.get(layout.record_path(found.number)) != sha256(found.record).hexdigest():
        return False
    told = _record_of(found)
    totals = len(found.items), sum(item.bytes for item in found.items)
    lying = {item.name for item in found.items}
    return (
        (told.edition, told.number, told.on) == (found.edition, found.number, found.on)
        and tuple(id for id, _title in told.programmes) == found.programmes
        and (told.files, told.bytes) == totals
        and lying.issuperset(found.programme_of)
    )


# -- the file: a line with its check sum, a line with the record ----------------------------------


def _written(record: DriveRecord) -> bytes:
    said = _plain(record) | {"on": record.on.isoformat(), "record": record.record.decode()}
    # Without `indent`, which takes four times as long.
    body = json.dumps(said, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")
    head = json.dumps({"format": FORMAT, "sha256": sha256(body).hexdigest()})
    return head.encode() + b"\n" + body + b"\n"


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _read(data: bytes) -> DriveRecord:
    head, _line, rest = data.partition(b"\n")
    body = rest.removesuffix(b"\n")
    if json.loads(head) != {"format": FORMAT, "sha256": sha256(body).hexdigest()}:
        raise ValueError("another format, or changed")
    said = json.loads(body.decode("utf-8", "surrogatepass"))
    return DriveRecord(
        **said
        | {
            "on": date.fromisoformat(said["on"]),
            "record": said["record"].encode(),
            "items": tuple(Item(**one) for one in said["items"]),
            "offers": tuple(_offer(one) for one in said["offers"]),
        }
    )


def _offer(said: dict[str, Any]) -> Offer:
    lists = {name: tuple(told) for name, told in said.items() if isinstance(told, list)}
    episodes = tuple(Watchable(**one) for one in said["episodes"])
    return Offer(**said | lists | {"episodes": episodes})
