"""What looking through a file found, in plain words: facts, and what looks wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from catalog.analysis import Analysis, Damage, PictureAnalysis, SoundAnalysis, Span, Subtitles
from catalog.words import _

_NOISY = 2.0  # luma of 255 at a Video CD's size: seen as snow from there on
_LONG_SILENCE = 60.0  # seconds; a pause for thought or applause is shorter
_LONG_STILL = 60.0  # a slide of a lecture may stand so long
_SHORT = 0.01  # the share of the promised length that may be missing without a word
_SILENT = -60.0  # LUFS
_ALL = 0.95  # of a programme, from which it is nothing but that
_PAUSE = 3.0  # seconds without sound at head and tail that are worth a word
_MOST_LINES = 5  # of one kind; the rest is counted

_Stretch = TypeVar("_Stretch", Span, Damage)


def findings(analysis: Analysis) -> tuple[str, ...]:
    """What is there, one line a stream: neutral facts, nothing to be done about."""
    lines: list[str] = []
    if analysis.picture:
        lines.append(_("picture: {facts}").format(facts=_joined(_seen(analysis.picture))))
    for number, sound in enumerate(analysis.sounds, 1):
        told = _("sound {number}: {facts}")
        lines.append(told.format(number=number, facts=_joined(_heard(sound, analysis.seconds))))
    for number, track in enumerate(analysis.subtitles, 1):
        told = _("subtitles {number}: {facts}")
        lines.append(told.format(number=number, facts=_joined(_written(track))))
    return tuple(lines)


def warnings(analysis: Analysis) -> tuple[str, ...]:
    """What looks wrong and should be looked at by a person, worst first."""
    return (*_cut_off(analysis), *_damaged(analysis), *_missing(analysis), *_still(analysis))


def _joined(facts: Iterable[str]) -> str:
    return _("; ").join(facts)


# -- facts ------------------------------------------------------------------------------------


def _seen(picture: PictureAnalysis) -> Iterator[str]:
    rate = _decimal(float(picture.rate), 3)
    if picture.order == "film":
        yield _("24 pictures a second in 3:2 pulldown ({rate})").format(rate=rate)
    elif picture.steady:
        yield _("{rate} pictures a second").format(rate=rate)
    else:
        yield _("about {rate} pictures a second, unsteady").format(rate=rate)
    yield from _woven(picture)
    if box := picture.active:
        told = _("black borders, picture {width} x {height} from {left}, {top}")
        yield told.format(width=box.width, height=box.height, left=box.left, top=box.top)
    if picture.dynamic_range != "sdr":
        yield _("HDR ({kind})").format(kind=picture.dynamic_range.upper())
    if picture.noise >= _NOISY:
        yield _("noise {noise} of 255").format(noise=_decimal(picture.noise, 1))


def _woven(picture: PictureAnalysis) -> Iterator[str]:
    if picture.order == "film":
        return
    yield {
        "progressive": _("progressive"),
        "top": _("interlaced, top field first"),
        "bottom": _("interlaced, bottom field first"),
    }[picture.order]
    if not picture.marked:
        yield _("its own marks say otherwise")


def _heard(sound: SoundAnalysis, seconds: float) -> Iterator[str]:
    if sound.channels == "silent" or sound.loudness <= _SILENT:
        yield _("silent")
        return
    yield {
        "mono": _("mono"),
        "stereo": _("stereo"),
        "left": _("only the left side has sound"),
        "right": _("only the right side has sound"),
        "two-voices": _("two voices, one on each side"),
        "surround": _("surround"),
    }[sound.channels]
    told = _("loudness {lufs} LUFS, range {range} LU")
    yield told.format(
        lufs=_decimal(sound.loudness, 1).replace("-", "−"),
        range=_decimal(sound.loudness_range, 0),
    )
    for span in sound.silence:
        if span.seconds >= _PAUSE and span.begin <= 1:
            yield _("begins with {length} of silence").format(length=_length(span.seconds))
        elif span.seconds >= _PAUSE and span.end >= seconds - 1:
            yield _("ends with {length} of silence").format(length=_length(span.seconds))


def _written(track: Subtitles) -> Iterator[str]:
    yield _("text") if track.text else _("pictures of letters (cannot be burnt in)")
    if track.chinese:
        yield _("Chinese")
    elif track.language:
        yield track.language
    if track.lines:
        yield _("{count} lines").format(count=track.lines)
    if track.title:
        yield track.title


# -- what looks wrong -------------------------------------------------------------------------


def _cut_off(analysis: Analysis) -> Iterator[str]:
    missing = analysis.promised - analysis.seconds
    if missing > max(1.0, _SHORT * analysis.promised):
        told = _("cut off: {promised} promised, {there} there")
        yield told.format(promised=_length(analysis.promised), there=_length(analysis.seconds))


def _damaged(analysis: Analysis) -> Iterator[str]:
    told = _("decodes with {errors} errors from {begin} to {end}")
    for one in _longest(analysis.damage):
        yield told.format(errors=one.errors, begin=_clock(one.begin), end=_clock(one.end))
    yield from _more(len(analysis.damage), _("and {count} more damaged places"))


def _missing(analysis: Analysis) -> Iterator[str]:
    if analysis.picture is None:
        yield _("no picture")
    if not any(map(_audible, analysis.sounds)):
        yield _("no sound at all")
        return
    for number, sound in enumerate(analysis.sounds, 1):
        told = _("no sound for {length} from {begin}")
        if len(analysis.sounds) > 1:
            told = _("sound {number}: nothing for {length} from {begin}")
        long = [span for span in sound.silence if span.seconds >= _LONG_SILENCE]
        for span in _longest(long) if _audible(sound) else ():
            length, begin = _length(span.seconds), _clock(span.begin)
            yield told.format(number=number, length=length, begin=begin)
        yield from _more(len(long), _("and {count} more places without sound"))


def _still(analysis: Analysis) -> Iterator[str]:
    frozen = analysis.picture.frozen if analysis.picture else ()
    if analysis.seconds > 0 and sum(s.seconds for s in frozen) >= _ALL * analysis.seconds:
        yield _("the picture never moves")
        return
    long = [span for span in frozen if span.seconds >= _LONG_STILL]
    told = _("picture frozen from {begin} to {end}")
    for span in _longest(long):
        yield told.format(begin=_clock(span.begin), end=_clock(span.end))
    yield from _more(len(long), _("and {count} more frozen places"))


def _audible(sound: SoundAnalysis) -> bool:
    return sound.channels != "silent" and sound.loudness > _SILENT


def _longest(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """The longest few, in order of time."""
    longest = sorted(stretches, key=lambda one: one.begin - one.end)[:_MOST_LINES]
    return sorted(longest, key=lambda one: one.begin)


def _more(count: int, told: str) -> Iterator[str]:
    if count > _MOST_LINES:
        yield told.format(count=count - _MOST_LINES)


# -- numbers ----------------------------------------------------------------------------------


def _clock(seconds: float) -> str:
    """A place in a file, as a player shows it: 00:41:10."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02}:{whole % 3600 // 60:02}:{whole % 60:02}"


def _length(seconds: float) -> str:
    """How long something lasts: 12 minutes, or seconds where it is short."""
    if seconds < 90:
        return _("{count} seconds").format(count=round(seconds))
    return _("{count} minutes").format(count=_decimal(seconds / 60, 0 if seconds >= 600 else 1))


def _decimal(value: float, digits: int) -> str:
    """A number without noughts at its end."""
    said = f"{value:.{digits}f}"
    return said.rstrip("0").rstrip(".") if "." in said else said
