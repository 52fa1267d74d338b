"""Cues that overlap become stretches that do not."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pipeline.captions.cue import Cue
from pipeline.captions.timeline import Shown, timeline

ONE = Fraction(1)


def test_film_that_plays_faster_has_its_captions_earlier() -> None:
    """At 25/24, what stood at 100 s stands at 96 s."""
    assert timeline([Cue(100_000, 125_000, "快")], Fraction(25, 24)) == (
        Shown(96_000, 120_000, "快"),
    )


def test_small_overlaps_are_cut_and_large_ones_shown_together() -> None:
    """A hurried end gives way to the next cue; two who speak at once stand together."""
    hurried = [Cue(0, 3100, "甲"), Cue(3000, 5000, "乙")]
    together = [Cue(0, 3000, "甲"), Cue(1000, 5000, "乙")]

    assert timeline(hurried, ONE) == (Shown(0, 3000, "甲"), Shown(3000, 5000, "乙"))
    assert timeline(together, ONE) == (
        Shown(0, 1000, "甲"),
        Shown(1000, 3000, "甲\n乙"),
        Shown(3000, 5000, "乙"),
    )


def test_the_same_words_on_several_layers_are_shown_once() -> None:
    """ASS files write a line twice to blur it; and top and bottom do not meet."""
    cues = [Cue(0, 2000, "甲", line=1), Cue(0, 2000, "甲", line=2), Cue(0, 2000, "牌", top=True)]

    assert set(timeline(cues, ONE)) == {Shown(0, 2000, "甲"), Shown(0, 2000, "牌", True)}


times = st.integers(0, 5000)
some = st.builds(
    lambda begin, long, text: Cue(begin, begin + long, text),
    *(times, st.integers(1, 3000), st.sampled_from(["甲", "乙", "丙", "丁", "戊"])),
)


@given(st.lists(some, max_size=30))
def test_stretches_never_overlap_and_never_flicker(cues: list[Cue]) -> None:
    """Each stretch lasts a picture at least, and at most three cues stand in it."""
    shown = timeline(cues, ONE)

    assert all(one.end - one.begin >= 40 and one.text.count("\n") < 3 for one in shown)
    assert all(a.end <= b.begin for a, b in itertools.pairwise(shown))


@given(st.lists(st.tuples(times, st.integers(1000, 3000)), min_size=1, max_size=3))
def test_nothing_that_stands_long_enough_is_lost(spans: list[tuple[int, int]]) -> None:
    """Every cue of up to three is seen."""
    cues = [Cue(begin, begin + long, str(n)) for n, (begin, long) in enumerate(spans)]
    seen = {text for one in timeline(cues, ONE) for text in one.text.split("\n")}

    assert seen == {one.text for one in cues}
