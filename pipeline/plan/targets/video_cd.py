"""The Video CD target: discs of a fit become the steps that make them. Pure; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.problem import refusal
from catalog.programme import AudioStream, Programme, Source
from catalog.words import _
from pipeline.plan.chapters import Chapter, chapters, within_a_disc
from pipeline.plan.encode import AUDIO, VIDEO, Quality, Reading, Stretch, video_cd_arguments
from pipeline.plan.fit import DiscFit, Part, part_name
from pipeline.plan.menu import Menu, menu
from pipeline.plan.menu_pages import Shown, Volume, lies_of, offers_of
from pipeline.plan.raster import RASTERS
from pipeline.plan.steps import (
    Card,
    Encode,
    EncodeStill,
    FromSource,
    FromStep,
    Input,
    MenuPicture,
    Step,
    StillPair,
    Track,
    WriteVideoCd,
    key,
)
from pipeline.videocd.lists import ControlList
from recipes.recipe import Recipe
from recipes.targets import Standard

# Raised whenever the writer gives other bytes for the same streams.
WRITER = "videocd 2"

# A card is drawn at the size a television shows, then scaled like any other picture.
_CARD = {"pal": (768, 576), "ntsc": (640, 480)}


@dataclass(frozen=True, slots=True)
class Workshop:
    """What of this place and run decides bytes: ffmpeg's version line, the face, and the name of
    the centre that stands on the menus.
    """

    ffmpeg: str
    font: str
    centre: str = ""


@dataclass(frozen=True, slots=True)
class PlannedTrack:
    """One track of a disc: which part of which programme, its name and entry points, its step."""

    part: Part
    title: str
    name: str
    seconds: float
    chapters: tuple[Chapter, ...]
    encode: str


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


def _suffix(name: str) -> str:
    """The ending of a file's name where it is plain letters and digits: demuxers look at it."""
    found = re.search(r"\.[A-Za-z0-9]{1,5}$", name)
    return found.group().lower() if found else ""


def track_name(programme: Programme, part: Part) -> str:
    """What a track is called: the title, the episode where there are several, the part if split."""
    named = programme.title
    if len(programme.episodes) > 1:
        named += f" 第{part.episode}集"
    return f"{named} {part_name(part)}".strip()


def d_characters(text: str, length: int) -> str:
    """`text` in the d-characters of ISO 9660 (A-Z, 0-9, _), at most `length` of them."""
    return re.sub(r"[^A-Z0-9_]", "_", text.upper())[:length]


def sounds(recipe: Recipe, programme: Programme, source: Source) -> tuple[int, ...]:
    """The sound streams to be heard: the first there is, or the two that the recipe puts left and
    right. Raises Refusal where the recipe names one that the file has not.
    """
    there = [stream for stream in source.streams if isinstance(stream, AudioStream)]
    for place, voices in enumerate(recipe.left_right, start=1):
        if voices.programme != programme.id:
            continue
        if (most := max(voices.left, voices.right)) > len(there):
            raise refusal(
                f"{recipe.id}.yaml",
                _("{id} has {count} sounds, number {number} is not there").format(
                    id=programme.id, count=len(there), number=most
                ),
                _("see `xiaxiang programme {id}`, or delete the line").format(id=programme.id),
                f"left_right[{place}]",
            )
        return there[voices.left - 1].index, there[voices.right - 1].index
    return tuple(stream.index for stream in there[:1])


def _encode_steps(
    programme: Programme, part: Part, source: Source, recipe: Recipe, workshop: Workshop
) -> tuple[list[Step], Encode]:
    """The steps that give a part its streams: a card first where there is no picture."""
    target = recipe.target.medium
    standard: Standard = target.standard
    quality: Quality = target.quality
    before: list[Step] = []
    inputs: list[Input] = []
    file = card = ""
    if source.video or source.audio:
        file = f"in/{len(inputs)}{_suffix(source.name)}"
        inputs.append(FromSource(source.sha256, _suffix(source.name)))
    name = track_name(programme, part)
    if source.video is None:
        width, height = _CARD[standard]
        drawn = Card(
            name, width, height, name, programme.creator or programme.series, workshop.font
        )
        before.append(drawn)
        card = f"in/{len(inputs)}.png"
        inputs.append(FromStep(key(drawn), drawn.name))
    seconds = float(part.pictures / RASTERS[standard].rate)
    step = Encode(
        label=name,
        seconds=seconds,
        arguments=video_cd_arguments(
            Reading(file, source.video, sounds(recipe, programme, source), card),
            Stretch(part.start, part.pictures),
            standard,
            quality,
        ),
        inputs=tuple(inputs),
        outputs=(VIDEO, AUDIO),
        tool=workshop.ffmpeg,
    )
    return [*before, step], step


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
    programmes: Mapping[str, Programme],
    sources: Mapping[str, Source],
    workshop: Workshop,
) -> tuple[tuple[PlannedDisc, ...], tuple[Step, ...]]:
    """The discs of a recipe and all steps that make them, each step once, inputs before users."""
    steps: dict[str, Step] = {}
    discs = []
    for number, (fit, shown) in enumerate(spread, start=1):
        tracks = []
        for part in fit.parts:
            programme = programmes[part.programme]
            made, encode = _encode_steps(programme, part, sources[part.sha256], recipe, workshop)
            steps |= {key(step): step for step in made}
            tracks.append(_planned_track(programme, part, encode, recipe))
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


def _planned_track(
    programme: Programme, part: Part, encode: Encode, recipe: Recipe
) -> PlannedTrack:
    rate = RASTERS[recipe.target.medium.standard].rate
    points = chapters(programme, part, encode.seconds, rate)
    return PlannedTrack(part, programme.title, encode.label, encode.seconds, points, key(encode))


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
        tracks=tuple(
            Track(FromStep(track.encode, VIDEO), FromStep(track.encode, AUDIO))
            for track in disc.tracks
        ),
        entries=tuple(
            tuple(chapter.seconds for chapter in found)
            for found in within_a_disc([track.chapters for track in disc.tracks])
        ),
        stills=disc.stills,
        lists=disc.lists,
        writer=WRITER,
    )
