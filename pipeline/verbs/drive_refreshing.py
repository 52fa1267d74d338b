"""The verbs drive plan and drive refresh: what plugged drives would get, and giving it to them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.drives.facts import SiteFacts
from catalog.problem import Failure, Refusal, refusal
from catalog.words import _
from pipeline import tools
from pipeline.bars import DriveBars
from pipeline.cli import FAILED
from pipeline.make.drive_job import Filled, Watch
from pipeline.make.fill_drive import fill
from pipeline.make.medium import Medium
from pipeline.plan.drives import DrivesPlan, shared
from pipeline.plan.share import Shared
from pipeline.plan.share_words import tell_site
from pipeline.plan.steps import FromSource, Input
from pipeline.plan.targets.files import Stock
from pipeline.screen import say
from pipeline.verbs.drive_at_hand import AtHand, all_at_hand, enter_edition
from pipeline.verbs.drive_checking import checked
from pipeline.verbs.drive_filling import Going, Prepared, going, prepared, room_at
from pipeline.verbs.drive_finishing import finish
from pipeline.verbs.drive_meant import meant, recipe_of
from pipeline.verbs.drive_planning import made_for, stock_of, to_do, to_do_line
from pipeline.verbs.drive_registering import private_key
from pipeline.verbs.drive_sources import spoilt_sources
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
from pipeline.verbs.ready import Ready, today
from pipeline.verbs.register import here_and_now
from pipeline.verbs.telling import left_out_lines, say_failures
from pipeline.workspace import Workspace, alone
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
    ready, medium = recipe_of(root, asked.recipe)
    drives, refused = all_at_hand(ready.workspace, asked.paths)
    drives, sites = meant(ready, medium, drives, refused)
    files = ready.drives(medium)
    on_hand = stock_of(ready, files)
    gets = _shares(files, drives, sites, on_hand)
    ones = _going(files, list(zip(drives, gets, strict=True)), sites, on_hand, refused)
    todo = to_do(ready, files, gets, on_hand)
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
    ready, medium = recipe_of(root, asked.recipe)
    with alone(ready.workspace):
        done = _given(ready, medium, asked)
        while spoilt := spoilt_sources(ready, done.filled):
            # What was promised of them cannot come. All else can, and what is copied by now stays.
            for what, why in spoilt.values():
                say(_("failed: {what}: {failure}").format(what=what, failure=why))
            failed = tuple(result.root for _one, result in done.filled if not result.ok)
            again = replace(asked, paths=failed, deep=False)
            done = done.then(_given(ready, medium, again, {*done.without, *spoilt}))
    idle, filled, refused = done.idle, done.filled, done.refused
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
    bad = done.unmade or done.without or any(not result.ok for _prepared, result in filled)
    return FAILED if bad else code_of(refused)


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a call: drives that have everything, those that were filled, and the refused.
    `unmade`: whether a file could not be made; `without`: programmes whose sources are spoilt.
    """

    idle: list[Going]
    filled: list[tuple[Prepared, Filled]]
    refused: Refused
    unmade: bool
    without: frozenset[str]

    def then(self, later: _Done) -> _Done:
        """The same with what came later of those that had failed."""
        good = [one for one in self.filled if one[1].ok]
        return _Done(
            self.idle + later.idle,
            good + later.filled,
            self.refused + later.refused,
            self.unmade or later.unmade,
            later.without,
        )


def _given(
    ready: Ready, medium: SiteDrive, asked: Refreshing, without: Collection[str] = ()
) -> _Done:
    """Fill drives, `without` some programmes."""
    drives, refused = all_at_hand(ready.workspace, asked.paths)
    drives, sites = meant(ready, medium, drives, refused)
    if asked.deep:
        drives = [_read_through(ready.workspace, one) for one in drives]
    files, gets, on_hand, outcome = made_for(
        ready,
        ready.drives(medium).without(without),
        lambda now, stock: _shares(now, drives, sites, stock),
    )
    say_failures(outcome.failures)
    ones = _going(files, list(zip(drives, gets, strict=True)), sites, on_hand, refused)
    filled = _filled(ready, [one for one in ones if not one.nothing_to_do], on_hand)
    idle = [one for one in ones if one.nothing_to_do]
    idle = finish(ready.workspace, idle, private_key(ready.workspace), refused)
    return _Done(idle, filled, refused, bool(outcome.failures), frozenset(without))


# -- towards a plan -------------------------------------------------------------------------------


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
