"""A workspace: the librarian's folder, its places, its books, and who works in it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from catalog.database import Books, open_books
from catalog.durable import disk_told, write_whole
from catalog.problem import Failure, refusal
from catalog.words import _
from pipeline.settings import FIRST, Settings, read_settings
from pipeline.workroom import Workroom

_FOLDERS = ("inbox", "library", "recipes", "editions", "workroom", "logs")


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace."""

    root: Path
    settings: Settings
    books: Books

    @property
    def workroom(self) -> Workroom:
        return Workroom(self.root / "workroom")

    @property
    def editions(self) -> Path:
        return self.root / "editions"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def library(self) -> Path:
        return self.root / "library"

    def recipe(self, named: str) -> Path:
        """The file of a recipe: a path as given, or a name found in the workspace or shipped."""
        given = Path(named)
        name = named if named.endswith((".yaml", ".yml")) else f"{named}.yaml"
        for path in (given, self.root / "recipes" / name):
            if path.is_file():
                return path
        if len(given.parts) == 1:
            shipped = Path(str(files("recipes") / name))
            if shipped.is_file():
                return shipped
        there = sorted(p.stem for p in (self.root / "recipes").glob("*.yaml"))
        raise refusal(
            named,
            _("there is no such recipe"),
            _("name a file, or one of these: {names}").format(names=", ".join(there)),
        )


def create(root: Path) -> Workspace:
    """Make a workspace in `root`, or what is missing of one; nothing that is there is changed."""
    try:
        for name in _FOLDERS:
            (root / name).mkdir(parents=True, exist_ok=True)
        if not (root / "xiaxiang.yaml").exists():
            write_whole(root / "xiaxiang.yaml", FIRST.encode())
        for shipped in files("recipes").iterdir():
            place = root / "recipes" / shipped.name
            if shipped.name.endswith(".yaml") and not place.exists():
                write_whole(place, shipped.read_bytes())
    except OSError as error:
        raise Failure(
            _("making a workspace in {root}").format(root=root),
            error.strerror or str(error),
            _("choose a folder you may write to: --workspace DIR"),
        ) from error
    settings = read_settings(root / "xiaxiang.yaml")
    return Workspace(root, settings, open_books(root / "xiaxiang.db", create=True))


def enter(root: Path) -> Workspace:
    """Open the workspace in `root`. Raises Refusal where there is none."""
    if not (root / "xiaxiang.db").is_file():
        raise refusal(
            str(root),
            _("this folder is no workspace"),
            _("make one with `xiaxiang init`, or name another: --workspace DIR"),
        )
    settings = root / "xiaxiang.yaml"
    return Workspace(
        root,
        read_settings(settings) if settings.is_file() else Settings(),
        open_books(root / "xiaxiang.db"),
    )


@contextlib.contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Be the only build in a workspace, as long as the context lasts.

    Raises Failure, naming the other, if one is at work. The kernel lets go of the lock when its
    holder dies, however it dies.
    """
    doing = _("building in {root}").format(root=workspace.root)
    path = workspace.root / "workroom" / ".lock"
    with disk_told(doing):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    with file:
        if not _locked(file.fileno()):
            file.seek(0)
            raise Failure(
                doing,
                _("another build is at work here (process {pid})").format(
                    pid=file.read(20).strip() or "?"
                ),
                _("wait until it has ended, then give the same command again"),
            )
        # Only for the line that another build shows: on a full disk it does without.
        with contextlib.suppress(OSError):
            file.truncate(0)
            os.write(file.fileno(), str(os.getpid()).encode())
        yield


@contextlib.contextmanager
def adding(workspace: Workspace) -> Iterator[None]:
    """Be one of those who take files in. Whoever finds nobody else at it takes away the half
    copies that killed ones left behind. Raises Failure where there can be no library.
    """
    with disk_told(_("adding to {root}").format(root=workspace.root)):
        workspace.library.mkdir(exist_ok=True)
        descriptor = os.open(workspace.library, os.O_RDONLY)
    with contextlib.suppress(OSError):  # some disks know no locks
        if _locked(descriptor):
            for part in workspace.library.glob(".*.part"):
                part.unlink()
    try:
        _shared(descriptor)
        yield
    finally:
        os.close(descriptor)


def _shared(descriptor: int) -> None:
    with contextlib.suppress(ImportError, OSError):  # not on every system, nor on every disk
        import fcntl  # noqa: PLC0415

        fcntl.flock(descriptor, fcntl.LOCK_SH)


def _locked(descriptor: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free_bytes(folder: Path) -> int:
    """How much the disk that holds `folder` still takes."""
    return shutil.disk_usage(folder).free
