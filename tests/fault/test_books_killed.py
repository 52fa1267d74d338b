"""The books while their writer is killed: nothing reported is lost, nothing is half-written."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import ledger
from catalog.backup import backup, examine
from catalog.circulation.recounting import recount
from catalog.database import Books, open_books
from catalog.tables import productions

ROOT = Path(__file__).parents[2]
WRITES = 200
# Posts entries one by one, for ever, and tells each serial after its transaction has ended.
WRITER = """
import random, sys
from datetime import UTC, date, datetime
from catalog.circulation.entries import (
    Answered, Copied, Delivered, Line, Registered, Requested, Screened, Signed
)
from catalog.circulation.posting import post
from catalog.database import open_books

chance = random.Random(int(sys.argv[2]))
books = open_books(sys.argv[1])
day = date(2026, 3, 1)
receipts, asked = [], []
while True:
    name = f"{sys.argv[2]}-{chance.random()}"
    choice = chance.choice(["deliver"] * 4 + ["copy", "sign", "ask", "answer", "show", "several"])
    if choice == "deliver":
        entries = [Delivered(name[:40], day, (Line("HX-2026-0001", 1),), "V1")]
        receipts.append(name[:40])
    elif choice == "copy":
        entries = [Copied("", "羊", chance.randint(1, 50), day)]
    elif choice == "sign" and receipts:
        entries = [Signed(receipts.pop(), "张某", day)]
    elif choice == "answer" and asked:
        entries = [Answered(asked.pop(), day, answer="好")]
    elif choice == "show":
        entries = [Screened("", "lecture", "V1", day, (), chance.randint(0, 500))]
    elif choice == "several":
        lines = (Line("HX-2026-0001", 1),)
        entries = [Delivered("", day, lines, "V1"), Requested("", day, "V1", "戏")]
    else:
        entries = [Requested(name[:40], day, "V1", "羊")]
        asked.append(name[:40])
    with books.transaction() as connection:
        serials = post(connection, datetime.now(UTC), entries)
    for serial in serials:
        print(serial, flush=True)
"""
BEGIN = """
import sys
from datetime import UTC, date, datetime
from catalog.circulation.entries import Copied, Registered
from catalog.circulation.posting import post
from catalog.database import open_books

books = open_books(sys.argv[1], create=True)
long_ago = date(2009, 1, 1)
sites = [
    Registered("C", {"level": "county", "name": "县", "code": "621022"}, long_ago),
    Registered("V1", {"level": "venue", "name": "学校", "parent": "C"}, long_ago),
]
with books.transaction() as connection:
    post(connection, datetime.now(UTC), [*sites, Copied("", "羊", 100000, date(2026, 1, 1))])
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    file = tmp_path / "xiaxiang.db"
    subprocess.run([sys.executable, "-c", BEGIN, str(file)], cwd=ROOT, check=True, timeout=60)
    return file


def writer(place: Path, seed: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place), str(seed)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(process: subprocess.Popen[str], reports: int, wait: float) -> list[int]:
    """The serials that were told until the kill, which comes `wait` after so many reports."""
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _report in range(reports)]
    time.sleep(wait)
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read().split("\n")
    process.wait(timeout=30)
    process.stdout.close()
    # What is not ended by a line end was not told.
    return told + [int(line) for line in rest[:-1]]


def whole(books: Books) -> int:
    """Chain and balances hold, the sums are those of a recount; gives the last serial."""
    with books.reading() as connection:
        assert ledger.check(connection) == ()
        assert recount(connection) == ()
        for row in connection.execute(sa.select(productions)):
            assert row.made == row.issued + row.in_stock + row.scrapped
            assert row.issued == row.signed + row.unsigned
        last = ledger.last(connection)
        serials = [event.serial for event in ledger.read(connection)]
    assert last is not None
    assert serials == list(range(1, last.serial + 1))
    return last.serial


def test_no_reported_event_is_lost_when_the_writer_is_killed(place: Path) -> None:
    """Killed at ten random moments in 200 random writes; each goes on where the last one ended."""
    chance = random.Random(2026)
    told: list[int] = []
    for seed in range(10):
        told += killed(writer(place, seed), WRITES // 10, chance.uniform(0, 0.01))
        with closing(open_books(place)) as books:
            last = whole(books)
        assert told == sorted(set(told))
        assert max(told) <= last <= max(told) + 2

    assert len(told) >= WRITES


def test_copies_made_while_writers_are_killed_are_whole(place: Path, tmp_path: Path) -> None:
    """What was told before a copy began is in it; the books themselves stay whole."""
    with closing(open_books(place)) as books:
        for seed in (31, 32, 33):
            process = writer(place, seed)
            assert process.stdout is not None
            before = [int(process.stdout.readline()) for _report in range(10)]
            file = tmp_path / f"{seed}.db"
            found = backup(books, file)
            told = before + killed(process, 0, 0.002)

            assert before[-1] <= found.serial
            assert max(told) <= whole(books)
            with closing(open_books(file)) as copy:
                assert whole(copy) == found.serial


def test_a_copy_that_is_killed_leaves_no_copy(place: Path, tmp_path: Path) -> None:
    """Under its name there is nothing, or all of it; the next one sweeps what was left."""
    words = [sys.executable, "-m", "pipeline", "--workspace", str(tmp_path), "backup"]
    file = tmp_path / "copy.db"
    for wait in (0.3, 0.5, 0.7, 0.9):
        process = subprocess.Popen([*words, str(file)], cwd=ROOT, stdout=subprocess.DEVNULL)
        time.sleep(wait)
        process.kill()
        process.wait(timeout=30)
        if file.exists():
            assert examine(file).serial == 3
            for left in tmp_path.glob("copy.db*"):
                left.unlink()
    subprocess.run([*words, str(file)], cwd=ROOT, check=True, timeout=60, capture_output=True)

    assert examine(file).serial == 3
    assert not list(tmp_path.glob(".*.part"))
