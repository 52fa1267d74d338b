"""A data disc is written whole or not at all, and only of the bytes that were planned."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.problem import Failure
from pipeline import tools
from pipeline.bundle.iso_size import image_bytes, iso_writer
from pipeline.make.write_iso import write_iso
from pipeline.plan.steps import FromSource, FromStep, Input, IsoFile, WriteIso
from pipeline.workroom import MadeFile


def quiet(_bytes: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Where the files of a disc lie, by their digest."""
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def place(library: Path) -> Callable[[Input], Path]:
    """Finds an input in the library."""
    return lambda one: library / (one.sha256 if isinstance(one, FromSource) else one.name)


def put(library: Path, path: str, data: bytes) -> IsoFile:
    """A file of a disc, its bytes in the library."""
    digest = hashlib.sha256(data).hexdigest()
    (library / digest).write_bytes(data)
    return IsoFile(path, len(data), digest, FromSource(digest, ".mp4"))


def disc(*files: IsoFile) -> WriteIso:
    return WriteIso("a disc", 0.0, "disc-01", "三下乡", files, image_bytes(files), iso_writer())


def test_writes_the_image_it_says(library, place, tmp_path) -> None:
    """Its length is what the plan counted with, its digest that of the bytes on the disk."""
    step = disc(put(library, "戏曲/三滴血.mp4", os.urandom(3_000_001)), put(library, "空.mp4", b""))
    heard: list[int] = []
    made = write_iso(step, place, tmp_path, tools.NEVER, heard.append)
    data = (tmp_path / "disc-01.iso").read_bytes()

    assert made == (MadeFile("disc-01.iso", step.bytes, hashlib.sha256(data).hexdigest()),)
    assert len(data) == step.bytes
    assert heard == sorted(heard)
    assert heard[-1] == step.bytes
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["disc-01.iso"]


@pytest.fixture
def shanghai(monkeypatch) -> Iterator[Callable[[], None]]:
    """Moves this process to another time zone, and back at the end."""

    def move() -> None:
        monkeypatch.setenv("TZ", "Asia/Shanghai")
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def test_the_same_step_gives_the_same_bytes(library, place, tmp_path, shanghai) -> None:
    """On another day, in another time zone, of files with other permissions, in another folder."""
    step = disc(
        put(library, "戏曲/三滴血.mp4", b"a" * 5000), IsoFile("说明.txt", 6, "", None, "你好")
    )
    first = write_iso(step, place, tmp_path, tools.NEVER, quiet)
    for path in library.iterdir():
        path.chmod(0o600)
        os.utime(path, (1, 1))
    shanghai()
    (tmp_path / "again").mkdir()
    second = write_iso(step, place, tmp_path / "again", tools.NEVER, quiet)

    assert first == second


def test_a_list_of_check_sums_comes_last_of_what_was_read(library, place, tmp_path) -> None:
    """Files whose digest the plan could not know stand in it too."""
    (library / "made.mp4").write_bytes(b"b" * 3000)
    made = IsoFile("戏曲/乙.mp4", 4000, "", FromStep("key", "made.mp4"))
    step = disc(put(library, "戏曲/甲.mp4", b"a" * 3000), made)
    write_iso(step, place, tmp_path, tools.NEVER, quiet)
    data = (tmp_path / "disc-01.iso").read_bytes()
    lines = sorted(
        f"{hashlib.sha256(letter * 3000).hexdigest()}  戏曲/{title}.mp4\n"
        for letter, title in ((b"a", "甲"), (b"b", "乙"))
    )
    text = "".join(sorted(lines, key=lambda line: line[66:])).encode()

    assert text in data
    assert data.index(b"a" * 3000) < data.index(b"b" * 3000) < data.index(text)


def test_no_file_takes_the_place_of_the_list_of_check_sums(library, place, tmp_path) -> None:
    """Windows would not tell them apart."""
    step = disc(put(library, "sha256sums", b"abc"))
    write_iso(step, place, tmp_path, tools.NEVER, quiet)

    assert b"  sha256sums (2)\n" in (tmp_path / "disc-01.iso").read_bytes()


