"""A handful of sample programmes for a first try, made on the spot: nothing binary is shipped.

Title cards in Chinese, a moving picture, sound with the rhythm of speech or of the stage; each in
another container, shape and scan, as downloads are.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from catalog.durable import write_whole
from pipeline import lettering, tools

SHEET = "节目单.csv"
SHEET_ENCODING = "gb18030"  # what a Chinese Excel writes


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample: what the sheet says of it, and how its file is made. `badge` moves over the
    picture; `voice` is the pitch in hertz and the syllables a second; `options` are ffmpeg's.
    """

    file: str
    title: str
    subject: str
    type: str
    months: str
    dialect: str
    seconds: int
    size: tuple[int, int]
    rate: str
    badge: str
    colours: tuple[str, str]
    voice: tuple[float, float]
    options: tuple[str, ...]


_H264 = (
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "23",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "aac",
)

SAMPLES = (
    Sample(
        "《温棚黄瓜霜霉病防治》.mp4", "温棚黄瓜霜霉病防治", "AGR.GREENHOUSE", "feature", "11-4",
        "普通话", 40, (1280, 720), "25", "瓜", ("0x1d5c2e", "0x8fbf4d"), (140, 4.2),
        (*_H264, "-movflags", "+faststart"),
    ),
    Sample(
        "下羔季节的母羊和羊羔护理.avi", "下羔季节的母羊和羊羔护理", "LIV.SHEEP", "lecture", "11-3",
        "陇东方言", 30, (640, 480), "25", "羊", ("0x6b4a1f", "0xd9b36c"), (115, 3.6),
        ("-c:v", "mpeg4", "-q:v", "3", "-c:a", "libmp3lame"),
    ),
    Sample(
        "老年人冬季保健讲座.wmv", "老年人冬季保健讲座", "HEA.ELDER", "lecture", "",
        "普通话", 25, (480, 360), "15", "康", ("0x1b4a73", "0x7fb6d9"), (180, 3.9),
        ("-c:v", "wmv2", "-b:v", "900k", "-c:a", "wmav2"),
    ),
    Sample(
        "秦腔选段 教学示范.mpg", "秦腔选段教学示范", "ART.LOCAL", "stage", "",
        "关中方言", 60, (768, 576), "25", "戏", ("0x7a1420", "0xd8893b"), (330, 1.7),
        ("-c:v", "mpeg2video", "-b:v", "5M", "-flags", "+ildct+ilme", "-c:a", "mp2"),
    ),
    Sample(
        "防骗提醒（手机拍摄）.mov", "防骗提醒：陌生来电莫轻信", "LAW.SAFETY", "feature", "",
        "普通话", 20, (720, 1280), "30000/1001", "防", ("0x3b2a63", "0x9a7fd1"), (200, 4.6),
        _H264,
    ),
    Sample(
        "广播讲座 高血压日常管理.mp3", "广播讲座：高血压日常管理", "HEA.CHRONIC", "lecture", "",
        "普通话", 25, (0, 0), "", "", ("", ""), (130, 4.0),
        ("-c:a", "libmp3lame"),
    ),
)  # fmt: skip


