"""What may be written of sites and drives, and what the rows say then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from catalog import ledger
from catalog.circulation.entries import Changed, Copied, Delivered, Drive, Entry, Line, Registered
from catalog.circulation.posting import post
from catalog.database import Books
from catalog.problem import Refusal
from catalog.register import asking
from catalog.register.settling import settle

VILLAGE = {"name": "二村", "level": "village", "parent": "T", "code": "621022101202"}


def write(books: Books, at: datetime, *entries: Entry) -> None:
    with books.transaction() as connection:
        post(connection, at, entries)


def facts(books: Books, site: str, on: date) -> dict[str, str]:
    with books.reading() as connection:
        found = asking.dossier(connection, site, on)
    assert found is not None
    return {fact.field: fact.value for fact in found.facts}


def row(books: Books, site: str) -> asking.Place:
    with books.reading() as connection:
        places = asking.places(connection, asking.Wanted(closed=True))
    return next(place for place in places if place.id == site)


def test_a_site_knows_its_place_and_what_it_plays(county: Books) -> None:
    """Parent, code and working players stand in its row."""
    village = row(county, "V")

    assert (village.parent, village.code, village.players) == ("T", "621022101201", "vcd")


def test_a_manager_changes_on_a_day_and_the_one_before_is_remembered(
    county: Books, at: datetime, today: date
) -> None:
    """Before the day it is the old one, from it on the new one, with the day he began."""
    write(county, at, Changed("V", {"manager": "李某"}, date(2012, 7, 1)))

    assert facts(county, "V", date(2012, 6, 30))["manager"] == "张某"
    assert facts(county, "V", today)["manager"] == "李某"
    assert facts(county, "V", today)["manager_since"] == "2012-07-01"
    assert row(county, "V").manager == "李某"
    with county.reading() as connection:
        found = asking.dossier(connection, "V", today)
    assert found is not None
    assert [fact.value for fact in found.managers] == ["李某", "张某"]


def test_what_is_told_ahead_comes_into_force_on_its_day(
    county: Books, at: datetime, today: date
) -> None:
    """A fact of a day to come leaves today's row alone until the books are settled on that day."""
    write(county, at, Changed("V", {"equipment:tv": "1", "route": "R2"}, date(2012, 9, 1)))
    with county.transaction() as connection:
        early = settle(connection, today)
    before = row(county, "V")
    with county.transaction() as connection:
        due, again = settle(connection, date(2012, 9, 1)), settle(connection, date(2012, 9, 1))

    assert (early, due, again) == (0, 1, 0)
    assert (before.players, before.route) == ("vcd", "")
    assert (row(county, "V").players, row(county, "V").route) == ("tv vcd", "R2")


def test_every_change_is_an_event_with_just_what_changed(county: Books, at: datetime) -> None:
    """The ledger tells the facts in their one form, and the day."""
    write(county, at, Changed("V", {"access": "电信模式"}))
    with county.reading() as connection:
        event = ledger.last(connection)
    assert event is not None

    assert (event.kind, event.subjects) == ("changed", ("V",))
    assert event.details == {
        "site": "V", "facts": {"access": "telecom"}, "since": "2012-08-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (Registered("V", VILLAGE), "registered already"),
        (Registered("W", VILLAGE | {"parent": "X"}), 'no site "X"'),
        (Registered("W", VILLAGE | {"parent": "C"}), "a village cannot lie under"),
        (Registered("W", VILLAGE | {"code": "621022101"}), "has 9 digits; a village has 12"),
        (Registered("W", VILLAGE | {"code": "621022102202"}), "does not begin with 621022101"),
        (Registered("W", {"name": "县", "level": "county", "code": "621022"}), "C is the county"),
        (Registered("W", {"name": "县", "level": "county", "parent": "C"}), "under no other"),
        (Registered("W", {"name": "点", "level": "village"}), "belongs to no other"),
        (Registered("W", {"level": "village", "parent": "T"}), "no name"),
        (Registered("W W", VILLAGE), "cannot be the id"),
        (Changed("V", {"mananger": "李某"}), "no fact of a site"),
        (Changed("X", {"manager": "李某"}), 'no site "X"'),
        (Changed("V", {"population": "many"}), "is no number"),
        (Changed("V", {}), "nothing is said"),
        (Changed("V", {"parent": "V"}), "could belong to"),
        (Changed("T", {"closed_on": "2012-08-01"}), "1 open sites belong to it"),
        (Changed("T", {"level": "village"}), "cannot lie under"),
        (Drive("D", date(2012, 8, 1), "V", ""), "held by nobody"),
        (Drive("D", date(2012, 8, 1), "V", "X"), 'no site "X"'),
        (Drive("D", date(2012, 8, 1), "V", "V", "gone"), "not known here"),
    ],
)
def test_what_may_not_be_is_refused_and_changes_nothing(
    county: Books, at: datetime, entry: Entry, wrong: str
) -> None:
    """Each with its reason and a way to mend it; rows and ledger stay as they were."""
    with county.reading() as connection:
        before = (ledger.last(connection), asking.places(connection, asking.Wanted(closed=True)))
    with pytest.raises(Refusal, match=wrong) as told:
        write(county, at, entry)
    with county.reading() as connection:
        after = (ledger.last(connection), asking.places(connection, asking.Wanted(closed=True)))

    assert told.value.problems[0].mend
    assert before == after


