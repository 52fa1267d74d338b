"""From edition to edition: nothing that stays is touched, nothing ever lacks room, promise 4."""

from __future__ import annotations

import hashlib
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from pipeline.bundle.bundle import Bundle, Offer, Piece, Watchable
from pipeline.manifest import Item
from pipeline.plan.drive_room import fat32, reserve, rounded, unit_of, usual_cluster
from pipeline.plan.refresh import Holding, Refresh
from pipeline.plan.refreshing import RefreshFault, refresh
from pipeline.plan.steps import FromSource

MIB = 1 << 20
CLUSTER = 4096
CAPACITY = 10**12
Versions = tuple[str, int, int]  # what stood ("" = nothing), then sizes before and after in MiB


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def piece(path: str, size: int, content: str) -> Piece:
    return Piece(path, size, digest(content), FromSource(digest(content), ".mp4"))


def bundle(pieces: list[Piece]) -> Bundle:
    offers = tuple(
        Offer(unit_of(one.path)[-1], "甲", "戏曲", (Watchable("", 1.0, one.path),))
        for one in pieces
        if one.path.endswith(".mp4")
    )
    return Bundle(
        "e2", 2, "f" * 64, "D", "S", "站", "中心", "题", date(2026, 11, 1), tuple(pieces), offers
    )


def drive(edition: list[Item], free: int, others: tuple[Item, ...] = (), fs: str = "") -> Holding:
    return Holding(tuple(edition), others, CAPACITY, free, CLUSTER, fs)


def story(programmes: list[Versions]) -> tuple[list[Piece], list[Item]]:
    """Programmes by what became of them: stays, changed, new, gone; each with a small poster."""
    pieces, items = [], []
    for number, (what, before, after) in enumerate(programmes):
        base = f"data/戏曲/{chr(ord('A') + number)}"
        if what in ("stays", "changed", "gone"):
            items.append(Item(f"{base}.mp4", before * MIB, digest(f"old{number}")))
            items.append(Item(f"{base}.jpg", 5000, digest(f"poster{number}")))
        if what == "stays":
            pieces.append(piece(f"{base}.mp4", before * MIB, f"old{number}"))
        if what == "changed":
            pieces.append(piece(f"{base} (2).mp4", after * MIB + 1, f"new{number}"))
        if what == "new":
            pieces.append(piece(f"{base}.mp4", after * MIB + 1, f"new{number}"))
        if what in ("stays", "changed", "new"):
            pieces.append(piece(f"{base}.jpg", 5000, f"poster{number}"))
    return pieces, items


changes = st.lists(
    st.tuples(
        st.sampled_from(["stays", "changed", "changed", "new", "gone"]),
        st.integers(1, 40), st.integers(1, 40),
    ),
    max_size=9,
)  # fmt: skip
OTHERS = (Item("照片/全家.jpg", 3 * MIB), Item("data/戏曲/自己的.mp4", 3 * MIB))


def needs_of(pieces: list[Piece]) -> int:
    return sum(rounded(one.bytes, CLUSTER) for one in pieces)


