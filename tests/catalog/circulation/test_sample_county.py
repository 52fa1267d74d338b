"""The sample county taken in from its sheets: sums as the sheets themselves give them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import records
from catalog.circulation.entries import Copied
from catalog.circulation.importing import import_deliveries, import_productions, import_slips
from catalog.circulation.posting import post
from catalog.circulation.receipts import held, receipt
from catalog.circulation.recounting import recount
from catalog.database import Books
from catalog.problem import Refusal
from catalog.programme import Programme
from catalog.register.importing import import_sites
from catalog.tables import counters, coverage, deliveries, productions, site_states, sites

SAMPLES = Path(__file__).parents[4] / "shared" / "reference" / "samples"


def sheet(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def county(books: Books, now: datetime) -> Books:
    """Programmes, sites, runs and receipts of the sample county."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample county is not here")
    with books.transaction() as connection:
        for row in sheet("programmes.csv"):
            subject = tuple(row["subject"].split(";"))
            programme = Programme(id=row["programme_id"], title=row["title_zh"], subject=subject)
            records.put_programme(connection, programme)
        import_sites(connection, now, SAMPLES / "sites.csv", None)
        import_productions(connection, now, SAMPLES / "productions.csv")
        import_deliveries(connection, now, SAMPLES / "deliveries.csv")
    return books


def test_runs_and_receipts_are_as_in_the_sheets(county: Books) -> None:
    """Made, issued, signed and in stock by run; copies and lines by site."""
    made = {row["production_id"]: int(row["copies"]) for row in sheet("productions.csv")}
    issued, signed = Counter[str](), Counter[str]()
    lines, copies = Counter[str](), Counter[str]()
    for row in sheet("deliveries.csv"):
        issued[row["production_id"]] += int(row["copies"])
        signed[row["production_id"]] += int(row["copies"]) * bool(row["signed_on"])
        lines[row["site_id"]] += 1
        copies[row["site_id"]] += int(row["copies"])
    with county.reading() as connection:
        for run in connection.execute(productions.select()):
            due = (made[run.id], issued[run.id], signed[run.id], made[run.id] - issued[run.id])
            assert (run.made, run.issued, run.signed, run.in_stock) == due
        wanted = sa.select(sites.c.id, site_states.c.deliveries, site_states.c.copies)
        told = connection.execute(wanted.join(site_states, site_states.c.site == sites.c.number))
        states = {row.id: (row.deliveries, row.copies) for row in told}

        assert states == {site: (lines[site], copies[site]) for site in lines if site}
        assert recount(connection) == ()


def test_coverage_is_as_in_the_sheets(county: Books) -> None:
    """Copies by township and area, reckoned from the sheets alone."""
    area = {row["programme_id"]: row["subject"].split(";")[0] for row in sheet("programmes.csv")}
    about = {
        row["production_id"]: {area[p].split(".")[0] for p in row["programme_ids"].split(";") if p}
        for row in sheet("productions.csv")
    }
    place = {row["site_id"]: row for row in sheet("sites.csv")}
    due = Counter[tuple[str, str]]()
    for row in sheet("deliveries.csv"):
        site = place.get(row["site_id"], {"level": "", "site_id": "", "parent_id": ""})
        while site["level"] not in ("township", "county", ""):
            site = place[site["parent_id"]]
        township = site["site_id"] if site["level"] == "township" else ""
        for one in about[row["production_id"]]:
            due[township, one] += int(row["copies"])
    with county.reading() as connection:
        ids = {row.number: row.id for row in connection.execute(sites.select())}
        told = Counter[tuple[str, str]]()
        for row in connection.execute(coverage.select()):
            told[ids.get(row.township, ""), row.subject] += row.copies

        assert told == due


def test_the_sheets_again_change_nothing(county: Books, now: datetime) -> None:
    """Runs and receipts that are there already give no event; numbers go on behind them."""
    with county.transaction() as connection:
        assert import_productions(connection, now, SAMPLES / "productions.csv") == ()
        assert import_deliveries(connection, now, SAMPLES / "deliveries.csv") == ()
        last = {(row.kind, row.year): row.last for row in connection.execute(counters.select())}

        assert last["QS", 2012] == 180
        assert last["HX", 2012] == 6


