"""Errors met while decoding, melted into stretches that a person can be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_SPANS = 200
APART = 2.0  # seconds: nearer errors are one stretch


@dataclass(slots=True)
class _Stretch:
    begin: float
    end: float
    errors: int


class Errors:
    """Collects errors as they come; holds a bounded number of stretches however many come."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []

    def take(self, begin: float, end: float, errors: int = 1) -> None:
        """Note `errors` that spoil the seconds from `begin` to `end`."""
        begin, end = max(begin, 0.0), max(begin, end, 0.0)
        last = self._stretches[-1] if self._stretches else None
        if last and last.begin - APART < begin < last.end + APART:
            last.begin, last.end = min(last.begin, begin), max(last.end, end)
            last.errors += errors
            return
        self._stretches.append(_Stretch(begin, end, errors))
        if len(self._stretches) > 20 * MAX_SPANS:
            self._stretches = _bounded(self._stretches, 10 * MAX_SPANS)

    def stretches(self, seconds: float) -> list[dict[str, float]]:
        """The stretches in order of time within `seconds`, as JSON has them."""
        for one in self._stretches:
            one.begin, one.end = min(one.begin, seconds), min(one.end, seconds)
        kept = _bounded(self._stretches, MAX_SPANS)
        return [
            {"begin": round(s.begin, 3), "end": round(s.end, 3), "errors": s.errors} for s in kept
        ]


def _melted(stretches: Iterable[_Stretch], apart: float) -> list[_Stretch]:
    out: list[_Stretch] = []
    for one in sorted(stretches, key=lambda s: s.begin):
        if out and one.begin < out[-1].end + apart:
            out[-1].end = max(out[-1].end, one.end)
            out[-1].errors += one.errors
        else:
            out.append(_Stretch(one.begin, one.end, one.errors))
    return out


def _bounded(stretches: list[_Stretch], most: int) -> list[_Stretch]:
    """Melted, and where still too many, those beyond the limit as one."""
    kept = _melted(stretches, APART)
    if len(kept) <= most:
        return kept
    rest = kept[most - 1 :]
    errors = sum(s.errors for s in rest)
    return [*kept[: most - 1], _Stretch(rest[0].begin, rest[-1].end, errors)]
