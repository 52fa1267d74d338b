"""A file's place in the library: its name there, and how it is copied, whole or not at all.

Nothing that came in is ever moved, renamed or written beside: it is copied.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import unicodedata
from pathlib import Path

from catalog.durable import sync
from catalog.problem import Failure
from catalog.programme import Source
from catalog.words import _
from pipeline import probe, tools

State = tuple[int, int, int]

_numbers = itertools.count()
_NAME_BYTES = 180  # leaves room for the digest, and for file systems with shorter names


def library_name(name: str, sha256: str) -> str:
    """A name for a file in the library: its own, made safe and readable, and its digest's start."""
    text = unicodedata.normalize("NFC", readable(name))
    text = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", text)
    stem, dot, suffix = text.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", suffix):
        stem, suffix = text, ""
    stem = stem.encode()[:_NAME_BYTES].decode("utf-8", "ignore").strip(" .") or "_"
    return f"{stem}~{sha256[:8]}" + (f".{suffix.lower()}" if suffix else "")


def readable(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 are read as GB18030, which is what old Chinese
    systems wrote, or else shown as escapes.
    """
    try:
        return os.fsencode(name).decode("utf-8")
    except UnicodeDecodeError:
        try:
            return os.fsencode(name).decode("gb18030")
        except UnicodeDecodeError:
            return _text(name)


def take_in(path: Path, root: Path, *, copy: bool, stop: tools.Stop = tools.NEVER) -> Source:
    """Read a file and give it its place in the workspace `root`; the original stays untouched.

    Without `copy` the file is used where it lies. Raises Failure where it cannot be read, is no
    programme, changes while it is read, or the disk is full.
    """
    before = state(path)
    if not copy and _text(str(path)) != str(path):
        raise Failure(
            _text(str(path)),
            _("its name holds bytes that are no text"),
            _("rename it, or add it without --in-place"),
        )
    found = probe.probe(path, stop)
    place = (
        path.absolute() if not copy else root / "library" / library_name(path.name, found.sha256)
    )
    if copy and not (place.is_file() and place.stat().st_size == found.bytes):
        copy_whole(path, place, before)
    _unchanged(path, before)
    return probe.source(found, readable(path.name), shown_path(place, root))


def shown_path(place: Path, root: Path) -> str:
    """A path as the books keep it: relative to the workspace `root` where it lies inside."""
    whole = root.absolute()
    return _text(str(place.relative_to(whole) if place.is_relative_to(whole) else place))


def _text(name: str) -> str:
    """A name as text that any database takes: bytes that are none are shown as escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def state(path: Path) -> State:
    """What changes when a file changes: size, time, number on its disk. Raises Failure where it
    cannot be read.
    """
    try:
        stat = path.stat()
    except OSError as error:
        happened = _("it cannot be read: {reason}").format(reason=error.strerror)
        raise Failure(
            str(path), happened, _("look at its permissions, or copy it again")
        ) from error
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _unchanged(path: Path, before: State) -> None:
    if state(path) != before:
        raise Failure(
            str(path),
            _("the file changed while it was read"),
            _("wait until it is downloaded, then add it again"),
        )


def copy_whole(path: Path, place: Path, before: State) -> None:
    """Copy durably under another name first: whole or absent; `before` is the state of the file
    when it was read. Raises Failure where it changed since, or the disk refuses.

    The other name is this copy's own, for two may be taking in the same file; what they copy is
    the same, so it is all one who is first.
    """
    part = place.with_name(f".{place.name}.{os.getpid()}-{next(_numbers)}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, part)
        sync(part)
        _unchanged(path, before)
        part.rename(place)
        sync(place.parent)
    except OSError as error:
        raise Failure(
            _("copying {name} into the library").format(name=path.name),
            error.strerror or str(error),
            _("free some space, or add it with --in-place; then add it again"),
        ) from error
    finally:
        with contextlib.suppress(OSError):  # renamed, or the disk has gone
            part.unlink()
