"""Menus, stills and segments against GNU VCDImager, ffmpeg, mplayer: same bytes and pictures."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pytest

from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.disc import Disc, DiscFile, Elementary, Muxed
from pipeline.videocd.info import Flags
from pipeline.videocd.layout import lay_out
from pipeline.videocd.lists import (
    FOREVER,
    Area,
    EndList,
    Nothing,
    PlayEntry,
    PlayList,
    PlaySegment,
    PlayTrack,
    SelectionList,
)
from pipeline.videocd.points import entry_packs, pack_points
from pipeline.videocd.segments import MuxedSegment
from pipeline.videocd.stills import still_packs

THEIR_PREPARER = "GNU VCDIMAGER 2.0.1 LINUX-GNU/X86_64"
THEIR_DATE = datetime(1978, 7, 14)
SECONDS = 20


def quiet(_sectors: int) -> None:
    """Progress that nobody watches."""


# The XML of vcdxbuild from the same values.


def link(tag: str, name: str | None, area: Area | None = None) -> str:
    if name is None and area is None:
        return ""
    where = ""
    if area:
        where = f' x1="{area.x1}" y1="{area.y1}" x2="{area.x2}" y2="{area.y2}"'
    return f"<{tag} ref={quoteattr(name or '')}{where}/>"


def item_xml(item, entries: dict[int, str]) -> str:
    match item:
        case Nothing():
            return "<play-item/>"
        case PlayTrack(number):
            return f'<play-item ref="track-{number}"/>'
        case PlayEntry(index):
            return f'<play-item ref="{entries[index]}"/>'
        case PlaySegment(index):
            return f'<play-item ref="seg-{index}"/>'


def list_xml(one, entries: dict[int, str]) -> str:
    rejected = ' rejected="true"' if one.rejected else ""
    head = f'id="{one.name}"{rejected}'
    if isinstance(one, EndList):
        return f"<endlist {head}/>"
    if isinstance(one, PlayList):
        items = "".join(item_xml(item, entries) for item in one.items)
        return (
            f"<playlist {head}>{link('prev', one.previous)}{link('next', one.next)}"
            f"{link('return', one.back)}<playtime>{one.play_seconds}</playtime>"
            f"<wait>{one.wait}</wait><autowait>{one.auto_wait}</autowait>{items}</playlist>"
        )
    keys = (*one.areas, None, None, None, None)
    default = link("default", one.default, keys[3])
    if one.multi_default:
        numeric = "disabled" if one.multi_default == "no-digits" else "enabled"
        default = f'<multi-default numeric="{numeric}"/>'
    areas = (*one.choice_areas, *(None,) * len(one.choices))
    chosen = "".join(
        link("select", name, area) or "<select/>"
        for name, area in zip(one.choices, areas, strict=False)
    )
    timing = "delayed" if one.delayed else "immediate"
    return (
        f"<selection {head}><bsn>{one.first}</bsn>{link('prev', one.previous, keys[0])}"
        f"{link('next', one.next, keys[1])}{link('return', one.back, keys[2])}{default}"
        f"{link('timeout', one.timeout)}<wait>{one.wait}</wait>"
        f'<loop jump-timing="{timing}">{one.loop}</loop>{item_xml(one.item, entries)}'
        f"{chosen}</selection>"
    )


def disc_xml(disc: Disc, streams: list[Path], items: list[Path]) -> str:
    """The disc in vcdxbuild's words; its tracks and segments as the multiplexed files given."""
    entries, count, tracks = {}, 0, []
    for number, stream in enumerate(streams, 1):
        inside = f'<default-entry id="e{count}"/>'
        entries[count], count = f"e{count}", count + 1
        for wish in disc.entries_of(number):
            inside += f'<entry id="e{count}">{wish}</entry>'
            entries[count], count = f"e{count}", count + 1
        inside += "".join(f"<auto-pause>{at}</auto-pause>" for at in disc.auto_pauses_of(number))
        tracks.append(f'<sequence-item src="{stream}" id="track-{number}">{inside}</sequence-item>')
    segments = []
    for index, item in enumerate(items):
        pauses = getattr(disc.segments[index], "auto_pauses", ())
        inside = "".join(f"<auto-pause>{at}</auto-pause>" for at in pauses)
        segments.append(f'<segment-item src="{item}" id="seg-{index}">{inside}</segment-item>')
    flags = "<next-volume-use-sequence2/>" * disc.flags.next_track_3
    flags += "<next-volume-use-lid2/>" * disc.flags.next_list_2
    application = f"<application-id>{disc.application}</application-id>" * bool(disc.application)
    return f"""<?xml version="1.0"?>
<!DOCTYPE videocd PUBLIC "-//GNU//DTD VideoCD//EN"
 "http://www.gnu.org/software/vcdimager/videocd.dtd">
<videocd xmlns="http://www.gnu.org/software/vcdimager/1.0/" class="vcd" version="2.0">
<info><album-id>{disc.album_id}</album-id><volume-count>{disc.volume_count}</volume-count>
<volume-number>{disc.volume_number}</volume-number>{flags}
<restriction>{disc.flags.restriction}</restriction></info>
<pvd><volume-id>{disc.volume_id}</volume-id><system-id>CD-RTOS CD-BRIDGE</system-id>
{application}<publisher-id>{disc.publisher}</publisher-id></pvd>
{files_xml(disc)}{"<segment-items>" * bool(segments)}{"".join(segments)}
{"</segment-items>" * bool(segments)}
<sequence-items>{"".join(tracks)}</sequence-items>
{"<pbc>" * bool(disc.lists)}{"".join(list_xml(one, entries) for one in disc.lists)}
{"</pbc>" * bool(disc.lists)}
</videocd>
"""


