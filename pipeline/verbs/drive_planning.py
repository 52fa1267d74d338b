"""What a recipe of drives would give each site, by the books; and its files, made beforehand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace

from catalog.drives.facts import SiteFacts, site_facts
from catalog.problem import Failure, refusal
from catalog.register.asking import site_ids
from catalog.words import _
from pipeline.cli import DONE, FAILED
from pipeline.plan.drives import DrivesPlan, by_the_books, chosen_sites
from pipeline.plan.left_out import tell as tell_programme
from pipeline.plan.pc_file import PcFile
from pipeline.plan.share import Shared
from pipeline.plan.share_words import tell_site, told
from pipeline.plan.steps import Step
from pipeline.plan.targets.files import Stock
from pipeline.run import Outcome, carry_out
from pipeline.screen import size, table
from pipeline.standing import missing, stock
from pipeline.verbs.making import at_work, enough_room, file_bytes
from pipeline.verbs.ready import Ready, today
from pipeline.verbs.register import unknown
from pipeline.verbs.telling import left_out_lines, minutes_of, say_failures, say_left_out
from pipeline.workspace import alone
from recipes.targets import SiteDrive

_MANY = 8  # programmes that a drive does not get, a line each


def show(ready: Ready, medium: SiteDrive, as_json: bool) -> int:
    """Show what each site would get. Nothing is touched."""
    plan, sites = ready.drives(medium), sites_of(ready, medium)
    on_hand = stock_of(ready, plan)
    drives = by_the_books(plan, sites, on_hand, today())
    todo = to_do(ready, plan, drives, on_hand)
    if as_json:
        print(_json(drives, plan, todo))
        return DONE
    print(_("{title}: {drives} drives of {sites} sites").format(
        title=plan.recipe.title, drives=len(drives), sites=len(sites)))  # fmt: skip
    print(_table(drives, sites))
    for line in _reasons(drives):
        print(line)
    if plan.left_out:
        print(_("Left out:"))
        for line in left_out_lines(plan.left_out):
            print(f"  {line}")
    print(to_do_line(todo))
    return DONE


def make_ready(ready: Ready, medium: SiteDrive, as_json: bool) -> int:
    """Make all files that the drives of a recipe will hold, so that a refresh only copies."""
    plan, sites = ready.drives(medium), sites_of(ready, medium)
    say_left_out(plan.left_out)
    with alone(ready.workspace):
        plan, drives, _stock, outcome = made_for(
            ready, plan, lambda now, on_hand: by_the_books(now, sites, on_hand, today())
        )
    say_failures(outcome.failures)
    if as_json:
        print(_json(drives, plan, ()))
    else:
        print(_table(drives, sites))
        print(_("All files are made. To fill a drive: xiaxiang drive refresh PATH"))
    return FAILED if outcome.failures else DONE


Sharing = Callable[[DrivesPlan, Stock], Sequence[Shared]]


def made_for(
    ready: Ready, plan: DrivesPlan, sharing: Sharing
) -> tuple[DrivesPlan, Sequence[Shared], Stock, Outcome]:
    """Make the files of what is shared out, and give what there is then. Made ones are smaller than
    was counted with, so that more has room: shared out anew until nothing is left to make. A
    programme that cannot be made is left out of what comes.
    """
    failures: list[tuple[Step, Failure]] = []
    while True:
        on_hand = stock_of(ready, plan)
        drives = sharing(plan, on_hand)
        todo = to_do(ready, plan, drives, on_hand)
        if not todo:
            return plan, drives, on_hand, Outcome(None, failures=tuple(failures))
        enough_room(todo, file_bytes(_pieces(plan, drives)), ready.workspace)
        with at_work(ready) as (bench, executor, bars):
            bars.begins(todo, {})
            outcome = carry_out(todo, bench, executor, bars)
        failures += outcome.failures
        if outcome.failures:
            plan = plan.without(_unmade(plan, drives, ready))


def _unmade(plan: DrivesPlan, drives: Sequence[Shared], ready: Ready) -> set[str]:
    chosen = {id for one in drives for id in one.chosen}
    room = ready.workspace.workroom
    return {id for id in chosen if missing(plan.steps([id]), plan.goals([id]), room)}


def to_do(ready: Ready, plan: DrivesPlan, drives: Sequence[Shared], on_hand: Stock) -> list[Step]:
    """The steps still to be made for what is shared out."""
    chosen = {id: None for one in drives for id in one.chosen}
    goals = plan.goals(chosen)
    if on_hand.made.keys() >= set(goals):  # seen just now, thousands of them
        return []
    return missing(plan.steps(chosen), goals, ready.workspace.workroom)


def stock_of(ready: Ready, plan: DrivesPlan) -> Stock:
    """What of the files is made by now."""
    return stock(plan.steps(plan.files), ready.workspace.workroom)


def sites_of(ready: Ready, medium: SiteDrive) -> tuple[SiteFacts, ...]:
    """The sites that a recipe is for. Raises Refusal where it names one that is not there, or
    none is left.
    """
    choice = medium.sites
    with ready.workspace.books.reading() as connection:
        ids = site_ids(connection)
        for named in (*choice.only, *([choice.township] if choice.township else [])):
            if named not in ids:
                raise unknown(named, ids, "xiaxiang site list")
        facts = site_facts(connection, today(), choice.only)
    found = chosen_sites(choice, facts.values())
    if not found:
        raise refusal(
            str(ready.recipe_file),
            _("no site of the register is meant by it"),
            _("see `xiaxiang site list` and `xiaxiang drive list`, or change sites"),
            "target.site-drive.sites",
        )
    return found


def _pieces(plan: DrivesPlan, drives: Sequence[Shared]) -> Iterator[PcFile]:
    chosen = {id: None for one in drives for id in one.chosen}
    return (file for id in chosen for file in plan.files[id].files())


# -- what is shown --------------------------------------------------------------------------------


def to_do_line(todo: Sequence[Step]) -> str:
    """How much work is left before drives can be filled."""
    if not todo:
        return _("All files are made.")
    return _("To do: {files} files to make (about {minutes:.0f} minutes here)").format(
        files=len(todo), minutes=max(1, minutes_of(todo))
    )


def _table(drives: Sequence[Shared], sites: Sequence[SiteFacts]) -> str:
    names = {site.id: site.name for site in sites}
    head = (
        _("site"), _("name"), _("drive"), _("programmes"), _("used"), _("room"), _("left out"),
    )  # fmt: skip
    rows = (
        (
            one.site, names.get(one.site, ""), one.drive, str(len(one.chosen)),
            size(one.used), size(one.room), str(len(one.left_out)),
        )
        for one in drives
    )  # fmt: skip
    return table(head, rows)


def _reasons(drives: Sequence[Shared]) -> Iterator[str]:
    """Sites that get nothing, then what drives do not get; the same reason on many drives once."""
    for one in drives:
        if one.out:
            yield tell_site(one.out)
    alike: dict[str, list[str]] = {}
    for one in drives:
        for left in one.left_out:
            alike.setdefault(f"{left.programme} {left.title}".strip(), []).append(one.drive)
    for named, where in list(alike.items())[:_MANY]:
        yield _("does not fit on {count} drives: {what}").format(count=len(where), what=named)
    if len(alike) > _MANY:
        rest = len(alike) - _MANY
        yield _("and {count} more that do not fit everywhere (all of them: --json)").format(
            count=rest
        )


def _json(drives: Sequence[Shared], plan: DrivesPlan, todo: Sequence[Step]) -> str:
    said = {
        "recipe": plan.recipe.model_dump(mode="json", by_alias=True, exclude_none=True),
        "drives": [
            asdict(replace(one, chosen=(), left_out=()))
            | {"chosen": one.chosen, "left_out": [*map(told, one.left_out)]}
            | ({"told": tell_site(one.out)} if one.out else {})
            for one in drives
        ],
        "left_out": [asdict(one) | {"told": tell_programme(one)} for one in plan.left_out],
        "to_do": [{"step": type(step).__name__, "label": step.label} for step in todo],
        "minutes_of_work": round(minutes_of(todo), 1),
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)
