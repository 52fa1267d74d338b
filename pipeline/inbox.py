"""How files arrive: which ones count, and when one has stopped growing; touches none of them."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from catalog.problem import Failure
from catalog.subtitle_name import is_subtitle
from catalog.words import _
from pipeline import library, tools

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

    A file that was named is always looked at, unless it holds subtitles; in folders, companions and
    unfinished downloads are passed over, and links that lead to folders are not followed.
    """
    count = 0
    for path in paths:
        for found in _below(path, _counts) if path.is_dir() else _named(path):
            count += 1
            if count > _MOST_FILES:
                yield Found(path, _too_many(path))
                return
            yield found


def subtitles(paths: Iterable[Path]) -> Iterator[Path]:
    """The subtitle files of the given files and folders, looked for as `find` looks."""
    for path in paths:
        if not path.is_dir():
            found = [Found(path)] if is_subtitle(path.name) and there(path) else []
        else:
            found = list(islice(_below(path, _subtitle), _MOST_FILES))
        yield from (one.path for one in found if one.failure is None)


def _counts(path: Path) -> bool:
    return not unfinished(path) and not beside(path)


def _subtitle(path: Path) -> bool:
    return is_subtitle(path.name) and not unfinished(path)


def _too_many(path: Path) -> Failure:
    return Failure(
        str(path),
        _("there are more than {most} files").format(most=_MOST_FILES),
        _("add one folder after the other"),
    )


def _named(path: Path) -> Iterator[Found]:
    if not path.exists():
        yield Found(path, Failure(str(path), _("there is no such file"), _("look at its name")))
    elif not is_subtitle(path.name):
        yield Found(path)


def _below(folder: Path, counts: Callable[[Path], bool]) -> Iterator[Found]:
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
                yield from _below(path, counts)
        elif entry.is_file() and counts(path):
            yield Found(path)


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
    """Files of the inbox, subtitles too, as they are complete, until told to stop; those that lie
    there first.

    A file is complete when its size and time have stood still for `quiet_seconds` and no
    downloader's mark is on it. One that is changed later comes again.
    """
    heard = _Heard()
    observer = Observer()
    observer.schedule(heard, str(inbox), recursive=True)
    observer.start()
    try:
        waiting = {found.path for found in find([inbox]) if found.failure is None}
        waiting.update(subtitles([inbox]))
        seen: dict[Path, library.State] = {}
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
        if path.is_file() and (_counts(path) or _subtitle(path)):
            waiting.add(path)


class _Stillness:
    """Which waiting files have stood still long enough."""

    def __init__(self, quiet_seconds: float) -> None:
        self.quiet_seconds = quiet_seconds
        self.last: dict[Path, tuple[library.State | None, float]] = {}

    def state(self, path: Path) -> library.State | None:
        try:
            return library.state(path)
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
        # A video comes before the subtitles that belong to it.
        return sorted(done, key=lambda path: is_subtitle(path.name))
