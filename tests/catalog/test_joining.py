"""Which programme a file belongs to, decided on values."""

from __future__ import annotations

from catalog.describe import Described
from catalog.joining import (
    free_number,
    may_replace,
    number_in,
    place_for,
    with_episode,
    with_parts_in_order,
    without_source,
)
from catalog.programme import Episode, Programme
from catalog.sheet import Entry

NOBODY = Programme("", "")


def known(episode: int = 0, part: str = "", series: str = "") -> Described:
    return Described(NOBODY, Programme("", "甲", series=series), episode, part)


def programme(*numbers: int, series: str = "") -> Programme:
    return Programme("P1", "甲", tuple(Episode(n, f"sha{n}") for n in numbers), series=series)


def test_episodes_stand_in_order_and_once() -> None:
    """A number taken is taken over, a source moves with its number."""
    both = with_episode(with_episode(programme(2), 1, "a"), 2, "b")

    assert both.episodes == (Episode(1, "a"), Episode(2, "b"))
    assert with_episode(both, 3, "a").episodes == (Episode(2, "b"), Episode(3, "a"))
    assert without_source(both, "a").episodes == (Episode(2, "b"),)
    assert (free_number(both), free_number(NOBODY)) == (3, 1)


def test_parts_are_numbered_without_a_gap() -> None:
    """下 is the second of two and the third of three; mixed names keep their numbers."""
    two = with_parts_in_order(programme(1, 999), {"sha1": "甲 上.mpg", "sha999": "甲 下.mpg"})
    three = with_parts_in_order(
        programme(1, 2, 999), {"sha1": "甲 上.mpg", "sha2": "甲 下.mpg", "sha999": "甲 中.mpg"}
    )
    mixed = with_parts_in_order(programme(1, 3), {"sha1": "甲 上.mpg", "sha3": "甲 第3集.mpg"})

    assert two.episodes == (Episode(1, "sha1"), Episode(2, "sha999"))
    assert three.episodes == (Episode(1, "sha1"), Episode(2, "sha999"), Episode(3, "sha2"))
    assert mixed == programme(1, 3)


def test_a_file_joins_where_it_is_awaited_or_its_number_is_free() -> None:
    """Not where its number is taken, nor without a number beside another file."""
    none, one = programme(), programme(1)

    assert place_for([(one, {}), (none, {})], known()) == (none, 1)
    assert place_for([(one, {})], known(2)) == (one, 2)
    assert place_for([(one, {})], known(1)) is None
    assert place_for([(one, {})], known()) is None
    assert place_for([(programme(series="乙"), {})], known(series="丙")) is None
    assert place_for([(programme(series="乙"), {})], known()) is not None


def test_a_part_joins_only_parts() -> None:
    """上 does not join a programme of numbered files, nor one that has its 上."""
    one = programme(1)

    assert place_for([(one, {"sha1": "甲 第1集.mpg"})], known(3, "下")) is None
    assert place_for([(one, {"sha1": "甲 下.mpg"})], known(3, "下")) is None
    assert place_for([(one, {"sha1": "甲 上.mpg"})], known(3, "下")) == (one, 999)


def test_numbers_of_a_rows_files() -> None:
    """The row's own number, else the names where they are clear, else the order."""
    told = Entry("s", 2, NOBODY, ("b.mpg", "a.mpg"), 4)
    named = Entry("s", 2, NOBODY, ("甲 第3集.mpg", "甲 第2集.mpg"))
    order = Entry("s", 2, NOBODY, ("甲.mpg", "乙 第2集.mpg"))

    assert [number_in(told, name) for name in told.files] == [4, 5]
    assert [number_in(named, name) for name in named.files] == [3, 2]
    assert [number_in(order, name) for name in order.files] == [1, 2]


def test_only_real_names_replace() -> None:
    """A camera counts from the start again; that is no new edition."""
    assert (may_replace("春耕.mpg"), may_replace("MVI_0001.MOV")) == (True, False)
