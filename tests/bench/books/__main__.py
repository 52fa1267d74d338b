"""The books of a nation and of a county, built once, and every bar of theirs measured.

python -m tests.bench.books [--counties 3000]

The databases lie in the temporary folder as xiaxiang-books-*.db (some GB) until somebody deletes
them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from catalog.database import open_books
from tests.bench.books import measure
from tests.bench.books.build import books_of
from tests.bench.books.counted import same_counted
from tests.bench.books.story import COUNTY, NATION, Scale, Story


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counties", type=int, default=NATION.counties)
    scale = replace(NATION, counties=parser.parse_args().counties)
    print(f"{'what':52} {'found':>9} {'':3} {'bar':>7}")
    return max(_told(_county()), _told(_nation(scale)))


def _county() -> Iterator[measure.Bar]:
    path = books_of(COUNTY)
    with closing(open_books(path)) as books:
        yield from measure.county(books, Story(COUNTY))
        yield from same_counted(books, COUNTY)


def _nation(scale: Scale) -> Iterator[measure.Bar]:
    path = books_of(scale)
    with closing(open_books(path)) as books:
        yield from measure.nation(books, Story(scale))
    # What is posted is posted into a copy: the next run measures the same books.
    copy = path.with_suffix(".copy.db")
    try:
        shutil.copyfile(path, copy)
        with closing(open_books(copy)) as books:
            yield from measure.appending(books, scale, path.parent)
            yield from same_counted(books, scale)
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()


def _told(bars: Iterable[measure.Bar]) -> int:
    worst = 0
    for bar in bars:
        print(bar, flush=True)
        worst = max(worst, 0 if bar.held else 1)
    return worst


if __name__ == "__main__":
    sys.exit(main())
