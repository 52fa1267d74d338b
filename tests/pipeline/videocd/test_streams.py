"""Indexes of elementary streams: all pictures and frames, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Failure
from pipeline.videocd.sound import read_audio
from pipeline.videocd.streams import PICTURE, picture_starts, read_video

SEQUENCE = bytes.fromhex("000001b3 160120 83 02cee0a4")
GROUP = bytes.fromhex("000001b8 00080040")
SLICES = b"\0\0\1\1" + b"\x55" * 40


def picture(kind: int, reference: int, slices: bytes = SLICES) -> bytes:
    """A picture of a kind and place in display order; its slices decode to nothing."""
    third = (reference & 3) << 6 | kind << 3 | 7
    return PICTURE + bytes((reference >> 2, third, 255, 248)) + slices


GOOD = (
    SEQUENCE + GROUP + picture(1, 0) + picture(2, 3) + picture(3, 1) + picture(3, 2)
    + SEQUENCE + GROUP + picture(1, 2) + picture(3, 0) + picture(3, 1)
)  # fmt: skip


@pytest.fixture
def stream(tmp_path):
    """Write bytes to a file and give its path."""

    def write(data: bytes, name: str = "film.m1v") -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def test_index_of_a_small_stream(stream) -> None:
    """Starts with headers, codes without, kinds, display order over two groups."""
    video = read_video(stream(GOOD))
    size = len(picture(1, 0))

    assert video.starts.tolist()[:2] == [0, 20 + size]
    assert (video.codes - video.starts).tolist() == [20, 0, 0, 0, 20, 0, 0]
    assert video.kinds.tolist() == [1, 2, 3, 3, 1, 3, 3]
    assert video.shown.tolist() == [0, 3, 1, 2, 6, 4, 5]
    assert not video.ended


def test_header_fields(stream) -> None:
    """Every field of a constrained PAL sequence header."""
    header = read_video(stream(GOOD)).header

    assert (header.width, header.height, header.aspect_code, header.rate) == (352, 288, 8, 25)
    assert (header.bit_rate, header.vbv_bytes, header.constrained) == (1150000, 40960, True)
    assert header.pal


def test_headers_are_found_across_the_pieces_in_which_a_file_is_read(stream) -> None:
    """A group that begins just before, at and after every place near the piece's border."""
    piece, tail = 1 << 19, SEQUENCE + GROUP + picture(1, 0)
    for border in range(piece - 44, piece + 12):
        filler = b"\0\0\1\1" + b"\x55" * (border - 20 - 8 - 4)
        video = read_video(stream(SEQUENCE + GROUP + picture(1, 0, filler) + tail))

        assert video.starts.tolist() == [0, border]
        assert video.codes.tolist() == [20, border + 20]


def test_sees_a_sequence_end_code(stream) -> None:
    """Also when zero bytes follow it."""
    assert read_video(stream(GOOD + b"\0\0\1\xb7")).ended
    assert read_video(stream(GOOD + b"\0\0\1\xb7\0\0")).ended


bytes_of_codes = st.lists(st.sampled_from([0, 0, 0, 1, 1, 2, 0xB3]), max_size=200).map(bytes)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(bytes_of_codes)
def test_finds_every_picture_start_code(data: bytes) -> None:
    """The same places as a search byte by byte, at both alignments and up to the end."""
    for part in (data, data[1:]):
        expected = [found.start() for found in re.finditer(b"(?=\0\0\1\0)", part)]
        assert picture_starts(np.frombuffer(part, np.uint8)).tolist() == expected


def test_index_of_encoded_streams_is_that_of_a_plain_search(clips) -> None:
    """Real streams of three kinds: pictures, and I pictures with their headers."""
    for clip in clips.values():
        data, video = clip.video.read_bytes(), read_video(clip.video)
        codes = [found.start() for found in re.finditer(b"\0\0\1\0", data)]
        sequences = [found.start() for found in re.finditer(b"\0\0\1\xb3", data)]

        assert video.codes.tolist() == codes
        assert video.starts[video.kinds == 1].tolist() == sequences
        assert sorted(video.shown) == list(range(len(codes)))


HOSTILE = {
    "no sequence header": (b"", 0),
    "no sequence header of": (b"\0\0\1\xba" + bytes(2320), 0),
    "MPEG-2": (SEQUENCE + b"\0\0\1\xb5" + bytes(6) + GOOD, 12),
    "no picture": (SEQUENCE + GROUP, 0),
    "within a picture header": (GOOD[: 20 + 6], 20),
    "type 4": (SEQUENCE + GROUP + picture(4, 0), 20),
    "out of order at picture 2": (SEQUENCE + GROUP + picture(1, 0) + picture(2, 9), 72),
    "out of order": (SEQUENCE + GROUP + picture(1, 0) + picture(2, 0), 20),
    "size or rate changes": (GOOD + SEQUENCE[:4] + b"\x16\0\xf0" + SEQUENCE[7:] + GOOD[12:], 404),
    "more pictures": (SEQUENCE + GROUP + PICTURE * 5000, 20),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_refuses_what_is_no_video_cd_picture(what: str, stream) -> None:
    """Each with the file and the offset of the first wrong byte."""
    data, offset = HOSTILE[what]

    with pytest.raises(Failure, match=rf"film\.m1v — byte {offset}: .*{what}"):
        read_video(stream(data))


def test_names_a_file_that_is_not_there(tmp_path) -> None:
    """The world failed, and which file it was."""
    with pytest.raises(Failure, match=r"gone\.m1v"):
        read_video(tmp_path / "gone.m1v")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_after_a_good_beginning_are_read_or_refused(tmp_path_factory, data) -> None:
    """Never anything but an index or a Failure."""
    path = tmp_path_factory.mktemp("random") / "film.m1v"
    path.write_bytes(SEQUENCE + GROUP + picture(1, 0) + data)
    try:
        found = len(read_video(path).codes)
    except Failure as failure:
        found = str(failure).count("film.m1v")

    assert found >= 1


def frame(padded: int = 0, second: int = 0xFD, mode: int = 0) -> bytes:
    return bytes((0xFF, second, 0xB0 | padded << 1, mode)).ljust(731 + padded, b"\x55")


def test_index_of_sound_follows_the_padding(stream) -> None:
    """Frames of 731 and 732 bytes, over more than one piece."""
    sizes = [0, 1, 1] * 400
    audio = read_audio(stream(b"".join(map(frame, sizes)), "film.mp2"))

    assert audio.starts.tolist() == [731 * i + sum(sizes[:i]) for i in range(len(sizes))]
    assert audio.bytes == 731 * 1200 + 800


SOUNDS = {
    "the sound stream is empty": (b"", 0),
    "ends within a sound frame": (frame() + frame()[:-1], 731),
    "but ff fd b4 00": (frame() + frame().replace(b"\xb0", b"\xb4", 1), 731),
    "but ff fd b0 c0": (frame() + frame(1) + frame(mode=0xC0), 1463),
    "but ff fb b0 00": (frame(second=0xFB) + frame(), 0),
    "but 49 44 33 04": (b"ID3\x04" + bytes(800), 0),
}


@pytest.mark.parametrize("what", SOUNDS)
def test_refuses_what_is_no_video_cd_sound(what: str, stream) -> None:
    """Other rates, one channel, layer III, tags before the sound; with file and offset."""
    data, offset = SOUNDS[what]

    with pytest.raises(Failure, match=rf"film\.mp2 — byte {offset}: .*{what}"):
        read_audio(stream(data, "film.mp2"))
