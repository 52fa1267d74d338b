"""Track 1 and what lies behind it: discs of every size, and the limits of the format."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Failure
from pipeline.videocd.bounds import disc_front
from pipeline.videocd.disc import Disc, DiscFile, Muxed
from pipeline.videocd.image import image
from pipeline.videocd.info import Flags, Info, info_bytes
from pipeline.videocd.layout import Layout, entries, lay_out, root
from pipeline.videocd.lists import EndList, PlayEntry, PlayList, PlaySegment, PlayTrack
from pipeline.videocd.points import entry_packs, pack_points, pause_packs
from pipeline.videocd.segments import MuxedSegment
from pipeline.videocd.stills import Still
from pipeline.videocd.tree import Folder

SEQUENCE = bytes.fromhex("000001b3 160120834e20a120 000001b8 00080040 00000100 000ffff8")
PICTURE_PERIOD = 45000


def stamp(tag: int, ticks: int) -> bytes:
    fields = tag << 36 | (ticks >> 30 & 7) << 33 | 1 << 32
    fields |= (ticks >> 15 & 0x7FFF) << 17 | 1 << 16 | (ticks & 0x7FFF) << 1 | 1
    return fields.to_bytes(5, "big")


def pack(stream: int, ticks: int, data: bytes) -> bytes:
    body = stamp(2, ticks) + data
    head = b"\0\0\1\xba\x21\0\1\0\1\x80\x1b\x91\0\0\1" + bytes((stream,))
    return (head + len(body).to_bytes(2, "big") + body).ljust(2324, b"\0")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("tiny")


def stream(folder: Path, packs: int) -> Path:
    """A stream of so many packs: sound, then an access point every half second."""
    place = folder / f"{packs}.mpg"
    if not place.exists():
        rows = [pack(0xC0, 90000, b"\xff\xfd\xc0\x04" * 9)]
        rows += [pack(0xE0, 90000 + PICTURE_PERIOD * n, SEQUENCE) for n in range(packs - 1)]
        place.write_bytes(b"".join(rows))
    return place


def still(folder: Path, size: int) -> Still:
    place = folder / f"{size}.m1v"
    place.write_bytes(SEQUENCE + b"\0\0\1\1" + b"\x5a" * size)
    return Still(place, None, "pal")


def disc(folder: Path, tracks: tuple[int, ...], **more) -> Disc:
    films = tuple(Muxed(stream(folder, packs)) for packs in tracks)
    return Disc("DISC", "ALBUM", films, **more)


def files(folder: Folder) -> list:
    """All files of the tree."""
    found = []
    for member in folder.members:
        found += files(member) if isinstance(member, Folder) else [member]
    return found


def runs(layout: Layout) -> list[tuple[int, int]]:
    """First LSN and LSN after of the tree and of everything it points at, as readers find it."""
    taken = [(0, 75)]
    for file in files(root(layout)):
        taken.append((file.extent, file.extent + -(-file.size // 2048)))
    return sorted(run for run in taken if run[0] < run[1])


def control(tracks: int, entry_count: int, segments: int, count: int) -> tuple:
    """So many lists; the first few play all there is."""
    items = [PlayTrack(n + 1) for n in range(tracks)]
    items += [PlayEntry(n) for n in range(entry_count)]
    items += [PlaySegment(n) for n in range(segments)]
    lists = [
        PlayList(f"p{at}", tuple(items[at : at + 200]), next="p0")
        for at in range(0, len(items), 200)
    ]
    return (*lists, *(EndList(f"e{n}") for n in range(count - len(lists))))


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    st.lists(st.integers(2, 40), min_size=1, max_size=98),
    st.integers(0, 402),
    st.lists(st.integers(50, 40_000), max_size=60),
    st.integers(1, 800),
    st.booleans(),
)
def test_nothing_overlaps_and_all_is_found(folder, tracks, wishes, stills, lists, plain) -> None:
    """Any tracks, entries, stills and lists: places rise, none is taken twice, bounds hold."""
    per_track = [wishes // len(tracks) + (n < wishes % len(tracks)) for n in range(len(tracks))]
    times = tuple(tuple(0.13 * n for n in range(min(98, count))) for count in per_track)
    if plain:
        segments, made = (), ()
    else:
        segments = tuple(still(folder, size) for size in stills)
        made = control(len(tracks), len(tracks) + sum(map(len, times)), len(stills), lists)
    layout = lay_out(disc(folder, tuple(tracks), segments=segments, lists=made, entries=times))
    front = layout.front

    taken = runs(layout)
    assert all(one[1] <= other[0] for one, other in pairwise(taken))
    in_front = [run for run in taken if run[0] < front.after]
    assert in_front[-1][1] <= front.after == max(300, front.after)
    assert front.segment_area % 75 == 0
    assert front.after <= disc_front(len(made), len(front.contents))
    if len(made) < 100:
        assert disc_front(len(made), len(front.contents)) - front.after <= 2 * 33 + 75
    begin = front.after
    for placed, packs in zip(layout.tracks, tracks, strict=True):
        assert placed.start == begin + 150
        begin = placed.start + 30 + packs + 45
    assert layout.sectors == begin + 150
    found = entries(layout)
    assert len(found) == len(tracks) + sum(map(len, times))
    for entry in found:
        placed = layout.tracks[entry.track - 2]
        assert entry.lsn == placed.start or placed.first_pack < entry.lsn < placed.after - 45


@settings(max_examples=8, derandomize=True, deadline=None)
@given(
    st.lists(st.integers(2, 9), min_size=1, max_size=3),
    st.lists(st.integers(50, 40_000), max_size=4),
    st.integers(1, 200),
    st.lists(st.integers(0, 9000), max_size=3),
)
def test_image_has_every_sector_in_its_place(folder, tracks, stills, lists, sizes) -> None:
    """The addresses in the sectors run from first to last; blocks stay small."""
    extra = []
    for number, size in enumerate(sizes):
        place = folder / f"extra{size}"
        place.write_bytes(b"\x11" * size)
        extra.append(DiscFile(f"DEEP/DOWN/F{number}.TXT", place))
    made = control(len(tracks), 0, len(stills), lists)
    segments = tuple(still(folder, size) for size in stills)
    layout = lay_out(disc(folder, tuple(tracks), segments=segments, lists=made, files=tuple(extra)))
    sectors = 0
    for block in image(layout):
        assert len(block) <= 300
        numbers = [int(bytes(row[12:15]).hex()) for row in block]
        wanted = range(sectors + 150, sectors + 150 + len(block))
        assert numbers == [n // 4500 * 10000 + n // 75 % 60 * 100 + n % 75 for n in wanted]
        sectors += len(block)
    assert sectors == layout.sectors


def test_disc_without_lists_and_segments_is_as_it_was(folder) -> None:
    """300 sectors of track 1, nothing of lists in INFO.VCD, no folder for segments."""
    layout = lay_out(disc(folder, (5,)))

    assert (layout.front.after, layout.tracks[0].start) == (300, 450)
    assert [member.name for member in root(layout).members] == ["EXT", "MPEGAV", "VCD"]
    assert disc_front(0, 0) == 300


def test_info_tells_of_lists_segments_and_flags() -> None:
    """The worked example: flags E4, PSD 128 bytes, segments at 00:05:00, 5 lists, 8 units."""
    flags = Flags(restriction=2, next_list_2=True, next_track_3=True)
    contents = bytes.fromhex("1818 1e3e 1402 2222")
    made = info_bytes(Info("MY_ALBUM", 3, 2, (False,), flags, 128, 5, 225, contents))

    assert made[43:64].hex(" ") == "e4 00 00 00 80 00 05 00 08 00 05 00 08 18 18 1e 3e 14 02 22 22"
    assert info_bytes(Info("", 1, 1, (), Flags(True, 3, True, True)))[43] == 0x1F


def test_wishes_find_the_nearest_access_point(folder) -> None:
    """Half a second apart: of two as near the earlier; pauses go to the first stamp not before."""
    found = pack_points(stream(folder, 12), 12)

    assert found.access.tolist() == list(range(1, 12))
    assert entry_packs(found, (99.0, 0.0, 0.25, 0.26, 3.0)) == (1, 1, 2, 7, 11)
    assert pause_packs(found, (0.0, 0.01, 0.5)) == (0, 2, 2)


def test_streams_without_access_points_have_no_entries(folder) -> None:
    """Wishes are refused there, and pauses behind the end are."""
    found = pack_points(stream(folder, 1), 1)
    assert np.array_equal(found.stamps, [90000])

    with pytest.raises(Failure, match="no access point in this stream"):
        entry_packs(found, (1.0,))
    with pytest.raises(Failure, match="a pause at 1 s lies beyond the end"):
        pause_packs(found, (1.0,))


FEW = (EndList("end"),)
WRONG = {
    "track 1 has 99 entry points; 98 can be": {"entries": ((1.0,) * 99,)},
    "501 entry points .* a disc has 500": {
        "tracks": 6,
        "entries": ((1.0,) * 98,) * 5 + ((1.0,) * 5,),
    },
    "entries for 2 tracks, of which there are 1": {"entries": ((), ())},
    "auto_pauses for 3 tracks": {"auto_pauses": ((), (), ())},
    "-1.0 s is no time": {"entries": ((-1.0,),)},
    "nan s is no time": {"auto_pauses": ((float("nan"),),)},
    "1 segments, but no playback list": {"segments": (Still(None, None, "pal"),)},
    "the restriction 4 cannot be": {"flags": Flags(restriction=4)},
    '"CDI/lower.txt" is no name': {"files": (DiscFile("CDI/lower.txt", Path("x")),)},
    '"NODOT" is no name': {"files": (DiscFile("NODOT", Path("x")),)},
    '"../UP.TXT" is no name': {"files": (DiscFile("../UP.TXT", Path("x")),)},
    '"A/A/A/A/A/A/A/A/X.Y" is no name': {"files": (DiscFile("A/" * 8 + "X.Y", Path("x")),)},
    '"A/X.Y" is no name': {"files": (DiscFile("A/X.Y", Path("x")),) * 2},
    "gone.*the disk refuses": {"files": (DiscFile("A/X.Y", Path("gone")),)},
}


@pytest.mark.parametrize("what", WRONG)
def test_refuses_a_disc_beyond_the_limits(what: str, folder) -> None:
    """One clear line, and how to mend it."""
    fields = dict(WRONG[what])
    tracks = fields.pop("tracks", 1)

    with pytest.raises(Failure, match=what) as refused:
        lay_out(disc(folder, (9,) * tracks, **fields))
    assert refused.value.next


def test_refuses_further_files_that_are_the_discs_own(folder) -> None:
    """And mixed ones of broken sectors."""
    place = folder / "extra"
    place.write_bytes(b"x" * 100)
    with pytest.raises(Failure, match=r'"VCD/INFO.VCD" is one of the disc'):
        lay_out(disc(folder, (5,), files=(DiscFile("VCD/INFO.VCD", place),)))
    with pytest.raises(Failure, match="100 bytes, which are no whole sectors of 2336"):
        lay_out(disc(folder, (5,), files=(DiscFile("A/X.RTF", place, mixed=True),)))


def test_refuses_more_units_than_a_disc_has(folder, monkeypatch) -> None:
    """The segment that reaches too far is named."""
    monkeypatch.setattr("pipeline.videocd.front.UNITS", 3)
    two = MuxedSegment(stream(folder, 151))
    one = still(folder, 100)
    assert len(lay_out(disc(folder, (5,), segments=(one, two), lists=FEW)).front.contents) == 3

    with pytest.raises(Failure, match="segment 3 ends beyond the 3 units"):
        lay_out(disc(folder, (5,), segments=(one, two, one), lists=FEW))


def test_refuses_more_segments_than_the_folders_hold(folder) -> None:
    """1681 items fit below LSN 75, one more does not; vcdxbuild keeps a sector free: 1648."""
    one = still(folder, 50)
    layout = lay_out(disc(folder, (5,), segments=(one,) * 1681, lists=FEW))
    assert layout.front.after == 225 + 1681 * 150 + 33

    with pytest.raises(Failure, match="laying out the folders of the disc — they need 56 sectors"):
        lay_out(disc(folder, (5,), segments=(one,) * 1682, lists=FEW))


def test_refuses_segments_that_are_no_packs(folder) -> None:
    """An empty file, and one that goes wrong midway."""
    bad = folder / "bad.mpg"
    for data, said in (
        (b"", "no pack in this stream"),
        (bytes(2324) + b"x" * 2324, "byte 2324: no MPEG-1 pack"),
        (bytes(2324) + b"x", "the last pack is shorter"),
    ):
        bad.write_bytes(data)
        with pytest.raises(Failure, match=said):
            lay_out(disc(folder, (5,), segments=(MuxedSegment(bad),), lists=FEW))
