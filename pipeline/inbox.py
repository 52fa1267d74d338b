"""How files arrive: which ones count, when one has stopped growing, and its place in the library.

Nothing that came in through the inbox is ever moved, renamed or written beside: it is copied.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import re
import shutil
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from catalog.problem import Failure
from catalog.programme import Source
from catalog.words import _
from pipeline import probe, tools
from pipeline.workroom import sync

# What browsers, Xunlei, Baidu's client and other downloaders call a file that is not done.
_UNFINISHED = (
    ".part", ".partial", ".crdownload", ".download", ".downloading", ".tmp", ".temp", ".opdownload",
    ".xltd", ".td", ".cfg", ".aria2", ".!ut", ".!qb", ".bc!", ".filepart", ".unconfirmed",
)  # fmt: skip
# What lies beside programmes and is none: found in a folder, it is passed over without a word.
_COMPANIONS = (
    ".yaml .yml .csv .xlsx .xls .txt .srt .ass .ssa .vtt .sub .idx .lrc .json .xml .html .htm .md "
    ".pdf .doc .docx .jpg .jpeg .png .gif .bmp .webp .nfo .url .lnk .torrent .db .ini .log .exe "
    ".zip .rar .7z .iso .bin .cue .sha256 .md5"
)
_BESIDE = frozenset(_COMPANIONS.split())
_MOST_FILES = 100_000
_numbers = itertools.count()
_NAME_BYTES = 180  # leaves room for the digest, and for file systems with shorter names


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a programme, or why a place could not be looked into."""

    path: Path
    failure: Failure | None = None


def unfinished(path: Path) -> bool:
    """A downloader is still at work on this file, or it is nobody's business (hidden, a lock)."""
    name = path.name.lower()
    if name.startswith((".", "~$")) or name.endswith(_UNFINISHED):
        return True
    return any(there(path.with_name(path.name + ending)) for ending in (".aria2", ".part"))


def there(path: Path) -> bool:
    """Whether a plain file lies there; a name too long for the disk is that of none."""
    try:
        return path.is_file()
    except OSError:
        return False


def beside(path: Path) -> bool:
    """A sheet, subtitle, picture or other companion: no programme by its ending."""
    return path.suffix.lower() in _BESIDE


def find(paths: Iterable[Path]) -> Iterator[Found]:
    """The files of the given files and folders, folders in the order of names.

    A file that was named is always looked at; in folders, companions and unfinished downloads are
    passed over, and links that lead to folders are not followed.
    """
    count = 0
    for path in paths:
        for found in _below(path) if path.is_dir() else [_named(path)]:
            count += 1
            if count > _MOST_FILES:
                yield Found(path, _too_many(path))
                return
            yield found


def _too_many(path: Path) -> Failure:
    return Failure(
        str(path),
        _("there are more than {most} files").format(most=_MOST_FILES),
        _("add one folder after the other"),
    )


def _named(path: Path) -> Found:
    if path.exists():
        return Found(path)
    return Found(path, Failure(str(path), _("there is no such file"), _("look at its name")))


def _below(folder: Path) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        happened = _("the folder cannot be read: {reason}").format(reason=error.strerror)
        yield Found(folder, Failure(str(folder), happened, _("look at its permissions")))
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _below(path)
        elif entry.is_file() and not unfinished(path) and not beside(path):
            yield Found(path)


# -- a place in the library -------------------------------------------------------------------


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
    before = _state(path)
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
        _copy(path, place, before)
    _unchanged(path, before)
    where = place.relative_to(root.absolute()) if place.is_relative_to(root.absolute()) else place
    return probe.source(found, readable(path.name), _text(str(where)))


def _text(name: str) -> str:
    """A name as text that any database takes: bytes that are none are shown as escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _state(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        happened = _("it cannot be read: {reason}").format(reason=error.strerror)
        raise Failure(
            str(path), happened, _("look at its permissions, or copy it again")
        ) from error
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _unchanged(path: Path, before: tuple[int, int, int]) -> None:
    if _state(path) != before:
        raise Failure(
            str(path),
            _("the file changed while it was read"),
            _("wait until it is downloaded, then add it again"),
        )


def _copy(path: Path, place: Path, before: tuple[int, int, int]) -> None:
    """Copy durably under another name first: whole or absent. The name is this copy's own, for two
    may be taking in the same file; what they copy is the same, so it is all one who is first.
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


# -- watching ---------------------------------------------------------------------------------


class _Heard(FileSystemEventHandler):
    """Notes the paths that something happened to; deciding is not its business."""

    def __init__(self) -> None:
        self.paths: queue.SimpleQueue[str] = queue.SimpleQueue()

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path and not event.is_directory:
                self.paths.put(os.fsdecode(path))


def arriving(inbox: Path, quiet_seconds: float, stop: tools.Stop) -> Iterator[Path]:
    """Files of the inbox as they are complete, those that lie there first, until told to stop.

    A file is complete when its size and time have stood still for `quiet_seconds` and no
    downloader's mark is on it. One that is changed later comes again.
    """
    heard = _Heard()
    observer = Observer()
    observer.schedule(heard, str(inbox), recursive=True)
    observer.start()
    try:
        waiting = {found.path for found in find([inbox]) if found.failure is None}
        seen: dict[Path, tuple[int, int, int]] = {}
        still = _Stillness(quiet_seconds)
        while not stop.asked:
            _hear(heard, waiting)
            for path in still.complete(waiting):
                if seen.get(path) != (state := still.state(path)) and state:
                    seen[path] = state
                    yield path
            time.sleep(min(0.2, quiet_seconds / 4))
    finally:
        observer.stop()
        observer.join()


def _hear(heard: _Heard, waiting: set[Path]) -> None:
    while not heard.paths.empty():
        path = Path(heard.paths.get())
        if path.is_file() and not unfinished(path) and not beside(path):
            waiting.add(path)


class _Stillness:
    """Which waiting files have stood still long enough."""

    def __init__(self, quiet_seconds: float) -> None:
        self.quiet_seconds = quiet_seconds
        self.last: dict[Path, tuple[tuple[int, int, int] | None, float]] = {}

    def state(self, path: Path) -> tuple[int, int, int] | None:
        try:
            return _state(path)
        except Failure:
            return None

    def complete(self, waiting: set[Path]) -> list[Path]:
        """The files that are done; they wait no longer. Files that vanished are forgotten."""
        now, done = time.monotonic(), []
        for path in list(waiting):
            state = self.state(path)
            known = self.last.get(path)
            if state is None:
                self.last.pop(path, None)
                waiting.discard(path)
            elif known is None or known[0] != state:
                self.last[path] = (state, now)
            elif now - known[1] >= self.quiet_seconds and state[0] and not unfinished(path):
                waiting.discard(path)
                done.append(path)
        return done
