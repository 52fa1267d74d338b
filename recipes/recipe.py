"""A recipe: what is asked for, as a person wrote it; read whole or refused, nothing in between."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.document import read_yaml, validate
from catalog.problem import Refusal
from catalog.programme import Programme, ResourceType
from catalog.vocabulary import season_months
from catalog.wishes import NONE, Wishes, over
from catalog.words import _
from recipes.checks import ID_LENGTH, ID_PATTERN, TITLE_LENGTH, mistakes
from recipes.targets import Target

Order = Literal["fixed", "best-fit"]
Reach = Literal["national", "province", "county"]
Season = Literal["spring", "summer", "autumn", "winter"]

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
Month = Annotated[int, Field(ge=1, le=12)]
Voice = Annotated[int, Field(ge=1, le=32)]  # which of a file's sounds, counted from 1


class Selection(BaseModel):
    """One line of `select`: programmes that are everything it says. `programmes` come as written,
    all others by series and class number, `requests` before both; `at_most` and `minutes` stop the
    line.
    """

    model_config = _STRICT

    all: Literal[True] | None = Field(None, description="yes: every programme of the catalogue")
    programmes: tuple[str, ...] = Field((), description="Programmes by their id", max_length=5000)
    subject: tuple[str, ...] = Field(
        (), description="Subject codes, or beginnings of class numbers", max_length=200
    )
    season: Season | None = Field(None, description="Useful in this season, or all year")
    months: tuple[Month, ...] = Field(
        (), description="Useful in one of these months (1 to 12), or all year", max_length=12
    )
    language: str = Field("", description="Language code, such as zh", max_length=40)
    dialect: str = Field(
        "", description="Spoken variety, as the catalogue writes it", max_length=40
    )
    audience: tuple[str, ...] = Field((), description="For one of these groups", max_length=20)
    type: tuple[ResourceType, ...] = Field((), description="One of these kinds", max_length=5)
    text: str = Field("", description="Words in title, keywords or description", max_length=200)
    requests: Literal["first"] | None = Field(
        None, description="first: programmes that open requests ask for come before the others"
    )
    at_most: int | None = Field(None, ge=1, le=10_000, description="Not more programmes than this")
    minutes: int | None = Field(
        None, ge=1, le=1_000_000, description="Not more minutes than this, together"
    )

    def useful_in(self) -> tuple[int, ...]:
        """The months asked for, from `season` or `months`; empty where neither is given."""
        return season_months(self.season) if self.season else self.months


class LeftRight(BaseModel):
    """Two sounds of a programme's files, counted from 1 as `xiaxiang programme` lists them: one
    language on the left channel, one on the right (左右声道).
    """

    model_config = _STRICT

    programme: str = Field(description="The programme's id")
    left: Voice = Field(1, description="Which sound is heard on the left, from 1")
    right: Voice = Field(2, description="Which sound is heard on the right, from 1")


class Treat(BaseModel):
    """How one programme shall be shown, where a person decides it: put over what the sheet says of
    it (catalog/wishes.py); what is not written here stays as the sheet or the analysis has it.
    """

    model_config = _STRICT

    programme: str = Field(description="The programme's id")
    fields: Literal["progressive", "top", "bottom", "film"] | None = Field(
        None, description="How its pictures are woven; film: 24 a second in 3:2 pulldown"
    )
    shape: Literal["letterbox", "centre-cut"] | None = Field(
        None, description="letterbox: the whole picture; centre-cut: fill 4:3, its sides cut"
    )
    borders: Literal["keep", "crop"] | None = Field(
        None, description="Black borders of its own: keep or crop them"
    )
    pace: Literal["speed-up", "blend", "plain"] | None = Field(
        None, description="Film of 24 pictures a second: played 4 % faster, blended, or as it is"
    )
    denoise: Literal["none", "gentle", "strong"] | None = Field(
        None, description="Take noise out of the picture"
    )
    loudness: Literal["keep", "level"] | None = Field(
        None, description="keep: as loud as it is; level: as loud as all others"
    )
    sound: Voice | None = Field(None, description="Which sound is heard, from 1")
    side: Literal["left", "right", "both"] | None = Field(
        None, description="Of two voices: only the left, only the right, or each on its side"
    )
    subtitles: str | None = Field(
        None,
        description='none, the number of a track in quotes ("1"), or the name of a subtitle file',
        max_length=200,
    )
    damage: Literal["accept"] | None = Field(
        None, description="accept: take it, however damaged it is"
    )

    @property
    def wishes(self) -> Wishes:
        """What it says, without whose programme it is."""
        said = self.model_dump(exclude={"programme"}, exclude_none=True)
        return Wishes(**said)


class Recipe(BaseModel):
    """A whole recipe. `recipe` is its id and the name of its file; `rights` says how far the discs
    will travel: programmes that may not go as far are left out.
    """

    model_config = _STRICT

    recipe: str = Field(description="The name of this file, without .yaml")
    title: str = Field(description="Title on disc, label and papers")
    copies: int = Field(50, ge=1, le=100_000, description="Copies of each disc")
    order: Order = Field(
        "fixed", description="fixed: discs in the order written; best-fit: as few discs as possible"
    )
    rights: Reach = Field("county", description="How far the discs will travel")
    select: tuple[Selection, ...] = Field(
        description="What to take: each line adds, earlier lines come first", max_length=100
    )
    leave_out: tuple[str, ...] = Field(
        (), description="Programmes that are never taken, by their id", max_length=5000
    )
    left_right: tuple[LeftRight, ...] = Field(
        (), description="Programmes with two languages, one on each channel", max_length=500
    )
    treat: tuple[Treat, ...] = Field(
        (), description="How single programmes shall be shown, where you decide it", max_length=500
    )
    target: Target = Field(description="What to make: exactly one kind of medium")

    @property
    def id(self) -> str:
        """The recipe's id: what its key `recipe` says."""
        return self.recipe

    def wishes(self, programme: Programme) -> Wishes:
        """How a programme shall be shown: what the recipe says of it over what the sheet says."""
        said = next((one.wishes for one in self.treat if one.programme == programme.id), NONE)
        return over(said, programme.wishes)


def read(path: Path, known: Collection[str] | None = None) -> Recipe:
    """The recipe in a file, or a Refusal with every mistake in it, each on its line.

    `known` are the ids of the programmes in the catalogue; without them, ids are taken as they
    are written. Raises Failure only where the disk cannot be read.
    """
    document = read_yaml(path)
    recipe, problems = None, list(document.problems)
    if not document.broken:
        recipe, wrong = validate(Recipe, document)
        problems += [*wrong, *mistakes(document, path.stem, known)]
    if problems or recipe is None:
        raise Refusal(problems)
    return recipe


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a recipe file, for editors that complete and explain while
    one writes; descriptions are in the language of the screen.
    """
    found = Recipe.model_json_schema(by_alias=True)
    # A model's docstring is for those who write Python.
    for model in (found, *found["$defs"].values()):
        model.pop("description", None)
    properties = found["properties"]
    properties["recipe"] |= {"pattern": ID_PATTERN, "maxLength": ID_LENGTH}
    properties["title"] |= {"minLength": 1, "maxLength": TITLE_LENGTH}
    properties["select"]["minItems"] = 1
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_translated(found),
    }


def _translated(node: Any) -> Any:
    if isinstance(node, list):
        return [_translated(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _(value) if key == "description" and isinstance(value, str) else _translated(value)
        for key, value in node.items()
    }
