"""The sound stream of one track: frame headers, gaps, time stamps."""

from __future__ import annotations

import numpy as np

from catalog.words import _
from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.report import Finding, places
from pipeline.videocd.check.scan import SAMPLE_RATES, frame_bytes
from pipeline.videocd.check.streams import FRAME_TICKS, NEAR, Stream, Units, stamped
from pipeline.videocd.check.survey import Survey
from pipeline.videocd.check.video import sectors_of

FORMAT = 0xFDB000  # after the first FF: layer II, no CRC, 224 kbit/s, 44.1 kHz
FORMAT_BITS = 0xFEFC00  # all but CRC, padding, private and mode bits
MONO = 3
WORST_LEAD = 90000 // 2  # ticks by which sound and picture may end apart


def check_audio(survey: Survey, track: Track, stream: Stream, units: Units) -> list[Finding]:
    """Findings about the sound of a track but its buffer."""
    number = track.number
    if not len(units.at):
        wrong = _("the track has no sound; some players then stop")
        return [Finding("warning", "audio.none", wrong, track.first, number)]
    found = _frames(stream, units, number)
    first, beyond = stream.span
    lost = survey.frames.lost
    lost = lost[(lost >= first) & (lost < beyond)]
    # The last frame may be cut by the end of the track, where nothing is lost.
    wrong = _("bytes in the sound that belong to no frame")
    found += places("warning", "audio.lost", wrong, sectors_of(stream, lost), track=number)
    return found + _times(stream, units, number)


def _frames(stream: Stream, units: Units, number: int) -> list[Finding]:
    """The headers of all frames, each kind of difference told once."""
    odd = units.kind & FORMAT_BITS != FORMAT & FORMAT_BITS
    found: list[Finding] = []
    if odd.any():
        wrong = _("the sound is not layer II at 44.1 kHz and 224 kbit/s")
        there = frame_words(int(units.kind[odd][0]))
        sectors = sectors_of(stream, units.at[odd])
        found += places(
            "error",
            "audio.format",
            wrong,
            sectors,
            track=number,
            expected="layer 2, 44100 Hz, 224 kbit/s",
            found=there,
        )
    mono = units.kind >> 6 & 3 == MONO
    wrong = _("the sound is mono; a Video CD has two channels")
    sectors = sectors_of(stream, units.at[mono])
    return found + places("warning", "audio.mono", wrong, sectors, track=number)


def frame_words(head: int) -> str:
    """What a frame header says, in figures."""
    rate = SAMPLE_RATES[min(head >> 10 & 3, 2)]
    layer = 4 - (head >> 17 & 3)
    size = frame_bytes(head & ~(1 << 9))
    kilobits = round(size * rate / (144 if layer > 1 else 48) / 1000)
    return f"layer {layer}, {rate} Hz, {kilobits} kbit/s"


def _times(stream: Stream, units: Units, number: int) -> list[Finding]:
    packets, unit = stamped(stream, units, FRAME_TICKS)
    if not len(packets):
        wrong = _("no sound frame has a time stamp")
        return [Finding("error", "audio.stamps", wrong, int(stream.sector[0]), number)]
    stamp, sectors = stream.stamp[packets], stream.sector[packets]
    back = np.flatnonzero(np.diff(stamp, prepend=-1) <= 0)
    wrong = _("the times of the sound run backwards")
    found = places("error", "audio.stamp_order", wrong, sectors[back], track=number)
    drift = stamp - FRAME_TICKS * unit
    bad = np.abs(drift - np.median(drift)) > NEAR
    wrong = _("the times of the sound do not follow its frames")
    return found + places("warning", "audio.pts", wrong, sectors[bad], track=number)


def check_together(track: Track, pictures: float, sound: float, period: float) -> list[Finding]:
    """Whether sound and picture end together; times of the last picture and frame in ticks."""
    apart = sound - pictures - period
    if not np.isfinite(apart) or abs(apart) <= WORST_LEAD:
        return []
    wrong = _("sound and picture do not end together")
    there = f"{apart / 90000:+.2f} s"
    return [Finding("note", "audio.end", wrong, track.last - 1, track.number, "", "0 s", there)]
