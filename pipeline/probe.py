"""One reading of a media file: its digest and its streams, found in a child process with limits."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from catalog.problem import Failure
from catalog.programme import AudioStream, OtherStream, Source, Stream, VideoStream
from catalog.words import _
from pipeline import tools

LIMITS = tools.Limits(seconds=3600, cpu_seconds=1800, memory=4 * tools.GIB, file_bytes=1 << 24)


@dataclass(frozen=True, slots=True)
class Probed:
    """What one reading found: the source's facts (its name and path are the caller's to give)."""

    sha256: str
    bytes: int
    container: str
    seconds: float
    promised: float
    streams: tuple[Stream, ...]
    tags: tuple[tuple[str, str], ...]


def probe(path: Path, stop: tools.Stop = tools.NEVER) -> Probed:
    """Read a media file once. Raises Failure, with a sentence for a librarian, if it is none."""
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if not size:
        raise _refused(path, _("the file is empty"), _("download it again"))
    with tempfile.TemporaryDirectory(prefix="xiaxiang-") as folder:
        said = _child(path, Path(folder), stop)
    if "error" in said:
        raise _refused(
            path,
            _("no player could open it ({reason})").format(reason=said["error"]),
            _("it may be damaged or no media file at all: play it, then download it again"),
        )
    return _checked(path, _probed(said))


def _child(path: Path, folder: Path, stop: tools.Stop) -> dict[str, Any]:
    # A clean name in a folder of its own: the file's own may hold bytes that no library takes.
    suffix = path.suffix.lower()
    link = folder / f"source{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}"
    link.symlink_to(path.absolute())
    log = folder / "log"
    answer = folder / "answer.json"
    command = [sys.executable, "-m", "pipeline.examine", str(link), str(answer)]
    try:
        tools.run(command, Path.cwd(), log, limits=LIMITS, stop=stop)
        return json.loads(answer.read_text("utf-8"))  # type: ignore[no-any-return]
    except (Failure, OSError, ValueError) as error:
        happened = error.happened if isinstance(error, Failure) else str(error)
        raise _refused(
            path,
            _("reading it broke off: {reason}").format(reason=happened),
            _("the file is damaged in a way players do not survive: download it again"),
        ) from error


def _unreadable(path: Path, reason: str) -> Failure:
    return Failure(
        str(path),
        _("it cannot be read: {reason}").format(reason=reason),
        _("look at its permissions, or copy it again"),
    )


def _refused(path: Path, happened: str, mend: str) -> Failure:
    return Failure(str(path), happened, mend)


def _checked(path: Path, found: Probed) -> Probed:
    """`found`, unless it holds nothing to watch or hear. One that was cut off is taken: analysing
    it tells how much of it is lost.
    """
    if not any(isinstance(s, VideoStream | AudioStream) for s in found.streams):
        raise _refused(
            path, _("it holds neither picture nor sound"), _("choose a video or sound file")
        )
    if found.seconds <= 0:
        raise _refused(path, _("it holds no playing time"), _("download it again"))
    return found


def source(found: Probed, name: str, path: str) -> Source:
    """The Source that a reading gives, under the name it arrived with and the place it lies."""
    return Source(
        sha256=found.sha256,
        bytes=found.bytes,
        name=name,
        path=path,
        container=found.container,
        seconds=found.seconds,
        streams=found.streams,
        tags=found.tags,
    )


# -- what the child says, read back ---------------------------------------------------------------


def _probed(said: dict[str, Any]) -> Probed:
    return Probed(
        sha256=said["sha256"],
        bytes=said["bytes"],
        container=said["container"],
        seconds=said["seconds"],
        promised=said["promised"],
        streams=tuple(_stream(s) for s in said["streams"]),
        tags=tuple((k, v) for k, v in said["tags"]),
    )


def _stream(said: dict[str, Any]) -> Stream:
    match said.pop("is"):
        case "video":
            return VideoStream(
                **{**said, "sar": Fraction(said["sar"]), "rate": Fraction(said["rate"])}
            )
        case "audio":
            return AudioStream(**said)
        case _:
            return OtherStream(**said)
