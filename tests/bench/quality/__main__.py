"""How our pictures look beside those of others at the same bit rate, and what they cost.

python -m tests.bench.quality [--quick] [--clip NAME] [--workers 2]

Each coder is given the same pictures in the right shape, so that only coding is compared. Scores
are kept under the system's temporary folder: what has not changed is not measured again. Ends
with 1 where a bar is not held.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from tests.bench.quality import clips, coders, cost, score, shapes, table

FOLDER = Path(tempfile.gettempdir()) / "xiaxiang-bench-quality"
QUICK_SECONDS = 8.0
# Those whose cost is taken: sources of all sizes that have sound.
COSTED = ("lecture", "exercises", "old-avi", "tv-576i", "film-2")


def shots(names: list[str], quick: bool) -> list[shapes.Shot]:
    """The clips that are there, made where they have to be."""
    there = []
    for clip in clips.CLIPS:
        if clip.name not in names:
            continue
        if quick:
            clip = replace(clip, seconds=min(clip.seconds, QUICK_SECONDS))
        file = clips.source(clip, FOLDER)
        if file is None:
            print(f"{clip.name}: {clip.file} is not beside this checkout, left out")
        else:
            there.append(shapes.shot(clip, file))
    return there


def scored(shot: shapes.Shot, coder: str) -> score.Score:
    """One coder on one clip, measured or remembered."""
    whole = score.reference(shot, FOLDER)
    place = score.kept(FOLDER, whole.name, shapes.to_television(shot), coders.decides(coder, whole))
    if known := score.load(place):
        return known
    coded = FOLDER / f"{shot.clip.name}-{coder}.mpg"
    coders.code(coder, whole, coded)
    found = score.score(shot, whole, coded)
    coded.unlink()
    score.keep(place, found)
    return found


def whole_way(shot: shapes.Shot) -> score.Score:
    """The preset on one clip with its own scaler, measured or remembered."""
    whole = score.reference(shot, FOLDER)
    command = coders.whole_way(shot, Path("out"))
    place = score.kept(FOLDER, whole.name, shapes.to_television(shot), command)
    if known := score.load(place):
        return known
    coded = FOLDER / f"{shot.clip.name}-whole-way.mpg"
    score.spent(coders.whole_way(shot, coded))
    found = score.score(shot, whole, coded)
    coded.unlink()
    score.keep(place, found)
    return found


def measured(there: list[shapes.Shot], workers: int) -> dict[str, dict[str, score.Score]]:
    """All coders on all clips; each clip is printed when it is done."""
    scores: dict[str, dict[str, score.Score]] = {}
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda shot: score.reference(shot, FOLDER), there))
        asked = {
            shot.clip.name: {c: pool.submit(scored, shot, c) for c in coders.CODERS}
            for shot in there
        }
        for shot in there:
            asked[shot.clip.name][coders.WHOLE_WAY] = pool.submit(whole_way, shot)
        for name, by_coder in asked.items():
            scores[name] = {coder: future.result() for coder, future in by_coder.items()}
            print("\n".join(table.clip_lines(name, scores[name])), flush=True)
    return scores


def main() -> int:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--quick", action="store_true", help="six clips, eight seconds of each")
    asked.add_argument("--clip", action="append", help="only this one")
    asked.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    options = asked.parse_args()
    FOLDER.mkdir(exist_ok=True)
    everything = [clip.name for clip in clips.CLIPS]
    names = options.clip or (list(clips.QUICK) if options.quick else everything)
    there = shots(names, options.quick)
    scores = measured(there, options.workers)
    costs = {s.clip.name: cost.cost(s) for s in there if s.clip.name in COSTED and s.source.audio}
    print("\n".join((*table.median_lines(scores), *cost.cost_lines(costs))))
    verdicts = [*table.bars(scores), *([cost.cost_bar(costs.values())] if costs else [])]
    for said, held in verdicts:
        print(f"{'ok' if held else 'short':6}{said}")
    return 0 if all(held for _said, held in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
