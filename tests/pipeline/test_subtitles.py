"""Subtitle files find their videos, whichever comes first, and are kept with them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog import records
from catalog.database import Books, open_books
from catalog.intake import add_source
from catalog.programme import AudioStream, Source
from pipeline import subtitles
from pipeline.subtitles import Taken, beside, take_in, tell

Add = Callable[..., Path]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Empty books in a workspace with a library."""
    (tmp_path / "library").mkdir()
    opened = open_books(tmp_path / "xiaxiang.db", create=True)
    yield opened
    opened.close()


@pytest.fixture
def add(books: Books, tmp_path: Path) -> Add:
    """Writes a file into a folder of the workspace and takes it into the books as a video."""

    def added(name: str, content: str, sources: dict[Path, Source] | None = None) -> Path:
        path = written(tmp_path / name, content)
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        sound = (AudioStream(0, "mp3", 2, 44100),)
        source = Source(sha256, len(content), path.name, f"library/{sha256}", "mp3", 9.0, sound)
        add_source(books, source, NOW)
        if sources is not None:
            sources[path] = source
        return path

    return added


def written(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def kept(books: Books) -> dict[str, list[str]]:
    """The subtitle files of each source, by their names."""
    with books.reading() as connection:
        found = records.sources(connection)
    return {one.name: [side.name for side in one.sidecars] for one in found}


def test_a_file_beside_a_video_just_taken_in_is_kept(
    books: Books, add: Add, tmp_path: Path
) -> None:
    """Copied into the library under its own digest; the original stays; again, it is known."""
    here: dict[Path, Source] = {}
    video = add("in/羊病.mp4", "v", here)
    path = written(tmp_path / "in" / "羊病.zh.srt", "1\n")
    taken = [take_in(books, tmp_path, beside([video]), here, copy=True) for _time in range(2)]
    with books.reading() as connection:
        (side,) = records.sources(connection)[0].sidecars

    assert taken == [
        (Taken("羊病.zh.srt", "new", ("羊病.mp4",)),),
        (Taken("羊病.zh.srt", "known", ("羊病.mp4",)),),
    ]
    assert (side.name, side.bytes) == ("羊病.zh.srt", 2)
    assert side.path == f"library/羊病.zh~{side.sha256[:8]}.srt"
    assert (tmp_path / side.path).read_bytes() == path.read_bytes()
    assert [one.name for one in (tmp_path / "library").iterdir()] == [Path(side.path).name]


def test_a_file_that_comes_later_finds_its_video(books: Books, add: Add, tmp_path: Path) -> None:
    """Beside the video by its name and size, elsewhere by the one video of its name."""
    add("in/a.mp4", "video a")
    add("in/b.mp4", "video b")
    near = written(tmp_path / "in" / "a.srt", "near")
    far = written(tmp_path / "else" / "b.en.vtt", "far")
    taken = take_in(books, tmp_path, [near, far], {}, copy=True)

    assert {one.outcome for one in taken} == {"new"}
    assert kept(books) == {"a.mp4": ["a.srt"], "b.mp4": ["b.en.vtt"]}


def test_two_videos_of_one_name_are_not_mixed_up(books: Books, add: Add, tmp_path: Path) -> None:
    """The one in its folder; from elsewhere nobody can tell, and that is said."""
    here: dict[Path, Source] = {}
    add("one/MVI_0001.mp4", "first", here)
    second = add("two/MVI_0001.mp4", "second, longer", here)
    side = written(tmp_path / "two" / "MVI_0001.srt", "x")
    lost = written(tmp_path / "MVI_0001.srt", "y")
    taken = take_in(books, tmp_path, [side, lost], here, copy=True)
    with books.reading() as connection:
        holder = [one.sha256 for one in records.sources(connection) if one.sidecars]

    assert {one.outcome for one in taken} == {"new", "several-videos"}
    assert holder == [here[second].sha256]


def test_a_file_whose_video_is_not_in_the_books_waits(
    books: Books, add: Add, tmp_path: Path
) -> None:
    """No other video of that name gets it; nothing is copied."""
    add("old/a.mp4", "another video")
    written(tmp_path / "in" / "a.mp4", "not added, or unreadable")
    near = written(tmp_path / "in" / "a.srt", "x")
    none = written(tmp_path / "in" / "b.srt", "x")
    taken = take_in(books, tmp_path, [near, none], {}, copy=True)

    assert {(one.name, one.outcome) for one in taken} == {
        ("a.srt", "no-video"),
        ("b.srt", "no-video"),
    }
    assert list((tmp_path / "library").iterdir()) == []
    assert kept(books) == {"a.mp4": []}


def test_one_file_may_belong_to_a_video_in_two_formats(
    books: Books, add: Add, tmp_path: Path
) -> None:
    """Both lie beside it."""
    here: dict[Path, Source] = {}
    for name in ("in/a.avi", "in/a.mp4"):
        add(name, name, here)
    side = written(tmp_path / "in" / "a.srt", "x")
    take_in(books, tmp_path, [side], here, copy=True)

    assert kept(books) == {"a.avi": ["a.srt"], "a.mp4": ["a.srt"]}


def test_a_mended_file_takes_the_place_of_the_one_before(
    books: Books, add: Add, tmp_path: Path
) -> None:
    """The same name with other bytes; without copying it is used where it lies."""
    here: dict[Path, Source] = {}
    add("in/a.mp4", "v", here)
    side = written(tmp_path / "in" / "a.srt", "x")
    take_in(books, tmp_path, [side], here, copy=True)
    written(side, "mended")
    take_in(books, tmp_path, [side], here, copy=False)
    with books.reading() as connection:
        (found,) = records.sources(connection)[0].sidecars

    assert (found.path, found.bytes) == ("in/a.srt", 6)


def test_too_large_and_unreadable_files_are_told(
    books: Books, add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one is no subtitle and no failure, the other may be tried again."""
    monkeypatch.setattr(subtitles, "MOST_BYTES", 4)
    here: dict[Path, Source] = {}
    add("in/a.mp4", "v", here)
    large = written(tmp_path / "in" / "a.srt", "12345")
    gone = tmp_path / "in" / "a.en.srt"
    taken = {one.name: one for one in take_in(books, tmp_path, [large, gone], here, copy=True)}

    assert taken["a.srt"].outcome == "too-large"
    assert taken["a.srt"].failure is None
    assert "No such file" in str(taken["a.en.srt"].failure)
    assert kept(books) == {"a.mp4": []}


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        (Taken("a.srt", "new", ("a.avi", "a.mp4")), "kept with a.avi, a.mp4"),
        (Taken("a.srt", "known", ("a.mp4",)), "already there, with a.mp4"),
        (Taken("a.srt", "no-video"), "belongs to no video here"),
        (Taken("a.srt", "several-videos"), "several videos have this name"),
        (Taken("a.srt", "too-large"), "larger than 8 MiB"),
    ],
)
def test_what_became_of_it_is_told_in_one_line(taken: Taken, told: str) -> None:
    """With its name."""
    assert tell(taken).startswith("subtitle file a.srt: ")
    assert told in tell(taken)
