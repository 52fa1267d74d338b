"""One line of a report: ours, a peer's, their ratio, the target, and whether it is reached."""

from __future__ import annotations

HEAD = f"{'what':50} {'ours':>9} {'peer':>9} {'ratio':>7} {'target':>7}"


def line(name: str, ours: float, peer: float, target: float) -> None:
    """Print one comparison at once; whoever measures for hours looks in between."""
    ratio = ours / peer
    said = "ok" if ratio <= target else f"short by {ratio / target - 1:.0%}"
    print(f"{name:50} {ours:9.3f} {peer:9.3f} {ratio:7.2f} {target:7.2f}  {said}", flush=True)
