"""What the county keeps of each edition of each drive: `drives/<drive>/<number>/` in a workspace.

The books know an edition's root. The root is the digest of the tag manifest, which holds that of
the manifest: so a record that anybody changed is found out, and is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from catalog.durable import write_whole
from pipeline.bundle import layout
from pipeline.bundle.bag import root
from pipeline.bundle.bundle import Bundle, Offer, Watchable
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
    said = asdict(record) | {"format": FORMAT, "on": record.on.isoformat()}
    said["record"] = record.record.decode()
    place = folder / bundle.drive / f"{bundle.number:04d}"
    place.mkdir(parents=True, exist_ok=True)
    text = json.dumps(said, ensure_ascii=False, indent=1)
    write_whole(place / _RECORD, text.encode())
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
        found = _read(json.loads((place / _RECORD).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    true = root(seal) == found.root and known in ("", found.root) and _sealed(found, seal)
    return found if true else None


def _sealed(found: DriveRecord, seal: bytes) -> bool:
    """Whether the seal holds the manifest of these files and this record."""
    listed = {item.name: item.sha256 for item in read_sums(seal.decode("utf-8", "replace"))[0]}
    manifest = sha256(write_sums(found.items).encode()).hexdigest()
    path = layout.record_path(found.number)
    return (
        listed.get(layout.MANIFEST) == manifest
        and listed.get(path) == sha256(found.record).hexdigest()
    )


def _read(said: dict[str, Any]) -> DriveRecord:
    if said.pop("format") != FORMAT:
        raise ValueError("another format")
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
    lists = {f.name: tuple(said[f.name]) for f in fields(Offer) if isinstance(said[f.name], list)}
    episodes = tuple(Watchable(**one) for one in said["episodes"])
    return Offer(**said | lists | {"episodes": episodes})
