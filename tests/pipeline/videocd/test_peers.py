"""Our discs against GNU VCDImager, libcdio and ffmpeg: same bytes, no warnings, nothing lost."""

from __future__ import annotations

import re
import subprocess
from datetime import datetime
from pathlib import Path

import av
import pytest

from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.layout import Disc, Elementary, Muxed
from pipeline.videocd.streams import I_PICTURE, SEQUENCE_END, read_video

THEIR_PREPARER = "GNU VCDIMAGER 2.0.1 LINUX-GNU/X86_64"
THEIR_DATE = datetime(1978, 7, 14)

XML = """<?xml version="1.0"?>
<!DOCTYPE videocd PUBLIC "-//GNU//DTD VideoCD//EN"
 "http://www.gnu.org/software/vcdimager/videocd.dtd">
<videocd xmlns="http://www.gnu.org/software/vcdimager/1.0/" class="vcd" version="2.0">
  <info><album-id>{album}</album-id><volume-count>3</volume-count>
  <volume-number>2</volume-number></info>
  <pvd><volume-id>{volume}</volume-id><publisher-id>COUNTY LIBRARY</publisher-id></pvd>
  <sequence-items>{items}</sequence-items>
</videocd>
"""


def quiet(_sectors: int) -> None:
    """Progress that nobody watches."""


def vcdxbuild(peer, folder: Path, streams: list[Path]) -> None:
    """Let vcdxbuild make disc.bin and disc.cue of multiplexed streams."""
    items = "".join(f'<sequence-item src="{s}" id="s{i}"/>' for i, s in enumerate(streams))
    xml = XML.format(album="ALBUM_2", volume="THREE_TRACKS", items=items)
    (folder / "disc.xml").write_text(xml)
    peer(folder, "vcdxbuild", "-c", "disc.cue", "-b", "disc.bin", "disc.xml")


@pytest.mark.parametrize("kinds", [["pal"], ["ntsc"], ["pal", "ntsc", "film"]], ids="+".join)
def test_writes_the_bytes_that_vcdxbuild_writes(kinds, muxed, peer, tmp_path) -> None:
    """BIN and CUE, from the same multiplexed streams, with the same names and dates."""
    streams = [muxed[kind] for kind in kinds]
    (tmp_path / "theirs").mkdir()
    vcdxbuild(peer, tmp_path / "theirs", streams)
    disc = Disc(
        "THREE_TRACKS",
        "ALBUM_2",
        tuple(map(Muxed, streams)),
        volume_count=3,
        volume_number=2,
        publisher="COUNTY LIBRARY",
        preparer=THEIR_PREPARER,
        created=THEIR_DATE,
    )
    write_videocd(disc, tmp_path, "disc", quiet)

    for name in ("disc.cue", "disc.bin"):
        ours, theirs = (tmp_path / name).read_bytes(), (tmp_path / "theirs" / name).read_bytes()
        assert len(ours) == len(theirs)
        assert ours == theirs


KINDS = ("pal", "ntsc", "film")


@pytest.fixture(scope="module")
def disc(clips, peer, tmp_path_factory) -> Path:
    """A folder with our own disc of three programmes, and what vcdxrip took off it."""
    folder = tmp_path_factory.mktemp("disc")
    tracks = tuple(
        Elementary(clips[kind].video, clips[kind].audio, "pal" if kind == "pal" else "ntsc")
        for kind in KINDS
    )
    write_videocd(Disc("OWN_DISC", "OWN", tracks), folder, "disc", quiet)
    (folder / "rip").mkdir()
    said = peer(folder / "rip", "vcdxrip", "-c", "../disc.cue", "-o", "rip.xml")
    assert "WARN" not in said
    return folder


def ripped(disc: Path, number: int) -> Path:
    return disc / "rip" / f"avseq{number:02}.mpg"


def test_vcd_info_knows_the_disc_and_warns_of_nothing(disc, peer) -> None:
    """It says Video CD 2.0, and no line is a warning or a reference to nowhere."""
    said = peer(disc, "vcd-info", "-c", "disc.cue")

    assert "VCD 2.0 detected" in said
    assert not re.findall(r"WARN.*|.*\? @0x.*|.*error.*", said, re.IGNORECASE)


def test_cd_info_knows_the_disc(disc, peer) -> None:
    """libcdio sees a Video CD of the bridge kind."""
    said = peer(disc, "cd-info", "--no-device-info", "--iso9660", "-c", "disc.cue")

    assert "Video CD" in said
    assert "CD-RTOS CD-BRIDGE" in said


