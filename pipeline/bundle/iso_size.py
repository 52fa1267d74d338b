"""How many bytes a data disc holds and how many an image will have, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Final, Protocol

from pipeline.bundle.iso_names import IsoName, named
from recipes.targets import Size

SECTOR: Final = 2048
SUMS: Final = "SHA256SUMS"
"""The list of check sums at the root of every data disc; `sha256sum -c` reads it."""
TAIL: Final = 150
"""Empty sectors after the last file: burnt track at once, a CD's last sectors cannot be read, and
systems that read ahead stumble over that within the last file."""
MOST_BYTES: Final = (1 << 32) - 1
"""Of one file: beyond, it would need several extents, which many players read wrongly."""

CAPACITY: Final[Mapping[Size, int]] = {
    "cd74": 333_000 * SECTOR,
    # 80 minutes would be 360,000 sectors, but addresses begin 150 before the first of the data, and
    # the lead-out of the smallest usual blanks begins at 79:57:74.
    "cd80": 359_699 * SECTOR,
    # DVD+R, which is a little smaller than DVD-R (2,298,496); with two layers it is the other way
    # round (DVD+R DL: 4,173,824).
    "dvd5": 2_295_104 * SECTOR,
    "dvd9": 4_171_712 * SECTOR,
}


_FIXED: Final = (
    16 + 4 + 1
)  # sectors: empty ones, volume descriptors, and what Rock Ridge says of itself
_RECORD, _NAME, _ATTRIBUTES, _TIMES, _MORE = (
    33,
    5,
    36,
    26,
    28,
)  # bytes: a record, Rock Ridge's parts
_LONGEST_RECORD: Final = 254
_LARGEST_SPILT: Final = 128  # bytes of one file that may find no room at the end of a sector
_DOT: Final = _RECORD + 1
_ROOT: Final = 7 + _MORE + 1


def iso_writer() -> str:
    """What decides the bytes of an image besides its files, for `WriteIso.writer`; the number is
    raised whenever the writer gives other bytes for the same files.
    """
    return f"iso 1, pycdlib {version('pycdlib')}"


class Sized(Protocol):
    """A file as far as an image's size goes by it: an IsoFile, or a Piece of a bundle."""

    @property
    def path(self) -> str:
        """Its path on the disc, parted by `/`."""
        ...

    @property
    def bytes(self) -> int:
        """Its length, or the most it can be."""
        ...


def sums_bytes(names: Iterable[IsoName]) -> int:
    """The length of the list of check sums of these files."""
    return sum(64 + 2 + len(one.rock_ridge.encode()) + 1 for one in names)


def image_bytes(files: Sequence[Sized]) -> int:
    """The bytes that the image of these files has, its list of check sums and empty tail with it.

    A few sectors too many at most; raises ValueError where `iso_names.named` does.
    """
    paths = [one.path for one in files]
    listed = SUMS in paths
    names = named(paths if listed else [SUMS, *paths])
    sectors = sum(_ceil(one.bytes, SECTOR) for one in files)
    if not listed:
        sectors += _ceil(sums_bytes(names[1:]), SECTOR)
    bare, spilt = _bare(names)
    sectors += bare + _ceil(spilt, SECTOR - _LARGEST_SPILT) + _joliet(names)
    return (_FIXED + sectors + TAIL) * SECTOR


def _bare(names: Iterable[IsoName]) -> tuple[int, int]:
    """Sectors of folders and path tables with Rock Ridge, and bytes that have no room there."""
    folders: dict[str, dict[bytes, int]] = {"": {}}
    spilt = 0
    for name in names:
        for above, ident, last, rest in _parts(name.iso, name.rock_ridge):
            key = (ident + (";1" if last else "")).encode()
            if key not in folders.setdefault(above, {}):
                folders[above][key], more = _rock_ridge(len(key), len(rest.encode()))
                spilt += more
    dots = _DOT + _ATTRIBUTES + _TIMES
    tables = _tables(len(_last(folder)) for folder in folders)
    return tables + _packed(folders, dots, _ROOT), spilt


def _joliet(names: Iterable[IsoName]) -> int:
    folders: dict[str, dict[bytes, int]] = {"": {}}
    for name in names:
        for above, ident, _is_file, _rest in _parts(name.joliet, name.joliet):
            key = ident.encode("utf-16-be")
            folders.setdefault(above, {})[key] = _even(_RECORD + len(key))
    tables = _tables(len(_last(folder).encode("utf-16-be")) for folder in folders)
    return tables + _packed(folders, _DOT, 0)


def _parts(path: str, other: str) -> Iterator[tuple[str, str, bool, str]]:
    """Each name on the way to a file: folder, itself, whether it is the file, its other name."""
    parts, others = path.split("/"), other.split("/")
    for depth, (part, rest) in enumerate(zip(parts, others, strict=True), 1):
        yield "/".join(parts[: depth - 1]), part, depth == len(parts), rest


def _rock_ridge(ident: int, name: int) -> tuple[int, int]:
    """The length of a record, and the bytes that stand elsewhere because it would be too long."""
    length = _even(_RECORD + ident)
    if length + _NAME + name + _ATTRIBUTES + _TIMES <= _LONGEST_RECORD:
        return _even(length + _NAME + name + _ATTRIBUTES + _TIMES), 0
    length += _MORE
    here = min(name, _LONGEST_RECORD - length - _NAME)
    spilt = _NAME + name - here if here < name else 0
    length += _NAME + here
    for part in (_ATTRIBUTES, _TIMES):
        fits = length + part <= _LONGEST_RECORD
        length, spilt = (length + part, spilt) if fits else (length, spilt + part)
    return _even(length), spilt


def _packed(folders: Mapping[str, Mapping[bytes, int]], dots: int, root: int) -> int:
    """Sectors of folders: no record goes over the end of one. `root` are bytes that only the root's
    own record has.
    """
    total = 0
    for folder, records in folders.items():
        sectors, used = 1, 2 * dots + (0 if folder else root)
        for _ident, length in sorted(records.items()):
            if used + length > SECTOR:
                sectors, used = sectors + 1, 0
            used += length
        total += sectors
    return total


def _tables(idents: Iterable[int]) -> int:
    """Sectors of both path tables of a name space; pycdlib takes them two by two."""
    total = sum(8 + _even(max(ident, 1)) for ident in idents)
    return 2 * 2 * _ceil(_ceil(total, SECTOR), 2)


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]


def _even(length: int) -> int:
    return length + length % 2


def _ceil(total: int, part: int) -> int:
    return -(-total // part)
