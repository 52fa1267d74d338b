"""The sample county in the books, and small books made by hand."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog import tables
from catalog.circulation.entries import (
    Answered,
    Copied,
    Delivered,
    Drive,
    Entry,
    Line,
    Registered,
    Requested,
    Screened,
    Signed,
    details_of,
)
from catalog.circulation.posting import post
from catalog.database import Books, Connection, metadata, open_books, programmes
from catalog.ledger import append
from catalog.register.importing import import_sites

SAMPLES = Path(__file__).parents[4] / "shared" / "reference" / "samples"
NOW = datetime(2012, 8, 1, 1, tzinfo=UTC)
Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def sheet() -> Callable[[str], Rows]:
    """A sheet of the sample county, read plainly."""

    def read(name: str) -> Rows:
        path = SAMPLES / f"{name}.csv"
        if not path.exists():
            pytest.skip("the sample county is not beside this checkout")
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def ids(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split(";") if one)


class Clerk:
    """Writes entries and the rows that follow from them, as posting leaves them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sites: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, dict[str, Any]] = {}
        self.receipts: dict[str, list[dict[str, Any]]] = {}
        self.subjects: dict[str, str] = {}
        self.count = 0

    def event(self, entry: Entry) -> int:
        about = entry.subjects
        return append(self.connection, NOW, entry.kind, about, details_of(entry)).serial

    def insert(self, table: Any, **row: Any) -> dict[str, Any]:
        self.connection.execute(table.insert(), row)
        return row

    def number(self) -> int:
        self.count += 1
        return self.count

    def programme(self, number: str, title: str, subject: str = "", until: str = "") -> None:
        self.subjects[number] = subject.partition(".")[0]
        empty: dict[str, Any] = {c.name: "" for c in programmes.columns if c.name != "minutes"}
        row = empty | {
            "id": number,
            "title": title,
            "rights_until": until,
            "minutes": 0.0,
            "subject": json.dumps([subject]),
        }
        self.connection.execute(programmes.insert(), row | {"chapters": "[]", "wishes": "{}"})

    def site(self, site: str, level: str, parent: str = "", **facts: Any) -> None:
        told = {"level": level, **{k: str(v) for k, v in facts.items() if v not in ("", None)}}
        serial = self.event(Registered(site, told))
        above = self.sites.get(parent, {})
        number = self.number()
        row = self.insert(
            tables.sites, number=number, id=site, level=level, parent=above.get("number", 0),
            county=number if level == "county" else above.get("county", 0),
            township=number if level == "township" else above.get("township", 0),
            event=serial, **facts,
        )  # fmt: skip
        self.sites[site] = row

    def drive(self, drive: str, site: str, since: str = "", **more: Any) -> None:
        home = self.sites[site]["number"]
        serial = self.event(Drive(drive, day(since) or NOW.date(), site, site))
        row = {"home": home, "holder": home, "state": "held", "since": since, "event": serial}
        self.insert(tables.drives, id=drive, **row | more)

    def copied(self, production: str, copies: int, on: str, medium: str = "vcd",
               programmes: tuple[str, ...] = (), county: str = "") -> None:  # fmt: skip
        kind = "leaflet" if medium == "leaflet" else "disc"
        made = date.fromisoformat(on)
        serial = self.event(Copied(production, production, copies, made, kind, medium,
                                   programmes=programmes, county=county))  # fmt: skip
        row = {"number": self.number(), "id": production, "medium": medium, "kind": kind,
               "title": production, "made": copies, "in_stock": copies, "made_on": on,
               "county": self.sites.get(county, {}).get("number", 0), "event": serial}  # fmt: skip
        zero = dict.fromkeys(("issued", "signed", "unsigned", "returned", "lost", "scrapped"), 0)
        self.runs[production] = self.insert(tables.productions, **row | zero)
        for one in programmes:
            self.insert(tables.contents, production=row["number"], programme=one,
                        subject=self.subjects.get(one, ""))  # fmt: skip

    def delivered(self, receipt: str, on: str, production: str, copies: int, site: str = "",
                  by: str = "", signed_on: str = "", mode: str = "direct",
                  recipient: str = "") -> int:  # fmt: skip
        when = date.fromisoformat(on)
        lines = (Line(production, copies),)
        serial = self.event(Delivered(receipt, when, lines, site, recipient, mode))
        place = self.sites.get(site, {})
        run = self.runs[production]
        signed = self.event(Signed(receipt, by, day(signed_on) or when)) if by else 0
        number = self.number()
        self.insert(
            tables.deliveries, number=number, receipt=receipt, production=run["number"],
            site=place.get("number", 0), county=place.get("county", run["county"]),
            recipient=recipient, copies=copies, issued_on=on, mode=mode, signed_by=by,
            signed_on=signed_on, event=serial, signed_event=signed,
        )  # fmt: skip
        self.runs[production]["issued"] += copies
        self.runs[production]["in_stock"] -= copies
        self.runs[production]["signed" if by else "unsigned"] += copies
        return number

    def requested(self, request: str, on: str, site: str, text: str, status: str = "open",
                  **more: Any) -> None:  # fmt: skip
        serial = self.event(Requested(request, date.fromisoformat(on), site, text))
        self.insert(tables.requests, number=self.number(), id=request, received_on=on,
                    site=self.sites[site]["number"], text=text, status=status, event=serial,
                    **more)  # fmt: skip

    def screened(self, screening: str, on: str, site: str, what: tuple[str, ...], attendance: int,
                 kind: str = "lecture", medium: str = "vcd") -> None:  # fmt: skip
        entry = Screened(screening, kind, site, date.fromisoformat(on), what, attendance, medium)
        self.insert(tables.screenings, number=self.number(), id=screening, kind=kind,
                    site=self.sites[site]["number"], held_on=on, programmes=" ".join(what),
                    attendance=attendance, medium=medium, event=self.event(entry))  # fmt: skip

    def sums(self) -> None:
        """The counters and summaries, counted from the rows."""
        for run in self.runs.values():
            this = tables.productions.c.number == run["number"]
            self.connection.execute(tables.productions.update().where(this), run)
        sent = list(self.connection.execute(tables.deliveries.select()))
        of_site: dict[int, list[Any]] = {}
        covered: dict[tuple[int, int, str], list[Any]] = {}
        towns = {row["number"]: row["township"] for row in self.sites.values()}
        subjects: dict[int, set[str]] = {}
        for row in self.connection.execute(tables.contents.select()):
            subjects.setdefault(row.production, set()).add(row.subject)
        for row in sent:
            of_site.setdefault(row.site, []).append(row)
            for subject in subjects.get(row.production, ()):
                key = row.county, towns.get(row.site, 0), subject
                covered.setdefault(key, []).append(row)
        for site, rows in of_site.items():
            days = [row.issued_on for row in rows]
            if site:
                self.insert(tables.site_states, site=site, deliveries=len(rows),
                            copies=sum(r.copies for r in rows), first_on=min(days),
                            last_on=max(days))  # fmt: skip
        for (county, town, subject), rows in covered.items():
            self.insert(tables.coverage, county=county, township=town, subject=subject,
                        deliveries=len(rows), copies=sum(r.copies for r in rows))  # fmt: skip


