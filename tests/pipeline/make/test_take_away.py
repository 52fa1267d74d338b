"""Taking files off a drive: those that the books name, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.bundle.bundle import Bundle, Piece
from pipeline.make.medium import Medium
from pipeline.make.take_away import take_away
from pipeline.manifest import Item
from pipeline.plan.steps import FromSource

STAYS = Piece("data/戏曲/三滴血.mp4", 4, "5" * 64, FromSource("5" * 64, ".mp4"))
BUNDLE = Bundle("e", 1, "", "d", "s", "s", "c", "t", date(2026, 11, 23), (STAYS,), ())


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Medium]:
    with Medium(tmp_path) as one:
        yield one


def lay(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"film")


def test_files_go_and_folders_that_are_empty_then(medium: Medium, tmp_path: Path) -> None:
    """A folder in which somebody keeps a file stays, with it."""
    lay(tmp_path, "data/a/b/1.mp4", "data/c/2.mp4", "data/c/theirs.jpg")
    items = [Item("data/a/b/1.mp4", 4), Item("data/c/2.mp4", 4), Item("data/gone.mp4", 4)]
    stayed = take_away(medium, items, BUNDLE)

    assert stayed == ()
    assert not (tmp_path / "data/a").exists()
    assert [path.name for path in (tmp_path / "data/c").iterdir()] == ["theirs.jpg"]


@pytest.mark.parametrize(
    "name",
    [
        "data/戏曲/三滴血.mp4",
        "data/戏曲/三滴血.MP4",
        "_delivery/feedback/需求.json",
        "_delivery/drive.json",
    ],
)
def test_what_is_needed_stays_whatever_is_said(medium: Medium, tmp_path: Path, name: str) -> None:
    """A piece of the new edition, also in another case, and all that people save."""
    lay(tmp_path, name)

    assert take_away(medium, [Item(name, 4)], BUNDLE) == (name,)
    assert (tmp_path / name).exists()


def test_another_length_stays(medium: Medium, tmp_path: Path) -> None:
    """It is not the file that the books mean."""
    lay(tmp_path, "data/a.mp4")

    assert take_away(medium, [Item("data/a.mp4", 5)], BUNDLE) == ("data/a.mp4",)


def test_no_link_and_no_path_out_is_followed(medium: Medium, tmp_path: Path) -> None:
    """Links stay as they are, names that lead out are not even looked at."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    lay(outside, "a.mp4")
    (tmp_path / "data").symlink_to(outside)
    (tmp_path / "link.mp4").symlink_to(outside / "a.mp4")
    items = [Item(n, 4) for n in ("data/a.mp4", "link.mp4", "../a.mp4", "/a.mp4", "")]
    stayed = take_away(medium, items, BUNDLE)

    assert (outside / "a.mp4").exists()
    assert (tmp_path / "link.mp4").is_symlink()
    assert "link.mp4" in stayed
