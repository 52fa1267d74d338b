"""The verbs that take in: init, samples, add, watch, import."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from catalog.intake import Arrival, Import, add_source
from catalog.intake import import_sheet as take_sheet
from catalog.problem import Failure, Refusal
from catalog.programme import Rights, Scope, Source
from catalog.sheet import Entry, read_sheet
from catalog.subtitle_name import is_subtitle
from catalog.words import _
from pipeline import bars, executors, inbox, library, subtitles, tools
from pipeline.cli import DONE, FAILED
from pipeline.facts import facts
from pipeline.samples import make_samples
from pipeline.screen import clock, one_line, say
from pipeline.workspace import Workspace, adding, create, enter


@dataclass(frozen=True, slots=True)
class Adding:
    """What `add` was asked for."""

    paths: tuple[Path, ...]
    sheet: Path | None = None
    rights: Scope | None = None
    in_place: bool = False
    as_json: bool = False


def init(root: Path) -> int:
    """Make a workspace, or what is missing of one."""
    workspace = create(root)
    print(_("The workspace is ready: {root}").format(root=workspace.root.absolute()))
    print(_("Put videos into {inbox}, then: xiaxiang add inbox").format(inbox=workspace.inbox))
    return DONE


def samples(root: Path, folder: Path) -> int:
    """Make the sample programmes and their sheet."""
    named = enter(root).settings.ffmpeg if (root / "xiaxiang.db").is_file() else ""
    made = make_samples(
        folder,
        tools.ffmpeg(named),
        tools.Stop(),
        lambda name: say(_("making the sample {name}").format(name=name)),
    )
    print(_("{count} samples and their sheet are in {folder}").format(
        count=len(made) - 1, folder=folder
    ))  # fmt: skip
    return DONE


def _entries(path: Path) -> tuple[Entry, ...]:
    """The entries of a sheet; with a single problem in it nothing is taken."""
    sheet = read_sheet(path)
    if sheet.problems:
        raise Refusal(sheet.problems)
    return sheet.entries


def _sidecar(path: Path) -> Entry | None:
    beside = path.with_suffix(".yaml")
    return next(iter(_entries(beside)), None) if inbox.there(beside) else None


class _TakingIn:
    """Files on their way into the books of one workspace."""

    def __init__(self, workspace: Workspace, rights: Scope | None, *, copy: bool) -> None:
        self.workspace, self.copy = workspace, copy
        scope = rights or workspace.settings.rights_default
        self.rights = Rights(scope) if scope != "unknown" else None
        self.stop = tools.Stop()
        self.together: set[str] = set()
        self.here: dict[Path, Source] = {}

    def read(self, path: Path) -> tuple[Source, Entry | None]:
        """Read and copy one file: the slow part, done by several at once."""
        sidecar = _sidecar(path)
        root = self.workspace.root.absolute()
        return library.take_in(path, root, copy=self.copy, stop=self.stop), sidecar

    def write(self, path: Path, source: Source, sidecar: Entry | None) -> Arrival:
        """Write one file into the books."""
        arrival = add_source(
            self.workspace.books,
            source,
            datetime.now(UTC),
            sidecar=sidecar,
            rights=self.rights,
            prefix=self.workspace.settings.programme_prefix,
            beside=self.together,
        )
        self.together.add(source.sha256)
        self.here[path] = arrival.source
        return arrival

    def subtitles(self, paths: Iterable[Path] = ()) -> tuple[subtitles.Taken, ...]:
        """Keep these subtitle files, and those beside the videos just taken in."""
        found = [*paths, *subtitles.beside(self.here)]
        root = self.workspace.root.absolute()
        if not found:
            return ()
        books = self.workspace.books
        return subtitles.take_in(books, root, found, self.here, copy=self.copy)


def _told(arrival: Arrival) -> str:
    named = f"{arrival.programme.id} {arrival.programme.title}"
    said = {
        "new": _("added"),
        "known": _("already there"),
        "changed": _("added; another file of this name was there before"),
    }[arrival.outcome]
    return f"{named}  {clock(arrival.source.seconds)}  {arrival.source.name}  ({said})"


def _all(taking: _TakingIn, paths: Sequence[Path]) -> Generator[Arrival | Failure, None, None]:
    """Take files in, some at once, told in the order they were given; a bar shows how far."""
    total = sum(path.stat().st_size for path in paths if path.is_file())
    with executors.here(taking.workspace.settings.workers) as executor:
        work: list[tuple[Path, Future[tuple[Source, Entry | None]]]] = []
        bar = bars.byte_bar(total, _("reading"))
        try:
            work = [(path, executor.submit(taking.read, path)) for path in paths]
            for path, future in work:
                yield _taken(taking, path, future)
                bar(path.stat().st_size if path.is_file() else 0)
        finally:
            # However this ends, nothing goes on reading behind our back.
            taking.stop.ask()
            for _path, future in work:
                future.cancel()
            bar.close()


def _taken(
    taking: _TakingIn, path: Path, future: Future[tuple[Source, Entry | None]]
) -> Arrival | Failure:
    try:
        return taking.write(path, *future.result())
    except Failure as failure:
        return failure
    except Refusal as refusal:
        return Failure(str(path), str(refusal))


def add(root: Path, asked: Adding) -> int:
    """Take files and folders in. Unreadable ones are named with their reason and end with exit 3;
    the others are taken in all the same.
    """
    workspace = enter(root)
    entries = _entries(asked.sheet) if asked.sheet else ()
    found = list(inbox.find(asked.paths))
    taking = _TakingIn(workspace, asked.rights, copy=not asked.in_place)
    rows = _sheet_taken(workspace, entries)
    arrivals: list[Arrival] = []
    failures: list[Failure] = []
    read = _all(taking, [one.path for one in found if not one.failure])
    with adding(workspace), contextlib.closing(read):
        for end in chain((one.failure for one in found if one.failure), read):
            if isinstance(end, Failure):
                failures.append(end)
                bars.above(one_line(_("not added: {failure}").format(failure=end)))
            else:
                arrivals.append(end)
                bars.above(one_line(_told(end)))
        beside = taking.subtitles(inbox.subtitles(asked.paths))
    for one in beside:
        say(one_line(subtitles.tell(one)))
    failures += [one.failure for one in beside if one.failure]
    _told_all(asked, (arrivals, beside), failures, rows)
    return FAILED if failures else DONE


def _told_all(
    asked: Adding,
    taken: tuple[Sequence[Arrival], Sequence[subtitles.Taken]],
    failures: Sequence[Failure],
    rows: Sequence[Import],
) -> None:
    arrivals, beside = taken
    if asked.as_json:
        said = {
            "added": [facts(one.programme) | {"outcome": one.outcome} for one in arrivals],
            "not_added": [str(failure) for failure in failures],
            "subtitles": [
                {"file": one.name, "outcome": one.outcome, "videos": one.videos} for one in beside
            ],
        }
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
        return
    count = {name: sum(one.outcome == name for one in arrivals) for name in ("new", "changed")}
    print(
        _("{new} files added, {known} already there, {failed} not added").format(
            new=count["new"] + count["changed"],
            known=len(arrivals) - count["new"] - count["changed"],
            failed=len(failures),
        )
    )
    here = {one.source.name for one in arrivals}
    waiting = sum(name not in here for row in rows for name in row.awaited)
    if waiting:
        print(_("{count} files that the sheet names have not arrived yet").format(count=waiting))
    if any(one.missing for one in arrivals):
        print(_("what is still to be filled in: xiaxiang programmes --incomplete"))


def watch(root: Path, rights: Scope | None, quiet_seconds: float) -> int:
    """Take in what arrives in the inbox, until stopped by hand."""
    workspace = enter(root)
    taking = _TakingIn(workspace, rights, copy=True)
    say(_("watching {inbox}; stop with Ctrl-C").format(inbox=workspace.inbox))
    try:
        with adding(workspace):
            for path in inbox.arriving(workspace.inbox, quiet_seconds, taking.stop):
                try:
                    _watched(taking, path)
                except Failure as failure:
                    say(_("not added: {failure}").format(failure=failure))
                except Refusal as refusal:
                    say(str(refusal))
    finally:
        taking.stop.ask()
    return DONE


def _watched(taking: _TakingIn, path: Path) -> None:
    """Take one file of the inbox in, with the subtitles beside it, and tell it."""
    # One after the other: the same name is a newer version.
    taking.together.clear()
    taking.here.clear()
    if is_subtitle(path.name):
        beside = taking.subtitles([path])
    else:
        print(one_line(_told(taking.write(path, *taking.read(path)))), flush=True)
        beside = taking.subtitles()
    for one in beside:
        print(one_line(subtitles.tell(one)), flush=True)


def _sheet_taken(workspace: Workspace, entries: Sequence[Entry]) -> tuple[Import, ...]:
    if not entries:
        return ()
    prefix = workspace.settings.programme_prefix
    return take_sheet(workspace.books, entries, datetime.now(UTC), prefix)


def import_sheet(root: Path, sheet: Path, as_json: bool) -> int:
    """Take a programme sheet in: all of it, or with any mistake in it nothing."""
    rows = _sheet_taken(enter(root), _entries(sheet))
    if as_json:
        said = [
            facts(row.programme)
            | {"created": row.created, "changed": row.changed, "awaited": row.awaited}
            for row in rows
        ]
        print(json.dumps(said, ensure_ascii=False, indent=1, default=str))
        return DONE
    for row in rows:
        what = _("new") if row.created else _("changed") if row.changed else _("as before")
        print(f"{row.programme.id} {row.programme.title}  ({what})")
    waiting = [name for row in rows for name in row.awaited]
    print(
        _("{count} programmes from {sheet}; {waiting} of their files have not arrived yet").format(
            count=len(rows), sheet=sheet, waiting=len(waiting)
        )
    )
    return DONE
