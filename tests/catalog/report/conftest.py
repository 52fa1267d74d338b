"""The county of the sample files, taken into books as a librarian would."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from catalog.circulation.entries import Copied, Delivered, Entry, Line, Signed
from catalog.circulation.posting import post
from catalog.database import Books, open_books, programmes
from catalog.needs.intake import import_sheet
from catalog.needs.sheet import read_screenings
from catalog.register.importing import import_sites

NOW = datetime(2012, 8, 1, 9, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[4] / "shared" / "reference" / "samples"
Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the sample county, which lies beside the checkout."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample county is not beside this checkout")
    return SAMPLES


def _rows(samples: Path, name: str) -> Rows:
    with (samples / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _programme(row: Mapping[str, str]) -> dict[str, str]:
    texts = {column.name: "" for column in programmes.columns}
    told = {
        "id": row["programme_id"],
        "title": row["title_zh"],
        "subject": json.dumps([row["subject"]]),
    }
    return texts | {"minutes": "0"} | told


def _copied(row: Mapping[str, str]) -> Entry:
    return Copied(
        row["production_id"], row["title_zh"], int(row["copies"]),
        date.fromisoformat(row["made_on"]), row["kind"], row["medium"],
        programmes=tuple(row["programme_ids"].split(";")), county="HX-C00",
    )  # fmt: skip


def _handed_over(row: Mapping[str, str]) -> Iterator[Entry]:
    lines = (Line(row["production_id"], int(row["copies"])),)
    issued = date.fromisoformat(row["issued_on"])
    yield Delivered(row["receipt_no"], issued, lines, row["site_id"], mode=row["mode"])
    if row["signed_by"]:
        signed = date.fromisoformat(row["signed_on"])
        yield Signed(row["receipt_no"], row["signed_by"], signed)


@pytest.fixture(
    scope="session",
    params=["sqlite", *(["postgresql"] if os.environ.get("TEST_POSTGRES") else [])],
)
def sample_books(
    request: pytest.FixtureRequest,
    samples: Path,
    tmp_path_factory: pytest.TempPathFactory,
    new_address: Callable[..., Path | str],
) -> Iterator[Books]:
    """The sample county in the books: every row an event."""
    books = open_books(new_address(request.param, tmp_path_factory.mktemp("sample")))
    with books.transaction() as connection:
        rows = [_programme(row) for row in _rows(samples, "programmes")]
        connection.execute(programmes.insert(), rows)
        import_sites(connection, NOW, samples / "sites.csv", date(2012, 1, 1))
        post(connection, NOW, [_copied(row) for row in _rows(samples, "productions")])
        issued = _rows(samples, "deliveries")
        post(connection, NOW, [entry for row in issued for entry in _handed_over(row)])
        import_sheet(connection, NOW, read_screenings(samples / "screenings.csv"))
    yield books
    books.close()
