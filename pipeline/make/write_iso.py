"""The step that writes a data disc's image: whole or absent, each file proved on the way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from catalog.durable import whole
from catalog.problem import Failure
from catalog.words import _
from pipeline import tools
from pipeline.bundle.iso_names import IsoName, named
from pipeline.bundle.iso_size import MOST_BYTES, SECTOR, SUMS, sums_bytes
from pipeline.make.belt import Belt
from pipeline.make.iso_library import Layout, lay_out
from pipeline.manifest import Item, write_sums
from pipeline.plan.steps import FromSource, Input, IsoFile, WriteIso
from pipeline.workroom import MadeFile

_LARGE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Part:
    """One file on its way: `path` is where its bytes lie, None where `file` has them as text."""

    file: IsoFile
    name: IsoName
    path: Path | None
    bytes: int


def write_iso(
    step: WriteIso,
    place: Callable[[Input], Path],
    out: Path,
    stop: tools.Stop,
    progress: Callable[[int], None],
) -> tuple[MadeFile, ...]:
    """Write `NAME.iso` into the folder `out`; it is on the disk when this returns. The files come
    in the order of the step; where SHA256SUMS is not among them it comes last, made of what was
    read. `progress` is told the bytes written so far.

    Failure, naming the file, where one is missing, too long, or not the one that was planned;
    Stopped where the run was told to stop. No half-made image is left then. OSError where the disk
    fails.
    """
    listed = any(file.path == SUMS for file in step.files)
    names = named([*([] if listed else [SUMS]), *(file.path for file in step.files)])
    own = names[len(names) - len(step.files) :]
    parts = [_part(*one, place) for one in zip(step.files, own, strict=True)]
    layout = _layout(step, parts, None if listed else names[0])
    path = out / f"{step.name}.iso"
    with whole(path) as file, Belt(file, partial(_told, stop, progress)) as belt:
        belt.put(layout.head)
        starts = layout.starts[: len(parts)]
        digests = [_write(*one, belt) for one in zip(parts, starts, strict=True)]
        if not listed:
            items = zip((name.rock_ridge for name in own), digests, strict=True)
            belt.put(write_sums(Item(name, -1, digest) for name, digest in items).encode())
            belt.pad(SECTOR)
        belt.put(bytes(layout.sectors * SECTOR - belt.at))
        digest = belt.finish()
    return (MadeFile(path.name, belt.written, digest),)


def _told(stop: tools.Stop, progress: Callable[[int], None], done: int) -> None:
    if stop.asked:
        raise tools.Stopped
    progress(done)


def _part(file: IsoFile, name: IsoName, place: Callable[[Input], Path]) -> _Part:
    path = place(file.origin) if file.origin else None
    try:
        size = path.stat().st_size if path else len(file.text.encode())
    except OSError as error:
        raise _unreadable(file, error) from error
    if size > MOST_BYTES:
        raise Failure(
            _doing(file),
            _("the file has {bytes} bytes; a data disc takes less than 4 GiB").format(bytes=size),
            _("leave it off the disc, or send it on a drive that is not FAT32"),
        )
    # What was made after the plan is as long as it became; the plan knows the most it can be.
    if size > file.bytes or (file.sha256 and size != file.bytes):
        raise Failure(
            _doing(file),
            _("the file has {found} bytes, the plan counted with {known}").format(
                found=size, known=file.bytes
            ),
            _("make the plan again"),
        )
    return _Part(file, name, path, size)


def _layout(step: WriteIso, parts: Sequence[_Part], sums: IsoName | None) -> Layout:
    """Where everything lies; the list of check sums behind all others, where we make it."""
    files = [(part.name, part.bytes) for part in parts]
    if sums:
        files.append((sums, sums_bytes(part.name for part in parts)))
    layout = lay_out(step.volume_id, files)
    if layout.sectors * SECTOR > step.bytes:
        raise Failure(
            _("writing the data disc {name}").format(name=step.name),
            _("it would have {found} bytes, the plan counted with {known}").format(
                found=layout.sectors * SECTOR, known=step.bytes
            ),
            _("make the plan again"),
        )
    return layout


def _write(part: _Part, start: int, belt: Belt) -> str:
    """Write one file: its SHA-256, which is the planned one."""
    if belt.at != start * SECTOR:
        raise RuntimeError("the files of an image do not follow each other")
    digest = hashlib.sha256()
    if part.path is None:
        data = part.file.text.encode()
        digest.update(data)
        belt.put(data)
    else:
        _take(part, part.path, belt, digest)
    belt.pad(SECTOR)
    if part.file.sha256 not in ("", digest.hexdigest()):
        raise _altered(part.file)
    return digest.hexdigest()


def _take(part: _Part, path: Path, belt: Belt, digest: hashlib._Hash) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise _unreadable(part.file, error) from error
    try:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        count = belt.take(partial(_fill, part.file, descriptor), part.bytes, digest)
        if count != part.bytes or os.fstat(descriptor).st_size != part.bytes:
            raise _altered(part.file)
        if part.bytes > _LARGE and hasattr(os, "posix_fadvise"):
            # Read once only: left in memory, it would have to be driven out for what comes.
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _fill(file: IsoFile, descriptor: int, room: memoryview) -> int:
    try:
        return os.readv(descriptor, [room])
    except OSError as error:
        raise _unreadable(file, error) from error


def _doing(file: IsoFile) -> str:
    return _("putting {file} on the data disc").format(file=file.path)


def _unreadable(file: IsoFile, error: OSError) -> Failure:
    return Failure(
        _doing(file),
        _("the file cannot be read: {reason}").format(reason=error.strerror or error),
        _("see whether it is still there and can be read, then start again"),
    )


def _altered(file: IsoFile) -> Failure:
    happened = _("its contents are not those that were planned")
    if isinstance(file.origin, FromSource):
        mend = _("it was changed after it was added: delete it here, then add it again")
    else:
        mend = _("delete what lies in the workroom, then start again: it is made anew")
    return Failure(_doing(file), happened, mend)
