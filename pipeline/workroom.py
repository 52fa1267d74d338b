"""Finished things by key: each wholly there or not there at all.

A step works in a folder of its own beside the finished ones; only when all it made is on the disk
is the folder renamed to the step's key. Killed at any instant, nothing half-made is ever believed.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from catalog.durable import sync, write_whole

_PART = ".part-"
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file that a step made; `sha256` is empty where nobody has read it for that."""

    name: str
    bytes: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What one step gave."""

    key: str
    files: tuple[MadeFile, ...]


@dataclass(frozen=True, slots=True)
class Workroom:
    """The folder of finished steps."""

    root: Path

    def path(self, key: str, name: str) -> Path:
        """Where a finished step's file lies."""
        return self.root / key / "out" / name

    def find(self, key: str) -> Made | None:
        """What a finished step gave, or None; a result whose files have gone or changed their size
        counts as not made.
        """
        try:
            said = json.loads((self.root / key / "made.json").read_bytes())
            made = Made(said["key"], tuple(MadeFile(**file) for file in said["files"]))
            whole = all(self.path(key, f.name).stat().st_size == f.bytes for f in made.files)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return made if whole and made.key == key else None

    @contextlib.contextmanager
    def bench(self, key: str) -> Iterator[Path]:
        """A fresh folder with `in` and `out` to work in; it goes away again unless kept."""
        self.root.mkdir(parents=True, exist_ok=True)
        folder = self.root / f"{_PART}{key[:16]}-{os.getpid()}-{next(_numbers)}"
        (folder / "in").mkdir(parents=True)
        (folder / "out").mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, made: Made, folder: Path) -> Made:
        """Make what lies in a bench the step's result. Two may make the same thing: the second
        finds the place taken and its own is thrown away, which is safe because equal keys mean
        equal bytes.
        """
        for file in made.files:
            sync(folder / "out" / file.name)
        sync(folder / "out")
        shutil.rmtree(folder / "in", ignore_errors=True)
        text = json.dumps(asdict(made), ensure_ascii=False, indent=1)
        write_whole(folder / "made.json", text.encode())
        place = self.root / made.key
        if self.find(made.key) is None:
            shutil.rmtree(place, ignore_errors=True)
        with contextlib.suppress(OSError):  # taken since: the same bytes lie there
            folder.rename(place)
        sync(self.root)
        return made

    def forget(self, key: str) -> None:
        """Take a result away, the record first, so that no half of it is believed."""
        with contextlib.suppress(OSError):
            (self.root / key / "made.json").unlink()
        shutil.rmtree(self.root / key, ignore_errors=True)

    def sweep(self) -> None:
        """Take away what killed runs left behind; only while no other run works here."""
        if self.root.is_dir():
            for left in self.root.glob(f"{_PART}*"):
                shutil.rmtree(left, ignore_errors=True)
