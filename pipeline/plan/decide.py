"""From what was found in a file, and what a person wishes, to what is done to it. Pure.

A person's wish always wins; where there is none, the analysis decides; where a file has not been
looked through, what its header says. Each decision carries its reason (treatment_words.py).
The table of all decisions stands in pipeline/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from catalog.analysis import Analysis, PictureAnalysis, SoundAnalysis
from catalog.programme import AudioStream, Source, VideoStream
from catalog.wishes import NONE, Wishes
from pipeline.plan.captions_choice import captions
from pipeline.plan.picture import NOISY
from pipeline.plan.sound import LIMIT
from pipeline.plan.treatment import (
    Fields,
    PictureTreatment,
    Reason,
    Take,
    Treatment,
    Voice,
    without_pulldown,
)

_FILM = (Fraction(24), Fraction(24_000, 1001))
_NEAR = Fraction(1, 500)  # how far a rate may be from a film's to count as one
_NOISE = {"none": 0.0, "gentle": 2.5, "strong": 5.0}
_SCREEN = Fraction(4, 3)
_VISIBLE = Fraction(1, 50)  # from which share of a side borders are worth a word
STILL = 0.3  # of the time a picture stands, from which it is coded as slides are
_SPARE = 1.0  # dB that a changed tempo may add to a peak
_AUDIBLE = 1.0  # dB, from which a change of level is worth a word
_CHINESE = {"zh", "chi", "zho", "cmn", "zh-cn", "zh-hans", "yue"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One episode's file with all that decides its treatment. `left_right`: the streams of two
    languages that the recipe puts on the two channels; `rate` is the target's, pictures a second.
    """

    source: Source
    analysis: Analysis | None
    rate: Fraction
    wishes: Wishes = NONE
    left_right: tuple[int, int] | None = None


def decide(asked: Asked) -> Treatment:
    """The treatment of one episode, with the reason of every decision."""
    speed, pace_reasons = _speed(asked)
    picture, seen = _picture(asked)
    voices, heard = _voices(asked)
    shown, told = captions(asked.source, asked.analysis, asked.wishes.subtitles)
    steady = picture is not None and picture.fields != "film" and picture.pace == "plain"
    found = _seen(asked)
    return Treatment(
        seconds=float(Fraction(asked.source.seconds) / speed),
        picture=picture,
        voices=voices,
        captions=shown if picture else None,
        speed=speed,
        cuts=found.cuts if found and steady else (),
        reasons=(*seen, *pace_reasons, *heard, *(told if picture else ()), *_harm(asked)),
    )


def _seen(asked: Asked) -> PictureAnalysis | None:
    return asked.analysis.picture if asked.analysis else None


def _harm(asked: Asked) -> Iterator[Reason]:
    lost = asked.analysis.lost if asked.analysis else 0.0
    if lost >= 0.001:
        wished = asked.wishes.damage == "accept"
        yield Reason("damaged", (("percent", f"{lost * 100:.1f}"),), wished)


# -- picture --------------------------------------------------------------------------------------


def _picture(asked: Asked) -> tuple[PictureTreatment | None, list[Reason]]:
    video, found, wishes = asked.source.video, _seen(asked), asked.wishes
    if video is None:
        return None, [Reason("card")]
    width, height, sar = upright(video)
    crop = found.active if found and wishes.borders != "keep" else None
    noise = _NOISE.get(wishes.denoise, found.noise if found else 0.0)
    plain = wishes.pace != "blend" or _rate(asked) == asked.rate
    treatment = PictureTreatment(
        stream=video.index,
        width=width,
        height=height,
        sar=sar,
        fields=_fields(video, found, wishes),
        crop=crop,
        fit=wishes.shape or "letterbox",
        pace="plain" if plain else "blend",
        dynamic_range=found.dynamic_range if found else "sdr",
        matrix=found.matrix if found else "bt709" if height > 576 else "bt601",
        full_range=found.full_range if found else video.pixel_format.startswith("yuvj"),
        noise=noise,
        rate=_even_rate(video, found),
        alpha=_seen_through(video.pixel_format),
        still=found is not None and found.still >= STILL,
    )
    return treatment, list(_picture_reasons(treatment, video, wishes))


def _even_rate(video: VideoStream, found: PictureAnalysis | None) -> Fraction:
    """Pictures a second as the source has them, 0 where they come unevenly."""
    if found is None:
        return video.rate
    return found.rate if found.steady else Fraction(0)


def _seen_through(pixel_format: str) -> bool:
    """Formats of ffmpeg whose name says that they carry an alpha plane."""
    return pixel_format.startswith(("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya", "pal8"))


def upright(video: VideoStream) -> tuple[int, int, Fraction]:
    """Width, height and sample aspect ratio of a picture after it was turned upright."""
    if video.rotation % 180:
        return video.height, video.width, 1 / video.sar
    return video.width, video.height, video.sar


def _fields(video: VideoStream, found: PictureAnalysis | None, wishes: Wishes) -> Fields:
    if wishes.fields:
        return wishes.fields
    if found is None:
        return "marked" if video.scan == "interlaced" else "progressive"
    if found.order in ("top", "bottom") and found.marked:
        return "marked"
    return found.order


