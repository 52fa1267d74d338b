"""The filters that bring a source's picture onto the raster of a Video CD, built and never run.

The order stands: fields, speed and pace, cut to length, crop, size, light, noise, borders,
captions. Facts: reference encoding.md; what was measured stands beside each choice.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, assert_never

from catalog.analysis import Matrix
from pipeline.plan.raster import RASTERS, Raster
from pipeline.plan.treatment import Fit, PictureTreatment, Treatment
from recipes.targets import Standard

_ROUND = Fraction(1, 250)  # how far a circle may be from round
_YIELD = 16  # pixels that a side may give up, or spill over, for it
_MOST = 4  # times the raster's side: a picture that must be cut more than that is shown whole


def shape(width: int, height: int, sar: Fraction, raster: Raster, fit: Fit) -> tuple[int, int]:
    """Width and height, both even, of an upright picture on the raster: inside it for `letterbox`,
    covering it for `centre-cut` (what hangs over is cut on both sides); never squeezed.
    """
    aspect = Fraction(width, height) * sar / raster.sar  # in the raster's own pixels
    wide = Fraction(raster.width, raster.height)
    if fit == "centre-cut" and 1 / Fraction(_MOST) <= aspect / wide <= _MOST:
        fixed, step = "height" if aspect >= wide else "width", 2
    else:
        fixed, step = "width" if aspect >= wide else "height", -2
    sizes = (_at(aspect, raster, fixed, more) for more in range(0, step * _YIELD // 2, step))
    tried = [(abs(w / (h * aspect) - 1), w, h) for w, h in sizes]
    # As near to the raster's sides as round things stay round, else the roundest.
    good = (one for one in tried if one[0] <= _ROUND)
    _error, shown_width, shown_height = next(good, min(tried))
    return shown_width, shown_height


def _at(aspect: Fraction, raster: Raster, fixed: str, more: int) -> tuple[int, int]:
    """The even size of an aspect, one side of which is the raster's and `more`."""
    if fixed == "width":
        width = raster.width + more
        return width, _even(width / aspect)
    height = raster.height + more
    return _even(height * aspect), height


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def picture(
    stream: Any,
    treatment: Treatment,
    standard: Standard,
    *,
    first: str,
    behind: str,
    captions: str = "",
) -> Any:
    """The filters (ffmpeg-python) from a source's stream, upright, to the raster. Pictures `first`
    up to `behind` are given, counted at the raster's rate from the episode's beginning; `captions`
    names an ASS file, seen from where ffmpeg runs, whose times are the episode's. A treatment
    without a picture shows a card that has the shape of the screen.
    """
    raster = RASTERS[standard]
    return on_raster(stream, treatment, raster, first=first, behind=behind, captions=captions)


def on_raster(
    stream: Any,
    treatment: Treatment,
    raster: Raster,
    *,
    first: str,
    behind: str,
    captions: str = "",
) -> Any:
    """The same for any raster; what is not bordered has the size that the picture shall have."""
    seen = treatment.picture
    if seen is not None:
        # What changes its size on the way is brought to the size it began with, so that the graph
        # need not be built anew and forget the time; free where nothing changes.
        stream = stream.filter("scale", seen.width, seen.height)
        stream = _whole_pictures(stream, seen, treatment.speed, raster)
    early = seen is not None and _early(seen, treatment.speed, raster)
    if seen is not None and early:
        stream = _shown(stream, seen, raster)
    if seen is None and not raster.bordered:
        stream = _card(stream, raster)  # which then comes once a second
    stream = _on_the_grid(stream, treatment, raster)
    # Sound may outlast the picture: its last picture stands until the part is full.
    stream = stream.filter("tpad", stop=-1, stop_mode="clone")
    stream = stream.filter("trim", start_frame=first, end_frame=behind)
    if seen is None and raster.bordered:
        stream = _card(stream, raster)
    elif seen is not None and not early:
        stream = _shown(stream, seen, raster)
    if captions:
        screen = "384x288" if raster.bordered else f"{raster.width}x{raster.height}"
        stream = stream.filter("ass", f=captions, original_size=screen)
    # The captions go by the episode's own time, so that it ends only here.
    return stream.filter("format", "yuv420p").filter("setpts", "PTS-STARTPTS")


def _early(seen: PictureTreatment, speed: Fraction, raster: Raster) -> bool:
    """Whether pictures are made small before they come to their places on the grid: what is mixed
    there (cheaper, and the same), and what comes so slowly that it is shown several times.
    """
    return seen.pace == "blend" or 0 < seen.shown_rate * speed < raster.rate


