"""Mutated headers through probe and analysis by the real way: an answer or a sentence, no crash.

The long run of thousands is `python -m tests.bench.fuzz`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from catalog.problem import Failure
from pipeline import probe
from pipeline.analyse import analyse

KINDS = {
    "mp4": ("mpeg4", "aac"), "mkv": ("mpeg4", "aac"), "avi": ("mpeg4", "mp2"),
    "mpg": ("mpeg2video", "mp2"), "ts": ("mpeg2video", "mp2"), "flv": ("flv", "libmp3lame"),
    "ogg": ("libtheora", "libvorbis"), "asf": ("msmpeg4", "wmav2"),
}  # fmt: skip
CASES = 5  # of each kind


def mutated(data: bytes, seed: int) -> bytes:
    """Some bytes of the head, or of the index at the end, written over."""
    chance = random.Random(seed)
    spoilt = bytearray(data)
    begin = max(0, data.find(b"moov")) if seed % 2 else 0
    for _time in range(chance.choice((1, 4, 16, 64))):
        spoilt[min(begin + chance.randrange(2048), len(data) - 1)] = chance.choice((0, 255, 128))
    return bytes(spoilt)


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_header_gives_an_answer_or_a_sentence(
    kind: str, ffmpeg_run: Callable[..., Path], tmp_path: Path
) -> None:
    """Whatever the header says, reading ends, in an answer that makes sense or in a Failure with
    its reason; nothing is left running.
    """
    video, audio = KINDS[kind]
    whole = ffmpeg_run(
        f"fuzz.{kind}", "-f", "lavfi", "-i", "testsrc2=s=96x80:r=25:d=0.5", "-f", "lavfi", "-i",
        "sine=d=0.5", "-c:v", video, "-c:a", audio, "-ar", "44100",
    ).read_bytes()  # fmt: skip
    ended = []
    for seed in range(CASES):
        path = tmp_path / f"{seed}.{kind}"
        path.write_bytes(mutated(whole, seed))
        try:
            found = probe.source(probe.probe(path), path.name, str(path))
            ended.append(analyse(path, found).seconds >= 0)
        except Failure as failure:
            ended.append(bool(failure.happened and failure.next and str(path) in failure.doing))

    assert ended == [True] * CASES
    assert psutil.Process(os.getpid()).children(recursive=True) == []
