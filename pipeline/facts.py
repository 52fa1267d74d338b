"""What is known of a programme, in words for the screen and in plain values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from catalog.programme import AudioStream, Programme, Rights, Stream, VideoStream
from catalog.vocabulary import Scheme, term
from catalog.wish_words import wish_word, wished
from catalog.words import _, speaking
from pipeline.screen import clock


def facts(programme: Programme) -> dict[str, Any]:
    """The fields of a programme as JSON knows them, in their order."""
    said = asdict(programme)
    said.pop("episodes")
    rights = said.pop("rights")
    said = {
        name: list(value) if isinstance(value, tuple) else value for name, value in said.items()
    }
    return said | {
        "wishes": wished(programme.wishes),
        "rights": rights["scope"],
        "rights_until": str(rights["until"]) if rights["until"] else "",
        "episodes": len(programme.episodes),
    }


def field_word(name: str) -> str:
    """The word on the screen for a field."""
    words = {
        "id": _("id"),
        "title": _("title"),
        "title_en": _("English title"),
        "subject": _("subject"),
        "class_numbers": _("class number"),
        "type": _("resource type"),
        "language": _("language"),
        "dialect": _("dialect"),
        "audience": _("audience"),
        "months": _("months"),
        "keywords": _("keywords"),
        "description": _("description"),
        "creator": _("creator"),
        "contributor": _("contributor"),
        "publisher": _("publisher"),
        "date": _("date"),
        "identifier": _("identifier"),
        "coverage": _("coverage"),
        "source": _("origin"),
        "series": _("series"),
        "chapters": _("chapters"),
        "minutes": _("minutes"),
        "wishes": _("shown as asked"),
        **_wish_words(),
        "rights": _("rights"),
        "rights_until": _("rights until"),
        "episodes": _("episodes"),
        "file": _("file"),
        "note": _("note"),
    }
    return words.get(name, name)


def _wish_words() -> dict[str, str]:
    return {
        "fields": _("fields"),
        "shape": _("shape"),
        "borders": _("borders"),
        "pace": _("pace"),
        "denoise": _("denoise"),
        "loudness": _("loudness"),
        "sound": _("sound"),
        "side": _("side"),
        "subtitles": _("subtitles"),
        "damage": _("damage"),
    }


_SCHEMES: dict[str, Scheme] = {
    "subject": "subject",
    "type": "resource_type",
    "audience": "audience",
    "language": "language",
    "rights": "rights_scope",
}


def value_words(name: str, value: Any) -> str:
    """A field's value for the screen: codes with the word that people say for them."""
    if name == "chapters":
        return "、".join(f"{clock(at)} {said}".strip() for at, said in value)
    if name == "wishes":
        chinese = speaking() == "zh"
        return "、".join(f"{field_word(k)} = {wish_word(k, v, chinese)}" for k, v in value.items())
    if isinstance(value, list):
        return "、".join(value_words(name, one) for one in value)
    known = term(_SCHEMES[name], str(value)) if name in _SCHEMES else None
    if known is None:
        return str(value)
    return f"{known.zh if speaking() == 'zh' else known.en} ({known.code})"


def rights_words(rights: Rights) -> str:
    """Rights as a librarian says them."""
    said = {
        "national": _("nation"),
        "province": _("province"),
        "county": _("county"),
        "unknown": _("not confirmed"),
    }[rights.scope]
    return f"{said} → {rights.until}" if rights.until else said


def stream_words(stream: Stream) -> str:
    """One stream of a file in plain words."""
    language = f" {stream.language}" if stream.language else ""
    match stream:
        case VideoStream():
            said = _("picture {width} x {height}, {rate:.3g} a second, {scan}, {codec}").format(
                width=stream.width,
                height=stream.height,
                rate=float(stream.rate),
                scan=_("interlaced") if stream.scan == "interlaced" else _("progressive"),
                codec=stream.codec,
            )
            if stream.sar != 1:
                said += " " + _("(pixels {sar})").format(sar=stream.sar)
            if stream.rotation:
                said += " " + _("(turned by {degrees}°)").format(degrees=stream.rotation)
        case AudioStream():
            said = _("sound {channels} channels, {rate} Hz, {codec}").format(
                channels=stream.channels, rate=stream.sample_rate, codec=stream.codec
            )
        case _:
            kinds = {"subtitle": _("subtitles"), "cover": _("cover picture"), "data": _("data")}
            said = f"{kinds[stream.kind]} {stream.codec}"
    return said + language