def _picture_reasons(
    picture: PictureTreatment, video: VideoStream, wishes: Wishes
) -> Iterator[Reason]:
    by_hand = bool(wishes.fields)
    if picture.fields == "film":
        yield Reason("film", (), by_hand)
    elif picture.fields != "progressive":
        yield Reason("deinterlace", (("order", picture.fields),), by_hand)
    if video.rotation % 360:
        yield Reason("turned", (("degrees", str(video.rotation % 360)),))
    width, height = picture.width, picture.height
    if crop := picture.crop:
        right, bottom = width - crop.left - crop.width, height - crop.top - crop.height
        sides = {"left": crop.left, "top": crop.top, "right": right, "bottom": bottom}
        yield Reason("crop", tuple((k, str(v)) for k, v in sides.items()), wishes.borders == "crop")
        width, height = crop.width, crop.height
    yield from _shape_reasons(width * picture.sar / height, picture, bool(wishes.shape))
    if picture.dynamic_range != "sdr":
        yield Reason("hdr", (("kind", picture.dynamic_range),))
    if wishes.denoise or picture.noise >= NOISY:
        yield Reason("denoise", (("noise", f"{picture.noise:.1f}"),), bool(wishes.denoise))


def _shape_reasons(aspect: Fraction, picture: PictureTreatment, wished: bool) -> Iterator[Reason]:
    told = (("aspect", f"{float(aspect):.2f}"),)
    if abs(aspect / _SCREEN - 1) <= _VISIBLE:
        return
    if picture.fit == "centre-cut":
        yield Reason("centre-cut", told, wished)
    else:
        yield Reason("letterbox" if aspect > _SCREEN else "pillarbox", told, wished)


# -- pace -----------------------------------------------------------------------------------------


def _rate(asked: Asked) -> Fraction:
    """Pictures a second after fields were made into pictures; 0 where nobody knows."""
    video, found = asked.source.video, _seen(asked)
    if video is None:
        return Fraction(0)
    rate = found.rate if found else video.rate
    film = _fields(video, found, asked.wishes) == "film"
    return without_pulldown(rate) if film else rate


def _is_film(rate: Fraction) -> bool:
    return any(abs(rate / film - 1) <= _NEAR for film in _FILM)


def _speed(asked: Asked) -> tuple[Fraction, list[Reason]]:
    """How much faster the programme plays, and why."""
    rate, wish = _rate(asked), asked.wishes.pace
    if not rate or rate == asked.rate:
        return Fraction(1), []
    shown = (("from", f"{float(rate):.5g}"), ("to", f"{float(asked.rate):.5g}"))
    found = _seen(asked)
    steady = found.steady if found else True
    if wish in ("", "speed-up") and asked.rate == 25 and steady and _is_film(rate):
        return asked.rate / rate, [Reason("speed-up", shown, wish == "speed-up")]
    if wish == "blend":
        return Fraction(1), [Reason("blend", shown, True)]
    what = "repeat-rate" if rate < asked.rate else "plain-rate"
    return Fraction(1), [Reason(what, shown, wish == "plain")]


# -- sound ----------------------------------------------------------------------------------------


def _voices(asked: Asked) -> tuple[tuple[Voice, ...], list[Reason]]:
    heard = {one.index: one for one in (asked.analysis.sounds if asked.analysis else ())}
    if asked.left_right:
        left, right = asked.left_right
        voices = tuple(_voice(index, "mono", heard.get(index), asked) for index in (left, right))
        return voices, [Reason("two-voices", (("left", str(left)), ("right", str(right))), True)]
    stream = _chosen(asked, heard)
    if stream is None:
        return (), [Reason("silence")]
    found = heard.get(stream.index)
    taken, reasons = _taken(stream, found, asked.wishes)
    voices = tuple(_voice(stream.index, take, found, asked) for take in taken)
    return voices, [*reasons, *_level_reasons(voices[0], found, asked.wishes)]


def _chosen(asked: Asked, heard: dict[int, SoundAnalysis]) -> AudioStream | None:
    """The sound a person named, else the first Chinese one, else the first that can be heard."""
    there = [one for one in asked.source.streams if isinstance(one, AudioStream)]
    if 0 < asked.wishes.sound <= len(there):
        return there[asked.wishes.sound - 1]
    audible = [s for s in there if s.index not in heard or heard[s.index].channels != "silent"]
    chinese = [one for one in audible if one.language.lower() in _CHINESE]
    return next(iter((*chinese, *audible)), None)


def _taken(
    stream: AudioStream, found: SoundAnalysis | None, wishes: Wishes
) -> tuple[tuple[Take, ...], list[Reason]]:
    """What is taken of a sound: once, or its two voices apart."""
    if wishes.side in ("left", "right"):
        return (wishes.side,), [Reason("one-side", (("side", wishes.side),), True)]
    channels = found.channels if found else "surround" if stream.channels > 2 else "stereo"
    match channels:
        case "left" | "right":
            return (channels,), [Reason("one-side", (("side", channels),))]
        case "two-voices":
            told = (("left", "1"), ("right", "2"))
            return ("left", "right"), [Reason("two-voices", told, wishes.side == "both")]
        case "surround":
            return ("surround",), [Reason("downmix", (("channels", str(stream.channels)),))]
        case "mono":
            return ("mono",), []
        case _:
            return ("stereo",), []


def _voice(index: int, take: Take, found: SoundAnalysis | None, asked: Asked) -> Voice:
    if found is None or asked.wishes.loudness == "keep":
        return Voice(index, take)
    # At four times the rate the limiter is half of what sound costs: only for peaks that need it.
    limit = found.squeeze or found.peak + found.gain > LIMIT - _SPARE
    return Voice(index, take, found.gain, found.squeeze, limit)


def _level_reasons(voice: Voice, found: SoundAnalysis | None, wishes: Wishes) -> Iterator[Reason]:
    if found is None:
        return
    if abs(voice.gain) >= _AUDIBLE:
        what = "louder" if voice.gain > 0 else "softer"
        told = (("from", f"{found.loudness:.1f}"), ("gain", f"{abs(voice.gain):.1f}"))
        yield Reason(what, told, wishes.loudness == "level")
    if voice.squeeze:
        yield Reason("squeeze", (("range", f"{found.loudness_range:.0f}"),))
