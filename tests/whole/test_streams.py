"""Our multiplex and ffmpeg's of the same streams, judged by the same check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_our_clock_is_exact_and_ffmpegs_is_found_out() -> None:
    """The short form of `make streams`: nothing found in ours, the clock of ffmpeg's found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.streams", "--minutes", "0.4", "--media", "nowhere"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "pack.clock" in done.stdout
    assert done.stdout.endswith("ok\n")
