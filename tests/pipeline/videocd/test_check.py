"""Whole images: discs of others, cut and hostile ones, and what the report says of its reading."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.problem import Failure
from pipeline.make.check import check_image
from pipeline.make.write_videocd import write_videocd
from pipeline.videocd.bounds import RAW
from pipeline.videocd.check.cue import check_cue, read_cue
from pipeline.videocd.check.disc import check
from pipeline.videocd.check.survey import survey
from pipeline.videocd.disc import Disc, Elementary
from pipeline.videocd.sectors import DATA, PAYLOAD, seal_form1

HEAD = """<?xml version="1.0"?>
<!DOCTYPE videocd PUBLIC "-//GNU//DTD VideoCD//EN"
 "http://www.gnu.org/software/vcdimager/videocd.dtd">
<videocd xmlns="http://www.gnu.org/software/vcdimager/1.0/" class="vcd" version="2.0">
<info><album-id>OTHERS</album-id><volume-count>1</volume-count><volume-number>1</volume-number></info>
<pvd><volume-id>OTHERS</volume-id></pvd>
"""
PLAIN = """<sequence-items><sequence-item src="{a}" id="a"/><sequence-item src="{b}" id="b"/>
</sequence-items></videocd>"""
LISTS = """<segment-items><segment-item src="{a}" id="clip"/></segment-items>
<sequence-items><sequence-item src="{a}" id="a"><default-entry id="a0"/>
<entry id="a1">2</entry><auto-pause>3</auto-pause></sequence-item>
<sequence-item src="{b}" id="b"/></sequence-items>
<pbc><selection id="menu"><bsn>1</bsn><return ref="end"/><wait>-1</wait>
<loop jump-timing="delayed">1</loop>
<play-item ref="clip"/><select ref="all"/><select ref="end"/></selection>
<playlist id="all"><return ref="menu"/><wait>5</wait><play-item ref="a"/><play-item ref="a1"/>
<play-item ref="b"/></playlist><endlist id="end" rejected="true"/></pbc></videocd>"""


def silent(_sectors: int) -> None:
    pass


def fields(path: Path, *severities: str) -> list[str]:
    found = check_image(path, silent).findings
    return [each.field for each in found if not severities or each.severity in severities]


@pytest.fixture(scope="module")
def own(clips, tmp_path_factory) -> Path:
    """Our own disc of one film, as bytes of sectors and as a file."""
    folder, clip = tmp_path_factory.mktemp("own"), clips["pal"]
    disc = Disc("OWN", "ALBUM", (Elementary(clip.video, clip.audio, "pal"),))
    write_videocd(disc, folder, "own", silent)
    return folder / "own.bin"


@pytest.fixture(scope="module")
def stream(own) -> Path:
    """The packs of our own multiplex as a file that others can master."""
    rows = np.fromfile(own, np.uint8).reshape(-1, RAW)
    packs = rows[480:-195, DATA : DATA + PAYLOAD]
    place = own.parent / "own.mpg"
    place.write_bytes(packs.tobytes())
    return place


def built(peer, folder: Path, body: str, **streams: Path) -> Path:
    """An image that vcdxbuild made of these streams."""
    (folder / "disc.xml").write_text(HEAD + body.format(**streams))
    peer(folder, "vcdxbuild", "-c", "disc.cue", "-b", "disc.bin", "disc.xml")
    return folder / "disc.cue"


@pytest.mark.parametrize("body", [PLAIN, LISTS], ids=["plain", "lists"])
def test_no_false_alarm_on_the_discs_of_others(peer, tmp_path, stream, body):
    """vcdxbuild's disc of well-made streams, with playback lists and a clip too, is sound."""
    assert fields(built(peer, tmp_path, body, a=stream, b=stream)) == []


def test_no_false_alarm_on_mplex(peer, tmp_path, clips):
    """A stream multiplexed by mplex has padding for idle packs, which is worth a note."""
    clip = clips["ntsc"]
    peer(tmp_path, "mplex", "-v", "0", "-f", "1", "-o", "m.mpg", clip.video, clip.audio)
    cue = built(peer, tmp_path, PLAIN, a=tmp_path / "m.mpg", b=tmp_path / "m.mpg")

    assert fields(cue, "error", "warning") == []
    assert set(fields(cue)) <= {"pack.idle"}


def test_ffmpegs_own_preset_drifts(peer, tmp_path, muxed):
    """The clock of ffmpeg is one finding with a count, not one a sector."""
    cue = built(peer, tmp_path, PLAIN, a=muxed["pal"], b=muxed["ntsc"])

    report = check_image(cue, silent)

    clock = [each for each in report.findings if each.field == "pack.clock"]
    assert [each.track for each in clock] == [2, 3]
    assert all(each.count > 300 and "1185" in each.found for each in clock)
    assert {each.field for each in report.findings} <= {
        "pack.clock", "pack.clock_start", "pack.system", "video.std", "audio.std",
        "video.constrained", "video.aspect", "video.overflow", "audio.overflow",
    }  # fmt: skip