def _whole_pictures(stream: Any, seen: PictureTreatment, speed: Fraction, raster: Raster) -> Any:
    """Pictures of one moment each, from fields."""
    match seen.fields:
        case "progressive":
            return stream
        case "film":
            return _film(stream)
        case "marked":
            parity, which = "auto", "interlaced"
        case "top":
            parity, which = "tff", "all"
        case "bottom":
            parity, which = "bff", "all"
        case _:
            assert_never(seen.fields)
    # Where the rate changes, a picture a field keeps motion smooth: how far a moving bar was from
    # where it ought to be (standard deviation) fell from 11.5 to 5.5 ms for 25 to 29.97, from 9.5
    # to 4.7 for 29.97 to 25. At the same rate both give the same pictures, but one at less cost.
    mode = "send_frame" if seen.rate * speed == raster.rate else "send_field"
    return stream.filter("bwdif", mode=mode, parity=parity, deint=which)


def _film(stream: Any) -> Any:
    """The 24 (23.976) pictures a second of a film out of their 3:2 pulldown.

    Tried on hard-telecined clips, marked and not, cut in mid-cadence, noisy: this brought every
    picture back, once and in order (78 dB without coding); `pullup` missed the time of a third
    after such a cut, `detelecine` wove a third wrong, and fewer ways to match (pc_n) left combs.
    """
    return (
        # decimate counts pictures: a gap in the time must be filled before, or sound drifts off.
        stream.filter("fps", fps="30000/1001", start_time=0)
        .filter("fieldmatch", order="auto", mode="pcn_ub", combmatch="full")
        # Titles and the like that are no film stay woven, and are marked so.
        .filter("bwdif", mode="send_frame", parity="auto", deint="interlaced")
        .filter("decimate")
    )


def _on_the_grid(stream: Any, treatment: Treatment, raster: Raster) -> Any:
    """Pictures at the raster's rate, on a grid that begins with the episode."""
    seen, speed = treatment.picture, treatment.speed
    if speed != 1:
        # In a time base of one picture each the quotient would be rounded away.
        stream = stream.filter("settb", "1/1000000")
        stream = stream.filter("setpts", f"PTS*{speed.denominator}/{speed.numerator}")
    if seen is not None and seen.pace == "blend":
        # Linear between neighbours, changes of scene left hard: the bar's 11.5 ms become 0.7.
        stream = stream.filter("framerate", fps=str(raster.rate))
    elif seen is not None and seen.shown_rate * speed == raster.rate:
        stream = _in_step(stream, raster)
    return stream.filter("fps", fps=str(raster.rate), start_time=0)


_PARTS = 1000  # of a picture's time: how finely it is counted


def _in_step(stream: Any, raster: Raster) -> Any:
    """Each picture behind the one before it while time stamps shake (Matroska rounds them to
    milliseconds): just between two places of the grid a third was shown twice or not at all.
    """
    stream = stream.filter("settb", f"{raster.rate.denominator}/{raster.rate.numerator * _PARTS}")
    follows = f"lt(abs(PTS-PREV_OUTPTS-{_PARTS}),{_PARTS * 3 // 5})"
    placed = f"round(PTS/{_PARTS})*{_PARTS}"
    return stream.filter(
        "setpts", f"if(eq(N,0),{placed},if({follows},PREV_OUTPTS+{_PARTS},{placed}))"
    )


def _card(stream: Any, raster: Raster) -> Any:
    """A card, drawn in the shape of the screen, on the raster."""
    television = {"out_color_matrix": raster.matrix, "out_range": "tv"}
    stream = stream.filter("scale", raster.width, raster.height, flags=_SHARP, **television)
    return stream.filter("setsar", str(raster.sar))


def _shown(stream: Any, seen: PictureTreatment, raster: Raster) -> Any:
    """The picture cut, at its size on the raster, in the light and colours of a television."""
    box, wide, high = seen.crop, seen.width, seen.height
    if box is not None:
        stream = stream.filter("crop", box.width, box.height, box.left, box.top, exact=1)
        wide, high = box.width, box.height
    size = raster.width, raster.height
    if raster.bordered:
        size = shape(wide, high, seen.sar, raster, seen.fit)
    scaled = _scaled if seen.dynamic_range == "sdr" else _dimmed
    stream = scaled(stream, seen, size, raster.matrix)
    if seen.alpha:
        stream = stream.filter("format", "yuva420p").filter("premultiply", inplace=1)
    stream = stream.filter("format", "yuv420p")
    if seen.noise:
        stream = _denoised(stream, seen.noise)
    if size[0] > raster.width or size[1] > raster.height:
        stream = stream.filter("crop", raster.width, raster.height)
    elif raster.bordered:
        stream = stream.filter("pad", raster.width, raster.height, "(ow-iw)/2", "(oh-ih)/2")
    return stream.filter("setsar", str(raster.sar))


