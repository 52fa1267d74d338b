"""The parts of the check that are easier to try alone: scans, buffers, layout by majority."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.videocd.check.buffers import check_buffer
from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.report import Finding, msf, places, shown, worst_first
from pipeline.videocd.check.scan import FrameScan, PictureScan, frame_bytes
from pipeline.videocd.check.streams import Stream, Units, stamped

TRACK = Track(2, 450, 480, 1000, 1045, 1195)
FRAME = 0xFDB000


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Data in pieces cut at these places."""
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(places)]


@given(
    st.lists(st.sampled_from([b"\0\0\1\0", b"\0\0\1\xb3", b"\0\0\1\xb8", b"\0", b"\1", b"\xb3"]))
    .map(b"".join),
    st.lists(st.integers(0, 200), max_size=6),
)  # fmt: skip
@settings(max_examples=100, derandomize=True)
def test_pictures_are_found_wherever_the_stream_is_cut(data, cuts):
    """Start codes that straddle two pieces are found once, at the same places."""
    whole, parts = PictureScan(), PictureScan()
    whole.feed([data])
    for piece in pieces(data, cuts):
        parts.feed([piece])

    expected, found = whole.result(), parts.result()

    assert expected.at.tolist() == found.at.tolist()
    assert expected.body.tolist() == found.body.tolist()


@given(st.lists(st.sampled_from([731, 732, -5]), max_size=8), st.lists(st.integers(0, 6000)))
@settings(max_examples=60, derandomize=True)
def test_frames_are_found_wherever_the_stream_is_cut(sizes, cuts):
    """Frames of both sizes, with bytes between them that are none."""
    heads = {731: b"\xff\xfd\xb0\x04", 732: b"\xff\xfd\xb2\x04"}
    data = b"".join(heads[n].ljust(n, b"\1") if n > 0 else bytes(-n) for n in sizes)
    starts = np.cumsum([0, *map(abs, sizes)])[:-1]
    scan = FrameScan()
    for piece in pieces(data, cuts):
        scan.feed([piece])

    found = scan.result()

    assert found.at.tolist() == [at for at, n in zip(starts, sizes, strict=True) if n > 0]


@pytest.mark.parametrize(
    ("head", "size"),
    [(FRAME, 731), (FRAME | 1 << 9, 732), (0xFDA400, 576), (0xFBB000, 626), (0x000000, 0),
     (0xFDF000, 0), (0xFD0000, 0), (0xFDBC00, 0)],
)  # fmt: skip
def test_sizes_of_frames(head, size):
    """Layer II at 224 kbit/s and others; free format and reserved values are no frames."""
    assert frame_bytes(head) == size


def stream_of(sizes: list[int], stamps: list[int] | None = None) -> Stream:
    """One packet a sector from LSN 480, of these payloads."""
    length = np.array(sizes, np.int64)
    sector = 480 + np.arange(len(sizes))
    stamp = np.array(stamps or [-1] * len(sizes), np.int64)
    begin = np.full(len(sizes), 30, np.int64)
    return Stream(sector, np.cumsum(length) - length, begin, length, length * 0, stamp, stamp)


def units_of(sizes: list[int]) -> Units:
    """Pictures of these bytes, one after the other."""
    ends = np.cumsum(np.array(sizes, np.int64))
    at = ends - np.array(sizes, np.int64)
    return Units(at, ends, at, np.ones(len(sizes), np.int64), np.zeros(len(sizes), np.int64))


def test_a_picture_that_comes_too_late_is_told_with_its_sector():
    """Two pictures of two packets each; the second is due before its last packet is there."""
    stream, units = stream_of([2000] * 4), units_of([4000, 4000])
    in_time, late = np.array([40000.0, 41000.0]), np.array([40000.0, 40600.0])

    assert check_buffer(TRACK, stream, units, in_time, 36000.0) == []
    (found,) = check_buffer(TRACK, stream, units, late, 36000.0)
    assert (found.field, found.sector, found.count) == ("video.underflow", 483, 1)


def test_a_buffer_that_runs_over_is_told_with_its_sector():
    """47104 bytes are held, one more are too many."""
    full, over = stream_of([2048] * 23), stream_of([2048] * 23 + [1])
    due = np.array([1e9])

    assert check_buffer(TRACK, full, units_of([23 * 2048]), due, 36000.0) == []
    (found,) = check_buffer(TRACK, over, units_of([23 * 2048 + 1]), due, 36000.0)
    assert (found.field, found.sector, found.found) == ("video.overflow", 503, "47105")


def test_a_stamp_belongs_to_the_first_picture_that_starts_in_its_packet():
    """The stamp of a packet in which nothing begins is left out."""
    stream = stream_of([100, 100, 100], [1000, 2000, 4600])

    packets, unit = stamped(stream, units_of([50, 160, 90]), 3600.0)

    assert packets.tolist() == [0, 2]
    assert unit.tolist() == [0, 2]


def test_findings_come_worst_first():
    """Errors before warnings before notes, within each in the order of the disc."""
    note, warning = Finding("note", "a", "x", 1), Finding("warning", "b", "x", 5)
    error, later = Finding("error", "c", "x", 9), Finding("error", "d", "x", 11)

    assert worst_first([note, later, warning, error]) == (error, later, warning, note)


def test_a_finding_reads_as_a_sentence():
    """Severity, place, field, what is wrong, both values and how often."""
    finding = Finding("error", "sector.edc", "wrong sum", 450, 2, "disc-01.bin", "1", "2", 3)

    assert str(finding) == (
        "error: disc-01.bin, track 2, sector 450 (00:08:00): sector.edc — wrong sum: "
        "expected 1, found 2 (3 times, first here)"
    )


def test_many_places_are_one_finding():
    """The first place and the number of them; no place, no finding."""
    (found,) = places("note", "a", "x", np.array([7, 5, 9]))

    assert (found.sector, found.count) == (5, 3)
    assert places("note", "a", "x", np.array([], np.int64)) == []


def test_addresses_and_bytes_for_people():
    """LSN 0 is at two seconds; text is shown as text, the rest in hexadecimal."""
    assert [msf(0), msf(450), msf(332999)] == ["00:02:00", "00:08:00", "74:01:74"]
    assert [shown(b"ABC   "), shown(b"\1\2")] == ["ABC", "01 02"]