def files_xml(disc: Disc) -> str:
    """Further files, whose folders open and close around each."""
    if not disc.files:
        return ""
    made, folders = "", []
    for file in disc.files:
        *inside, name = file.name.split("/")
        kept = 0
        while kept < min(len(inside), len(folders)) and inside[kept] == folders[kept]:
            kept += 1
        made += "</folder>" * (len(folders) - kept)
        made += "".join(f"<folder><name>{folder}</name>" for folder in inside[kept:])
        kind = ' format="mixed"' if file.mixed else ""
        made += f'<file src="{file.path}"{kind}><name>{name}</name></file>'
        folders = inside
    return f"<filesystem>{made}{'</folder>' * len(folders)}</filesystem>"


def same_bytes(folder: Path) -> None:
    """BIN and CUE are equal; of a difference the first sectors and bytes are named."""
    for name in ("disc.cue", "disc.bin"):
        ours, theirs = (folder / name).read_bytes(), (folder / "theirs" / name).read_bytes()
        assert len(ours) == len(theirs)
        if ours != theirs:
            other = (at for at in range(len(ours)) if ours[at] != theirs[at])
            pytest.fail(
                f"{name} differs at (sector, byte) {[divmod(at, 2352) for at in islice(other, 20)]}"
            )


# Material, made once.


@pytest.fixture(scope="module")
def sample(ffmpeg, menus, tmp_path_factory) -> dict[str, Path]:
    """The streams of the sample disc: tracks a, b, c; motion and sound alone for segments."""
    folder = tmp_path_factory.mktemp("sample")
    made = {}
    for name, picture, tone, kind, seconds in (
        ("a", "352x288:r=25", 440, "pal", SECONDS),
        ("b", "352x240:r=30000/1001", 880, "ntsc", 8),
        ("c", "352x240:r=24000/1001", 660, "film", 8),
        ("motion", "352x288:r=25", 500, "pal", 3),
    ):
        made[name] = folder / f"{name}.mpg"
        ffmpeg(
            *("-f", "lavfi", "-i", f"testsrc2=s={picture}:d={seconds}"),
            *("-f", "lavfi", "-i", f"sine=f={tone}:d={seconds}"),
            *("-target", f"{kind}-vcd", "-threads", 1, made[name]),
        )
    made["aonly"] = folder / "aonly.mpg"
    ffmpeg(
        *("-f", "lavfi", "-i", "sine=f=300:d=4", "-vn", "-c:a", "mp2", "-ar", 44100, "-ac", 2),
        *("-b:a", "224k", "-f", "vcd", "-packetsize", 2324, "-muxrate", 1411200),
        *("-muxpreload", 0.44, made["aonly"]),
    )
    for kind in ("lo", "hi", "both"):
        made[kind] = folder / f"{kind}.mpg"
        made[kind].write_bytes(still_packs(menus.still(kind)).tobytes())
    made["cfg"], made["rtf"] = folder / "cfg.txt", folder / "mixed.rtf"
    made["cfg"].write_bytes(b"CONTROLS=ALL FULL")
    made["rtf"].write_bytes(bytes((1, 0, 0x60, 0x1F, 1, 0, 0x60, 0x1F)).ljust(2336, b"x") * 3)
    return made


