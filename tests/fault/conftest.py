"""What the tests that break things share: a small workspace, whole commands, and what must hold."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from catalog import ledger, records
from catalog.database import open_books

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"XIAXIANG_LANG": "en", "PYTHONDONTWRITEBYTECODE": "1"}
RECIPE = """\
recipe: small
title: 小样
copies: 1
order: fixed
select:
  - all: yes
target:
  video-cd: {standard: pal, disc: 80, quality: fast}
"""
TITLES = {"温棚黄瓜": 2, "母羊护理": 3, "冬季保健": 3, "秦腔选段": 4}


def command(root: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", "--workspace", str(root), *words]


@pytest.fixture(scope="session")
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run one whole command in a workspace."""

    def once(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(root, *words),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return once


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start one whole command and let it run; what a test that failed left running is ended."""
    begun: list[subprocess.Popen[str]] = []

    def begin(root: Path, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command(root, *words),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


@pytest.fixture(scope="session")
def four(ffmpeg_run: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four small programmes."""
    folder = tmp_path_factory.mktemp("four")
    for number, (title, seconds) in enumerate(TITLES.items(), 1):
        made = ffmpeg_run(
            f"{title}.mp4",
            *("-f", "lavfi", "-i", f"testsrc2=s=320x240:r=25:d={seconds}"),
            *("-f", "lavfi", "-i", f"sine=f={200 * number}:d={seconds}"),
            *("-c:v", "mpeg4", "-q:v", "6", "-c:a", "aac"),
        )
        shutil.copyfile(made, folder / made.name)
    return folder


@pytest.fixture(scope="session")
def _ready(
    four: Path,
    run: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    root = tmp_path_factory.mktemp("ready") / "w"
    assert run(root, "init").returncode == 0
    assert run(root, "add", str(four), "--rights", "national").returncode == 0
    (root / "recipes" / "small.yaml").write_text(RECIPE, "utf-8")
    return root


@pytest.fixture
def workspace(_ready: Path, tmp_path: Path) -> Callable[..., Path]:
    """A fresh copy of a workspace that holds four programmes and a recipe `small` of them."""

    def copy(name: str = "w", folder: Path = tmp_path) -> Path:
        return Path(shutil.copytree(_ready, folder / name))

    return copy


def digests_of(root: Path) -> dict[str, str]:
    """What is in the only edition of a workspace, by digest; nothing where there is none."""
    seen = [one for one in (root / "editions").iterdir() if not one.name.startswith(".")]
    assert len(seen) <= 1
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in seen
        for path in folder.iterdir()
    }


@pytest.fixture(scope="session")
def undisturbed(
    _ready: Path,
    run: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, str], float]:
    """What the recipe gives when nobody disturbs it, and the seconds that takes."""
    root = Path(shutil.copytree(_ready, tmp_path_factory.mktemp("undisturbed") / "w"))
    begun = time.monotonic()
    assert run(root, "build", "small").returncode == 0
    seconds = time.monotonic() - begun
    digests = digests_of(root)
    assert sorted(digests) == ["SHA256SUMS", "disc-01.bin", "disc-01.cue", "edition.json"]
    return digests, seconds


def at_work(root: Path) -> list[str]:
    """The programs at work in a workspace: all that we start work in a folder of it."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        if str(process.info["cwd"] or "").startswith(str(root)):
            found.append(" ".join(process.info["cmdline"] or []))
    return found


@pytest.fixture(scope="session")
def quiet() -> Callable[[Path], list[str]]:
    """What still works in a workspace after some seconds of waiting for it to end."""

    def wait(root: Path) -> list[str]:
        until = time.monotonic() + 5
        while (left := at_work(root)) and time.monotonic() < until:
            time.sleep(0.05)
        return left

    return wait


@pytest.fixture(scope="session")
def busy() -> Callable[[Path], list[str]]:
    """The programs at work in a workspace now."""
    return at_work


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], object]], bool]:
    """Wait until something holds, looking often; False where it never does."""

    def wait(holds: Callable[[], object]) -> bool:
        until = time.monotonic() + 60
        while not holds():
            if time.monotonic() > until:
                return False
            time.sleep(0.0005)
        return True

    return wait


@pytest.fixture(scope="session")
def proof() -> Callable[[Path], dict[str, str]]:
    """Everything that must hold in a workspace whose recipe was built, however often it was
    disturbed; gives the digests of its edition.
    """

    def look(root: Path) -> dict[str, str]:
        with closing(open_books(root / "xiaxiang.db")) as books, books.reading() as connection:
            assert ledger.check(connection) == ()
            assert len(list(ledger.read(connection, "made"))) == 1
        room = [one.name for one in (root / "workroom").iterdir() if one.name != ".lock"]
        assert [
            name for name in room if not (root / "workroom" / name / "made.json").is_file()
        ] == []
        assert [name for name in room if name.startswith(".")] == []
        assert [one.name for one in (root / "editions").iterdir() if one.name[0] == "."] == []
        return digests_of(root)

    return look


@pytest.fixture(scope="session")
def visible() -> Callable[[Path], dict[str, str]]:
    """What is in the edition that is seen in a workspace now, by digest."""
    return digests_of


@pytest.fixture(scope="session")
def catalogued() -> Callable[[Path], list[str]]:
    """The names of the sources in the books, in order; the chain of events must hold."""

    def look(root: Path) -> list[str]:
        with closing(open_books(root / "xiaxiang.db")) as books, books.reading() as connection:
            assert ledger.check(connection) == ()
            sources = records.sources(connection)
            assert len(list(ledger.read(connection, "added"))) == len(sources)
            return sorted(source.name for source in sources)

    return look
