"""What the books keep beside a source: its analysis, and its subtitle files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from catalog import database, records
from catalog.analyses import analyses, put_analysis, put_sidecar
from catalog.analysis import Analysis, Damage, PictureAnalysis, SoundAnalysis, Span, Subtitles
from catalog.database import Books, Connection, open_books
from catalog.problem import Failure
from catalog.programme import Programme, Sidecar, Source

Make = Callable[..., Source]


def looked(sha256: str) -> Analysis:
    picture = PictureAnalysis(0, 1500, Fraction(24000, 1001), frozen=(Span(10, 25.5),))
    sound = SoundAnalysis(1, "stereo", -31.2, 9.0, -4.5, 8.2)
    lines = (Subtitles(2, "subrip", True, True, 40, "chi", "half a letter: \ud83d"),)
    damage = (Damage(3.0, 4.25, 37),)
    return Analysis(sha256, "analysis 1", 61.5, 120.0, picture, (sound,), lines, damage)


def test_an_analysis_comes_back_as_it_was(books: Books, source: Make) -> None:
    """Only those that are asked for; a later one takes the place of the one before."""
    one, two = source("a.mp4"), source("b.mp4")
    with books.transaction() as connection:
        for each in (one, two):
            records.put_source(connection, each)
            put_analysis(connection, looked(each.sha256))
        again = replace(looked(two.sha256), analyser="analysis 2", sounds=())
        put_analysis(connection, again)
        found = analyses(connection, [two.sha256, "f" * 64])

        assert found == {two.sha256: again}
        assert analyses(connection, [one.sha256]) == {one.sha256: looked(one.sha256)}
        assert analyses(connection, []) == {}


def test_many_analyses_are_asked_for_in_portions(books: Books, source: Make) -> None:
    """SQLite does not take any number of values in one question."""
    one = source("a.mp4")
    with books.transaction() as connection:
        records.put_source(connection, one)
        put_analysis(connection, looked(one.sha256))
    asked: list[str] = []
    event.listen(books.engine, "before_cursor_execute", lambda *seen: asked.append(str(seen[2])))
    with books.reading() as connection:
        found = analyses(connection, [f"{n:064x}" for n in range(1200)] + [one.sha256])

    assert set(found) == {one.sha256}
    assert len([text for text in asked if text.startswith("SELECT")]) == 3


def test_an_analysis_that_cannot_be_read_counts_as_not_made(books: Books, source: Make) -> None:
    """Another version wrote it: the file is looked through anew."""
    one = source("a.mp4")
    with books.transaction() as connection:
        records.put_source(connection, one)
        row = {"sha256": one.sha256, "analyser": "?", "said": '{"picture": 3}'}
        connection.execute(database.analyses.insert(), row)

        assert analyses(connection, [one.sha256]) == {}


def test_an_analysis_needs_its_source(books: Books) -> None:
    """There is nothing it could be about."""
    with pytest.raises(Failure), books.transaction() as connection:
        put_analysis(connection, looked("a" * 64))


def test_subtitle_files_come_with_their_source(books: Books, source: Make) -> None:
    """By name; put again nothing changes; a new one of the same name takes the place."""
    one, two = source("a.mp4"), source("b.mp4")
    odd = "字.srt".encode("gb18030").decode("utf-8", "surrogateescape")
    english = Sidecar("1" * 64, "a.en.srt", "library/a.en~1.srt", 10)
    chinese = Sidecar("2" * 64, "a.zh.srt", "library/a.zh~2.srt", 20)
    strange = Sidecar("3" * 64, odd, f"library/{odd}", 30)
    with books.transaction() as connection:
        for each in (one, two):
            records.put_source(connection, each)
        put = [put_sidecar(connection, one.sha256, s) for s in (chinese, english, chinese)]
        put_sidecar(connection, two.sha256, strange)
        put_sidecar(connection, two.sha256, chinese)

        assert put == [True, True, False]
        assert records.source(connection, one.sha256).sidecars == (english, chinese)
        assert records.sources(connection) == (
            replace(one, sidecars=(english, chinese)),
            replace(two, sidecars=(chinese, strange)),
        )
        newer = replace(chinese, sha256="4" * 64, bytes=21)
        assert put_sidecar(connection, one.sha256, newer)
        assert records.source_named(connection, "a.mp4").sidecars == (english, newer)


def test_books_of_the_second_version_are_brought_up(
    tmp_path: Path, aged: Callable[[Connection, str], None]
) -> None:
    """What was in them is as it was; nobody has wished for anything."""
    path = tmp_path / "b.db"
    books = open_books(path, create=True)
    with books.transaction() as connection:
        records.put_programme(connection, Programme("P0001", "育苗", chapters=((5.0, "a"),)))
        aged(connection, "0002")
    books.close()
    books = open_books(path)
    with books.reading() as connection:
        found = records.programmes(connection)
        names = sa.inspect(connection).get_table_names()
    books.close()

    assert found == (Programme("P0001", "育苗", chapters=((5.0, "a"),)),)
    assert {"analysis", "sidecar"} <= set(names)
