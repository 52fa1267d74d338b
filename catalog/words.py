"""The words on the screen: English in the code, Chinese in the `zh.po` of each room.

The files are gettext's PO format, so a translator can use any PO editor; they are read as they
are, because a compiled `.mo` would be a generated binary in the repository.
"""

from __future__ import annotations

import json
import locale
import os
from importlib.resources import files

ROOMS = ("catalog", "recipes", "pipeline")
LANGUAGES = ("zh", "en")

_chinese: dict[str, str] = {}


def read_po(text: str) -> dict[str, str]:
    """Messages of a PO file: `msgid` and `msgstr` lines with their continuation lines.

    Strings are C strings, of which PO editors write the part that JSON knows too.
    """
    messages: dict[str, str] = {}
    field, parts = "", {"msgid": "", "msgstr": ""}
    for line in [*text.splitlines(), 'msgid ""']:
        word, _space, rest = line.partition(" ")
        if word in parts:
            if word == "msgid":
                if parts["msgid"] and parts["msgstr"]:
                    messages[parts["msgid"]] = parts["msgstr"]
                parts["msgstr"] = ""
            field, parts[word] = word, json.loads(rest)
        elif line.startswith('"'):
            parts[field] += json.loads(line)
    return messages


def language_of(environment: dict[str, str]) -> str:
    """`zh` where the locale of the environment is Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    # Windows sets none of these; the system's own locale is the next best witness.
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def speak(language: str = "") -> str:
    """Choose the language of the screen for this process; without one, the locale decides."""
    chosen = language or language_of(dict(os.environ))
    _chinese.clear()
    if chosen == "zh":
        for room in ROOMS:
            _chinese.update(read_po((files(room) / "zh.po").read_text("utf-8")))
    return chosen


def speaking() -> str:
    """The language of the screen, `zh` or `en`."""
    return "zh" if _chinese else "en"


def _(text: str) -> str:
    """`text` in the language of the screen; fill its {places} with `.format` afterwards."""
    return _chinese.get(text, text)
