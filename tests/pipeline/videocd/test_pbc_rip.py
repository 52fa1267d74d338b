"""Our discs with menus as others read them: stills come off whole, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.layout import Disc, Elementary
from pipeline.videocd.stills import still_packs


def quiet(_sectors: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def ripped(menus, pages, clips, peer, tmp_path_factory) -> tuple[Path, tuple]:
    """Our own disc with our own streams and a menu, and what vcdxrip takes off it."""
    folder = tmp_path_factory.mktemp("ripped")
    tracks = tuple(
        Elementary(clips[kind].video, clips[kind].audio, standard)
        for kind, standard in (("pal", "pal"), ("ntsc", "ntsc"))
    )
    kinds = (("both", "pal"), ("both", "ntsc"), ("lo", "pal"), ("hi", "pal"))
    stills = tuple(menus.still(*kind) for kind in kinds)
    disc = Disc("MENU", "MENU", tracks, segments=stills, lists=pages(4, 6, 2))
    write_videocd(disc, folder, "disc", quiet)
    (folder / "rip").mkdir()
    said = peer(folder / "rip", "vcdxrip", "-c", "../disc.cue", "-o", "rip.xml")
    assert "WARN" not in said
    return folder, stills


def test_ripped_items_are_the_stills(ripped) -> None:
    """vcdxrip takes off every item as it was multiplexed."""
    folder, stills = ripped

    for number, still in enumerate(stills, 1):
        item = (folder / "rip" / f"item{number:04}.mpg").read_bytes()
        assert item == still_packs(still).tobytes()


def test_vcd_info_follows_every_link(ripped, peer) -> None:
    """No warning, no reference to nowhere, both pairs of tables."""
    folder, _stills = ripped
    for flags in ((), ("--no-ext-psd",)):
        said = peer(folder, "vcd-info", *flags, "-c", "disc.cue")
        assert not re.findall(r"WARN.*|.*\? @0x.*|.*error.*|.*INVALID.*", said, re.IGNORECASE)
        assert said.count("SelectionList") + said.count("selection") > 0


def decoded(ffmpeg, place: Path, which: str = "0:v:0") -> str:
    plain = ("-map", which, "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "md5", "-")
    return ffmpeg("-i", place, *plain)


def test_ripped_items_decode_to_the_raw_pictures(ripped, ffmpeg) -> None:
    """Both pictures of an item, by their digests."""
    folder, stills = ripped
    for number, still in enumerate(stills, 1):
        item = folder / "rip" / f"item{number:04}.mpg"
        raws = [raw for raw in (still.lo, still.hi) if raw]
        found = [decoded(ffmpeg, item, f"0:v:{n}") for n in range(len(raws))]
        assert found == [decoded(ffmpeg, raw) for raw in raws]


def test_vcdxminfo_finds_each_picture_to_be_an_access_point(ripped, menus, peer) -> None:
    """One for each picture of a still."""
    folder, stills = ripped
    for number, still in enumerate(stills, 1):
        said = peer(folder, "vcdxminfo", "-i", "-a", f"rip/item{number:04}.mpg")
        assert said.count("<aps ") == bool(still.lo) + bool(still.hi)


@pytest.mark.parametrize("number", [2, 3])
def test_mplayer_plays_the_tracks_of_a_disc_with_a_menu(number, ripped, peer) -> None:
    """It finds the size of the picture behind the stills."""
    folder, _stills = ripped
    quietly = ("-really-quiet", "-msglevel", "identify=4", "-nolirc", "-noconfig", "all")
    said = peer(
        folder, "mplayer", *quietly, "-vo", "null", "-ao", "null", "-frames", 20, "-identify",
        f"vcd://{number}", "-cdrom-device", "disc.cue",
    )  # fmt: skip

    assert f"ID_VIDEO_HEIGHT={288 if number == 2 else 240}" in said


def test_mplayer_decodes_each_still(ripped, peer) -> None:
    """From the ripped item it draws the picture of the first stream, in that stream's size."""
    folder, stills = ripped
    for number, still in enumerate(stills, 1):
        out = folder / f"shown-{number}"
        peer(
            folder, "mplayer", "-really-quiet", "-nolirc", "-noconfig", "all", "-nosound",
            "-vo", f"pnm:outdir={out.name}", "-frames", 1, f"rip/item{number:04}.mpg",
        )  # fmt: skip
        (picture,) = out.glob("*.ppm")
        header = [line for line in picture.read_bytes()[:200].split(b"\n") if line[:1] != b"#"]
        size = tuple(map(int, header[1].split()))
        assert size in {(352, 288), (352, 240), (704, 576), (704, 480)}
        assert (size[0] == 352) == bool(still.lo)


def test_same_disc_with_a_menu_gives_the_same_bytes(menus, pages, clips, tmp_path) -> None:
    """No clock and no chance in lists and stills."""
    track = Elementary(clips["pal"].video, clips["pal"].audio, "pal")
    disc = Disc("AGAIN", "AGAIN", (track,), segments=(menus.still(),), lists=pages(1, 3, 1))
    made = [write_videocd(disc, tmp_path, name, quiet).files[0].sha256 for name in ("a", "b")]

    assert made[0] == made[1]
