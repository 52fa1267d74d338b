"""Make one step: lay out what it reads under clean names, do it, keep what it made."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from catalog.durable import disk_told
from catalog.problem import Failure
from catalog.words import _
from pipeline import tools
from pipeline.make.draw_card import draw_card
from pipeline.make.draw_menu import draw_menu
from pipeline.make.encode_still import encode_still
from pipeline.make.join_streams import join_streams
from pipeline.make.run_tool import run_tool
from pipeline.make.write_captions import write_captions
from pipeline.make.write_iso import write_iso
from pipeline.make.write_videocd import write_videocd
from pipeline.make.write_webvtt import write_webvtt
from pipeline.plan.steps import (
    Captions,
    Card,
    Encode,
    EncodeStill,
    FromSource,
    FromStep,
    Input,
    Join,
    MenuPicture,
    Step,
    WebVtt,
    WriteIso,
    WriteVideoCd,
    key,
)
from pipeline.videocd.disc import Disc, Elementary
from pipeline.videocd.stills import Still
from pipeline.workroom import Made, MadeFile, Workroom

_Reading = Encode | Captions | WebVtt  # steps that may read a stranger's file
_PIECE = 1 << 20
_LOG_KEPT = 1 << 20  # bytes of its end


@dataclass(frozen=True, slots=True)
class Bench:
    """What every step of a run works with; `logs` is where the story of a failure is kept."""

    room: Workroom
    program: Path
    files: Callable[[str], tuple[int, Path]]  # of the library, by sha256: bytes, and where
    stop: tools.Stop
    logs: Path | None = None
    # Files read through and found unaltered in this run, by sha256: one file may serve many steps.
    sound: dict[str, tuple[int, ...]] = field(default_factory=dict)


def _laid(one: Input, bench: Bench) -> Path:
    """Where an input lies. Raises Failure where a source has gone or is another file by now."""
    if isinstance(one, FromStep):
        return bench.room.path(one.key, one.name)
    known, path = bench.files(one.sha256)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Failure(
            str(path),
            _("the programme's file cannot be read: {reason}").format(reason=error.strerror),
            _("bring the file back to this place, or add it again"),
        ) from error
    if size != known:
        raise Failure(
            str(path),
            _("the file has {found} bytes, the catalogue knows {known}").format(
                found=size, known=known
            ),
            _("it was changed after it was added: add it again"),
        )
    return path


def _unaltered(step: _Reading, bench: Bench) -> None:
    """Raise Failure where a source is not the file that was catalogued, whatever its size is."""
    for one in step.inputs:
        if isinstance(one, FromSource):
            path = _laid(one, bench)
            stands = _stands(path)
            if bench.sound.get(one.sha256) == stands:
                continue
            if _digest(path, bench.stop) != one.sha256:
                raise Failure(
                    str(path),
                    _("its contents are not those that were catalogued"),
                    _("it was changed after it was added: delete it here, then add it again"),
                )
            bench.sound[one.sha256] = stands


def _digest(path: Path, stop: tools.Stop) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            if stop.asked:
                raise tools.Stopped
    return digest.hexdigest()


def _stands(path: Path) -> tuple[int, ...]:
    """What of a file changes whenever somebody writes to it."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@contextlib.contextmanager
def _watched(step: _Reading, bench: Bench) -> Iterator[None]:
    """Whatever comes of a step: a file that is another one by now is the first thing to tell."""
    try:
        yield
    finally:
        _unaltered(step, bench)


def _lay_out(step: _Reading | EncodeStill, bench: Bench, folder: Path) -> None:
    for number, one in enumerate(step.inputs):
        suffix = one.suffix if isinstance(one, FromSource) else Path(one.name).suffix
        (folder / "in" / f"{number}{suffix}").symlink_to(_laid(one, bench).absolute())


def _disc(step: WriteVideoCd, room: Workroom) -> Disc:
    """The disc of a step, its streams found in the workroom."""
    return Disc(
        volume_id=step.volume_id,
        album_id=step.album_id,
        volume_count=step.volume_count,
        volume_number=step.volume_number,
        tracks=tuple(
            Elementary(
                video=room.path(track.video.key, track.video.name),
                audio=room.path(track.audio.key, track.audio.name),
                standard=step.standard,
            )
            for track in step.tracks
        ),
        entries=step.entries,
        segments=tuple(
            Still(
                lo=room.path(still.lo.key, still.lo.name),
                hi=room.path(still.hi.key, still.hi.name),
                standard=step.standard,
            )
            for still in step.stills
        ),
        lists=step.lists,
    )


def make(step: Step, bench: Bench, progress: Callable[[float], None]) -> Made:
    """Make a step unless it is made already. `progress` hears how much is done, 0 to 1.

    Raises Failure where the world fails, Stopped where the run was told to stop.
    """
    name = key(step)
    if bench.stop.asked:
        raise tools.Stopped
    if found := bench.room.find(name):
        return found
    doing = _("making {what}").format(what=step.label)
    with disk_told(doing), bench.room.bench(name) as folder:
        try:
            files = _made(step, bench, folder, progress)
        except Failure as failure:
            raise _log_kept(failure, bench.logs, name) from failure
        return bench.room.keep(Made(name, files), folder)


def _log_kept(failure: Failure, logs: Path | None, name: str) -> Failure:
    """The failure with its log where it outlives the bench; without one where none can be kept."""
    place = ""
    if failure.log and logs:
        with contextlib.suppress(OSError):
            logs.mkdir(exist_ok=True)
            kept = logs / f"{name[:16]}.log"
            kept.write_bytes(Path(failure.log).read_bytes()[-_LOG_KEPT:])
            place = str(kept)
    return Failure(failure.doing, failure.happened, failure.next, place)


def _made(
    step: Step, bench: Bench, folder: Path, progress: Callable[[float], None]
) -> tuple[MadeFile, ...]:
    out = folder / "out"
    match step:
        case Card():
            draw_card(step, out)
        case MenuPicture():
            draw_menu(step, out)
        case EncodeStill():
            _lay_out(step, bench, folder)
            encode_still(step, bench.program, folder, bench.stop)
        case Captions():
            _lay_out(step, bench, folder)
            with _watched(step, bench):
                write_captions(step, bench.program, folder, bench.stop)
        case WebVtt():
            _lay_out(step, bench, folder)
            with _watched(step, bench):
                write_webvtt(step, bench.program, folder, bench.stop)
        case Encode():
            _lay_out(step, bench, folder)
            with _watched(step, bench):
                done = lambda seconds: progress(seconds / step.seconds)  # noqa: E731
                run_tool(step, bench.program, folder, bench.stop, done)
        case Join():
            chunks = [bench.room.path(one.key, one.name) for one in step.inputs]
            join_streams(step, chunks, out / step.name, bench.stop, progress)
        case WriteVideoCd():

            def told(sectors: int) -> None:
                if bench.stop.asked:
                    raise tools.Stopped
                progress(sectors / step.sectors)

            return write_videocd(_disc(step, bench.room), out, step.name, told).files
        case WriteIso():
            done = lambda written: progress(written / max(1, step.bytes))  # noqa: E731
            place = lambda one: _laid(one, bench)  # noqa: E731
            return write_iso(step, place, out, bench.stop, done)
        case _:
            assert_never(step)
    names = (step.name,) if isinstance(step, Card | MenuPicture) else step.outputs
    # Media and manifests are told what was made by its digest: taken here, while it is in memory.
    return tuple(
        MadeFile(one, (out / one).stat().st_size, _digest(out / one, bench.stop)) for one in names
    )
