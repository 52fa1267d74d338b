"""A source in the right shape, twice: at the raster of the disc and at the size of a TV picture.

The only file of the bench that knows the house's chains of filters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from catalog.programme import Source, VideoStream
from pipeline import probe
from pipeline.plan.picture import picture, shape
from pipeline.plan.raster import RASTERS
from pipeline.plan.treatment import PictureTreatment, Treatment
from tests.bench.quality.clips import Clip

TV = (768, 576)


@dataclass(frozen=True, slots=True)
class Shot:
    """A clip with its file, what is known of it, and how many pictures it is on the disc."""

    clip: Clip
    file: Path
    source: Source
    video: VideoStream
    pictures: int


def shot(clip: Clip, file: Path) -> Shot:
    """Read a clip's file; Failure where it cannot be."""
    source = probe.source(probe.probe(file), file.name, str(file))
    assert source.video is not None
    seconds = min(clip.seconds, source.seconds - clip.start) / float(clip.speed)
    return Shot(clip, file, source, source.video, max(1, int(seconds * 25)))


def treatment(shot: Shot) -> Treatment:
    """What the house would decide, without denoising: that is judged elsewhere."""
    seen = shot.video
    size, sar = (seen.width, seen.height), seen.sar
    if seen.rotation % 180:
        size, sar = (seen.height, seen.width), Fraction(1) / seen.sar
    woven = seen.scan == "interlaced"
    treated = PictureTreatment(seen.index, *size, sar, fields="marked" if woven else "progressive")
    return Treatment(shot.pictures / 25, treated, speed=shot.clip.speed)


def _seen(shot: Shot) -> Any:
    file = ffmpeg.input(str(shot.file), ss=shot.clip.start)
    stream, behind = file[str(shot.video.index)], str(shot.pictures)
    return picture(stream, treatment(shot), "pal", first="0", behind=behind)


def to_raster(shot: Shot, out: Path) -> list[str]:
    """Arguments that write the raster's pictures without loss: the house's chain, no denoising."""
    shown = _seen(shot)
    options: Mapping[str, Any] = {"c:v": "ffv1", "r": 25, "f": "matroska"}
    return list(ffmpeg.output(shown, str(out), **options).get_args())


def to_television(shot: Shot) -> str:
    """Filters from the source straight to a TV picture, in the very same place on it."""
    seen = treatment(shot).picture
    assert seen is not None
    width, height = shape(seen.width, seen.height, seen.sar, RASTERS["pal"], seen.fit)
    woven = "bwdif=mode=send_frame:parity=auto:deint=interlaced," * (seen.fields == "marked")
    return (
        f"{woven}setpts=PTS/({shot.clip.speed}),fps=25:start_time=0,"
        f"tpad=stop=-1:stop_mode=clone,trim=end_frame={shot.pictures},"
        f"scale={2 * round(width * 12 / 11)}:{height * 2}:flags=lanczos+accurate_rnd+"
        f"full_chroma_int:out_color_matrix=bt601:out_range=tv,"
        f"pad={TV[0]}:{TV[1]}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p"
    )


def by_others(shot: Shot) -> str:
    """Filters as others write them to the same shape: ffmpeg's default scaler, no more."""
    seen = treatment(shot).picture
    assert seen is not None
    raster = RASTERS["pal"]
    width, height = shape(seen.width, seen.height, seen.sar, raster, seen.fit)
    return (
        f"setpts=PTS/({shot.clip.speed}),fps=25:start_time=0,"
        f"tpad=stop=-1:stop_mode=clone,trim=end_frame={shot.pictures},"
        f"scale={width}:{height},pad={raster.width}:{raster.height}:(ow-iw)/2:(oh-ih)/2"
    )
