"""The system layer of one track: packs, their clock and rate, system headers, packet fields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.words import _
from pipeline.videocd.check import packs as bits
from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.report import Finding, places
from pipeline.videocd.check.streams import SECTOR_TICKS, Stream, clock_start
from pipeline.videocd.check.survey import Bytes, Survey, Whole

RATE = 3528  # times 50 bytes a second: 75 sectors of 2352 bytes
START = 30 * SECTOR_TICKS
VIDEO_SYSTEM = bytes.fromhex("0009801b9101e1ffe0e02e")
AUDIO_SYSTEM = bytes.fromhex("0009801b9105e0ffc0c020")
STD = {0xE0: 0x602E, 0xC0: 0x4020}  # 46 units of 1 KiB, 32 of 128 bytes
SOUND_END = 2304  # 20 zero bytes follow a sound packet
MEDIA = bits.VIDEO | bits.AUDIO | bits.SECOND_AUDIO | bits.PRIVATE


@dataclass(frozen=True, slots=True)
class TrackPacks:
    """The packs of one track, or of a still or clip."""

    sector: Whole
    clock: Whole
    rate: Whole
    holds: bits.Bits
    faults: Bytes
    end: Whole


def check_system(survey: Survey, track: Track) -> list[Finding]:
    """Everything about the packs of a track but what is in its streams."""
    packs = packs_of(survey, track)
    found = check_packs(survey, packs, track)
    if not len(packs.sector):
        return found
    found += _clock(survey, packs, track)
    return found + _kinds(packs, track) + _systems(survey, packs, track)


def packs_of(survey: Survey, track: Track) -> TrackPacks:
    """The packs from the first to the last of a track."""
    here = slice(*np.searchsorted(survey.packs.sector, [track.first, track.last]).tolist())
    columns = ("sector", "clock", "rate", "holds", "faults", "end")
    return TrackPacks(*(getattr(survey.packs, name)[here] for name in columns))


def check_packs(survey: Survey, packs: TrackPacks, track: Track) -> list[Finding]:
    """Each pack for itself: whether it is one, its fixed bits, its chain of packets, its rate."""
    full = track.first + np.flatnonzero(~survey.blank[track.first : track.last])
    strange = np.setdiff1d(full, packs.sector, assume_unique=True)
    wrong = _("a sector of the stream that is neither empty nor a pack")
    found = places("error", "pack.none", wrong, strange, track=track.number)
    return found + _faults(packs, track) + _rate(packs, track)


def _faults(packs: TrackPacks, track: Track) -> list[Finding]:
    found = []
    for bit, field, wrong in (
        (bits.BAD_CLOCK, "pack.header", _("a pack header with wrong fixed bits")),
        (bits.BAD_HEADER, "packet.header", _("a packet header that nobody understands")),
        (bits.OVERRUN, "packet.length", _("a packet longer than its pack")),
        (bits.JUNK, "pack.tail", _("something else than zeros after the last packet of a pack")),
        (bits.UNKNOWN, "packet.stream", _("a packet of a stream unknown to Video CD")),
    ):
        sectors = packs.sector[packs.faults & bit != 0]
        found += places("error", field, wrong, sectors, track=track.number)
    return found


def _clock(survey: Survey, packs: TrackPacks, track: Track) -> list[Finding]:
    start = clock_start(survey, track)
    ahead = packs.clock - start - SECTOR_TICKS * (packs.sector - track.first)
    number = track.number
    found = []
    if ahead.any():
        between = np.diff(packs.sector)
        steps = np.diff(packs.clock)[between == 1]
        values, counts = np.unique(steps, return_counts=True)
        step = int(values[np.argmax(counts)]) if len(values) else 0
        wrong = _(
            "the clock of the packs must advance by 1200 a sector (75 packs a second); at the end "
            "of the track it is off by {seconds:.3f} s"
        ).format(seconds=float(ahead[-1]) / 90000)
        there = _("mostly {step}").format(step=step)
        off = packs.sector[ahead != 0]
        found = places(
            "error", "pack.clock", wrong, off, track=number, expected="1200", found=there
        )
    if start != START:
        wrong = _("the clock of a track should begin with its 30 empty sectors counted")
        place = (int(packs.sector[0]), number, "")
        both = (str(START), str(int(start)))
        found.append(Finding("warning", "pack.clock_start", wrong, *place, *both))
    return found


def _rate(packs: TrackPacks, track: Track) -> list[Finding]:
    off = packs.sector[packs.rate != RATE]
    there = str(int(packs.rate[packs.rate != RATE][0])) if len(off) else ""
    wrong = _("wrong rate in the pack header")
    return places(
        "error", "pack.rate", wrong, off, track=track.number, expected=str(RATE), found=there
    )


def _kinds(packs: TrackPacks, track: Track) -> list[Finding]:
    """What packs hold that a Video CD has not, or has otherwise."""
    media = packs.holds & MEDIA
    both = (media & bits.VIDEO != 0) & (media & (MEDIA ^ bits.VIDEO) != 0)
    stills = packs.holds & (bits.NORMAL | bits.HIRES) != 0
    others = media & (bits.SECOND_AUDIO | bits.PRIVATE) != 0
    idle = (media == 0) & (packs.holds & bits.PADDING != 0) & (packs.holds & bits.SYSTEM == 0)
    sound = (media & bits.AUDIO != 0) & (packs.end > SOUND_END)
    rows: tuple[tuple[str, str, NDArray[np.bool_]], ...] = (
        ("pack.mixed", _("picture and sound in one pack"), both),
        ("pack.streams", _("more streams than one picture and one sound"), others),
        ("pack.still", _("a film holds the stream of a still"), stills),
        ("pack.idle", _("idle packs of padding where empty sectors are usual"), idle),
        ("pack.sound_zeros", _("a sound pack that does not end with 20 zero bytes"), sound),
    )
    found = []
    for field, wrong, which in rows:
        found += places("note", field, wrong, packs.sector[which], track=track.number)
    return found


def _systems(survey: Survey, packs: TrackPacks, track: Track) -> list[Finding]:
    """Two packs lead: system header of the picture, then of the sound, and no data."""
    number = track.number
    holders = packs.sector[packs.holds & bits.SYSTEM != 0]
    found = []
    if holders.tolist() != packs.sector[:2].tolist():
        wrong = _("the first two packs, and no others, should hold the system headers")
        place = (int(packs.sector[0]), number, "")
        both = ("1, 2", ", ".join(str(s - track.first + 1) for s in holders[:6].tolist()))
        found.append(Finding("note", "pack.system", wrong, *place, *both, max(len(holders), 1)))
    for header in survey.systems:
        if not track.first <= header.sector < track.last:
            continue
        if header.body not in (VIDEO_SYSTEM, AUDIO_SYSTEM):
            is_video = header.body[8:9] == b"\xe0"
            wrong = _("a system header that is not the one of a Video CD")
            both = (
                (VIDEO_SYSTEM if is_video else AUDIO_SYSTEM).hex(" "),
                header.body[:16].hex(" "),
            )
            where = (header.sector, number, "")
            found.append(Finding("warning", "pack.system_header", wrong, *where, *both))
    return found[:8]


def check_buffer_fields(stream: Stream, track: Track, number: int) -> list[Finding]:
    """The size of the player's buffer that packets of stream E0 or C0 state."""
    expected = STD[number]
    wrong = _("wrong size of the player's buffer in a packet")
    off = (stream.buffer != 0) & (stream.buffer != expected)
    there = int(stream.buffer[off][0]).to_bytes(2).hex(" ") if off.any() else ""
    wanted = expected.to_bytes(2).hex(" ")
    field = "video.std" if number == 0xE0 else "audio.std"
    found = places(
        "error", field, wrong, stream.sector[off], track=track.number, expected=wanted, found=there
    )
    if len(stream.buffer) and not stream.buffer.any():
        wrong = _("no packet states the size of the player's buffer")
        place = (int(stream.sector[0]), track.number, "")
        found.append(Finding("warning", field, wrong, *place, wanted, "-", len(stream.buffer)))
    elif len(stream.buffer) and not stream.buffer[0]:
        wrong = _("the first packet does not state the size of the player's buffer")
        place = (int(stream.sector[0]), track.number, "")
        found.append(Finding("warning", field, wrong, *place, wanted, "-"))
    return found
