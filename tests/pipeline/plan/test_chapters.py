"""Entry points: the sheet's, or every five minutes, never more than a disc holds."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.programme import Episode, Programme
from pipeline.plan.chapters import Chapter, chapters, within_a_disc
from pipeline.plan.fit import Part

PAL = Fraction(25)


def told(seconds: float, *named: float, start: int = 0, episode: int = 1) -> tuple[float, ...]:
    programme = Programme(
        "P1", "x", (Episode(1, "a"), Episode(2, "b")), chapters=tuple((at, "") for at in named)
    )
    part = Part("P1", episode, "a", start, int(seconds * 25))
    return tuple(one.seconds for one in chapters(programme, part, seconds, PAL))


def test_a_long_programme_has_one_every_five_minutes() -> None:
    """From ten minutes on; not at the beginning, not in the last minute."""
    assert told(599) == ()
    assert told(600) == (300.0,)
    assert told(1000) == (300.0, 600.0, 900.0)
    assert told(950) == (300.0, 600.0)


def test_the_sheets_chapters_go_before() -> None:
    """Also in a short programme; those at the very ends lead nowhere new."""
    assert told(120, 0.0, 30.0, 60.5, 119.5) == (30.0, 60.5)


def test_chapters_of_a_part_count_from_its_beginning() -> None:
    """The second half of a programme has those of the second half."""
    assert told(100, 30.0, 130.0, 170.0, start=100 * 25) == (30.0, 70.0)


def test_other_episodes_have_their_own_rhythm() -> None:
    """The sheet names the first episode's chapters; the others get the five minutes."""
    assert told(700, 30.0, episode=2) == (300.0, 600.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 98), min_size=1, max_size=98))
def test_a_disc_holds_them_all(counts: list[int]) -> None:
    """At most 500 with the tracks' beginnings, in order, and each one that was wished for."""
    wished = [tuple(Chapter(10.0 * n) for n in range(1, count + 1)) for count in counts]
    given_ = within_a_disc(wished)

    assert sum(map(len, given_)) + len(given_) <= 500
    for mine, all_ in zip(given_, wished, strict=True):
        assert set(mine) <= set(all_)
        times = [one.seconds for one in mine]
        assert times == sorted(set(times))
