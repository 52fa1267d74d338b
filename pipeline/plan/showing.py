"""What a recipe chose, as it will be shown: each episode with its treatment, times as on disc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from catalog.analysis import Analysis
from catalog.problem import refusal
from catalog.programme import AudioStream, Programme, Source
from catalog.words import _
from pipeline.plan.decide import Asked, decide
from pipeline.plan.treatment import Treatment
from recipes.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Showing:
    """One programme with the treatment of each of its files, by sha256; its chapters are in
    seconds of the disc.
    """

    programme: Programme
    treatments: Mapping[str, Treatment]


def showings(
    recipe: Recipe,
    chosen: Sequence[Programme],
    sources: Mapping[str, Source],
    analyses: Mapping[str, Analysis],
    rate: Fraction,
) -> dict[str, Showing]:
    """Every chosen programme by its id, decided. Raises Refusal where `left_right` names a sound
    that a file has not.
    """
    found = {}
    for programme in chosen:
        wishes = recipe.wishes(programme)
        treatments = {
            episode.sha256: decide(
                Asked(
                    source := sources[episode.sha256],
                    analyses.get(episode.sha256),
                    rate,
                    wishes,
                    _left_right(recipe, programme, source),
                )
            )
            for episode in programme.episodes
        }
        found[programme.id] = Showing(_timed(programme, treatments), treatments)
    return found


def _timed(programme: Programme, treatments: Mapping[str, Treatment]) -> Programme:
    """Its chapters, which are those of the first episode, moved with the speed it plays at."""
    speed = treatments[programme.episodes[0].sha256].speed if programme.episodes else Fraction(1)
    if speed == 1 or not programme.chapters:
        return programme
    moved = tuple((float(Fraction(at) / speed), name) for at, name in programme.chapters)
    return replace(programme, chapters=moved)


def _left_right(recipe: Recipe, programme: Programme, source: Source) -> tuple[int, int] | None:
    """The two sounds that the recipe puts left and right, as streams of the file."""
    for place, voices in enumerate(recipe.left_right, start=1):
        if voices.programme != programme.id:
            continue
        there = [stream for stream in source.streams if isinstance(stream, AudioStream)]
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
    return None