def test_slips_sign_what_was_not_signed(county: Books, now: datetime, tmp_path: Path) -> None:
    """A sheet with Chinese heads; the same again changes nothing; a wrong row is told by line."""
    open_ones = [row["receipt_no"] for row in sheet("deliveries.csv") if not row["signed_on"]]
    rows = "".join(f"{receipt},王某,2012-07-{day}\n" for day, receipt in enumerate(open_ones, 10))
    slips = tmp_path / "slips.csv"
    slips.write_text("签收单号,签收人,签收日期\n" + rows, "utf-8")
    with county.transaction() as connection:
        assert len(import_slips(connection, now, slips)) == len(open_ones)
        assert import_slips(connection, now, slips) == ()
        unsigned = sa.select(sa.func.sum(productions.c.unsigned))
        assert connection.scalar(unsigned) == 0
    slips.write_text("签收单号,签收人,签收日期\nQS-2012-9999,王某,2012-07-01\n,某,31\n", "utf-8")
    with pytest.raises(Refusal) as refused, county.transaction() as connection:
        import_slips(connection, now, slips)

    assert {problem.line for problem in refused.value.problems} == {3}


def test_a_recall_names_every_line_that_is_out(county: Books) -> None:
    """As many copies as the sheets say were handed out of runs that hold the programme."""
    runs = {
        r["production_id"] for r in sheet("productions.csv") if "HX-P0004" in r["programme_ids"]
    }
    due = [row for row in sheet("deliveries.csv") if row["production_id"] in runs]
    with county.reading() as connection:
        found = held(connection, "HX-P0004")
        first = receipt(connection, found[0].receipt)

    assert sum(one.copies for one in found) == sum(int(row["copies"]) for row in due)
    assert sorted(one.receipt for one in found) == sorted(row["receipt_no"] for row in due)
    assert all(one.manager for one in found if one.site)
    assert first is not None
    assert first.lines[0].copies == found[0].copies


def test_lines_of_one_number_are_one_receipt(county: Books, now: datetime, tmp_path: Path) -> None:
    """A fair: a row without a number is a receipt of its own, rows of one number are one."""
    fair = tmp_path / "fair.csv"
    rows = ",HX-2012-L1,户甲,3\nQS-2012-0200,HX-2012-L1,户乙,1\nQS-2012-0200,HX-2012-L2,户乙,2\n"
    heads = "签收单号,登录号,接收人,数量,发放日期\n"
    fair.write_text(heads + rows.replace("\n", ",2012-07-20\n"), "utf-8")
    with county.transaction() as connection:
        serials = import_deliveries(connection, now, fair, "fair_gift")
        told = connection.execute(deliveries.select().where(deliveries.c.event.in_(serials)))
        lines = sorted((row.receipt, row.recipient, row.copies, row.mode) for row in told)

    assert lines == [
        ("QS-2012-0181", "户甲", 3, "fair_gift"),
        ("QS-2012-0200", "户乙", 1, "fair_gift"),
        ("QS-2012-0200", "户乙", 2, "fair_gift"),
    ]


def test_a_list_of_a_fair_needs_no_day_of_its_own(books: Books, tmp_path: Path) -> None:
    """The day that was asked for holds for each row that names none; without it, it is missing."""
    listed = tmp_path / "fair.csv"
    listed.write_text("制作号,接收人,份数\nHX-2026-0001,赶集群众,3\n", "utf-8")
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    with books.transaction() as connection:
        post(connection, at, [Copied("HX-2026-0001", "套盘", 5, date(2026, 11, 1))])
        import_deliveries(connection, at, listed, "fair_gift", date(2026, 11, 20))
        row = connection.execute(deliveries.select()).one()
        with pytest.raises(Refusal, match="column"):
            import_deliveries(connection, at, listed, "fair_gift")

    assert (row.issued_on, row.copies, row.mode) == ("2026-11-20", 3, "fair_gift")
