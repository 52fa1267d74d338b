"""The chains of sound: told twice the same, on time, speech in front, peaks under the ceiling."""

from __future__ import annotations

import re
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
import pytest

from pipeline import tools
from pipeline.plan.coding import Quality, sound_options
from pipeline.plan.sound import CEILING, SAMPLE_RATE, chain_of, sound, sound_filter_text
from pipeline.plan.treatment import Take, Voice

TAKES: tuple[Take, ...] = ("stereo", "mono", "left", "right", "surround")


def filtered(source: str, chain: str) -> Any:
    """What two sides hold, (samples, 2), once a source of ffmpeg's own went through a chain."""
    command = [str(tools.ffmpeg()), "-v", "error", "-f", "lavfi", "-i", source, "-af", chain]
    command += ["-f", "f32le", "-"]
    done = subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2)


def level(samples: Any) -> float:
    return float(np.sqrt(np.mean(samples**2)))


@pytest.mark.parametrize("take", TAKES)
@pytest.mark.parametrize("squeeze", [False, True])
def test_the_two_tellings_of_a_chain_are_one(take: Take, squeeze: bool) -> None:
    """Encoding and trial run the same filters with the same options."""
    voice = Voice(1, take, 3.5, squeeze)
    arguments = sound([ffmpeg.input("f")["1"]], [voice]).output("o").get_args()
    graph = arguments[arguments.index("-filter_complex") + 1]

    def plain(text: str) -> list[tuple[str, list[str]]]:
        text = re.sub(r"\[[^]]*\]|[\\']", "", text)
        pairs = (one.partition("=") for one in re.split(r"[,;]", text))
        return [(name, sorted(said.split(":"))) for name, _is, said in pairs]

    assert plain(graph)[:-1] == plain(sound_filter_text(voice))


def test_what_starts_late_and_has_gaps_keeps_its_time() -> None:
    """Silence stands before the first frame and in a gap."""
    source = (
        "sine=f=1000:d=4,aformat=sample_rates=48000,asetnsamples=480,"
        "aselect='not(between(t,1,1.5))'"
    )
    heard = filtered(source, "asetpts=PTS+2/TB," + sound_filter_text(Voice(0, "mono")))

    assert abs(len(heard) - 6 * SAMPLE_RATE) < 50
    sounding = [level(heard[int(s * SAMPLE_RATE) :][:2000]) > 0.01 for s in (1.9, 2.1, 3.2, 3.6)]
    assert sounding == [False, True, False, True]


def test_a_channel_is_taken_for_both_sides() -> None:
    """One side, or the mean of alike ones, comes at its own level on both."""
    source = "aevalsrc='0.2*sin(2000*t)|0.1*sin(3000*t)':d=1"

    levels: dict[Take, float] = {"left": 0.2, "right": 0.1}
    for take, expected in levels.items():
        heard = filtered(source, sound_filter_text(Voice(0, take)))
        assert np.array_equal(heard[:, 0], heard[:, 1])
        assert level(heard) == pytest.approx(expected / 2**0.5, rel=0.02)


@pytest.mark.parametrize("source", ["0.2*sin(2000*t)", "0.2*sin(2000*t)|0.2*sin(2000*t)"])
def test_a_mono_sound_has_one_level_however_it_is_stored(source: str) -> None:
    """One channel and two alike ones give the same."""
    heard = filtered(f"aevalsrc='{source}':d=1", sound_filter_text(Voice(0, "mono")))

    assert level(heard) == pytest.approx(0.2 / 2**0.5, rel=0.02)


LAYOUTS = ("3.0", "4.0", "quad", "5.0", "5.1", "5.1(side)", "6.1", "7.1", "7.1(wide)", "5.1.4")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_mixed_without_clipping(layout: str) -> None:
    """All channels at full scale together stay at or under full scale, on both sides alike."""
    count = {"3.0": 3, "4.0": 4, "quad": 4, "5.0": 5, "6.1": 7, "5.1.4": 10}.get(layout, 6)
    count = 8 if layout.startswith("7.1") else count
    source = f"aevalsrc={'|'.join(['sin(2000*t)'] * count)}:d=0.3:c={layout}"
    before_limit = [str(one) for one in chain_of(Voice(0, "surround"))][:3]
    heard = filtered(source, ",".join(before_limit))

    assert 0.2 < np.abs(heard).max() <= 1.001
    assert np.allclose(heard[:, 0], heard[:, 1], atol=1e-4)


def test_speech_stays_in_front() -> None:
    """Of 5.1 the middle is louder than a side, a side than what is behind; no low channel."""

    def alone(place: int) -> float:
        channels = "|".join("0.2*sin(2000*t)" if i == place else "0" for i in range(6))
        heard = filtered(
            f"aevalsrc={channels}:d=0.5:c=5.1", sound_filter_text(Voice(0, "surround"))
        )
        return level(heard.sum(axis=1))

    left, _right, middle, low, behind, _other = map(alone, range(6))
    assert middle > 2 * left > 2 * behind > 0
    assert low < 1e-6


