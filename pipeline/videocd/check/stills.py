"""The picture of a still, normal (stream E1) or of high resolution (E2): one whole I picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalog.words import _
from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.report import Finding, Severity
from pipeline.videocd.check.scan import EXTENSION, GROUP, PICTURE, SEQUENCE, SEQUENCE_END
from pipeline.videocd.check.streams import Stream, arrival
from pipeline.videocd.check.survey import Survey, Whole

NORMAL, HIRES = 0xE1, 0xE2
SIZES = {NORMAL: {(352, 288), (352, 240)}, HIRES: {(704, 576), (704, 480)}}
MOST_BYTES = {NORMAL: 46 * 1024, HIRES: 224 * 1024}
PAL_RATE, NTSC_RATES = 3, (1, 4)
ASPECT_PAL, ASPECT_NTSC = 8, 12
ANY_RATE = 0x3FFFF  # the bit rate field of a stream without a constant rate
VBV_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Picture:
    """One stream of a still: its packets and the start codes in it, with the 8 bytes after each."""

    number: int
    stream: Stream
    at: Whole
    code: Whole
    body: Whole

    @property
    def height(self) -> int:
        """Lines by its sequence header, 0 where it has none."""
        headers = self.body[self.code == SEQUENCE]
        return int(headers[0]) >> 40 & 0xFFF if len(headers) else 0

    @property
    def bytes(self) -> int:
        return int(self.stream.length.sum())


@dataclass(slots=True)
class _Told:
    """Findings about one picture, each at its first sector."""

    sector: int
    findings: list[Finding]

    def say(
        self, severity: Severity, field: str, wrong: str, expected: object = "", there: object = ""
    ) -> None:
        values = str(expected), str(there)
        self.findings.append(Finding(severity, field, wrong, self.sector, 0, "", *values))


def picture_of(survey: Survey, number: int, stream: Stream) -> Picture:
    """What stream E1 or E2 of an item holds."""
    found = survey.normal if number == NORMAL else survey.hires
    first, beyond = stream.span
    here = (found.at >= first) & (found.at < beyond)
    # The top bit is that of the picture width and of no use to a still of this size.
    body = (found.body[here] & np.uint64((1 << 63) - 1)).astype(np.int64)
    return Picture(number, stream, found.at[here], found.code[here], body)


def check_still(picture: Picture, track: Track, start: float) -> list[Finding]:
    """One picture of a still; `start` is the clock at its item's first pack."""
    told = _Told(int(picture.stream.sector[0]), [])
    _check_codes(told, picture)
    _check_header(told, picture)
    _check_buffer(told, picture)
    _check_times(told, picture, track, start)
    return told.findings


def _check_codes(told: _Told, picture: Picture) -> None:
    """Sequence header, group header, one I picture, end code, and no more."""
    code = picture.code.tolist()
    if code[:1] != [SEQUENCE] or picture.at[0] != picture.stream.at[0]:
        told.say("error", "still.start", _("a still does not begin with a sequence header"))
    if GROUP not in code:
        told.say("warning", "still.group", _("a still without a group header"))
    count = code.count(PICTURE)
    if count != 1:
        told.say("error", "still.pictures", _("a still must hold one picture"), 1, count)
    kinds = picture.body[picture.code == PICTURE] >> 51 & 7
    if count and kinds[0] != 1:
        wrong = _("the picture of a still needs others that are not there: it is no I picture")
        told.say("error", "still.type", wrong, 1, int(kinds[0]))
    if EXTENSION in code:
        told.say("error", "still.mpeg2", _("a still is MPEG-2; Video CD players know MPEG-1 only"))
    if code[-1:] != [SEQUENCE_END]:
        wrong = _("a still without an end code, which some players are said to need")
        told.say("warning", "still.end", wrong)