def closing(books: Books, at: datetime, entries: Sequence[Entry]) -> str:
    write(books, at, *entries)
    with pytest.raises(Refusal) as told:
        write(books, at, Changed("V", {"closed_on": "2012-08-01"}))
    return str(told.value)


def test_a_site_that_has_a_drive_is_not_closed(county: Books, at: datetime) -> None:
    """Not before the drive is elsewhere; then it is."""
    said = closing(county, at, [Drive("D", date(2012, 7, 1), "V", "V")])
    write(
        county, at, Drive("D", date(2012, 8, 1), "V", "C"),
        Changed("V", {"closed_on": "2012-08-01"}),
    )  # fmt: skip

    assert "still has the drive D" in said
    assert row(county, "V").closed_on == "2012-08-01"


def test_a_site_with_an_unsigned_receipt_is_not_closed(county: Books, at: datetime) -> None:
    """What is under way to it must be signed or come back first."""
    made = Copied("HX-2012-0001", "种菜", 5, date(2012, 7, 1), county="C")
    sent = Delivered("", date(2012, 7, 2), (Line("HX-2012-0001", 1),), "V")

    assert "1 deliveries to it are not signed" in closing(county, at, [made, sent])


def test_a_drive_has_one_holder_and_keeps_its_size(county: Books, at: datetime) -> None:
    """Moving it takes it from where it was; a scrapped one moves no more."""
    first = Drive("D", date(2012, 7, 1), "V", "V", capacity_gb=500, file_system="FAT32")
    write(county, at, first, Drive("D", date(2012, 7, 5), "V", "C", due_on=date(2012, 8, 5)))
    with county.reading() as connection:
        found = asking.drive(connection, "D")
    assert found is not None

    assert (found.holder, found.home, found.capacity_gb) == ("C", "V", 500)
    assert (found.since, found.due_on, found.file_system) == ("2012-07-05", "2012-08-05", "FAT32")
    with pytest.raises(Refusal, match="lies before"):
        write(county, at, Drive("D", date(2012, 7, 4), "V", "V"))
    write(county, at, Drive("D", date(2012, 8, 1), "V", "", "scrapped"))
    with pytest.raises(Refusal, match="was scrapped"):
        write(county, at, Drive("D", date(2012, 8, 2), "V", "V"))


def test_mistakes_above_are_not_told_again_below(books: Books, at: datetime) -> None:
    """A village under a township with a mistake has none of its own."""
    with pytest.raises(Refusal) as told:
        write(
            books,
            at,
            Registered("C", {"name": "县", "level": "county", "code": "621022"}),
            Registered(
                "T", {"name": "镇", "level": "township", "parent": "C", "code": "621023101"}
            ),
            Registered("V", {"name": "村", "level": "village", "parent": "T"}),
        )

    assert len(told.value.problems) == 1
