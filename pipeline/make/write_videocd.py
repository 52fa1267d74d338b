"""The step that writes a Video CD image: BIN and CUE, whole or absent, hashed on the way."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from io import FileIO
from pathlib import Path
from typing import Final

from catalog.durable import whole, write_whole
from catalog.problem import Failure
from catalog.words import _
from pipeline.videocd.bounds import RAW
from pipeline.videocd.image import KEPT, image
from pipeline.videocd.layout import Disc, cue_sheet, lay_out
from pipeline.videocd.sectors import Block
from pipeline.workroom import MadeFile

_SENT_AT_ONCE: Final = 7000  # sectors; 16 MiB


@dataclass(frozen=True, slots=True)
class Written:
    """The image and its CUE sheet with their digests; `sectors` counts the image, `packs` has
    the sectors of each track's stream.
    """

    files: tuple[MadeFile, ...]
    sectors: int
    packs: tuple[int, ...]


def write_videocd(disc: Disc, folder: Path, name: str, progress: Callable[[int], None]) -> Written:
    """Write `name`.bin and `name`.cue into a folder that is there; both are on the disk when
    this returns. `progress` is told the sectors written so far, after each block.

    Failure where a stream is unfit or the disk fails; no half-made file is left then, nor after
    anything that `progress` raises.
    """
    layout = lay_out(disc)
    place, digest = folder / f"{name}.bin", hashlib.sha256()
    sheet = cue_sheet(layout, place.name).encode()
    with _disk_errors(folder, layout.bytes + len(sheet)), whole(place) as file:
        _write(file, image(layout), digest, progress)
    with _disk_errors(folder, len(sheet)):
        # The sheet comes last: a folder that has it has the image too.
        write_whole(place.with_suffix(".cue"), sheet)
    return Written(
        files=(
            MadeFile(place.name, layout.bytes, digest.hexdigest()),
            MadeFile(f"{name}.cue", len(sheet), hashlib.sha256(sheet).hexdigest()),
        ),
        sectors=layout.sectors,
        packs=tuple(track.stream.packs for track in layout.tracks),
    )


def _write(
    file: FileIO, blocks: Iterator[Block], digest: hashlib._Hash, progress: Callable[[int], None]
) -> None:
    """Write and hash block after block; hashing runs beside, at most `KEPT` blocks behind,
    because a block is used again after that.
    """
    sectors = sent = 0
    hashing: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1) as hasher:
        for block in blocks:
            hashing.append(hasher.submit(digest.update, block.data))
            rest = block.data.cast("B")
            while rest:
                rest = rest[file.write(rest) :]
            sectors += len(block)
            progress(sectors)
            if sectors - sent >= _SENT_AT_ONCE:
                _send(file, sent, sectors)
                sent = sectors
            while len(hashing) > KEPT:
                hashing.popleft().result()
    for left in hashing:
        left.result()


def _send(file: FileIO, first: int, after: int) -> None:
    """Let the disk begin with these sectors while the next are made; it would wait for the fsync
    otherwise. They also leave the page cache, so that a check reads them from the disk.
    """
    if hasattr(os, "posix_fadvise"):
        span = first * RAW, (after - first) * RAW
        os.posix_fadvise(file.fileno(), *span, os.POSIX_FADV_DONTNEED)


@contextmanager
def _disk_errors(folder: Path, wanted: int) -> Iterator[None]:
    """Say of the disk's errors which disk it was, and of a full one how much it lacked; `wanted`
    are the bytes to be written. Errors of reading have been told as such before.
    """
    try:
        yield
    except OSError as error:
        if error.errno == ENOSPC:
            happened = _("the disk is full: {missing} bytes are missing").format(
                missing=max(1, wanted - _free(folder))
            )
            mend = _("make room on this disk, or choose another, and start again")
        else:
            happened = _("the disk refuses: {reason}").format(reason=error.strerror)
            mend = _("see whether the disk is there and may be written to, and start again")
        raise Failure(
            _("writing the disc image to {folder} (disk {disk})").format(
                folder=folder, disk=_disk(folder)
            ),
            happened,
            mend,
        ) from error


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _disk(folder: Path) -> Path:
    """Where the disk that holds a folder is mounted."""
    place = folder.absolute()
    while place != place.parent and not place.is_mount():
        place = place.parent
    return place
