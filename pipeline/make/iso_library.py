"""The one place that knows pycdlib's insides: it lays out a data disc, we write its files.

pycdlib 1.22 does four things that a disc of ours cannot have; each is put right here, and told at
once where another pycdlib would no longer let it be (`test_write_iso_library.py`):

- It stamps the clock, in the time zone of the machine, into every record. It reads a clock that
  stands still instead. Also with one time everywhere its images differed from run to run: the
  permissions of the source files stand in Rock Ridge, and UDF takes random numbers for its
  volume's name. Here permissions are the same for all, and there is no UDF.
- It allows a Joliet name 64 bytes of UTF-8; the format allows 64 units of UTF-16.
- It looks through all continuation areas of Rock Ridge, and moves all later records of a folder,
  for each file that is added. Names come in their order here, and only the last area is looked at.
- It reads files in the order they were added and seeks in the image, so that nothing can be hashed
  on the way. We take its directories only, and put the files behind them in the order of the disc.

There is no UDF: pycdlib writes revision 2.60 only, which Windows XP (2.01 at most) and older boxes
cannot read, while everything since Windows 95 reads Joliet.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

import pycdlib
import pycdlib.dates
import pycdlib.headervd
import pycdlib.pycdlib
import pycdlib.utils
from pycdlib.pycdlibexception import PyCdlibException

from catalog.problem import Failure
from catalog.words import _
from pipeline.bundle.iso_names import JOLIET_UNITS, IsoName
from pipeline.bundle.iso_size import SECTOR, TAIL

EPOCH: Final = 946684800  # 2000-01-01 00:00:00 UTC: no clock in an image
VERSION: Final = ";1"
_MORNING: Final = time.gmtime(EPOCH)
_DATE: Final = b"2000010100000000\0"
_DATES: Final = slice(813, 813 + 2 * 17)  # in a volume descriptor: created, changed
_FILE, _FOLDER = 0o100444, 0o040555
_VOLUME: Final = 32  # characters of the volume's name; half as many in Joliet
_APPLICATION: Final = "XIAXIANG"


@dataclass(frozen=True, slots=True)
class Layout:
    """An image without its files: `head` is all that comes before the first of them, `starts` the
    sector where each begins, in the order they were given, `sectors` the length of the image.
    """

    head: bytes
    starts: tuple[int, ...]
    sectors: int


class _StillClock:
    """Stands for the module `time` inside pycdlib, on the first morning of 2000, without zones."""

    struct_time, strptime, strftime = time.struct_time, time.strptime, time.strftime
    gmtime = localtime = staticmethod(lambda _seconds: _MORNING)

    @staticmethod
    def time() -> float:
        return float(EPOCH)


def _stop_clock() -> None:
    """For this process, for good: pycdlib asks the time for new images only, and all are ours."""
    for module in (pycdlib.pycdlib, pycdlib.headervd, pycdlib.dates, pycdlib.utils):
        if vars(module).get("time") is not time:
            raise RuntimeError(f"{module.__name__} asks another clock; see iso_library.py")
        vars(module)["time"] = _StillClock()


_stop_clock()


class _Disc(pycdlib.PyCdlib):
    """pycdlib with Joliet names as long as the format allows, and files where we want them."""

    def __init__(self) -> None:
        super().__init__()
        self.full: list[Any] = []  # continuation areas that have no room left

    def _joliet_name_and_parent_from_path(self, joliet_path: bytes) -> tuple[bytes, Any]:
        above, _slash, last = joliet_path.rpartition(b"/")
        name: bytes = last.decode().encode("utf-16-be")
        if len(name) > 2 * JOLIET_UNITS:
            raise PyCdlibException(f"Joliet names have {JOLIET_UNITS} units at most")
        return name, self._find_joliet_record(above or b"/")

    @property
    def descriptors(self) -> tuple[Any, Any]:
        """Those of the bare name space and of Joliet."""
        return self.pvd, self.joliet_vd

    def put_files_in_order(self, inodes: Sequence[Any]) -> tuple[int, ...]:
        """Give files their sectors in this order: where each begins. The image ends behind them."""
        self.pvd.rr_ce_blocks[:0] = self.full
        self.force_consistency()
        with_bytes = [inode for inode in inodes if inode.get_data_length()]
        sector = min((i.extent_location() for i in with_bytes), default=self.pvd.space_size)
        starts = []
        for inode in inodes:
            starts.append(sector)
            if inode.get_data_length():
                sector = self._set_inode(inode, sector, 0)
        if sector != self.pvd.space_size or len(inodes) != len(self.inodes):
            raise RuntimeError("pycdlib counts the sectors of an image otherwise")
        for descriptor in self.descriptors:
            descriptor.add_to_space_size(TAIL * SECTOR)
        return tuple(starts)


if "_joliet_name_and_parent_from_path" not in vars(pycdlib.PyCdlib):
    raise RuntimeError("pycdlib takes Joliet names apart elsewhere; see iso_library.py")


class _Head(io.RawIOBase):
    """A file that keeps what is written before a place, and forgets the one byte at the end that
    gives an image its length.
    """

    mode = "wb"

    def __init__(self, length: int) -> None:
        super().__init__()
        self.data, self.at = bytearray(length), 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + (len(self.data) if whence == io.SEEK_END else 0)
        return self.at

    def tell(self) -> int:
        return self.at

    def write(self, data: Any) -> int:
        if self.at + len(data) > len(self.data):
            if bytes(data) != b"\0":
                raise RuntimeError("pycdlib writes directories behind the files")
        else:
            self.data[self.at : self.at + len(data)] = data
        self.at += len(data)
        return len(data)


def lay_out(volume: str, files: Sequence[tuple[IsoName, int]]) -> Layout:
    """Lay out a disc of files, each with its bytes, in this order. `volume` is its name, Chinese or
    not: Joliet shows 16 characters of it. Raises Failure, naming the file, for what does not go.
    """
    disc = _Disc()
    disc.new(
        interchange_level=3,
        vol_ident=plain_volume(volume),
        app_ident_str=_APPLICATION,
        joliet=3,
        rock_ridge="1.10",  # as 1.09 for all who read it, without its record that nobody reads
    )
    try:
        _name_volume(disc, volume)
        _add_folders(disc, [name for name, _size in files])
        inodes = _add_files(disc, files)
        starts = disc.put_files_in_order(inodes)
        return Layout(_head(disc, starts[0]), starts, disc.pvd.space_size)
    finally:
        disc.close()


def plain_volume(volume: str) -> str:
    """The volume's name in the letters of bare ISO 9660."""
    text = volume.upper().replace("-", "_").replace(" ", "_")
    kept = "".join(c for c in text if c.isascii() and (c.isalnum() or c == "_"))
    name = kept if kept == text else f"{_APPLICATION}_{kept.strip('_')}".rstrip("_")
    return name[:_VOLUME]


