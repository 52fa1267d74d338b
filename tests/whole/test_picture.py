"""Pictures through the real chain of filters: round, uncombed, in time, in the right colours."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
import numpy.typing as npt
import pytest

from catalog.analysis import Box
from pipeline import tools
from pipeline.plan.picture import picture
from pipeline.plan.raster import RASTERS
from pipeline.plan.treatment import PictureTreatment, Treatment
from recipes.targets import Standard

Pictures = npt.NDArray[np.uint8]
Make = Callable[..., Path]
RAW = ("-f", "rawvideo", "-pix_fmt")


def run(words: Sequence[str], said: bytes = b"") -> bytes:
    command = [str(tools.ffmpeg()), "-v", "error", "-y", *words]
    return subprocess.run(command, input=said, check=True, capture_output=True, timeout=120).stdout


def raw(stored: Pictures, pixels: str, rate: str, size: tuple[int, int]) -> dict[str, Any]:
    return {"f": "rawvideo", "pix_fmt": pixels, "s": f"{size[0]}x{size[1]}", "framerate": rate}


def whole(seen: PictureTreatment, speed: str = "1") -> Treatment:
    return Treatment(60.0, seen, speed=Fraction(speed))


def shown(
    source: Any, how: Treatment, count: int, standard: Standard = "pal", said: bytes = b""
) -> tuple[Pictures, Pictures, Pictures]:
    """The `count` first pictures that the chain gives, as luma and both chroma planes."""
    raster = RASTERS[standard]
    made = picture(source, how, standard, first="0", behind=str(count))
    out = run(made.output("-", f="rawvideo", pix_fmt="yuv420p").get_args(), said)
    area = raster.width * raster.height
    planes = np.frombuffer(out, np.uint8).reshape(-1, area * 3 // 2)
    luma = planes[:, :area].reshape(-1, raster.height, raster.width)
    rest = planes[:, area:].reshape(-1, 2, raster.height // 2, raster.width // 2)
    return luma, rest[:, 0], rest[:, 1]


def of_frames(
    stored: Pictures, seen: PictureTreatment, pixels: str = "gray", rate: str = "25", **how: Any
) -> tuple[Pictures, Pictures, Pictures]:
    """The chain's pictures of raw frames."""
    source = ffmpeg.input("-", **raw(stored, pixels, rate, (seen.width, seen.height)))["0"]
    count = how.pop("count", len(stored))
    return shown(source, whole(seen, how.pop("speed", "1")), count, said=stored.tobytes(), **how)


# --- shape ---


def disc(width: int, height: int, sar: Fraction) -> Pictures:
    """A disc, round on a screen whose pixels have this shape, with soft edges, off the middle."""
    wide, high = width * float(sar), float(height)
    radius = 0.3 * min(wide, high)
    x = (np.arange(width) + 0.5) * float(sar) - 0.48 * wide
    y = (np.arange(height) + 0.5)[:, None] - 0.52 * high
    soft = max(1.0, float(sar), radius / 60)
    edge = np.clip((radius - np.hypot(x, y)) / soft + 0.5, 0, 1)
    return np.asarray(np.round(190 * edge), np.uint8)


def roundness(luma: Pictures, sar: Fraction) -> float:
    """Width by height on the screen of what is bright, from its second moments."""
    light = luma.astype(float) - 16
    x, y = np.arange(light.shape[1]) * float(sar), np.arange(light.shape[0])
    spread = []
    for places, weight in ((x, light.sum(0)), (y, light.sum(1))):
        middle = (places * weight).sum() / weight.sum()
        spread.append(float(np.sqrt(((places - middle) ** 2 * weight).sum() / weight.sum())))
    return spread[0] / spread[1]


