"""The one door to other programs: no shell, no hanging, nothing left behind."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from catalog.problem import Failure
from pipeline import tools


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_arguments_reach_the_program_as_they_are(tmp_path: Path) -> None:
    """Quotes, blanks, dollars and Chinese are arguments, not syntax."""
    given = ["a b", "$(id)", "'\"", "温棚;rm -rf x", "*"]
    code = "import sys; open('said', 'w', encoding='utf-8').write('\\n'.join(sys.argv[1:]))"
    tools.run([*python(code), *given], tmp_path, tmp_path / "log")

    assert (tmp_path / "said").read_text("utf-8").split("\n") == given


def test_what_a_program_says_goes_to_the_log(tmp_path: Path) -> None:
    """Megabytes of chatter do not hang it, and its first and last words are in the failure."""
    code = "import sys; print('cause'); print('x' * 3_000_000); print('end'); sys.exit(7)"
    with pytest.raises(Failure) as failed:
        tools.run(python(code), tmp_path, tmp_path / "log")

    assert (tmp_path / "log").stat().st_size > 3_000_000
    assert "cause" in failed.value.happened
    assert failed.value.log == str(tmp_path / "log")


def test_standard_input_is_closed(tmp_path: Path) -> None:
    """A program that asks gets the end of its input, not our terminal."""
    tools.run(python("import sys; assert sys.stdin.read() == ''"), tmp_path, tmp_path / "log")

    assert (tmp_path / "log").read_bytes() == b""


def test_a_program_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    """At the end of its time the program and what it started are gone."""
    code = (
        "import subprocess, sys, time; "
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "open('pid', 'w').write(str(p.pid)); time.sleep(60)"
    )
    with pytest.raises(Failure, match="not done after"):
        tools.run(python(code), tmp_path, tmp_path / "log", limits=tools.Limits(seconds=1.5))
    child = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 20
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_stops_when_asked(tmp_path: Path) -> None:
    """A wish to stop ends the program soon, not when it is done."""
    stop = tools.Stop()
    threading.Timer(0.3, stop.ask).start()
    began = time.monotonic()
    with pytest.raises(tools.Stopped):
        tools.run(python("import time; time.sleep(60)"), tmp_path, tmp_path / "log", stop=stop)

    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (tools.Limits(memory=1 << 28), "x = bytearray(1 << 29)"),
        (tools.Limits(file_bytes=1 << 20), "open('big', 'wb').write(bytes(1 << 22))"),
        (tools.Limits(cpu_seconds=1), "while True: pass"),
    ],
)
def test_limits_hold(tmp_path: Path, limits: tools.Limits, code: str) -> None:
    """Memory, file size and processor time are bounded by the system, not by trust."""
    with pytest.raises(Failure):
        tools.run(python(code), tmp_path, tmp_path / "log", limits=limits)

    assert not (tmp_path / "big").exists() or (tmp_path / "big").stat().st_size <= 1 << 20


def test_a_program_dies_with_its_parent(tmp_path: Path) -> None:
    """Killed outright, we leave no encoder behind that still writes."""
    code = (
        "from pathlib import Path; from pipeline import tools; import sys; "
        "tools.run([sys.executable, '-c', \"import os, time; "
        "open('pid', 'w').write(str(os.getpid())); time.sleep(60)\"], Path('.'), Path('log'))"
    )
    pid = os.spawnve(
        os.P_NOWAIT,
        sys.executable,
        [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {code}"],
        {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    until = time.monotonic() + 30
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    child = psutil.Process(int((tmp_path / "pid").read_text()))
    os.kill(pid, 9)
    os.waitpid(pid, 0)

    assert psutil.wait_procs([child], timeout=20)[1] == []


def test_a_named_ffmpeg_that_is_none_is_refused() -> None:
    """A wrong path in the settings is told with the line to correct."""
    with pytest.raises(Failure, match=r"xiaxiang\.yaml"):
        tools.ffmpeg("/nowhere/ffmpeg")


def test_the_ffmpeg_that_comes_along_says_its_version() -> None:
    """Its version line is part of every key."""
    assert tools.version(tools.ffmpeg()).startswith("ffmpeg version ")
