"""Every key of the remote control leads where a villager expects, on every disc of a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.programme import Episode, Programme
from pipeline.plan.fit import DiscFit, Part
from pipeline.plan.menu import Menu, menu
from pipeline.plan.menu_pages import (
    ROWS,
    NextDisc,
    Offer,
    Page,
    Volume,
    lies_of,
    offers_of,
    pages_of,
)
from pipeline.plan.steps import MenuPicture, key
from pipeline.videocd.lists import (
    FOREVER,
    ControlList,
    EndList,
    PlayList,
    PlaySegment,
    PlayTrack,
    SelectionList,
)

VOLUME = Volume("三下乡惠民光盘", 2, 3, "环县支中心")


def offers(count: int, split: Sequence[int] = ()) -> list[Offer]:
    """So many programmes; those numbered in `split` go on on disc 3."""
    plain = [Offer(f"节目{n}", f"节目{n}", "", 600.0, "AGR.VEG") for n in range(1, count + 1)]
    return [
        replace(one, mark="上", after=3, after_mark="下") if n in split else one
        for n, one in enumerate(plain, 1)
    ]


def by_name(made: Menu) -> dict[str, ControlList]:
    return {one.name: one for one in made.lists}


def links(one: ControlList) -> list[str]:
    match one:
        case SelectionList():
            every = (*one.choices, one.previous, one.next, one.back, one.default, one.timeout)
        case PlayList():
            every = (one.previous, one.next, one.back)
        case EndList():
            every = ()
    return [name for name in every if name]


def reached(made: Menu) -> set[str]:
    lists, found, todo = by_name(made), set(), [made.lists[0].name]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += links(lists[name])
    return found


MENUS = st.integers(1, 98).flatmap(
    lambda count: st.tuples(st.just(count), st.sets(st.integers(1, count), max_size=3))
)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(MENUS)
def test_every_list_is_reached_and_every_link_leads_somewhere(asked: tuple[int, set[int]]) -> None:
    """From the first page one comes to everything; no link names a list that is not there."""
    made = menu(VOLUME, offers(asked[0], sorted(asked[1])))
    names = [one.name for one in made.lists]

    assert len(set(names)) == len(names)
    assert {link for one in made.lists for link in links(one)} <= set(names)
    assert reached(made) == set(names)
    assert names[0] == "page-1"


@settings(max_examples=40, derandomize=True, deadline=None)
@given(MENUS)
def test_every_digit_on_every_still_chooses_its_programme(asked: tuple[int, set[int]]) -> None:
    """Number n plays track n wherever a digit can be pressed, within the format's numbers."""
    made = menu(VOLUME, offers(asked[0], sorted(asked[1])))
    lists = by_name(made)
    for one in made.lists:
        if not isinstance(one, SelectionList):
            continue
        assert one.first >= 1
        assert one.first + len(one.choices) <= 100
        assert len(one.choices) == asked[0]
        for number, choice in enumerate(one.choices, one.first):
            chosen = lists[choice or ""]

            assert isinstance(chosen, PlayList)
            assert chosen.items == (PlayTrack(number),)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(MENUS)
def test_nothing_is_left_to_chance_and_every_still_is_shown(asked: tuple[int, set[int]]) -> None:
    """A wait that ends has a link to follow; each still has exactly one list."""
    made = menu(VOLUME, offers(asked[0], sorted(asked[1])))
    chosen = [one for one in made.lists if isinstance(one, SelectionList)]

    assert all(one.wait == FOREVER or one.timeout for one in chosen)
    assert [one.item for one in chosen] == [PlaySegment(n) for n in range(len(made.stills))]


@pytest.mark.parametrize("count", [1, 6, 7, 12, 13, 20, 98])
def test_numbers_run_on_over_the_pages(count: int) -> None:
    """Each programme stands on one page, in order, and no page is fuller than poor eyes can bear
    or much emptier than the others.
    """
    given_ = offers(count)
    pages = pages_of(VOLUME, given_)
    full = [len(page.offers) for page in pages]

    assert [one for page in pages for one in page.offers] == given_
    assert all(given_[page.first - 1] == page.offers[0] for page in pages)
    assert [(page.number, page.count) for page in pages] == [
        (n, len(pages)) for n in range(1, len(pages) + 1)
    ]
    assert max(full) <= ROWS
    assert max(full) - min(full) <= 1


def test_a_small_disc_from_its_first_key_to_its_last() -> None:
    """Two programmes, one page: all that each key does, whole."""
    made = menu(VOLUME, offers(2))

    assert made.lists == (
        SelectionList(
            "page-1",
            PlaySegment(0),
            ("play-1", "play-2"),
            back="end",
            default="play-1",
            timeout="play-1",
            wait=60,
            delayed=True,
        ),
        PlayList("play-1", (PlayTrack(1),), "page-1", "play-2", "page-1", wait=3),
        PlayList("play-2", (PlayTrack(2),), "play-1", "page-1", "page-1", wait=3),
        EndList("end"),
    )
    assert made.stills == (Page(VOLUME, tuple(offers(2)), 1, 1, 1),)