SARS = [Fraction(one) for one in ("1", "64/45", "16/15", "427/426")]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "size", [(1280, 720), (640, 480), (500, 500), (1128, 480), (480, 854)], ids=str
)
def test_a_disc_stays_round(tmp_path: Path, size: tuple[int, int], turn: int) -> None:
    """Four sample aspects on both rasters, through one graph: within 1 % of round."""
    outputs = []
    for number, sar in enumerate(SARS):
        upright = np.rot90(disc(*size, sar), turn // 90)
        pixel = sar if turn % 180 == 0 else 1 / sar
        high, wide = upright.shape
        place = raw(upright, "gray", "25", (wide, high))
        for standard in RASTERS:
            kept = tmp_path / f"{number}.{standard}.gray"
            kept.write_bytes(upright.tobytes())
            source = ffmpeg.input(str(kept), **place)["0"]
            how = whole(PictureTreatment(0, wide, high, pixel))
            made = picture(source, how, standard, first="0", behind="1")
            name = str(tmp_path / f"{number}.{standard}")
            outputs.append(made.output(name, f="rawvideo", pix_fmt="yuv420p"))
    run(ffmpeg.merge_outputs(*outputs).get_args())

    for standard, raster in RASTERS.items():
        for number in range(len(SARS)):
            read = np.fromfile(tmp_path / f"{number}.{standard}", np.uint8)
            luma = read[: raster.height * raster.width].reshape(raster.height, raster.width)
            assert abs(roundness(luma, raster.sar) - 1) < 0.01


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_file_is_shown_upright_and_round(tmp_path: Path, turn: int) -> None:
    """A phone's picture lies on its side in the file: the chain sees it upright."""
    flat, turned = tmp_path / "flat.mp4", tmp_path / "turned.mp4"
    frame = disc(640, 360, Fraction(1))
    frame[:60, :60] = 190  # a mark in the corner that shows which side is up
    coded = ("-c:v", "mpeg4", "-q:v", "2", "-pix_fmt", "yuv420p", str(flat))
    run([*RAW, "gray", "-s", "640x360", "-i", "-", *coded], frame.tobytes())
    run(["-display_rotation", str(turn), "-i", str(flat), "-c", "copy", str(turned)])
    wide, high = (640, 360) if turn % 180 == 0 else (360, 640)
    how = whole(PictureTreatment(0, wide, high))
    luma = shown(ffmpeg.input(str(turned))["0"], how, 1)[0][0]

    lit = luma > 100
    rows, columns = np.flatnonzero(lit.any(1)), np.flatnonzero(lit.any(0))
    corner = lit[rows[0] : rows[0] + 8, columns[0] : columns[0] + 4].mean()
    other = {0: (0, 0), 90: (1, 0), 180: (1, 1), 270: (0, 1)}[turn]
    y = rows[-1] - 4 if other[0] else rows[0] + 4
    x = columns[-1] - 4 if other[1] else columns[0] + 4
    assert lit[y, x]
    assert turn == 0 or corner < 1
    middle = luma.copy()
    middle[~_around_the_middle(luma)] = 16
    assert abs(roundness(middle, RASTERS["pal"].sar) - 1) < 0.01


def _around_the_middle(luma: Pictures) -> npt.NDArray[np.bool_]:
    """Where the disc may be: all but the corners, where the mark is."""
    high, wide = luma.shape
    x = (np.arange(wide) - wide / 2) * float(RASTERS["pal"].sar)
    y = (np.arange(high) - high / 2)[:, None]
    return np.asarray(np.hypot(x, y) < 100)


def test_a_cut_picture_fills_the_screen_and_a_whole_one_is_all_there() -> None:
    """Borders of a letterboxed picture are black and all its edge is seen; a cut one has none."""
    frame = np.full((1, 360, 640), 200, np.uint8)
    frame[0, :, :24] = frame[0, :, -24:] = 120
    seen = PictureTreatment(0, 640, 360, full_range=True)
    boxed = of_frames(frame, seen)[0][0]
    cut = of_frames(frame, replace(seen, fit="centre-cut"))[0][0]

    assert cut.min() > 180
    assert (boxed[0], boxed[-1]) == (pytest.approx(np.full(352, 16)),) * 2
    assert boxed[144, 3] == boxed[144, -4] == pytest.approx(119, abs=2)


def test_black_borders_of_its_own_are_cut() -> None:
    """A wide picture stored inside a 4:3 one is shown as large as it may be."""
    frame = np.full((1, 480, 640), 0, np.uint8)
    frame[0, :, 80:560] = 220
    seen = PictureTreatment(0, 640, 480, crop=Box(80, 0, 480, 360), full_range=True)

    assert of_frames(frame, seen)[0].min() > 190


# --- fields, film, pace ---


def bar(moment: float, width: int = 384, height: int = 288) -> npt.NDArray[np.float64]:
    x = np.arange(width)
    line = 16 + 180 * np.exp(-(((x - 40 - 200 * moment) / 8) ** 2))
    return np.broadcast_to(line, (height, width))


def woven(first: int, count: int = 24) -> Pictures:
    """A moving bar in fields; `first` 0: the top one is earlier."""
    made = np.empty((count, 288, 384))
    for number in range(count):
        made[number, first::2] = bar(number / 25)[first::2]
        made[number, 1 - first :: 2] = bar((number + 0.5) / 25)[1 - first :: 2]
    return np.round(made).astype(np.uint8)


def comb(luma: Pictures) -> float:
    """How far lines stand off from both their neighbours."""
    lines = luma[2:-2].astype(float)
    return float(np.abs(lines[:, 1:-1] - (lines[:, :-2] + lines[:, 2:]) / 2).mean())


@pytest.mark.parametrize("fields", ["marked", "top", "bottom"])
def test_no_comb_is_left(tmp_path: Path, fields: Any) -> None:
    """A bar that moves in fields is whole again, by its marks or by the order that was found."""
    frames = woven(1 if fields == "bottom" else 0)
    seen = PictureTreatment(0, 384, 288, fields=fields, rate=Fraction(25))
    source = ffmpeg.input("-", **raw(frames, "gray", "25", (384, 288)))["0"]
    if fields == "marked":
        source = source.filter("setfield", "tff")
    made = shown(source, whole(seen), len(frames), said=frames.tobytes())[0]
    left = of_frames(frames, replace(seen, fields="progressive"))[0]

    assert comb(left) > 3
    assert comb(made) < 0.05 * comb(left)


def numbered(count: int, height: int = 288) -> Pictures:
    """Pictures that carry their number in ten fields of black or white."""
    bits = (np.arange(count)[:, None] >> np.arange(10)) & 1
    line = np.repeat(16 + 219 * bits, 32, axis=1).astype(np.uint8)
    made = np.full((count, height, 384), 16, np.uint8)
    made[:, :, 32:352] = line[:, None, :]
    return made


def numbers(luma: Pictures) -> list[int]:
    places = ((np.arange(10) * 32 + 48) * 352 / 384).astype(int)
    bits = luma[:, luma.shape[1] // 2, places] > 125
    return [int(one) for one in (bits * (1 << np.arange(10))).sum(1)]


def test_film_comes_back_as_its_own_pictures() -> None:
    """Out of a hard 3:2 pulldown come all pictures of the film, once each, uncombed."""
    film = np.round(np.array([bar(k / 24) for k in range(40)])).astype(np.uint8)
    film[:, :32] = numbered(40, 32)[:, :, :384]
    source = ffmpeg.input("-", **raw(film, "gray", "24000/1001", (384, 288)))["0"]
    fielded = source.filter("telecine", first_field="top", pattern="23")
    seen = PictureTreatment(0, 384, 288, fields="film", rate=Fraction(30000, 1001))
    made = shown(fielded, whole(seen, "1001/960"), 38, said=film.tobytes())[0]
    bits = made[:, 16, ((np.arange(10) * 32 + 48) * 352 / 384).astype(int)] > 125

    assert [int(one) for one in (bits * (1 << np.arange(10))).sum(1)] == list(range(38))
    assert comb(made[:, 40:]) < 0.1


def stamped(place: Path, moments: Sequence[float]) -> Any:
    """A Matroska file whose numbered pictures come at these moments (rounded to milliseconds)."""
    count = len(moments)
    late = [f"eq(N\\,{n})*{round(moment * 1e6)}" for n, moment in enumerate(moments)]
    script = place.with_suffix(".txt")
    # Summed in groups: ffmpeg takes no sum that is too deep.
    groups = ["(" + "+".join(late[at : at + 12]) + ")" for at in range(0, count, 12)]
    script.write_text("settb=1/1000000,setpts=" + "+".join(groups))
    words = [*RAW, "gray", "-s", "384x288", "-r", "25", "-i", "-", "-/vf", str(script)]
    timed = ("-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-c:v", "ffv1", str(place))
    run([*words, *timed], numbered(count).tobytes())
    return ffmpeg.input(str(place), copyts=None)["0"]


@pytest.mark.parametrize("late", [0.0, 0.0208, 0.03])
def test_film_played_faster_shows_each_picture_once(tmp_path: Path, late: float) -> None:
    """24 pictures a second become 25: none doubled, none dropped, wherever the first one falls."""
    source = stamped(tmp_path / "film.mkv", [late + n / 24 for n in range(72)])
    seen = PictureTreatment(0, 384, 288, rate=Fraction(24))
    made = numbers(shown(source, whole(seen, "25/24"), 72)[0])

    begin = made.index(1) - 1
    assert begin <= 1
    assert made[begin:] == list(range(72 - begin))


VARIABLE = np.cumsum([0.0, *([0.04, 0.033, 0.1, 0.05, 0.017, 0.21] * 6)])


@pytest.mark.parametrize(
    "moments",
    [np.arange(60) / 30, np.arange(30) / 15, np.arange(120) / 59.94, VARIABLE],
    ids=["30", "15", "59.94", "variable"],
)
def test_every_picture_comes_at_its_time(tmp_path: Path, moments: npt.NDArray[Any]) -> None:
    """The count is exact, and a picture begins within half a picture of its own time."""
    source = stamped(tmp_path / "paced.mkv", list(moments))
    made = numbers(shown(source, whole(PictureTreatment(0, 384, 288)), 50)[0])

    assert len(made) == 50
    for place, number in enumerate(made):
        if place == 0 or made[place - 1] != number:
            assert abs(moments[number] - place / 25) <= 0.0206


def test_blending_keeps_the_count_and_the_clock() -> None:
    """Between two pictures a third is mixed; the bar is never off by more than 5 ms."""
    film = np.round(np.array([bar(k / 24) for k in range(30)])).astype(np.uint8)
    seen = PictureTreatment(0, 384, 288, pace="blend", rate=Fraction(24))
    made = of_frames(film, seen, rate="24", count=26)[0].astype(float)
    weight = (made - made.min()).sum(1)
    places = (weight * (np.arange(352) + 0.5)).sum(1) / weight.sum(1) * 384 / 352 - 0.5

    assert len(made) == 26
    assert np.abs((places - 40) / 200 - np.arange(26) / 25).max() < 0.005


def test_a_size_that_changes_on_the_way_costs_no_picture(ffmpeg_run: Make) -> None:
    """A recording that goes from 720 to 544 pixels wide stays in time, with `reinit_filter` 0."""
    source = ("-f", "lavfi", "-i")
    coded = ("-c:v", "mpeg2video", "-q:v", "8")
    wide = ffmpeg_run("wide.ts", *source, "testsrc2=s=720x576:r=25:d=1", *coded)
    later = (*coded, "-output_ts_offset", "1")
    slim = ffmpeg_run("slim.ts", *source, "testsrc2=s=544x576:r=25:d=1", *later)
    both = wide.with_name("both.ts")
    both.write_bytes(wide.read_bytes() + slim.read_bytes())
    seen = PictureTreatment(0, 720, 576, Fraction(16, 15), rate=Fraction(25))
    made = shown(ffmpeg.input(str(both), reinit_filter=0)["0"], whole(seen), 45)[0]

    assert len(made) == 45
    assert np.abs(np.diff(made.astype(int), axis=0)).mean((1, 2)).min() > 0.05


# --- colours ---


def patches(colours: Any, kind: Any = np.uint8) -> Any:
    """Planes of one row of patches, 64 pixels each: a 4:3 picture of them, 48 a patch wide."""
    row = np.repeat(np.round(np.array(colours)).T, 48, axis=1)
    return np.repeat(row[:, None, :], 288, axis=1).astype(kind)


def read(planes: tuple[Pictures, Pictures, Pictures], count: int) -> npt.NDArray[np.int64]:
    """The middle of each patch, luma and chroma."""
    places = ((np.arange(count) * 48 + 24) * 352 / 384).astype(int)
    luma, blue, red = (plane[0].astype(int) for plane in planes)
    return np.stack([luma[144, places], blue[72, places // 2], red[72, places // 2]], axis=1)


RGB = np.array([[r, g, b] for r in (40, 210) for g in (40, 210) for b in (40, 210)]) / 255


def coded(rgb: npt.NDArray[Any], kr: float, kb: float, deep: int = 1) -> npt.NDArray[Any]:
    """Luma and chroma of limited range by a matrix's two numbers."""
    red, green, blue = rgb.T
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = [224 * (blue - luma) / (2 - 2 * kb), 224 * (red - luma) / (2 - 2 * kr)]
    return deep * np.stack([16 + 219 * luma, 128 + chroma[0], 128 + chroma[1]], axis=1)


TELEVISION = coded(RGB, 0.299, 0.114)


@pytest.mark.parametrize(
    ("pixels", "stored", "how"),
    [
        ("yuv444p", patches(coded(RGB, 0.2126, 0.0722)), {"matrix": "bt709"}),
        ("yuv444p", patches(TELEVISION), {}),
        ("yuv444p10le", patches(coded(RGB, 0.2126, 0.0722, 4), "<u2"), {"matrix": "bt709"}),
        ("yuv420p10le", None, {"matrix": "bt709"}),
        ("yuv444p", None, {"full_range": True}),
        ("gbrp", patches(RGB[:, [1, 2, 0]] * 255), {"full_range": True}),
        ("gbrp", patches(RGB[:, [1, 2, 0]] * 255), {}),
    ],
)
def test_colours_are_those_of_a_television(pixels: str, stored: Any, how: Any) -> None:
    """Whatever matrix, range and depth they come in: within 3 of 255."""
    if pixels == "yuv420p10le":
        planes = patches(coded(RGB, 0.2126, 0.0722, 4), "<u2")
        halves = [plane[::2, ::2].ravel() for plane in planes[1:]]
        stored = np.concatenate([planes[0].ravel(), *halves])
    elif stored is None:
        full = coded(RGB, 0.299, 0.114) - [16, 128, 128]
        stored = patches(full * [255 / 219, 255 / 224, 255 / 224] + [0, 128, 128])
    seen = PictureTreatment(0, 384, 288, **how)
    planes = of_frames(stored, seen, pixels, count=1)

    assert np.abs(read(planes, 8) - TELEVISION).max() <= 3


@pytest.mark.parametrize("pixels", ["gray", "pal8", "rgba", "yuva420p", "gray10le", "bgr0"])
def test_rare_pixels_work(ffmpeg_run: Make, pixels: str) -> None:
    """Grey, palette and see-through pictures are shown; where one sees through, black is."""
    clip = ffmpeg_run(
        f"rare-{pixels}.nut",
        *("-f", "lavfi", "-i", "color=c=white@0.5:s=384x288:d=0.2:r=25,format=rgba"),
        *("-pix_fmt", pixels, "-c:v", "rawvideo"),
    )
    through = pixels in ("rgba", "yuva420p")
    seen = PictureTreatment(0, 384, 288, alpha=through, full_range=pixels != "yuva420p")
    luma = shown(ffmpeg.input(str(clip))["0"], whole(seen), 5)[0]

    assert luma.shape == (5, 288, 352)
    assert luma.mean() == pytest.approx(126 if through else 235, abs=3)


def perceptual(nits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The PQ curve (SMPTE ST 2084)."""
    power = (nits / 10_000) ** (2610 / 16384)
    over = 3424 / 4096 + 2413 / 128 * power
    return np.asarray((over / (1 + 2392 / 128 * power)) ** (2523 / 32))


def hybrid(nits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The HLG curve, on a screen of 1000 nits, for greys."""
    light = (nits / 1000) ** (1 / 1.2)
    high = 0.17883277 * np.log(np.maximum(12 * light - 0.28466892, 1e-9)) + 0.55991073
    return np.where(light <= 1 / 12, np.sqrt(3 * light), high)


WIDER = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.088, 0.8956]])


@pytest.mark.parametrize(("light", "curve"), [("pq", perceptual), ("hlg", hybrid)])
def test_high_dynamic_range_is_neither_grey_nor_black(light: Any, curve: Any) -> None:
    """A grey card (26 nits) and skin keep their light as a television of gamma 2.4 gives it (within
    10 % and 3 codes), white is bright, and the brightest is not above white.
    """
    nits = np.array(
        [[26.0] * 3, [203.0] * 3, [1000.0] * 3, [70, 45, 33], [5.0] * 3, *[[26.0] * 3] * 3]
    )
    stored = patches(coded(curve(nits @ WIDER.T), 0.2627, 0.0593, 4), "<u2")
    seen = PictureTreatment(0, 384, 288, dynamic_range=light, matrix="bt2020")
    made = read(of_frames(stored, seen, "yuv444p10le", count=1), 8)
    wanted = coded((nits / 203) ** (1 / 2.4), 0.299, 0.114)

    assert (made[0, 0] - 16) / (wanted[0, 0] - 16) == pytest.approx(1, abs=0.1)
    assert np.abs(made[[3, 4]] - wanted[[3, 4]]).max() <= 3
    assert 200 <= made[1, 0] <= 225
    assert 230 <= made[2, 0] <= 236
