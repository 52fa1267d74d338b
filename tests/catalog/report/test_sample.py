"""The sample county gives exactly the report its keepers wrote down."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalog import ledger, tables
from catalog.database import Books, values_of
from catalog.document import read_yaml
from catalog.report.figures import Figures, figures
from catalog.report.lines import Style, lines
from catalog.report.traps import doubts, year_before
from catalog.report.wording import wording

BEGIN, END = date(2012, 1, 1), date(2012, 7, 31)


@pytest.fixture(scope="module")
def counted(sample_books: Books) -> Figures:
    with sample_books.reading() as connection:
        return figures(connection, BEGIN, END)


def test_the_exact_figures_are_those_written_down(samples: Path, counted: Figures) -> None:
    """Every figure of the golden answer, and no other."""
    expected = read_yaml(samples / "report_lines.yaml").value

    assert counted.exact == expected["exact"]
    assert counted.unit == expected["unit"]


def test_the_lines_are_those_written_down(samples: Path, counted: Figures) -> None:
    """The four lines, letter by letter, with the figures they use."""
    expected = read_yaml(samples / "report_lines.yaml").value["lines"]
    written = {line.id: line for line in lines(counted, wording())}

    assert [written[each["id"]].text for each in expected] == [each["text"] for each in expected]
    assert [list(written[each["id"]].uses) for each in expected] == [
        each["uses"] for each in expected
    ]


def test_formal_papers_have_their_own_punctuation(counted: Figures) -> None:
    """The same line as web copies and as formal documents write it."""
    told = {line.id: line.text for line in lines(counted, wording(), Style("fullwidth"))}

    assert told["summary_short"] == (
        "今年共制作宣传光盘6种300份，播放16场（次），受益群众4000多人（次）"
    )


def test_a_county_has_its_habit_of_rounding(counted: Figures) -> None:
    """多 everywhere, where a county wants it."""
    told = {line.id: line.text for line in lines(counted, wording(), Style(suffix="多"))}

    assert told["community"] == (
        "在县城北关、南关两个社区,进行了专题展播10多场次,共接待观众2000多人。"
    )
    assert told["discs_and_leaflets"] == (
        "共刻录发放6种科教、实用技术光盘290多张,宣传资料2000多份。"
    )


def test_every_figure_is_the_sum_of_its_records(counted: Figures) -> None:
    """Each number can be opened to events, and they add up to it."""
    for figure in counted.all:
        assert figure.value == sum(record.amount for record in figure.records), figure.name
        assert all(record.serials for record in figure.records), figure.name
        assert figure.value > 0, figure.name


def test_the_serials_are_those_of_the_right_events(sample_books: Books, counted: Figures) -> None:
    """Behind discs stand runs, receipts and signatures, behind attendance screenings."""
    with sample_books.reading() as connection:
        kinds = {event.serial: event.kind for event in ledger.read(connection)}

    def behind(name: str) -> list[str]:
        return sorted({kinds[s] for record in counted[name].records for s in record.serials})

    assert behind("disc_copies_made") == behind("leaflet_copies") == ["copied"]
    assert behind("disc_copies_issued") == ["delivered", "signed"]
    assert behind("lecture_attendance") == behind("school_venues") == ["screened"]


def test_stock_is_what_the_books_hold(sample_books: Books, counted: Figures) -> None:
    """Counted from movements, the stock is the one that was kept with each entry."""
    with sample_books.reading() as connection:
        rows = map(values_of, connection.execute(tables.productions.select()))
        held = {row["id"]: row["in_stock"] for row in rows if row["kind"] == "disc"}

    assert {r.paper: r.amount for r in counted["disc_copies_in_stock"].records} == held


def test_the_sample_county_has_nothing_doubtful(sample_books: Books, counted: Figures) -> None:
    """No trap snaps where the records are sound."""
    with sample_books.reading() as connection:
        before = figures(connection, year_before(BEGIN), year_before(END))

        assert doubts(connection, counted, before, lines(counted, wording())) == ()
