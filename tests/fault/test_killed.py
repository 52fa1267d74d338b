"""Killed at any instant: nothing finished is lost, nothing half-made is believed, and the same
command again goes on and gives the same bytes.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]
Look = Callable[[Path], dict[str, str]]
Programs = Callable[[Path], list[str]]
Eventually = Callable[[Callable[[], object]], bool]

_CHANCE = random.Random(2026)
# Fractions of an undisturbed build, each at random within its twentieth.
MOMENTS = [(place + _CHANCE.random()) / 20 for place in range(20)]


def end(process: subprocess.Popen[str], by: signal.Signals = signal.SIGKILL) -> int:
    process.send_signal(by)
    process.communicate(timeout=30)
    return process.returncode


@pytest.fixture
def goes_on(
    run: Run, proof: Look, undisturbed: tuple[dict[str, str], float]
) -> Callable[[Path], None]:
    """The same command again ends well and gives exactly the same bytes."""

    def check(root: Path) -> None:
        again = run(root, "build", "small")

        assert again.returncode == 0, again.stderr
        assert proof(root) == undisturbed[0]

    return check


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:.2f}")
def test_a_build_killed_at_any_moment_goes_on(
    moment: float,
    workspace: Callable[..., Path],
    undisturbed: tuple[dict[str, str], float],
    start: Start,
    visible: Look,
    quiet: Programs,
    goes_on: Callable[[Path], None],
) -> None:
    """At each of twenty moments: nothing runs on, no edition is seen before it is whole."""
    root = workspace()
    process = start(root, "build", "small")
    time.sleep(moment * undisturbed[1])
    end(process)

    assert quiet(root) == []
    assert visible(root) in ({}, undisturbed[0])
    goes_on(root)


# What lies on the disk while ..., and must still lie there when the kill has hit.
STAGES = {
    "encoding": "workroom/.part-*/out/video.m1v",
    "mastering": "workroom/.part-*/out/.disc-01.bin.part",
    "reading back": "editions/.small-*.part/SHA256SUMS",
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_build_killed_in_each_stage_goes_on(
    stage: str,
    workspace: Callable[..., Path],
    start: Start,
    eventually: Eventually,
    visible: Look,
    quiet: Programs,
    goes_on: Callable[[Path], None],
) -> None:
    """The kill hits exactly while a programme is encoded, the image written, or read back."""
    for attempt in range(10):
        root = workspace(f"w{attempt}")
        process = start(root, "build", "small")
        assert eventually(lambda root=root: [*root.glob(STAGES[stage])])  # type: ignore[misc]
        time.sleep(0.02 if stage == "reading back" else 0)
        end(process)
        if [*root.glob(STAGES[stage])]:
            break
    else:
        pytest.fail(f"no kill of ten hit while {stage}")

    assert quiet(root) == []
    assert visible(root) == {}
    goes_on(root)


def test_killed_between_the_edition_and_the_books(
    workspace: Callable[..., Path],
    start: Start,
    eventually: Eventually,
    run: Run,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """An edition that got its name but no line in the ledger gets it when the command comes again,
    and what the workroom held of it is let go.
    """
    root = workspace()
    process = start(root, "build", "small")
    assert eventually(lambda: [*root.glob("editions/small-*")])
    end(process)
    said = run(root, "build", "small")

    assert "Nothing to do" in said.stdout
    assert proof(root) == undisturbed[0]
    assert [*root.glob("workroom/*/out/*.bin")] == []


@pytest.mark.parametrize("stage", ["encoding", "mastering"])
def test_ctrl_c_ends_everything_and_the_build_goes_on(
    stage: str,
    workspace: Callable[..., Path],
    start: Start,
    eventually: Eventually,
    visible: Look,
    quiet: Programs,
    goes_on: Callable[[Path], None],
) -> None:
    """Stopped by hand: exit 130, nothing runs on, nothing half-made stays."""
    root = workspace()
    process = start(root, "build", "small")
    assert eventually(lambda: [*root.glob(STAGES[stage])])
    process.send_signal(signal.SIGINT)
    _out, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in said
    assert quiet(root) == []
    assert [*root.glob("workroom/.part-*")] == []
    assert visible(root) == {}
    goes_on(root)


def test_ctrl_c_says_that_the_work_is_kept(
    workspace: Callable[..., Path], start: Start, busy: Programs, eventually: Eventually
) -> None:
    """Whoever stops the program reads that the same command goes on."""
    root = workspace()
    process = start(root, "build", "small")
    assert eventually(lambda: busy(root))
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]

    assert "Stopped by hand" in said


@pytest.fixture
def empty(run: Run, tmp_path: Path) -> Path:
    root = tmp_path / "empty"
    assert run(root, "init").returncode == 0
    return root


@pytest.fixture(scope="module")
def _telling(
    ffmpeg_run: Callable[..., Path], run: Run, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    long = ffmpeg_run(
        "长篇评书.mp4",
        *("-f", "lavfi", "-i", "color=c=gray:s=320x240:r=2:d=400"),
        *("-f", "lavfi", "-i", "sine=f=300:r=8000:d=400"),
        *("-c:v", "mpeg4", "-c:a", "aac"),
    )
    root = tmp_path_factory.mktemp("telling") / "w"
    assert run(root, "init").returncode == 0
    assert run(root, "add", str(long), "--rights", "national").returncode == 0
    return root


@pytest.fixture
def telling(_telling: Path, tmp_path: Path) -> Path:
    """A workspace whose recipe `inbox` has a programme that takes far longer to encode than any
    test waits for a program to end. Each test has its own: what one has encoded is kept, and the
    last would find nothing to do.
    """
    return shutil.copytree(_telling, tmp_path / "w")


@pytest.mark.parametrize("by", ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"])
def test_no_program_outlives_the_build(
    by: str, telling: Path, start: Start, busy: Programs, quiet: Programs, eventually: Eventually
) -> None:
    """However the build ends, the encoder that would work on for long ends with it."""
    process = start(telling, "build", "inbox")
    assert eventually(lambda: [line for line in busy(telling) if "confined.py" not in line])
    end(process, signal.Signals[by])

    assert quiet(telling) == []


def test_no_program_outlives_a_build_that_is_killed_while_it_starts_one(
    telling: Path, start: Start, busy: Programs, quiet: Programs, eventually: Eventually
) -> None:
    """Between the fork and the limits there is no moment at which an encoder is orphaned."""
    process = start(telling, "build", "inbox")
    assert eventually(lambda: busy(telling))
    end(process)
    left = quiet(telling)
    for one in psutil.process_iter(["cwd"]):
        if str(one.info["cwd"] or "").startswith(str(telling)):
            one.kill()

    assert left == []


def test_what_was_encoded_before_a_kill_is_not_encoded_again(
    workspace: Callable[..., Path],
    start: Start,
    eventually: Eventually,
    goes_on: Callable[[Path], None],
) -> None:
    """Finished work is found again: its files are the very same."""
    root = workspace()
    process = start(root, "build", "small")
    assert eventually(lambda: len([*root.glob("workroom/[!.]*/out/video.m1v")]) >= 2)
    end(process)
    kept = {path: path.stat().st_ino for path in root.glob("workroom/[!.]*/out/video.m1v")}
    goes_on(root)

    assert len(kept) >= 2
    assert {path: path.stat().st_ino for path in kept} == kept


def test_a_recipe_changed_after_a_kill_leaves_nothing_of_the_old_one(
    workspace: Callable[..., Path], start: Start, eventually: Eventually, run: Run, proof: Look
) -> None:
    """The half edition of a recipe that nobody wants any more does not stay for ever."""
    root = workspace()
    process = start(root, "build", "small")
    assert eventually(lambda: [*root.glob(STAGES["reading back"])])
    end(process)
    recipe = root / "recipes" / "small.yaml"
    recipe.write_text(recipe.read_text("utf-8") + "leave_out: [P0001]\n", "utf-8")

    assert run(root, "build", "small").returncode == 0
    assert sorted(proof(root)) == ["SHA256SUMS", "disc-01.bin", "disc-01.cue", "edition.json"]


# -- taking in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [0.4, 0.6, 0.75, 0.9])
def test_files_are_catalogued_once_however_often_adding_them_is_killed(
    moment: float,
    empty: Path,
    four: Path,
    undisturbed: tuple[dict[str, str], float],
    start: Start,
    run: Run,
    quiet: Programs,
    catalogued: Callable[[Path], list[str]],
) -> None:
    """The same `add` again: every file once, whole, in the books and in the library."""
    process = start(empty, "add", str(four), "--rights", "national")
    time.sleep(moment * undisturbed[1])
    end(process)

    assert quiet(empty) == []
    again = run(empty, "add", str(four), "--rights", "national")
    assert again.returncode == 0, again.stderr
    assert catalogued(empty) == sorted(path.name for path in four.iterdir())
    kept = sorted(path.read_bytes() for path in (empty / "library").iterdir())
    assert kept == sorted(path.read_bytes() for path in four.iterdir())


def test_the_half_copy_of_a_killed_add_is_swept_away_by_the_next(
    empty: Path,
    four: Path,
    clip: Path,
    tmp_path: Path,
    start: Start,
    eventually: Eventually,
    run: Run,
) -> None:
    """Also where another file is added than the one that was being copied."""
    big = tmp_path / "big.mp4"
    big.write_bytes(clip.read_bytes() + bytes(150_000_000))
    process = start(empty, "add", str(big))
    assert eventually(lambda: [*(empty / "library").iterdir()])
    end(process)
    left = [path.name for path in (empty / "library").iterdir()]
    big.unlink()

    assert [name[0] for name in left] == ["."]
    assert run(empty, "add", str(next(four.iterdir()))).returncode == 0
    assert [path.name[0] == "." for path in (empty / "library").iterdir()] == [False]