@settings(max_examples=400, deadline=None)
@given(programmes=changes, free=st.integers(0, 120 * MIB))
def test_any_refresh_keeps_what_was_promised(programmes: list[Versions], free: int) -> None:
    """Room never ends, what stays and what people added is never touched, all pieces come, every
    programme is there whole after each round, side by side wherever that is possible.
    """
    pieces, items = story(programmes)
    whole, holding = bundle(pieces), drive(items, free, OTHERS)
    found = refresh(whole, holding)
    keep = reserve(CAPACITY, len(pieces), len(whole.offers), CLUSTER)
    new = [one for one in pieces if one.sha256 not in {item.sha256 for item in items}]
    stale = [item for item in items if item.sha256 not in {one.sha256 for one in pieces}]
    frees = sum(rounded(item.bytes, CLUSTER) for item in stale)
    if not isinstance(found, Refresh):
        assert [fault.kind for fault in found] == ["too-small"]
        assert needs_of(new) + keep > free + frees
        assert (found[0].needed, found[0].free) == (needs_of(new) + keep, free + frees)
        return

    assert found.side_by_side == (needs_of(new) + keep <= free or not (found.copied or stale))
    assert {one.path for one in (*found.kept, *found.copied)} == {one.path for one in pieces}
    removed = [item for one in found.rounds for item in one.removed]
    assert sorted([*removed, *found.stale], key=lambda i: i.name) == sorted(
        stale, key=lambda i: i.name
    )
    there = {item.name for item in items}
    versions = {name: {i.name for i in items if unit_of(i.name) == name and i.name.endswith("mp4")}
                for name in {unit_of(i.name) for i in items}}  # fmt: skip
    coming = {unit_of(one.path): one.path for one in new if one.path.endswith("mp4")}
    left, fullest = free, []
    for one in found.rounds:
        for item in one.removed:
            there.remove(item.name)
            left += rounded(item.bytes, CLUSTER)
        for copy in one.copied:
            assert copy.path not in there
            there.add(copy.path)
            left -= rounded(copy.bytes, CLUSTER)
            assert left >= 0
        fullest.append(free - left)
        for name, old in versions.items():
            assert name not in coming or old <= there or coming[name] in there
    if found.rounds or found.stale:
        assert left >= keep
        assert found.needed == max(0, keep + max(fullest, default=0))
    else:
        assert found.needed == 0
    assert {item.name for item in found.stale} <= there
    assert there - {item.name for item in found.stale} == {one.path for one in pieces}


@settings(max_examples=200, deadline=None)
@given(programmes=changes)
def test_needed_is_exact(programmes: list[Versions]) -> None:
    """With just so many bytes free both editions have room; with one less they have not."""
    pieces, items = story(programmes)
    ample = refresh(bundle(pieces), drive(items, 10**11))
    assert isinstance(ample, Refresh)
    just = refresh(bundle(pieces), drive(items, ample.needed))
    assert just == ample
    if ample.copied:
        less = refresh(bundle(pieces), drive(items, ample.needed - 1))

        assert not isinstance(less, Refresh) or not less.side_by_side


def test_nothing_to_do_gives_no_rounds() -> None:
    """The same files, and a drive without a free byte: nothing is copied, removed or needed."""
    pieces, items = story([("stays", 5, 0), ("stays", 7, 0)])
    found = refresh(bundle(pieces), drive(items, 0))

    assert isinstance(found, Refresh)
    assert (found.rounds, found.stale, found.needed) == ((), (), 0)
    assert found.kept == tuple(pieces)


def test_what_leaves_anyway_goes_before_an_older_version() -> None:
    """A programme that is not wanted any more makes room; the older version stays until then."""
    pieces, items = story([("changed", 20, 20), ("gone", 30, 0), ("gone", 22, 0)])
    free = reserve(CAPACITY, len(pieces), 1, CLUSTER)
    found = refresh(bundle(pieces), drive(items, free))

    assert isinstance(found, Refresh)
    assert [[item.name for item in one.removed] for one in found.rounds] == [
        ["data/戏曲/C.jpg", "data/戏曲/C.mp4"]
    ]
    assert [item.name for item in found.stale] == [
        "data/戏曲/A.mp4", "data/戏曲/B.mp4", "data/戏曲/B.jpg"
    ]  # fmt: skip


def test_a_programme_that_moved_is_known_by_its_id() -> None:
    """Under another subject it lies in another folder: its older version goes in the same round."""
    old = Item("data/法律/土地.mp4", 50 * MIB, digest("old"))
    other = Item("data/法律/婚姻.mp4", 49 * MIB, digest("other"))
    new = piece("data/三农/土地.mp4", 50 * MIB, "new")
    late = piece("data/三农/婚姻.mp4", 49 * MIB, "later")
    offers = tuple(
        Offer(id, "", "三农", (Watchable("", 1, one.path),)) for id, one in
        (("P1", new), ("P2", late))
    )  # fmt: skip
    made = bundle([new, late])
    made = Bundle(*(getattr(made, n) for n in made.__slots__[:-1]), offers)  # type: ignore[arg-type]
    free = reserve(CAPACITY, 2, 2, CLUSTER)
    found = refresh(made, drive([old, other], free), {old.name: "P1", other.name: "P2"})

    assert isinstance(found, Refresh)
    assert [([i.name for i in one.removed], [p.path for p in one.copied]) for one in found.rounds] \
        == [([other.name], [late.path]), ([old.name], [new.path])]  # fmt: skip


