"""Subtitle tracks: letters or pictures, how many lines, and whether they are Chinese."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_TEXT = {
    "subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "microdvd", "sami", "realtext",
    "subviewer", "subviewer1", "mpl2", "vplayer", "jacosub", "pjs", "stl", "ttml",
}  # fmt: skip
MAX_LINES = 100_000
_LINES_READ, _BYTES_READ = 3_000, 2_000
_NO_WORDS = re.compile(r"\{[^}]*\}|<[^>]*>|\\[Nnh]")


class Titles:
    """Takes the packets of one subtitle track and says what it holds."""

    def __init__(self, stream: Any) -> None:
        context = stream.codec_context
        # What is asked of the stream is asked now: it is gone when its container is closed.
        self._index, told = int(stream.index), stream.metadata
        self._language = told.get("language", "").replace("und", "")[:20]
        self._title = told.get("title", "")[:200]
        self._codec = context.codec.canonical_name if context else ""
        self._text = self._codec in _TEXT
        self._lines = self._letters = self._chinese = 0

    def take(self, said: bytes) -> None:
        """Count one line; the first few thousand are read."""
        if not said or self._lines >= MAX_LINES:
            return
        words = words_of(said[:_BYTES_READ], self._codec) if self._text else ""
        if self._text and not words.strip():
            return  # a pause
        self._lines += 1
        if self._lines <= _LINES_READ:
            letters = [c for c in words if unicodedata.category(c).startswith("L")]
            self._letters += len(letters)
            self._chinese += sum("\u3400" <= c <= "\u9fff" for c in letters)

    def read(self) -> dict[str, Any]:
        """The fields of Subtitles, JSON-able."""
        return {
            "index": self._index,
            "codec": self._codec,
            "text": self._text,
            "chinese": self._chinese * 2 > self._letters,
            "lines": self._lines,
            "language": self._language,
            "title": self._title,
        }


def words_of(said: bytes, codec: str) -> str:
    """The words of a packet of a text track, without its marks of place and face."""
    if codec == "mov_text":  # its length comes first, its styles behind
        said = said[2 : 2 + int.from_bytes(said[:2], "big")]
    text = said.decode("utf-8", "ignore")
    if codec in ("ass", "ssa"):
        text = text.split(",", 8)[-1]
    return _NO_WORDS.sub(" ", text)
