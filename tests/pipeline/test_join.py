"""Chunks of one programme's pictures joined: the stream plays, and says what is true of it."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from catalog.problem import Failure
from pipeline import tools
from pipeline.make.check import check_image
from pipeline.make.join_streams import join_streams, time_code
from pipeline.make.write_videocd import write_videocd
from pipeline.plan.chunks import OCCUPANCY
from pipeline.plan.steps import FromStep, Join
from pipeline.videocd.disc import Disc, Elementary
from pipeline.videocd.streams import SEQUENCE_END, read_video
from pipeline.videocd.vbv import VBV_BITS, Buffer, delay, held, standing

RASTER = {"pal": ("352x288", "25", 15), "ntsc": ("352x240", "30000/1001", 18)}
COUNTS = (60, 45, 75)
NOISE = ",noise=alls=24:allf=t:all_seed=7"


def run(*arguments: object) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
    done = subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return done.stdout


def encode(out: Path, standard: str, span: tuple[int, int], more: str = "") -> Path:
    """The pictures from one number to another of a hard programme, as a chunk is encoded."""
    size, rate, gop = RASTER[standard]
    first, behind = span
    filters = f"trim=start_frame={first}:end_frame={behind},setpts=PTS-STARTPTS"
    run(
        *("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}{NOISE}", "-vf", filters),
        *("-c:v", "mpeg1video", "-b:v", 1_150_000, "-minrate", 1_150_000, "-maxrate", 1_150_000),
        *("-bufsize", VBV_BITS, "-g", gop, "-bf", 2, "-me_range", 64, "-rc_max_vbv_use", 1),
        *("-qdiff", 31, "-threads", 1, "-aspect", "4:3", "-flags:v", "+bitexact", *more.split()),
        *("-f", "mpeg1video", out),
    )
    return out


@pytest.fixture(scope="module", params=["pal", "ntsc"])
def standard(request) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def parts(standard, tmp_path_factory) -> list[Path]:
    """Three chunks of one programme."""
    folder = tmp_path_factory.mktemp("parts")
    edges = np.cumsum((0, *COUNTS)).tolist()
    return [
        encode(folder / f"{number}.m1v", standard, span, f"-rc_init_occupancy {OCCUPANCY}")
        for number, span in enumerate(pairwise(edges))
    ]


def step_of(standard: str, pictures: tuple[int, ...]) -> Join:
    inputs = tuple(FromStep(str(n), "video.m1v") for n in range(len(pictures)))
    return Join("节目", sum(pictures) / 25, inputs, pictures, standard)


@pytest.fixture(scope="module")
def joined(standard, parts, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("joined") / "video.m1v"
    join_streams(step_of(standard, COUNTS), parts, place)
    return place


def decoded(path: Path) -> list[str]:
    said = run("-i", path, "-f", "framemd5", "-")
    return [line.split(",")[-1] for line in said.splitlines() if line[0] != "#"]


def test_the_joined_stream_shows_the_pictures_of_all_chunks(parts, joined):
    """Every picture of every chunk, in order, decoded to the same bytes."""
    assert decoded(joined) == [one for part in parts for one in decoded(part)]


def test_the_disc_of_a_joined_stream_is_without_findings(standard, joined, tmp_path):
    """Mastered and read back: the buffers, the clock and the order of the pictures are right."""
    seconds = float(sum(COUNTS) / Fraction(RASTER[standard][1]))
    sound = tmp_path / "audio.mp2"
    run("-f", "lavfi", "-i", f"sine=r=44100:d={seconds}", "-c:a", "libtwolame", "-b:a", "224k",
        "-ac", 2, "-f", "mp2", sound)  # fmt: skip
    disc = Disc("JOINED", "JOINED", (Elementary(joined, sound, standard),))
    write_videocd(disc, tmp_path, "disc", lambda _sectors: None)

    assert check_image(tmp_path / "disc.bin", lambda _sectors: None).findings == ()


def test_a_lone_chunk_keeps_every_byte_but_the_buffers(standard, tmp_path):
    """The time codes that are written are those that ffmpeg writes."""
    alone = encode(tmp_path / "alone.m1v", standard, (0, 60))
    out = tmp_path / "video.m1v"
    join_streams(step_of(standard, (60,)), [alone], out)

    before, after = (bytearray(path.read_bytes()) for path in (alone, out))
    for code in read_video(alone).codes.tolist():
        for data in (before, after):
            data[code + 5] &= 0xF8
            data[code + 6] = 0
            data[code + 7] &= 0x07
    assert after == before


def test_the_delays_are_near_those_of_the_encoder(standard, tmp_path):
    """Where a stream is alone, what follows from its bytes is what its encoder knew."""
    alone = encode(tmp_path / "alone.m1v", standard, (0, 60))
    out = tmp_path / "video.m1v"
    join_streams(step_of(standard, (60,)), [alone], out)

    told, true = ([_delay(path.read_bytes(), at) for at in read_video(path).codes.tolist()]
                  for path in (alone, out))  # fmt: skip
    assert max(abs(a - b) for a, b in zip(told, true, strict=True)) < 450  # 5 ms


def _delay(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 4 : at + 8], "big") >> 3 & 0xFFFF


def test_the_time_codes_count_on(standard, joined):
    """Each group's time code is the number of its first picture in the whole programme."""
    data, video = joined.read_bytes(), read_video(joined)
    rate = round(video.header.rate)
    groups = [n for n, at in enumerate(video.starts.tolist()) if data[at + 3] == 0xB3]

    found = []
    for number in groups:
        at = data.find(b"\0\0\1\xb8", video.starts[number]) + 4
        found.append((number, int.from_bytes(data[at : at + 4], "big") >> 7))
    assert len(found) >= 10
    assert found == [(number, time_code(number, rate)) for number in groups]