def _check_header(told: _Told, picture: Picture) -> None:
    headers = picture.body[picture.code == SEQUENCE]
    if not len(headers):
        return
    # The width was cut by one bit, which only sizes beyond 2047 have.
    body = int(headers[0])
    size = body >> 52 & 0x7FF, body >> 40 & 0xFFF
    if size not in SIZES[picture.number]:
        wrong = _("the size of a still is not that of its kind")
        wanted = ", ".join(f"{w}x{h}" for w, h in sorted(SIZES[picture.number]))
        told.say("error", "still.size", wrong, wanted, "{}x{}".format(*size))
    pal = size[1] in (288, 576)
    rate, aspect = body >> 32 & 15, body >> 36 & 15
    if rate not in ((PAL_RATE,) if pal else NTSC_RATES):
        told.say("warning", "still.rate", _("unusual picture rate of a still"), "3 / 1, 4", rate)
    if aspect != (ASPECT_PAL if pal else ASPECT_NTSC):
        told.say("note", "still.aspect", _("unusual aspect ratio code"), "8 (PAL), 12 (NTSC)",
                 aspect)  # fmt: skip
    if not body >> 13 & 1:
        told.say("error", "still.marker", _("a fixed bit of the sequence header is not set"))
    if body >> 14 & 0x3FFFF in (0, ANY_RATE):
        wrong = _("a still states no bit rate")
        told.say("note", "still.bit_rate", wrong, "", body >> 14 & 0x3FFFF)
    if (body >> 3 & 0x3FF) * VBV_BYTES < picture.bytes:
        wrong = _("a still is larger than the buffer that its header asks for")
        told.say("note", "still.vbv", wrong, f">= {picture.bytes}", (body >> 3 & 0x3FF) * VBV_BYTES)


def _check_buffer(told: _Told, picture: Picture) -> None:
    """The picture and the buffer that its packets ask for, against what players have."""
    most = MOST_BYTES[picture.number]
    if picture.bytes > most:
        wrong = _("a still is larger than the buffer of the player")
        told.say("error", "still.bytes", wrong, f"<= {most}", picture.bytes)
    stated = picture.stream.buffer[picture.stream.buffer != 0]
    if not len(stated):
        wrong = _("no packet of a still states the size of the player's buffer")
        told.say("warning", "still.std", wrong, f">= {picture.bytes}", "-")
        return
    sizes = (stated & 0x1FFF) * np.where(stated & 0x2000, 1024, 128)
    # A buffer need not hold what has left it; but the picture leaves it as a whole.
    if sizes.min() < min(picture.bytes, most) or sizes.max() > most:
        wrong = _("wrong size of the player's buffer in a packet")
        told.say("error", "still.std", wrong, f"{picture.bytes}..{most}", int(sizes[0]))
    elif not picture.stream.buffer[0]:
        wrong = _("the first packet does not state the size of the player's buffer")
        told.say("warning", "still.std", wrong)


def _check_times(told: _Told, picture: Picture, track: Track, start: float) -> None:
    stream = picture.stream
    if stream.stamp[0] < 0:
        told.say("error", "still.stamps", _("the first packet of a still has no time stamp"))
        return
    if stream.shown[0] == stream.stamp[0]:
        wrong = _("the first packet of a still tells only when it is shown, not when decoded")
        told.say("note", "still.dts", wrong)
    if stream.shown[0] < stream.stamp[0]:
        told.say("error", "still.pts", _("a picture is shown before it is decoded"))
    if (stream.stamp[1:] >= 0).any():
        told.say("note", "still.stamps", _("more time stamps in a still than it has pictures"))
    there = float(arrival(stream, track, start, stream.ends[-1:])[0])
    if stream.stamp[0] < there:
        wrong = _("a still should be shown before it has been read")
        late = _("{seconds:.3f} s too early").format(seconds=(there - stream.stamp[0]) / 90000)
        told.say("warning", "still.late", wrong, "", late)


def check_pair(pictures: list[Picture]) -> list[Finding]:
    """Whether both pictures of a still are for the same kind of television."""
    heights = {picture.height in (288, 576) for picture in pictures if picture.height}
    if len(heights) < 2:
        return []
    wrong = _("the two pictures of a still are for different televisions, PAL and NTSC")
    place = int(pictures[0].stream.sector[0])
    lines = ", ".join(str(picture.height) for picture in pictures)
    return [Finding("error", "still.size", wrong, place, found=lines)]
