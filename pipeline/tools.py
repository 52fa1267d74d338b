"""The only module that starts a program: a list of arguments, in a folder, within limits.

Nothing goes through a shell. Standard input is closed and all a program says goes to a log file,
because an unread pipe hangs ffmpeg.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.problem import Failure
from catalog.words import _

GIB = 1 << 30
_CONFINED = str(Path(__file__).with_name("confined.py"))
_POLL_SECONDS = 0.1
_LOG_READ = 1 << 20
_LINE_SHOWN = 200  # characters
_FULL = 256 - errno.ENOSPC  # what ffmpeg ends with on a full disk, where its log has no room either


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use: seconds on the wall, seconds of processor, bytes of memory (address
    space) and bytes in any one file it writes.
    """

    seconds: float = 86_400.0
    cpu_seconds: int = 86_400
    memory: int = 8 * GIB
    file_bytes: int = 16 * GIB


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """The run was told to stop; what is finished is kept."""


class Stop:
    """A wish to stop, seen by every program that `run` is waiting for."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ask(self) -> None:
        self._event.set()

    @property
    def asked(self) -> bool:
        return self._event.is_set()


NEVER = Stop()


def ffmpeg(named: str = "") -> Path:
    """The ffmpeg to use: the one named in the settings, else the one of imageio-ffmpeg.

    Raises Failure where there is none.
    """
    if named:
        if not os.access(named, os.X_OK):
            raise Failure(
                _("looking for ffmpeg"),
                _("{path} is not a program").format(path=named),
                _("correct `ffmpeg` in xiaxiang.yaml, or take the line out"),
            )
        return Path(named)
    import imageio_ffmpeg  # noqa: PLC0415 - only where pictures are touched

    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise Failure(
            _("looking for ffmpeg"),
            _("the package imageio-ffmpeg brings none for this machine"),
            _("install ffmpeg and name it in xiaxiang.yaml: `ffmpeg: /path/to/ffmpeg`"),
        ) from error


def version(program: Path) -> str:
    """The first line a program prints for `-version`: part of every key it decides."""
    done = subprocess.run(
        [str(program), "-hide_banner", "-version"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    first = done.stdout.decode("utf-8", "replace").partition("\n")[0]
    return re.sub(r"\s*Copyright.*", "", first).strip()


def _words_of(log: Path) -> str:
    """The first and the last thing a program said: ffmpeg names the cause first."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        said = file.read(_LOG_READ).decode("utf-8", "replace").splitlines()
        lines = [line.strip()[:_LINE_SHOWN] for line in said if line.strip()]
        return " … ".join(dict.fromkeys([*lines[:1], *lines[-1:]]))
    return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it started: it leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(
    process: subprocess.Popen[bytes], limits: Limits, stop: Stop, tick: Callable[[], None]
) -> int | None:
    """The program's return code, or None where its time was up; Stopped when asked to stop."""
    until = time.monotonic() + limits.seconds
    while True:
        try:
            return process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            tick()
        if stop.asked:
            raise Stopped
        if time.monotonic() > until:
            return None


def run(
    command: list[str],
    folder: Path,
    log: Path,
    *,
    limits: Limits | None = None,
    stop: Stop = NEVER,
    tick: Callable[[], None] = lambda: None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run `command` in `folder`; all it says goes to `log`. `tick` is called some times a second.

    Raises Failure when it ends badly or uses up its time, Stopped when `stop` is asked for; in
    every case nothing of it is left running.
    """
    limits = limits or Limits()
    confined = [sys.executable, "-I", "-S", _CONFINED, str(os.getpid())]
    confined += [str(limits.cpu_seconds), str(limits.memory), str(limits.file_bytes)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*confined, *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(environment) if environment is not None else None,
        )
        try:
            code = _wait(process, limits, stop, tick)
        finally:
            _end(process)
    tick()
    name = Path(command[0]).name
    if code is None:
        raise Failure(
            _("running {program}").format(program=name),
            _("it was not done after {seconds:.0f} seconds and was ended").format(
                seconds=limits.seconds
            ),
            _("look at the log; the file may be damaged"),
            str(log),
        )
    if code:
        ended = _("it ended with code {code}").format(code=code)
        raise Failure(
            _("running {program}").format(program=name),
            _words_of(log) or (os.strerror(errno.ENOSPC) if code == _FULL else ended),
            _("look at the log"),
            str(log),
        )
