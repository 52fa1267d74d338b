"""Read a finished Video CD image back as a player would, and have pycdlib read its directory too.

The door of pycdlib for reading. Whatever is wrong with what is read becomes a finding; only a path
that is not there and a medium that cannot be read stop the check (`Failure`).
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, cast

import pycdlib

from catalog.words import _
from pipeline.make.check_reading import Progress, Reader, forget_cached, opened
from pipeline.videocd.bounds import COOKED, RAW
from pipeline.videocd.check.cue import LONGEST as LONGEST_CUE
from pipeline.videocd.check.cue import Cue, read_cue
from pipeline.videocd.check.disc import Checked, check, survey_limits
from pipeline.videocd.check.report import Finding, Report, in_file, worst_first
from pipeline.videocd.check.survey import LONGEST, Survey, survey
from pipeline.videocd.check.volume import PVD, read_volume

_MOST_AT_ONCE = 1 << 20  # bytes; directories and path tables are a few KiB
_MOST_TOLD = 20


def check_image(path: Path, progress: Progress) -> Report:
    """Read a Video CD image (its BIN, or its CUE) and recompute everything in it.

    A `Failure` is raised only where the path is no readable file.
    """
    image, cue, found = _image_and_cue(path)
    if image is None:
        return Report(path.name, worst_first(in_file(path.name, found)))
    with opened(image) as (descriptor, size):
        sectors = size // RAW
        began = time.monotonic()
        past_cache = forget_cached(descriptor)
        digest = hashlib.sha256()
        with Reader(image, descriptor, digest, progress) as reader:
            surveyed = survey(reader.blocks(), sectors)
        seconds = time.monotonic() - began
    checked = check(surveyed, image.name, cue)
    found += [*_length(size, reader.read), *checked.findings, *survey_limits(sectors)]
    found += second_reading(surveyed, checked)
    return Report(
        image.name,
        worst_first(in_file(image.name, found)),
        size,
        digest.hexdigest() if reader.read == size else "",
        surveyed.sectors,
        checked.tracks,
        checked.minutes,
        seconds,
        checked.volume_id,
        past_cache,
    )


def _image_and_cue(path: Path) -> tuple[Path | None, Cue | None, list[Finding]]:
    """Which BIN and CUE belong together; either may be given, by their like names."""
    if path.suffix.lower() != ".cue":
        for sheet in (path.with_suffix(".cue"), path.with_suffix(".CUE")):
            if sheet.is_file():
                return path, read_cue(_text(sheet)), []
        wrong = _("there is no CUE of the same name: tracks and gaps are known less surely")
        return path, None, [Finding("note", "cue.missing", wrong)]
    cue = read_cue(_text(path))
    named = cue.file.rpartition("/")[2].rpartition("\\")[2]
    for name in (named, path.stem + ".bin", path.stem + ".BIN"):
        if name not in ("", ".", "..") and (path.parent / name).is_file():
            return path.parent / name, cue, []
    wrong = _("the image that the CUE names is not beside it")
    return None, cue, [Finding("error", "image.missing", wrong, found=named)]


def _text(sheet: Path) -> str:
    with opened(sheet) as (descriptor, _size):
        return os.read(descriptor, LONGEST_CUE).decode("utf-8", "replace")


def _length(size: int, read: int) -> list[Finding]:
    found = []
    if size % RAW:
        wrong = _("the image is cut off in the middle of a sector")
        found.append(Finding("error", "image.cut", wrong, size // RAW, found=str(size)))
    if read < min(size, LONGEST * RAW):
        wrong = _("the image became shorter while it was read")
        found.append(Finding("error", "image.cut", wrong, read // RAW, found=str(read)))
    return found


class CookedTrack(io.RawIOBase):
    """The user data of an image as a file: the form 1 sectors that were kept, zeros elsewhere.

    It is as long as the whole disc, because pycdlib shortens files that reach beyond the end.
    """

    mode = "rb"

    def __init__(self, cooked: Mapping[int, bytes], sectors: int) -> None:
        super().__init__()
        self.cooked, self.length, self.at = cooked, sectors * COOKED, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = max(0, offset + {0: 0, 1: self.at, 2: self.length}[whence])
        return self.at

    def read(self, size: int | None = -1) -> bytes:
        """At most 1 MiB at once: more is asked for only by a broken field."""
        rest = max(self.length - self.at, 0)
        size = rest if size is None or size < 0 else min(size, rest)
        if size > _MOST_AT_ONCE:
            raise ValueError(_("a length of {bytes} bytes is impossible here").format(bytes=size))
        first, last = self.at // COOKED, -(-(self.at + size) // COOKED)
        data = b"".join(self.cooked.get(lsn, bytes(COOKED)) for lsn in range(first, last))
        skip = self.at - first * COOKED
        self.at += size
        return data[skip : skip + size]


def second_reading(surveyed: Survey, checked: Checked) -> list[Finding]:
    """Where pycdlib's reading of the directory differs from ours.

    A tree that we could not walk to its end is not given to it: it knows no limits.
    """
    volume = read_volume(surveyed.cooked)
    if volume is None or not checked.tree.complete or volume.table_bytes > _MOST_AT_ONCE:
        return []
    own = {e.path: (e.extent, e.size) for e in checked.tree.entries if e.path}
    try:
        other = _entries(CookedTrack(surveyed.cooked, surveyed.sectors))
    except Exception as error:  # pycdlib lets struct.error, IndexError and others through
        wrong = _("pycdlib, another reader of such discs, refuses the directory")
        said = f"{type(error).__name__}: {error}"[:200]
        return [Finding("error", "iso.refused", wrong, PVD, found=said)]
    found = []
    for path in sorted(own.keys() | other.keys()):
        if own.get(path) != other.get(path):
            wrong = _("another reader (pycdlib) sees {path} elsewhere or not at all")
            both = (str(own.get(path, "-")), str(other.get(path, "-")))
            wrong = wrong.format(path=path)
            found.append(Finding("error", "iso.differs", wrong, PVD, 0, "", *both))
    return found[:_MOST_TOLD]


def _entries(track: CookedTrack) -> dict[str, tuple[int, int]]:
    """Path without version -> (extent, bytes) of every file and folder, by pycdlib."""
    found: dict[str, tuple[int, int]] = {}
    iso = pycdlib.PyCdlib()
    iso.open_fp(cast(BinaryIO, track))
    try:
        folders = [("/", "")]
        while folders:
            folder, prefix = folders.pop()
            for child in iso.list_children(iso_path=folder):
                if child is None or child.is_dot() or child.is_dotdot():
                    continue
                name = child.file_identifier().decode("latin-1")
                path = (prefix + name).removesuffix(";1")
                found[path] = (child.extent_location(), child.get_data_length())
                if child.is_dir():
                    folders.append((f"/{prefix}{name}", f"{prefix}{name}/"))
    finally:
        iso.close()
    return found
