"""What is heard on the two sides of a sound, whatever its header claims: numbers only.

Levels are mean squares of tenths of a second, of full scale 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.analysis import Channels

Levels = NDArray[np.float64]

BLOCK = 0.1  # seconds
SILENCE = 1e-6  # -60 dBFS
LONG_SILENCE = 2.0  # seconds
_ONE_SIDED = 1e-3  # of the other side: 30 dB
_ALIKE = 3e-5  # of the whole: the sides differ by less than a codec's noise
_SPEECH = (300.0, 3400.0)  # hertz

# Two programmes in one sound: neither their waves nor their levels have to do with each other, and
# each speaks while the other is silent. Wide stereo music fails one of them.
_WAVES = 0.1
_LEVELS = 0.3
_PAUSING = 0.04  # of the time, on each side
_PAUSE = 1e-2  # of a side's mean: 20 dB
_SPEAKING = 1e-1


@dataclass(frozen=True, slots=True)
class Block:
    """A tenth of a second: each side's level, that of their difference, and in the band of speech
    each side's level and their product.
    """

    left: float
    right: float
    apart: float
    speech_left: float
    speech_right: float
    together: float


def block(sides: NDArray[np.float32], rate: int) -> Block:
    """The levels of one block of two sides, shaped (2, samples)."""
    samples = sides.shape[1]
    left, right = (float(np.dot(s, s)) / samples for s in sides)
    between = sides[0] - sides[1]
    apart = float(np.dot(between, between)) / samples
    low, high = (int(edge * samples / rate) for edge in _SPEECH)
    waves = np.fft.rfft(sides, axis=1)[:, low : high + 1]
    speech = (waves.real**2 + waves.imag**2).sum(axis=1)
    together = float((waves[0] * waves[1].conj()).sum().real)
    return Block(left, right, apart, float(speech[0]), float(speech[1]), together)


def heard(blocks: Sequence[Block]) -> Channels:
    """What the two sides hold."""
    if not blocks:
        return "silent"
    table = np.array([(b.left, b.right, b.apart) for b in blocks])
    left, right, apart = table.mean(axis=0)
    loudest = table[:, :2].max(axis=0)
    if loudest.max() < SILENCE:
        return "silent"
    if loudest[1] < SILENCE and right < left * _ONE_SIDED:
        return "left"
    if loudest[0] < SILENCE and left < right * _ONE_SIDED:
        return "right"
    if apart <= _ALIKE * (left + right):
        return "mono"
    return "two-voices" if _two_voices(blocks) else "stereo"


def _two_voices(blocks: Sequence[Block]) -> bool:
    left = np.array([b.speech_left for b in blocks])
    right = np.array([b.speech_right for b in blocks])
    power = float(np.sqrt(left.sum() * right.sum()))
    if power <= 0 or len(blocks) * BLOCK < 20.0:  # too short to tell
        return False
    if abs(sum(b.together for b in blocks)) / power >= _WAVES:
        return False
    return _levels_apart(left, right) and _taking_turns(left, right)


def _levels_apart(left: Levels, right: Levels) -> bool:
    """Whether one side's level says nothing of the other's; long joint silences do not count."""
    floor = [np.maximum(side, side.mean() * 1e-4) for side in (left, right)]
    sounding = (left > left.mean() * _PAUSE) | (right > right.mean() * _PAUSE)
    levels = np.log(np.array(floor))[:, sounding]
    if levels.shape[1] < 2 or min(levels.std(axis=1)) == 0:
        return False
    return float(np.corrcoef(levels)[0, 1]) < _LEVELS


def _taking_turns(left: Levels, right: Levels) -> bool:
    def alone(one: Levels, other: Levels) -> float:
        speaking = one > one.mean() * _SPEAKING
        return float((speaking & (other < other.mean() * _PAUSE)).mean())

    return min(alone(left, right), alone(right, left)) >= _PAUSING


def silences(blocks: Sequence[Block]) -> list[list[float]]:
    """Stretches without sound on either side, [begin, end] in seconds, two seconds or longer."""
    quiet = [max(b.left, b.right) < SILENCE for b in blocks]
    edges = np.flatnonzero(np.diff(np.array([False, *quiet, False], dtype=np.int8)))
    spans = [(float(begin) * BLOCK, float(end) * BLOCK) for begin, end in edges.reshape(-1, 2)]
    return [[round(b, 3), round(e, 3)] for b, e in spans if e - b >= LONG_SILENCE - 1e-9]
