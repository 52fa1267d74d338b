"""The buffers of the player: never empty when a picture or frame is due, never more than full."""

from __future__ import annotations

import numpy as np

from catalog.words import _
from pipeline.videocd.check.layout import Track
from pipeline.videocd.check.report import Finding, places
from pipeline.videocd.check.streams import Stream, Ticks, Units, arrival

VIDEO_BUFFER, AUDIO_BUFFER = 46 * 1024, 4 * 1024


def check_buffer(
    track: Track, stream: Stream, units: Units, due: Ticks, start: float
) -> list[Finding]:
    """One track's picture or sound: `due` is when each unit is taken out, `start` the clock at the
    first sector of the packs.
    """
    if not len(units.at):
        return []
    is_video = bool(units.kind[0] <= 7)
    return _late(
        track, stream, units, due - arrival(stream, track, start, units.ends), is_video
    ) + (_full(track, stream, units, due, (start, VIDEO_BUFFER if is_video else AUDIO_BUFFER)))


def _late(
    track: Track, stream: Stream, units: Units, spare: Ticks, is_video: bool
) -> list[Finding]:
    late = np.flatnonzero(spare < 0)
    if not len(late):
        return []
    packet = np.searchsorted(stream.at, units.ends[late] - 1, side="right") - 1
    wrong = (
        _("the picture arrives too late, playing stops for a moment")
        if is_video
        else _("the sound arrives too late, playing stops for a moment")
    )
    worst = _("up to {seconds:.3f} s late").format(seconds=float(-spare[late].min()) / 90000)
    field = "video.underflow" if is_video else "audio.underflow"
    sectors = stream.sector[packet]
    return places("error", field, wrong, sectors, track=track.number, found=worst)


def _full(
    track: Track, stream: Stream, units: Units, due: Ticks, model: tuple[float, int]
) -> list[Finding]:
    start, size = model
    times = arrival(stream, track, start, stream.ends)
    gone = np.concatenate(([stream.span[0]], units.ends))
    taken = np.searchsorted(np.maximum.accumulate(due), times, side="right")
    held = stream.ends - gone[taken]
    over = np.flatnonzero(held > size)
    if not len(over):
        return []
    is_video = size == VIDEO_BUFFER
    wrong = (
        _("the picture buffer of the player runs over at 75 sectors a second")
        if is_video
        else _("the sound buffer of the player runs over at 75 sectors a second")
    )
    return places(
        "error",
        "video.overflow" if is_video else "audio.overflow",
        wrong,
        stream.sector[over],
        track=track.number,
        expected=f"<= {size}",
        found=str(int(held.max())),
    )
