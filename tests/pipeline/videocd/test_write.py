"""The image on the disk: what its packs carry, and that it is there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from catalog.problem import Failure
from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.layout import Disc, Elementary


def quiet(_sectors: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def pal_disc(clips) -> Disc:
    clip = clips["pal"]
    return Disc("DISC", "ALBUM", (Elementary(clip.video, clip.audio, "pal"),))


def payloads(packs: list[bytes], stream: int) -> bytes:
    """The bytes of one stream, unwrapped by a reader that knows only ISO 11172-1."""
    found = []
    for pack in packs:
        at = 12
        while at < 2324 and pack[at : at + 3] == b"\0\0\1" and pack[at + 3] != 0xB9:
            length = int.from_bytes(pack[at + 4 : at + 6], "big")
            body, at, kind = pack[at + 6 : at + 6 + length], at + 6 + length, pack[at + 3]
            if kind == stream:
                found.append(_data(body))
        assert not any(pack[at:]) or pack[at:] == b"\0\0\1\xb9" or pack.endswith(b"\0\0\1\xb9")
    return b"".join(found)


def _data(body: bytes) -> bytes:
    at = len(body) - len(body.lstrip(b"\xff"))
    if body[at] >> 6 == 1:
        at += 2
    return body[at + {0: 1, 2: 5, 3: 10}[body[at] >> 4] :]


def test_packs_carry_both_streams_whole(pal_disc, clips, tmp_path) -> None:
    """Taken apart again, the disc gives the encoder's bytes and one sequence end code more."""
    made = write_videocd(pal_disc, tmp_path, "disc-01", quiet)
    data = (tmp_path / "disc-01.bin").read_bytes()
    rows = [data[at + 24 : at + 2348] for at in range(0, len(data), 2352)]
    packs = [row for row in rows[480 : 480 + made.packs[0]] if any(row)]

    assert payloads(packs, 0xE0) == clips["pal"].video.read_bytes() + b"\0\0\1\xb7"
    assert payloads(packs, 0xC0) == clips["pal"].audio.read_bytes()


def test_tells_what_it_wrote(pal_disc, tmp_path) -> None:
    """Names, sizes and digests of the very files; progress rises to the last sector."""
    told: list[int] = []
    made = write_videocd(pal_disc, tmp_path, "disc-01", told.append)

    assert [file.name for file in made.files] == ["disc-01.bin", "disc-01.cue"]
    for file in made.files:
        data = (tmp_path / file.name).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert told == sorted(told)
    assert told[-1] == made.sectors == made.files[0].bytes // 2352
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disc-01.bin", "disc-01.cue"]


def test_leaves_nothing_behind_when_stopped(pal_disc, tmp_path) -> None:
    """Whatever progress raises comes through; the folder is as before."""
    (tmp_path / "disc-01.bin").write_bytes(b"the older image")

    def stop(sectors: int) -> None:
        if sectors > 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_videocd(pal_disc, tmp_path, "disc-01", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["disc-01.bin"]
    assert (tmp_path / "disc-01.bin").read_bytes() == b"the older image"


def test_an_older_image_is_replaced(pal_disc, tmp_path) -> None:
    """Writing again gives the new one under the old name."""
    (tmp_path / "disc-01.bin").write_bytes(b"the older image")
    made = write_videocd(pal_disc, tmp_path, "disc-01", quiet)

    assert (tmp_path / "disc-01.bin").stat().st_size == made.files[0].bytes


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 2 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", place]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_full_disk_is_named_with_what_is_missing(pal_disc, small_disk: Path) -> None:
    """The Failure tells the disk and the bytes; nothing half-made stays."""
    with pytest.raises(Failure, match=rf"disk {small_disk}\) — the disk is full: \d+ bytes"):
        write_videocd(pal_disc, small_disk, "disc-01", quiet)

    assert list(small_disk.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(pal_disc, tmp_path) -> None:
    """The disk's own words, and where it was."""
    with pytest.raises(Failure, match=r"absent.*the disk refuses"):
        write_videocd(pal_disc, tmp_path / "absent", "disc-01", quiet)


def test_a_stream_that_shrinks_meanwhile_is_named(pal_disc, clips, tmp_path) -> None:
    """Its index no longer holds: the image is given up, not filled with something else."""
    copy = tmp_path / "film.m1v"
    copy.write_bytes(clips["pal"].video.read_bytes())
    disc = Disc("DISC", "ALBUM", (Elementary(copy, clips["pal"].audio, "pal"),))
    out = tmp_path / "out"
    out.mkdir()

    def shrink(_sectors: int) -> None:
        os.truncate(copy, 1000)

    with pytest.raises(Failure, match=r"film\.m1v — byte \d+: the file has become shorter"):
        write_videocd(disc, out, "disc-01", shrink)
    assert list(out.iterdir()) == []
