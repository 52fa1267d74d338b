"""A data disc is read back: exactly what is wrong is found, and a hostile one is only looked at."""

from __future__ import annotations

import hashlib
import random
import resource
import struct
from collections.abc import Callable
from pathlib import Path

import pycdlib
import pytest

from catalog.problem import Failure
from pipeline import tools
from pipeline.bundle import iso_tree
from pipeline.bundle.iso_size import SECTOR, image_bytes, iso_writer
from pipeline.bundle.iso_tree import read_tree
from pipeline.make.check_iso import check_iso
from pipeline.make.write_iso import write_iso
from pipeline.plan.steps import IsoFile, WriteIso
from pipeline.videocd.bounds import RAW

TEXTS = {
    "戏曲/三滴血.txt": "血" * 30_000,
    "戏曲/" + "长" * 60 + ".txt": "长",
    "卫生/空.txt": "",
    "说明.txt": "你好",
}
PVD, JOLIET = 16, 17


def quiet(_sectors: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A disc as we write it."""
    folder = tmp_path_factory.mktemp("iso")
    files = tuple(IsoFile(p, len(t.encode()), "", None, t) for p, t in TEXTS.items())
    step = WriteIso("", 0.0, "d", "三下乡", files, image_bytes(files), iso_writer())
    write_iso(step, lambda one: Path(str(one)), folder, tools.NEVER, quiet)
    return (folder / "d.iso").read_bytes()


@pytest.fixture
def check(tmp_path: Path) -> Callable[[bytes], list[tuple[str, str, str]]]:
    """Writes an image and checks it: severity, field and file of each finding."""

    def check(data: bytes) -> list[tuple[str, str, str]]:
        path = tmp_path / "disc.iso"
        path.write_bytes(data)
        findings = check_iso(path, quiet).findings
        return [(one.severity, one.field, one.file) for one in findings]

    return check


def changed(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def record(data: bytes, ident: bytes) -> int:
    """Where the directory record of this name begins."""
    return data.index(bytes([len(ident)]) + ident) - 32


def test_a_sound_disc_has_no_findings(sound, tmp_path) -> None:
    """The report says what was read and how."""
    path = tmp_path / "disc.iso"
    path.write_bytes(sound)
    heard: list[int] = []
    report = check_iso(path, heard.append)

    assert report.findings == ()
    assert (report.sha256, report.bytes) == (hashlib.sha256(sound).hexdigest(), len(sound))
    assert (report.volume_id, report.past_cache) == ("三下乡", True)
    assert report.sectors == len(sound) // SECTOR
    assert heard[-1] == len(sound) // RAW


def test_sees_what_pycdlib_sees(sound, tmp_path) -> None:
    """Two readers of one norm: the same files at the same places in all name spaces."""
    tree = read_tree(lambda at, length: sound[at : at + length])
    path = tmp_path / "disc.iso"
    path.write_bytes(sound)
    iso = pycdlib.PyCdlib()
    iso.open(str(path))
    spaces = {"iso_path": tree.iso, "joliet_path": tree.joliet, "rr_path": tree.rock_ridge}
    for way, space in spaces.items():
        found = {}
        for above, _folders, files in iso.walk(**{way: "/"}):
            for file in files:
                one = iso.get_record(**{way: f"{above.rstrip('/')}/{file}"})
                name = f"{above}/{file}".lstrip("/").removesuffix(";1")
                found[name] = (one.extent_location(), one.get_data_length())

        assert space is not None
        assert found == {name: (e.sector, e.bytes) for name, e in space.items()}
    iso.close()


def test_one_flipped_bit_in_a_file_is_one_finding(sound, check) -> None:
    """It names the file."""
    place = sound.index("血血".encode()) + 50_000
    bad = changed(sound, place, bytes([sound[place] ^ 4]))

    assert check(bad) == [("error", "iso.altered", "戏曲/三滴血.txt")]


def test_a_file_taken_off_the_list_is_one_warning(sound, check) -> None:
    """And one put on it that is not there is missing."""
    place = sound.index("  说明.txt".encode())
    bad = changed(sound, place, "  说朋.txt".encode())

    assert check(bad) == [
        ("error", "iso.missing", "说朋.txt"),
        ("warning", "iso.unexpected", "说明.txt"),
    ]


def test_a_broken_list_is_told(sound, check) -> None:
    """A line that is no check sum."""
    place = sound.index("  说明.txt".encode())
    bad = changed(sound, place - 1, b"x")

    assert ("error", "iso.sums", "SHA256SUMS") in check(bad)


def test_a_shortened_image_is_told(sound, check) -> None:
    """The empty tail is missing first, then files."""
    assert check(sound[:-SECTOR]) == [("error", "iso.length", "disc.iso")]
    assert ("error", "iso.place", "说明.txt") in check(sound[: -152 * SECTOR])


def test_a_name_changed_in_joliet_alone_is_told(sound, check) -> None:
    """Windows would show another title than Linux."""
    bad = sound.replace("三滴血.txt".encode("utf-16-be"), "三滴水.txt".encode("utf-16-be"))

    assert check(bad) == [
        ("error", "iso.names", "戏曲/三滴水.txt"),
        ("error", "iso.names", "戏曲/三滴血.txt"),
    ]


def test_another_place_in_joliet_alone_is_told(sound, check) -> None:
    """Windows would play other bytes than Linux."""
    at = record(sound, "三滴血.txt".encode("utf-16-be"))
    sector = struct.unpack_from("<L", sound, at + 2)[0] + 1
    bad = changed(sound, at + 2, struct.pack("<L", sector) + struct.pack(">L", sector))

    assert ("error", "iso.names", "戏曲/三滴血.txt") in check(bad)


@pytest.mark.parametrize("place", [140, 148], ids=["little", "big"])
@pytest.mark.parametrize("descriptor", [PVD, JOLIET], ids=["bare", "joliet"])
def test_a_broken_table_of_folders_is_told(descriptor, place, sound, check) -> None:
    """Windows finds folders by it; there is one in each order of bytes."""
    order = "<L" if place == 140 else ">L"
    table = struct.unpack_from(order, sound, descriptor * SECTOR + place)[0] * SECTOR
    bad = changed(sound, table + 10 + 3, bytes([sound[table + 13] ^ 1]))

    assert check(bad) == [("error", "iso.tree", "disc.iso")]


def test_a_disc_without_joliet_or_rock_ridge_is_told(sound, check) -> None:
    """Chinese titles would be missing somewhere."""
    no_joliet = changed(sound, JOLIET * SECTOR + 88, b"   ")
    no_rock_ridge = sound.replace(b"NM", b"XX")

    assert check(no_joliet) == [("error", "iso.joliet", "disc.iso")]
    assert check(no_rock_ridge) == [("error", "iso.rock_ridge", "disc.iso")]


@pytest.mark.parametrize("data", [b"", b"\0" * 100_000, b"CD001" * 20_000])
def test_what_is_no_disc_is_told(data, check) -> None:
    """Never an exception."""
    found = check(data)

    assert ("error", "iso.tree", "disc.iso") in found
    assert ("error", "iso.sums", "disc.iso") in found


def test_what_is_no_file_is_a_failure(tmp_path) -> None:
    """A folder, and nothing at all."""
    for path in (tmp_path, tmp_path / "gone.iso"):
        with pytest.raises(Failure):
            check_iso(path, quiet)


def test_a_folder_that_holds_itself_is_walked_once(sound, check) -> None:
    """A circle ends."""
    at = record(sound, b"001")
    root = struct.unpack_from("<L", sound, PVD * SECTOR + 158)[0]
    bad = changed(sound, at + 2, struct.pack("<L", root) + struct.pack(">L", root))

    assert ("error", "iso.tree", "disc.iso") in check(bad)


def test_a_folder_of_four_gigabytes_is_not_read(sound, check) -> None:
    """Its length is looked at before."""
    huge = struct.pack("<L", 0xFFFFFFFF) + struct.pack(">L", 0xFFFFFFFF)
    bad = changed(sound, PVD * SECTOR + 166, huge)

    assert ("error", "iso.tree", "disc.iso") in check(bad)


def test_more_files_than_a_disc_can_have_are_not_walked(sound, monkeypatch) -> None:
    """The rest is told as not looked at."""
    monkeypatch.setattr(iso_tree, "MOST_THINGS", 2)
    tree = read_tree(lambda at, length: sound[at : at + length])

    assert "/: more than 2 files; the rest was not looked at" in tree.faults


def test_names_cannot_order_the_screen_about_or_lead_out(sound, tmp_path) -> None:
    """Control characters and dots are shown as something else."""
    bad = sound.replace("说明.txt".encode("utf-16-be"), "\x1b[2J.t".encode("utf-16-be"))
    bad = bad.replace("说明.txt".encode(), b"../../../x")
    path = tmp_path / "disc.iso"
    path.write_bytes(bad)
    told = "\n".join(map(str, check_iso(path, quiet).findings))

    assert "\x1b" not in told
    assert "../" not in told
    assert "the name may not be used" in told


def test_a_link_is_not_followed(sound, check) -> None:
    """Our discs have none."""
    at = sound.index(b"PX", record(sound, b"001.TXT;1"))
    bad = changed(sound, at, b"SL")

    assert check(bad) == [("error", "iso.tree", "disc.iso")]


def test_broken_directories_never_raise_nor_fill_the_memory(sound, check) -> None:
    """100 images with random bytes in descriptors, folders and names."""
    chance = random.Random(6)
    first_file = sound.index("血血".encode())
    places = [at for at in range(PVD * SECTOR, first_file) if sound[at]]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = 0
    for _turn in range(100):
        data = bytearray(sound)
        for _change in range(chance.choice([1, 3, 30])):
            data[chance.choice(places)] = chance.choice([0, 1, 34, 255, 128])
        told += bool(check(bytes(data)))

    assert told > 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10
