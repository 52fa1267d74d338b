"""What a still or clip holds: its packs, clock and streams, and what INFO.VCD says of it."""

from __future__ import annotations

import numpy as np

from catalog.words import _
from pipeline.videocd.check import packs as bits
from pipeline.videocd.check.audio import check_audio
from pipeline.videocd.check.buffers import check_buffer
from pipeline.videocd.check.clock import RATE, TrackPacks, check_packs, packs_of
from pipeline.videocd.check.info import INFO, Info
from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.report import Finding, Severity, differs, places
from pipeline.videocd.check.segments import CONTINUED, Item, Segments
from pipeline.videocd.check.stills import HIRES, NORMAL, check_pair, check_still, picture_of
from pipeline.videocd.check.streams import (
    AUDIO,
    FRAME_TICKS,
    SECTOR_TICKS,
    VIDEO,
    Stream,
    Units,
    clock_start,
    decoding_times,
    frames,
    pictures,
    stream_of,
)
from pipeline.videocd.check.survey import Survey
from pipeline.videocd.check.video import check_video, is_pal, period_of

NTSC_STILL, NTSC_HIRES, NTSC_CLIP, PAL = 1, 2, 3, 4  # PAL is added to each of the others
MONO, STEREO, DUAL = 1, 2, 3
_HEADER_MODES = {0: STEREO, 1: STEREO, 2: DUAL, 3: MONO}
_KILOBITS = {False: (128, 192, 224, 384), True: (64, 96, 192)}  # for mono True
_LAYER_2_RATES = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_SEGMENT_AREA = 1  # CD track in which stills and clips lie


def check_clips(survey: Survey, found: Segments, info: Info) -> list[Finding]:
    """Every still and clip of a disc."""
    findings: list[Finding] = []
    kinds = np.zeros(len(info.contents), np.int64)
    for item in found.items:
        more, content = _check_item(survey, item)
        findings += more
        here = kinds[item.unit : item.unit + item.units]
        here[:] = content | CONTINUED
        here[:1] = content
    wrong = np.flatnonzero(kinds != np.frombuffer(info.contents, np.uint8))
    if len(wrong) and found.items:
        words = _("the kind of segment {number} in INFO.VCD").format(number=int(wrong[0]) + 1)
        both = (f"{kinds[wrong[0]]:02X}", f"{info.contents[wrong[0]]:02X}")
        findings.append(differs("error", "info.contents", words, both, INFO))
    return findings


def _check_item(survey: Survey, item: Item) -> tuple[list[Finding], int]:
    """Findings about one item, and the content byte that its first unit should have."""
    track = Track(_SEGMENT_AREA, item.start, item.start, item.last, item.end, item.end)
    packs = packs_of(survey, track)
    found = check_packs(survey, packs, track)
    streams = {number: stream_of(survey, track, number) for number in (VIDEO, NORMAL, HIRES, AUDIO)}
    there = {number: stream for number, stream in streams.items() if len(stream.at)}
    if not len(packs.sector) or not there:
        wrong = _("a still or clip holds neither picture nor sound")
        return [*found, Finding("error", "segment.empty", wrong, item.start)], 0
    if VIDEO in there and (NORMAL in there or HIRES in there):
        wrong = _("a clip holds the stream of a still as well")
        found.append(Finding("warning", "segment.mixed", wrong, item.start))
    still = VIDEO not in there and AUDIO not in there
    found += _clock(packs, track, still) + _system(survey, packs, set(there))
    start = clock_start(survey, track)
    sound, content = _sound(survey, track, start, there.get(AUDIO))
    found += sound
    if VIDEO in there:
        more, kind = _motion(survey, track, start, there[VIDEO])
    else:
        more, kind = _still(survey, track, start, there)
    return found + more, content | kind << 2


def _clock(packs: TrackPacks, track: Track, still: bool) -> list[Finding]:
    """1200 ticks a sector; a still begins with 0."""
    begin = packs.clock - SECTOR_TICKS * (packs.sector - track.first)
    usual, counts = np.unique(begin, return_counts=True)
    agreed = counts.max() * 2 > len(begin)
    start = int(usual[np.argmax(counts)] if agreed else begin[0])
    off = packs.sector[begin != start]
    wrong = _("the clock in a still or clip must advance by 1200 a sector")
    severity: Severity = "warning" if still else "error"
    usual_step = str(SECTOR_TICKS)
    found = places(severity, "segment.clock", wrong, off, expected=usual_step, found=_step(packs))
    if still and start and len(off) < len(begin) - 1:
        wrong = _("the clock of a still should begin with 0")
        place = int(packs.sector[0])
        found.append(
            Finding("warning", "segment.clock_start", wrong, place, 0, "", "0", str(start))
        )
    return found


