"""The ISO 9660 tree, read back with a few lines of its own."""

from __future__ import annotations

import struct
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Failure
from pipeline.videocd.tree import FORM_2_FILE, File, Folder, Labels, tree_sectors

LABELS = Labels("DISC", "LIBRARY", "XIAXIANG", "", datetime(2000, 1, 2, 3, 4, 5))


def records(data: bytes) -> list[tuple[bytes, int, int, bytes]]:
    """Name, extent, size and XA part of the records of a folder."""
    found = []
    for begin in range(0, len(data), 2048):
        at = begin
        while at < begin + 2048 and data[at]:
            record = data[at : at + data[at]]
            extent, size = (int.from_bytes(record[a:b], "little") for a, b in ((2, 6), (10, 14)))
            assert record[2:6] == record[6:10][::-1]
            assert record[10:14] == record[14:18][::-1]
            found.append((record[33 : 33 + record[32]], extent, size, record[-14:]))
            at += data[at]
    return found


def walk(sectors, extent, size, prefix=""):
    """Every path below a folder with its extent and size."""
    data = b"".join(s.data for s in sectors[extent - 16 : extent - 16 + size // 2048])
    for name, where, length, xa in records(data)[2:]:
        path = prefix + name.decode()
        yield path, where, length
        if xa[4] & 0x80:
            yield from walk(sectors, where, length, path + "/")


def test_files_are_found_where_they_were_put() -> None:
    """A tree of two levels, its members given in disorder."""
    film = File("AVSEQ01.DAT", 450, 4096, FORM_2_FILE, 1)
    root = Folder("", (Folder("VCD", (File("INFO.VCD", 150, 2048),)), Folder("MPEGAV", (film,))))
    sectors = tree_sectors(root, LABELS, 300)
    found = list(walk(sectors, 18, 2048))

    assert found == [
        ("MPEGAV", 19, 2048),
        ("MPEGAV/AVSEQ01.DAT;1", 450, 4096),
        ("VCD", 20, 2048),
        ("VCD/INFO.VCD;1", 150, 2048),
    ]


def test_xa_part_tells_form_and_file_number() -> None:
    """Group and user 0, attributes, XA, file number, five zeros."""
    film = File("AVSEQ07.DAT", 450, 4096, FORM_2_FILE, 7)
    sectors = tree_sectors(Folder("", (film,)), LABELS, 300)
    here, _up, entry = records(sectors[2].data)

    assert here[3].hex() == "000000008d555841000000000000"
    assert entry[3].hex() == "0000000015555841070000000000"


def test_descriptor_holds_names_date_and_size() -> None:
    """The fields a reader of the disc shows."""
    descriptor = tree_sectors(Folder("", ()), LABELS, 1462)[0].data

    assert descriptor[40:72] == b"DISC".ljust(32)
    assert descriptor[80:88] == struct.pack("<I", 1462) + struct.pack(">I", 1462)
    assert descriptor[446:574] == b"XIAXIANG".ljust(128)
    assert descriptor[813:830] == b"2000010203040500\0"
    assert descriptor[1024:1032] == b"CD-XA001"


names = st.text("ABCXYZ019_", min_size=1, max_size=8)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(st.lists(names, min_size=1, max_size=200, unique=True), st.integers(0, 4))
def test_folders_of_any_size_are_read_back(files: list[str], depth: int) -> None:
    """Records never cross a sector, whatever the names; sorted; only the last sector ends."""
    folder = Folder("DEEP", tuple(File(f"{n}.DAT", 400 + i, i) for i, n in enumerate(files)))
    for level in range(depth):
        folder = Folder(f"L{level}", (folder,))
    sectors = tree_sectors(Folder("", (folder,)), LABELS, 300)
    found = [path for path, *_rest in walk(sectors, 18, 2048) if path.endswith(";1")]

    assert [path.rpartition("/")[2] for path in found] == [
        f"{name}.DAT;1" for name in sorted(files, key=lambda n: n + ".DAT")
    ]
    assert [s.submode for s in sectors[2:-2]] == [0x08] * (len(sectors) - 5) + [0x89]


def test_path_tables_go_level_by_level() -> None:
    """Each folder after all of the level above, with its parent's number; L and M agree."""
    root = Folder("", (Folder("A", (Folder("AA"),)), Folder("B", (Folder("BB"),))))
    little, big = (s.data for s in tree_sectors(root, LABELS, 300)[-2:])
    rows = []
    at = 0
    while little[at]:
        length, _zero, extent, parent = struct.unpack_from("<BBIH", little, at)
        assert struct.unpack_from(">BBIH", big, at) == (length, 0, extent, parent)
        rows.append((little[at + 8 : at + 8 + length], extent, parent))
        at += 8 + length + length % 2

    assert rows == [
        (b"\0", 18, 1), (b"A", 19, 1), (b"B", 21, 1), (b"AA", 20, 2), (b"BB", 22, 3),
    ]  # fmt: skip


def test_refuses_a_tree_that_reaches_the_karaoke_area() -> None:
    """55 folder sectors, the root's two among them, fit below LSN 75; not one more."""
    room = Folder("", tuple(Folder(f"F{i:02}") for i in range(53)))
    tree_sectors(room, LABELS, 300)

    with pytest.raises(Failure, match="need 56 sectors, 55 are there"):
        tree_sectors(Folder("", (*room.members, Folder("ONEMORE"))), LABELS, 300)
