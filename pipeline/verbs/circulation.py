"""The verbs of copies and receipts: copies, deliver, receive, return, lose, recall, correct, ..."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from catalog.circulation.entries import (
    Copied,
    Corrected,
    Delivered,
    Entry,
    Line,
    Lost,
    Recalled,
    Restocked,
    Returned,
    Scrapped,
    Signed,
)
from catalog.circulation.importing import import_deliveries, import_productions, import_slips
from catalog.circulation.papers import accession
from catalog.circulation.posting import post
from catalog.circulation.receipts import Held, held, receipt
from catalog.database import Connection
from catalog.ledger import read
from catalog.packed import write_file
from catalog.problem import refusal
from catalog.register.history import CHINA
from catalog.words import _
from pipeline.cli import DONE
from pipeline.receipt_words import packing_list, recall_head, recall_row, receipt_paper
from pipeline.screen import one_line, table
from pipeline.workspace import Workspace, enter

_MOST_RECORD = 64 << 20


@dataclass(frozen=True, slots=True)
class Copying:
    """What `copies` was asked for."""

    edition: str | None = None
    count: int | None = None
    leaflet: str = ""
    programmes: str = ""
    county: str = ""
    on: datetime | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Delivering:
    """What `deliver` was asked for."""

    given: tuple[str, ...] = ()
    recipient: str = ""
    mode: str = "direct"
    approval: str = ""
    receipt: str = ""
    note: str = ""
    fair: Path | None = None
    on: datetime | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Moving:
    """What `return`, `lose`, `restock` or `scrap` was asked for."""

    production: str
    numbers: str
    receipt: str = ""
    reason: str = ""
    on: datetime | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Recalling:
    """What `recall` was asked for."""

    programme: str
    csv_file: Path | None = None
    record: bool = False
    reason: str = ""
    on: datetime | None = None
    as_json: bool = False


def copies(root: Path, asked: Copying) -> int:
    """Enter a run of copies, and tell their numbers."""
    workspace, (at, on) = enter(root), _when(asked.on)
    if bool(asked.edition) == bool(asked.leaflet):
        wrong = _("say what was copied: an edition, or leaflets of a title")
        raise refusal("copies", wrong, _("write xiaxiang copies EDITION, or --leaflet TITLE"))
    entry = _of_edition(workspace, asked, on) if asked.edition else _of_leaflet(asked, on)
    with workspace.books.transaction() as connection:
        (serial,) = post(connection, at, [entry])
        (event,) = _events(connection, [serial])
    run = event["production"]
    first, last = accession(run, 1, entry.copies), accession(run, entry.copies, entry.copies)
    if asked.as_json:
        said = {"event": serial, "production": run, "copies": entry.copies}
        _print_json(said | {"first": first, "last": last})
        return DONE
    told = _("{title}: {copies} copies, numbers {first} to {last}")
    print(told.format(title=entry.title, copies=entry.copies, first=first, last=last))
    return DONE


def deliver(root: Path, asked: Delivering) -> int:
    """Hand copies out; prints packing list and receipt, or what a sheet of a fair came to."""
    at, on = _when(asked.on)
    with enter(root).books.transaction() as connection:
        if asked.fair:
            mode = "fair_gift" if asked.mode == "direct" else asked.mode
            serials = import_deliveries(connection, at, asked.fair, mode, on)
        else:
            serials = post(connection, at, [_delivered(asked, on)])
        made = _events(connection, serials)
        numbers = dict.fromkeys(one["receipt"] for one in made)
        papers = [found for one in numbers if (found := receipt(connection, one))]
    if asked.as_json:
        _print_json({"events": serials, "receipts": [asdict(paper) for paper in papers]})
    elif asked.fair:
        total = sum(line.copies for paper in papers for line in paper.lines)
        told = _("{receipts} receipts entered, {copies} copies")
        print(told.format(receipts=len(papers), copies=total))
    else:
        print(packing_list(papers[0]) + "\n\n" + receipt_paper(papers[0]))
    return DONE


def receive(
    root: Path, *, receipt: str, by: str, slips: Path | None, on: datetime | None, as_json: bool
) -> int:
    """Enter signed receipts."""
    at, day = _when(on)
    if bool(receipt) == bool(slips):
        wrong = _("say which receipts were signed")
        raise refusal("receive", wrong, _("write RECEIPT --by NAME, or --slips FILE.csv"))
    with enter(root).books.transaction() as connection:
        if slips:
            serials = import_slips(connection, at, slips)
        else:
            serials = post(connection, at, [Signed(receipt, by, day)])
    return _done(serials, _("{count} receipts entered as signed"), as_json)


def move(root: Path, name: str, asked: Moving) -> int:
    """Enter copies that came back, are lost, lie in stock again, or are no more."""
    at, on = _when(asked.on)
    of = (asked.production, asked.numbers, on, asked.reason)
    entries: dict[str, Entry] = {
        "return": Returned(asked.receipt, *of), "lose": Lost(asked.receipt, *of),
        "restock": Restocked(*of), "scrap": Scrapped(*of),
    }  # fmt: skip
    with enter(root).books.transaction() as connection:
        serials = post(connection, at, [entries[name]])
    return _done(serials, _("entered as event {serials}"), asked.as_json)


def recall(root: Path, asked: Recalling) -> int:
    """List every copy of a programme that is out; only `record` writes that they were asked."""
    at, on = _when(asked.on)
    books = enter(root).books
    with books.transaction() if asked.record else books.reading() as connection:
        found = held(connection, asked.programme)
        if asked.record:
            sites, total = len({one.site for one in found if one.site}), _total(found)
            post(connection, at, [Recalled(asked.programme, on, asked.reason, sites, total)])
    if asked.csv_file:
        write_file(asked.csv_file, _csv([recall_head(), *map(recall_row, found)]))
    if asked.as_json:
        _print_json([asdict(one) for one in found])
        return DONE
    if found:
        print(table(recall_head(), map(recall_row, found)))
    told = _("{copies} copies of {programme} are out on {receipts} lines of receipts")
    print(told.format(copies=_total(found), programme=asked.programme, receipts=len(found)))
    return DONE


def correct(root: Path, serial: int, reason: str, on: datetime | None, as_json: bool) -> int:
    """Write the counter-entry of an event."""
    at, day = _when(on)
    with enter(root).books.transaction() as connection:
        serials = post(connection, at, [Corrected(serial, reason, day)])
    return _done(serials, _("taken back by event {serials}"), as_json)


def take_sheet(root: Path, what: str, sheet: Path, as_json: bool) -> int:
    """Take a sheet of runs or of receipts into the books."""
    take = import_productions if what == "productions" else import_deliveries
    with enter(root).books.transaction() as connection:
        serials = take(connection, _when(None)[0], sheet)
    return _done(serials, _("{count} new entries; what was there already stays as it is"), as_json)


def _when(on: datetime | None) -> tuple[datetime, date]:
    now = datetime.now(CHINA)
    return now, on.date() if on else now.date()


def _of_leaflet(asked: Copying, on: date) -> Copied:
    if not asked.count:
        raise refusal("copies", _("how many leaflets?"), _("write --count N"))
    held = tuple(
        one.strip() for one in asked.programmes.replace(";", ",").split(",") if one.strip()
    )
    return Copied("", asked.leaflet, asked.count, on, "leaflet", "leaflet", programmes=held,
                  county=asked.county)  # fmt: skip


def _of_edition(workspace: Workspace, asked: Copying, on: date) -> Copied:
    """A run of an edition, as its record says what is on it."""
    name = asked.edition or ""
    record = workspace.editions / name / "edition.json"
    there = sorted(one.name for one in workspace.editions.iterdir() if one.is_dir())
    if name not in there or not record.is_file() or record.stat().st_size > _MOST_RECORD:
        mend = _("one of these: {names}").format(names=", ".join(there[-20:]) or "–")
        raise refusal(name, _("there is no such edition"), mend)
    try:
        said = json.loads(record.read_text("utf-8"))
        recipe, volumes = said["recipe"], said["volumes"]
        data = any("tracks" not in volume for volume in volumes)
        lying = [one for volume in volumes for one in volume["programmes" if data else "tracks"]]
        held = tuple(dict.fromkeys(str(one["programme"]) for one in lying))
        minutes = round(sum(float(one["seconds"]) for one in lying) / 60, 1)
        count, title = asked.count or int(recipe["copies"]), str(recipe["title"])
    except (ValueError, KeyError, TypeError) as error:
        mend = _("build it again, or name another edition")
        raise refusal(str(record), _("the record cannot be read"), mend) from error
    what = ("data-disc", "iso") if data else ("disc", "vcd")
    return Copied("", title, count, on, *what, edition=name, programmes=held, minutes=minutes,
                  county=asked.county)  # fmt: skip


def _delivered(asked: Delivering, on: date) -> Delivered:
    given = list(asked.given)
    site = given.pop(0) if given and "=" not in given[0] else ""
    lines = tuple(map(_line, given))
    return Delivered(asked.receipt, on, lines, site, asked.recipient, asked.mode, asked.approval,
                     asked.note)  # fmt: skip


def _line(text: str) -> Line:
    """HX-2026-0007=3 (so many copies) or HX-2026-0007=#4-6 (these numbers)."""
    run, _equals, wanted = text.partition("=")
    if run and wanted.startswith("#"):
        return Line(run, 0, wanted.removeprefix("#"))
    if not run or not wanted.isdecimal() or len(wanted) > 7:
        wrong = _("{value} does not say how many copies").format(value=one_line(text))
        raise refusal("deliver", wrong, _("write HX-2026-0007=3, or by numbers HX-2026-0007=#4-6"))
    return Line(run, int(wanted))


def _events(connection: Connection, serials: Sequence[int]) -> list[dict[str, Any]]:
    if not serials:
        return []
    found = read(connection, after=serials[0] - 1)
    return [dict(event.details) for event in found if event.serial <= serials[-1]]


def _done(serials: Sequence[int], told: str, as_json: bool) -> int:
    if as_json:
        _print_json({"events": serials})
    else:
        print(told.format(count=len(serials), serials=", ".join(map(str, serials))))
    return DONE


def _total(found: Sequence[Held]) -> int:
    return sum(one.copies for one in found)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _print_json(said: object) -> None:
    print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
