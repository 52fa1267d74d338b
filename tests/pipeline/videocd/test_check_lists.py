"""Playback lists as bytes: what is read, what is judged, and that nothing hostile stops it."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.videocd.check.control import Holdings, Judge, check_list, check_shape
from pipeline.videocd.check.extended import check_extended
from pipeline.videocd.check.faults import Faults
from pipeline.videocd.check.lists import END, MOST_BYTES, PLAY, SELECT, read_lists
from pipeline.videocd.check.lot import SIZE, check_lot, read_lot
from pipeline.videocd.check.reach import check_reach
from pipeline.videocd.check.report import Finding

# The worked example of the reference, written by vcdxbuild (its PBC sample).
SAMPLE = bytes.fromhex(
    "180005010001000F0006000F000400063E8103E800040006000BFFFF000F0000"
    "10018002000000060000 00BC05FF0002"
    "100A0003FFFFFFFF00000000FE3C03E9000200640066000303EA03EC03ED00000004000000000000"
    "180004018004FFFFFFFF0000FFFDFFFFFF0000020000000400 06000F00000000 1F00000000000000".replace(
        " ", ""
    )
)
HOLDINGS = Holdings(frozenset({2, 3, 4}), (2, 2, 2, 2, 3, 4), 8, frozenset({0, 1, 2, 4, 5}))


def judged(data: bytes, table: bytes = b"", hints: tuple[int, ...] = ()) -> list[Finding]:
    """All findings about a file of lists at LSN 184 and its table at 152."""
    faults = Faults()
    read = read_lists(data, hints)
    check_shape(faults, read, 184)
    check_lot(faults, table, 152, read.lists)
    begins = {each.at: each for each in read.lists}
    judge = Judge(faults, 184, HOLDINGS, end=max(begins, default=0))
    for each in read.lists:
        check_list(judge, each, begins)
    check_reach(faults, read, 184, HOLDINGS, {1})
    check_extended(faults, read, read_lists(data), 184)
    return faults.told()


def table_of(*words: int) -> bytes:
    """LOT.VCD whose first words are these."""
    return b"".join(word.to_bytes(2) for word in words).ljust(SIZE, b"\xff")


TABLE = table_of(0, 0, 0xFFFF, 6, 0xFFFF, 0xFFFF)


def test_reads_the_worked_example():
    """Kinds, numbers, links and items of the sample that the reference prints."""
    read = read_lists(SAMPLE)

    assert [each.kind for each in read.lists] == [SELECT, PLAY, PLAY, SELECT, END]
    assert [each.lid for each in read.lists] == [1, 2, 3, 4, 5]
    assert [each.rejected for each in read.lists] == [False, True, False, True, False]
    assert read.lists[0].choices == (4, 6, 11, 0xFFFF, 15)
    assert read.lists[0].ways == (15, 6, 15, 4, 6)
    assert read.lists[2].items == (1001, 2, 100, 102, 3, 1002, 1004, 1005, 0, 4)
    assert (read.end, read.faults) == (128, ())


def test_the_worked_example_is_without_a_fault():
    """The sample is what its maker meant, so nothing may be found in it."""
    assert judged(SAMPLE, TABLE) == []


def test_a_repeated_fault_is_told_once_with_its_number():
    """A thousand lists that play nothing known are one finding."""
    lists = b"".join(
        b"\x10\1" + n.to_bytes(2) + b"\xff\xff\xff\xff\0\0" + bytes(4) + b"\0\x63"
        for n in range(1, 1001)
    )

    (found,) = [each for each in judged(lists) if each.field == "psd.item"]

    assert (found.count, found.sector, found.found) == (1000, 184, "99 in list 1")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x20" + bytes(15), "type"),
        (b"\x10\x09" + bytes(14), "cut"),
        ((b"\x1f" + bytes(7)) * 255 + b"\x10\1" + bytes(14), "border"),
    ],
)
def test_chains_that_break_are_told(data, fault):
    """An unknown kind, a list beyond the end, a list over the border of a sector."""
    assert read_lists(data).faults[0][0] == fault


def test_lists_may_begin_at_the_next_sector():
    """What does not fit a sector any more begins in the next, zeros between."""
    first = b"\x10\0\0\1" + b"\xff" * 6 + bytes(6)
    data = first + bytes(2048 - 16) + b"\x1f" + bytes(7)

    read = read_lists(data)

    assert [(each.at, each.lid) for each in read.lists] == [(0, 1), (2048, 2)]
    assert read.faults == ()


def test_the_table_helps_over_a_broken_list():
    """Reading goes on at the next place that the table names; the rest is not lost."""
    data = b"\x77" + SAMPLE[1:]

    read = read_lists(data, (0, 48))

    assert [each.lid for each in read.lists] == [3, 4, 5]
    assert read.faults == (("type", 0),)


KINDS = st.sampled_from([b"\x10", b"\x18", b"\x1a", b"\x1f", b"\0", b"\xff"])
PIECES = st.lists(st.tuples(KINDS, st.binary(max_size=40)).map(b"".join), max_size=60)


@given(PIECES.map(b"".join), st.binary(max_size=64), st.lists(st.integers(0, 3000)).map(sorted))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_any_bytes_can_be_lists(data, table, hints):
    """Whatever stands there is read to an end and judged in few findings."""
    found = judged(data, table, tuple(hints))

    assert len(found) < 80
    assert all(str(each) and each.count > 0 for each in found)


@pytest.mark.parametrize(
    "piece",
    [
        b"\x1f" + bytes(7),
        b"\x18\0\x63\1\0\1" + b"\xff\xff" * 6 + bytes(2) + b"\0\0" * 99,
        b"\x10\xff\0\1" + b"\0\0" * 260,
        b"\x10\0\0\1" + bytes(12),
        b"\x20" + bytes(7),
        b"\xff" * 8,
    ],
    ids=["ends", "loops", "items", "empty", "unknown", "ones"],
)
def test_absurdly_many_lists_need_little_memory(piece):
    """An eighth of the largest file (memory is counted slowly) is judged within 16 MiB."""
    data = (piece * (MOST_BYTES // 8 // len(piece) + 2))[: MOST_BYTES // 8 + 99]
    table = bytes(2) + b"".join((n % 65535).to_bytes(2) for n in range(1, SIZE // 2))
    tracemalloc.start()

    found = judged(data, table, tuple(sorted(set(read_lot(table).values()))))

    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()
    assert 0 < len(found) < 40


def test_the_largest_file_of_lists_comes_to_an_end():
    """65536 lists, which is more than can be numbered, are judged without a loop in loops."""
    found = judged(b"\x10\0\0\1" + bytes(12) + b"\x1f\0\0\0\0\0\0\0" * 65536)

    assert {each.field for each in found} >= {"psd.unreached", "lot.first"}
    assert len(found) < 20
