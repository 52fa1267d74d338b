"""The multiplex against a slow model of a player's buffers, and against its own promises."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import Failure
from pipeline.videocd import packs
from pipeline.videocd.bounds import FIRST_DTS, packs_bound
from pipeline.videocd.mux import Multiplex, multiplex
from pipeline.videocd.sound import Audio
from pipeline.videocd.streams import SequenceHeader, Video

HEADERS = {
    "pal": SequenceHeader(352, 288, 8, 3, 1150000, 40960, True),
    "ntsc": SequenceHeader(352, 240, 12, 4, 1150000, 40960, True),
}
PERIODS = {"pal": Fraction(3600), "ntsc": Fraction(3003)}
SCR = 36000


def offsets(sizes: list[int]) -> np.ndarray:
    return np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)


def video(sizes: list[int], standard: str = "pal", every: int = 15) -> Video:
    """A stream of I pictures with headers and, between them, P pictures, of these sizes."""
    starts = offsets(sizes)
    kinds = np.where(np.arange(len(sizes)) % every, 2, 1).astype(np.uint8)
    codes = starts + np.where(kinds == 1, 20, 0)
    shown = np.arange(len(sizes))
    return Video(Path("v"), sum(sizes), HEADERS[standard], starts, codes, kinds, shown, True)


def audio(seconds: float) -> Audio:
    frames = max(1, int(seconds * 44100 / 1152))
    sizes = [731 + (i % 7 in (2, 4, 6)) for i in range(frames)]
    return Audio(Path("a"), sum(sizes), offsets(sizes))


def of_length(sizes: list[int], standard: str) -> tuple[Video, Audio]:
    return video(sizes, standard), audio(float(len(sizes) * PERIODS[standard]) / 90000)


def fed(fractions: list[float], per_picture: int) -> list[int]:
    """Sizes that a decoder buffer of 40 KiB allows which is filled at a constant rate and holds
    three quarters at the beginning: what the encoder promises."""
    sizes, held = [], 30720
    for fraction in fractions:
        sizes.append(max(60, int(fraction * held)))
        held = min(40960, held - sizes[-1] + per_picture)
    return sizes


def occupancy(slots, borders, ends, times) -> int:
    """Play one stream, sector by sector: the fullest the buffer gets. A pack counts from the
    beginning of its sector; a unit must be there by the end of a sector before its time."""
    held = peak = gone = 0
    bytes_at = dict(zip(slots.tolist(), np.diff(borders).tolist(), strict=True))
    arrived = 0
    for slot in range(int(slots[-1]) + 1):
        now = SCR + 1200 * slot
        while gone < len(ends) and times[gone] <= now:
            before = int(ends[gone - 1]) if gone else 0
            assert arrived >= ends[gone], f"unit {gone} is not there at {now}"
            held -= int(ends[gone]) - before
            gone += 1
        held += bytes_at.get(slot, 0)
        arrived += bytes_at.get(slot, 0)
        peak = max(peak, held)
    assert arrived == ends[-1]
    return peak


def check_play(mux: Multiplex, film: Video, sound: Audio, period: Fraction) -> None:
    count = np.arange(len(film.codes))
    dts = [FIRST_DTS + int(k * period) for k in count.tolist()]
    ends = np.append(film.starts[1:], film.bytes)
    heard = int(FIRST_DTS + period - Fraction(481 * 90000, 44100))
    pts = [heard + 115200 * m // 49 for m in range(len(sound.starts))]
    sounds = np.append(sound.starts[1:], sound.bytes)

    assert occupancy(mux.sight.slots, mux.sight.borders, ends, dts) <= 46 * 1024
    assert occupancy(mux.sound.slots, mux.sound.borders, sounds, pts) <= 4096
    assert not set(mux.sight.slots.tolist()) & set(mux.sound.slots.tolist())


fractions = st.lists(
    st.one_of(st.floats(0.0, 1.0), st.floats(0.05, 0.25)), min_size=1, max_size=250
)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(fractions, st.sampled_from(["pal", "ntsc"]))
def test_plays_whatever_the_encoders_buffer_allows(parts: list[float], standard: str) -> None:
    """Neither buffer runs dry or over, and the planner's bound holds, for every stream of
    1150 kbit/s within 40 KiB."""
    period = PERIODS[standard]
    film, sound = of_length(fed(parts, int(1150000 / 8 * period / 90000)), standard)
    mux = multiplex(film, sound, standard)

    check_play(mux, film, sound, period)
    assert mux.packs <= packs_bound(len(parts), standard)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.integers(40, 9000), min_size=1, max_size=150), st.integers(1, 5))
def test_headers_of_i_pictures_are_never_torn(sizes: list[int], every: int) -> None:
    """Sequence, group and picture header in one pack that carries stamps, or a refusal."""
    film = video(sizes, every=every)
    try:
        mux = multiplex(film, audio(len(sizes) / 25), "pal")
    except Failure:
        # Too much data for the clock: refused, and not what is asked here.
        return
    for picture in np.flatnonzero(film.kinds == 1):
        first, last = int(film.starts[picture]), int(film.codes[picture]) + 7
        pack = np.searchsorted(mux.sight.borders, first, side="right") - 1
        slot = int(mux.sight.slots[pack])
        head = mux.odd[slot].head if slot in mux.odd else mux.heads[slot].tobytes()

        assert last < mux.sight.borders[pack + 1]
        assert head[-10] >> 4 == 3  # PTS and DTS stand last in the head


def test_packs_are_full_but_for_few() -> None:
    """Cutting for headers costs next to nothing."""
    film, sound = of_length([9000] + [5700] * 749, "pal")
    mux = multiplex(film, sound, "pal")
    least = -(-film.bytes // packs.VIDEO_DATA)

    assert least <= len(mux.sight.slots) <= least + 1


def test_little_data_travels_early_and_leaves_sectors_idle() -> None:
    """Pictures of 200 bytes: the buffer fills, then most sectors carry nothing."""
    film, sound = of_length([200] * 1500, "pal")
    mux = multiplex(film, sound, "pal")

    check_play(mux, film, sound, Fraction(3600))
    assert np.count_nonzero(mux.classes == 0) > mux.packs // 2


def test_clock_starts_as_the_reference_says() -> None:
    """SCR 36000 and 1200 a sector, first DTS 60000; both system packs come first."""
    film, sound = of_length([9000] + [5000] * 99, "pal")
    mux = multiplex(film, sound, "pal")

    assert list(mux.odd)[:3] == [0, 1, int(mux.sight.slots[0])]
    assert mux.odd[0].head[:12].hex() == "000001ba2100031941801b91"
    assert mux.odd[1].head[4:9] == packs.stamps(2, np.array([37200])).tobytes()
    first = mux.odd[int(mux.sight.slots[0])].head
    assert first[18:20].hex() == "602e"
    assert first[20:25] == packs.stamps(3, np.array([63600])).tobytes()
    assert first[25:30] == packs.stamps(1, np.array([60000])).tobytes()


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.integers(0, 2**33 - 1), st.sampled_from([1, 2, 3]))
def test_stamps_are_read_back(ticks: int, tag: int) -> None:
    """33 bits with a marker after the third, the eighteenth and the last."""
    a, b, c, d, e = packs.stamps(tag, np.array([ticks]))[0].tolist()

    assert (a >> 4, a & 1, c & 1, e & 1) == (tag, 1, 1, 1)
    assert (a >> 1 & 7) << 30 | b << 22 | (c >> 1) << 15 | d << 7 | e >> 1 == ticks


@pytest.mark.parametrize("room", [*range(12), 100, 2295])
def test_shortened_packs_keep_their_length(room: int) -> None:
    """What is missing of data is stuffing in the header or a padding packet, never both."""
    full = packs.video_heads(np.array([5]), np.array([-1]), np.array([-1]))[0].tobytes()
    head, tail = packs.shortened(full, room)
    length = int.from_bytes(head[16:18], "big")

    assert len(head) + len(tail) == 28 + room
    assert 18 + length + len(tail) == 2324
    assert bool(tail) == (room > 6)
    if tail:
        assert tail[:4] == b"\0\0\1\xbe"
        assert int.from_bytes(tail[4:6], "big") + 6 == len(tail)


@pytest.mark.parametrize("room", [0, 3, 4, 5, 10, 11, 100])
def test_end_code_stands_behind_the_last_packet(room: int) -> None:
    """The last four bytes of a closing pack, counted in no packet; left out where three remain."""
    full = packs.video_heads(np.array([5]), np.array([-1]), np.array([-1]))[0].tobytes()
    head, tail = packs.closed(full, room, closes=True)
    padding = tail.removesuffix(packs.PROGRAM_END)

    assert len(head) + len(tail) == 28 + room
    assert tail.endswith(packs.PROGRAM_END) == (room >= 4)
    assert 18 + int.from_bytes(head[16:18], "big") + len(tail) == 2324
    assert not padding or int.from_bytes(padding[4:6], "big") + 6 == len(padding)


def test_tells_where_pictures_come_late() -> None:
    """A picture of 60 KB in the middle: its number, its time, and by how much."""
    film, sound = of_length([9000] + [5700] * 99 + [60000] + [5700] * 20, "pal")

    with pytest.raises(Failure, match=r"v — picture or frame 101 at 4.00 s .* \d+\.\d ms late"):
        multiplex(film, sound, "pal")


def test_refuses_sound_that_outlasts_the_picture() -> None:
    """One frame longer is borne, more is not; both lengths are told."""
    film = video([5000] * 100)
    multiplex(film, audio(4.02), "pal")

    with pytest.raises(Failure, match=r"the sound is 4\.127 s long, the picture 4\.000 s"):
        multiplex(film, audio(4.15), "pal")


def test_refuses_a_picture_of_another_standard() -> None:
    """What was planned as NTSC is not put on the disc as PAL."""
    film, sound = of_length([5000] * 100, "ntsc")

    with pytest.raises(Failure, match=r"352x240 at 29\.97 .* no PAL Video CD"):
        multiplex(film, sound, "pal")


def test_refuses_headers_that_fit_no_pack() -> None:
    """An I picture after kilobytes of user data."""
    film = video([9000] * 3, every=3)
    film.codes[0] = 3000

    with pytest.raises(Failure, match="byte 0: the headers of a picture do not fit one pack"):
        multiplex(film, audio(0.1), "pal")


def test_bound_is_close_to_the_clock() -> None:
    """One hour of PAL is 270000 sectors of clock and 23 at the ends."""
    assert packs_bound(90000, "pal") == 270023
    assert packs_bound(0, "ntsc") == 23
