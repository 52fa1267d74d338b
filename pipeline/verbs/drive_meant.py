"""Which recipe plugged drives are filled by, and which of them it is for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog.drives.facts import SiteFacts, site_facts
from catalog.problem import Refusal, refusal
from catalog.words import _
from pipeline.plan.drives import chosen_sites
from pipeline.verbs.drive_at_hand import AtHand
from pipeline.verbs.drive_telling import Refused
from pipeline.verbs.ready import Ready, today
from pipeline.workspace import Workspace, enter
from recipes.recipe import read
from recipes.targets import SiteDrive


def recipe_of(root: Path, named: str) -> tuple[Ready, SiteDrive]:
    """The recipe of drives that is meant. Raises Refusal where it is another, or which is open."""
    workspace = enter(root)
    ready = Ready(workspace, named or _only_one(workspace))
    medium = ready.recipe.target.medium
    if not isinstance(medium, SiteDrive):
        wrong = _("this recipe is not for drives")
        mend = _("name one with the target site-drive: --recipe NAME")
        raise refusal(str(ready.recipe_file), wrong, mend, "target")
    return ready, medium


def _only_one(workspace: Workspace) -> str:
    """The workspace's recipe of drives, where there is only one."""
    found = []
    for path in sorted((workspace.root / "recipes").glob("*.yaml")):
        try:
            medium = read(path).target.medium
        except Refusal:
            continue
        found += [path.stem] if isinstance(medium, SiteDrive) else []
    if len(found) == 1:
        return found[0]
    wrong = _("{count} recipes of this workspace are for drives").format(count=len(found))
    named = _(" or ").join(found) or "township-drives"
    raise refusal("drive", wrong, _("say which: --recipe {names}").format(names=named), "--recipe")


def meant(
    ready: Ready, medium: SiteDrive, drives: Sequence[AtHand], refused: Refused
) -> tuple[list[AtHand], dict[str, SiteFacts]]:
    """The drives whose sites are open and meant by the recipe, with these sites; others join the
    refused.
    """
    with ready.workspace.books.reading() as connection:
        sites = site_facts(connection, today(), [one.standing.site for one in drives])
    meant = {site.id for site in chosen_sites(medium.sites, sites.values())}
    for one in drives:
        if (id := one.standing.site) not in meant:
            refused.append((one.root, _not_meant(one, ready.recipe.id, open_=id in sites)))
    return [one for one in drives if one.standing.site in meant], sites


def _not_meant(at: AtHand, recipe: str, *, open_: bool) -> Refusal:
    site, drive = at.standing.site, at.standing.drive
    wrong = _("{site}, for which it is meant, was closed").format(site=site)
    mend = _(
        "register it for another site: "
        "xiaxiang drive register {path} --site ID --drive {drive} --again"
    ).format(path=at.root, drive=drive)
    if open_:
        wrong = _("the recipe {recipe} is not for {site}").format(recipe=recipe, site=site)
        mend = _("name another recipe: --recipe NAME, or change sites in this one")
    return refusal(str(at.root), wrong, mend)
