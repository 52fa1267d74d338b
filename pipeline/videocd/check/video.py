"""The picture stream of one track: sequence headers, picture order, time stamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from catalog.words import _
from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.report import Finding, Severity, places
from pipeline.videocd.check.scan import EXTENSION, GROUP, PICTURE, SEQUENCE
from pipeline.videocd.check.streams import NEAR, PERIODS, Stream, Units, Whole, stamped
from pipeline.videocd.check.survey import Survey

FORMATS = {(352, 288, 3), (352, 240, 4), (352, 240, 1)}
MOST_RATE = 2880  # times 400 bit/s: 1,152,000, the field that 1,151,929 bit/s rounds up to
VBV = 20  # times 2 KiB
ASPECTS = {288: 8, 240: 12}


def sequences(survey: Survey, stream: Stream) -> tuple[Whole, Whole]:
    """Positions of the sequence headers of a stream, and their eight bytes as numbers."""
    first, beyond = stream.span
    found = survey.pictures
    here = (found.code == SEQUENCE) & (found.at >= first) & (found.at < beyond)
    return found.at[here], found.body[here].astype(np.int64)


def period_of(survey: Survey, stream: Stream) -> float:
    """Ticks from picture to picture by the first sequence header; 0 where it does not say."""
    _at, body = sequences(survey, stream)
    return PERIODS.get(int(body[0]) >> 32 & 15, 0.0) if len(body) else 0.0


def is_pal(survey: Survey, stream: Stream) -> bool | None:
    """Whether INFO.VCD must mark the track as PAL; None where nothing tells."""
    _at, body = sequences(survey, stream)
    return (int(body[0]) >> 40 & 0xFFF) in (288, 576) if len(body) else None


def check_video(survey: Survey, track: Track, stream: Stream, units: Units) -> list[Finding]:
    """Findings about the pictures of a track but their buffer."""
    number = track.number
    if not len(units.at):
        wrong = _("the track has no picture")
        return [Finding("error", "video.none", wrong, track.first, number)]
    found = _extensions(survey, stream, number)
    at, body = sequences(survey, stream)
    if not len(at) or at[0] != units.at[0]:
        wrong = _("the stream does not begin with a sequence header")
        found.append(Finding("error", "video.start", wrong, int(stream.sector[0]), number))
    found += _headers(stream, at, body, number)
    strange = units.code_at[(units.kind < 1) | (units.kind > 3)]
    wrong = _("a picture that is neither I, P nor B")
    found += places("error", "video.type", wrong, sectors_of(stream, strange), track=number)
    return found + _times(stream, units, period_of(survey, stream), number, _display(survey, units))


def sectors_of(stream: Stream, positions: Whole) -> Whole:
    """The sectors that hold these bytes of a stream."""
    found: Whole = stream.sector[np.searchsorted(stream.at, positions, side="right") - 1]
    return found


def _extensions(survey: Survey, stream: Stream, number: int) -> list[Finding]:
    first, beyond = stream.span
    found = survey.pictures
    at = found.at[(found.code == EXTENSION) & (found.at >= first) & (found.at < beyond)]
    wrong = _("the picture is MPEG-2; Video CD players know MPEG-1 only")
    return places("error", "video.mpeg2", wrong, sectors_of(stream, at), track=number)


def _headers(stream: Stream, at: Whole, body: Whole, number: int) -> list[Finding]:
    """The fields of all sequence headers, each kind of difference told once."""
    found: list[Finding] = []
    width, height, rate = body >> 52 & 0xFFF, body >> 40 & 0xFFF, body >> 32 & 15
    sizes = [(w, h, r) in FORMATS for w, h, r in zip(width, height, rate, strict=True)]
    bit_rate, vbv = body >> 14 & 0x3FFFF, body >> 3 & 0x3FF
    aspect = np.array([ASPECTS.get(h, 8) for h in height.tolist()], np.int64)
    checks: Sequence[tuple[Severity, str, str, Whole, ArrayLike, str]] = (
        ("error", "video.format", _("size and rate of the picture are not those of a Video CD"),
         width << 20 | height << 8 | rate, sizes, "352x288 25, 352x240 29.97/23.976"),
        ("error", "video.bit_rate", _("the picture states a bit rate above that of a Video CD"),
         bit_rate, bit_rate <= MOST_RATE, f"<= {MOST_RATE}"),
        ("error", "video.vbv", _("the picture asks for more buffer than players have"),
         vbv, vbv <= VBV, f"<= {VBV}"),
        ("warning", "video.aspect", _("unusual aspect ratio code"),
         body >> 36 & 15, (body >> 36 & 15) == aspect, "8 (PAL), 12 (NTSC)"),
        ("warning", "video.constrained", _("the picture is not marked as constrained parameters"),
         body >> 2 & 1, body >> 2 & 1 == 1, "1"),
        ("error", "video.marker", _("a fixed bit of the sequence header is not set"),
         body >> 13 & 1, body >> 13 & 1 == 1, "1"),
    )  # fmt: skip
    for severity, field, wrong, values, good, expected in checks:
        bad = ~np.asarray(good, np.bool_)
        if bad.any():
            value = int(values[bad][0])
            there = f"{value >> 20}x{value >> 8 & 0xFFF}, {value & 15}" if value >> 20 else value
            sectors = sectors_of(stream, at[bad])
            found += places(
                severity, field, wrong, sectors, track=number, expected=expected, found=str(there)
            )
    return found


def _display(survey: Survey, units: Units) -> Whole:
    """The place of each picture in the order of showing: its group's first plus its reference."""
    found = survey.pictures
    groups = found.at[found.code == GROUP]
    group = np.searchsorted(groups, units.code_at, side="right")
    _numbers, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    return np.asarray(first[inverse] + units.order)


