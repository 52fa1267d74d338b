"""From a recipe and what is known of sites to what each drive shall hold. Pure; nothing is run.

All drives of a recipe are filled from one stock of files. How large a file is shows only when it is
made; until then it counts with the most that it can be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.analysis import Analysis
from catalog.drives.asking import DriveStanding
from catalog.drives.facts import SiteFacts
from catalog.programme import Source
from pipeline.bundle.bundle import Bundle
from pipeline.plan.left_out import LeftOut
from pipeline.plan.select import Selected
from pipeline.plan.share import Choice, DriveRoom, Shared, registered, share
from pipeline.plan.steps import FromStep, Step, digest
from pipeline.plan.targets.files import Filed, Marked, Stock, filed, laid, steps_of
from pipeline.plan.targets.tracks import Workshop
from recipes.recipe import Recipe
from recipes.targets import SiteChoice, SiteDrive


@dataclass(frozen=True, slots=True)
class DrivesPlan:
    """What a recipe holds ready for its drives: the files of each programme by its id, and the
    steps that make them.
    """

    recipe: Recipe
    medium: SiteDrive
    files: Mapping[str, Filed]
    choices: tuple[Choice, ...]
    left_out: tuple[LeftOut, ...]
    workshop: Workshop

    def steps(self, programmes: Collection[str]) -> tuple[Step, ...]:
        """All steps that some programmes need, each once, inputs before users."""
        return steps_of(one for id, one in self.files.items() if id in programmes)

    def goals(self, programmes: Collection[str]) -> tuple[str, ...]:
        """The keys of the steps that make their files."""
        origins = (f.origin for id in programmes for f in self.files[id].files())
        return tuple(dict.fromkeys(one.key for one in origins if isinstance(one, FromStep)))

    def without(self, programmes: Collection[str]) -> DrivesPlan:
        """The same as if these had not been chosen."""
        choices = tuple(one for one in self.choices if one.programme.id not in programmes)
        return DrivesPlan(
            self.recipe, self.medium, self.files, choices, self.left_out, self.workshop
        )


def drives_plan(
    recipe: Recipe,
    medium: SiteDrive,
    selected: Selected,
    sources: Mapping[str, Source],
    analyses: Mapping[str, Analysis],
    *,
    workshop: Workshop,
) -> DrivesPlan:
    """Everything that does not depend on a site, decided."""
    files = filed(recipe, medium, selected.chosen, sources, analyses, workshop=workshop)
    choices = tuple(map(Choice, selected.chosen, selected.lines))
    return DrivesPlan(recipe, medium, files, choices, selected.left_out, workshop)


def chosen_sites(choice: SiteChoice, sites: Iterable[SiteFacts]) -> tuple[SiteFacts, ...]:
    """The sites that a recipe is for, in the order of the register."""
    return tuple(
        site
        for site in sites
        if choice.level in (None, site.level)
        and (not choice.only or site.id in choice.only)
        and choice.township in ("", site.township, site.id)
        and choice.route in ("", site.route)
    )


def shared(
    plan: DrivesPlan, site: SiteFacts, room: DriveRoom | None, stock: Stock, today: date
) -> Shared:
    """What one drive of a site gets, by the bytes that are known by now."""
    return share(plan.choices, _sizes(plan, stock), site, plan.medium, room, today=today)


def _sizes(plan: DrivesPlan, stock: Stock) -> Mapping[str, Sequence[int]]:
    """The bytes of all files of each programme."""
    return {
        id: tuple(stock.known(file).bytes for file in one.files()) for id, one in plan.files.items()
    }


def by_the_books(
    plan: DrivesPlan, sites: Sequence[SiteFacts], stock: Stock, today: date
) -> tuple[Shared, ...]:
    """What each drive of these sites would get, by the capacities in the register."""
    sizes = _sizes(plan, stock)
    return tuple(
        share(plan.choices, sizes, site, plan.medium, room, today=today)
        for site in sites
        for room in (tuple(map(registered, site.drives)) or (None,))
    )


def bundle(
    plan: DrivesPlan,
    gets: Shared,
    site: SiteFacts,
    standing: DriveStanding,
    *,
    stock: Stock,
    taken: Mapping[str, str],
    on: date,
) -> Bundle:
    """What a drive shall hold. `taken`: what lies on it, path -> SHA-256 ("" not known). Every
    file must be in the stock.
    """
    programmes = [plan.files[id] for id in gets.chosen]
    marked = Marked(set(gets.chosen) - set(standing.programmes), set(site.asked))
    placed = laid(programmes, stock, taken, marked=marked)
    number = standing.number + 1
    pieces = tuple((piece.path, piece.sha256) for piece in placed.pieces)
    name = digest((standing.drive, number, standing.root, pieces))[:10]
    return Bundle(
        edition=f"{plan.recipe.id}-{standing.drive}-{name}",
        number=number,
        previous=standing.last_root,
        drive=standing.drive,
        site=site.id,
        site_name=site.name,
        centre=plan.workshop.centre,
        title=plan.recipe.title,
        on=on,
        pieces=placed.pieces,
        offers=placed.offers,
    )
