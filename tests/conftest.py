"""What all tests share: peers that may be missing, an English screen, empty databases.

`TEST_POSTGRES` names a PostgreSQL (`postgresql+psycopg://...`) whose user may make databases. A
test that asks for `address` then runs a second time there, each time in a database of its own.
Tests marked `sqlite` are about SQLite's file and run there alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from catalog import words
from catalog.database import open_books
from pipeline import tools
from pipeline.bundle.bag import root as seal_root
from pipeline.bundle.bag import tag_files
from pipeline.bundle.bundle import Bundle, Piece
from pipeline.bundle.identity import Identity, write_identity
from pipeline.bundle.layout import TAG_MANIFEST
from pipeline.manifest import Item
from pipeline.plan.steps import FromSource

ROOT = Path(__file__).parent.parent


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Books are asked the same on SQLite and, where one is named, on PostgreSQL."""
    if "address" not in metafunc.fixturenames:
        return
    other = os.environ.get("TEST_POSTGRES") and not metafunc.definition.get_closest_marker("sqlite")
    metafunc.parametrize(
        "address", ["sqlite", "postgresql"] if other else ["sqlite"], indirect=True
    )


@pytest.fixture
def address(
    request: pytest.FixtureRequest, tmp_path: Path, new_address: Callable[..., Path | str]
) -> Path | str:
    """Where empty books are, made and up to date, for `open_books`."""
    return new_address(request.param, tmp_path)


@pytest.fixture(scope="session")
def new_address(request: pytest.FixtureRequest) -> Callable[..., Path | str]:
    """Makes empty books on `sqlite`, in a folder, or on `postgresql`; tells where."""

    def make(database: str, folder: Path) -> Path | str:
        if database == "sqlite":
            path = folder / "xiaxiang.db"
            shutil.copyfile(request.getfixturevalue("sqlite_pattern"), path)
            return path
        server, pattern, made = request.getfixturevalue("postgresql_pattern")
        made.append(f"test_{uuid.uuid4().hex[:12]}")
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {made[-1]} TEMPLATE {pattern}"))
        return str(server.url.set(database=made[-1]).render_as_string(hide_password=False))

    return make


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty books made once: migrations cost more than most tests."""
    path = tmp_path_factory.mktemp("pattern") / "xiaxiang.db"
    open_books(path, create=True).close()
    return path


@pytest.fixture(scope="session")
def postgresql_pattern() -> Iterator[tuple[sa.Engine, str, list[str]]]:
    """The server that TEST_POSTGRES names, a database in it with empty books, and all others made
    here: they are taken away at the end, because each that goes makes the server write all it has.
    """
    server = sa.create_engine(os.environ["TEST_POSTGRES"], isolation_level="AUTOCOMMIT")
    name = f"pattern_{uuid.uuid4().hex[:12]}"
    made = [name]
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = server.url.set(database=name).render_as_string(hide_password=False)
    open_books(url, create=True).close()
    yield server, name, made
    with server.connect() as connection:
        for one in made:
            connection.execute(sa.text(f"DROP DATABASE {one} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are compared in English, whatever the locale of the machine."""
    words.speak("en")
    yield
    words.speak("en")


@pytest.fixture(scope="session")
def peer() -> Callable[[str], str]:
    """The path of a tool we compare ourselves with: a visible skip without it, a failure in CI."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            why = f"{name} is not installed: make peers"
            if os.environ.get("CI") == "true":
                pytest.fail(why)
            pytest.skip(why)
        return path

    return find


@pytest.fixture(scope="session")
def ffmpeg_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a clip with ffmpeg's own test sources: a name and the arguments before it."""
    folder = tmp_path_factory.mktemp("clips")
    program = str(tools.ffmpeg())

    def make(name: str, *arguments: str) -> Path:
        place = folder / name
        if not place.exists():
            command = [program, "-v", "error", "-y", *arguments, str(place)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=300)
        return place

    return make


@pytest.fixture(scope="session")
def clip(ffmpeg_run: Callable[..., Path]) -> Path:
    """Two seconds of picture and sound in an MP4."""
    return ffmpeg_run(
        "clip.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2"),
        *("-f", "lavfi", "-i", "sine=f=440:d=2"),
        *("-c:v", "mpeg4", "-q:v", "5", "-c:a", "aac", "-movflags", "+faststart"),
    )


@pytest.fixture(scope="session")
def media() -> Callable[[str], Path]:
    """A real clip that lies beside the checkout, never in it; a visible skip where it does not."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / "media" / name
        if not path.exists():
            pytest.skip(f"the clip {name} is not beside this checkout")
        return path

    return find


@dataclass(frozen=True)
class SealedDrive:
    """A drive as it was filled long ago: its folder, what the books know of it, its lists."""

    root: Path
    items: tuple[Item, ...]
    tags: dict[str, bytes]
    seal: str
    identity: Identity
    number: int


@pytest.fixture(scope="session")
def sealed_drive() -> Callable[..., SealedDrive]:
    """Have an edition lie on a drive: files by path (their texts), its number, the root before."""

    def lay(root: Path, files: dict[str, bytes], **told: Any) -> SealedDrive:
        number, previous = told.get("number", 1), told.get("previous", "")
        name, site = told.get("drive", "HX-D001"), told.get("site", "HX-0001")
        token = hashlib.sha256(name.encode()).hexdigest()[:32]
        identity = Identity(name, site, token, date(2026, 10, 1), 0)
        pieces = tuple(
            Piece(path, len(data), sha, FromSource(sha, ".mp4"))
            for path, data in files.items()
            for sha in (hashlib.sha256(data).hexdigest(),)
        )
        bundle = Bundle(
            f"冬季-{number}", number, previous, name, site, "双城村", "环县图书馆", "冬季节目",
            date(2026, 11, number), pieces, (),
        )  # fmt: skip
        page = f"<!doctype html><title>{name} {number}</title>".encode()
        earlier = told.get("editions", {})
        tags = dict(tag_files(bundle, page, write_identity(identity), earlier))
        root.mkdir(parents=True, exist_ok=True)
        for path, data in {**files, **tags, "_delivery/code.js": b"x"}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        items = tuple(Item(one.path, one.bytes, one.sha256) for one in pieces)
        return SealedDrive(root, items, tags, seal_root(tags[TAG_MANIFEST]), identity, number)

    return lay
