"""Two processes write in the same books at once: no number of the ledger twice, none left out."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from catalog import ledger
from catalog.database import open_books

ROOT = Path(__file__).parents[2]
EACH = 60  # entries of each writer
WRITER = """
import sys
from datetime import UTC, datetime
from catalog import ledger
from catalog.database import open_books

address, name, count = sys.argv[1:]
books = open_books(address)
print("open", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    with books.transaction() as connection:
        ledger.append(connection, datetime.now(UTC), "made", [name], {"n": number})
        if number % 7 == 3:  # what is taken back leaves no gap
            connection.rollback()
books.close()
"""


def test_two_writers_share_one_ledger(address: Path | str) -> None:
    """Every event of both is there once, in an unbroken chain, each writer's own in order."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(address), name, str(EACH)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "open\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
    books = open_books(address)
    with books.reading() as connection:
        found = list(ledger.read(connection))
        breaks = ledger.check(connection)
    books.close()
    kept = [number for number in range(EACH) if number % 7 != 3]

    assert [writer.returncode for writer in writers] == [0, 0]
    assert breaks == ()
    assert [event.serial for event in found] == list(range(1, 2 * len(kept) + 1))
    for name in ("one", "two"):
        assert [e.details["n"] for e in found if e.subjects == (name,)] == kept


def test_a_writer_that_dies_lets_the_next_one_in(address: Path | str) -> None:
    """Killed in the middle of its transaction, it leaves nothing behind, not even its lock."""
    wait = "print('in', flush=True); sys.stdin.readline()\n        if"
    code = WRITER.replace("if", wait, 1)
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(address), "one", "1"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdin is not None and writer.stdout is not None
    writer.stdout.readline()
    writer.stdin.write("go\n")
    writer.stdin.flush()
    assert writer.stdout.readline() == "in\n"
    writer.kill()
    writer.communicate(timeout=60)
    books = open_books(address)
    with books.transaction() as connection:
        event = ledger.append(connection, datetime.now(UTC), "made", ["two"])
    books.close()

    assert (event.serial, event.previous) == (1, ledger.FIRST)
