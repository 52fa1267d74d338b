"""A step's key goes by all that decides its bytes, and by nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from pipeline.plan.steps import (
    Encode,
    FromSource,
    FromStep,
    IsoFile,
    WebVtt,
    WriteIso,
    digest,
    key,
    needs,
)

FILE = IsoFile("农业科技/温棚.mp4", 1_000, "a" * 64, FromStep("k" * 64, "programme.mp4"))
PAGE = IsoFile("开始.html", 6, "b" * 64, None, "<html>")
ISO = WriteIso("disc-01", 600.0, "disc-01", "WINTER_01", (FILE, PAGE), 900_000, "iso 1")
CHANGED: dict[str, Any] = {
    "name": "disc-02",
    "volume_id": "WINTER_02",
    "files": (PAGE, FILE),
    "bytes": 900_001,
    "writer": "iso 2",
}
OF_A_FILE: dict[str, Any] = {
    "path": "农业科技/温棚 (2).mp4",
    "bytes": 1_001,
    "sha256": "c" * 64,
    "origin": FromSource("a" * 64, ".mp4"),
    "text": "x",
}


def test_every_field_of_a_disc_decides_or_is_for_people() -> None:
    """A field that comes later must be thought of here."""
    assert {one.name for one in fields(WriteIso)} == {"label", "seconds", *CHANGED}
    assert {one.name for one in fields(IsoFile)} == {*OF_A_FILE}


@pytest.mark.parametrize("field", CHANGED)
def test_what_decides_the_bytes_of_a_disc_changes_its_key(field: str) -> None:
    """Its name, what stands in its head, what is on it and in which order, who writes it."""
    assert key(replace(ISO, **{field: CHANGED[field]})) != key(ISO)


@pytest.mark.parametrize("field", OF_A_FILE)
def test_what_decides_a_file_of_a_disc_changes_its_key(field: str) -> None:
    """Where it lies, its bytes, and where these come from."""
    other = replace(FILE, **{field: OF_A_FILE[field]})

    assert key(replace(ISO, files=(other, PAGE))) != key(ISO)


def test_what_is_for_people_does_not() -> None:
    """A label and a length are no byte."""
    assert key(replace(ISO, label="other")) == key(ISO)
    assert key(replace(ISO, seconds=1.0)) == key(ISO)


def test_a_disc_needs_the_steps_whose_files_are_on_it() -> None:
    """A file of the library, or a text, comes from no step."""
    library = replace(FILE, path="农业科技/羊.mp4", origin=FromSource("d" * 64, ".mp4"))
    disc = replace(ISO, files=(FILE, library, PAGE))

    assert disc.inputs == (FILE.origin, library.origin)
    assert [*needs(disc)] == ["k" * 64]


def test_subtitles_go_by_their_file_stream_and_tool() -> None:
    """And by who writes them; equal ones of two programmes are made once."""
    one = WebVtt("戏", (FromSource("a" * 64, ".srt"),), -1, "ffmpeg 9")

    assert key(replace(one, label="另一个")) == key(one)
    changes: list[dict[str, Any]] = [
        {"inputs": (FromSource("b" * 64, ".srt"),)}, {"stream": 2}, {"tool": "ffmpeg 10"},
        {"name": "x.vtt"}, {"writer": "webvtt 2"},
    ]  # fmt: skip
    assert len({key(one), *(key(replace(one, **change)) for change in changes)}) == 6


def test_effort_and_seconds_do_not_name_an_encoding() -> None:
    """A better guess of how long it takes makes nothing anew."""
    one = Encode("戏", 9.0, ("-i", "in/0.mp4"), (), ("programme.mp4",), "ffmpeg 9", 3.0)

    assert key(replace(one, effort=9.0, seconds=8.0, label="x")) == key(one)
    assert key(replace(one, outputs=("poster.jpg",))) != key(one)
    assert key(replace(one, arguments=("-i", "in/0.mkv"))) != key(one)


def test_keys_are_the_same_in_every_run() -> None:
    """They lie in workrooms: these very ones, as long as their form is the same."""
    assert key(ISO) == digest(ISO)
    assert key(ISO)[:16] == "80e1607ed6f1852f"
    assert digest(("a", 1, None)) == digest(["a", 1, None])
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    with pytest.raises(TypeError, match="object has no digest"):
        digest(object())