SAMPLE_LISTS = (
    SelectionList(
        "main",
        PlaySegment(0),
        ("pl-a", "pl-all", "sel-multi", None, "end"),
        previous="end",
        next="pl-all",
        back="end",
        default="pl-a",
        timeout="pl-all",
        wait=75,
        delayed=True,
        areas=(Area(1, 2, 3, 4), Area(11, 12, 13, 14), Area(21, 22, 23, 24)),
        choice_areas=(Area(10, 20, 100, 40), Area(10, 50, 100, 70), Area(10, 80, 100, 110)),
    ),
    PlayList(
        "pl-a",
        (PlayTrack(1),),
        previous="main",
        next="pl-all",
        back="main",
        play_seconds=12.5,
        wait=5,
        auto_wait=FOREVER,
        rejected=True,
    ),
    PlayList(
        "pl-all",
        (
            *(PlaySegment(1), PlayTrack(1), PlayEntry(0), PlayEntry(2), PlayTrack(2)),
            *(PlaySegment(2), PlaySegment(3), PlaySegment(4), Nothing(), PlayTrack(3)),
        ),
        back="main",
        wait=2000,
        auto_wait=61,
    ),
    SelectionList(
        "sel-multi",
        PlayTrack(1),
        ("main", "pl-a", "pl-all", "end"),
        back="main",
        multi_default="no-digits",
        loop=0,
        rejected=True,
    ),
    EndList("end", rejected=True),
)


@pytest.fixture(scope="module")
def sample_disc(sample) -> Disc:
    """The whole sample: every kind of segment, list, entry, pause, flag and further file."""
    return Disc(
        "PBC_SAMPLE",
        "MY_ALBUM",
        (Muxed(sample["a"]), Muxed(sample["b"]), Muxed(sample["c"])),
        volume_count=3,
        volume_number=2,
        publisher="SOMEBODY",
        application="CDI/CDI_VCD.APP;1",
        preparer=THEIR_PREPARER,
        created=THEIR_DATE,
        segments=(
            MuxedSegment(sample["both"]),
            MuxedSegment(sample["hi"]),
            MuxedSegment(sample["motion"], (1.0,)),
            MuxedSegment(sample["lo"]),
            MuxedSegment(sample["aonly"]),
        ),
        lists=SAMPLE_LISTS,
        entries=((5, 10.0, 15.2),),
        auto_pauses=((7.5,),),
        files=(
            DiscFile("CDI/CDI_VCD.CFG", sample["cfg"]),
            DiscFile("CDI/CDI_IMAG.RTF", sample["rtf"], mixed=True),
        ),
        flags=Flags(restriction=2, next_list_2=True, next_track_3=True),
        cue_indexes=True,
    )


def build(peer, folder: Path, disc: Disc, streams: list[Path], items: list[Path]) -> str:
    """Let vcdxbuild and us make the disc, and say what vcdxbuild said."""
    theirs = folder / "theirs"
    theirs.mkdir()
    (theirs / "disc.xml").write_text(disc_xml(disc, streams, items))
    said = peer(theirs, "vcdxbuild", "-c", "disc.cue", "-b", "disc.bin", "disc.xml")
    write_videocd(disc, folder, "disc", quiet)
    return said


def test_sample_disc_has_the_bytes_of_vcdxbuild(sample, sample_disc, peer, tmp_path) -> None:
    """BIN and CUE with lists, all kinds of segments, entries, pauses, flags, further files."""
    streams = [sample[name] for name in "abc"]
    items = [segment.path for segment in sample_disc.segments]
    build(peer, tmp_path, sample_disc, streams, items)

    same_bytes(tmp_path)


def menu_disc(muxed, stills: tuple, lists: tuple, **more) -> Disc:
    return Disc(
        "MENU",
        "MENU",
        (Muxed(muxed["pal"]), Muxed(muxed["ntsc"])),
        preparer=THEIR_PREPARER,
        created=THEIR_DATE,
        segments=stills,
        lists=lists,
        **more,
    )