def test_rip_is_what_was_multiplexed(disc) -> None:
    """The packs come off the disc as they went on: the same bytes as in the sectors."""
    image = (disc / "disc.bin").read_bytes()
    rows = [image[at + 24 : at + 2348] for at in range(0, len(image), 2352)]
    begin = 300
    for number in range(1, len(KINDS) + 1):
        stream = ripped(disc, number).read_bytes()
        packs = len(stream) // 2324
        first = begin + 150 + 30

        assert b"".join(rows[first : first + packs]) == stream
        assert not any(map(any, rows[first + packs : first + packs + 45]))
        begin = first + packs + 45


def test_vcdxbuild_takes_the_rip_without_a_warning_and_makes_the_same_tracks(
    disc, peer, tmp_path
) -> None:
    """What it builds of our streams differs from our disc in track 1 alone."""
    streams = [ripped(disc, number) for number in range(1, len(KINDS) + 1)]
    xml = XML.format(
        album="OWN",
        volume="OWN_DISC",
        items="".join(f'<sequence-item src="{s}" id="s{i}"/>' for i, s in enumerate(streams)),
    )
    (tmp_path / "disc.xml").write_text(xml)
    said = peer(tmp_path, "vcdxbuild", "-c", "disc.cue", "-b", "disc.bin", "disc.xml")

    assert "WARN" not in said.upper()
    ours, theirs = (disc / "disc.bin").read_bytes(), (tmp_path / "disc.bin").read_bytes()
    assert ours[300 * 2352 :] == theirs[300 * 2352 :]
    assert (disc / "disc.cue").read_bytes() == (tmp_path / "disc.cue").read_bytes()


@pytest.mark.parametrize("number", range(1, len(KINDS) + 1))
def test_rip_decodes_in_silence_to_the_same_pictures_and_sound(number, disc, clips, ffmpeg) -> None:
    """Decoded digests of the ripped track and of the raw streams."""
    clip, stream = clips[KINDS[number - 1]], ripped(disc, number)

    for which, raw in (("0:v", clip.video), ("0:a", clip.audio)):
        # Decoding alone: what the clocks say is another test's matter.
        plain = ("-map", which, "-fps_mode", "passthrough", "-f", "md5", "-")
        assert ffmpeg("-i", stream, *plain) == ffmpeg("-i", raw, *plain)


@pytest.mark.parametrize("number", range(1, len(KINDS) + 1))
def test_every_i_picture_is_an_access_point(number, disc, clips, peer) -> None:
    """vcdxminfo finds as many as the encoder made."""
    said = peer(disc / "rip", "vcdxminfo", "-i", "-a", ripped(disc, number))
    video = read_video(clips[KINDS[number - 1]].video)

    assert said.count("<aps ") == (video.kinds == I_PICTURE).sum() > 0


@pytest.mark.parametrize("number", range(1, len(KINDS) + 1))
def test_first_sound_belongs_to_the_first_picture(number, disc) -> None:
    """The sound's stamp is earlier by what its decoder adds: 481 samples."""
    with av.open(str(ripped(disc, number))) as container:
        first = {}
        for packet in container.demux():
            if packet.pts is not None:
                kind = packet.stream.type
                at = float(packet.pts * packet.time_base)
                first[kind] = min(first.get(kind, at), at)

    assert first["video"] - first["audio"] == pytest.approx(481 / 44100, abs=2e-5)


def test_stream_ends_with_its_end_codes(disc, clips) -> None:
    """The sequence end code that the encoder left out, and the program end code."""
    assert not clips["pal"].video.read_bytes().endswith(SEQUENCE_END)

    rip = ripped(disc, 1).read_bytes()
    assert SEQUENCE_END in rip[-30 * 2324 :]
    assert rip.endswith(b"\0\0\1\xb9")


def test_same_streams_give_the_same_bytes(clips, tmp_path) -> None:
    """No clock and no chance in an image."""
    disc = Disc("AGAIN", "AGAIN", (Elementary(clips["pal"].video, clips["pal"].audio, "pal"),))
    first = write_videocd(disc, tmp_path, "one", quiet)
    again = write_videocd(disc, tmp_path, "two", quiet)

    assert first.files[0].sha256 == again.files[0].sha256
    assert first.packs == again.packs
    subprocess.run(["cmp", tmp_path / "one.bin", tmp_path / "two.bin"], check=True)
