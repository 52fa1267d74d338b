"""A disc with playback lists, stills and clips, made by others: sound as it is, then broken."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.make.check import check_image
from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.layout import Disc, Elementary
from pipeline.videocd.sectors import DATA, FORM_2, PAYLOAD, RAW, seal_form1, seal_form2

HEAD = """<?xml version="1.0"?>
<!DOCTYPE videocd PUBLIC "-//GNU//DTD VideoCD//EN"
 "http://www.gnu.org/software/vcdimager/videocd.dtd">
<videocd xmlns="http://www.gnu.org/software/vcdimager/1.0/" class="vcd" version="2.0">
<info><album-id>MY_ALBUM</album-id><volume-count>3</volume-count><volume-number>2</volume-number>
<next-volume-use-sequence2/><next-volume-use-lid2/><restriction>2</restriction></info>
<pvd><volume-id>PBC_SAMPLE</volume-id><system-id>CD-RTOS CD-BRIDGE</system-id>
<application-id>CDI/CDI_VCD.APP;1</application-id><publisher-id>SOMEBODY</publisher-id></pvd>
<filesystem><folder><name>CDI</name><file src="cfg.txt"><name>CDI_VCD.CFG</name></file>
<file src="mixed.rtf" format="mixed"><name>CDI_IMAG.RTF</name></file></folder>
<folder><name>KARAOKE</name><file src="cfg.txt"><name>KARINFO.BIH</name></file></folder>
</filesystem>
"""
SAMPLE = """<segment-items><segment-item src="both.mpg" id="seg-menu"/>
<segment-item src="hi.mpg" id="seg-hi"/>
<segment-item src="motion.mpg" id="seg-motion"><auto-pause>1.0</auto-pause></segment-item>
<segment-item src="lo.mpg" id="seg-lo"/><segment-item src="aonly.mpg" id="seg-audio"/>
</segment-items>
<sequence-items><sequence-item src="a.mpg" id="seq-a"><default-entry id="ent-a0"/>
<entry id="ent-a1">1.2</entry><entry id="ent-a2">2.4</entry><entry id="ent-a3">3.6</entry>
<auto-pause>3.5</auto-pause></sequence-item><sequence-item src="b.mpg" id="seq-b"/>
</sequence-items>
<pbc><selection id="main"><bsn>1</bsn><prev ref="end" x1="1" y1="2" x2="3" y2="4"/>
<next ref="pl-all" x1="11" y1="12" x2="13" y2="14"/>
<return ref="end" x1="21" y1="22" x2="23" y2="24"/>
<default ref="pl-a" x1="31" y1="32" x2="33" y2="34"/><timeout ref="pl-all"/><wait>75</wait>
<loop jump-timing="delayed">1</loop><play-item ref="seg-menu"/>
<select ref="pl-a" x1="10" y1="20" x2="100" y2="40"/>
<select ref="pl-all" x1="10" y1="50" x2="100" y2="70"/>
<select ref="sel-multi" x1="10" y1="80" x2="100" y2="110"/><select/><select ref="end"/>
</selection>
<playlist id="pl-a" rejected="true"><prev ref="main"/><next ref="pl-all"/><return ref="main"/>
<playtime>12.5</playtime><wait>5</wait><autowait>-1</autowait><play-item ref="seq-a"/></playlist>
<playlist id="pl-all"><return ref="main"/><wait>2000</wait><autowait>61</autowait>
<play-item ref="seg-hi"/><play-item ref="seq-a"/><play-item ref="ent-a0"/>
<play-item ref="ent-a2"/><play-item ref="seq-b"/><play-item ref="seg-motion"/>
<play-item ref="seg-lo"/><play-item ref="seg-audio"/><play-item/></playlist>
<selection id="sel-multi" rejected="true"><bsn>1</bsn><return ref="main"/>
<multi-default numeric="disabled"/><wait>-1</wait><loop>0</loop><play-item ref="seq-a"/>
<select ref="main"/><select ref="pl-a"/><select ref="pl-all"/><select ref="end"/></selection>
<endlist id="end" rejected="true"/></pbc></videocd>
"""
PEERS = {
    "vcd-info": ["vcd-info", "-c", "disc.cue"],
    "vcdxrip": ["vcdxrip", "-c", "disc.cue", "-o", "disc.xml"],
    "cd-info": ["cd-info", "--no-device-info", "--iso9660", "-c", "disc.cue"],
}
Streams = dict[int, bytes]


def silent(_sectors: int) -> None:
    pass


def stamp(tag: int, ticks: int) -> bytes:
    """A clock or time stamp of five bytes."""
    high, low = ticks >> 30 << 1 | tag << 4 | 1, (ticks & 0x7FFF) << 1 | 1
    return bytes((high,)) + ((ticks >> 15 & 0x7FFF) << 1 | 1).to_bytes(2) + low.to_bytes(2)


def still(pictures: Streams) -> bytes:
    """Pictures by stream (E1, E2), multiplexed as reference 5.1 has it."""
    count = 1 + sum(-(-(len(data) - 2294) // 2296) + 1 for data in pictures.values())
    sizes = {n: 46 if n == 0xE1 else max(46, len(d) // 1024 + 1) for n, d in pictures.items()}
    rows = b"".join(bytes((n, 0xE0, sizes[n])) for n in pictures)
    system = bytes((0x80, 0x1B, 0x91, 0, 0xE0 + len(pictures), 0xFF)) + rows
    packs = [b"\0\0\1\xbb" + len(system).to_bytes(2) + system]
    times = stamp(3, 1200 * count + 4200) + stamp(1, 1200 * count + 600)
    for number, data in pictures.items():
        head, at = bytes((0x60, sizes[number])) + times, 0
        while at < len(data):
            taken = data[at : at + 2312 - 6 - len(head)]
            room = 2312 - 6 - len(head) - len(taken)
            stuffing = b"\xff" * (room if room < 7 else 0)
            body = stuffing + head + taken
            packs.append(b"\0\0\1" + bytes((number,)) + len(body).to_bytes(2) + body)
            head, at = b"\xff" * 9 + b"\x0f", at + len(taken)
    whole = b""
    for place, packets in enumerate(packs):
        pack = b"\0\0\1\xba" + stamp(2, 1200 * place) + b"\x80\x1b\x91" + packets
        end = b"\0\0\1\xb9" if place == len(packs) - 1 and len(pack) < 2313 else b""
        if room := PAYLOAD - len(pack) - len(end):
            pack += b"\0\0\1\xbe" + (room - 6).to_bytes(2) + b"\x0f" + b"\xff" * (room - 7)
        whole += pack + end
    return whole


@pytest.fixture(scope="session")
def pictures(ffmpeg, tmp_path_factory) -> dict[str, bytes]:
    """One I picture of each size, with its end code."""
    folder = tmp_path_factory.mktemp("pictures")
    made = {}
    for name, size, aspect, rate, vbv in (
        ("lo", "352x288", "12/11", "25", 327680),
        ("hi", "704x576", "12/11", "25", 1835008),
    ):
        picture = f"testsrc2=s={size}:r={rate},setsar={aspect}"
        ffmpeg(
            "-f", "lavfi", "-i", picture, "-frames:v", 1, "-c:v", "mpeg1video", "-qscale:v", 4,
            "-b:v", "8000k", "-maxrate", "8000k", "-bufsize", vbv, "-slices", 18, "-threads", 1,
            "-f", "mpeg1video", folder / name,
        )  # fmt: skip
        made[name] = (folder / name).read_bytes().rstrip(b"\0") + b"\0\0\1\xb7"
    return made


def multiplexed(folder: Path, clip: object, standard: str) -> bytes:
    """The packs of our own multiplex of a short programme."""
    disc = Disc("OWN", "ALBUM", (Elementary(clip.video, clip.audio, standard),))
    write_videocd(disc, folder, standard, silent)
    rows = np.fromfile(folder / f"{standard}.bin", np.uint8).reshape(-1, RAW)
    return rows[480:-195, DATA : DATA + PAYLOAD].tobytes()


def sound_only(packs: bytes) -> bytes:
    """The same packs without their pictures."""
    rows = np.frombuffer(packs, np.uint8).reshape(-1, PAYLOAD)[1:].copy()
    sound = (rows[:, 15] == 0xC0) | (rows[:, 15] == 0xBB)
    rows[~sound] = 0
    return rows[: np.flatnonzero(sound)[-1] + 1].tobytes()


@pytest.fixture(scope="session")
def material(clips, pictures, tmp_path_factory) -> Path:
    """A folder with all that the sample disc is made of."""
    folder = tmp_path_factory.mktemp("material")
    lo, hi = pictures["lo"], pictures["hi"]
    pal = multiplexed(folder, clips["pal"], "pal")
    files = {
        "a.mpg": pal,
        "b.mpg": multiplexed(folder, clips["ntsc"], "ntsc"),
        "motion.mpg": pal[: 220 * PAYLOAD],
        "aonly.mpg": sound_only(pal[: 200 * PAYLOAD]),
        "lo.mpg": still({0xE1: lo}),
        "hi.mpg": still({0xE2: hi}),
        "both.mpg": still({0xE1: lo, 0xE2: hi}),
        "cfg.txt": b"CONTROLS=ALL\nX=1\n",
        "mixed.rtf": bytes(2336 * 3),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="session")
def sample(peer, material) -> Path:
    """The sample disc of vcdxbuild."""
    (material / "disc.source").write_text(HEAD + SAMPLE)
    peer(material, "vcdxbuild", "-c", "disc.cue", "-b", "disc.bin", "disc.source")
    return material


def test_finds_nothing_on_the_sample_disc_of_others(sample):
    """Lists, extended lists, stills of all kinds, clips, auto-pauses, CDI and karaoke files."""
    assert list(map(str, check_image(sample / "disc.cue", silent).findings)) == []
