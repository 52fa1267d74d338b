"""What we had to put right in pycdlib, held against the pycdlib that is installed."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys

import pycdlib
import pytest
from pycdlib.pycdlibexception import PyCdlibException

from pipeline.bundle.iso_names import named
from pipeline.bundle.iso_size import SECTOR, TAIL
from pipeline.make.iso_library import _Disc, lay_out, plain_volume

PATHS = ["戏曲/三滴血.mp4", "戏曲/" + "长" * 60 + ".mp4", "卫生/洗手.mp4", "说明.txt"]


def contents(number: int) -> bytes:
    return bytes([65 + number]) * (2048 * number + 100)


def test_lays_files_out_in_the_order_they_are_given() -> None:
    """One behind the other, each at the beginning of a sector, after the directories."""
    names = named(PATHS)
    laid = lay_out("X", [(name, len(contents(n))) for n, name in enumerate(names)])
    lengths = [-(-len(contents(n)) // SECTOR) for n in range(len(names))]

    assert laid.starts[0] == len(laid.head) // SECTOR
    assert [b - a for a, b in zip(laid.starts, laid.starts[1:], strict=False)] == lengths[:-1]
    assert laid.sectors == laid.starts[-1] + lengths[-1] + TAIL


def test_reads_back_through_pycdlib_itself() -> None:
    """Each file, by its name in each name space."""
    names = named(PATHS)
    laid = lay_out("三下乡", [(name, len(contents(n))) for n, name in enumerate(names)])
    image = bytearray(laid.sectors * SECTOR)
    image[: len(laid.head)] = laid.head
    for number, start in enumerate(laid.starts):
        data = contents(number)
        image[start * SECTOR : start * SECTOR + len(data)] = data
    iso = pycdlib.PyCdlib()
    iso.open_fp(io.BytesIO(bytes(image)))
    for number, name in enumerate(names):
        ways = {
            "iso_path": f"/{name.iso};1",
            "joliet_path": f"/{name.joliet}",
            "rr_path": f"/{name.rock_ridge}",
        }
        for way, path in ways.items():
            found = io.BytesIO()
            iso.get_file_from_iso_fp(found, **{way: path})

            assert hashlib.sha256(found.getvalue()).digest() == (
                hashlib.sha256(contents(number)).digest()
            )
    assert not iso.has_udf()
    iso.close()


def test_our_files_behind_its_directories_are_the_image_that_pycdlib_writes() -> None:
    """Byte for byte, where pycdlib gets the same files with the same names in the same order."""
    paths = ["A.MP4", "B.MP4", "C.MP4"]  # the order of pycdlib itself
    names = named(paths)
    laid = lay_out("X", [(name, len(contents(n))) for n, name in enumerate(names)])
    ours = bytearray(laid.sectors * SECTOR)
    ours[: len(laid.head)] = laid.head
    iso = pycdlib.PyCdlib()
    iso.new(3, vol_ident="X", app_ident_str="XIAXIANG", joliet=3, rock_ridge="1.10")
    for number, (name, start) in enumerate(zip(names, laid.starts, strict=True)):
        data = contents(number)
        ours[start * SECTOR : start * SECTOR + len(data)] = data
        iso.add_fp(
            io.BytesIO(data),
            len(data),
            f"/{name.iso};1",
            name.rock_ridge,
            f"/{name.joliet}",
            file_mode=0o100444,
        )
    for descriptor in (iso.pvd, iso.joliet_vd):
        descriptor.add_to_space_size(TAIL * SECTOR)
    theirs = io.BytesIO()
    iso.write_fp(theirs)
    iso.close()

    assert bytes(ours) == theirs.getvalue()


def test_pycdlib_alone_still_refuses_22_chinese_characters() -> None:
    """If it no longer does, our correction can go."""
    iso = pycdlib.PyCdlib()
    iso.new(3, joliet=3)

    with pytest.raises(PyCdlibException, match="64"):
        iso.add_fp(io.BytesIO(), 0, "/A.;1", joliet_path="/" + "长" * 22)


def test_ours_takes_64_characters_and_not_one_more() -> None:
    """The format allows no more."""
    iso = _Disc()
    iso.new(3, joliet=3)
    iso.add_fp(io.BytesIO(), 0, "/A.;1", joliet_path="/" + "长" * 64)

    with pytest.raises(PyCdlibException, match="64"):
        iso.add_fp(io.BytesIO(), 0, "/B.;1", joliet_path="/" + "短" * 65)


CAUSE = """
import io, random, sys, time
import pycdlib
from pycdlib import udf
time.time = lambda: 1e9

def image(**extensions):
    iso = pycdlib.PyCdlib()
    iso.new(3, **extensions)
    made = io.BytesIO()
    iso.write_fp(made)
    return made.getvalue()

bridge = dict(joliet=3, rock_ridge="1.09", udf="2.60")
plain = dict(joliet=3, rock_ridge="1.09")
told = [image(**plain) == image(**plain), image(**bridge) == image(**bridge)]
random.getrandbits = lambda bits: 0
print(*told, image(**bridge) == image(**bridge))
"""


def test_with_its_clock_stopped_chance_is_left_in_udf_alone() -> None:
    """Why images differed from run to run with one time everywhere; ours have no UDF."""
    command = [sys.executable, "-c", CAUSE]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert told.stdout.split() == ["True", "False", "True"]


def test_a_clock_elsewhere_in_pycdlib_is_told_at_once() -> None:
    """An image with today's date would be taken for another disc."""
    code = "import pycdlib.headervd as h; h.time = None; import pipeline.make.iso_library"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert "pycdlib.headervd asks another clock" in told.stderr


@pytest.mark.parametrize(
    ("volume", "plain"),
    [
        ("XX-2026 01", "XX_2026_01"),
        ("三下乡", "XIAXIANG"),
        ("三下乡 2", "XIAXIANG_2"),
        ("A" * 40, "A" * 32),
    ],
)
def test_a_chinese_volume_has_a_plain_name_beside_it(volume: str, plain: str) -> None:
    """Joliet shows the Chinese one."""
    assert plain_volume(volume) == plain


def test_many_files_with_long_names_in_one_folder_are_laid_out_in_proportion() -> None:
    """What pycdlib does for one file no longer grows with the files before: calls are counted."""
    counts = []
    for many in (300, 600):
        names = named([f"{'长' * 50}{number}.mp4" for number in range(many)])
        calls = [0]

        def count(_frame, event, _argument, calls=calls):
            calls[0] += event == "call"

        sys.setprofile(count)
        lay_out("X", [(name, 1) for name in names])
        sys.setprofile(None)
        counts.append(calls[0])

    assert counts[1] < 2.3 * counts[0]
