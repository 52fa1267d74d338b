"""The verbs of needs and screenings: request add|import|answer|list|match, screening ..."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog import records
from catalog.circulation.entries import Answered, Requested, Screened
from catalog.database import Connection
from catalog.needs.intake import TakenIn, import_feedback, import_sheet
from catalog.needs.lists import (
    Listed,
    paper_numbers,
    request_row,
    request_rows,
    screening_rows,
)
from catalog.needs.match import Match, Wish, match
from catalog.needs.sheet import Need, Sheet, read_requests, read_screenings
from catalog.needs.words import MEDIA, SCREENINGS, STATES, word_for
from catalog.problem import Refusal, refusal
from catalog.words import _
from pipeline.cli import DONE
from pipeline.screen import one_line, say, table
from pipeline.verbs.due import day_of
from pipeline.workspace import enter


@dataclass(frozen=True, slots=True)
class Asked:
    """What `request add` was told."""

    site: str
    text: str
    asked_by: str = ""
    subject: str = ""
    season: str | None = None
    on: str | None = None
    number: str = ""
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What `screening add` was told."""

    what: str
    site: str
    programmes: tuple[str, ...] = ()
    attendance: int = 0
    medium: str | None = None
    recorded_by: str = ""
    on: str | None = None
    number: str = ""
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What `request answer` was told; `keep_open` where it does not settle the request."""

    number: str
    programme: str = ""
    text: str = ""
    on: str | None = None
    keep_open: bool = False
    as_json: bool = False


def listed(
    site: str = "", since: str | None = None, until: str | None = None, status: str = ""
) -> Listed:
    """What a list was asked for; days as a person writes them. Raises Refusal."""
    first = day_of(since, "--since").isoformat() if since else ""
    last = day_of(until, "--until").isoformat() if until else ""
    return Listed(site, first, last, status)


def add_request(root: Path, asked: Asked) -> int:
    """Write down what somebody asked for."""
    on = day_of(asked.on, "--on")
    said = (asked.text, asked.asked_by, asked.subject, asked.season or "")
    taken, papers = _write(root, Requested(asked.number, on, asked.site, *said))
    return _written(taken, papers, asked.as_json, _("request {id} is written down"))


def answer_request(root: Path, answer: Answer) -> int:
    """Answer a request."""
    on = day_of(answer.on, "--on")
    entry = Answered(answer.number, on, answer.programme, answer.text, not answer.keep_open)
    taken, papers = _write(root, entry)
    return _written(taken, papers, answer.as_json, _("request {id} is answered"))


def add_screening(root: Path, held: Held) -> int:
    """Write down a screening."""
    on = day_of(held.on, "--on")
    people = (held.attendance, held.medium or "", held.recorded_by)
    entry = Screened(held.number, held.what, held.site, on, held.programmes, *people)
    taken, papers = _write(root, entry)
    return _written(taken, papers, held.as_json, _("screening {id} is written down"))


def import_requests(root: Path, sheet: Path, as_json: bool) -> int:
    """Take a sheet of requests into the books."""
    return _import(root, read_requests(sheet), as_json)


def import_screenings(root: Path, sheet: Path, as_json: bool) -> int:
    """Take a sheet of screenings into the books."""
    return _import(root, read_screenings(sheet), as_json)


def list_requests(root: Path, listed: Listed, as_json: bool) -> int:
    """List requests, the oldest first."""
    with enter(root).books.reading() as connection:
        found = request_rows(connection, listed)
    head = (
        _("number"), _("received"), _("site"), _("asked by"), _("asked for"), _("subject"),
        _("programme"), _("state"), _("answered on"),
    )  # fmt: skip

    def row(one: Mapping[str, Any]) -> tuple[str, ...]:
        said = (one["id"], one["received_on"], _place(one), one["asked_by"], one["text"])
        state = word_for(STATES, one["status"])
        return (*said, one["subject"], one["programme"], state, one["answered_on"])

    return _list(found, head, row, _("{count} requests"), as_json)


def list_screenings(root: Path, listed: Listed, as_json: bool) -> int:
    """List screenings, the oldest first."""
    with enter(root).books.reading() as connection:
        found = screening_rows(connection, listed)
    head = (
        _("number"), _("kind"), _("shown on"), _("site"), _("programmes"), _("attendance"),
        _("medium"), _("recorded by"),
    )  # fmt: skip

    def row(one: Mapping[str, Any]) -> tuple[str, ...]:
        shown = (one["programmes"].replace(";", " "), str(one["attendance"]))
        kind = word_for(SCREENINGS, one["kind"])
        by = (word_for(MEDIA, one["medium"]), one["recorded_by"])
        return (one["id"], kind, one["held_on"], _place(one), *shown, *by)

    return _list(found, head, row, _("{count} screenings"), as_json)


def match_request(root: Path, number: str, most: int, as_json: bool) -> int:
    """Show the programmes that may answer a request, the best first, and why."""
    with enter(root).books.reading() as connection:
        row = request_row(connection, number)
        if row is None:
            raise _unknown(connection, number)
        programmes = records.programmes(connection)
    subject = tuple(filter(None, row["subject"].split(";")))
    wish = Wish(row["text"], subject, row["season"], row["dialect"])
    found = match(wish, programmes, most)
    if as_json:
        print(json.dumps([_facts(one) for one in found], ensure_ascii=False, indent=1))
        return DONE
    print(f"{row['id']}  {_place(row)}  {one_line(row['text'])}")
    if not found:
        print(_("No programme fits; it is a gap to be filled."))
        return DONE
    head = (_("programme"), _("title"), _("points"), _("why"))
    rows = [
        (one.programme.id, one_line(one.programme.title), f"{one.worth:g}", "; ".join(one.told))
        for one in found
    ]
    print(table(head, rows))
    answer = f"xiaxiang request answer {row['id']} --programme {found[0].programme.id}"
    say(_("Answer it with: {command}").format(command=answer))
    return DONE


def _write(root: Path, entry: Need) -> tuple[TakenIn, list[str]]:
    with enter(root).books.transaction() as connection:
        taken = import_feedback(connection, datetime.now(UTC), [entry])
        named = entry.request if isinstance(entry, Answered) else ""
        return taken, [named] if named else paper_numbers(connection, taken.serials)


def _written(taken: TakenIn, papers: list[str], as_json: bool, told: str) -> int:
    if as_json:
        said = {"ids": papers, **_taken(taken)}
        print(json.dumps(said, ensure_ascii=False))
        return DONE
    for id in papers:
        print(told.format(id=id))
    if not taken.serials:
        print(_("This stands in the books already; nothing was written."))
    _warn(taken)
    return DONE


def _import(root: Path, sheet: Sheet, as_json: bool) -> int:
    with enter(root).books.transaction() as connection:
        taken = import_sheet(connection, datetime.now(UTC), sheet)
    if as_json:
        print(json.dumps(_taken(taken), ensure_ascii=False))
        return DONE
    told = _("{new} entries written, {known} stood in the books already")
    print(told.format(new=len(taken.serials), known=taken.known))
    _warn(taken)
    return DONE


def _warn(taken: TakenIn) -> None:
    for warning in taken.warnings:
        say(f"! {warning}")


def _taken(taken: TakenIn) -> dict[str, Any]:
    return {
        "events": list(taken.serials),
        "known": taken.known,
        "warnings": list(taken.warnings),
    }


def _list(
    found: list[dict[str, Any]],
    head: tuple[str, ...],
    row: Callable[[Mapping[str, Any]], tuple[str, ...]],
    total: str,
    as_json: bool,
) -> int:
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return DONE
    if found:
        print(table(head, [tuple(map(one_line, row(one))) for one in found]))
    print(total.format(count=len(found)))
    return DONE


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['site']} {one_line(row['site_name'])}"


def _facts(one: Match) -> dict[str, Any]:
    return {
        "programme": one.programme.id,
        "title": one.programme.title,
        "points": one.worth,
        "grounds": [{"ground": ground, "what": what} for ground, what in one.grounds],
    }


def _unknown(connection: Connection, number: str) -> Refusal:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    known = [row["id"] for row in request_rows(connection, Listed())]
    near = get_close_matches(number.upper(), known, 1)
    mend = _("did you mean {id}?").format(id=near[0]) if near else _("see: xiaxiang request list")
    wrong = _("there is no request {id}").format(id=number)
    return refusal(number, wrong, mend)