def _step(packs: TrackPacks) -> str:
    """By how much the clock advances from most sectors to the next."""
    steps, counts = np.unique(np.diff(packs.clock)[np.diff(packs.sector) == 1], return_counts=True)
    return _("mostly {step}").format(step=steps[np.argmax(counts)] if len(steps) else "-")


def _system(survey: Survey, packs: TrackPacks, streams: set[int]) -> list[Finding]:
    """System headers: the first pack has one, and together they list the streams that come."""
    first, last = int(packs.sector[0]), int(packs.sector[-1])
    here = [header for header in survey.systems if first <= header.sector <= last]
    if not packs.holds[0] & bits.SYSTEM:
        wrong = _("a still or clip does not begin with a system header")
        return [Finding("warning", "segment.system", wrong, first)]
    found = []
    listed: dict[int, int] = {}
    for header in here:
        rate = int.from_bytes(header.body[2:5]) >> 1 & 0x3FFFFF
        rows = header.body[8:]
        listed |= {rows[i]: header.sector for i in range(0, len(rows) - 2, 3) if rows[i] & 0x80}
        if rate != RATE or int.from_bytes(header.body[:2]) != len(header.body) - 2:
            wrong = _("a system header that is not the one of a Video CD")
            both = (f"00 {len(header.body) - 2:02x} 80 1b 91", header.body[:5].hex(" "))
            found.append(Finding("warning", "segment.system", wrong, header.sector, 0, "", *both))
    if here and set(listed) != streams:
        wrong = _("the system header of a still or clip lists other streams than it holds")
        both = (_names(streams), _names(set(listed)))
        found.append(Finding("warning", "segment.streams", wrong, first, 0, "", *both))
    return found


def _names(streams: set[int]) -> str:
    return " ".join(f"{number:02X}" for number in sorted(streams)) or "-"


def _still(
    survey: Survey, track: Track, start: float, there: dict[int, Stream]
) -> tuple[list[Finding], int]:
    """The pictures of a still, and its kind in INFO.VCD (0 for sound alone)."""
    seen = [
        picture_of(survey, number, there[number]) for number in (NORMAL, HIRES) if number in there
    ]
    found = [finding for picture in seen for finding in check_still(picture, track, start)]
    if not seen:
        return found, 0
    pal = PAL if seen[-1].height in (288, 576) else 0
    return found + check_pair(seen), (NTSC_HIRES if HIRES in there else NTSC_STILL) + pal


def _motion(
    survey: Survey, track: Track, start: float, stream: Stream
) -> tuple[list[Finding], int]:
    """The moving picture of a clip, and its kind in INFO.VCD."""
    seen = pictures(survey, stream)
    period = period_of(survey, stream)
    found = check_video(survey, track, stream, seen)
    if period:
        times = decoding_times(stream, seen, period)
        found += check_buffer(track, stream, seen, times, start)
    return found, NTSC_CLIP + (PAL if is_pal(survey, stream) else 0)


def _sound(
    survey: Survey, track: Track, start: float, stream: Stream | None
) -> tuple[list[Finding], int]:
    """The sound of a clip, and its kind in INFO.VCD."""
    if stream is None:
        return [], 0
    heard = frames(survey, stream)
    if not len(heard.at):
        wrong = _("a clip has packets of sound without any frame of sound")
        return [Finding("error", "audio.none", wrong, track.first)], 0
    found = [each for each in check_audio(survey, track, stream, heard)
             if each.field not in ("audio.format", "audio.mono")]  # fmt: skip
    found += _formats(stream, heard)
    times = decoding_times(stream, heard, FRAME_TICKS)
    found += check_buffer(track, stream, heard, times, start)
    return found, _HEADER_MODES[int(heard.kind[0]) >> 6 & 3]


def _formats(stream: Stream, heard: Units) -> list[Finding]:
    """Clips may have sound of other rates than films."""
    head = heard.kind
    mono = head >> 6 & 3 == 3
    kilobits = np.array((*_LAYER_2_RATES, 0), np.int64)[head >> 12 & 15]
    good = (head >> 17 & 3 == 2) & (head >> 10 & 3 == 0) & (head >> 19 == 0b11111)
    good &= np.where(mono, np.isin(kilobits, _KILOBITS[True]), np.isin(kilobits, _KILOBITS[False]))
    packet = np.searchsorted(stream.at, heard.at[~good], side="right") - 1
    wrong = _("the sound of a clip is not layer II at 44.1 kHz with a rate that players know")
    return places("error", "audio.format", wrong, stream.sector[packet])
