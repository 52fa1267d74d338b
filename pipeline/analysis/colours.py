"""How a picture's numbers mean colours: matrix, range, and how far its lights reach."""

from __future__ import annotations

from typing import Any

from catalog.analysis import DynamicRange, Matrix

# Numbers of ITU-T H.273, which libavutil's are.
_MATRICES: dict[int, Matrix] = {
    1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 7: "bt709", 9: "bt2020", 10: "bt2020",
}  # fmt: skip
_LIGHTS: dict[int, DynamicRange] = {16: "pq", 18: "hlg"}
_FULL = 2
_NOT_YUV = ("rgb", "bgr", "gbr", "argb", "abgr", "pal8", "rgba", "0rgb", "0bgr", "mono", "bayer")


def colours(frame: Any) -> tuple[Matrix, bool, DynamicRange]:
    """The matrix, whether the range is full, and the dynamic range of a decoded picture. Where
    nothing is said, large pictures are taken for BT.709 and small ones for BT.601, as players do;
    pictures of red, green and blue become BT.601 of full range when they are converted.
    """
    light = _LIGHTS.get(int(frame.color_trc), "sdr")
    name = frame.format.name
    if name.startswith(_NOT_YUV):
        return "bt601", True, light
    full = int(frame.color_range) == _FULL or name.startswith("yuvj")
    large = frame.height > 576 or frame.width > 1024
    return _MATRICES.get(int(frame.colorspace), "bt709" if large else "bt601"), full, light