def test_a_list_that_is_given_is_the_one_on_the_disc(library, place, tmp_path) -> None:
    """No second one is made."""
    text = "0" * 64 + "  甲.mp4\n"
    step = disc(
        put(library, "甲.mp4", b"a"), IsoFile("SHA256SUMS", len(text.encode()), "", None, text)
    )
    write_iso(step, place, tmp_path, tools.NEVER, quiet)

    assert (tmp_path / "disc-01.iso").read_bytes().count(b"  \xe7\x94\xb2.mp4\n") == 1


@pytest.mark.parametrize("size", [5000, 3_000_000])
def test_another_file_of_the_same_length_is_a_failure(size, library, place, tmp_path) -> None:
    """Nothing is left that could be taken for a disc."""
    step = disc(put(library, "甲.mp4", b"a" * size))
    (library / step.files[0].sha256).write_bytes(b"a" * (size - 1) + b"b")
    with pytest.raises(Failure) as failure:
        write_iso(step, place, tmp_path, tools.NEVER, quiet)

    assert str(failure.value) == (
        "putting 甲.mp4 on the data disc — its contents are not those that were planned — "
        "it was changed after it was added: delete it here, then add it again"
    )
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_file_of_another_length_is_a_failure(library, place, tmp_path) -> None:
    """Told before a byte is written."""
    step = disc(put(library, "甲.mp4", b"abc"))
    (library / step.files[0].sha256).write_bytes(b"abcd")
    with pytest.raises(Failure, match=r"甲.mp4.*has 4 bytes, the plan counted with 3"):
        write_iso(step, place, tmp_path, tools.NEVER, quiet)


def test_a_file_that_is_longer_than_it_could_be_is_a_failure(library, place, tmp_path) -> None:
    """A step made more than its bound: the disc might not hold it."""
    (library / "made.mp4").write_bytes(b"b" * 3000)
    step = disc(IsoFile("乙.mp4", 2999, "", FromStep("key", "made.mp4")))
    with pytest.raises(Failure, match=r"乙.mp4.*has 3000 bytes, the plan counted with 2999"):
        write_iso(step, place, tmp_path, tools.NEVER, quiet)


def test_a_file_that_has_gone_is_a_failure(library, place, tmp_path) -> None:
    """It says which."""
    step = disc(put(library, "甲.mp4", b"abc"))
    (library / step.files[0].sha256).unlink()
    with pytest.raises(Failure, match=r"putting 甲.mp4 on the data disc — the file cannot be read"):
        write_iso(step, place, tmp_path, tools.NEVER, quiet)


def test_a_file_of_four_gibibytes_is_a_failure(library, place, tmp_path) -> None:
    """The plan refuses it earlier; several extents are read wrongly by many players."""
    step = disc(put(library, "大.mp4", b""))
    big = replace(step.files[0], bytes=1 << 32, sha256="")
    os.truncate(library / step.files[0].sha256, 1 << 32)
    with pytest.raises(Failure, match="4294967296 bytes; a data disc takes less than 4 GiB"):
        write_iso(replace(step, files=(big,)), place, tmp_path, tools.NEVER, quiet)


def test_an_image_larger_than_planned_is_a_failure(library, place, tmp_path) -> None:
    """It might not fit on its disc."""
    step = replace(disc(put(library, "甲.mp4", b"abc")), bytes=2048)
    with pytest.raises(Failure, match="the plan counted with 2048"):
        write_iso(step, place, tmp_path, tools.NEVER, quiet)


def test_stops_when_asked_and_leaves_nothing(library, place, tmp_path) -> None:
    """Asked in the middle of a film."""
    step = disc(put(library, "甲.mp4", bytes(8 << 20)))
    stop = tools.Stop()
    with pytest.raises(tools.Stopped):
        write_iso(step, place, tmp_path, stop, lambda done: stop.ask() if done > 3 << 20 else None)

    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_the_writer_names_what_decides_the_bytes() -> None:
    """Another pycdlib may lay a disc out otherwise: the key of the step changes with it."""
    assert iso_writer().startswith("iso 1, pycdlib 1.")
