"""What pictures say of themselves: whether they are woven, and which field comes first."""

from __future__ import annotations

from typing import Any, Literal

import av
import av.filter

Mark = Literal["progressive", "top", "bottom"]


class Marks:
    """Reads each picture's mark. The library hands over the flag "woven" but not the field order;
    libavfilter's `select` knows it.
    """

    def __init__(self) -> None:
        self._graph: Any = None
        self._shape: tuple[int, int, str] | None = None

    def of(self, frame: Any) -> Mark:
        """The mark of a decoded picture."""
        if not frame.interlaced_frame:
            return "progressive"
        shape = (frame.width, frame.height, frame.format.name)
        if shape != self._shape:
            self._graph, self._shape = _top_first(*shape, frame.time_base), shape
        self._graph.push(frame)
        try:
            self._graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return "bottom"
        return "top"


def _top_first(width: int, height: int, pixels: str, time_base: Any) -> Any:
    """A graph that lets pictures through whose top field comes first."""
    graph = av.filter.Graph()
    pixel_format = av.VideoFormat(pixels, width, height)
    source = graph.add_buffer(width=width, height=height, format=pixel_format, time_base=time_base)
    chosen = graph.add("select", "expr=eq(interlace_type\\,TOPFIRST)")
    sink = graph.add("buffersink")
    source.link_to(chosen)
    chosen.link_to(sink)
    graph.configure()
    return graph
