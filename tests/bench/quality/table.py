"""The scores as a table, clip by clip, and what they say of each bar."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from tests.bench.quality.coders import WHOLE_WAY
from tests.bench.quality.score import Score

Scores = Mapping[str, Mapping[str, Score]]
_HEAD = ("PSNR-Y", "PSNR", "SSIM", "VMAF", "5 %", "TV", "TV 5 %", "kbit/s")


def clip_lines(name: str, by_coder: Mapping[str, Score]) -> list[str]:
    """One clip: a line for each coder."""
    lines = [f"{name:12}" + "".join(f"{word:>9}" for word in _HEAD)]
    for coder, score in by_coder.items():
        lines.append(f"  {coder:10}" + _figures(score, coder))
    return lines


def _figures(score: Score, coder: str) -> str:
    if coder == WHOLE_WAY:
        return f"{'':45}{score.tv:9.2f}{score.tv_5:9.2f}{score.kbit:9.0f}"
    return (
        f"{score.psnr_y:9.2f}{score.psnr:9.2f}{score.ssim:9.4f}{score.vmaf:9.2f}"
        f"{score.vmaf_5:9.2f}{score.tv:9.2f}{score.tv_5:9.2f}{score.kbit:9.0f}"
    )


HARD = 90.0  # VMAF at TV size, under which a clip leaves the others something to gain
_AGAINST = "medians over -target pal-vcd"


def median_lines(scores: Scores) -> list[str]:
    """The medians of what others gain over ffmpeg's preset: over all clips, which the bars count,
    and, for what they say of hard pictures only, over those where the preset is under `HARD`.
    """
    hard = {name: one for name, one in scores.items() if one["target"].tv < HARD}
    label = f"{_AGAINST}, the {len(hard)} clips where it is under {HARD:.0f} at TV size (no bar)"
    lines = _medians(f"{_AGAINST}, all clips", scores)
    if hard:
        lines += _medians(label, hard)
    return [*lines, *_from_the_source(scores)]


def _from_the_source(scores: Scores) -> list[str]:
    """What we gain over the preset where it scales by itself, too: scaler and coder together."""
    lines = [f"TV size, medians over -target with ffmpeg's default scaler ({WHOLE_WAY}; no bar)"]
    for coder in ("best", "fast"):
        pairs = [(one[coder], one[WHOLE_WAY]) for one in scores.values()]
        large = median(ours.tv - theirs.tv for ours, theirs in pairs)
        worst = median(ours.tv_5 - theirs.tv_5 for ours, theirs in pairs)
        lines.append(f"  {coder:10}{'':45}{large:9.2f}{worst:9.2f}")
    return lines


def _medians(label: str, scores: Scores) -> list[str]:
    lines = [label]
    for coder in ("best", "fast", "mpeg2enc", WHOLE_WAY):
        gains = [_gain(one[coder], one["target"]) for one in scores.values()]
        middle = Score(*(median(column) for column in zip(*gains, strict=True)))
        lines.append(f"  {coder:10}{_figures(middle, coder)}")
    return lines


def _gain(score: Score, other: Score) -> list[float]:
    names = Score.__dataclass_fields__
    return [getattr(score, name) - getattr(other, name) for name in names]


def bars(scores: Scores) -> list[tuple[str, bool]]:
    """Each bar in words with its figure, and whether it is held."""
    clips = scores.values()
    luma = median(one["best"].psnr_y - one["target"].psnr_y for one in clips)
    average = median(one["best"].psnr - one["target"].psnr for one in clips)
    large = median(one["best"].tv - one["target"].tv for one in clips)
    worst = median(one["best"].tv_5 - one["target"].tv_5 for one in clips)
    return [
        (f"PSNR-Y over -target {luma:+.2f} dB, at least +1.0", luma >= 1.0),
        (f"PSNR over -target {average:+.2f} dB, at least +1.0", average >= 1.0),
        (f"VMAF at TV size over -target {large:+.2f}, at least +3", large >= 3),
        (f"its 5th percentile {worst:+.2f}, at least +8", worst >= 8),
        *_against_mpeg2enc(scores),
    ]


def _against_mpeg2enc(scores: Scores) -> list[tuple[str, bool]]:
    below, lowest = [], 99.0
    for name, one in scores.items():
        ours, theirs = one["best"], one["mpeg2enc"]
        gain = min(ours.psnr_y - theirs.psnr_y, ours.psnr - theirs.psnr)
        lowest = min(lowest, gain)
        if gain <= 0 and ours.vmaf <= theirs.vmaf:
            below.append(name)
    said = ", ".join(below) or "none"
    return [
        (f"clips not above mpeg2enc in PSNR or VMAF: {said}", not below),
        (f"lowest PSNR against mpeg2enc {lowest:+.2f} dB, at least -0.1", lowest >= -0.1),
    ]
