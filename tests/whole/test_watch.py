"""The inbox is watched: what is dropped there is in the catalogue when it is complete."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from catalog import records
from catalog.database import open_books


def test_a_dropped_file_is_taken_in_and_ctrl_c_ends_the_watch(clip: Path, tmp_path: Path) -> None:
    """Dropped under a part name, renamed, catalogued once; then stopped with exit code 130."""
    command = [sys.executable, "-m", "pipeline", "--workspace", str(tmp_path)]
    environment = {**os.environ, "XIAXIANG_LANG": "en", "PYTHONUNBUFFERED": "1"}
    subprocess.run([*command, "init"], check=True, capture_output=True, env=environment)
    watch = subprocess.Popen(
        [*command, "watch", "--rights", "county", "--quiet-seconds", "0.5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert watch.stderr is not None and watch.stdout is not None
        assert "watching" in watch.stderr.readline()
        time.sleep(0.5)
        part = tmp_path / "inbox" / "《羊病》.mp4.crdownload"
        shutil.copyfile(clip, part)
        part.rename(tmp_path / "inbox" / "《羊病》.mp4")
        said = watch.stdout.readline()
        watch.send_signal(signal.SIGINT)
        watch.communicate(timeout=30)
    finally:
        watch.kill()
        watch.wait()
    books = open_books(tmp_path / "xiaxiang.db")
    with books.reading() as connection:
        (found,) = records.programmes(connection)
    books.close()

    assert "P0001 羊病" in said
    assert watch.returncode == 130
    assert (found.title, found.rights.scope, len(found.episodes)) == ("羊病", "county", 1)