def _times(
    stream: Stream, units: Units, period: float, number: int, display: Whole
) -> list[Finding]:
    packets, unit = stamped(stream, units, period)
    sectors = stream.sector[packets]
    if not len(packets) or not period:
        wrong = _("no picture has a time stamp, or no picture rate is stated")
        return [Finding("error", "video.stamps", wrong, int(stream.sector[0]), number)]
    stamp, shown = stream.stamp[packets], stream.shown[packets]
    back = np.flatnonzero(np.diff(stamp, prepend=-1) <= 0)
    wrong = _("the decoding times of the pictures run backwards")
    found = places("error", "video.stamp_order", wrong, sectors[back], track=number)
    drift = stamp - period * unit
    bad = np.abs(drift - np.median(drift)) > NEAR
    wrong = _("decoding times do not follow the picture rate")
    found += places("warning", "video.dts", wrong, sectors[bad], track=number)
    late = shown - period * display[unit]
    bad = (np.abs(late - np.median(late)) > NEAR) & ~bad
    wrong = _("pictures are shown at another time than their order asks for")
    found += places("warning", "video.pts", wrong, sectors[bad], track=number)
    wrong = _("a picture is shown before it is decoded")
    return found + places("error", "video.pts", wrong, sectors[shown < stamp], track=number)


def access_points(survey: Survey, stream: Stream) -> Whole:
    """Sectors at which a player may enter: a time stamp, and whole in this packet a sequence
    header, a group header and the header of an I picture.
    """
    found = survey.pictures
    first, beyond = stream.span
    here = (found.at >= first) & (found.at < beyond)
    at, code, body = found.at[here], found.code[here], found.body[here]
    packet = np.searchsorted(stream.at, at, side="right") - 1
    whole = at + 8 <= stream.ends[packet]
    intra = (code == PICTURE) & (body >> np.uint64(51) & np.uint64(7) == 1)
    holds = [np.unique(packet[whole & kind]) for kind in (code == SEQUENCE, code == GROUP, intra)]
    entered = np.intersect1d(np.intersect1d(holds[0], holds[1]), holds[2])
    return np.asarray(stream.sector[entered[stream.shown[entered] >= 0]])
