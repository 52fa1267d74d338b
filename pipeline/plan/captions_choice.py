"""Which subtitles are burnt into a picture: what a person names, else Chinese ones. Pure."""

from __future__ import annotations

import re

from catalog.analysis import Analysis, Subtitles
from catalog.programme import Sidecar, Source
from pipeline.plan.treatment import CaptionsFrom, Reason

_CHINESE = re.compile(r"(?i)\.(zh|chs|cht|chi|zho|cn|sc|tc|gb|big5|简|繁|中)[^.]*\.\w+$")
_FOREIGN = re.compile(
    r"(?i)\.(en|eng|ja|jpn|ko|kor|fr|fre|fra|de|ger|deu|es|spa|ru|rus)(-\w+)?\.\w+$"
)


def captions(
    source: Source, analysis: Analysis | None, wish: str
) -> tuple[CaptionsFrom | None, list[Reason]]:
    """Where a file's subtitles come from, and why; `wish` is `none`, a track's number from 1, or
    the name of a file beside it.
    """
    tracks = analysis.subtitles if analysis else ()
    if wish == "none":
        return None, [Reason("captions-none", (), True)] if tracks or source.sidecars else []
    if wish.isdigit() and 0 < int(wish) <= len(tracks) and tracks[int(wish) - 1].text:
        return _of_track(tracks[int(wish) - 1], True)
    if named := [one for one in source.sidecars if wish and one.name == wish]:
        return _of_file(named[0], True)
    beside = _beside(source.sidecars)
    chosen, reasons = _of_file(beside[0], False) if beside else _inside(tracks)
    # What a person names and is not there is told, beside what is taken in its place.
    missing = [Reason("captions-missing", (("name", wish),))] if wish else []
    return chosen, [*missing, *reasons]


def _of_track(track: Subtitles, wished: bool) -> tuple[CaptionsFrom, list[Reason]]:
    told = (("name", track.title or track.codec), ("language", track.language))
    return CaptionsFrom(stream=track.index), [Reason("captions", told, wished)]


def _of_file(sidecar: Sidecar, wished: bool) -> tuple[CaptionsFrom, list[Reason]]:
    told = (("name", sidecar.name), ("language", ""))
    return CaptionsFrom(sha256=sidecar.sha256, name=sidecar.name), [
        Reason("captions", told, wished)
    ]


def _beside(sidecars: tuple[Sidecar, ...]) -> list[Sidecar]:
    """Files beside the programme, those that call themselves Chinese first, foreign ones not."""
    meant = [one for one in sidecars if not _FOREIGN.search(one.name)]
    return sorted(meant, key=lambda one: not _CHINESE.search(one.name))


def _inside(tracks: tuple[Subtitles, ...]) -> tuple[CaptionsFrom | None, list[Reason]]:
    chinese = [one for one in tracks if one.text and one.chinese and one.lines]
    if chinese:
        return _of_track(max(chinese, key=lambda one: one.lines), False)
    if any(one.text and one.lines for one in tracks):
        return None, [Reason("captions-foreign")]
    return None, [Reason("captions-pictures")] if tracks else []