def test_the_report_tells_what_was_read(own):
    """Digest, bytes, sectors, tracks and minutes; progress ends at the last sector."""
    told: list[int] = []

    report = check_image(own, told.append)

    assert report.findings == ()
    assert report.sha256 == hashlib.sha256(own.read_bytes()).hexdigest()
    assert (report.bytes, report.sectors) == (own.stat().st_size, told[-1])
    assert (report.tracks, report.volume_id) == (1, "OWN")
    assert report.minutes == pytest.approx(0.1, abs=0.001)
    assert report.seconds > 0


def test_a_bin_without_cue_is_checked_by_its_directory(own, tmp_path):
    """The CUE is only one of the witnesses; its absence is a note."""
    (tmp_path / "x.bin").write_bytes(own.read_bytes())

    assert fields(tmp_path / "x.bin") == ["cue.missing"]


def test_a_cue_whose_image_is_gone_is_a_finding(tmp_path):
    """A CUE that names a file elsewhere does not lead out of its folder."""
    (tmp_path / "x.cue").write_text('FILE "../../etc/passwd" BINARY\n')

    assert fields(tmp_path / "x.cue") == ["image.missing"]


@pytest.mark.parametrize("sectors", [0, 10, 18, 100, 152, 400, 460, 600])
def test_a_cut_image_is_told_and_not_trusted(own, tmp_path, sectors):
    """Cut anywhere, also within a sector: errors, never a crash."""
    (tmp_path / "x.bin").write_bytes(own.read_bytes()[: sectors * RAW + 7])
    (tmp_path / "x.cue").write_bytes(own.with_suffix(".cue").read_bytes())

    found = fields(tmp_path / "x.bin", "error")

    assert "image.cut" in found
    assert len(found) > 1 or sectors == 600


@pytest.mark.parametrize("kind", ["empty", "zeros", "random", "iso"])
def test_what_is_no_image_is_one_finding(own, tmp_path, kind):
    """Files of other kinds are named as such, not judged sector by sector."""
    rows = np.fromfile(own, np.uint8).reshape(-1, RAW)
    data = {
        "empty": b"",
        "zeros": bytes(RAW * 400),
        "random": np.random.default_rng(1).bytes(RAW * 400),
        "iso": rows[:, DATA : DATA + 2048].tobytes(),
    }[kind]
    (tmp_path / "x.bin").write_bytes(data)

    assert "image.kind" in fields(tmp_path / "x.bin", "error")
    assert len(fields(tmp_path / "x.bin", "error")) <= 2


def test_a_path_that_is_not_there_is_a_failure(tmp_path):
    """Nothing to check is the world's failure; so are pipes, which would block for ever."""
    os.mkfifo(tmp_path / "pipe.bin")
    for name in ("none.bin", "pipe.bin"):
        with pytest.raises(Failure, match=name):
            check_image(tmp_path / name, silent)


HOSTILE = st.sampled_from([16, 18, 19, 20, 21, 22, 23, 150, 151])
BYTES = st.binary(min_size=1, max_size=8) | st.sampled_from([b"\xff" * 8, bytes(8), b"\x12" * 4])


@given(st.lists(st.tuples(HOSTILE, st.integers(0, 2040), BYTES), min_size=1, max_size=8))
@settings(max_examples=60, derandomize=True, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_absurd_fields_never_crash_the_check(own, changes):
    """Any bytes in the tables of track 1, with fitting check sums, give findings and an end."""
    rows = np.fromfile(own, np.uint8).reshape(-1, RAW).copy()
    for lsn, at, new in changes:
        rows[lsn, DATA + at : DATA + at + len(new)] = np.frombuffer(new, np.uint8)
        seal_form1(rows[lsn : lsn + 1])
    surveyed = survey([rows], len(rows))

    checked = check(surveyed, "own.bin", None)

    assert all(each.severity and each.field and str(each) for each in checked.findings)
    assert len(checked.findings) < 1000


def test_a_directory_that_holds_itself_ends(own, tmp_path):
    """A loop of directories is one finding, and pycdlib is not sent into it."""
    rows = np.fromfile(own, np.uint8).reshape(-1, RAW).copy()
    record = rows[18, DATA:].tobytes().index(b"MPEGAV") - 33
    rows[18, DATA + record + 2] = 18
    rows[18, DATA + record + 9] = 18
    seal_form1(rows[18:19])
    (tmp_path / "x.bin").write_bytes(rows.tobytes())

    assert "directory.loop" in fields(tmp_path / "x.bin", "error")


@given(st.text(max_size=200) | st.lists(st.sampled_from([
    'FILE "a" BINARY', "TRACK 01 MODE2/2352", "TRACK 02 AUDIO", "INDEX 01 00:00:00",
    "INDEX 00 99:59:74", "INDEX 99 00:75:00", "FLAGS DCP", "POSTGAP 00:02:00", "REM x",
])).map("\n".join))  # fmt: skip
@settings(max_examples=100, derandomize=True)
def test_any_text_can_be_a_cue(text):
    """A sheet of any text is read and compared without an exception."""
    found = check_cue(read_cue(text), "a", [450], [300, 600])

    assert all(each.field.startswith("cue.") for each in found)