@pytest.fixture
def clerk(books: Books) -> Iterator[Clerk]:
    """A clerk over empty books, in one transaction."""
    with books.transaction() as connection:
        metadata.create_all(connection)
        yield Clerk(connection)


def _register(clerk: Clerk, rows: Rows) -> None:
    for row in rows:
        kinds = ("vcd", "dvd", "tv", "pc", "projector")
        columns = ("vcd_player", "dvd_player", "tv", "pc", "projector")
        works = [k for k, c in zip(kinds, columns, strict=True) if (row[c] or "0") != "0"]
        clerk.site(
            row["site_id"], row["level"], row["parent_id"], name=row["name_zh"],
            code=row["region_code"], players=" ".join(sorted(works)), cycle=row["refresh_cycle"],
            last_refresh=row["last_refresh"], route=row["route"], manager=row["manager"],
            population=int(row["population"]) if row["population"] else None,
            distance_km=float(row["distance_km"]) if row["distance_km"] else None,
        )  # fmt: skip
        if row["drive_id"]:
            clerk.drive(row["drive_id"], row["site_id"], row["last_refresh"])


@pytest.fixture(
    scope="session",
    params=["rows", "posted", *(["postgresql"] if os.environ.get("TEST_POSTGRES") else [])],
)
def sample(
    request: pytest.FixtureRequest,
    sheet: Callable[[str], Rows],
    tmp_path_factory: pytest.TempPathFactory,
    new_address: Callable[..., Path | str],
) -> Iterator[Connection]:
    """The sample county as it stands on 2012-08-01, its rows put by hand and as posting leaves
    them; nobody writes in it.
    """
    database = "postgresql" if request.param == "postgresql" else "sqlite"
    books = open_books(new_address(database, tmp_path_factory.mktemp("county")))
    with books.transaction() as connection:
        clerk = Clerk(connection)
        for row in sheet("programmes"):
            clerk.programme(row["programme_id"], row["title_zh"], row["subject"],
                            row["rights_until"])  # fmt: skip
        _by_hand(clerk, sheet) if request.param == "rows" else _posted(connection, sheet)
    with books.reading() as connection:
        yield connection
    books.close()


