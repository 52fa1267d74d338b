"""The one face of all letters in pictures, and where its file lies.

It is always the one that a package brings, not the system's: the same recipe must give the same
bytes on every machine.
"""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path

FACE = "Noto Sans CJK SC"
WEIGHT = 700  # the variable font's default instance is Thin, which a television swallows


def font_file() -> Path:
    """The file of the face: a collection of several, variable in weight."""
    with as_file(files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc") as path:
        return path


def font_name() -> str:
    """The face, its weight and its package's version: part of every key that letters decide."""
    return f"{FACE} {WEIGHT} {version('manimgx-fonts-cjk')}"
