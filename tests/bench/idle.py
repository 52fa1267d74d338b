"""How soon a refresh with nothing to do ends: the whole command, a drive of 10,000 files.

python -m tests.bench.idle [--rounds 5] [--folder DIR]

A county with 5,000 programmes, each of a film and a poster, is made up: what making them would give
are files of a few bytes. The drive, a folder, is registered and filled by the command itself; then
the same refresh is run again, with everything the command does: it starts, reads the recipe and
5,000 programmes, plans every file, looks at the drive and finds that all is there. Held against a
second, and beside it the command's plan of the same drive, which looks at everything as well, and
rsync with nothing to do, which knows only two folders.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from catalog import words
from pipeline.plan.steps import FromStep
from pipeline.verbs.ready import Ready
from pipeline.workroom import Made, MadeFile, Workroom
from pipeline.workspace import enter
from recipes.targets import SiteDrive
from tests.bench.line import line
from tests.bench.starting import catalogue, seconds, xiaxiang

SITES = (
    "site_id,name_zh,level,parent_id,region_code,vcd_player,pc,drive_id,drive_capacity_gb,"
    "drive_fs,manager\nC,环县支中心,county,,621022,1,9,D0,1000,ext4,张某\n"
    "T,城川镇,township,C,621022150,1,1,D1,2000,ext4,赵某\n"
)
RECIPE = (
    "recipe: drives\ntitle: 移动硬盘\nselect:\n  - all: yes\n"
    "target:\n  site-drive: {sites: {all: yes}, keep_free: 0%}\n"
)

# The command, and then its own high mark of memory into a file.
CHILD = """
import re, sys
from pathlib import Path
from pipeline.cli import main
try:
    main(sys.argv[2:])
finally:
    mark = re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1]
    Path(sys.argv[1]).write_text(mark)
"""


def fill(root: Path) -> None:
    """The county: programmes that must be encoded, and their files as if they were made."""
    subprocess.run(xiaxiang(root, "init"), check=True, stdout=subprocess.DEVNULL)
    (root / "sites.csv").write_text(SITES, "utf-8")
    (root / "recipes" / "township-drives.yaml").unlink()
    (root / "recipes" / "drives.yaml").write_text(RECIPE, "utf-8")
    subprocess.run(xiaxiang(root, "site", "import", str(root / "sites.csv")), check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    catalogue(root, "avi", "mpeg4", "mp3")
    make_up(root)


def make_up(root: Path) -> None:
    """What making all files would give, of a few bytes each."""
    ready = Ready(enter(root), "drives")
    medium = ready.recipe.target.medium
    assert isinstance(medium, SiteDrive)
    room = ready.workspace.workroom
    for one in ready.drives(medium).files.values():
        for file in one.files():
            assert isinstance(file.origin, FromStep), "a file that need not be made"
            _put(room, file.origin)
    ready.workspace.books.close()


def _put(room: Workroom, origin: FromStep) -> None:
    data = origin.key.encode()
    made = Made(origin.key, (MadeFile(origin.name, len(data), hashlib.sha256(data).hexdigest()),))
    with room.bench(origin.key) as folder:
        (folder / "out" / origin.name).write_bytes(data)
        room.keep(made, folder)


def main() -> None:
    """Measure and print."""
    words.speak("zh")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the material may lie for a while")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        root, drive, copy = (Path(name) / one for one in ("w", "drive", "copy"))
        drive.mkdir()
        fill(root)
        register = xiaxiang(root, "drive", "register", str(drive), "--site", "T")
        subprocess.run(register, check=True, stdout=subprocess.DEVNULL)
        refresh = xiaxiang(root, "drive", "refresh", str(drive))
        mark = Path(name) / "mark"
        begin = time.perf_counter()
        seconds([sys.executable, "-c", CHILD, str(mark), *refresh[1:]])
        mib = int(mark.read_text()) / 1024
        files = sum(path.is_file() for path in (drive / "data").rglob("*"))
        print(f"  first refresh, {files} files: {time.perf_counter() - begin:.0f} s")
        peer = ["rsync", "-a", f"{drive}/", str(copy)]
        subprocess.run(peer, check=True)
        plan = xiaxiang(root, "drive", "plan", str(drive))
        commands = (refresh, plan, peer)
        rounds = [[seconds(one) for one in commands] for _round in range(chosen.rounds)]
        ours, plans, peers = (median(column) for column in zip(*rounds, strict=True))
        print(f"  drive plan of the same {plans:.2f} s, rsync -a with nothing to do {peers:.2f} s")
        line(f"refresh with nothing to do, {files} files / 1 s", ours, 1.0, 1.0)
        line("peak memory, first refresh / 200 MiB", mib, 200.0, 1.0)


if __name__ == "__main__":
    main()
