"""How loud programmes come out: analysed, treated, coded as layer II and decoded again.

python -m tests.bench.loudness

The bar: -23 LUFS within 1 LU, and no true peak above -1 dBTP, whatever came in. Beside it what
the same gain gives without the limiter, and the processor seconds of the analysis a minute.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import ffmpeg

from pipeline import tools
from pipeline.analysis.sound import TAKES, Ears, frames
from pipeline.plan.sound import CEILING, TARGET, sound
from pipeline.plan.treatment import Voice

MEDIA = Path(__file__).parents[3] / "shared" / "media"
SPEECH = str(MEDIA / "speech_paulallen.mp3")
ARIA = str(MEDIA / "opera_jingju_14b9_voice.mp3")
BAND = str(MEDIA / "opera_jingju_14b9_acc.mp3")

# Name, what ffmpeg reads, the filters that make the case of it.
CASES: tuple[tuple[str, list[str], str], ...] = (
    ("speech", ["-i", SPEECH], "anull"),
    ("aria, voice", ["-i", ARIA], "anull"),
    ("aria, band", ["-i", BAND], "anull"),
    ("quiet speech", ["-i", SPEECH], "volume=-40dB"),
    ("whisper, then shout", ["-i", ARIA], "volume='if(lt(mod(t,40),20),0.03,1)':eval=frame"),
    ("hot, clipped music", ["-i", BAND], "volume=24dB,aformat=sample_fmts=s16"),
    ("clicks in a quiet talk", ["-i", SPEECH],
     "volume=-30dB,aeval='val(0)+0.9*lt(mod(t,9),0.0005)|val(1)+0.9*lt(mod(t,9),0.0005)'"),
    ("mono", ["-i", SPEECH], "aformat=channel_layouts=mono"),
    ("mono on two channels", ["-i", SPEECH], "aformat=channel_layouts=mono,pan=stereo|c0=c0|c1=c0"),
    ("left side only", ["-i", SPEECH], "pan=stereo|c0=c0|c1=0*c0"),
    ("right side only", ["-i", SPEECH], "pan=stereo|c0=0*c0|c1=0.2*c0"),
    ("two voices", ["-i", ARIA, "-ss", "60", "-i", ARIA], "two"),
    ("5.1", ["-i", SPEECH],
     "pan=5.1|FL=0.2*FL|FR=0.2*FR|FC=0.3*FL+0.3*FR|LFE=FL|BL=0.1*FL|BR=0.1*FR"),
    ("7.1", ["-i", BAND], "pan=7.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0|SL=c0|SR=c0"),
    ("8 kHz telephone", ["-i", SPEECH], "aformat=channel_layouts=mono,highpass=300,aresample=8000"),
    ("late by 20 s", ["-i", SPEECH], "adelay=20000:all=1"),
)  # fmt: skip


def run(*arguments: str) -> str:
    """What ffmpeg says."""
    command = [str(tools.ffmpeg()), "-hide_banner", "-nostats", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def measured(file: Path) -> tuple[float, float, float]:
    """Loudness, range and true peak, by ffmpeg's own meter."""
    said = run("-i", str(file), "-af", "ebur128=peak=true", "-f", "null", "-")
    said = said[said.rindex("Summary") :]
    found = [re.search(rf"{key}:\s+(-?[\d.]+)", said) for key in ("I", "LRA", "Peak")]
    loud, wide, peak = (float(one[1]) if one else -70.0 for one in found)
    return loud, wide, peak


def listened(file: Path) -> tuple[dict[str, Any], float]:
    """The analysis of a file's first sound, and the processor seconds it took."""
    with av.open(str(file)) as container:
        ears = Ears(container.streams.audio[0])
    begun = time.process_time()
    for frame in frames(str(file), ears.index):
        ears.take(frame)
    return ears.heard(str(file)), time.process_time() - begun


def coded(file: Path, voice: Voice, place: Path) -> None:
    """A file's sound as it comes to be on a disc."""
    whole = sound([ffmpeg.input(str(file))["a:0"]], [voice])
    options = {"c:a": "libtwolame", "mode": "stereo", "b:a": "224k", "f": "mp2"}
    run(*ffmpeg.output(whole, str(place), **options).get_args())


def main() -> int:
    """Measure and print; 1 where a bar is missed."""
    missed = 0
    print(f"{'case':24} {'heard':11} {'LUFS':>6} {'LRA':>5} {'dBTP':>6} {'gain':>6} narrow"
          f" | {'LUFS':>6} {'LRA':>5} {'dBTP':>6} | CPU s/min")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name, reads, filters in CASES:
            file, place = Path(folder) / "in.wav", Path(folder) / "out.mp2"
            graph = "[0:a]pan=mono|c0=c0[l];[1:a]aresample=44100[r];[l][r]join=inputs=2"
            made = ["-filter_complex", graph] if filters == "two" else ["-vn", "-af", filters]
            run(*reads, *made, "-t", "150", str(file))
            said, spent = listened(file)
            take = TAKES[said["channels"]]
            coded(file, Voice(said["index"], take, said["gain"], said["squeeze"]), place)
            loud, wide, peak = measured(place)
            good = abs(loud - TARGET) <= 1 and peak <= CEILING
            missed += not good
            print(f"{name:24} {said['channels']:11} {said['loudness']:6.1f}"
                  f" {said['loudness_range']:5.1f} {said['peak']:6.1f} {said['gain']:6.1f}"
                  f" {'yes' if said['squeeze'] else 'no':6} | {loud:6.1f} {wide:5.1f} {peak:6.1f}"
                  f" | {spent / 2.5:5.2f} {'' if good else 'MISSED'}")  # fmt: skip
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
