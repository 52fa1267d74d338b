"""Pictures made by arithmetic that a codec finds hard: slides, opera, leaves in the wind."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline import lettering, tools

Frame = NDArray[np.uint8]
Plane = NDArray[np.float32]
RATE = 25


def _write(frames: Iterator[Frame], out: Path) -> None:
    """Code RGB pictures nearly without loss."""
    first = next(frames)
    height, width, _ = first.shape
    command = [
        str(tools.ffmpeg()), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{width}x{height}", "-r", str(RATE), "-i", "pipe:", "-vf",
        "scale=out_color_matrix=bt601:out_range=tv", "-c:v", "libx264", "-preset", "ultrafast",
        "-crf", "8", "-pix_fmt", "yuv420p", "-colorspace", "smpte170m", str(out),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(first.tobytes())
        for frame in frames:
            process.stdin.write(frame.tobytes())
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


_TEXT = {
    "大棚番茄春季管理": "一、白天二十五度，夜间十二度|二、晴天上午浇水，随水追肥|三、及时整枝打杈",
    "病虫害绿色防控": "黄板诱杀白粉虱，每亩三十张|发病初期摘除病叶，带出棚外深埋|采收前七天停药",
    "测土配方施肥": "氮、磷、钾比例 1:0.5:1.2|亩施腐熟农家肥 3000 公斤|叶面喷 0.3% 氯化钙",
    "谢谢大家": "农技咨询电话 12316|三下乡科技服务队|二〇二六年冬",
}


def slides(_real: Path, out: Path) -> None:
    """A lecture's slides of Chinese text, four seconds each, a pointer moving over them."""
    _write(_slides(), out)


def _slides() -> Iterator[Frame]:
    for title, lines in _TEXT.items():
        page = Image.new("RGB", (1024, 768), (246, 246, 240))
        pen = ImageDraw.Draw(page)
        pen.rectangle((0, 0, 1024, 130), fill=(20, 70, 140))
        pen.text((60, 30), title, font=lettering.font(68), fill=(255, 255, 255))
        for row, line in enumerate(lines.split("|")):
            pen.text((70, 190 + 130 * row), line, font=lettering.font(50), fill=(25, 25, 25))
        for number in range(4 * RATE):
            shown = page.copy()
            across = 100 + 6 * min(number, 60)
            ImageDraw.Draw(shown).ellipse((across, 270, across + 14, 284), fill=(220, 20, 20))
            yield np.asarray(shown)


def _cloud(height: int, width: int, power: float, seed: int) -> Plane:
    """Noise whose waves grow weaker with their frequency, between 0 and 1."""
    chance = np.random.default_rng(seed)
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    waves = np.hypot(rows, columns)
    waves[0, 0] = 1
    spectrum = np.fft.rfft2(chance.standard_normal((height, width))) / waves**power
    plane = np.fft.irfft2(spectrum, (height, width))
    low, high = np.quantile(plane, (0.01, 0.99))
    cloud: Plane = np.clip((plane - low) / (high - low), 0, 1).astype(np.float32)
    return cloud


def foliage(_real: Path, out: Path) -> None:
    """A camera that turns along a hedge whose leaves move in the wind."""
    _write(_foliage(), out)


def _foliage() -> Iterator[Frame]:
    height, width, step = 540, 960, 4
    leaves = _cloud(height, 2048, 0.9, 1)
    shade = _cloud(height, 2048, 1.6, 2)
    green = np.stack([0.45 * leaves, 0.35 + 0.5 * leaves, 0.25 * leaves], 2)
    tone = (green * (0.3 + 0.7 * shade[..., None]) * 255).astype(np.uint8)
    rows = np.arange(height)[:, None]
    for number in range(12 * RATE):
        sway = 3 * np.sin(rows / 25 + number / 3) + 2 * np.sin(rows / 7 + number / 2)
        columns = (np.arange(width)[None] + step * number + np.rint(sway).astype(int)) % 2048
        yield np.ascontiguousarray(tone[rows, columns])


_RED, _GOLD, _WHITE = (205, 12, 22), (230, 180, 50), (240, 235, 225)
_STAGE = (768, 576)


def opera(_real: Path, out: Path) -> None:
    """Red costumes on a dark stage: tumbling, turning flags, and flashes from the audience."""
    _write(_opera(), out)


def _opera() -> Iterator[Frame]:
    width, height = _STAGE
    hanging = _cloud(height, width, 1.3, 3)[..., None] * np.array([38, 22, 16], np.float32) + 6
    coat = _coat()
    for number in range(12 * RATE):
        stage = Image.fromarray(hanging.astype(np.uint8))
        for who in range(3):
            _acrobat(stage, coat, number + 40 * who, who)
        frame = np.asarray(stage)
        if number % 67 == 30:
            frame = np.minimum(frame.astype(np.uint16) * 2 + 70, 255).astype(np.uint8)
        yield frame


def _coat() -> Image.Image:
    """A red coat with embroidery in gold."""
    coat = Image.new("RGBA", (150, 190))
    pen = ImageDraw.Draw(coat)
    pen.polygon([(50, 0), (100, 0), (148, 185), (2, 185)], fill=_RED)
    for ring in range(6):
        pen.arc((25 + 12 * ring, 20 + 22 * ring, 75 + 8 * ring, 60 + 22 * ring), 0, 300, _GOLD, 3)
    pen.line((75, 0, 75, 185), fill=_WHITE, width=4)
    pen.text((58, 90), "福", font=lettering.font(34), fill=_GOLD)
    return coat


def _acrobat(stage: Image.Image, coat: Image.Image, number: int, who: int) -> None:
    """One player: walks across, and every third second turns over in the air."""
    beat = number % 75
    turn, leap = (14.4 * beat, abs(np.sin(beat / 8)) * 120) if beat < 25 else (0.0, 0.0)
    left = int(60 + 200 * who + 110 * np.sin(number / 17 + who))
    top = int(300 - leap)
    player = coat.rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
    stage.paste(player, (left, top), player)
    pen = ImageDraw.Draw(stage)
    pen.ellipse((left + 52, top - 48, left + 98, top + 4), fill=_WHITE)
    for flag in range(4):
        angle = number / 4 + flag * np.pi / 2
        tip = (left + 75 + 95 * np.cos(angle), top - 20 + 70 * np.sin(angle))
        cloth = [(left + 75, top - 20), tip, (tip[0] - 25, tip[1] + 18)]
        pen.polygon(cloth, fill=_RED, outline=_GOLD)
