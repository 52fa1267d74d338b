"""Empty books on each database, and files as if a reader had seen them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from catalog.database import Books, open_books
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
