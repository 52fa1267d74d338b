"""An edition: what one run produced, immutable, with the record of what is on it.

Its record holds no clock and no chance, so that equal recipes, catalogues and tools give equal
bytes; when it was made stands in the ledger.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, assert_never

from catalog.durable import sync, write_whole
from pipeline.manifest import Item, write_sums
from pipeline.plan.planning import Plan, Volume
from pipeline.plan.targets.data_disc import PlannedIso
from pipeline.plan.targets.video_cd import PlannedDisc, PlannedTrack
from pipeline.standing import SUMS
from pipeline.videocd.bounds import RAW
from pipeline.workroom import Made, Workroom

FORMAT = 1
RECORD = "edition.json"


def _volume(disc: Volume, made: Made, plan: Plan) -> dict[str, Any]:
    said = {"number": disc.number, "volume_id": disc.volume_id}
    files = {"files": [asdict(file) for file in made.files]}
    match disc:
        case PlannedDisc():
            sectors = sum(f.bytes for f in made.files if f.name.endswith(".bin")) // RAW
            tracks = [_track(track, number) for number, track in enumerate(disc.tracks, start=2)]
            said |= {"sectors": sectors, "stills": disc.stills, **files, "tracks": tracks}
        case PlannedIso():
            said |= {"medium": "data-disc", **files, "programmes": [*_programmes(disc)]}
        case _:
            assert_never(disc)
    return said | {"insert": _insert(disc, plan)}


def _programmes(disc: PlannedIso) -> Iterator[dict[str, Any]]:
    """What a data disc holds, and where on it."""
    for file, offer in zip(disc.files, disc.offers, strict=True):
        episodes = [asdict(episode) for episode in offer.episodes]
        seconds = round(file.seconds, 3)
        yield {"programme": file.programme, "title": offer.title, "seconds": seconds,
               "episodes": episodes}  # fmt: skip


def _track(track: PlannedTrack, number: int) -> dict[str, Any]:
    """What one CD track holds, and which file it was made of."""
    return {
        "track": number,
        "programme": track.part.programme,
        "title": track.title,
        "name": track.name,
        "episode": track.part.episode,
        "part": track.part.number,
        "of": track.part.of,
        "source": track.part.sha256,
        "start_seconds": round(track.start_seconds, 3),
        "seconds": round(track.seconds, 3),
        "chapters": [asdict(chapter) for chapter in track.chapters],
    }


def _insert(disc: Volume, plan: Plan) -> dict[str, Any]:
    """What the paper in the sleeve says: what is on this disc, and what is on the others."""
    return {
        "title": plan.recipe.title,
        "centre": plan.workshop.centre,
        "disc": disc.number,
        "of": len(plan.discs),
        "programmes": [
            {"number": number, "name": name, "minutes": round(seconds / 60, 1)}
            for number, (name, seconds) in enumerate(disc.listed, start=1)
        ],
        "elsewhere": [
            {"disc": other.number, "names": [name for name, _seconds in other.listed]}
            for other in plan.discs
            if other.number != disc.number
        ],
    }


def record(plan: Plan, made: Mapping[str, Made]) -> bytes:
    """`edition.json`: the recipe, each volume with its programmes and what its insert says,
    digests and sizes of all files, what was left out and why, and the tools.
    """
    said = {
        "format": FORMAT,
        "edition": plan.edition,
        "recipe": plan.recipe.model_dump(mode="json", by_alias=True, exclude_none=True),
        "tools": asdict(plan.workshop),
        "volumes": [_volume(disc, made[disc.write], plan) for disc in plan.discs],
        "left_out": [asdict(one) for one in plan.left_out],
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=str).encode() + b"\n"


def sums(plan: Plan, made: Mapping[str, Made], recorded: bytes) -> bytes:
    """`SHA256SUMS`, as `sha256sum -c` reads it, of every file but itself."""
    files = [file for disc in plan.discs for file in made[disc.write].files]
    recorded_item = Item(RECORD, len(recorded), hashlib.sha256(recorded).hexdigest())
    items = [*(Item(file.name, file.bytes, file.sha256) for file in files), recorded_item]
    return write_sums(items).encode()


def assemble(plan: Plan, made: Mapping[str, Made], room: Workroom, folder: Path) -> None:
    """Lay out an edition in `folder`, which is not yet its own: images first, the sums last.

    The images are linked, not copied: the workroom lets go of them when the edition stands.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for disc in plan.discs:
        for file in made[disc.write].files:
            _link(room.path(disc.write, file.name), folder / file.name)
    recorded = record(plan, made)
    write_whole(folder / RECORD, recorded)
    write_whole(folder / SUMS, sums(plan, made, recorded))


def _link(made: Path, place: Path) -> None:
    try:
        os.link(made, place)
    except OSError:  # a file system without links, as on many portable drives
        with made.open("rb") as source, place.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 18)
            copy.flush()
            os.fsync(copy.fileno())


def seal(folder: Path, place: Path) -> None:
    """Give a checked edition its name. From here on it is believed."""
    sync(folder)
    folder.rename(place)
    sync(place.parent)