def _posted(connection: Connection, sheet: Callable[[str], Rows]) -> None:
    import_sites(connection, NOW, SAMPLES / "sites.csv")
    entries: list[Entry] = []
    for row in sheet("productions"):
        kind = "leaflet" if row["medium"] == "leaflet" else "disc"
        entries.append(Copied(
            row["production_id"], row["title_zh"], int(row["copies"]),
            date.fromisoformat(row["made_on"]), kind, row["medium"],
            programmes=ids(row["programme_ids"]), county="HX-C00",
        ))  # fmt: skip
    for row in sheet("deliveries"):
        lines = (Line(row["production_id"], int(row["copies"])),)
        on = date.fromisoformat(row["issued_on"])
        entries.append(Delivered(row["receipt_no"], on, lines, row["site_id"], mode=row["mode"]))
        if row["signed_by"]:
            signed = date.fromisoformat(row["signed_on"])
            entries.append(Signed(row["receipt_no"], row["signed_by"], signed))
    for row in sheet("screenings"):
        entries.append(Screened(
            row["screening_id"], row["kind"], row["site_id"], date.fromisoformat(row["held_on"]),
            ids(row["programme_ids"]), int(row["attendance"]), row["medium"],
        ))  # fmt: skip
    for row in sheet("requests"):
        on = date.fromisoformat(row["received_on"])
        entries.append(Requested(row["request_id"], on, row["site_id"], row["text_zh"]))
        if row["status"] == "closed":
            entries.append(Answered(row["request_id"], None, row["matched_programme_id"]))
    post(connection, NOW, entries)


def _by_hand(clerk: Clerk, sheet: Callable[[str], Rows]) -> None:
    _register(clerk, sheet("sites"))
    for row in sheet("productions"):
        clerk.copied(row["production_id"], int(row["copies"]), row["made_on"], row["medium"],
                     ids(row["programme_ids"]), "HX-C00")  # fmt: skip
    for row in sheet("deliveries"):
        clerk.delivered(row["receipt_no"], row["issued_on"], row["production_id"],
                        int(row["copies"]), row["site_id"], row["signed_by"],
                        row["signed_on"], row["mode"])  # fmt: skip
    for row in sheet("screenings"):
        clerk.screened(row["screening_id"], row["held_on"], row["site_id"],
                       ids(row["programme_ids"]), int(row["attendance"]), row["kind"],
                       row["medium"])  # fmt: skip
    for row in sheet("requests"):
        clerk.requested(row["request_id"], row["received_on"], row["site_id"],
                        row["text_zh"], row["status"], subject=row["subject"])  # fmt: skip
    clerk.sums()
