"""The time a run will still take, told from how fast its steps went, and what the bars count."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

import pytest

from pipeline.bars import Reckoning
from pipeline.plan.effort import effort, in_turn, picture_effort, sound_effort
from pipeline.plan.steps import Encode, FromStep, Join, digest, key
from pipeline.remaining import Standing, remaining

WORKERS = 2


def encode(label: str, seconds: float, cost: float, output: str) -> Encode:
    return Encode(label, seconds, (label,), (), (output,), "ffmpeg", cost)


@dataclass
class Simulated:
    """Steps on two workers, begun in the order of a run, each as dear as it truly is."""

    steps: list[Encode]
    true: dict[str, float]
    now: float = 0.0

    def told(self) -> tuple[float, list[tuple[float, float]]]:
        """How long the whole took, and what was expected to be left at each second of it."""
        reckoning = Reckoning(self.steps, WORKERS, lambda: self.now)
        waiting = in_turn(self.steps)
        at_work: dict[str, float] = {}
        told = []
        while waiting or at_work:
            while waiting and len(at_work) < WORKERS:
                at_work[key(waiting.pop(0))] = self.now
            for name, begun in list(at_work.items()):
                done = min(1.0, (self.now - begun) / self.true[name])
                reckoning.stands(name, done)
                if done == 1:
                    del at_work[name]
            left = reckoning.left()
            if left is not None:
                told.append((self.now, left))
            self.now += 1
        return self.now, told


def mixed(seed: int) -> Simulated:
    """Programmes of HD and of old small pictures in chunks, and the sound of each: estimates are
    wrong by a factor that each kind has of its own, and by some chance.
    """
    chance = random.Random(seed)
    steps, true = [], {}
    slow = chance.uniform(0.4, 2.5)  # this machine against the one that was measured
    errors = [chance.uniform(0.75, 1.3) for _kind in range(4)]
    for number in range(chance.randint(3, 8)):
        size = ((1920, 1080), (1280, 720), (640, 480))[number % 3]
        minutes = chance.randint(6, 60)
        for chunk in range(0, minutes * 60, 150):
            cost = picture_effort(size, Fraction(25), 150.0, "best")
            step = encode(f"{number}.{chunk}", 150.0, cost, "video.m1v")
            steps.append(step)
            true[key(step)] = cost * errors[number % 3] * slow * chance.uniform(0.8, 1.2)
        cost = sound_effort(minutes * 60)
        step = encode(f"{number} sound", minutes * 60.0, cost, "audio.mp2")
        steps.append(step)
        true[key(step)] = cost * errors[3] * slow
    return Simulated(steps, true)


@pytest.mark.parametrize("seed", range(20))
def test_after_a_minute_the_end_is_told_within_a_fifth(seed):
    """Mixed steps on two workers: the whole time that is expected is right within 20 %."""
    total, told = mixed(seed).told()

    later = [(now + left) / total for now, left in told if now >= 60]
    assert len(later) > 100
    assert min(later) >= 0.8
    assert max(later) <= 1.2


def test_nothing_is_told_before_something_is_known():
    """Steps that have only begun say nothing of their speed."""
    assert remaining((Standing("a", 10.0), Standing("a", 10.0, 0.01, 3.0)), 2) is None


def test_each_kind_goes_on_as_it_went():
    """What is left of a kind goes by its own speed, of an unknown kind by the usual one."""
    steps = (Standing("slow", 10.0, 0.5, 10.0), Standing("fast", 10.0, 1.0, 5.0))

    assert remaining(steps, 2) == 10.0
    assert remaining((*steps, Standing("new", 30.0)), 2) == 30.0
    assert remaining((*steps, *[Standing("fast", 10.0)] * 10), 2) == 30.0


def test_each_kind_begins_early_then_the_dearest():
    """What is hardly any work comes first of all."""
    long, short, small = (
        encode("long", 150.0, 30.0, "video.m1v"),
        encode("short", 75.0, 15.0, "video.m1v"),
        encode("small", 150.0, 10.0, "video.m1v"),
    )
    join = Join("一", 4.0, (), (), "pal")

    assert in_turn([short, small, join, long]) == [join, long, small, short]


def test_effort_decides_no_byte():
    """Two estimates of the same work are the same step."""
    assert key(encode("a", 1.0, 5.0, "video.m1v")) == key(encode("a", 1.0, 9.0, "video.m1v"))


def test_a_join_is_named_by_its_chunks():
    """Other chunks, another count: another stream; what it is called does not matter."""
    join = Join("一", 4.0, (FromStep("a", "video.m1v"),), (100,), "pal")

    assert key(join) == key(Join("二", 5.0, join.inputs, join.pictures, "pal"))
    assert key(join) != key(Join("一", 4.0, join.inputs, (99,), "pal"))
    assert digest(join) == key(join)
    assert effort(join) > 0


def test_a_large_picture_and_a_better_quality_cost_more():
    """And what must be decoded on the way counts too."""
    size, rate = (1280, 720), Fraction(25)
    fast, best = (picture_effort(size, rate, 60.0, quality) for quality in ("fast", "best"))

    assert 5 < fast < best < 20
    assert picture_effort((640, 360), rate, 60.0, "fast") < fast
    assert picture_effort(size, rate, 60.0, "fast", unused=600.0) > 5 * fast
