"""Two files of one name that arrive together are two programmes, not versions of one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from catalog import records
from catalog.database import open_books
from catalog.intake import add_source
from catalog.programme import AudioStream, Source

AT = datetime(2026, 11, 23, tzinfo=UTC)


def source(digest: str) -> Source:
    sound = (AudioStream(0, "mp3", 2, 44_100),)
    return Source(digest * 64, 9, "养羊.mp3", f"library/{digest}", "mp3", 60.0, sound)


def test_same_name_in_two_folders_of_one_call(tmp_path: Path) -> None:
    """Both are kept in the catalogue, each in a programme of its own."""
    books = open_books(tmp_path / "b.db", create=True)
    first = add_source(books, source("a"), AT)
    second = add_source(books, source("b"), AT, beside={first.source.sha256})
    with books.reading() as connection:
        held = [e.sha256[0] for p in records.programmes(connection) for e in p.episodes]
    books.close()

    assert (first.outcome, second.outcome) == ("new", "new")
    assert sorted(held) == ["a", "b"]


def test_same_name_in_a_later_call_is_a_changed_file(tmp_path: Path) -> None:
    """Without that word it takes the older one's place, and says so."""
    books = open_books(tmp_path / "b.db", create=True)
    add_source(books, source("a"), AT)
    second = add_source(books, source("b"), AT)
    books.close()

    assert second.outcome == "changed"
    assert [e.sha256[0] for e in second.programme.episodes] == ["b"]