def _name_volume(disc: _Disc, volume: str) -> None:
    text = volume.encode("utf-16-be")[:_VOLUME].decode("utf-16-be", "ignore")
    disc.descriptors[1].volume_identifier = text.ljust(_VOLUME // 2).encode("utf-16-be")[:_VOLUME]


def _add_folders(disc: _Disc, names: Sequence[IsoName]) -> None:
    folders = {above for name in names for above in _above(name)}
    for iso, joliet, rock_ridge in sorted(folders, key=lambda each: each[0].split("/")):
        with_name = rock_ridge.rpartition("/")[2]
        disc.add_directory(f"/{iso}", with_name, f"/{joliet}", file_mode=_FOLDER)
        _settle(disc)


def _above(name: IsoName) -> Iterator[tuple[str, str, str]]:
    """Every folder that a file lies in, in the three name spaces."""
    spaces = [path.split("/") for path in (name.iso, name.joliet, name.rock_ridge)]
    for depth in range(1, len(spaces[0])):
        iso, joliet, rock_ridge = ("/".join(parts[:depth]) for parts in spaces)
        yield iso, joliet, rock_ridge


def _add_files(disc: _Disc, files: Sequence[tuple[IsoName, int]]) -> list[Any]:
    """Add files in the order of their records, so that no record moves."""
    nothing = io.BytesIO()
    found: dict[str, Any] = {}
    for name, size in sorted(files, key=lambda each: _record_order(each[0].iso, "ascii")):
        with _told(name):
            last = name.rock_ridge.rpartition("/")[2]
            place = f"/{name.iso}{VERSION}"
            disc.add_fp(nothing, size, place, last, file_mode=_FILE)
            found[name.iso] = disc.inodes[-1]
        _settle(disc)
    for name, _size in sorted(files, key=lambda each: _record_order(each[0].joliet, "utf-16-be")):
        with _told(name):
            old = f"/{name.iso}{VERSION}"
            disc.add_hard_link(iso_old_path=old, joliet_new_path=f"/{name.joliet}")
    return [found[name.iso] for name, _size in files]


def _record_order(path: str, encoding: str) -> tuple[str, bytes]:
    above, _slash, last = path.rpartition("/")
    return above, last.encode(encoding)


def _settle(disc: _Disc) -> None:
    """Full continuation areas are looked at no more; they come back before the disc is laid out."""
    blocks = disc.pvd.rr_ce_blocks
    if len(blocks) > 1:
        disc.full += blocks[:-1]
        del blocks[:-1]


def _head(disc: _Disc, sectors: int) -> bytes:
    """What pycdlib writes before the first file."""
    disc.inodes = []  # it has nothing else to write then
    head = _Head(sectors * SECTOR)
    disc.write_fp(cast(BinaryIO, head))
    for descriptor in disc.descriptors:
        at = descriptor.extent_location() * SECTOR
        if head.data[at : at + SECTOR][_DATES] != 2 * _DATE:
            raise RuntimeError("pycdlib found another clock; see iso_library.py")
    return bytes(head.data)


@contextmanager
def _told(name: IsoName) -> Iterator[None]:
    """Name the file where pycdlib refuses one; it does not."""
    try:
        yield
    except PyCdlibException as error:
        raise Failure(
            _("laying out the data disc: {file}").format(file=name.path),
            str(error),
            _("give this programme another title, or leave it out"),
        ) from error