# Bicubic would save 5 % of decoding and scaling 1080 lines, nothing of 576: not worth the quality.
_SHARP = "lanczos+accurate_rnd+full_chroma_int"


def _scaled(stream: Any, seen: PictureTreatment, size: tuple[int, int], matrix: Matrix) -> Any:
    """The picture at `size`, its colours told by `matrix`, from those it was made in."""
    # From BT.709 the colours are turned when the picture is small: the scaler would do it at twice
    # the cost of all else.
    turned = seen.matrix == "bt709" != matrix and not seen.alpha
    stream = stream.filter(
        "scale",
        *size,
        flags=_SHARP,
        in_color_matrix=seen.matrix,
        in_range="pc" if seen.full_range else "tv",
        out_color_matrix="bt709" if turned else matrix,
        out_range="tv",
    )
    if turned:
        # Exact within rounding, at a quarter of the cost of `colormatrix`.
        turn = {"iall": "bt709", "all": "bt470bg", "fast": 1}
        return stream.filter("format", "yuv420p").filter("colorspace", **turn)
    return stream


_MATRIX = {"bt601": "170m", "bt709": "709", "bt2020": "2020_ncl"}
_CURVE = {"pq": "smpte2084", "hlg": "arib-std-b67"}
_WHITE = 203  # candela per square metre of a white sheet in HDR (ITU-R BT.2408)
_BRIGHTEST = 1000 / _WHITE  # what becomes the brightest of a television
_KNEE = 0.5  # of white: darker than that light stays as it is, brighter is compressed


def _dimmed(stream: Any, seen: PictureTreatment, size: tuple[int, int], matrix: Matrix) -> Any:
    """High dynamic range brought to that of a television, at `size`: made small first, because
    light is reckoned in floating point.
    """
    span = "pc" if seen.full_range else "tv"
    colours = {"in_color_matrix": seen.matrix, "out_color_matrix": seen.matrix}
    light = {
        "tin": _CURVE[seen.dynamic_range],
        "pin": "bt2020" if seen.matrix == "bt2020" else "bt709",
        "min": _MATRIX[seen.matrix],
        "rin": span,
    }
    linear = {"t": "linear", "p": "bt709", "m": "gbr", "r": "pc", "npl": _WHITE}
    set_ = {"t": "bt709", "p": "bt709", "m": _MATRIX[matrix], "r": "tv", "npl": _WHITE}
    return (
        stream.filter("scale", *size, flags=_SHARP, in_range=span, out_range=span, **colours)
        .filter("format", "yuv444p12le")
        .filter("zscale", **light, **linear)
        .filter("format", "gbrpf32le")
        .filter("tonemap", tonemap="mobius", param=_KNEE, peak=f"{_BRIGHTEST:.3f}", desat=0)
        .filter("zscale", tin="linear", pin="bt709", min="gbr", rin="pc", **set_)
    )


# Noise was laid over three clean clips, which were then coded at 1150 kbit/s and compared with
# what was clean. PSNR gained (tractor, city, lecture), in dB: noise 1: -0.1 to 0.0, so nothing is
# done; noise 2: 0.0, 0.0, 1.5; 4: 0.1, -0.1, 2.3; 8: 0.3, 0.3, 1.7. Clean pictures would lose up
# to 0.2. Stronger than 6 blurs what moves: 0.9 dB less at noise 4.
NOISY = 1.5  # standard deviation, of 255: what is less noisy is not touched
_STRENGTH = 1.0  # of the filter, for one of noise
_STRONGEST = 6.0


def _denoised(stream: Any, noise: float) -> Any:
    """The noise taken out that would cost the encoder bits, as far as it is there."""
    if noise < NOISY:
        return stream
    strength = round(min(_STRENGTH * noise, _STRONGEST), 2)
    return stream.filter("hqdn3d", strength, strength, 2 * strength, 2 * strength)
