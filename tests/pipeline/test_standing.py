"""What of a plan stands already, and what is still to be made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.plan.steps import Card, Encode, FromSource, FromStep, Step, WebVtt, key, needs
from pipeline.standing import SUMS, missing, outstanding, standing, stock
from pipeline.workroom import Made, MadeFile, Workroom

CARD = Card("", 640, 480, "戏", "", "face")
FILM = Encode("", 9.0, ("a",), (FromStep(key(CARD), CARD.name),), ("programme.mp4",), "f")
POSTER = Encode("", 9.0, ("b",), (FromStep(key(FILM), "programme.mp4"),), ("poster.jpg",), "f")
LINES = WebVtt("", (FromSource("c" * 64, ".srt"),), -1, "f")
STEPS: tuple[Step, ...] = (CARD, FILM, POSTER, LINES)
GOALS = (key(FILM), key(POSTER), key(LINES))


@pytest.fixture
def room(tmp_path: Path) -> Workroom:
    return Workroom(tmp_path / "workroom")


def make(room: Workroom, step: Step, data: bytes = b"bytes") -> Made:
    names = (step.name,) if isinstance(step, Card) else getattr(step, "outputs", ())
    with room.bench(key(step)) as bench:
        for name in names:
            (bench / "out" / name).write_bytes(data)
        files = tuple(MadeFile(name, len(data), "d" * 64) for name in names)
        return room.keep(Made(key(step), files), bench)


def plan(edition: str = "winter-1", *, final: bool = True) -> Any:
    return SimpleNamespace(edition=edition, steps=STEPS, goals=GOALS, final=final)


def test_without_a_workroom_everything_is_missing(room: Workroom) -> None:
    """In the order in which it can be made."""
    assert missing(STEPS, GOALS, room) == [*STEPS]
    assert stock(STEPS, room).made == {}


def test_what_is_made_needs_what_it_was_made_of_no_more(room: Workroom) -> None:
    """The card of a film that stands may be gone; for a poster, the film is enough."""
    make(room, FILM)

    assert missing(STEPS, GOALS, room) == [POSTER, LINES]
    make(room, POSTER)
    make(room, LINES)
    assert missing(STEPS, GOALS, room) == []
    room.forget(key(FILM))
    assert missing(STEPS, GOALS, room) == [CARD, FILM]
    assert missing(STEPS, [key(POSTER)], room) == []


def test_what_nobody_wants_is_not_made(room: Workroom) -> None:
    """Only what leads to a goal."""
    assert missing(STEPS, [key(FILM)], room) == [CARD, FILM]
    assert missing(STEPS, [], room) == []


def test_a_damaged_result_is_made_again(room: Workroom) -> None:
    """A file that is shorter than its record says, or gone."""
    for step in STEPS:
        make(room, step)
    room.path(key(POSTER), "poster.jpg").write_bytes(b"b")
    room.path(key(LINES), LINES.name).unlink()

    assert missing(STEPS, GOALS, room) == [POSTER, LINES]
    assert set(stock(STEPS, room).made) == {key(FILM)}


def test_the_stock_holds_what_is_made_and_the_subtitles(room: Workroom) -> None:
    """Pages carry these; cards are no file of a medium."""
    films = [make(room, step) for step in (CARD, FILM)]
    make(room, LINES, b"WEBVTT\n")

    found = stock(STEPS, room)

    assert found.made[key(FILM)] == films[1]
    assert set(found.made) == {key(FILM), key(LINES)}
    assert found.texts == {key(LINES): b"WEBVTT\n"}


def test_an_edition_stands_when_its_sums_do(tmp_path: Path, room: Workroom) -> None:
    """They are written last; an edition that is not planned to its end has no name yet."""
    folder = tmp_path / "editions" / "winter-1"
    folder.mkdir(parents=True)

    assert standing(plan(), tmp_path / "editions") is None
    assert outstanding(plan(), room, tmp_path / "editions") == [*STEPS]
    (folder / SUMS).write_text("")
    assert standing(plan(), tmp_path / "editions") == folder
    assert outstanding(plan(), room, tmp_path / "editions") == []
    assert standing(plan("winter-2"), tmp_path / "editions") is None
    assert standing(plan(final=False), tmp_path / "editions") is None
    assert outstanding(plan(final=False), room, tmp_path / "editions") == [*STEPS]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_is_missing_can_be_made_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Each step finds what it reads: it is made, or comes before; and no goal is forgotten."""
    steps: list[Step] = []
    for number in range(data.draw(st.integers(1, 8))):
        above = data.draw(st.lists(st.sampled_from(steps), max_size=3)) if steps else []
        inputs = tuple(FromStep(key(one), "x") for one in above)
        steps.append(replace(FILM, arguments=(str(number),), inputs=inputs))
    made = data.draw(st.lists(st.sampled_from(steps), unique_by=key))
    goals = [key(one) for one in data.draw(st.lists(st.sampled_from(steps)))]
    room = Workroom(tmp_path_factory.mktemp("room"))
    for one in made:
        (room.root / key(one)).mkdir()
        (room.root / key(one) / "made.json").write_text(f'{{"key": "{key(one)}", "files": []}}')

    found = missing(steps, goals, room)

    there = {key(one) for one in made}
    assert there.isdisjoint(map(key, found))
    for one in found:
        assert there.issuperset(needs(one))
        there.add(key(one))
    assert there.issuperset(goals)
