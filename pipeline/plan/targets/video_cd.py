"""The Video CD target: programmes spread over discs, and the steps that make these. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from catalog.programme import Programme, Source
from pipeline.plan.chapters import Chapter, chapters, within_a_disc
from pipeline.plan.encode import Coding
from pipeline.plan.fit import FRONT, DiscFit, Part, disc_capacity, fit
from pipeline.plan.menu import Menu, menu
from pipeline.plan.menu_pages import Shown, Volume, lies_of, offers_of
from pipeline.plan.raster import RASTERS
from pipeline.plan.showing import Showing
from pipeline.plan.steps import (
    EncodeStill,
    FromStep,
    MenuPicture,
    Step,
    StillPair,
    Track,
    WriteVideoCd,
    key,
)
from pipeline.plan.targets.tracks import Showpiece, Workshop, track_steps
from pipeline.plan.treatment import Reason
from pipeline.videocd.bounds import RAW, disc_front, packs_bound
from pipeline.videocd.lists import ControlList
from recipes.recipe import Recipe
from recipes.targets import VideoCd

# Raised whenever the writer gives other bytes for the same streams.
WRITER = "videocd 2"


@dataclass(frozen=True, slots=True)
class PlannedTrack:
    """One track of a disc: which part of which programme, its name and entry points, its streams,
    and the reasons for what is done to its picture and sound. `start_seconds` of its episode come
    before it.
    """

    part: Part
    title: str
    name: str
    start_seconds: float
    seconds: float
    chapters: tuple[Chapter, ...]
    streams: Track
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedDisc:
    """One disc: its number, tracks, sectors used and free, stills, and the step that writes it."""

    number: int
    name: str
    volume_id: str
    tracks: tuple[PlannedTrack, ...]
    sectors: int
    free: int
    stills: int
    write: str

    @property
    def seconds(self) -> float:
        """Of programme."""
        return sum(track.seconds for track in self.tracks)

    @property
    def programmes(self) -> tuple[str, ...]:
        """The ids of what is on it, each once."""
        return tuple(dict.fromkeys(track.part.programme for track in self.tracks))

    @property
    def listed(self) -> tuple[tuple[str, float], ...]:
        """What stands on its insert: name and seconds of each track."""
        return tuple((track.name, track.seconds) for track in self.tracks)

    @property
    def image_bytes(self) -> int:
        """Of its image."""
        return self.sectors * RAW


def d_characters(text: str, length: int) -> str:
    """`text` in the d-characters of ISO 9660 (A-Z, 0-9, _), at most `length` of them."""
    return re.sub(r"[^A-Z0-9_]", "_", text.upper())[:length]


def video_cds(
    recipe: Recipe,
    medium: VideoCd,
    chosen: Mapping[str, Showing],
    sources: Mapping[str, Source],
    workshop: Workshop,
) -> tuple[tuple[PlannedDisc, ...], tuple[Step, ...]]:
    """The discs of a recipe and all steps that make them, each step once, inputs before users."""
    making = _Making(recipe, medium, workshop)
    spread = _spread(making, chosen)
    return _arranged(making, spread, chosen, sources)


@dataclass(frozen=True, slots=True)
class _Making:
    """What all discs of a recipe share."""

    recipe: Recipe
    medium: VideoCd
    workshop: Workshop


def _spread(making: _Making, chosen: Mapping[str, Showing]) -> tuple[tuple[DiscFit, Menu], ...]:
    """The discs and their menus, with room in front for the menu of the fullest one. How large a
    menu is shows only when its disc is known, so the room grows until it is enough.
    """
    medium = making.medium
    packs = partial(packs_bound, standard=medium.standard)
    programmes = {id: one.programme for id, one in chosen.items()}

    def seconds(programme: str, sha256: str) -> float:
        return chosen[programme].treatments[sha256].seconds

    front = FRONT
    while True:
        capacity = disc_capacity(medium.standard, medium.disc, packs, front)
        fits = fit(tuple(programmes.values()), seconds, capacity, making.recipe.order)
        shown = _menus(making, fits, programmes)
        needed = max((disc_front(len(one.lists), len(one.stills)) for one in shown), default=FRONT)
        if needed <= front:
            return tuple(zip(fits, shown, strict=True))
        front = needed


def _menus(
    making: _Making, fits: Sequence[DiscFit], programmes: Mapping[str, Programme]
) -> tuple[Menu, ...]:
    """The menu of each disc; empty ones where the recipe wants none."""
    if not making.medium.menu:
        return tuple(Menu() for _fit in fits)
    rate, lies = RASTERS[making.medium.standard].rate, lies_of(fits)
    return tuple(
        menu(
            Volume(making.recipe.title, number, len(fits), making.workshop.centre),
            offers_of(fit.parts, number, lies, programmes, rate),
        )
        for number, fit in enumerate(fits, start=1)
    )


def _arranged(
    making: _Making,
    spread: Sequence[tuple[DiscFit, Menu]],
    chosen: Mapping[str, Showing],
    sources: Mapping[str, Source],
) -> tuple[tuple[PlannedDisc, ...], tuple[Step, ...]]:
    steps: dict[str, Step] = {}
    discs = []
    for number, (filled, shown) in enumerate(spread, start=1):
        tracks = []
        for part in filled.parts:
            piece = _piece(chosen[part.programme], part, sources[part.sha256], making.medium)
            made = track_steps(piece, making.workshop)
            steps |= {key(step): step for step in made.steps}
            tracks.append(_planned_track(piece, made.track))
        stills = []
        for picture in shown.stills:
            drawn, still = _still_steps(picture, making)
            steps |= {key(drawn): drawn, key(still): still}
            stills.append(StillPair(FromStep(key(still), still.hi), FromStep(key(still), still.lo)))
        disc = _Disc(number, len(spread), filled, tuple(tracks), tuple(stills), shown.lists)
        write = _write_step(making, disc)
        steps[key(write)] = write
        discs.append(
            PlannedDisc(
                number,
                write.name,
                write.volume_id,
                tuple(tracks),
                filled.sectors,
                filled.free,
                len(shown.stills),
                key(write),
            )
        )
    return tuple(discs), tuple(steps.values())


@dataclass(frozen=True, slots=True)
class _Disc:
    number: int
    count: int
    fit: DiscFit
    tracks: tuple[PlannedTrack, ...]
    stills: tuple[StillPair, ...]
    lists: tuple[ControlList, ...]


def _piece(showing: Showing, part: Part, source: Source, medium: VideoCd) -> Showpiece:
    coding = Coding(medium.standard, medium.quality)
    return Showpiece(showing.programme, part, source, showing.treatments[part.sha256], coding)


def _planned_track(piece: Showpiece, streams: Track) -> PlannedTrack:
    rate = RASTERS[piece.coding.standard].rate
    seconds = piece.seconds(piece.part.pictures)
    points = chapters(piece.programme, piece.part, seconds, rate)
    title, reasons = piece.programme.title, piece.treatment.reasons
    start = piece.seconds(piece.part.start)
    return PlannedTrack(piece.part, title, piece.name, start, seconds, points, streams, reasons)


def _still_steps(shown: Shown, making: _Making) -> tuple[MenuPicture, EncodeStill]:
    title, standard, shop = making.recipe.title, making.medium.standard, making.workshop
    drawn = MenuPicture(title, standard, shown, shop.font)
    still = EncodeStill(title, standard, FromStep(key(drawn), drawn.name), shop.ffmpeg)
    return drawn, still


def _write_step(making: _Making, disc: _Disc) -> WriteVideoCd:
    name = f"disc-{disc.number:02d}"
    ending = f"_{disc.number:02d}" if disc.count > 1 else ""
    return WriteVideoCd(
        label=name,
        seconds=sum(track.seconds for track in disc.tracks),
        name=name,
        standard=making.medium.standard,
        volume_id=d_characters(making.recipe.id, 32 - len(ending)) + ending,
        album_id=d_characters(making.recipe.id, 16),
        volume_count=disc.count,
        volume_number=disc.number,
        sectors=disc.fit.sectors,
        tracks=tuple(track.streams for track in disc.tracks),
        entries=tuple(
            tuple(chapter.seconds for chapter in found)
            for found in within_a_disc([track.chapters for track in disc.tracks])
        ),
        stills=disc.stills,
        lists=disc.lists,
        writer=WRITER,
    )