def test_pages_turn_in_a_ring_and_programmes_lead_back_to_their_own() -> None:
    """Next on the last page is the first; return goes up to the page a programme stands on."""
    lists = by_name(menu(VOLUME, offers(13)))
    pages = [lists[f"page-{n}"] for n in (1, 2, 3)]

    assert [one.next for one in pages] == ["page-2", "page-3", "page-1"]
    assert [one.previous for one in pages] == ["page-3", "page-1", "page-2"]
    assert [one.back for one in pages] == ["end", "page-1", "page-1"]
    assert [one.default for one in pages] == ["play-1", "play-6", "play-10"]
    assert [lists[f"play-{n}"].back for n in (1, 5, 6, 9, 10, 13)] == [
        *("page-1", "page-1", "page-2", "page-2", "page-3", "page-3")
    ]


def test_left_alone_the_disc_plays_all_and_comes_back() -> None:
    """The time-out of the first page leads through every programme once and to the menu again."""
    lists = by_name(menu(VOLUME, offers(20)))
    name, played = lists["page-1"].timeout, []
    while isinstance(one := lists[name], PlayList):
        played += one.items
        name = one.next

    assert played == [PlayTrack(n) for n in range(1, 21)]
    assert name == "page-1"


def test_behind_the_first_part_a_still_asks_for_the_next_disc() -> None:
    """It can be left to both sides, and after five minutes the menu comes back by itself."""
    made = menu(VOLUME, offers(3, split=[2]))
    change = by_name(made)["change-2"]

    assert made.stills[1] == NextDisc(VOLUME, 3, "节目2", "下")
    assert by_name(made)["play-2"].next == "change-2"
    assert change == SelectionList(
        "change-2",
        PlaySegment(1),
        ("play-1", "play-2", "play-3"),
        previous="play-2",
        next="play-3",
        back="page-1",
        default="play-3",
        timeout="page-1",
        wait=300,
        delayed=True,
    )


def test_a_disc_without_a_menu_has_no_lists() -> None:
    """The empty menu is what a recipe with `menu: no` gets."""
    assert Menu() == Menu((), ())


@pytest.mark.parametrize("count", [0, 99])
def test_more_tracks_than_a_disc_has_are_our_own_mistake(count: int) -> None:
    """The format has 98 tracks; fit.py keeps to it."""
    with pytest.raises(ValueError, match=f"a menu of {count} programmes"):
        menu(VOLUME, offers(count))


def part(programme: str, episode: int = 1, number: int = 1, of: int = 1) -> Part:
    return Part(programme, episode, f"{programme}/{episode}", 0, 25 * 90, number, of)


def programme(id: str, episodes: int = 1, subject: str = "ART.LOCAL") -> Programme:
    files = tuple(Episode(n, f"{id}/{n}") for n in range(1, episodes + 1))
    return Programme(id, f"题{id}", files, subject=(subject,))


def test_parts_know_the_discs_before_and_behind() -> None:
    """An opera over three discs, the last of which holds another programme too."""
    fits = [
        DiscFit((part("A", number=1, of=3),), 0, 0),
        DiscFit((part("A", number=2, of=3),), 0, 0),
        DiscFit((part("A", number=3, of=3), part("B")), 0, 0),
    ]
    books = {"A": programme("A"), "B": programme("B", subject="HEA")}
    told = [offers_of(fits[n - 1].parts, n, lies_of(fits), books, Fraction(25)) for n in (1, 2, 3)]

    assert told == [
        (Offer("题A", "题A", "上", 90.0, "ART.LOCAL", 0, 2, "中"),),
        (Offer("题A", "题A", "中", 90.0, "ART.LOCAL", 1, 3, "下"),),
        (
            Offer("题A", "题A", "下", 90.0, "ART.LOCAL", 2, 0, ""),
            Offer("题B", "题B", "", 90.0, "HEA"),
        ),
    ]


def test_of_several_episodes_only_those_at_the_edge_point_to_other_discs() -> None:
    """Five episodes over two discs: the change comes behind the last one of the first disc."""
    fits = [
        DiscFit(tuple(part("A", n, 1, 2) for n in (1, 2, 3)), 0, 0),
        DiscFit(tuple(part("A", n, 2, 2) for n in (4, 5)), 0, 0),
    ]
    books = {"A": programme("A", 5)}
    first = offers_of(fits[0].parts, 1, lies_of(fits), books, Fraction(25))
    second = offers_of(fits[1].parts, 2, lies_of(fits), books, Fraction(25))

    assert [one.name for one in first] == ["题A 第1集", "题A 第2集", "题A 第3集"]
    assert [(one.before, one.after) for one in first] == [(0, 0), (0, 0), (0, 2)]
    assert [(one.before, one.after) for one in second] == [(1, 0), (0, 0)]


def test_a_page_is_named_by_what_it_shows() -> None:
    """Equal pages are one step; another title, number of discs or norm is another."""
    page = menu(VOLUME, offers(2)).stills[0]
    other = menu(replace(VOLUME, count=4), offers(2)).stills[0]
    keys = {
        key(MenuPicture("a", "pal", page, "f")),
        key(MenuPicture("b", "pal", page, "f")),
        key(MenuPicture("a", "ntsc", page, "f")),
        key(MenuPicture("a", "pal", other, "f")),
    }

    assert len(keys) == 3
