"""The Video CD target: discs of a fit become the steps that make them. Pure; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.programme import Programme, Source
from pipeline.plan.chapters import Chapter, chapters, within_a_disc
from pipeline.plan.encode import Coding
from pipeline.plan.fit import DiscFit, Part
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
from pipeline.videocd.lists import ControlList
from recipes.recipe import Recipe

# Raised whenever the writer gives other bytes for the same streams.
WRITER = "videocd 2"


@dataclass(frozen=True, slots=True)
class PlannedTrack:
    """One track of a disc: which part of which programme, its name and entry points, its streams,
    and the reasons for what is done to its picture and sound.
    """

    part: Part
    title: str
    name: str
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


def d_characters(text: str, length: int) -> str:
    """`text` in the d-characters of ISO 9660 (A-Z, 0-9, _), at most `length` of them."""
    return re.sub(r"[^A-Z0-9_]", "_", text.upper())[:length]


def menus(
    recipe: Recipe,
    fits: Sequence[DiscFit],
    programmes: Mapping[str, Programme],
    workshop: Workshop,
) -> tuple[Menu, ...]:
    """The menu of each disc; empty ones where the recipe wants none."""
    if not recipe.target.medium.menu:
        return tuple(Menu() for _fit in fits)
    rate, lies = RASTERS[recipe.target.medium.standard].rate, lies_of(fits)
    return tuple(
        menu(
            Volume(recipe.title, number, len(fits), workshop.centre),
            offers_of(fit.parts, number, lies, programmes, rate),
        )
        for number, fit in enumerate(fits, start=1)
    )


def arrange(
    recipe: Recipe,
    spread: Sequence[tuple[DiscFit, Menu]],
    chosen: Mapping[str, Showing],
    sources: Mapping[str, Source],
    workshop: Workshop,
) -> tuple[tuple[PlannedDisc, ...], tuple[Step, ...]]:
    """The discs of a recipe and all steps that make them, each step once, inputs before users."""
    steps: dict[str, Step] = {}
    discs = []
    for number, (fit, shown) in enumerate(spread, start=1):
        tracks = []
        for part in fit.parts:
            piece = _piece(chosen[part.programme], part, sources[part.sha256], recipe)
            made = track_steps(piece, workshop)
            steps |= {key(step): step for step in made.steps}
            tracks.append(_planned_track(piece, made.track))
        stills = []
        for picture in shown.stills:
            drawn, still = _still_steps(picture, recipe, workshop)
            steps |= {key(drawn): drawn, key(still): still}
            stills.append(StillPair(FromStep(key(still), still.hi), FromStep(key(still), still.lo)))
        disc = _Disc(number, len(spread), fit, tuple(tracks), tuple(stills), shown.lists)
        write = _write_step(recipe, disc)
        steps[key(write)] = write
        discs.append(
            PlannedDisc(
                number,
                write.name,
                write.volume_id,
                tuple(tracks),
                fit.sectors,
                fit.free,
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


def _piece(showing: Showing, part: Part, source: Source, recipe: Recipe) -> Showpiece:
    medium = recipe.target.medium
    coding = Coding(medium.standard, medium.quality)
    return Showpiece(showing.programme, part, source, showing.treatments[part.sha256], coding)


def _planned_track(piece: Showpiece, streams: Track) -> PlannedTrack:
    rate = RASTERS[piece.coding.standard].rate
    seconds = piece.seconds(piece.part.pictures)
    points = chapters(piece.programme, piece.part, seconds, rate)
    title, reasons = piece.programme.title, piece.treatment.reasons
    return PlannedTrack(piece.part, title, piece.name, seconds, points, streams, reasons)


def _still_steps(
    shown: Shown, recipe: Recipe, workshop: Workshop
) -> tuple[MenuPicture, EncodeStill]:
    standard = recipe.target.medium.standard
    drawn = MenuPicture(recipe.title, standard, shown, workshop.font)
    still = EncodeStill(recipe.title, standard, FromStep(key(drawn), drawn.name), workshop.ffmpeg)
    return drawn, still


def _write_step(recipe: Recipe, disc: _Disc) -> WriteVideoCd:
    name = f"disc-{disc.number:02d}"
    ending = f"_{disc.number:02d}" if disc.count > 1 else ""
    return WriteVideoCd(
        label=name,
        seconds=sum(track.seconds for track in disc.tracks),
        name=name,
        standard=recipe.target.medium.standard,
        volume_id=d_characters(recipe.id, 32 - len(ending)) + ending,
        album_id=d_characters(recipe.id, 16),
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
