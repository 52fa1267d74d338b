"""All measurements, one after the other: ratios to a peer and to the disk, targets beside them.

python -m tests.bench
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PARTS = (
    ("starting.py",),
    ("encoding.py",),
    ("mastering.py",),
    ("mastering.py", "--menu"),
    ("verifying.py",),
    ("iso.py",),
    ("drives.py",),
    ("verify_drive.py",),
    ("long.py", "--minutes", "20"),
)


def main() -> int:
    """Run every part; the worst end is ours."""
    print(f"{'what':44} {'ours':>9} {'peer':>9} {'ratio':>7} {'target':>7}")
    folder = Path(__file__).parent
    return max(
        subprocess.run([sys.executable, *_command(folder, part)], check=False).returncode
        for part in PARTS
    )


def _command(folder: Path, part: tuple[str, ...]) -> tuple[str, ...]:
    return part if part[0] == "-m" else (str(folder / part[0]), *part[1:])


if __name__ == "__main__":
    sys.exit(main())
