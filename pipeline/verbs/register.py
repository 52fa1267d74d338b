"""The verbs of the register: site import, export, list, show, set, close."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

from catalog.characters import shown
from catalog.circulation.entries import Changed
from catalog.circulation.posting import post
from catalog.database import Connection
from catalog.packed import write_file
from catalog.problem import Problem, Refusal, refusal
from catalog.register import asking, export, fields
from catalog.register.asking import Dossier, Place, Wanted
from catalog.register.columns import fact_of, near_headers
from catalog.register.history import CHINA, Fact
from catalog.register.importing import import_sites
from catalog.register.settling import settle
from catalog.words import _
from pipeline.cli import DONE
from pipeline.register_words import (
    drive_line,
    fact_word,
    level_word,
    players_words,
    since_words,
    value_word,
)
from pipeline.screen import one_line, say, table
from pipeline.workspace import enter


@dataclass(frozen=True, slots=True)
class Listing:
    """What `site list` was asked for."""

    county: str = ""
    township: str = ""
    level: str = ""
    text: str = ""
    closed: bool = False
    as_json: bool = False


def here_and_now() -> datetime:
    """Now, with the time zone of China: its date is the day people have."""
    return datetime.now(CHINA)


def import_sheet(root: Path, sheet: Path, since: date | None, as_json: bool) -> int:
    """Take a sheet of sites into the books."""
    with enter(root).books.transaction() as connection:
        made = import_sites(connection, here_and_now(), sheet, since)
        count = asking.levels(connection)
    for notice in made.notices:
        say(notice)
    if as_json:
        _print_json(asdict(made) | {"levels": count})
        return DONE
    said = _("{new} sites are new, {changed} changed, {same} as they were; {drives} drives")
    print(
        said.format(
            new=len(made.registered),
            changed=len(made.changed),
            same=made.unchanged,
            drives=len(made.drives),
        )
    )
    print(_counted(count))
    return DONE


def export_sheet(root: Path, file: Path, on: date | None, as_json: bool) -> int:
    """Write the register as a sheet: XLSX or CSV, as the name of the file says."""
    if file.suffix.lower() not in (".csv", ".xlsx"):
        wrong = _("{value} is neither .csv nor .xlsx").format(value=shown(file.suffix))
        raise refusal(str(file), wrong, _("name it like sites.xlsx"))
    with enter(root).books.reading() as connection:
        rows = export.sheet_of(connection, on or here_and_now().date())
    if file.suffix.lower() == ".xlsx":
        from catalog.workbook import write_workbook  # noqa: PLC0415 - 200 ms

        write_workbook(file, {_("Sites"): rows})
    else:
        write_file(file, export.csv_of(rows))
    if as_json:
        _print_json({"file": str(file), "sites": len(rows) - 1})
    else:
        print(_("{count} sites written to {file}").format(count=len(rows) - 1, file=file))
    return DONE


def list_sites(root: Path, asked: Listing) -> int:
    """List sites, those that are asked for."""
    wanted = Wanted(asked.county, asked.township, asked.level, asked.text, asked.closed)
    with enter(root).books.transaction() as connection:
        settle(connection, here_and_now().date())
        for named in (asked.county, asked.township):
            if named:
                _known(connection, named)
        found = asking.places(connection, wanted)
    if asked.as_json:
        _print_json([asdict(place) for place in found])
        return DONE
    head = (
        _("id"), _("name"), _("level"), _("region code"), _("players"), _("its drives"), _("route"),
        _("manager"),
    )  # fmt: skip
    if found:
        print(table(head, map(_place_row, found)))
    print(_("{count} sites").format(count=len(found)))
    return DONE


def show_site(root: Path, site: str, on: date | None, as_json: bool) -> int:
    """Show all that the register knows of one site."""
    day = on or here_and_now().date()
    with enter(root).books.reading() as connection:
        found = asking.dossier(connection, site, day)
        if found is None:
            raise _no_site(connection, site)
    if as_json:
        _print_json(asdict(found))
        return DONE
    for line in _dossier_lines(found):
        print(one_line(line))
    return DONE


def set_facts(root: Path, site: str, said: Iterable[str], since: date | None, as_json: bool) -> int:
    """Change facts of a site, from a day on."""
    facts = _assigned(said)
    at = here_and_now()
    with enter(root).books.transaction() as connection:
        settle(connection, at.date())
        _known(connection, site)
        post(connection, at, [Changed(site, facts, since)])
        found = asking.dossier(connection, site, max(since or at.date(), at.date()))
    if found is None:
        raise AssertionError(site)
    told = [fact for fact in found.facts if fact.field in facts]
    if as_json:
        _print_json({"site": site, "facts": [asdict(fact) for fact in told]})
        return DONE
    for field in facts:
        now = next((fact for fact in told if fact.field == field), Fact(field, "", ""))
        print(one_line(f"{site}  {_fact_line(now)}"))
    return DONE


def close_site(root: Path, site: str, on: date | None, as_json: bool) -> int:
    """Close a site: nothing can be delivered to it from then on."""
    day = on or here_and_now().date()
    with enter(root).books.transaction() as connection:
        at = here_and_now()
        settle(connection, at.date())
        _known(connection, site)
        post(connection, at, [Changed(site, {"closed_on": day.isoformat()})])
    if as_json:
        _print_json({"site": site, "closed_on": day.isoformat()})
    else:
        print(_("{site} is closed since {day}").format(site=site, day=day))
    return DONE


def _assigned(said: Iterable[str]) -> Mapping[str, str]:
    """FIELD=VALUE words as facts; a field may bear any name that a sheet may give it."""
    facts: dict[str, str] = {}
    problems = []
    for word in said:
        name, equals, value = word.partition("=")
        field = fact_of(name) or name
        if not equals or not name:
            wrong = _("{value} is not FIELD=VALUE").format(value=shown(word))
            problems.append(Problem("site set", 0, "", wrong, _("write it like manager=李某")))
        elif not fields.known(field):
            near = _(" or ").join(near_headers(name, 0.5) or fields.near(field))
            mend = _("did you mean {word}?").format(word=near) if near else _("leave it out")
            wrong = _("no fact of a site has this name")
            problems.append(Problem("site set", 0, name, wrong, mend))
        else:
            facts[field] = value
    if problems:
        raise Refusal(problems)
    return facts


def _known(connection: Connection, site: str) -> None:
    if asking.dossier(connection, site, date.max) is None:
        raise _no_site(connection, site)


def _no_site(connection: Connection, site: str) -> Refusal:
    return unknown(site, asking.site_ids(connection), "xiaxiang site list")


def unknown(named: str, ids: list[str], listing: str) -> Refusal:
    """The Refusal of an id that nothing has, with one that looks like it."""
    near = get_close_matches(named.upper(), ids, 1)
    mend = _("did you mean {id}?").format(id=near[0]) if near else _("see: {verb}")
    wrong = _("nothing has this id")
    return refusal(shown(named), wrong, mend.format(verb=listing))


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()


def _counted(count: Mapping[str, int]) -> str:
    parts = (f"{level_word(level)} {count[level]}" for level in fields.LEVELS if level in count)
    return _("Open sites: {levels}").format(levels="  ".join(parts))


def _place_row(place: Place) -> tuple[str, ...]:
    name = place.name
    if place.closed_on:
        name += " " + _("(closed {day})").format(day=place.closed_on)
    cells = (
        place.id, name, level_word(place.level), place.code, players_words(place.players),
        " ".join(place.drives), place.route, place.manager,
    )  # fmt: skip
    return tuple(map(one_line, cells))


def _fact_line(fact: Fact) -> str:
    line = f"{fact_word(fact.field)}: {value_word(fact.field, fact.value)}"
    return f"{line}  {since_words(fact.since)}".rstrip()


def _dossier_lines(found: Dossier) -> Iterable[str]:
    yield _("Site {id} on {day}").format(id=found.id, day=found.on)
    facts = {fact.field: fact for fact in found.facts}
    for field in [name for name in fields.FIELDS if name in facts]:
        yield "  " + _fact_line(facts[field])
    for field in [name for name in facts if name not in fields.FIELDS]:
        yield "  " + _fact_line(facts[field])
    yield from _titled(_("Still to come:"), map(_fact_line, found.coming))
    managers = (f"{fact.since or '…'}  {fact.value or '—'}" for fact in found.managers)
    yield from _titled(_("Managers:"), managers)
    yield from _titled(_("Drives today:"), map(drive_line, found.drives))
    below = (f"{level_word(level)} {count}" for level, count in found.below)
    yield from _titled(_("Belonging to it:"), below)
    yield from _titled(_("Delivered last:"), (_arrived(one) for one in found.deliveries))


def _titled(title: str, lines: Iterable[str]) -> Iterable[str]:
    said = [f"  {line}" for line in lines]
    return [title, *said] if said else []


def _arrived(one: asking.Arrived) -> str:
    signed = f"{one.signed_by} {one.signed_on}" if one.signed_on else _("not signed")
    return (
        f"{one.issued_on}  {one.receipt}  {one.title} ({one.production}) × {one.copies}  {signed}"
    )
