"""Two at once in one workspace, books that are not ours to read, and somebody else at the books."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]
Look = Callable[[Path], dict[str, str]]
Eventually = Callable[[Callable[[], object]], bool]


def test_a_second_build_is_turned_away_and_the_first_is_unharmed(
    workspace: Callable[..., Path],
    start: Start,
    run: Run,
    eventually: Eventually,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """The second names the process that is at work, and leaves all it does alone."""
    root = workspace()
    first = start(root, "build", "small")
    assert eventually(lambda: [*root.glob("workroom/.part-*")])
    first.send_signal(signal.SIGSTOP)
    second = run(root, "build", "small")
    first.send_signal(signal.SIGCONT)
    first.communicate(timeout=60)

    assert second.returncode == 3
    assert f"another build is at work here (process {first.pid})" in second.stderr
    assert first.returncode == 0
    assert proof(root) == undisturbed[0]


def test_plans_and_lists_are_answered_while_a_build_is_at_work(
    workspace: Callable[..., Path], start: Start, run: Run, eventually: Eventually, proof: Look
) -> None:
    """Asking does not wait for making, and does not disturb it; nor does taking in."""
    root = workspace()
    building = start(root, "build", "small")
    assert eventually(lambda: [*root.glob("workroom/.part-*")])
    building.send_signal(signal.SIGSTOP)
    codes = [run(root, *words).returncode for words in (["plan", "small"], ["programmes"])]
    building.send_signal(signal.SIGCONT)
    building.communicate(timeout=60)

    assert codes == [0, 0]
    assert building.returncode == 0
    assert proof(root)


def test_a_file_added_while_a_build_is_at_work_harms_neither(
    workspace: Callable[..., Path],
    clip: Path,
    start: Start,
    run: Run,
    eventually: Eventually,
    proof: Look,
    catalogued: Callable[[Path], list[str]],
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """The build goes by what it planned; the file is in the books for the next."""
    root = workspace()
    building = start(root, "build", "small")
    assert eventually(lambda: [*root.glob("workroom/.part-*")])
    building.send_signal(signal.SIGSTOP)
    adding = run(root, "add", str(clip), "--rights", "national")
    building.send_signal(signal.SIGCONT)
    building.communicate(timeout=60)

    assert (adding.returncode, building.returncode) == (0, 0)
    assert proof(root) == undisturbed[0]
    assert len(catalogued(root)) == 5


@pytest.mark.parametrize("attempt", range(3))
def test_two_who_add_the_same_files_take_each_in_once(
    attempt: int,
    four: Path,
    tmp_path: Path,
    start: Start,
    run: Run,
    catalogued: Callable[[Path], list[str]],
) -> None:
    """Both end well; each file is in the books once and in the library whole."""
    root = tmp_path / "w"
    assert run(root, "init").returncode == 0
    both = [start(root, "add", str(four), "--rights", "national") for _one in range(2)]
    said = [one.communicate(timeout=60)[1] for one in both]

    assert [one.returncode for one in both] == [0, 0], said
    assert catalogued(root) == sorted(path.name for path in four.iterdir())
    kept = sorted(path.read_bytes() for path in (root / "library").iterdir())
    assert kept == sorted(path.read_bytes() for path in four.iterdir())
    assert sum(text.count("(added)") for text in said) == 4
    assert sum(text.count("(already there)") for text in said) == 4


# -- books that cannot be used ------------------------------------------------------------------


def rewritten(root: Path, *statements: str) -> None:
    connection = sqlite3.connect(root / "xiaxiang.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_books_of_a_newer_program_are_left_alone(workspace: Callable[..., Path], run: Run) -> None:
    """Exit 2, both versions named, and not a byte of the books changed."""
    root = workspace()
    rewritten(root, "UPDATE alembic_version SET version_num = '9876'")
    before = (root / "xiaxiang.db").read_bytes()
    for words in (["plan", "small"], ["build", "small"], ["programmes"], ["init"]):
        said = run(root, *words)

        assert said.returncode == 2
        assert "the books are of a newer version (9876; this program knows" in said.stderr
        assert "install the newer program" in said.stderr
    assert (root / "xiaxiang.db").read_bytes() == before


def spoiled(root: Path, how: str) -> None:
    place = root / "xiaxiang.db"
    match how:
        case "text":
            place.write_text("this is no database\n" * 100)
        case "empty":
            place.write_bytes(b"")
        case "other":
            place.unlink()
            rewritten(root, "CREATE TABLE recipes (name TEXT)")
        case "torn":
            place.write_bytes(place.read_bytes()[:6000])
        case "gone":
            place.unlink()
        case "folder":
            place.unlink()
            place.mkdir()


@pytest.mark.parametrize(
    ("how", "code", "line"),
    [
        ("text", 2, "xiaxiang.db: not a database — name the folder of the workspace"),
        ("empty", 2, "xiaxiang.db: the books are not set up yet — run: xiaxiang init"),
        ("other", 2, "xiaxiang.db: a database, but not the books of xiaxiang — name the folder"),
        ("torn", 3, "xiaxiang.db — database disk image is malformed — the file is damaged"),
        ("gone", 2, "this folder is no workspace — make one with `xiaxiang init`"),
        ("folder", 2, "this folder is no workspace — make one with `xiaxiang init`"),
    ],
)
def test_books_that_cannot_be_read_are_named(
    how: str, code: int, line: str, workspace: Callable[..., Path], run: Run
) -> None:
    """What lies in the place of the books is told, and left as it is."""
    root = workspace()
    spoiled(root, how)
    place = root / "xiaxiang.db"
    before = place.read_bytes() if place.is_file() else None
    said = run(root, "build", "small")

    assert (said.returncode, line in said.stderr) == (code, True), said.stderr
    assert (place.read_bytes() if place.is_file() else None) == before
    assert [*(root / "workroom").iterdir()] == []


# -- somebody else writes -----------------------------------------------------------------------


def test_a_build_waits_for_whoever_writes_in_the_books(
    workspace: Callable[..., Path],
    start: Start,
    eventually: Eventually,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """Another program holds the books while the edition is finished; the build writes after it."""
    root = workspace()
    other = sqlite3.connect(root / "xiaxiang.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    process = start(root, "build", "small")
    assert eventually(lambda: [*root.glob("editions/small-*/SHA256SUMS")])
    assert not other.execute("SELECT * FROM event WHERE kind = 'made'").fetchall()
    other.execute("COMMIT")
    other.close()
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert proof(root) == undisturbed[0]


def test_books_that_stay_locked_cost_nothing_that_was_made(
    workspace: Callable[..., Path],
    run: Run,
    visible: Look,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """After some seconds of waiting: exit 3 and a line; the edition stands, and the same command
    writes it into the books.
    """
    root = workspace()
    other = sqlite3.connect(root / "xiaxiang.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = run(root, "build", "small")
    other.execute("ROLLBACK")
    other.close()

    assert said.returncode == 3
    assert "another program is writing in them; try again when it is done" in said.stderr
    assert visible(root) == undisturbed[0]
    assert run(root, "build", "small").returncode == 0
    assert proof(root) == undisturbed[0]


def test_an_edition_that_somebody_took_apart_is_made_again(
    workspace: Callable[..., Path],
    run: Run,
    proof: Look,
    undisturbed: tuple[dict[str, str], float],
) -> None:
    """Without its sums a folder is no edition; what the workroom lost is made again, too."""
    root = workspace()
    assert run(root, "build", "small").returncode == 0
    next(root.glob("editions/*/SHA256SUMS")).unlink()
    shutil.rmtree(root / "workroom")

    assert run(root, "build", "small").returncode == 0
    assert proof(root) == undisturbed[0]
