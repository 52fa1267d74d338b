"""Decisions about files for computers in short words for people (part of treatment_words.py)."""

from __future__ import annotations

from collections.abc import Callable

from catalog.words import _

_Values = dict[str, str]


def plain() -> dict[str, str]:
    """Sentences by the code of their decision, with places for its values."""
    return {
        "pc-untouched": _("plays on computers as it is: not touched"),
        "pc-silence": _("no sound"),
        "pc-captions-pictures": _("subtitles are pictures and cannot be shown beside it"),
        "pc-captions-foreign": _("has subtitles, but none in Chinese: left out"),
    }


def special() -> dict[str, Callable[[_Values], str]]:
    """Sentences that depend on their values in other ways."""
    return {
        "pc-remuxed": _remuxed,
        "pc-sound-made": _sound_made,
        "pc-encoded": _encoded,
        "pc-captions": _captions,
    }


def _remuxed(values: _Values) -> str:
    told = _("picture and sound as they are, in an MP4 that plays at once ({why})")
    return told.format(why=_why(values))


def _sound_made(values: _Values) -> str:
    return _("picture as it is, sound made anew ({why})").format(why=_why(values))


def _encoded(values: _Values) -> str:
    told = _("encoded for computers, {width} x {height}, {rate} pictures a second ({why})")
    said = {name: values.get(name, "?") for name in ("width", "height", "rate")}
    return told.format(why=_why(values), **said)


def _captions(values: _Values) -> str:
    named = " ".join(word for key in ("name", "language") if (word := values.get(key)))
    return _("subtitles beside it: {name}").format(name=named or "?")


def _why(values: _Values) -> str:
    known = _faults()
    return _("; ").join(known.get(code, code) for code in values.get("why", "?").split())


def _faults() -> dict[str, str]:
    return {
        "card": _("it has only sound"),
        "codec": _("old players cannot show this kind of picture"),
        "unseen": _("it was not looked through"),
        "depth": _("its colours are finer than old players can show"),
        "profile": _("its H.264 is of a kind that old players cannot show"),
        "level": _("too much for old players"),
        "overstated": _("it claims to need a stronger player than it does"),
        "clock": _("it does not say when each picture is due"),
        "fields": _("its pictures are woven of fields"),
        "hdr": _("it is HDR"),
        "turned": _("it lies on its side"),
        "tall": _("higher than asked for"),
        "damaged": _("it is damaged"),
        "wished": _("as asked"),
        "burnt-in": _("subtitles in the picture"),
        "two-voices": _("two voices"),
        "one-side": _("one side is silent"),
        "surround": _("more than two channels"),
        "sound-codec": _("browsers cannot play this kind of sound"),
        "container": _("it is no MP4"),
        "faststart": _("what leads through it lies at its end"),
        "tracks": _("it holds more than is wanted"),
    }
