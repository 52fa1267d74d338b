"""Decisions about a programme's picture and sound in short words for people."""

from __future__ import annotations

from collections.abc import Callable

from catalog.words import _
from pipeline.plan import pc_words
from pipeline.plan.treatment import Reason

_Values = dict[str, str]


def tell(reason: Reason) -> str:
    """A decision with its reason in a few words, without an end of line; a code that is not known
    here stands for itself.
    """
    values = dict(reason.values)
    told = _SPECIAL.get(reason.what) or pc_words.special().get(reason.what)
    said = told(values) if told else _plain(reason.what).format_map(_Known(values))
    return _("{decision} (as asked)").format(decision=said) if reason.wished else said


class _Known(dict[str, str]):
    """What a sentence is filled with; what nobody told is a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def _plain(what: str) -> str:
    return (_picture() | _pace() | _sound() | _rest() | pc_words.plain()).get(what, what)


def _picture() -> dict[str, str]:
    return {
        "film": _("24 pictures of film taken out of their 3:2 pulldown"),
        "letterbox": _("whole picture, black above and below ({aspect}:1)"),
        "pillarbox": _("whole picture, black at the sides ({aspect}:1)"),
        "centre-cut": _("edges cut to fill 4:3 ({aspect}:1)"),
        "turned": _("turned upright ({degrees}°)"),
    }


def _pace() -> dict[str, str]:
    return {
        "speed-up": _("{from} → {to} pictures a second: played faster by {percent} %, same pitch"),
        "blend": _("{from} → {to} pictures a second: blended"),
        "plain-rate": _("{from} → {to} pictures a second: some left out"),
        "repeat-rate": _("{from} → {to} pictures a second: some shown twice"),
    }


def _sound() -> dict[str, str]:
    return {
        "louder": _("loudness {from} LUFS, raised by {gain} dB"),
        "softer": _("loudness {from} LUFS, lowered by {gain} dB"),
        "squeeze": _("whispers and shouts brought nearer (range {range} LU)"),
        "limit": _("loudest peaks softened"),
        "downmix": _("{channels} channels mixed to two, speech in front"),
        "silence": _("no sound: silence"),
    }


def _rest() -> dict[str, str]:
    return {
        "card": _("no picture: a card with the title"),
        "captions-none": _("no subtitles"),
        "captions-missing": _("there are no subtitles {name}: correct it in the sheet or recipe"),
        "captions-pictures": _("subtitles are pictures and cannot be burnt in"),
        "captions-foreign": _("has subtitles, but none in Chinese: not burnt in"),
        "damaged": _("damaged or cut off: {percent} % is lost"),
    }


def _deinterlace(values: _Values) -> str:
    return {
        "top": _("deinterlaced (top field first)"),
        "bottom": _("deinterlaced (bottom field first)"),
    }.get(values.get("order", ""), _("deinterlaced (by each picture's own mark)"))


def _faster(values: _Values) -> str:
    percent = "?"
    if (before := _number(values.get("from"))) and (after := _number(values.get("to"))):
        percent = f"{100 * (after / before - 1):.1f}".removesuffix(".0")
    return _plain("speed-up").format_map(_Known(values | {"percent": percent}))


def _crop(values: _Values) -> str:
    names = {"left": _("left"), "top": _("top"), "right": _("right"), "bottom": _("bottom")}
    sides = [f"{word} {values[key]}" for key, word in names.items() if _number(values.get(key))]
    return _("black borders cut off: {sides}").format(sides=_(", ").join(sides))


def _hdr(values: _Values) -> str:
    kind = values.get("kind", "").upper()
    return _("HDR ({kind}) brought to the range of a TV set").format(kind=kind)


def _denoise(values: _Values) -> str:
    if not _number(values.get("noise")):
        return _("noise left in")
    return _("noise taken out ({noise} of 255)").format_map(_Known(values))


def _one_side(values: _Values) -> str:
    if values.get("side") == "right":
        return _("right channel only, on both sides")
    return _("left channel only, on both sides")


def _two_voices(values: _Values) -> str:
    return _("two voices: {left} on the left, {right} on the right").format_map(_Known(values))


def _captions(values: _Values) -> str:
    named = " ".join(word for key in ("name", "language") if (word := values.get(key)))
    return _("subtitles burnt in: {name}").format(name=named or "?")


def _level(what: str) -> Callable[[_Values], str]:
    # A minus that does not look like a hyphen, as in −31.2 LUFS.
    return lambda values: _plain(what).format_map(
        _Known(values | {"from": values.get("from", "?").replace("-", "−")})
    )


def _number(said: str | None) -> float:
    try:
        return float(said or 0)
    except ValueError:
        return 0.0


_SPECIAL: dict[str, Callable[[_Values], str]] = {
    "deinterlace": _deinterlace,
    "speed-up": _faster,
    "crop": _crop,
    "hdr": _hdr,
    "denoise": _denoise,
    "one-side": _one_side,
    "two-voices": _two_voices,
    "captions": _captions,
    "louder": _level("louder"),
    "softer": _level("softer"),
}
