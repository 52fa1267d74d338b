"""Files and sheets taken into the books, in whatever order they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest

from catalog import ledger, records
from catalog.database import Books, open_books
from catalog.intake import Arrival, Import, add_source, import_sheet
from catalog.problem import Failure
from catalog.programme import Programme, Rights, Source
from catalog.sheet import Entry

Make = Callable[..., Source]
Add = Callable[..., Arrival]
Take = Callable[..., tuple[Import, ...]]


@pytest.fixture
def add(books: Books, now: datetime, source: Make) -> Add:
    """Adds a file of a name (and content)."""

    def adding(name: str, content: str = "", **told: object) -> Arrival:
        return add_source(books, source(name, content), now, **told)  # type: ignore[arg-type]

    return adding


@pytest.fixture
def take(books: Books, now: datetime) -> Take:
    """Imports rows given as (files, fields)."""

    def taking(*rows: tuple[tuple[str, ...], dict[str, object]]) -> tuple[Import, ...]:
        entries = [
            Entry("s.csv", n, replace(Programme("", ""), **fields), files)  # type: ignore[arg-type]
            for n, (files, fields) in enumerate(rows, 2)
        ]
        return import_sheet(books, entries, now, prefix="HX")

    return taking


def held(books: Books) -> dict[str, list[tuple[int, str]]]:
    """Every programme with its episodes by file name; the chain of the ledger is checked too."""
    with books.reading() as connection:
        names = {source.sha256: source.name for source in records.sources(connection)}
        assert ledger.check(connection) == ()
        return {
            programme.id: [(e.number, names[e.sha256]) for e in programme.episodes]
            for programme in records.programmes(connection)
        }


def kinds(books: Books) -> list[str]:
    with books.reading() as connection:
        return [event.kind for event in ledger.read(connection)]


def test_a_file_becomes_a_programme_with_its_events(books: Books, add: Add) -> None:
    """Source, programme and two events; what is missing is told; rights as asked."""
    arrival = add("鱼病防治 第1集.mpg", rights=Rights("county"), prefix="HX")

    assert (arrival.outcome, arrival.created, arrival.programme.id) == ("new", True, "HX-P0001")
    assert arrival.programme.rights == Rights("county")
    assert arrival.missing == ("subject", "type", "language")
    assert held(books) == {"HX-P0001": [(1, "鱼病防治 第1集.mpg")]}
    assert kinds(books) == ["added", "described"]


def test_the_same_bytes_are_one_source(books: Books, add: Add) -> None:
    """Under another name too; nothing is written a second time."""
    add("鱼病.mpg", "same")
    again = add("另一个名字.mpg", "same")

    assert (again.outcome, again.created, again.source.name) == ("known", False, "鱼病.mpg")
    assert held(books) == {"P0001": [(1, "鱼病.mpg")]}
    assert kinds(books) == ["added", "described"]


def test_what_people_say_later_of_a_known_file_counts(books: Books, add: Add) -> None:
    """A sidecar written after the file came completes its programme."""
    add("鱼病.mpg")
    sidecar = Entry("鱼病.yaml", 1, Programme("", "鱼病防治", type="lecture"))
    again = add("鱼病.mpg", sidecar=sidecar)

    assert (again.outcome, again.programme.title, again.programme.type) == (
        "known",
        "鱼病防治",
        "lecture",
    )
    assert kinds(books) == ["added", "described", "described"]


def test_a_changed_file_of_the_same_name_takes_the_place(books: Books, add: Add) -> None:
    """Both sources stay known; the programme plays the new one, and the result says so."""
    first = add("鱼病.mpg", "old")
    second = add("鱼病.mpg", "new")

    assert (second.outcome, second.created, second.before) == ("changed", False, first.source)
    assert [e.sha256 for e in second.programme.episodes] == [second.source.sha256]
    with books.reading() as connection:
        assert len(records.sources(connection)) == 2


def test_two_films_of_one_camera_stay_two(books: Books, add: Add) -> None:
    """MVI_0001 of Monday and of Tuesday are two programmes that lack a title."""
    add("MVI_0001.MOV", "monday")
    second = add("MVI_0001.MOV", "tuesday")

    assert (second.outcome, second.created, second.missing[0]) == ("changed", True, "title")
    assert len(held(books)) == 2


@pytest.mark.parametrize("order", list(permutations(["上", "中", "下"])))
def test_parts_join_in_any_order(books: Books, add: Add, order: tuple[str, ...]) -> None:
    """However they come, 上 中 下 are 1 2 3 of one programme."""
    for part in order:
        add(f"秦腔《三滴血》{part}.mpg")

    assert held(books) == {
        "P0001": [
            (1, "秦腔《三滴血》上.mpg"),
            (2, "秦腔《三滴血》中.mpg"),
            (3, "秦腔《三滴血》下.mpg"),
        ]
    }


def test_episodes_of_one_title_join(books: Books, add: Add) -> None:
    """By number; a second file of a number, or without one, is a programme of its own."""
    for name in (
        "肉牛养殖 第2集.mpg",
        "肉牛养殖_01.mpg",
        "《肉牛养殖》EP02.wmv",
        "肉牛养殖.avi",
        "养羊 第3集.mpg",
    ):
        add(name)

    assert held(books) == {
        "P0001": [(1, "肉牛养殖_01.mpg"), (2, "肉牛养殖 第2集.mpg")],
        "P0002": [(2, "《肉牛养殖》EP02.wmv")],
        "P0003": [(1, "肉牛养殖.avi")],
        "P0004": [(3, "养羊 第3集.mpg")],
    }


def test_a_sheet_before_its_files(books: Books, add: Add, take: Take) -> None:
    """Programmes wait for the files they name; what the sheet says stays over what files claim."""
    rows = take(
        (("b.mpg", "a.mpg"), {"id": "HX-P0003", "title": "鱼病"}),
        ((), {"title": "养羊技术", "type": "lecture"}),
    )
    arrivals = [add("a.mpg"), add("b.mpg"), add("养羊技术.mpg")]

    assert [row.awaited for row in rows] == [("b.mpg", "a.mpg"), ()]
    assert [arrival.created for arrival in arrivals] == [False] * 3
    assert arrivals[0].programme.title == "鱼病"
    assert held(books) == {
        "HX-P0003": [(1, "b.mpg"), (2, "a.mpg")],
        "HX-P0004": [(1, "养羊技术.mpg")],
    }


def test_a_sheet_after_its_files(books: Books, add: Add, take: Take) -> None:
    """The guesses made for its files go into the programmes it names, by file or by title."""
    for name in ("肉牛养殖 第1集.mpg", "肉牛养殖 第2集.mpg", "鱼病.mpg", "春耕.mpg"):
        add(name)
    rows = take(
        (
            ("肉牛养殖 第1集.mpg", "肉牛养殖 第2集.mpg"),
            {"id": "HX-P0007", "title": "肉牛、肉羊养殖技术"},
        ),
        ((), {"id": "HX-P0008", "title": "《鱼病》"}),
        ((), {"title": "春耕", "type": "lecture"}),
    )

    assert [(row.programme.id, row.created) for row in rows] == [
        ("HX-P0007", True),
        ("HX-P0008", True),
        ("P0003", False),
    ]
    assert held(books) == {
        "HX-P0007": [(1, "肉牛养殖 第1集.mpg"), (2, "肉牛养殖 第2集.mpg")],
        "HX-P0008": [(1, "鱼病.mpg")],
        "P0003": [(1, "春耕.mpg")],
    }
    with books.reading() as connection:
        joined = [e.details.get("joined") for e in ledger.read(connection, subject="P0001")]
    assert joined[-1] == "HX-P0007"


def test_a_sheet_does_not_rob_another_sheets_programme(books: Books, add: Add, take: Take) -> None:
    """Two programmes of one title may both be meant."""
    add("春耕.mpg")
    take(((), {"id": "HX-P0001", "title": "春耕"}))
    take(((), {"id": "HX-P0009", "title": "春耕"}))

    assert held(books) == {"HX-P0001": [(1, "春耕.mpg")], "HX-P0009": []}


def test_the_same_sheet_again_changes_nothing(books: Books, take: Take) -> None:
    """No event, no change; one cell altered is one change."""
    row: dict[str, object] = {"id": "HX-P0001", "title": "春耕", "subject": ("AGR",)}
    take(((), row))
    again = take(((), row))
    altered = take(((), {**row, "subject": ("AGR.WHEAT",)}))

    assert (again[0].changed, altered[0].changed) == ((), ("subject",))
    assert kinds(books) == ["described", "described"]


def test_empty_cells_leave_what_was_known(books: Books, take: Take) -> None:
    """A second sheet with fewer columns takes nothing away."""
    take(((), {"id": "HX-P0001", "title": "春耕", "subject": ("AGR",), "rights": Rights("county")}))
    again = take(((), {"id": "HX-P0001", "type": "lecture"}))

    assert again[0].programme.subject == ("AGR",)
    assert again[0].programme.rights == Rights("county")
    assert again[0].changed == ("type",)


def test_a_sheet_is_taken_whole_or_not_at_all(
    books: Books, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the third row fails, the first two are not there."""
    real = records.put_programme

    def failing(connection: object, programme: Programme) -> None:
        if programme.title == "三":
            raise Failure("writing", "the disk is full")
        real(connection, programme)  # type: ignore[arg-type]

    monkeypatch.setattr(records, "put_programme", failing)
    with pytest.raises(Failure):
        take(((), {"title": "一"}), ((), {"title": "二"}), ((), {"title": "三"}))

    assert held(books) == {}
    assert kinds(books) == []


def test_names_of_broken_bytes_are_taken_in(books: Books, add: Add) -> None:
    """A GBK name from an old drive: the title is readable, the name stays as it is."""
    name = "鱼病防治.avi".encode("gb18030").decode("utf-8", "surrogateescape")
    arrival = add(name)

    assert arrival.programme.title == "鱼病防治"
    assert held(books) == {"P0001": [(1, name)]}


def test_two_programs_at_once_make_no_double(tmp_path: Path, source: Make, now: datetime) -> None:
    """Two open books: the second sees what the first has written."""
    first = open_books(tmp_path / "two.db", create=True)
    second = open_books(tmp_path / "two.db")
    add_source(first, source("肉牛 第1集.mpg"), now)
    joined = add_source(second, source("肉牛 第2集.mpg"), now)
    known = add_source(first, source("肉牛 第2集.mpg"), now)
    second.close()
    first.close()

    assert (joined.programme.id, joined.created, known.outcome) == ("P0001", False, "known")
