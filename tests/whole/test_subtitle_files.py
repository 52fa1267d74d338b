"""Subtitle files in a folder of downloads go with their videos, by the command itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

from catalog.analyses import put_analysis
from catalog.analysis import Analysis, Damage, PictureAnalysis, SoundAnalysis
from catalog.database import open_books

LINES = "1\n00:00:00,200 --> 00:00:01,500\n你好\n"


def xiaxiang(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "--workspace", str(root), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "XIAXIANG_LANG": "en"},
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def test_subtitle_files_are_shown_with_their_programme(clip: Path, tmp_path: Path) -> None:
    """One that comes with its video, one that comes later, a stray one; nothing is a failure.
    What looking through the file found stands beside them.
    """
    root, drop = tmp_path / "w", tmp_path / "in"
    drop.mkdir()
    xiaxiang(root, "init")
    shutil.copy(clip, drop / "羊病.mp4")
    (drop / "羊病.zh.srt").write_text(LINES, "utf-8")
    (drop / "猪病.srt").write_text(LINES, "utf-8")
    first = json.loads(xiaxiang(root, "add", str(drop), "--json").stdout)
    (drop / "羊病.en.vtt").write_text("WEBVTT\n", "utf-8")
    again = xiaxiang(root, "add", str(drop))
    (file,) = json.loads(xiaxiang(root, "programme", "P0001", "--json").stdout)["files"]

    outcomes = {one["file"]: one["outcome"] for one in first["subtitles"]}
    assert outcomes == {"羊病.zh.srt": "new", "猪病.srt": "no-video"}
    assert first["not_added"] == []
    assert "羊病.en.vtt: kept with 羊病.mp4" in again.stderr
    assert "羊病.zh.srt: already there" in again.stderr
    assert "0 not added" in again.stdout
    assert [one["name"] for one in file["sidecars"]] == ["羊病.en.vtt", "羊病.zh.srt"]
    assert (file["analysis"], file["warnings"]) == (None, [])
    assert "not looked through yet" in xiaxiang(root, "programme", "P0001").stdout

    looked = Analysis(
        file["sha256"],
        "analysis 1",
        2.0,
        4.0,
        PictureAnalysis(0, 50, Fraction(25)),
        (SoundAnalysis(1, "left", -31.2),),
        damage=(Damage(1, 2, 37),),
    )
    books = open_books(root / "xiaxiang.db")
    with books.transaction() as connection:
        put_analysis(connection, looked)
    books.close()
    shown = xiaxiang(root, "programme", "P0001").stdout
    (file,) = json.loads(xiaxiang(root, "programme", "P0001", "--json").stdout)["files"]

    assert "subtitle file 羊病.zh.srt" in shown
    assert "only the left side has sound" in shown
    assert "! cut off: 4 seconds promised, 2 seconds there" in shown
    assert "! decodes with 37 errors from 00:00:01 to 00:00:02" in shown
    assert file["analysis"]["picture"]["rate"] == "25/1"
    assert len(file["warnings"]) == 2


def test_subtitles_that_lay_in_the_inbox_first_go_with_a_video_that_comes(
    clip: Path, tmp_path: Path
) -> None:
    """Watched: the subtitle is told to belong to nothing, then kept with its video."""
    xiaxiang(tmp_path, "init")
    command = [sys.executable, "-m", "pipeline", "--workspace", str(tmp_path), "watch"]
    watch = subprocess.Popen(
        [*command, "--quiet-seconds", "0.4"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XIAXIANG_LANG": "en", "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert watch.stdout is not None and watch.stderr is not None
        assert "watching" in watch.stderr.readline()
        time.sleep(0.5)
        (tmp_path / "inbox" / "羊病.srt").write_text(LINES, "utf-8")
        said = [watch.stdout.readline()]
        shutil.copy(clip, tmp_path / "inbox" / "羊病.mp4")
        said += [watch.stdout.readline() for _line in range(2)]
    finally:
        watch.kill()
        watch.communicate()

    assert "belongs to no video here" in said[0]
    assert "P0001 羊病" in said[1]
    assert "羊病.srt: kept with 羊病.mp4" in said[2]
