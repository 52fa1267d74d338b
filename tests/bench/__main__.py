"""All measurements, one after the other: ratios to a peer and to the disk, targets beside them.

python -m tests.bench
"""

from __future__ import annotations

import subprocess
import sys

from tests.bench.line import HEAD

PARTS = (
    ("starting",),
    ("encoding",),
    ("mastering",),
    ("mastering", "--menu"),
    ("verifying",),
    ("iso",),
    ("drives",),
    ("verify_drive",),
    ("idle",),
    ("long", "--minutes", "20"),
)


def main() -> int:
    """Run every part; the worst end is ours."""
    print(HEAD)
    return max(
        subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *more], check=False).returncode
        for name, *more in PARTS
    )


if __name__ == "__main__":
    sys.exit(main())