def test_a_full_drive_makes_room_for_its_new_manifest() -> None:
    """Only leaving files, and not even room for tag files: some go in a round of their own."""
    pieces, items = story([("stays", 5, 0), ("gone", 7, 0), ("gone", 30, 0)])
    found = refresh(bundle(pieces), drive(items, 0))

    assert isinstance(found, Refresh)
    assert [item.name for one in found.rounds for item in one.removed] == [
        "data/戏曲/C.jpg", "data/戏曲/C.mp4"
    ]  # fmt: skip
    assert found.copied == ()
    assert found.needed == 0


@pytest.mark.parametrize(
    ("path", "others", "fs", "size", "kind"),
    [
        ("data/戏曲/Z.mp4", "data/戏曲/z.MP4", "", 5, "path-taken"),
        ("data/戏曲/Z.mp4", "data/戏曲", "", 5, "path-taken"),
        ("data/戏曲", "data/戏曲/z.mp4", "", 5, "path-taken"),
        ("data/戏曲/Z.mp4", "x", "FAT32", 1 << 32, "fat32"),
        ("data/戏曲/Z.mp4", "x", "vfat", 1 << 32, "fat32"),
    ],
)
def test_what_no_order_can_mend_is_told(
    path: str, others: str, fs: str, size: int, kind: str
) -> None:
    """A path where other bytes lie, whatever the case of its letters; a file too large for FAT."""
    new = piece(path, size, "new")
    found = refresh(bundle([new]), drive([], 10**11, (Item(others, 1),), fs))

    assert found == (RefreshFault(kind, "D", (path,)),)  # type: ignore[arg-type]


def test_two_pieces_on_one_path_are_told() -> None:
    """Names that differ only in case are one file to most drives."""
    new = [piece("data/a.mp4", 1, "1"), piece("data/A.mp4", 1, "2")]
    found = refresh(bundle(new), drive([], 10**11))

    assert found == (RefreshFault("same-path", "D", ("data/a.mp4", "data/A.mp4")),)


def test_a_large_drive_is_planned_in_a_moment() -> None:
    """Three thousand programmes change places on a full drive, in rounds that end."""
    pieces, items = story([("changed", 3, 3)] * 20)
    many_items = [Item(f"data/戏曲/{n:04}.mp4", 3 * MIB, digest(f"o{n}")) for n in range(3000)]
    many = [piece(f"data/三农/{n:04}.mp4", 3 * MIB, f"n{n}") for n in range(3000)]
    keep = reserve(CAPACITY, 3000, 3000, CLUSTER)
    found = refresh(bundle(many), drive(many_items, keep + 10 * MIB))

    assert isinstance(found, Refresh)
    assert len(found.copied) == 3000
    assert not found.side_by_side
    assert isinstance(refresh(bundle(pieces), drive(items, 10**9)), Refresh)


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("data/戏曲/三滴血.mp4", "data/戏曲/三滴血"),
        ("data/戏曲/三滴血 (2).mp4", "data/戏曲/三滴血"),
        ("data/戏曲/三滴血.zh.vtt", "data/戏曲/三滴血"),
        ("data/戏曲/三滴血/第1集.mp4", "data/戏曲/三滴血"),
        ("data/戏曲/三滴血 (3)/第1集.mp4", "data/戏曲/三滴血"),
        ("data/戏曲/2012.5 羊.mp4", "data/戏曲/2012.5 羊"),
    ],
)
def test_files_of_one_programme_share_a_name(path: str, unit: str) -> None:
    """Ending, language and number are not part of it; a folder of episodes is."""
    assert unit_of(path) == unit


def test_file_systems_are_known_in_any_spelling() -> None:
    """What register, mount table and system say of the same thing."""
    assert [fat32(fs, 1 << 32) for fs in ("FAT32", "vfat", "exFAT", "NTFS", "ext4", "")] == [
        True, True, False, False, False, False
    ]  # fmt: skip
    assert not fat32("FAT32", (1 << 32) - 1)
    assert [usual_cluster(fs) for fs in ("vfat", "FAT32", "exFAT", "NTFS", "ext4", "?")] == [
        32768, 32768, 131072, 4096, 4096, 131072
    ]  # fmt: skip
