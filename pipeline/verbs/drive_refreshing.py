"""The verbs drive plan and drive refresh: what plugged drives would get, and giving it to them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.drives.facts import SiteFacts, site_facts
from catalog.problem import Failure, Refusal, refusal
from catalog.words import _
from pipeline import tools
from pipeline.bars import DriveBars
from pipeline.cli import FAILED
from pipeline.make.drive_job import Filled, Watch
from pipeline.make.fill_drive import fill
from pipeline.make.medium import Medium
from pipeline.plan.drives import DrivesPlan, chosen_sites, shared
from pipeline.plan.share import Shared
from pipeline.plan.share_words import tell_site
from pipeline.plan.steps import FromSource, Input
from pipeline.plan.targets.files import Stock
from pipeline.screen import say
from pipeline.verbs.drive_at_hand import AtHand, all_at_hand, enter_edition
from pipeline.verbs.drive_checking import checked
from pipeline.verbs.drive_filling import Going, Prepared, going, prepared, room_at
from pipeline.verbs.drive_finishing import finish
from pipeline.verbs.drive_planning import made_for, stock_of, to_do, to_do_line, today
from pipeline.verbs.drive_registering import private_key
from pipeline.verbs.drive_telling import (
    Refused,
    as_json,
    code_of,
    filled_json,
    filled_lines,
    going_json,
    going_lines,
    idle_line,
    tell_refused,
)
from pipeline.verbs.ready import Ready
from pipeline.verbs.register import here_and_now
from pipeline.verbs.telling import left_out_lines
from pipeline.workspace import Workspace, alone, enter
from recipes.recipe import read
from recipes.targets import SiteDrive


@dataclass(frozen=True, slots=True)
class Refreshing:
    """What `drive plan` and `drive refresh` were asked for; an empty `recipe`: the only one. With
    `deep` every byte that lies there is read first; what was altered is put there anew.
    """

    paths: tuple[Path, ...]
    recipe: str = ""
    deep: bool = False
    as_json: bool = False


def plan(root: Path, asked: Refreshing) -> int:
    """Show what would be done to the drives at these paths. Nothing is touched."""
    ready, medium = _recipe(root, asked.recipe)
    drives, refused = all_at_hand(ready.workspace, asked.paths)
    drives, sites = _meant(ready, medium, drives, refused)
    files = ready.drives(medium)
    on_hand = stock_of(ready, files)
    gets = _shares(files, drives, sites, on_hand)
    ones = _going(files, list(zip(drives, gets, strict=True)), sites, on_hand, refused)
    todo = to_do(ready, files, gets)
    if asked.as_json:
        print(as_json([going_json(one) for one in ones], refused))
    else:
        for one in ones:
            print("\n".join(going_lines(one)) + "\n")
        for line in left_out_lines(files.left_out):
            print(_("left out: {what}").format(what=line))
        print(to_do_line(todo))
        tell_refused(refused)
    return code_of(refused)


def refresh(root: Path, asked: Refreshing) -> int:
    """Give each drive its next edition: copied, read back, sealed, entered."""
    ready, medium = _recipe(root, asked.recipe)
    with alone(ready.workspace):
        drives, refused = all_at_hand(ready.workspace, asked.paths)
        drives, sites = _meant(ready, medium, drives, refused)
        if asked.deep:
            drives = [_read_through(ready.workspace, one) for one in drives]
        files, gets, outcome = made_for(
            ready, ready.drives(medium), lambda now, stock: _shares(now, drives, sites, stock)
        )
        for step, failure in outcome.failures:
            say(_("failed: {what}: {failure}").format(what=step.label, failure=failure))
        on_hand = stock_of(ready, files)
        ones = _going(files, list(zip(drives, gets, strict=True)), sites, on_hand, refused)
        filled = _filled(ready, [one for one in ones if not one.nothing_to_do], on_hand)
        idle = [one for one in ones if one.nothing_to_do]
        idle = finish(ready.workspace, idle, private_key(ready.workspace), refused)
    if asked.as_json:
        said = [going_json(one) | {"ok": True} for one in idle]
        said += [filled_json(one, result) for one, result in filled]
        print(as_json(said, refused))
    else:
        for one in idle:
            print(idle_line(one))
        for one_filled, result in filled:
            print("\n".join(filled_lines(one_filled, result)))
        tell_refused(refused)
    bad = bool(outcome.failures) or any(not result.ok for _prepared, result in filled)
    return FAILED if bad else code_of(refused)


# -- towards a plan -------------------------------------------------------------------------------


def _recipe(root: Path, named: str) -> tuple[Ready, SiteDrive]:
    """The recipe of drives that is meant. Raises Refusal where it is another, or which is open."""
    name = named or _only_one(enter(root))
    ready = Ready(root, name)
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


def _read_through(workspace: Workspace, at: AtHand) -> AtHand:
    """The drive as it is: files whose bytes were altered count as others than the edition's."""
    if not at.standing.root:
        return at
    report = checked(workspace, at, "deep")
    altered = {one.path for one in report.findings if one.kind == "altered"}
    holding = at.looked.holding
    edition = tuple(
        replace(item, sha256="") if item.name in altered else item for item in holding.edition
    )
    return replace(at, looked=replace(at.looked, holding=replace(holding, edition=edition)))


