"""How a file for computers comes about, decided, each decision with its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from pipeline.plan.pc_fitness import ForPc, file_faults, picture_faults, sound_faults
from pipeline.plan.pc_raster import CARD_CAP, cap, raster
from pipeline.plan.raster import Raster
from pipeline.plan.treatment import Reason

Way = Literal["untouched", "remuxed", "sound-made", "encoded"]


@dataclass(frozen=True, slots=True)
class Decision:
    """How the video comes about, and why; `shape` is that of the picture that is encoded, `most`
    the kilobits a second that it takes at most.
    """

    way: Way
    shape: Raster
    most: int
    reasons: tuple[Reason, ...]


def decision_of(piece: ForPc) -> Decision:
    """What is done to an episode, with its reasons."""
    seen, heard, wrapped = picture_faults(piece), sound_faults(piece), file_faults(piece)
    average = piece.seen.rate if piece.seen else Fraction(25)
    shape = raster(piece.treatment.picture, average, piece.medium.height)
    way: Way
    if seen:
        way, why = "encoded", seen
    elif heard:
        way, why = "sound-made", heard
    elif wrapped:
        way, why = "remuxed", wrapped
    else:
        way, why = "untouched", ()
    told = [("why", " ".join(why))] if why else []
    if way == "encoded":
        told += [("width", str(shape.width)), ("height", str(shape.height))]
        told += [("rate", f"{float(shape.rate):.5g}")]
    kept = _kept(piece, way)
    return Decision(way, shape, _most(piece, shape), (Reason(_SAID[way], tuple(told)), *kept))


def _most(piece: ForPc, shape: Raster) -> int:
    video = piece.source.video
    if video is None:
        return CARD_CAP
    return cap(shape, piece.seen.bit_rate if piece.seen else 0, video.codec)


_SAID: Final[dict[Way, str]] = {
    "untouched": "pc-untouched",
    "remuxed": "pc-remuxed",
    "sound-made": "pc-sound-made",
    "encoded": "pc-encoded",
}

# What decide.py tells of a television's shape and pace does not concern a file for computers.
_OF_A_SET = {
    "letterbox", "pillarbox", "centre-cut", "speed-up", "blend", "plain-rate", "repeat-rate",
}  # fmt: skip
_OF_PICTURE = {"film", "deinterlace", "turned", "crop", "hdr", "denoise"}
_OF_SOUND = {"louder", "softer", "squeeze", "limit", "downmix", "one-side"}
_RENAMED: Final = {"silence": "pc-silence", "captions-foreign": "pc-captions-foreign"}


def _kept(piece: ForPc, way: Way) -> Iterator[Reason]:
    """The reasons of the treatment that hold for this way, in this medium's words."""
    passed = set(_OF_A_SET)
    if way != "encoded":
        passed |= _OF_PICTURE
    if way in ("untouched", "remuxed"):
        passed |= _OF_SOUND
    beside = piece.medium.captions == "beside"
    renamed = dict(_RENAMED)
    if beside:
        renamed |= {"captions": "pc-captions", "captions-pictures": "pc-captions-pictures"}
    for one in piece.treatment.reasons:
        if one.what not in passed:
            yield replace(one, what=renamed.get(one.what, one.what))


def at_own_pace(piece: ForPc) -> ForPc:
    """The piece at the speed of its source, whichever rate its treatment was asked for with."""
    treated = piece.treatment
    seen = treated.picture and replace(treated.picture, pace="plain", fit="letterbox")
    seconds = float(treated.seconds * treated.speed)
    own = replace(treated, picture=seen, seconds=seconds, speed=Fraction(1))
    return replace(piece, treatment=own)
