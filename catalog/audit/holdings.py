"""Where a programme is, what a site has, and what lies where it cannot be played."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from catalog.audit.answer import Cell, Row, Table, page
from catalog.audit.asked import Asked, county_of, names_of, programme_row, site_row
from catalog.audit.grounds import copies_held, copies_sent
from catalog.audit.on_drives import AFTER, at_site, count_holding, drives_with, holding, stranded
from catalog.circulation.numbers import read_numbers, together, without, written
from catalog.database import Connection
from catalog.tables import contents, deliveries, productions, sites
from catalog.words import _

_here = deliveries.c.copies - deliveries.c.returned - deliveries.c.lost
_township = sites.alias("of_township")
_FIRST_PAGE = (0, 0, 0, 0)


def where(connection: Connection, asked: Asked) -> Table:
    """Every site that holds a programme, on what, how many copies, and whom to call."""
    programme = programme_row(connection, asked.programme)
    county = county_of(connection, asked)
    rows: list[Row] = []
    following = ""
    if not asked.after.startswith(AFTER):
        rows, following = _recall(connection, asked, county)
    if not following:  # drives come behind all discs
        room = asked.limit - len(rows) if asked.limit else None
        more, following = holding(connection, asked, county, room)
        rows += more
    return Table(
        "where", _("Where {title} is").format(title=programme.title),
        ("site", "name", "township", "production", "medium", "numbers", "copies", "issued_on",
         "receipt", "signed_by", "manager", "phone"),
        tuple(rows), tuple(_in_all(connection, asked.programme, county)), following,
    )  # fmt: skip


def _runs(connection: Connection, programme: str) -> list[Any]:
    """The productions that hold a programme."""
    question = sa.select(productions).join(contents, contents.c.production == productions.c.number)
    return list(
        connection.execute(
            question.where(contents.c.programme == programme).order_by(productions.c.number)
        )
    )


def _recall(connection: Connection, asked: Asked, county: int) -> tuple[list[Row], str]:
    """One production after another, each in the order of its index: a page costs what it shows."""
    begin = _place(asked.after)
    rows: list[Row] = []
    last: tuple[Any, Any] = (None, None)
    for run in _runs(connection, asked.programme):
        if run.number < begin[0]:
            continue
        question = _held(run.number, county)
        if run.number == begin[0]:
            key = sa.tuple_(deliveries.c.county, deliveries.c.site, deliveries.c.number)
            question = question.where(key > sa.tuple_(*map(sa.literal, begin[1:])))
        if asked.limit:
            question = question.limit(asked.limit - len(rows) + 1)
        named = (run.id, run.medium)
        for found in connection.execute(question):
            if asked.limit and len(rows) == asked.limit:
                before, row = last
                place = (before.number, row.county, row.site, row.number)
                return rows, "-".join(map(str, place))
            rows.append(_copy(*named, tuple(found)))
            last = (run, found)
    return rows, ""


def _place(after: str) -> tuple[int, ...]:
    parts = after.split("-")
    sound = len(parts) == 4 and all(part.isdigit() for part in parts)
    return tuple(map(int, parts)) if sound else _FIRST_PAGE


def _held(run: int, county: int) -> sa.Select[Any]:
    """Deliveries of a production that are still somewhere, with the site and its township."""
    columns = (
        *(deliveries.c[name] for name in _DELIVERY), *(sites.c[name] for name in _SITE),
        _township.c.name.label("of_township"),
    )  # fmt: skip
    question = (
        sa.select(*columns)
        .join(sites, sites.c.number == deliveries.c.site, isouter=True)
        .join(_township, _township.c.number == sites.c.township, isouter=True)
        .where(deliveries.c.production == run, _here > 0)
        .order_by(deliveries.c.county, deliveries.c.site, deliveries.c.number)
    )
    return question.where(deliveries.c.county == county) if county else question


_DELIVERY = (
    "number", "county", "site", "recipient", "numbers", "copies", "returned", "lost", "issued_on",
    "receipt", "signed_by", "back", "missing",
)  # fmt: skip
_SITE = ("id", "name", "manager", "phone")


def _copy(run: str, medium: str, row: tuple[Any, ...]) -> Row:
    # In one piece: a recall in the nation has a hundred thousand rows, and names cost time.
    (
        number, _county, _site, recipient, numbers, copies, returned, lost, issued_on, receipt,
        signed_by, back, missing, site_id, name, manager, phone, township,
    ) = row  # fmt: skip
    this = ("number", number)
    gone = returned + lost
    sent = copies_held(this) if gone else copies_sent(this)
    return (
        site_id or "", name or recipient, township or "", run, medium,
        _still(numbers, back, missing) if gone else numbers, Cell(copies - gone, sent), issued_on,
        receipt, signed_by, manager or "", phone or "",
    )  # fmt: skip


def _still(numbers: str, back: str, missing: str) -> str:
    """The numbers of the copies that neither came back nor were lost."""
    try:
        gone = together((*read_numbers(back), *read_numbers(missing)))
        return written(without(read_numbers(numbers), gone))
    except ValueError:  # old papers do not always say which numbers
        return numbers


def _in_all(connection: Connection, programme: str, county: int) -> Iterator[str]:
    runs = _runs(connection, programme)
    if not county:
        out = sum(run.signed + run.unsigned - run.lost for run in runs)
        yield _("{count} copies are out, of {runs} productions").format(count=out, runs=len(runs))
    stock = sum(run.in_stock + run.returned for run in runs if not county or run.county == county)
    yield _("{count} more copies lie at the centre").format(count=stock)
    drives = count_holding(connection, programme, county)
    yield _("it lies on {count} drives, as their last refreshes have it").format(count=drives)


def site(connection: Connection, asked: Asked) -> Table:
    """All that a site ever received, what of it is still there, and the drives it has."""
    one = site_row(connection, asked.site)
    question = (
        sa.select(deliveries, productions.c.id.label("run"), productions.c.title,
                  productions.c.medium)
        .join(productions, productions.c.number == deliveries.c.production)
        .where(deliveries.c.site == one.number)
        .order_by(deliveries.c.issued_on, deliveries.c.number)
    )  # fmt: skip
    rows = [_received(row) for row in connection.execute(question)]
    rows += at_site(connection, one.number)
    part, following = page(rows, asked.limit, asked.after)
    return Table(
        "site", _("What {name} ({id}) has and received").format(name=one.name, id=one.id),
        ("issued_on", "receipt", "production", "title", "medium", "numbers", "copies", "here",
         "signed_by", "signed_on"),
        part, (_("it can play: {players}").format(players=one.players or _("nothing")),),
        following,
    )  # fmt: skip


def _received(row: Any) -> Row:
    number = ("number", row.number)
    here = row.copies - row.returned - row.lost
    return (
        row.issued_on, row.receipt, row.run, row.title, row.medium, row.numbers,
        Cell(row.copies, copies_sent(number)), Cell(here, copies_held(number)), row.signed_by,
        row.signed_on,
    )  # fmt: skip


def unplayable(connection: Connection, asked: Asked) -> Table:
    """Discs and drives that lie where nothing can play them, as equipment stands today."""
    county = county_of(connection, asked)
    rows = [*_discs_without_player(connection, county), *_files_without_pc(connection, county)]
    drives = stranded(connection, _lacks("pc", "projector"), county)
    towns = names_of(connection, (row.township for row in (*rows, *drives)))
    told = [_stranded(row, towns) for row in rows]
    told += [_stranded_drive(row, towns) for row in drives]
    part, following = page(told, asked.limit, asked.after)
    return Table(
        "unplayable", _("Media where nothing can play them"),
        ("site", "name", "township", "players", "production", "medium", "copies", "issued_on",
         "receipt"),
        part,
        (_("rule: a video CD needs a VCD or DVD player or a PC; a data disc needs a PC, a drive a "
           "PC or a projector; what works today counts; venues borrow the county's projector and "
           "are left out"),),
        following,
    )  # fmt: skip


def _lacks(*players: str) -> sa.ColumnElement[bool]:
    """A site (no venue) where none of these works; `players` are words parted by blanks."""
    worded = " " + sites.c.players + " "
    none = (sa.not_(worded.contains(f" {player} ")) for player in players)
    return sa.and_(sites.c.level != "venue", *none)


def _stranding(county: int) -> sa.Select[Any]:
    question = (
        sa.select(
            deliveries.c.number, deliveries.c.issued_on, deliveries.c.receipt, sites.c.id,
            _here.label("here"), sites.c.name, sites.c.township, sites.c.players,
            productions.c.id.label("run"), productions.c.medium,
        )
        .join(sites, sites.c.number == deliveries.c.site)
        .join(productions, productions.c.number == deliveries.c.production)
        .where(_here > 0)
        .order_by(sites.c.number, deliveries.c.number)
    )  # fmt: skip
    return question.where(sites.c.county == county) if county else question


def _discs_without_player(connection: Connection, county: int) -> list[Any]:
    """From the few sites to their deliveries."""
    stranded = sa.select(sites.c.number).where(_lacks("vcd", "dvd", "pc"))
    if county:
        stranded = stranded.where(sites.c.county == county)
    numbers = list(connection.execute(stranded).scalars())
    question = _stranding(0).where(productions.c.medium == "vcd")
    found: list[Any] = []
    for start in range(0, len(numbers), 500):
        some = deliveries.c.site.in_(numbers[start : start + 500])
        found += connection.execute(question.where(some))
    return found


def _files_without_pc(connection: Connection, county: int) -> list[Any]:
    """From the productions of files to their deliveries: most sites have no PC."""
    files = sa.select(productions.c.number).where(productions.c.medium.in_(("iso", "drive")))
    numbers = list(connection.execute(files).scalars())
    question = _stranding(county).where(_lacks("pc"))
    if county:
        question = question.where(deliveries.c.county == county)
    found: list[Any] = []
    for start in range(0, len(numbers), 500):
        some = deliveries.c.production.in_(numbers[start : start + 500])
        found += connection.execute(question.where(some))
    return found


def _stranded_drive(row: Any, towns: Any) -> Row:
    one = Cell(1, drives_with(("id", row.run)))
    town = towns[row.township].name if row.township in towns else ""
    return row.id, row.name, town, row.players, row.run, "drive", one, row.issued_on, ""


def _stranded(row: Any, towns: Any) -> Row:
    town = towns[row.township].name if row.township in towns else ""
    held = Cell(row.here, copies_held(("number", row.number)))
    return (
        row.id, row.name, town, row.players, row.run, row.medium, held, row.issued_on, row.receipt
    )  # fmt: skip
