"""One reading of a file: what is in it, or a sentence that a librarian understands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from catalog.problem import Failure
from pipeline import probe

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2")
SOUND = ("-f", "lavfi", "-i", "sine=f=440:d=2")


def test_digest_length_and_streams_come_from_one_reading(clip: Path) -> None:
    """SHA-256 and size are those of the file; picture, sound and their length are told."""
    found = probe.source(probe.probe(clip), clip.name, "library/clip.mp4")

    assert found.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert found.bytes == clip.stat().st_size
    assert found.video is not None
    assert found.audio is not None
    assert (found.video.width, found.video.height, found.video.rate) == (320, 240, Fraction(25))
    assert found.audio.channels == 1
    assert found.seconds == pytest.approx(2.0, abs=0.1)


def test_woven_pictures_are_counted_not_believed(ffmpeg_run: Callable[..., Path]) -> None:
    """Interlaced material is told from progressive by its decoded pictures."""
    woven = ffmpeg_run(
        "woven.mpg", "-f", "lavfi", "-i", "testsrc2=s=720x576:r=50:d=1", "-vf",
        "tinterlace=interleave_top,setfield=tff", "-c:v", "mpeg2video", "-flags", "+ildct+ilme",
    )  # fmt: skip
    plain = ffmpeg_run("plain.mpg", *PICTURE, "-c:v", "mpeg2video")

    assert [s.scan for s in probe.probe(woven).streams if hasattr(s, "scan")] == ["interlaced"]
    assert [s.scan for s in probe.probe(plain).streams if hasattr(s, "scan")] == ["progressive"]


def test_a_cover_is_no_moving_picture(media: Callable[[str], Path]) -> None:
    """An MP3 with a picture of its album has sound only."""
    found = probe.probe(media("speech_paulallen.mp3"))

    assert [type(s).__name__ for s in found.streams] == ["AudioStream", "OtherStream"]


def test_a_phone_clip_lies_on_its_side(media: Callable[[str], Path]) -> None:
    """The turn that sets the picture upright is read from the file."""
    source = probe.source(probe.probe(media("phone_portrait.MOV")), "x", "x")

    assert source.video is not None
    assert source.video.rotation % 180 == 90


def test_pictures_without_time_stamps_are_counted(ffmpeg_run: Callable[..., Path]) -> None:
    """A bare elementary stream has no clock; its length is that of its pictures."""
    bare = ffmpeg_run("bare.m1v", *PICTURE, "-c:v", "mpeg1video", "-f", "mpeg1video")

    assert probe.probe(bare).seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    "name", ["a b ' \" [1].mp4", "温棚 .mp4", "x" * 251 + ".mp4", "羊🐑.mp4", "-i.mp4"]
)
def test_any_name_can_be_read(clip: Path, tmp_path: Path, name: str) -> None:
    """Quotes, brackets, blanks, emoji, 255 bytes, a leading dash: the name is never an argument."""
    (tmp_path / name).write_bytes(clip.read_bytes())

    assert probe.probe(tmp_path / name).seconds > 1


def test_a_name_in_gbk_bytes_can_be_read(clip: Path, tmp_path: Path) -> None:
    """A name of an old Chinese system is bytes that are no UTF-8; the file is read all the same."""
    name = "羊.mp4".encode("gbk").decode("utf-8", "surrogateescape")
    (tmp_path / name).write_bytes(clip.read_bytes())

    assert probe.probe(tmp_path / name).seconds > 1


def refused(path: Path) -> str:
    with pytest.raises(Failure) as failure:
        probe.probe(path)
    assert str(path) in str(failure.value)
    assert failure.value.next
    return failure.value.happened


def test_what_is_no_programme_is_refused_with_its_reason(clip: Path, tmp_path: Path) -> None:
    """Empty, text named .mp4, only subtitles, a missing file: each has its own sentence."""
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("这不是视频。" * 50, "utf-8")
    (tmp_path / "words.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\n你好\n", "utf-8")

    assert refused(tmp_path / "empty.mp4") == "the file is empty"
    assert "no player could open it" in refused(tmp_path / "text.mp4")
    assert refused(tmp_path / "words.vtt") == "it holds neither picture nor sound"
    assert "cannot be read" in refused(tmp_path / "gone.mp4")


def test_a_file_that_was_cut_off_is_taken_for_what_is_there(
    ffmpeg_run: Callable[..., Path], tmp_path: Path
) -> None:
    """The header promises twenty seconds, a third of the bytes are there: its length is theirs.
    Without the header nothing can be read.
    """
    whole = ffmpeg_run(
        "long.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=20", "-c:v", "mpeg4",
        "-movflags", "+faststart",
    )  # fmt: skip
    data = whole.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 3])
    (tmp_path / "headless.mp4").write_bytes(data[:40])

    found = probe.probe(tmp_path / "cut.mp4")

    assert found.promised == pytest.approx(20, abs=0.1)
    assert 3 < found.seconds < 10
    assert refused(tmp_path / "headless.mp4")


def test_a_playlist_cannot_lead_elsewhere(tmp_path: Path) -> None:
    """A file that names other files or addresses is not followed: this one file only."""
    (tmp_path / "list.m3u8").write_text(
        "#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n"
    )
    (tmp_path / "concat.mp4").write_text("ffconcat version 1.0\nfile /etc/passwd\n")

    assert refused(tmp_path / "list.m3u8")
    assert refused(tmp_path / "concat.mp4")
