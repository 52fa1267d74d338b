"""Chapters: read from a sheet, kept in the books, and added to books that knew none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import records
from catalog.cell import cell_of
from catalog.database import NEWEST, Connection, open_books
from catalog.programme import Programme
from catalog.reading import Unclear, read_chapters
from catalog.sheet import read_sheet


def test_chapters_are_read_with_their_names() -> None:
    """Minutes and seconds, hours where needed, Chinese colons, a name or none."""
    assert read_chapters(cell_of("5:00 选种; 12:30 播种；1：05：00")) == (
        (300.0, "选种"),
        (750.0, "播种"),
        (3900.0, ""),
    )


@pytest.mark.parametrize(
    "said", ["选种", "5 选种", "5:61 选种", "5:00 a; 4:00 b", "5:00 a; 5:00 b"]
)
def test_what_is_no_chapter_is_told(said: str) -> None:
    """A time is missing, impossible, or out of order."""
    with pytest.raises(Unclear):
        read_chapters(cell_of(said))


def test_a_sheet_may_tell_chapters(tmp_path: Path) -> None:
    """The column is called 章节."""
    (tmp_path / "s.csv").write_text("题名,章节\n育苗,0:00 开头; 5:00 选种\n", "utf-8")
    sheet = read_sheet(tmp_path / "s.csv")

    assert sheet.problems == ()
    assert sheet.entries[0].programme.chapters == ((0.0, "开头"), (300.0, "选种"))


def test_the_books_keep_them(tmp_path: Path) -> None:
    """Written and read back, they are the same."""
    programme = Programme("P0001", "育苗", chapters=((300.0, "选种"), (750.5, "")))
    books = open_books(tmp_path / "b.db", create=True)
    with books.transaction() as connection:
        records.put_programme(connection, programme)
        assert records.programme(connection, "P0001") == programme
    books.close()


def test_books_of_the_first_version_learn_chapters(
    tmp_path: Path, aged: Callable[[Connection, str], None]
) -> None:
    """Opened by this program they are brought up, and what was in them is as it was."""
    programme = Programme("P0001", "育苗", subject=("AGR.VEG",))
    path = tmp_path / "b.db"
    books = open_books(path, create=True)
    with books.transaction() as connection:
        records.put_programme(connection, replace(programme))
        aged(connection, "0001")
    books.close()
    books = open_books(path)
    with books.reading() as connection:
        found = records.programmes(connection)
        version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    books.close()

    assert found == (programme,)
    assert version == NEWEST
