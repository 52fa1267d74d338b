"""Empty books on each database, and files as if a reader had seen them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import tables
from catalog.database import Books, Connection, open_books
from catalog.programme import AudioStream, Source, VideoStream


@pytest.fixture
def books(address: Path | str) -> Iterator[Books]:
    """Empty books; on SQLite they lie at `tmp_path / "xiaxiang.db"`."""
    opened = open_books(address)
    yield opened
    opened.close()


@pytest.fixture
def now() -> datetime:
    """One moment for all events of a test."""
    return datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def source() -> Callable[..., Source]:
    """Makes a source of a name; `content` decides its digest."""

    def make(
        name: str, content: str = "", language: str = "", tags: tuple[tuple[str, str], ...] = ()
    ) -> Source:
        sha256 = hashlib.sha256((content or name).encode("utf-8", "surrogateescape")).hexdigest()
        video = VideoStream(0, "mpeg2video", 720, 576, Fraction(16, 15), Fraction(25))
        audio = AudioStream(1, "mp2", 2, 44100, language)
        return Source(sha256, 1000, name, f"library/{name}", "mpeg", 61.5, (video, audio), tags)

    return make


@pytest.fixture
def aged() -> Callable[[Connection, str], None]:
    """Makes books of today those of an older program: what came after that version is taken out."""
    first = {"source", "programme", "episode", "awaited", "event"}
    added = {
        "0003": {"analysis", "sidecar"},
        "0005": {"enrolment", "refresh", "drive_check", "drive_content"},
    }
    every = {table.name for table in tables.metadata.sorted_tables}
    added["0004"] = every - added["0003"] - added["0005"]
    columns = {"0002": "chapters", "0003": "wishes"}
    of_drives = (
        "token", "volume", "capacity", "number", "edition", "root", "refresh_event",
    )  # fmt: skip

    def back(connection: Connection, version: str) -> None:
        for name in set().union(*(added[since] for since in added if since > version)) - first:
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {name}"))
        for name in (columns[since] for since in columns if since > version):
            connection.execute(sa.text(f"ALTER TABLE programme DROP COLUMN {name}"))
        if version == "0004":
            for table, names in (("drive", of_drives), ("coverage", ("drives",))):
                for name in names:
                    connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {name}"))
        connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{version}'"))

    return back
