"""Lists into LOT.VCD and PSD.VCD; what no disc can hold is refused with the list's name."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Failure
from pipeline.videocd.bounds import psd_bound
from pipeline.videocd.limits import Places
from pipeline.videocd.lists import (
    Area,
    EndList,
    Nothing,
    PlayEntry,
    PlayList,
    PlaySegment,
    PlayTrack,
    SelectionList,
)
from pipeline.videocd.playback import pin, playback, wait_byte

PLACES = Places(tracks=3, entries=(1, 1, 1, 1, 2, 3), units=(0, 1, 2, 4, 5))


def test_worked_example_gives_the_bytes_of_the_reference() -> None:
    """A selection, two play lists, a multi default and an end list: 128 bytes."""
    lists = (
        SelectionList(
            "main", PlaySegment(0), ("pl-a", "pl-all", "multi", None, "end"),
            previous="end", next="pl-all", back="end", default="pl-a", timeout="pl-all",
            wait=75, delayed=True,
        ),
        PlayList(
            "pl-a", (PlayTrack(1),), "main", "pl-all", "main",
            play_seconds=12.5, wait=5, auto_wait=-1, rejected=True,
        ),
        PlayList(
            "pl-all",
            (
                PlaySegment(1), PlayTrack(1), PlayEntry(0), PlayEntry(2), PlayTrack(2),
                PlaySegment(2), PlaySegment(3), PlaySegment(4), Nothing(), PlayTrack(3),
            ),
            back="main", wait=2000, auto_wait=61,
        ),
        SelectionList(
            "multi", PlayTrack(1), ("main", "pl-a", "pl-all", "end"), back="main",
            multi_default="no-digits", loop=0, rejected=True,
        ),
        EndList("end", rejected=True),
    )  # fmt: skip
    made = playback(lists, PLACES)

    assert made.psd == bytes.fromhex("""
        18 00 05 01 00 01 00 0F 00 06 00 0F 00 04 00 06
        3E 81 03 E8 00 04 00 06 00 0B FF FF 00 0F 00 00
        10 01 80 02 00 00 00 06 00 00 00 BC 05 FF 00 02
        10 0A 00 03 FF FF FF FF 00 00 00 00 FE 3C 03 E9
        00 02 00 64 00 66 00 03 03 EA 03 EC 03 ED 00 00
        00 04 00 00 00 00 00 00 18 00 04 01 80 04 FF FF
        FF FF 00 00 FF FD FF FF FF 00 00 02 00 00 00 04
        00 06 00 0F 00 00 00 00 1F 00 00 00 00 00 00 00
    """)
    assert made.lot[:12].hex(" ", 2) == "0000 0000 ffff 0006 ffff ffff"
    assert (len(made.lot), made.lot[12:]) == (65536, b"\xff" * 65524)
    assert made.psd_x[0] == 0x1A


def test_areas_follow_the_choices_and_the_default_has_one_too() -> None:
    """Previous, next, return, default, then one a choice; zeros where there is none."""
    keys = (None, Area(1, 2, 3, 4), None, Area(5, 6, 7, 8))
    one = SelectionList("a", Nothing(), ("a", "a"), areas=keys, choice_areas=(Area(9, 10, 11, 12),))
    made = playback([one], PLACES)

    assert made.psd_x[24:48].hex(" ", 4) == "00000000 01020304 00000000 05060708 090a0b0c 00000000"
    assert len(made.psd) == 24


@pytest.mark.parametrize(
    ("seconds", "byte"),
    [
        (0, 0), (60, 60), (61, 60), (65, 60), (66, 61), (75, 62), (85, 62),
        (1995, 254), (2000, 254), (-1, 255),
    ],
)  # fmt: skip
def test_wait_goes_in_tens_beyond_a_minute(seconds: int, byte: int) -> None:
    """Halves go to the even number; -1 never ends."""
    assert wait_byte(seconds) == byte


def test_item_numbers_are_those_of_tracks_entries_and_units() -> None:
    """A segment is numbered by its first unit, not by its place among the segments."""
    items = (Nothing(), PlayTrack(1), PlayTrack(3), PlayEntry(0), PlayEntry(5), PlaySegment(3))

    assert [pin(item, PLACES) for item in items] == [0, 2, 4, 100, 105, 1004]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("psx"), st.integers(0, 99)), min_size=1, max_size=200))
def test_lists_are_found_through_lot_and_cross_no_sector(kinds: list[tuple[str, int]]) -> None:
    """In both pairs: every list begins where the LOT says, with its number, inside one sector."""
    lists = []
    for number, (kind, count) in enumerate(kinds):
        name = str(number)
        if kind == "p":
            lists.append(PlayList(name, (PlayTrack(1),) * count * 2, next="0"))
        elif kind == "s":
            lists.append(
                SelectionList(name, PlayTrack(2), (name,) * count, rejected=number % 2 > 0)
            )
        else:
            lists.append(EndList(name))
    made = playback(lists, PLACES)

    for lot, psd, extended in ((made.lot, made.psd, False), (made.lot_x, made.psd_x, True)):
        assert len(psd) % 8 == 0
        assert -(-len(psd) // 2048) <= psd_bound(len(lists))
        at = 0
        for lid, one in enumerate(lists, 1):
            offset = int.from_bytes(lot[2 * lid : 2 * lid + 2], "big")
            assert (offset == 0xFFFF) == one.rejected
            size = _size(one, extended)
            at += -at % 2048 if at % 2048 + size > 2048 else 0
            if not one.rejected:
                assert offset * 8 == at
            if not isinstance(one, EndList):
                place = at + (2 if isinstance(one, PlayList) else 4)
                assert int.from_bytes(psd[place : place + 2], "big") == lid | one.rejected << 15
            at += size
        assert at == len(psd)


def _size(one, extended: bool) -> int:
    """Bytes of a list up to the next, told from its parts alone."""
    if isinstance(one, EndList):
        return 8
    if isinstance(one, PlayList):
        return -(-(14 + 2 * len(one.items)) // 8) * 8
    areas = 4 * (4 + len(one.choices)) if extended else 0
    return -(-(20 + 2 * len(one.choices) + areas) // 8) * 8


MENU = SelectionList("menu", PlaySegment(0), ("film",))
FILM = PlayList("film", (PlayTrack(1),), back="menu")
MULTI = dataclasses.replace(
    MENU, name="multi", item=PlayTrack(1), choices=("film",) * 4, multi_default="yes"
)


def changed(one, **fields):
    return dataclasses.replace(one, **fields)


WRONG = {
    'list "film": there are two lists of this name': (FILM, FILM),
    'list "menu": the first list .* rejected': (changed(MENU, rejected=True), FILM),
    'list "film": it leads to "gone"': (MENU, changed(FILM, next="gone")),
    'list "menu": it leads to "lost"': (changed(MENU, choices=("lost",)), FILM),
    'list "menu": it leads to "late"': (changed(MENU, timeout="late"), FILM),
    'list "film": it plays track 4, which': (MENU, changed(FILM, items=(PlayTrack(4),))),
    'list "film": it plays track 0, which': (MENU, changed(FILM, items=(PlayTrack(0),))),
    "it plays entry point 6, which": (MENU, changed(FILM, items=(PlayEntry(6),))),
    "it plays segment 5, which": (changed(MENU, item=PlaySegment(5)), FILM),
    "it plays segment -1, which": (changed(MENU, item=PlaySegment(-1)), FILM),
    "items is 256 — write 0 to 255": (MENU, changed(FILM, items=(Nothing(),) * 256)),
    "play_seconds is 4369.1": (MENU, changed(FILM, play_seconds=4369.1)),
    "play_seconds is nan": (MENU, changed(FILM, play_seconds=float("nan"))),
    'list "film": wait is 2001 — write -1 to 2000': (MENU, changed(FILM, wait=2001)),
    "auto_wait is -2": (MENU, changed(FILM, auto_wait=-2)),
    "choices is 100 — write 0 to 99": (changed(MENU, choices=(None,) * 100), FILM),
    "first is 0 — write 1 to 99": (changed(MENU, first=0), FILM),
    "first is 2 — write 1 to 1": (changed(MENU, choices=(None,) * 99, first=2), FILM),
    'list "menu": wait is 5000': (changed(MENU, wait=5000), FILM),
    "loop is 128 — write 0 to 127": (changed(MENU, loop=128), FILM),
    "areas is 5 — write 0 to 4": (changed(MENU, areas=(None,) * 5), FILM),
    "choice_areas is 2 — write 0 to 1": (changed(MENU, choice_areas=(None,) * 2), FILM),
    "the area .* is none": (changed(MENU, choice_areas=(Area(5, 1, 5, 2),)), FILM),
    "the area .*256.* is none": (changed(MENU, areas=(Area(0, 1, 9, 256),)), FILM),
    "multi_default is often": (MENU, FILM, changed(MULTI, multi_default="often")),
    "multi default goes with a track": (MENU, FILM, changed(MULTI, item=PlaySegment(0))),
    "multi default goes with 4 choices": (MENU, FILM, changed(MULTI, choices=("film",))),
    "multi default goes with 1 choices": (MENU, FILM, changed(MULTI, item=PlayEntry(5))),
    "multi default .* at once": (MENU, FILM, changed(MULTI, delayed=True)),
    "32768 playback lists; a disc has 32767": tuple(EndList(str(n)) for n in range(32768)),
    "take 262368 bytes, 262144 are there": tuple(
        SelectionList(str(n), Nothing(), (None,) * 99) for n in range(9 * 128 + 1)
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_refuses_what_no_disc_can_hold(what: str) -> None:
    """Each rule in one line, before any byte is made."""
    playback((MENU, FILM, MULTI), PLACES)

    with pytest.raises(Failure, match=what) as refused:
        playback(WRONG[what], PLACES)
    assert refused.value.next
