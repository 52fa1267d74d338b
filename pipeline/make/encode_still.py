"""Make the two MPEG-1 pictures of a menu still: hi-res and normal (reference vcd20.md 5.2)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from catalog.problem import Failure
from catalog.words import _
from pipeline import tools
from pipeline.make.draw_menu import SIZES
from pipeline.make.run_tool import disk_watched
from pipeline.plan.steps import EncodeStill
from recipes.targets import Standard

_END = b"\x00\x00\x01\xb7"
_RATE = {"pal": "25", "ntsc": "30000/1001"}
_PIXEL = {"pal": "12/11", "ntsc": "10/11"}  # becomes aspect code 8 or 12 of the sequence header
_BIT_RATE = 8_000_000
_SCALES = range(2, 32)  # of MPEG-1's quantiser: 1 gains nothing that is seen
_LIMITS = tools.Limits(seconds=120, cpu_seconds=60, memory=2 * tools.GIB, file_bytes=16 << 20)


@dataclass(frozen=True, slots=True)
class Grade:
    """One of the two pictures of a still: its size, the decoder's buffer in bytes (told in the
    sequence header), bytes of stream it may have at most, and slices (ffmpeg makes at most 32).
    """

    width: int
    height: int
    buffer: int
    most: int
    slices: int


def grades(standard: Standard) -> tuple[Grade, Grade]:
    """Hi-res and normal, as mjpegtools limits them: 125 KiB of 224, and all that 40 KiB hold."""
    width, height = SIZES[standard]
    hi = Grade(width, height, 224 << 10, 125 << 10, min(32, height // 16))
    lo = Grade(width // 2, height // 2, 40 << 10, (40 << 10) - 1024, height // 32)
    return hi, lo


def still_arguments(grade: Grade, standard: Standard, scale: int, name: str) -> tuple[str, ...]:
    """Ffmpeg's arguments for one I picture out/`name` of in/0.png; `scale` is 2 (best) to 31."""
    # All three of -b, -maxrate and -bufsize, or the header's rate and buffer are wrong; no
    # -minrate, which stuffs small pictures with zeros.
    size = f"scale={grade.width}:{grade.height}"
    exact = "flags=lanczos+accurate_rnd+full_chroma_int:out_color_matrix=bt601:out_range=tv"
    return (
        *("-hide_banner", "-nostdin", "-v", "warning", "-nostats", "-y"),
        *("-protocol_whitelist", "file,pipe", "-i", "in/0.png"),
        *("-vf", f"{size}:{exact},setsar={_PIXEL[standard]},format=yuv420p"),
        *("-frames:v", "1", "-r", _RATE[standard], "-c:v", "mpeg1video"),
        *("-qscale:v", str(scale), "-b:v", str(_BIT_RATE), "-maxrate", str(_BIT_RATE)),
        *("-bufsize", str(grade.buffer * 8), "-slices", str(grade.slices), "-threads", "1"),
        # A lone picture finds the buffer full; ffmpeg would count on three quarters of it.
        *("-rc_init_occupancy", str(grade.buffer * 8)),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "mpeg1video", f"out/{name}"),
    )


def encode_still(step: EncodeStill, program: Path, folder: Path, stop: tools.Stop) -> None:
    """Encode `folder`/in/0.png into out/, each picture as finely as its limit allows, ended by
    its sequence end code. Raises Failure where ffmpeg fails or no scale is coarse enough.
    """
    for name, grade in zip(step.outputs, grades(step.standard), strict=True):
        made = folder / "out" / name
        scale = _SCALES[0]
        while len(data := _encoded(step, (program, folder, stop), grade, scale, name)) > grade.most:
            # The size falls about as the scale rises, so this takes two or three tries.
            scale = max(scale + 1, scale * len(data) // grade.most)
            if scale not in _SCALES:
                raise _too_rich(step, grade, folder)
        made.write_bytes(data)


def _encoded(
    step: EncodeStill,
    bench: tuple[Path, Path, tools.Stop],
    grade: Grade,
    scale: int,
    name: str,
) -> bytes:
    program, folder, stop = bench
    arguments = still_arguments(grade, step.standard, scale, name)
    with disk_watched(step.label, folder):
        tools.run([str(program), *arguments], folder, folder / "log", limits=_LIMITS, stop=stop)
    data = b""
    with contextlib.suppress(FileNotFoundError):
        data = (folder / "out" / name).read_bytes().rstrip(b"\0")
    if not data:
        raise Failure(
            _("encoding {what}").format(what=step.label),
            _("ffmpeg gave no {name}").format(name=name),
            _("look at the log"),
            str(folder / "log"),
        )
    return data.removesuffix(_END) + _END


def _too_rich(step: EncodeStill, grade: Grade, folder: Path) -> Failure:
    return Failure(
        _("encoding {what}").format(what=step.label),
        _("the still does not get smaller than {most} bytes").format(most=grade.most),
        _("shorten the titles of the set and of its programmes"),
        str(folder / "log"),
    )
