"""Which fact of a site holds on a day, held against a model that reckons day by day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.register.history import Fact, coming, course, valid

FIRST = date(2012, 1, 1)
DAYS = st.integers(0, 30)
CHANGES = st.lists(st.tuples(DAYS, st.sampled_from("ab"), st.sampled_from(["", "x", "y", "z"])))


def day(number: int) -> str:
    return (FIRST + timedelta(number)).isoformat()


@given(CHANGES, DAYS)
def test_the_fact_of_a_day_is_that_of_a_naive_model(
    changes: list[tuple[int, str, str]], asked: int
) -> None:
    """The newest fact not after the day holds; of two of one day the one told later."""
    told = {(since, field): value for since, field, value in changes}
    facts = [Fact(field, day(since), value) for (since, field), value in told.items()]
    model: dict[str, str] = {}
    for now in range(asked + 1):
        model |= {field: value for (since, field), value in told.items() if since == now}

    found = valid(facts, FIRST + timedelta(asked))

    assert {field: fact.value for field, fact in found.items()} == {
        field: value for field, value in model.items() if value
    }
    assert {fact.since > day(asked) for fact in coming(facts, FIRST + timedelta(asked))} <= {True}


def test_a_fact_without_a_day_has_always_held() -> None:
    """What was known at registration holds before every dated fact."""
    facts = [Fact("manager", "2012-01-01", "李某"), Fact("manager", "", "张某")]

    assert valid(facts, date(1999, 1, 1))["manager"].value == "张某"
    assert [fact.value for fact in course(facts, "manager")] == ["张某", "李某"]
