"""The child that analyses strangers' media: `python -m pipeline.analysis FILE ANSWER [PROGRESS]`.

It is run inside limits by pipeline/analyse.py and imported by nothing. It writes what it found, or
`error`, as JSON to ANSWER, and now and then how many seconds of the programme are done to PROGRESS.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from pipeline.analysis.walk import looked_through

MAX_TEXT = 500


def main(path: str, answer: str, progress: str = "") -> None:
    """Be the child."""

    def tell(seconds: float) -> None:
        if progress:
            with contextlib.suppress(OSError):
                Path(progress).write_text(f"{seconds:.3f}", "ascii")

    try:
        said = looked_through(path, f"{answer}.said", tell)
    except Exception as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        said = {"error": reason.replace(path, "")[:MAX_TEXT]}
    Path(answer).write_text(json.dumps(said), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