def _title(sample: Sample) -> Image.Image:
    """The title over the picture, on a clear ground."""
    width, height = sample.size
    picture = Image.new("RGBA", sample.size)
    draw = ImageDraw.Draw(picture)
    size = min(width, height) // 9
    lines = lettering.wrap(sample.title, size, int(width * 0.8), 3)
    for number, line in enumerate([*lines, f"{sample.dialect} · 样片"]):
        draw.text(
            (width // 2, height // 8 + int(number * size * 1.3)),
            line,
            font=lettering.font(size if number < len(lines) else size // 2),
            fill=(255, 255, 245, 255),
            stroke_width=max(1, size // 16),
            stroke_fill=(0, 0, 0, 160),
            anchor="ma",
        )
    return picture


def _badge(sample: Sample) -> Image.Image:
    """A round badge: it must stay round on every screen."""
    side = min(sample.size) // 4
    picture = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((2, 2, side - 3, side - 3), fill=(245, 240, 225, 255), outline=(60, 30, 10, 255))
    middle, face = (side // 2, side // 2), lettering.font(side // 2)
    draw.text(middle, sample.badge, font=face, fill=(150, 20, 20, 255), anchor="mm")
    return picture


def _sound(sample: Sample) -> str:
    """A voice of four harmonics whose pitch wanders, cut into syllables and breaths."""
    pitch, syllables = sample.voice
    tone = "+".join(
        f"{1 / n:.3f}*sin({n}*(2*PI*{pitch}*t+4*sin(2*PI*0.9*t)+0.6*sin(2*PI*5.5*t)))"
        for n in range(1, 5)
    )
    beat = f"pow(abs(sin(PI*{syllables}*t)),0.7)*gt(mod(t,5),0.6)"
    return f"aevalsrc='0.22*({tone})*{beat}':s=44100:d={sample.seconds}"


def _picture(sample: Sample, folder: Path) -> list[str]:
    """Ffmpeg's arguments for the moving picture; the stage sample is woven from two fields."""
    width, height = sample.size
    _title(sample).save(folder / "title.png")
    _badge(sample).save(folder / "badge.png")
    woven = sample.type == "stage"
    rate = "50" if woven else sample.rate
    ground = (
        f"gradients=s={width}x{height}:c0={sample.colours[0]}:c1={sample.colours[1]}"
        f":n=2:speed=0.03:seed=7:r={rate}:d={sample.seconds}"
    )
    moved = "overlay=x='(W-w)*(0.5+0.45*sin(1.3*t))':y='H*0.55+H*0.12*sin(2.6*t)'"
    fields = ",tinterlace=interleave_top,setfield=tff" if woven else ""
    wide = ",scale=720:576,setsar=16/15" if woven else ""  # as a PAL camera stores 4:3
    graph = f"[0:v][2:v]{moved}[m];[m][3:v]overlay{wide}{fields},format=yuv420p[v]"
    return [
        "-f", "lavfi", "-i", ground, "-f", "lavfi", "-i", _sound(sample),
        "-i", "badge.png", "-i", "title.png",
        "-filter_complex", graph, "-map", "[v]", "-map", "1:a",
    ]  # fmt: skip


def _arguments(sample: Sample, folder: Path) -> list[str]:
    seen = _picture(sample, folder) if sample.badge else ["-f", "lavfi", "-i", _sound(sample)]
    suffix = Path(sample.file).suffix
    rate = ["-r", sample.rate] if sample.rate else []
    return [
        "-hide_banner", "-nostdin", "-v", "error", "-y",
        *seen, *rate, *sample.options, "-fflags", "+bitexact", "-t", str(sample.seconds),
        f"sample{suffix}",
    ]  # fmt: skip


def sheet() -> str:
    """The programme sheet of the samples, as a librarian's Excel would hold it."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(
        ["题名", "文件", "主题", "资源类型", "语种", "方言", "月份", "适用对象", "版权范围"]
    )
    for one in SAMPLES:
        table.writerow(
            [one.title, one.file, one.subject, one.type, "zh", one.dialect, one.months, "general",
             "national"]
        )  # fmt: skip
    return text.getvalue()


def make_samples(
    folder: Path, program: Path, stop: tools.Stop, told: Callable[[str], None]
) -> list[Path]:
    """Make the samples and their sheet in `folder`, those that are not there yet; returns all.

    `told` hears the name of each file as it is begun.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        place = folder / sample.file
        if place.exists():
            continue
        told(sample.file)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".sample-") as bench:
            work = Path(bench)
            command = [str(program), *_arguments(sample, work)]
            tools.run(command, work, work / "log", stop=stop)
            (work / f"sample{place.suffix}").rename(place)
    write_whole(folder / SHEET, sheet().encode(SHEET_ENCODING))
    return [folder / SHEET, *(folder / sample.file for sample in SAMPLES)]
