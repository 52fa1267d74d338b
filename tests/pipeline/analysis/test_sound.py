"""Ears: what is on a sound's channels, how loud it is, where it is silent, which gain it needs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from pipeline import tools
from pipeline.analysis.loudness import heard_as
from pipeline.analysis.sound import TAKES, Ears, frames
from pipeline.plan.sound import TARGET
from pipeline.plan.treatment import Voice

Listen = Callable[..., dict[str, Any]]

# Something like speech: noise in syllables and sentences, a third of the time a pause.
TALK = (
    "anoisesrc=d={seconds}:r=44100:a=0.5:seed={seed},lowpass=f=3000,volume=eval=frame:"
    "volume='(0.5+0.5*sin(2*PI*4*t+{turn}))*gt(sin(2*PI*t/{sentence}+{turn}),-0.3)'"
)


def talk(seed: int, seconds: int = 30) -> str:
    return TALK.format(seed=seed, turn=seed * 2.1, sentence=3 + 0.7 * seed, seconds=seconds)


@pytest.fixture
def listen(tmp_path: Path) -> Listen:
    """A graph of ffmpeg's own sources, written to a file and listened to."""

    def run(graph: str, name: str = "in.wav", *options: str) -> dict[str, Any]:
        place = tmp_path / name
        command = [str(tools.ffmpeg()), "-v", "error", "-y", "-filter_complex", graph, *options]
        subprocess.run([*command, str(place)], check=True, stdin=subprocess.DEVNULL)
        with av.open(str(place)) as container:
            ears = Ears(container.streams.audio[0])
        for frame in frames(str(place), ears.index):
            ears.take(frame)
        return ears.heard(str(place)) | {"path": str(place)}

    return run


def loudness_of(said: dict[str, Any]) -> float:
    """LUFS of what a set plays with the gain that was found."""
    voice = Voice(said["index"], TAKES[said["channels"]], said["gain"], said["squeeze"])
    return heard_as(voice, frames(said["path"], said["index"]))


SIDES = {
    "mono": f"{talk(1)}",
    "left": f"{talk(1)},pan=stereo|c0=c0|c1=0*c0",
    "right": f"{talk(1)},pan=stereo|c0=0.0001*c0|c1=c0",
    "stereo": f"{talk(1)}[a];{talk(2)}[b];[a][b]join=inputs=2,pan=stereo|c0=c0+0.4*c1|c1=c1+0.4*c0",
    "two-voices": f"{talk(1)}[a];{talk(2)}[b];[a][b]join=inputs=2",
    "surround": f"{talk(1)},pan=5.1|FC=c0|FL=0.1*c0|FR=0.1*c0|LFE=c0",
    "silent": "anullsrc=d=5",
}


@pytest.mark.parametrize("channels", sorted(SIDES))
def test_what_is_on_the_channels_is_heard(channels: str, listen: Listen) -> None:
    """Each kind is told from the samples, and its gain brings it to the target."""
    said = listen(SIDES[channels])

    assert said["channels"] == channels
    if channels == "silent":
        assert (said["gain"], said["squeeze"]) == (0.0, False)
    else:
        assert loudness_of(said) == pytest.approx(TARGET, abs=0.5)


def test_two_channels_alike_are_mono(listen: Listen) -> None:
    """Whatever the header claims, and through a lossy coder."""
    said = listen(f"{talk(1)},pan=stereo|c0=c0|c1=c0", "in.mp3", "-b:a", "96k")

    assert said["channels"] == "mono"
    assert loudness_of(said) == pytest.approx(TARGET, abs=0.5)


def test_wide_music_is_not_two_voices(listen: Listen) -> None:
    """Two instruments without anything in common but their time are one piece of music."""
    beat = "(0.2+0.8*exp(-6*mod(t,0.5)))"
    left = f"0.3*sin(2*PI*440*t)*{beat}+0.1*random(1)*{beat}"
    right = f"0.3*sin(2*PI*659*t)*{beat}+0.1*random(2)*{beat}"
    said = listen(f"aevalsrc='{left}|{right}':d=30:s=44100")

    assert said["channels"] == "stereo"


def test_a_late_start_and_a_pause_are_silence(listen: Listen) -> None:
    """What lies before the first frame is silence like any other; short pauses are none."""
    graph = (
        "color=s=32x32:r=25:d=12,format=yuv420p[v];sine=f=500:d=9,aformat=sample_rates=48000,"
        "asetnsamples=480,volume=enable='between(t,2,5)+between(t,6,7)':volume=0,"
        "asetpts=PTS+3/TB[a]"
    )
    said = listen(graph, "in.mkv", "-map", "[v]", "-map", "[a]", "-c:v", "mpeg4", "-c:a", "flac")

    assert [[round(edge, 1) for edge in span] for span in said["silence"]] == [
        [0.0, 3.0],
        [5.0, 8.0],
    ]


def test_whispering_and_shouting_are_brought_together(listen: Listen) -> None:
    """Twenty-six decibels apart: the range is made narrower, and the whole is at the target."""
    graph = f"{talk(1)},volume='if(lt(mod(t,12),6),0.05,1)':eval=frame"
    said = listen(graph)

    assert said["squeeze"]
    assert loudness_of(said) == pytest.approx(TARGET, abs=0.5)


def test_a_click_does_not_keep_a_quiet_talk_quiet(listen: Listen) -> None:
    """The limiter takes the clicks; the gain is tried out, not reckoned."""
    graph = f"{talk(1)},volume=-35dB,aeval='val(0)+0.9*lt(mod(t,5),0.0005)'"
    said = listen(graph)

    assert said["gain"] > 10
    assert loudness_of(said) == pytest.approx(TARGET, abs=0.5)


def test_next_to_nothing_is_not_brought_up(listen: Listen) -> None:
    """Hiss of -75 dBFS stays what it is."""
    said = listen("anoisesrc=d=5:a=0.0003:seed=1")

    assert said["gain"] == 0.0


def test_a_sound_whose_channels_change_is_heard_through(listen: Listen, tmp_path: Path) -> None:
    """A broadcast going from two channels to six and back is one sound of the first kind."""
    pieces = b""
    for number, layout in enumerate(("stereo", "5.1", "stereo")):
        listen(f"{talk(1, 4)},aformat=channel_layouts={layout}", f"{number}.ac3")
        pieces += (tmp_path / f"{number}.ac3").read_bytes()
    whole = tmp_path / "whole.ac3"
    whole.write_bytes(pieces)
    with av.open(str(whole)) as container:
        ears = Ears(container.streams.audio[0])
    for frame in frames(str(whole), 0):
        ears.take(frame)
    said = ears.heard(str(whole))

    assert said["channels"] in ("mono", "stereo")
    assert said["loudness"] > -40


def test_a_file_without_frames_is_silent(listen: Listen) -> None:
    """Nothing decoded at all: silence, not an error."""
    path = listen("anullsrc=d=1")["path"]
    with av.open(path) as container:
        said = Ears(container.streams.audio[0]).heard(path)

    assert (said["channels"], said["loudness"], said["gain"]) == ("silent", -70.0, 0.0)
