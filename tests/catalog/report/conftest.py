"""Two counties: that of the sample files, and a small one whose sums are done by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from catalog import tables
from catalog.database import Books, metadata, open_books, programmes

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
    told = {"id": row["programme_id"], "title": row["title_zh"], "subject": row["subject"]}
    return texts | {"minutes": "0"} | told


@pytest.fixture(scope="session")
def sample_books(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """The sample county in the books, row by row."""
    books = open_books(tmp_path_factory.mktemp("sample") / "xiaxiang.db", create=True)
    metadata.create_all(books.engine)
    sites = _rows(samples, "sites")
    numbers = {row["site_id"]: number for number, row in enumerate(sites, 1)}
    runs = {row["production_id"]: n for n, row in enumerate(_rows(samples, "productions"), 1)}
    with books.transaction() as connection:
        connection.execute(
            programmes.insert(), [_programme(row) for row in _rows(samples, "programmes")]
        )
        connection.execute(
            tables.sites.insert(),
            [
                {"number": numbers[row["site_id"]], "id": row["site_id"], "level": row["level"],
                 "name": row["name_zh"], "code": row["region_code"], "county": 1,
                 "population": int(row["population"] or 0), "event": 1000}
                for row in sites
            ],
        )  # fmt: skip
        issued: dict[str, int] = {}
        for number, row in enumerate(_rows(samples, "deliveries"), 1):
            run = row["production_id"]
            issued[run] = issued.get(run, 0) + int(row["copies"])
            connection.execute(
                tables.deliveries.insert(),
                {"number": number, "receipt": row["receipt_no"], "production": runs[run],
                 "site": numbers[row["site_id"]], "county": 1, "copies": int(row["copies"]),
                 "issued_on": row["issued_on"], "mode": row["mode"], "signed_by": row["signed_by"],
                 "signed_on": row["signed_on"], "event": 2000 + number,
                 "signed_event": 4000 + number if row["signed_by"] else 0},
            )  # fmt: skip
        for row in _rows(samples, "productions"):
            out, made = issued.get(row["production_id"], 0), int(row["copies"])
            connection.execute(
                tables.productions.insert(),
                {"number": runs[row["production_id"]], "id": row["production_id"], "county": 1,
                 "kind": row["kind"], "medium": row["medium"], "title": row["title_zh"],
                 "made_on": row["made_on"], "made": made, "issued": out, "in_stock": made - out,
                 "event": 6000 + runs[row["production_id"]]},
            )  # fmt: skip
        for number, row in enumerate(_rows(samples, "screenings"), 1):
            connection.execute(
                tables.screenings.insert(),
                {"number": number, "id": row["screening_id"], "kind": row["kind"],
                 "site": numbers[row["site_id"]], "held_on": row["held_on"],
                 "programmes": row["programme_ids"], "attendance": int(row["attendance"]),
                 "recorded_by": row["recorded_by"], "event": 7000 + number},
            )  # fmt: skip
    yield books
    books.close()
