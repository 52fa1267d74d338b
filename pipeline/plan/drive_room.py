"""How much room files take on a drive, and how much of it is not for programmes; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

FAT32_MOST = (4 << 30) - 1  # bytes of one file
GIGABYTE = 10**9

# What a file takes beside its bytes: its lines in two manifests, old and new side by side, its
# names in folders, what the page says of it. Of a programme: its folder and its card on the page.
_PER_FILE = 2_048
_PER_PROGRAMME = 16_384
_TAG_FILES = 2 << 20  # the page itself, records of editions, the journal of a refresh, feedback
_MARGIN = 16 << 20
_CLUSTERS = 64  # small files of ours, each of which takes one
_NUMBER = re.compile(r" \(\d{1,6}\)$")

# Clusters as these systems are made by default on portable drives.
_CLUSTER = {"fat": 32 << 10, "exfat": 128 << 10, "ntfs": 4 << 10, "ext": 4 << 10}


def rounded(size: int, cluster: int) -> int:
    """The room that a file of so many bytes takes."""
    return -(-max(size, 0) // cluster) * cluster


def room_of(sizes: Iterable[int], cluster: int) -> int:
    """The room that files of these bytes take together."""
    return sum(rounded(size, cluster) for size in sizes)


def reserve(capacity: int, files: int, programmes: int, cluster: int) -> int:
    """Bytes that must stay free beside the programmes: tag files of two editions, folders, and a
    little more, since nobody counts the blocks of a file system exactly.
    """
    margin = min(_MARGIN, capacity // 100)
    return _TAG_FILES + margin + beside(files, programmes, cluster) + _CLUSTERS * cluster


def beside(files: int, programmes: int, cluster: int) -> int:
    """What programmes of so many files take beside the bytes of these files."""
    return files * _PER_FILE + programmes * max(_PER_PROGRAMME, cluster)


def is_fat(file_system: str) -> bool:
    """Whether files of 4 GiB and more cannot lie on it: FAT in any spelling, exFAT apart."""
    return bool(re.match(r"v?fat|msdos", file_system.casefold()))


def fat32(file_system: str, size: int) -> bool:
    """Whether a file is too large for this file system."""
    return is_fat(file_system) and size > FAT32_MOST


def usual_cluster(file_system: str) -> int:
    """What files are rounded up to on a drive that is not plugged in; the largest where nothing is
    known.
    """
    plain = file_system.casefold().removeprefix("v").replace("fuse.", "")
    known = (size for name, size in _CLUSTER.items() if plain.startswith(name))
    return next(known, max(_CLUSTER.values()))


def unit_of(path: str) -> str:
    """What the files of one programme share: folder and title, without ending and number.
    `data/戏曲/三滴血 (2).zh.vtt` and `data/戏曲/三滴血/第1集.mp4` are both of `data/戏曲/三滴血`.
    """
    parts = PurePosixPath(path).parts
    if len(parts) > 3:
        return _NUMBER.sub("", "/".join(parts[:3]))
    name = parts[-1] if parts else ""
    stem = re.sub(r"(\.[a-z-]{2,8})?\.[A-Za-z0-9]{1,8}$", "", name)
    return _NUMBER.sub("", "/".join((*parts[:-1], stem)))