def _meant(
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


def _shares(
    plan: DrivesPlan, drives: Sequence[AtHand], sites: Mapping[str, SiteFacts], stock: Stock
) -> tuple[Shared, ...]:
    return tuple(
        shared(plan, sites[one.standing.site], room_at(one), stock, today()) for one in drives
    )


def _going(
    plan: DrivesPlan,
    pairs: Sequence[tuple[AtHand, Shared]],
    sites: Mapping[str, SiteFacts],
    stock: Stock,
    refused: Refused,
) -> list[Going]:
    """What would be done to each drive; those to which nothing may be done join the refused."""
    found = []
    for at, gets in pairs:
        try:
            if gets.out:
                raise refusal(str(at.root), tell_site(gets.out), _("nothing was changed on it"))
            site = sites[at.standing.site]
            found.append(going(plan, at, site, gets, stock=stock, on=today()))
        except Refusal as error:
            refused.append((at.root, error))
    return found


# -- doing ----------------------------------------------------------------------------------------


class _Entering(Watch):
    """Enters each edition the moment it is sealed, and shows bars meanwhile."""

    def __init__(self, workspace: Workspace, going_: Sequence[Prepared], bars: DriveBars) -> None:
        self._workspace, self._bars = workspace, bars
        self._by_root = {one.job.root: one for one in going_}
        self._books = threading.Lock()
        self.begins, self.progress, self.slow = bars.begins, bars.progress, bars.slow  # type: ignore[method-assign]

    def sealed(self, filled: Filled) -> None:
        one = self._by_root[filled.root]
        with Medium(filled.root) as medium:
            free = medium.room().free
        try:
            with self._books, self._workspace.books.transaction() as connection:
                enter_edition(
                    connection, here_and_now(), one.going.at.standing, one.record, filled, free=free
                )
        except Refusal as error:  # somebody changed the register meanwhile: this drive's trouble
            wrong = _("the new edition is on it and was not entered: {why}").format(why=error)
            mend = _("put the register right, then repeat the command")
            raise Failure(str(filled.root), wrong, mend) from error


def _filled(ready: Ready, ones: Sequence[Going], stock: Stock) -> list[tuple[Prepared, Filled]]:
    """Fill these drives in one pass."""
    workspace, private = ready.workspace, private_key(ready.workspace)
    jobs = [prepared(workspace, ready.recipe.id, one, stock, private) for one in ones]
    if not jobs:
        return []
    bars, stop = DriveBars(), tools.Stop()

    def place(origin: Input) -> Path:
        if isinstance(origin, FromSource):
            return ready.file(origin.sha256)[1]
        return workspace.workroom.path(origin.key, origin.name)

    try:
        done = fill([one.job for one in jobs], place, stop, _Entering(workspace, jobs, bars))
    except BaseException:
        stop.ask()
        raise
    finally:
        bars.close()
    return list(zip(jobs, done, strict=True))
