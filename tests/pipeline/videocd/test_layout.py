"""Where tracks go, what a disc may be called, and which multiplexed streams are taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from catalog.problem import Failure
from pipeline.videocd.image import image
from pipeline.videocd.layout import Disc, Elementary, Muxed, cue_sheet, lay_out
from pipeline.videocd.muxed import classify, read_packs


def disc(*tracks, **names) -> Disc:
    return Disc(**{"volume_id": "DISC", "album_id": "ALBUM", **names}, tracks=tracks)


def test_tracks_follow_each_other_with_their_gaps(muxed) -> None:
    """300 sectors of files; 150 + 30 before the packs, 45 after; 150 at the end."""
    layout = lay_out(disc(Muxed(muxed["pal"]), Muxed(muxed["ntsc"])))
    first, second = layout.tracks

    assert (first.start, first.first_pack) == (450, 480)
    assert second.start == first.first_pack + first.stream.packs + 45 + 150
    assert layout.sectors == second.first_pack + second.stream.packs + 45 + 150
    assert layout.bytes == layout.sectors * 2352


def test_cue_sheet_leaves_further_indexes_out(muxed) -> None:
    """Two indexes a track, CRLF, addresses from the beginning of the image."""
    sheet = cue_sheet(lay_out(disc(Muxed(muxed["pal"]))), "disc-01.bin")

    assert sheet.split("\r\n") == [
        'FILE "disc-01.bin" BINARY',
        "  TRACK 01 MODE2/2352", "    FLAGS DCP", "    INDEX 01 00:00:00",
        "  TRACK 02 MODE2/2352", "    FLAGS DCP", "    INDEX 00 00:04:00", "    INDEX 01 00:06:00",
        "",
    ]  # fmt: skip


def test_image_has_as_many_sectors_as_planned_in_blocks_of_few(clips) -> None:
    """Blocks are contiguous, of at most 300 rows, and keep their bytes for three more."""
    clip = clips["pal"]
    layout = lay_out(disc(Elementary(clip.video, clip.audio, "pal")))
    recent: list[tuple[np.ndarray, bytes]] = []
    sectors = 0
    for block in image(layout):
        recent = [*recent[-3:], (block, block.tobytes())]
        sectors += len(block)

        assert block.flags.c_contiguous
        assert len(block) <= 300
        assert all(kept.tobytes() == made for kept, made in recent)

    assert sectors == layout.sectors


WRONG = {
    "0 tracks": {"tracks": ()},
    "99 tracks; a disc has 1 to 98": {"tracks": (Muxed(Path("x")),) * 99},
    "disc 3 of 2": {"volume_number": 3, "volume_count": 2},
    '"三下乡" is no name': {"volume_id": "三下乡"},
    '"lower" is no name': {"album_id": "lower"},
    '"A{33}" is no name': {"volume_id": "A" * 33},
    '"A{17}" is no name': {"album_id": "A" * 17},
    '"图书馆" cannot stand in the label': {"publisher": "图书馆"},
}


@pytest.mark.parametrize("what", WRONG)
def test_refuses_a_disc_that_cannot_be(what: str) -> None:
    """Before any stream is read."""
    wrong = {"volume_id": "A", "album_id": "B", "tracks": (Muxed(Path("gone")),), **WRONG[what]}

    with pytest.raises(Failure, match=what):
        lay_out(Disc(**wrong))


def test_refuses_a_disc_beyond_99_minutes(clips, monkeypatch) -> None:
    """The first track that reaches too far is named."""
    clip = clips["pal"]
    track = Elementary(clip.video, clip.audio, "pal")
    monkeypatch.setattr("pipeline.videocd.layout.LONGEST", 2000)

    with pytest.raises(Failure, match="track 3 ends beyond 99 minutes"):
        lay_out(disc(track, track, track))


def pack(*packets: bytes, size: int = 2324) -> bytes:
    return (b"\0\0\1\xba\x21\0\1\0\1\x80\x1b\x91" + b"".join(packets)).ljust(size, b"\0")


def packet(stream: int, length: int = 100) -> bytes:
    return b"\0\0\1" + bytes((stream,)) + length.to_bytes(2, "big") + b"\x0f" * length


CLASSES = [
    (bytes(2324), 0),
    (pack(packet(0xE0)), 1),
    (pack(packet(0xE1), packet(0xC0)), 1),
    (pack(packet(0xC0)), 2),
    (pack(packet(0xBE), packet(0xC0)), 2),
    (pack(packet(0xC1)), 3),
    (pack(packet(0xBD)), 4),
    (pack(packet(0xBE)), 0),
    (pack(bytes.fromhex("000001bb0009801b9101e1ffe0e02e"), packet(0xBE)), 1),
    (pack(bytes.fromhex("000001bb0009801b9105e0ffc0c020"), packet(0xBE)), 2),
    (pack(bytes.fromhex("000001bb000c801b9105e1ffe0e02ec0c020"), packet(0xBE)), 1),
    (pack(packet(0xE0), pack(packet(0xC0), size=500)), 255),
    (pack(b"\x47" * 2000), 255),
    (b"\1" + bytes(2323), 255),
    (b"\0\0\1\xba\x44" + bytes(2319), 255),
]


@pytest.mark.parametrize(("data", "kind"), CLASSES)
def test_pack_class_is_that_of_the_strongest_stream(data: bytes, kind: int) -> None:
    """Picture before sound before the rest; declared streams count; foreign packs do not pass."""
    block = np.frombuffer(data * 3, np.uint8).reshape(3, 2324)

    assert classify(block).tolist() == [kind] * 3


def test_takes_a_program_end_code_behind_the_last_pack(muxed, tmp_path) -> None:
    """It is left out; any other rest is refused, and so are packs of other sizes."""
    data = muxed["pal"].read_bytes()
    whole, ended, torn = (tmp_path / name for name in ("whole", "ended", "torn"))
    whole.write_bytes(data)
    ended.write_bytes(data + b"\0\0\1\xb9")
    torn.write_bytes(data[:-1])

    assert read_packs(ended).packs == read_packs(whole).packs == len(data) // 2324
    with pytest.raises(Failure, match=f"byte {len(data) - 2324}: the last pack is shorter"):
        read_packs(torn)


def test_refuses_streams_that_are_no_packs(clips, muxed, tmp_path) -> None:
    """An elementary stream, a pack gone wrong midway, sound alone, picture alone."""
    data = bytearray(muxed["pal"].read_bytes())
    data[2324 * 300 + 3] = 0
    bad = tmp_path / "bad.mpg"
    bad.write_bytes(data)
    with pytest.raises(Failure, match=rf"bad\.mpg — byte {2324 * 300}: no MPEG-1 pack"):
        read_packs(bad)

    for said, stream in (("no picture", pack(packet(0xC0))), ("no picture", b"")):
        bad.write_bytes(stream * 100)
        with pytest.raises(Failure, match=f"there is {said}"):
            read_packs(bad)

    header = bytes.fromhex("000001b3160120832cee0a40")
    bad.write_bytes(pack(b"\0\0\1\xe0\0\x20\x0f" + header) * 100)
    with pytest.raises(Failure, match="there is no sound"):
        read_packs(bad)
    with pytest.raises(Failure, match=r"no MPEG-1 pack|shorter than"):
        read_packs(clips["pal"].video)