def take_out(folder: Path, stills: tuple) -> list[Path]:
    """The items of stills as files; equal stills share one."""
    made = {}
    for still in stills:
        if still not in made:
            made[still] = folder / f"still-{len(made)}.mpg"
            made[still].write_bytes(still_packs(still).tobytes())
    return [made[still] for still in stills]


MENUS = {
    "one page": (1, 5),
    "three pages": (3, 9),
    "sixty stills": (60, 3),
    "a page of no choice": (1, 0),
    "99 choices": (2, 99),
    "lists over many sectors": (30, 30),
}


@pytest.mark.parametrize("name", MENUS)
def test_generated_menu_has_the_bytes_of_vcdxbuild(
    name, menus, pages, muxed, peer, tmp_path
) -> None:
    """Menus of any length, from the same lists, with normal, high and both pictures."""
    count, choices = MENUS[name]
    kinds = [("both", "pal"), ("both", "ntsc"), ("lo", "pal"), ("hi", "ntsc"), ("lo", "ntsc")]
    stills = tuple(menus.still(*kinds[n % len(kinds)]) for n in range(count))
    disc = menu_disc(muxed, stills, pages(count, choices, 2))
    streams = [muxed["pal"], muxed["ntsc"]]
    said = build(peer, tmp_path, disc, streams, take_out(tmp_path, stills))

    same_bytes(tmp_path)
    assert not re.findall(r"WARN.*(?:still|segment).*", said)
    if name == "lists over many sectors":
        assert len(lay_out(disc).front.playback.psd) > 2 * 2048


FEW = (PlayList("all", (PlayTrack(1), PlayTrack(2)), next="end", wait=5), EndList("end"))


def test_lists_without_segments_have_the_bytes_of_vcdxbuild(muxed, peer, tmp_path) -> None:
    """What vcdxgen makes by itself: no segment area, the second tables at 225."""
    disc = menu_disc(muxed, (), FEW)
    build(peer, tmp_path, disc, [muxed["pal"], muxed["ntsc"]], [])

    same_bytes(tmp_path)


@pytest.mark.parametrize("size", [0, 1, 2047, 2048, 2049, 700_000])
def test_further_files_have_the_bytes_of_vcdxbuild(size, muxed, peer, tmp_path) -> None:
    """In folders in folders, of odd lengths, without lists."""
    place, other = tmp_path / "file", tmp_path / "other"
    place.write_bytes(b"\x5a" * size)
    other.write_bytes(b"text")
    files = (DiscFile("A/B/C/TWO.DAT", place), DiscFile("A/ONE.TXT", other))
    disc = menu_disc(muxed, (), (), files=files)
    build(peer, tmp_path, disc, [muxed["pal"], muxed["ntsc"]], [])

    same_bytes(tmp_path)


WISHES = (0.0, 0.3, 1.1, 2.75, 3.999, 5.9, 60.0)


@pytest.mark.parametrize("kind", ["pal", "ntsc", "film"])
def test_entries_and_pauses_of_our_streams_are_where_vcdxbuild_puts_them(
    kind, clips, peer, tmp_path
) -> None:
    """The same access points and triggers from our index as from a scan of the finished packs."""
    clip = clips[kind]
    track = Elementary(clip.video, clip.audio, "pal" if kind == "pal" else "ntsc")
    disc = Disc(
        "MENU",
        "MENU",
        (track,),
        preparer=THEIR_PREPARER,
        created=THEIR_DATE,
        lists=(PlayList("all", (PlayTrack(1), PlayEntry(2))),),
        entries=(WISHES,),
        auto_pauses=((0.0, 2.0, 2.001, 5.5),),
        cue_indexes=True,
    )
    write_videocd(disc, tmp_path, "disc", quiet)
    placed = lay_out(disc).tracks[0]
    image = (tmp_path / "disc.bin").read_bytes()
    rows = range(placed.first_pack, placed.first_pack + placed.stream.packs)
    stream = tmp_path / "stream.mpg"
    stream.write_bytes(b"".join(image[n * 2352 + 24 : n * 2352 + 2348] for n in rows))
    build(peer, tmp_path, disc, [stream], [])

    same_bytes(tmp_path)
    assert len(set(placed.entries)) >= 5
    scanned = pack_points(stream, placed.stream.packs)
    assert np.array_equal(scanned.stamps, placed.stream.stamps)
    assert entry_packs(scanned, WISHES) == placed.entries