@pytest.mark.parametrize("quality,most", [("best", 0.006), ("fast", 0.013)])
def test_a_clap_stays_in_its_place_when_a_film_plays_faster(quality: Quality, most: float) -> None:
    """At 25/24 claps come 24/25 as late, over a tone and in silence; the tone keeps its pitch."""
    clap = "0.8*random(0)*lt(mod(t+1\\,3)\\,0.008)"
    for ground in ("0.05*sin(2*PI*440*t)", "0"):
        source = f"aevalsrc='{ground}+{clap}':d=60:s=44100:c=mono"
        chain = chain_of(Voice(0, "mono"), Fraction(25, 24), quality)
        heard = filtered(source, ",".join(map(str, chain)))[:, 0]

        # What is missing at the end is filled with silence.
        assert abs(len(heard) / SAMPLE_RATE - 60 * 24 / 25) < most
        for second in range(2, 60, 3):
            expected = second * 24 / 25
            near = np.abs(heard[int((expected - 0.2) * SAMPLE_RATE) :][: int(0.4 * SAMPLE_RATE)])
            begun = int(np.argmax(near > near.max() / 3)) / SAMPLE_RATE - 0.2
            assert abs(begun) < most
        tone = np.abs(np.fft.rfft(heard[SAMPLE_RATE // 2 :][:SAMPLE_RATE]))
        assert ground == "0" or int(tone[100:1000].argmax()) + 100 == pytest.approx(440, abs=2)


def test_two_voices_are_left_and_right(tmp_path: Path) -> None:
    """The first is heard on the left only, the second on the right only, each at its gain."""
    inputs = [
        ffmpeg.input(f"sine=f={pitch}:d=2", f="lavfi").filter("aformat", channel_layouts=layout)
        for pitch, layout in ((500, "mono"), (900, "stereo"))
    ]
    whole = sound(inputs, [Voice(0, "mono", 0.0), Voice(1, "stereo", 6.0)])
    place = tmp_path / "o.wav"
    arguments = ffmpeg.output(whole, str(place)).get_args()
    subprocess.run([str(tools.ffmpeg()), "-v", "error", *arguments], check=True)
    sides = np.frombuffer(place.read_bytes()[-SAMPLE_RATE * 4 :], np.int16).reshape(-1, 2)

    found = [int(np.abs(np.fft.rfft(side)).argmax()) for side in sides.T]
    assert found == [500, 900]
    assert level(sides[:, 1].astype(float)) > 1.2 * level(sides[:, 0].astype(float))


def test_two_voices_may_be_the_sides_of_one_stream(tmp_path: Path) -> None:
    """Left and right of one stream are levelled each by itself."""
    source = ffmpeg.input("aevalsrc='0.1*sin(2000*t)|0.1*sin(5000*t)':d=2:s=44100", f="lavfi")
    whole = sound([source, source], [Voice(0, "left", 0.0), Voice(0, "right", 6.0)])
    place = tmp_path / "o.wav"
    arguments = ffmpeg.output(whole, str(place)).get_args()
    subprocess.run([str(tools.ffmpeg()), "-v", "error", *arguments], check=True)
    sides = np.frombuffer(place.read_bytes()[-SAMPLE_RATE * 4 :], np.int16).reshape(-1, 2)

    left, right = (level(side.astype(float)) for side in sides.T)
    assert right / left == pytest.approx(2, rel=0.02)


HOT = {
    "noise": "anoisesrc=d=8:c=pink:a=1:seed=1,aformat=channel_layouts=stereo,tremolo=f=3:d=0.9",
    "between samples": "aevalsrc='0.99*sin(2*PI*11025*t+PI/4)*lt(mod(t,2),0.3)':d=8:s=44100",
    "square": "aevalsrc='0.9*sgn(sin(2*PI*1217*t))*(0.1+0.9*lt(mod(t,1),0.2))':d=8:s=48000",
}


@pytest.mark.parametrize("quality", ["fast", "best"])
@pytest.mark.parametrize("kind", sorted(HOT))
def test_peaks_stay_under_the_ceiling_after_layer_ii(
    kind: str, quality: Quality, tmp_path: Path
) -> None:
    """Twenty decibels too much: decoded from layer II no true peak is above -1 dBTP."""
    place = str(tmp_path / "o.mp2")
    program = [str(tools.ffmpeg()), "-hide_banner", "-nostats"]
    chain = ["-f", "lavfi", "-i", HOT[kind], "-af", sound_filter_text(Voice(0, "stereo", 20.0))]
    options = sound_options(1, quality).items()
    coding = [str(word) for key, value in options for word in (f"-{key}", value)]
    subprocess.run([*program, *chain, *coding, place], check=True, capture_output=True)
    meter = [*program, "-i", place, "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(meter, check=True, capture_output=True, text=True).stderr
    peak = re.search(r"Peak:\s+(-?[\d.]+)", said[said.rindex("Summary") :])

    assert peak and -4 < float(peak[1]) <= CEILING
