"""What all tests share: peers that may be missing, an English screen, empty databases.

`TEST_POSTGRES` names a PostgreSQL (`postgresql+psycopg://...`) whose user may make databases. A
test that asks for `address` then runs a second time there, each time in a database of its own.
Tests marked `sqlite` are about SQLite's file and run there alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from catalog import ledger, words
from catalog.database import open_books
from pipeline import tools
from pipeline.bundle.bag import root as seal_root
from pipeline.bundle.bag import tag_files
from pipeline.bundle.bundle import Bundle, Piece
from pipeline.bundle.identity import Identity, write_identity
from pipeline.bundle.layout import TAG_MANIFEST
from pipeline.cli import main
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


# -- a county with drives, by the command ----------------------------------------------------------

SITES = """\
site_id,name_zh,level,parent_id,region_code,vcd_player,pc,drive_id,drive_capacity_gb,drive_fs,manager
C,环县支中心,county,,621022,1,9,D0,1000,ext4,张某
T,城川镇,township,C,621022150,1,1,D1,500,ext4,赵某
U,曲子镇,township,C,621022101,1,1,D2,500,ext4,陈某
V,刘家沟,village,T,621022150201,1,0,,,,王某
"""
SHEET = """\
文件,题名,主题,语种,版权范围
a.mp4,三滴血,ART.LOCAL,zh,national
b.avi,温棚黄瓜,AGR.GREENHOUSE,zh,national
c.mp4,母羊护理,LIV.SHEEP,zh,national
d.mp4,冬季保健,HEA.ELDER,zh,national
"""
DRIVES = """\
recipe: drives
title: 移动硬盘
select:
  - all: yes
target:
  site-drive: {sites: {all: yes}, quality: fast, keep_free: 0%}
"""
SAID = "1\n00:00:00,000 --> 00:00:01,000\n冬天要穿暖\n"


@dataclass(frozen=True)
class Ended:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class County:
    """A workspace with four small programmes (P0001 … P0004), the sites C, T, U and V, and the
    recipe `drives`, whose files are made; and the whole command, run in it in this process: to
    start Python anew each time would take longer than all that is tried.
    """

    root: Path

    def ended(self, *words: str, lang: str = "en") -> Ended:
        """Run the command, whatever comes of it; an end by a bug is raised."""
        out, told = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _one in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
            try:
                main(["--workspace", str(self.root), "--lang", lang, *words])
            except SystemExit as end:
                code = end.code
        texts = []
        for stream in (out, told):
            stream.seek(0)
            texts.append(stream.read())
        assert isinstance(code, int)
        return Ended(code, *texts)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the command as a process of its own and let it run."""
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", "--workspace", str(self.root), *words],
            cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1", "XIAXIANG_LANG": "en"}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def said(self, *words: str, code: int = 0, lang: str = "en") -> str:
        """What the command printed and said; it must end as expected."""
        done = self.ended(*words, lang=lang)
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return f"{done.stdout}{done.stderr}"

    def answer(self, *words: str, code: int = 0) -> Any:
        """What the command answers in JSON."""
        done = self.ended(*words, "--json")
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind; the chain must hold."""
        books = open_books(self.root / "xiaxiang.db")
        with books.reading() as connection:
            assert ledger.check(connection) == ()
            found = [dict(event.details) for event in ledger.read(connection, kind)]
        books.close()
        return found

    def recipe(self, name: str, text: str) -> None:
        """Write a recipe into the workspace."""
        (self.root / "recipes" / f"{name}.yaml").write_text(text, "utf-8")


@pytest.fixture(scope="session")
def _county(ffmpeg_run: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    wild = "testsrc2=s=640x360:r=25:d=3,noise=alls=100:allf=t"
    ready = ("-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "main", "-level", "31",
             "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart")  # fmt: skip
    new = folder / "new"
    new.mkdir()
    for at, name in enumerate("abcd"):
        sound = ("-f", "lavfi", "-i", f"sine=f={300 + 100 * at}:d=3")
        if name == "b":
            words = ("-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=2", *sound, "-c:v", "mpeg4")
            made = ffmpeg_run("county-b.avi", *words, "-shortest")
        else:
            rate = ("-b:v", "10M", "-maxrate", "12M", "-bufsize", "6M")
            words = ("-f", "lavfi", "-i", wild, *sound, *ready, *(rate if name < "d" else ()))
            made = ffmpeg_run(f"county-{name}.mp4", *words)
        shutil.copyfile(made, new / made.name.removeprefix("county-"))
    (new / "d.srt").write_text(SAID, "utf-8")
    (folder / "节目单.csv").write_text(SHEET, "utf-8-sig")
    (folder / "站点.csv").write_text(SITES, "utf-8")
    county = County(folder / "w")
    county.said("init")
    county.said("add", str(new), "--sheet", str(folder / "节目单.csv"))
    county.said("site", "import", str(folder / "站点.csv"))
    (county.root / "recipes" / "township-drives.yaml").unlink()
    county.recipe("drives", DRIVES)
    county.said("build", "drives")
    return county.root


@pytest.fixture
def county(_county: Path, tmp_path: Path) -> County:
    """A county of one's own (`County`), whose drives hold nothing yet."""
    return County(Path(shutil.copytree(_county, tmp_path / "w")))
