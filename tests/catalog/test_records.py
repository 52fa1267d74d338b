"""What was put into the books comes out as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from sqlalchemy import event

from catalog import records
from catalog.database import Books
from catalog.ledger import append
from catalog.programme import (
    AudioStream,
    Episode,
    OtherStream,
    Programme,
    Rights,
    Source,
    VideoStream,
)
from catalog.wanted import Wanted
from catalog.wishes import Wishes

Make = Callable[..., Source]

FULL = Programme(
    "HX-P0001",
    "鱼病、防治",
    title_en="Fish",
    subject=("LIV.FISHDIS",),
    class_numbers=("S942", "S823.9+2"),
    type="lecture",
    language="zh",
    dialect="陇东方言",
    audience=("herders",),
    months=(5, 6),
    keywords=("鱼",),
    description="d",
    creator="c",
    contributor="k",
    publisher="p",
    date="2012-08",
    identifier="i",
    coverage="甘肃",
    source="s",
    series="三农",
    minutes=72.5,
    wishes=Wishes(shape="centre-cut", sound=2, subtitles="none", damage="accept"),
    rights=Rights("province", date.max),
    note="n",
)


def test_a_source_comes_back_as_it_was(books: Books) -> None:
    """Fractions, every kind of stream, tags, and a name whose bytes are no UTF-8."""
    streams = (
        VideoStream(
            0,
            "mpeg2video",
            720,
            576,
            Fraction(16, 15),
            Fraction(30000, 1001),
            90,
            "interlaced",
            "yuv420p",
            "zho",
        ),
        AudioStream(1, "mp2", 2, 48000, "chi"),
        OtherStream(2, "subtitle", "dvd_subtitle"),
    )
    name = "鱼.avi".encode("gb18030").decode("utf-8", "surrogateescape")
    source = Source(
        "a" * 64, 5 << 32, name, f"library/{name}", "avi", 61.25, streams, (("title", name),)
    )
    plain = replace(source, sha256="b" * 64, name="bytes:ff", tags=())
    with books.transaction() as connection:
        put = [records.put_source(connection, s) for s in (source, plain, source)]

    assert put == [True, True, False]
    with books.reading() as connection:
        assert records.source(connection, "a" * 64) == source
        assert records.source_named(connection, name) == source
        assert records.source_named(connection, "bytes:ff") == plain
        assert records.sources(connection) == (source, plain)
        assert records.source(connection, "c" * 64) is None


def test_a_programme_comes_back_as_it_was(books: Books, source: Make) -> None:
    """Every field, its episodes in order; written again, the new one stands."""
    one, two = source("a"), source("b")
    full = replace(FULL, episodes=(Episode(1, two.sha256), Episode(2, one.sha256)))
    with books.transaction() as connection:
        for each in (one, two):
            records.put_source(connection, each)
        records.put_programme(connection, full)
    with books.transaction() as connection:
        assert records.programme(connection, "HX-P0001") == full
        assert records.programmes_of_source(connection, one.sha256) == (full,)
        records.put_programme(connection, FULL)
        assert records.programme(connection, "HX-P0001") == FULL
        assert records.programmes_titled(connection, "《鱼病防治》") == (FULL,)
        records.drop_programme(connection, "HX-P0001")
        assert records.programme(connection, "HX-P0001") is None


def test_programmes_come_in_order_of_their_numbers(books: Books) -> None:
    """P2 before P10, whatever the order of writing."""
    with books.transaction() as connection:
        for name in ("P10", "P2", "HX-P0003", "P1"):
            records.put_programme(connection, Programme(name, name))
        found = [programme.id for programme in records.programmes(connection)]

    assert found == ["HX-P0003", "P1", "P2", "P10"]


def test_programmes_are_found_by_what_is_wanted(books: Books) -> None:
    """Subject, language, months, text, what is incomplete; all that is asked must hold."""
    other = Programme("P2", "Wheat", subject=("AGR.WHEAT",), language="zh-TW")
    third = Programme("P3", "秦腔", language="bo", months=(1,))
    questions = {
        "fish": Wanted(subject=("S94", "ART")),
        "farming": Wanted(subject=("AGR",)),
        "chinese": Wanted(language="zh"),
        "june": Wanted(months=(6,)),
        "text": Wanted(text="ＷＨＥＡＴ"),
        "keyword": Wanted(text="鱼", months=(5,)),
        "nothing": Wanted(text="鱼", language="bo"),
        "incomplete": Wanted(incomplete=True),
    }
    with books.transaction() as connection:
        for programme in (replace(FULL, id="P1"), other, third):
            records.put_programme(connection, programme)
        found = {
            asked: [p.id[1] for p in records.programmes(connection, wanted)]
            for asked, wanted in questions.items()
        }

    assert found == {
        "fish": ["1"],
        "farming": ["1", "2"],
        "chinese": ["1", "2"],
        "june": ["1", "2"],
        "text": ["2"],
        "keyword": ["1"],
        "nothing": [],
        "incomplete": ["1", "2", "3"],
    }


def test_ids_count_on_and_never_come_back(books: Books, now: object) -> None:
    """With and without prefix; the id of a programme that is no more stays its own."""
    with books.transaction() as connection:
        assert records.next_id(connection) == "P0001"
        for name in ("P0007", "HX-P0041", "P-1", "XP0099"):
            records.put_programme(connection, Programme(name, "x"))
        append(connection, now, "described", ["P0012"])  # type: ignore[arg-type]

        assert records.next_id(connection) == "P0013"
        assert records.next_id(connection, "HX") == "HX-P0042"
        assert records.next_id(connection, "NEW") == "NEW-P0001"


def test_files_are_awaited_until_they_come(books: Books) -> None:
    """A name is awaited for one programme; asked again, the later word holds."""
    with books.transaction() as connection:
        for name in ("P1", "P2"):
            records.put_programme(connection, Programme(name, "x"))
        records.put_awaited(connection, "a.mpg", "P1", 0)
        records.put_awaited(connection, "a.mpg", "P2", 3)
        assert records.awaited(connection, "a.mpg") == ("P2", 3)
        records.drop_awaited(connection, "a.mpg")

        assert records.awaited(connection, "a.mpg") is None


def test_five_thousand_programmes_are_fetched_in_four_questions(books: Books) -> None:
    """However many there are, the number of questions to the database stays the same."""
    asked: list[str] = []
    with books.transaction() as connection:
        for number in range(300):
            records.put_programme(connection, replace(FULL, id=f"P{number}"))
    event.listen(books.engine, "before_cursor_execute", lambda *seen: asked.append(str(seen[2])))
    with books.reading() as connection:
        found = records.programmes(connection)
        records.sources(connection)

    assert len(found) == 300
    assert len([text for text in asked if text.startswith("SELECT")]) == 4
