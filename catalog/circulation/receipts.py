"""What stands on papers about copies: a receipt with its lines, a recall with its receivers."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from catalog.circulation.handing import still_out
from catalog.circulation.numbers import count, written
from catalog.circulation.papers import accession
from catalog.database import Connection, values_of
from catalog.tables import contents, deliveries, productions, sites


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt; `first` and `last` are the numbers on the copies."""

    production: str
    title: str
    medium: str
    minutes: float
    copies: int
    numbers: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it is printed. `site` is empty where the receiver is no registered site."""

    number: str
    on: str
    mode: str
    site: str
    receiver: str
    manager: str
    phone: str
    route: str
    approval: str
    signed_by: str
    signed_on: str
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Copies of a recalled programme that are still out on a receipt, and whom to ask."""

    site: str
    receiver: str
    township: str
    manager: str
    phone: str
    production: str
    title: str
    copies: int
    numbers: str
    receipt: str
    on: str


def receipt(connection: Connection, number: str) -> Receipt | None:
    """A receipt by its number."""
    wanted = (
        sa.select(
            deliveries,
            *(productions.c[name].label(f"of_{name}") for name in _OF),
            *(sites.c[name].label(f"at_{name}") for name in _AT),
        )
        .join(productions, productions.c.number == deliveries.c.production)
        .outerjoin(sites, sites.c.number == deliveries.c.site)
        .where(deliveries.c.receipt == number)
        .order_by(deliveries.c.number)
    )
    rows = [values_of(row) for row in connection.execute(wanted)]
    if not rows:
        return None
    first = rows[0]
    at = {name: first[f"at_{name}"] or "" for name in _AT}
    return Receipt(
        number, first["issued_on"], first["mode"], at["id"], at["name"] or first["recipient"],
        at["manager"], at["phone"], at["route"], first["approval"], first["signed_by"],
        first["signed_on"], tuple(map(_line, rows)),
    )  # fmt: skip


_OF = ("id", "title", "medium", "minutes", "made")
_AT = ("id", "name", "manager", "phone", "route")


def _line(row: dict[str, object]) -> ReceiptLine:
    id, made, numbers = str(row["of_id"]), int(str(row["of_made"])), str(row["numbers"])
    ends = numbers.replace(",", "-").split("-")
    return ReceiptLine(
        id, str(row["of_title"]), str(row["of_medium"]), float(str(row["of_minutes"] or 0)),
        int(str(row["copies"])), numbers, accession(id, int(ends[0]), made),
        accession(id, int(ends[-1]), made),
    )  # fmt: skip


def held(connection: Connection, programme: str) -> tuple[Held, ...]:
    """Every copy of a programme that is out, by township and site; lost and returned ones apart."""
    above = sites.alias("above")
    wanted = (
        sa.select(
            deliveries, productions.c.id.label("of"), productions.c.title,
            sites.c.id.label("at"), sites.c.name, sites.c.manager, sites.c.phone,
            above.c.name.label("township"),
        )
        .join(contents, contents.c.production == deliveries.c.production)
        .join(productions, productions.c.number == deliveries.c.production)
        .outerjoin(sites, sites.c.number == deliveries.c.site)
        .outerjoin(above, above.c.number == sites.c.township)
        .where(
            contents.c.programme == programme,
            deliveries.c.copies > deliveries.c.returned + deliveries.c.lost,
        )
        .order_by(sites.c.township, sites.c.id, deliveries.c.number)
    )  # fmt: skip
    found = []
    for row in map(values_of, connection.execute(wanted)):
        out = still_out(row)
        found.append(
            Held(
                row["at"] or "",
                row["name"] or row["recipient"],
                row["township"] or "",
                row["manager"] or "",
                row["phone"] or "",
                row["of"],
                row["title"],
                count(out),
                written(out),
                row["receipt"],
                row["issued_on"],
            )
        )
    return tuple(found)
