"""Facts of a site in their one form."""

from __future__ import annotations

import pytest

from catalog.reading import Unclear
from catalog.register.fields import equipment_of, near, plays, tidy


@pytest.mark.parametrize(
    ("field", "written", "form"),
    [
        ("level", "村级服务点", "village"),
        ("level", "乡镇", "township"),
        ("access", "卫星模式", "satellite"),
        ("cycle", "半年", "halfyear"),
        ("distance_km", "41.0", "41"),
        ("distance_km", "7.50", "7.5"),
        ("population", "350,000", "350000"),
        ("last_refresh", "2012年1月3日", "2012-01-03"),
        ("equipment:vcd", "2", "2 working"),
        ("equipment:vcd", "1坏", "1 broken"),
        ("equipment:pc", "4台 完好 组织部", "4 working 组织部"),
        ("equipment:tv", "0", "0"),
        ("industries", "AGR.VEG；小麦", "AGR.VEG;AGR.WHEAT"),
        ("name", "  双城  村 ", "双城 村"),
        ("manager", "", ""),
    ],
)
def test_what_people_write_gets_one_form(field: str, written: str, form: str) -> None:
    """Words, dates, numbers and equipment come out in one form, and stay in it."""
    assert tidy(field, written) == form
    assert tidy(field, form) == form


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("code", "62102"),
        ("code", "62102210１"),
        ("level", "省"),
        ("population", "1.5"),
        ("weekly_hours", "169"),
        ("distance_km", "-3"),
        ("distance_km", "nan"),
        ("manager_since", "二○一○年十一日八日"),
        ("equipment:vcd", "many"),
        ("parent", "HX T01"),
        ("note", "x" * 2001),
    ],
)
def test_what_means_nothing_is_refused_with_its_value(field: str, written: str) -> None:
    """A value that cannot be understood is told, with a way to mend it."""
    with pytest.raises(Unclear) as told:
        tidy(field, written)

    assert told.value.mend


def test_players_are_what_works() -> None:
    """Broken and absent equipment plays nothing."""
    facts = {"equipment:vcd": "1 working", "equipment:dvd": "2 broken", "equipment:tv": "0"}

    assert plays(facts) == "vcd"
    assert equipment_of("2 broken 组织部") == (2, "broken", "组织部")
    assert near("mananger")[0] == "manager"