def test_an_end_code_inside_is_left_out(standard, parts, tmp_path):
    """A player would stop there; the last chunk's own stays."""
    ended = []
    for number, part in enumerate(parts):
        place = tmp_path / f"{number}.m1v"
        place.write_bytes(part.read_bytes() + SEQUENCE_END)
        ended.append(place)
    out = tmp_path / "video.m1v"
    join_streams(step_of(standard, COUNTS), ended, out)

    assert out.read_bytes().count(SEQUENCE_END) == 1
    assert read_video(out).ended


def test_a_chunk_that_lacks_a_picture_is_refused(standard, parts, tmp_path):
    """The message names the file and both counts."""
    step = step_of(standard, (60, 46, 75))

    with pytest.raises(Failure, match=r"1\.m1v has 45 pictures, 46 were asked for"):
        join_streams(step, parts, tmp_path / "video.m1v")


def test_chunks_of_two_kinds_are_refused(standard, parts, tmp_path):
    """Another bit rate in a later sequence header is another stream."""
    data = bytearray(parts[1].read_bytes())
    at = data.find(b"\0\0\1\xb3")
    data[at + 8] ^= 1
    other = tmp_path / "other.m1v"
    other.write_bytes(data)

    with pytest.raises(Failure, match=r"other\.m1v does not begin like"):
        join_streams(step_of(standard, COUNTS), [parts[0], other, parts[2]], tmp_path / "out")


def test_joining_stops_when_it_is_told_to(standard, parts, tmp_path):
    """An order to stop is seen while pictures are copied."""
    stop = tools.Stop()
    stop.ask()

    with pytest.raises(tools.Stopped):
        join_streams(step_of(standard, COUNTS[:1] * 5), parts[:1] * 5, tmp_path / "out", stop)


def test_seams_that_ask_too_much_are_mended_by_standing_pictures(tmp_path):
    """Short chunks that each believe the buffer three quarters full: a few B pictures stand, all
    others are the same, and the buffer holds.
    """
    greedy = encode(tmp_path / "greedy.m1v", "pal", (0, 40))
    count = 6
    step = step_of("pal", (40,) * count)
    out = tmp_path / "video.m1v"
    stood = join_streams(step, [greedy] * count, out)
    plain, mended = decoded(greedy) * count, decoded(out)

    assert 0 < stood < 40 * count // 4
    assert sum(a != b for a, b in zip(plain, mended, strict=True)) == stood
    sizes = np.diff(np.append(read_video(out).starts, out.stat().st_size)) * 8
    levels = Buffer(Fraction(25)).levels(sizes.tolist())
    assert min(a - b for a, b in zip(levels, sizes.tolist(), strict=True)) >= 0


def test_a_buffer_that_only_large_i_pictures_empty_is_refused():
    """Where no B picture can be spared the first picture that lacks bits is named."""
    chosen, dry = held([200_000] * 9, [1] * 9, 1000, Buffer(Fraction(25)))

    assert chosen == frozenset()
    assert dry == 1


def test_the_last_b_pictures_before_a_lack_are_taken():
    """No more than it takes, and none that other pictures are made from."""
    sizes = [40_000] * 10 + [300_000]
    kinds = [1, 2, 3, 3, 2, 3, 3, 2, 3, 3, 1]
    chosen, dry = held(sizes, kinds, 2_000, Buffer(Fraction(25), delivery=1_000_000))

    assert dry == -1
    assert chosen == {8, 9}


def test_the_buffer_waits_while_it_is_full():
    """Bits beyond 40 KiB stay outside; a delay is what the level takes to arrive."""
    levels = Buffer(Fraction(25), bits=VBV_BITS, delivery=1_150_000).levels([0, 0, 46_000, 92_000])

    assert levels == [VBV_BITS, VBV_BITS, VBV_BITS, VBV_BITS]
    assert delay(VBV_BITS) == 25644
    assert delay(-5) == 0


def test_a_standing_picture_is_small():
    """18 rows of nine bytes behind the header that the encoder wrote."""
    made = standing(bytes(9), 18)

    assert len(made) == 9 + 18 * 8


@pytest.mark.parametrize(
    ("picture", "rate", "time"),
    [(0, 25, (0, 0, 0, 0)), (90_024, 25, (1, 0, 0, 24)), (1_800, 30, (0, 1, 0, 0))],
)
def test_a_time_code_is_hours_minutes_seconds_pictures(picture, rate, time):
    """With the marker bit between minutes and seconds, and nothing dropped at 29.97."""
    code = time_code(picture, rate)

    assert (code >> 19, code >> 13 & 63, code >> 6 & 63, code & 63) == time
    assert code >> 12 & 1 == 1
