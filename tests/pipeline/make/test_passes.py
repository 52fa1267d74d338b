"""The order in which sources are read for many drives; values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipeline.bundle.bundle import Piece
from pipeline.make.passes import Batch, batches
from pipeline.plan.refresh import Round
from pipeline.plan.steps import FromSource


def piece(name: str, source: str = "", size: int = 10) -> Piece:
    return Piece(f"data/{name}.mp4", size, source or name, FromSource(source or name, ".mp4"))


def names(found: Sequence[Batch]) -> list[list[str]]:
    return [[one.sha256 for one in batch.readings] for batch in found]


def test_sources_come_in_the_order_of_the_plans_until_a_batch_is_full() -> None:
    """By bytes, and by the number of files; what is larger than a batch is one by itself."""
    drive = [Round((), tuple(piece(name) for name in "abcde"))]

    assert names(list(batches([drive], most_bytes=20))) == [["a", "b"], ["c", "d"], ["e"]]
    assert names(list(batches([drive], most_files=3))) == [["a", "b", "c"], ["d", "e"]]
    assert names(list(batches([drive], most_bytes=1))) == [["a"], ["b"], ["c"], ["d"], ["e"]]


def test_one_source_goes_to_all_drives_and_places_that_want_it() -> None:
    """Two drives, one of which wants the same bytes in two places."""
    one = [Round((), (piece("x", "s"), piece("y", "s")))]
    two = [Round((), (piece("z", "s"),))]
    (batch,) = batches([one, two])

    assert batch.begins == ((0, 0), (1, 0))
    assert [(drive, [p.path for p in pieces]) for drive, pieces in batch.readings[0].pieces] == [
        (0, ["data/x.mp4", "data/y.mp4"]),
        (1, ["data/z.mp4"]),
    ]
    assert len(batch.readings) == 1


def test_a_round_is_over_before_the_next_begins() -> None:
    """A batch ends where a drive must be confirmed; empty rounds are begun as well."""
    drive = [Round((), (piece("a"),)), Round((), ()), Round((), (piece("b"), piece("c")))]
    found = list(batches([drive]))

    assert names(found) == [["a"], ["b", "c"]]
    assert [batch.begins for batch in found] == [((0, 0),), ((0, 1), (0, 2))]


def test_a_source_waits_for_a_drive_that_wants_it_in_a_later_round() -> None:
    """The drive without rounds takes it when the other is ready: it is read once."""
    free = [Round((), (piece("b"), piece("a"), piece("c")))]
    rounds = [Round((), (piece("a"),)), Round((), (piece("b"),))]
    found = list(batches([free, rounds]))
    read = Counter(name for batch in names(found) for name in batch)

    assert read == {"a": 1, "b": 1, "c": 1}


def test_rounds_that_want_each_others_sources_first_end_all_the_same() -> None:
    """Two drives in opposite orders: something is read twice, nothing waits for ever."""
    one = [Round((), (piece("a"),)), Round((), (piece("b"),))]
    two = [Round((), (piece("b"),)), Round((), (piece("a"),))]
    read = Counter(name for batch in names(list(batches([one, two]))) for name in batch)

    assert read == {"a": 1, "b": 2} or read == {"a": 2, "b": 1}


def test_nothing_to_do_gives_no_batch() -> None:
    """No drives, or drives without rounds."""
    assert list(batches([])) == []
    assert list(batches([[], []])) == []


ROUNDS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=4, unique=True), max_size=4)


@given(st.lists(ROUNDS, max_size=4), st.integers(1, 60))
def test_every_drive_gets_every_piece_in_its_round(plans: list[list[list[str]]], most: int) -> None:
    """Whatever the rounds: each piece once, after its round began and before the next."""
    drives = [
        [
            Round((), tuple(piece(f"{n}-{name}", name) for name in names))
            for n, names in enumerate(p)
        ]
        for p in plans
    ]
    given_to: list[list[tuple[int, str]]] = [[] for _drive in drives]
    at = [-1] * len(drives)
    for batch in batches(drives, most_bytes=most):
        for drive, number in batch.begins:
            assert number == at[drive] + 1
            at[drive] = number
        for reading in batch.readings:
            for drive, pieces in reading.pieces:
                given_to[drive] += [(at[drive], one.path) for one in pieces]

    for drive, rounds in enumerate(drives):
        wanted = [(n, one.path) for n, round_ in enumerate(rounds) for one in round_.copied]
        assert sorted(given_to[drive]) == sorted(wanted)
        assert at[drive] == len(rounds) - 1
